"""Who is to be told what, round after round: only what may have changed is looked at again.

It is told what there is (``know``, ``hear``) and what is kept (``kept``), and says what has to be kept besides.
Nothing of what it says holds before it is told that it is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from corrillo.alerts import Act, Incident, rank
from corrillo.duty import concerns
from corrillo.institution import Institution
from corrillo.notices import Delivery, Subscriber
from notify.decide import why
from notify.decide.cases import Cases
from notify.decide.digests import digests_of, is_newer
from notify.decide.gather import gather, messages
from notify.decide.ledger import Ledger
from notify.decide.owed import Asked, Owed, owed
from notify.decide.relay import Turn
from notify.decide.roster import Roster
from notify.decide.standing import Standing
from notify.decide.timers import Pair, Timers
from notify.decide.told import ALARMS, BEGINNING, NOTHING, Told, is_out

MINUTE = timedelta(minutes=1)
"""How often it is looked whether the hour of a digest has come."""


class Decisions:
    """One office's: all institutions, subscribers and messages. ``deliveries``: those that are kept from before."""

    def __init__(self, deliveries: Iterable[Delivery] = ()) -> None:
        self._roster, self._cases, self._ledger = Roster({}, {}), Cases(), Ledger()
        self._owed: defaultdict[str, dict[str, Owed]] = defaultdict(dict)
        self._known: dict[str, dict[str, Told]] = {}
        self._dirty: set[Pair] = set()
        self._touched: set[str] = set()
        self._timers = Timers()
        self._no_digests_until = self._remembers_until = BEGINNING
        for delivery in deliveries:
            self._ledger.keep(delivery)

    # ── what there is ─────────────────────────────────────────────────────────────────────
    def know(self, institutions: Mapping[str, Institution], subscribers: Sequence[Subscriber]) -> None:
        """All institutions and subscribers that there are; the same again costs nothing."""
        before, people = self._roster, {s.id: s for s in subscribers}
        if people == before.people and institutions == before.institutions:
            return
        same = institutions == before.institutions
        self._roster = before.with_people(people) if same else Roster(dict(institutions), people)
        for person in before.people.keys() - people.keys():
            self._ledger.forget(person)
            self._owed.pop(person, None)
        self._known.clear()
        self._touched, self._no_digests_until = set(people), BEGINNING
        self._dirty.update((p, i) for p in self._roster.concerned(before) for i in self._cases)

    def hear(self, incidents: Iterable[Incident] = (), acts: Iterable[Act] = ()) -> None:
        """Incidents as they stand, and what was done about them; those that did not change cost nothing."""
        for incident in self._cases.hear(incidents, acts):
            self._known.pop(incident, None)
            self._dirty.update((person, incident) for person in self._roster.people)

    def kept(self, deliveries: Iterable[Delivery]) -> None:
        """These are kept now: new, or replaced by their id."""
        for delivery in deliveries:
            self._ledger.keep(delivery)
            self._touched.add(delivery.subscriber)
            if delivery.what == "alert" and is_out(delivery):
                self._look_again(delivery)

    def _look_again(self, delivery: Delivery) -> None:
        """At what it tells of, for whom it is for and for all after them."""
        concerned = (delivery.subscriber, *self._roster.relay.after(delivery.subscriber))
        incidents = {i for n in delivery.news for i in self._cases.touched_by(n.incident)}
        for incident in incidents:
            known = self._ledger.told(delivery.subscriber, self._cases.kin(incident), self._roster.mended(concerned[0]))
            self._knowing(incident)[delivery.subscriber] = known
            self._dirty.update((person, incident) for person in concerned)

    # ── what is to be done ────────────────────────────────────────────────────────────────
    def decide(self, now: datetime) -> list[Delivery]:
        """Messages to be kept: new, changed or dropped ones. The same again until they are ``kept``, then nothing."""
        for person, incident in self._timers.due(now):
            self._touched.add(person)
            self._dirty.update([(person, incident)] if incident else ())
        stands = {incident: self._cases.standing(incident, now) for incident in {i for _, i in self._dirty}}
        for person, incident in self._dirty:
            self._evaluate(person, stands.get(incident), incident, now)
        self._dirty.clear()
        covers: dict[str, datetime | None] = {}
        found = {person: self._messages(person, covers, now) for person in sorted(self._touched)}
        self._touched = {person for person, made in found.items() if made}
        self._forget(now)
        return [d for made in found.values() for d in made] + self._digests(now)

    def ready(self, now: datetime) -> list[Delivery]:
        """What is to be handed over now, most urgent first, then the oldest. What can wait does, while another alert to
        the same person is being handed over or tried again: there may be more to tell by then."""
        return self._ledger.most_urgent(lambda d: self._is_ready(d, now))

    def interrupted(self) -> list[Delivery]:
        """What was being handed over when it was kept: nobody knows what became of it. To be asked before anything is."""
        return self._ledger.most_urgent(lambda d: d.state == "sending")

    def open(self) -> list[Delivery]:
        """All that wait or are being handed over."""
        return self._ledger.open()

    def followed(self) -> set[str]:
        """Ids of the incidents whose end somebody has still to hear."""
        told = self._ledger.incidents_told()
        return {incident for incident in told if any(known.knows for known in self._knowing(incident).values())}

    def _forget(self, now: datetime) -> None:
        if now >= self._remembers_until:
            self._remembers_until = now + timedelta(hours=1)
            for incident in self._cases.forget(now, {i for mine in self._owed.values() for i in mine}):
                self._known.pop(incident, None)

    def _is_ready(self, delivery: Delivery, now: datetime) -> bool:
        if delivery.state != "waiting" or (delivery.next_try or delivery.due) > now:
            return False
        first = any(n.level == "crisis" and n.what in ALARMS for n in delivery.news)
        fresh = delivery.what == "alert" and not is_out(delivery) and not first
        return not (fresh and self._ledger.is_being_told(delivery.subscriber))

    # ── one incident for one person ───────────────────────────────────────────────────────
    def _evaluate(self, person: str, stands: Standing | None, incident: str, now: datetime) -> None:
        who, before = self._roster.people.get(person), self._owed[person].pop(incident, None)
        one = self._ask(who, stands, now) if who and stands else None
        if one:
            self._owed[person][incident] = one
            self._later(one.after, (person, incident), now)
        if one != before:
            self._touched.add(person)

    def _ask(self, who: Subscriber, stands: Standing, now: datetime) -> Owed | None:
        incident = stands.incident
        if who.id not in self._roster.reachable or incident.institution not in self._roster.institutions:
            return None
        told = self._knowing(incident.id).get(who.id, NOTHING)
        if not told.last and not self._may_be_told(who, stands):
            return None
        self._later(stands.speaks, (who.id, incident.id), now)
        turn = self._turn(who, stands, now)
        return owed(Asked(who, now, self._roster.since, turn.now, turn.at_any_hour), stands, told)

    def _may_be_told(self, who: Subscriber, stands: Standing) -> bool:
        """Whether somebody who knows nothing of it could be owed anything: asked of very many, so it is asked first."""
        if stands.over:
            return False
        if any(asker in self._knowing(stands.incident.id) for asker in self._roster.relay.before(who.id)):
            return True
        return rank(stands.incident.peak) >= rank(who.least) and concerns(who, stands.incident)

    def _turn(self, who: Subscriber, stands: Standing, now: datetime) -> Turn:
        relay, clocks = self._roster.relay, self._roster.clocks(stands.incident.institution)
        pair = (who.id, stands.incident.id)
        turn = relay.turn(who.id, stands, self._knowing(pair[1]), lambda p: clocks.on_duty(p, now), now)
        self._later(turn.later, pair, now)
        if turn.now or turn.passed_over:
            for person in {heir for asker in relay.before(who.id) for heir in relay.after(asker)}:
                self._later(clocks.duty_changes(self._roster.people[person], now), pair, now)
        return turn

    def _knowing(self, incident: str) -> dict[str, Told]:
        """What everybody knows of it to whom it was told."""
        if incident not in self._known:
            kin = self._cases.kin(incident)
            informed = self._ledger.informed(part for part, _ in kin)
            self._known[incident] = {p: self._ledger.told(p, kin, self._roster.mended(p)) for p in informed}
        return self._known[incident]

    def _later(self, moment: datetime | None, pair: Pair, now: datetime) -> None:
        if moment and moment > now:
            self._timers.at(moment, pair)

    # ── all that one person is owed ───────────────────────────────────────────────────────
    def _messages(self, person: str, covers: dict[str, datetime | None], now: datetime) -> list[Delivery]:
        who = self._roster.people.get(person)
        if who is None:
            return []
        mine, room = list(self._owed[person].values()), self._ledger.room_from(person, who.per_hour, now)
        groups = gather(mine, lambda o: self._free(who, o, covers, now), room, now)
        for due in groups:
            self._later(due, (person, ""), now)
        return messages(who, groups, self._ledger.waiting(person), lambda d: self._reason(d, now), now)

    def _free(self, who: Subscriber, one: Owed, covers: dict[str, datetime | None], now: datetime) -> datetime:
        incident = one.news.incident
        if not one.crisis or self._roster.clocks(one.institution).on_duty(who, now):
            return self._roster.free(who, one, now, now)
        stands = self._cases.standing(incident, now)
        if incident not in covers:
            covers[incident] = self._roster.cover(stands, now) if stands else None
        self._later(covers[incident], (who.id, ""), now)
        return self._roster.free(who, one, covers[incident], now)

    def _reason(self, delivery: Delivery, now: datetime) -> str:
        """Why nobody needs a message any more that has not gone out."""
        incident = delivery.news[0].incident
        stands = self._cases.standing(incident, now)
        told = self._knowing(incident).get(delivery.subscriber, NOTHING)
        who = self._roster.people.get(delivery.subscriber)
        if stands is None or who is None or who.id not in self._roster.reachable:
            return why.UNWANTED
        if told.when >= delivery.made or stands.incident.into:
            return why.TOGETHER
        reasons = {"resolved": why.OVER, "silenced": why.SILENCED, "acknowledged": why.ACKNOWLEDGED}
        eased = rank(stands.incident.level) < rank(who.least)
        return reasons.get(stands.life, why.EASED if eased else why.UNWANTED)

    # ── digests ───────────────────────────────────────────────────────────────────────────
    def _digests(self, now: datetime) -> list[Delivery]:
        if now < self._no_digests_until:
            return []
        found = [
            d
            for s in self._roster.people.values()
            if s.digests and s.id in self._roster.reachable
            for d in self._new(s, now)
        ]
        self._no_digests_until = BEGINNING if found else now + MINUTE
        return found

    def _new(self, who: Subscriber, now: datetime) -> list[Delivery]:
        """Their digests that were never made, when their hours let them through, and the older ones that wait still."""
        if not (home := self._roster.home(who)):
            return []
        clocks, zone = self._roster.clocks(home), self._roster.institutions[home].zone
        new = [d for d in digests_of(who, zone, now) if not self._ledger.has_digest(d.id)]
        old = [d for d in self._ledger.digests(who.id) if any(is_newer(n, d) for n in new)]
        return [
            *(replace(d, due=clocks.free(who, now)) for d in new),
            *(replace(d, state="dropped", why=why.NEWER_DIGEST) for d in old),
        ]
