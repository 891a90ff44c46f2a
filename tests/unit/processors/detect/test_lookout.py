"""The machine for one institution where the world is not as it should be: clocks, new sources, deletions, haste."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from corrillo.alerts import HourCount, Incident, Told
from corrillo.health import Hearing
from corrillo.institution import Institution
from corrillo.model import MentionDeleted, TaggedMention
from processors.detect.lookout import Clock, Lookout, Record, watched
from tests.fakes.talk import ALARM, CROWD, DAY, HOUR, MINUTE, Talk, in_order

TOWN = Institution(id="town", name="Ayuntamiento de Benialba")
BEGIN = datetime(2026, 5, 1, tzinfo=UTC)
_decode = msgspec.json.Decoder(Record).decode


class Watch:
    """A lookout with what it keeps and tells."""

    def __init__(self) -> None:
        self.kept: dict[str, Record] = {}
        self.told: list[Told] = []
        self.lookout = Lookout(watched([TOWN])["town"], {})

    def hear(self, *events: TaggedMention | MentionDeleted) -> None:
        for event in events:
            self.lookout.hear(event)
        self._keep()

    def advance(self, until: datetime, hearing: Hearing = Hearing(), since: datetime | None = None) -> None:
        """Time goes on every ten minutes ``since`` then, or at once."""
        moment = since or until
        while moment <= until:
            self.lookout.advance(moment, hearing)
            moment += 10 * MINUTE
        self._keep()

    def live(self, said: Iterable[TaggedMention]) -> None:
        """Hear what is said while time goes on."""
        for mention in said:
            self.advance(mention.first_seen)
            self.hear(mention)

    def begin_again(self) -> None:
        records = {key: _decode(msgspec.json.encode(record)) for key, record in self.kept.items()}
        self.lookout = Lookout(watched([TOWN])["town"], records)

    @property
    def clock(self) -> Clock:
        return next(r for r in self.kept.values() if isinstance(r, Clock))

    @property
    def hours(self) -> list[HourCount]:
        return [t for t in self.told if isinstance(t, HourCount) and not t.service and not t.district]

    def levels(self) -> list[str]:
        return [t.level for t in self.told if isinstance(t, Incident)]

    def _keep(self) -> None:
        self.told += self.lookout.told()
        for key, record in self.lookout.changed().items():
            if record is None:
                self.kept.pop(key, None)
            else:
                self.kept[key] = record


def ordinary(since: datetime, days: float, daily: float = 120, **given: object) -> list[TaggedMention]:
    said = Talk("town", TOWN.zone, people=2000, seed=int(since.timestamp())).ordinary(since, since + days * DAY, daily)
    return [msgspec.structs.replace(m, **given) for m in said]


def alarm(since: datetime, count: int = 30, lasts: timedelta = HOUR) -> list[TaggedMention]:
    return Talk("town", TOWN.zone, 400, 9).burst(since, lasts, count, count, tags=ALARM, venues=CROWD, service="water")


@pytest.fixture
def week() -> Watch:
    """After an ordinary week."""
    watch = Watch()
    watch.live(ordinary(BEGIN, 7))
    return watch


NOW = BEGIN + 7 * DAY


def test_a_source_that_comes_later_counts_as_soon_as_its_rate_is_known(week):
    first = ordinary(NOW, 5)
    second = [msgspec.structs.replace(m, id=f"new-{m.id}", story=f"new-{m.id}", author=f"~{n:016x}", source="late", network="late")
              for n, m in enumerate(ordinary(NOW + 1 * MINUTE, 5))]  # fmt: skip
    week.live(in_order([*first, *second]))
    days = [
        sum(h.voices for h in week.hours if 0 <= h.hour - int((NOW + n * DAY).timestamp()) // 3600 < 24)
        for n in range(5)
    ]
    assert days[4] > 1.5 * days[0]
    assert "warning" not in week.levels()


def test_a_clock_that_was_a_month_ahead_is_forgiven(week):
    week.advance(NOW + 30 * DAY)
    week.advance(NOW + 10 * MINUTE)
    week.live(ordinary(NOW + HOUR, 2))
    assert week.clock.now < int((NOW + 3 * DAY).timestamp()) * 1000
    assert all(h.heard == 0 or h.expected for h in week.hours[-20:])
    week.live(alarm(NOW + 2 * DAY + HOUR))
    assert "crisis" in week.levels()
    week.advance(NOW + 4 * DAY, since=NOW + 2 * DAY + 3 * HOUR)
    assert week.levels()[-1] == "calm"


def test_after_such_a_clock_a_restart_changes_nothing(week):
    week.advance(NOW + 30 * DAY)
    week.advance(NOW + 10 * MINUTE)
    said = in_order([*ordinary(NOW + HOUR, 1), *alarm(NOW + DAY)])
    week.begin_again()
    other, week.told = list(week.told), []
    week.live(said)
    going_on, week.told = list(week.told), other
    fresh = Watch()
    fresh.live(ordinary(BEGIN, 7))
    fresh.advance(NOW + 30 * DAY)
    fresh.advance(NOW + 10 * MINUTE)
    fresh.told = []
    fresh.live(said)
    assert fresh.told == going_on


def test_a_clock_that_jumps_by_years_tells_no_hours_of_them(week):
    before = len(week.hours)
    week.advance(NOW + 3650 * DAY)
    assert len(week.hours) - before < 5


def test_a_crisis_of_which_nothing_can_be_heard_any_more_is_not_over(week):
    week.live(ordinary(NOW, 0.5))
    crisis = NOW + 12 * HOUR
    week.live(alarm(crisis))
    until = crisis + 9 * HOUR
    blind = Hearing(("microblog",), {"microblog": ((crisis + 2 * HOUR, None),)})
    week.lookout.listen(blind)
    week.hear(ordinary(until, 0.2)[0])
    assert week.levels()[-1] == "crisis"
    assert {h.heard for h in week.hours if h.hour == int((crisis + 5 * HOUR).timestamp()) // 3600} == {0.0}


def test_posts_of_one_moment_are_looked_at_when_the_pause_is_over(week):
    week.live(ordinary(NOW, 0.5))
    at = NOW + 12 * HOUR
    together = [msgspec.structs.replace(m, first_seen=at + 5 * MINUTE) for m in alarm(at, 25, 5 * MINUTE)]
    week.hear(*together)
    week.advance(at + 5 * MINUTE + timedelta(seconds=20))
    assert "crisis" in week.levels()


def test_who_deletes_the_first_of_many_copies_silences_one_not_all():
    def voices(watch: Watch) -> float:
        watch.advance(BEGIN + 6 * HOUR, since=BEGIN + HOUR)
        return sum(h.voices for h in watch.hours)

    copies = alarm(BEGIN + 10 * MINUTE, 5)
    copies = [msgspec.structs.replace(m, story="note") for m in copies]
    kept, deleted = Watch(), Watch()
    kept.hear(*copies)
    deleted.hear(*copies, MentionDeleted(id=copies[0].id, institution="town", at=BEGIN + HOUR))
    assert voices(kept) == voices(deleted) == 1
    gone = Watch()
    gone.hear(*copies, *(MentionDeleted(id=m.id, institution="town", at=BEGIN + HOUR) for m in copies))
    assert voices(gone) == 0


def test_a_mention_of_a_young_source_that_is_told_again_stays_unheard(week):
    """Also when its source has come to count since: a replay is no voice."""
    (young,) = [msgspec.structs.replace(m, source="late", network="late") for m in ordinary(NOW, 0.2)[:1]]
    week.hear(young)
    before = [r for k, r in week.kept.items() if k == f"m{young.id}"]
    week.hear(young, young)
    assert [r for k, r in week.kept.items() if k == f"m{young.id}"] == before
    week.kept.clear()
    week.hear(young)
    assert f"m{young.id}" not in week.kept


def test_a_word_of_a_crisis_does_not_become_usual(week):
    crisis = alarm(NOW + HOUR, 200, 5 * HOUR)
    week.live(in_order([*ordinary(NOW, 3), *crisis]))
    known = week.lookout._words.daily("tuberia", int((NOW + 3 * DAY).timestamp()) // 3600)
    assert known < 2
