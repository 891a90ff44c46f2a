"""What detection tells, and what people do about it: incidents, hourly counts, acts."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest

from corrillo.alerts import HourCount, Subject
from corrillo.ports import Query, Store
from corrillo.testing.incidents import HOUR, RAVAL, WATER, an_act, an_hour, an_incident, tell
from corrillo.testing.mentions import ISLAND, NOW, TOWN, a_mention
from corrillo.testing.store_base import Reopen, StoreFixtures

ALL = Subject(institution=TOWN)
LIMIT = NOW - timedelta(days=30)


def ago(**span: float) -> datetime:
    """So long before ``NOW``."""
    return NOW - timedelta(**span)


def names(store: Store, institution: str = TOWN, since: datetime | None = None, limit: int = 50) -> list[str]:
    """The names of the incidents, as they come."""
    found = store.incidents(institution, since=since, limit=limit)
    return [i.id.removeprefix("incident-") for i in found]


class IncidentRules(StoreFixtures):
    """Each is there once, as it was told last."""

    def test_an_incident_comes_back_as_it_was_told(self, store: Store, reopen: Reopen) -> None:
        """To the last field; one that was never told is not there."""
        open_one, over = an_incident(), an_incident("2", resolved=NOW, updated=ago(hours=1), level="calm", points=())
        tell(store, open_one, over)
        later = reopen()
        assert (later.incident(open_one.id), later.incident(over.id)) == (open_one, over)
        assert list(later.incidents(TOWN)) == [open_one, over]
        assert later.incident("never") is None
        later.close()

    def test_what_is_told_again_takes_the_place_of_what_was_told_before(self, store: Store) -> None:
        """Also at the same moment; nothing is there twice."""
        later = msgspec.structs.replace(an_incident(), updated=NOW + timedelta(minutes=5), level="crisis")
        again = msgspec.structs.replace(later, peak="warning")
        for one in (an_incident(), an_incident(), later, again):
            tell(store, one)
            assert list(store.incidents(TOWN)) == [one]

    def test_an_older_incident_does_not_take_the_place_of_a_newer_one(self, store: Store) -> None:
        """Whatever is replayed, be it in one breath."""
        newer = an_incident(level="crisis")
        older = an_incident(updated=ago(minutes=5), level="watch")
        tell(store, newer, older)
        tell(store, older)
        assert store.incident(newer.id) == newer

    def test_incidents_come_with_the_newest_change_first(self, store: Store) -> None:
        """Of one institution only, from the moment that is asked for (included), no more than asked."""
        for n in (3, 1, 2):
            tell(store, an_incident(str(n), updated=ago(minutes=n)))
        tell(store, an_incident("elsewhere", institution=ISLAND))
        assert names(store) == ["1", "2", "3"]
        assert names(store, since=ago(minutes=2)) == ["1", "2"]
        assert names(store, limit=1) == ["1"]
        assert (names(store, ISLAND), names(store, "nowhere"), names(store, since=NOW)) == (["elsewhere"], [], [])

    def test_incidents_are_asked_for_by_the_very_moment_of_their_change(self, store: Store) -> None:
        """Finer than a millisecond."""
        moment = NOW + timedelta(microseconds=700)
        tell(store, an_incident(updated=moment))
        assert names(store, since=moment) == ["1"]

    def test_more_incidents_come_than_one_answer_holds(self, store: Store) -> None:
        """In their order."""
        tell(store, *(an_incident(str(n), updated=ago(minutes=n)) for n in range(600)))
        assert names(store, limit=550) == [str(n) for n in range(550)]

    def test_open_incidents_are_neither_resolved_nor_part_of_another(self, store: Store) -> None:
        """Whether they were so at first or have become so."""
        tell(store, an_incident("1"), an_incident("2", resolved=NOW), an_incident("3", into="incident-1"))
        assert [i.id for i in store.incidents(TOWN, open_only=True)] == ["incident-1"]
        tell(store, an_incident("1", resolved=NOW), an_incident("2", updated=NOW + timedelta(hours=1)))
        assert [i.id for i in store.incidents(TOWN, open_only=True)] == ["incident-2"]
        assert len(store.incidents(TOWN)) == 3

    def test_a_unit_that_fails_has_told_nothing(self, store: Store) -> None:
        """Neither incidents nor counts."""
        with pytest.raises(RuntimeError, match="half way"), store.unit() as unit:
            unit.write([a_mention()])
            unit.tell([an_incident(), an_hour()])
            raise RuntimeError("half way")
        assert (names(store), list(store.hour_counts(WATER, 0, 2 * HOUR)), store.count(Query())) == ([], [], 0)

    def test_what_is_told_and_remembered_in_one_unit_is_both_there(self, store: Store) -> None:
        """Of that institution and of others."""
        with store.unit() as unit:
            unit.tell([an_incident(), an_hour(), an_incident("island", institution=ISLAND)])
            unit.remember(TOWN, {"stage": b"1"})
        assert (names(store), names(store, ISLAND)) == (["1"], ["island"])
        assert list(store.hour_counts(WATER, HOUR, HOUR + 1)) == [an_hour()]
        with store.unit() as unit:
            assert unit.recollect(TOWN, 1) is None

    def test_hours_come_in_their_order_with_gaps(self, store: Store, reopen: Reopen) -> None:
        """``since`` is included, ``until`` is not; each subject has its own."""
        subjects = (ALL, WATER, RAVAL, Subject(institution=ISLAND))
        hours = (HOUR + 3, HOUR, HOUR - 1, HOUR + 1, HOUR + 4)
        tell(store, *(an_hour(h, s, count=n) for n, s in enumerate(subjects) for h in hours))
        later = reopen()
        for n, subject in enumerate(subjects):
            found: list[HourCount] = list(later.hour_counts(subject, HOUR, HOUR + 4))
            assert found == [an_hour(h, subject, count=n) for h in (HOUR, HOUR + 1, HOUR + 3)]
        assert list(later.hour_counts(Subject(institution="nowhere"), HOUR, HOUR + 4)) == []
        later.close()

    def test_an_hour_that_is_told_again_is_replaced(self, store: Store) -> None:
        """By the last one, be it in one breath."""
        tell(store, an_hour(), an_hour(count=10))
        tell(store, an_hour(count=0, voices=0.0, heard=0.0), an_hour(count=11))
        assert list(store.hour_counts(WATER, 0, 2 * HOUR)) == [an_hour(count=11)]

    def test_hours_of_years_come_in_one_go(self, store: Store) -> None:
        """More than one answer holds."""
        hours = range(HOUR, HOUR + 5_500)
        tell(store, *map(an_hour, hours))
        assert [h.hour for h in store.hour_counts(WATER, HOUR, HOUR + 20_000)] == list(hours)

    def test_acts_come_in_the_order_in_which_they_were_done(self, store: Store, reopen: Reopen) -> None:
        """Of the incidents that are asked for; at one moment, as they were kept; the same once."""
        acts = [
            an_act(at=ago(hours=2), who="Iñaki", what="silence", until=NOW, note="hasta que acabe la obra"),
            an_act(at=ago(hours=1), what="note", note="llamé a la empresa de aguas"),
            an_act("2", what="reopen"),
            an_act(what="acknowledge"),
            an_act(what="reopen"),
        ]
        for act in (acts[2], acts[1], acts[0], acts[3], acts[4], acts[3]):
            store.act(act)
        later = reopen()
        assert list(later.acts(["incident-1", "incident-2"])) == acts
        assert list(later.acts(["incident-2", "never"])) == [acts[2]]
        assert list(later.acts([])) == []
        later.close()

    def test_an_act_does_not_wait_for_its_incident(self, store: Store) -> None:
        """It joins by the id."""
        store.act(an_act())
        tell(store, an_incident())
        assert list(store.acts(["incident-1"])) == [an_act()]

    def test_what_was_over_too_long_ago_goes_with_what_was_done_about_it(self, store: Store) -> None:
        """Resolved or merged; what is open stays, and what is over since; hourly counts stay for good."""
        old = ago(days=100)
        tell(
            store,
            an_incident("resolved", opened=old, updated=old, resolved=old),
            an_incident("merged", opened=old, updated=old, into="incident-open"),
            an_incident("open", opened=old, updated=old),
            an_incident("late", opened=old, updated=LIMIT, resolved=LIMIT),
            an_incident("elsewhere", institution=ISLAND, updated=old, resolved=old),
            an_hour(HOUR - 24 * 100),
        )
        for name in ("resolved", "merged", "open", "late", "elsewhere"):
            store.act(an_act(name, at=old))
        assert store.purge(TOWN, LIMIT) == 0
        assert names(store) == ["late", "open"]
        assert names(store, ISLAND) == ["elsewhere"]
        every = [f"incident-{n}" for n in ("resolved", "merged", "open", "late", "elsewhere")]
        assert {a.incident for a in store.acts(every)} == set(every[2:])
        assert len(store.hour_counts(WATER, 0, HOUR)) == 1
