"""Is it a crisis? What is open comes first, and what nobody could hear is never called calm."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from corrillo.alerts import Act, Change, Subject
from corrillo.ports import SourceHealth
from dashboards.page.crisis.hours import hours
from dashboards.page.crisis.incidents import IncidentRow, incidents, open_incidents
from dashboards.page.crisis.standing import Standing, standing
from dashboards.page.crisis.words import news
from dashboards.page.i18n import texts
from dashboards.page.sources import sources

WHOLE = Subject(institution="benialba")
WATER = Subject(institution="benialba", service="water")


@pytest.fixture
def quiet(store: Any, hour: Any, now: datetime) -> Any:
    """Three days of ordinary hours, two sources that are heard."""
    store.counts = [hour(back) for back in range(72, 1, -1)]
    begun = now - timedelta(days=90)
    store.sources = [SourceHealth(n, "x", newest_post=now, last_success=now, begun=begun) for n in ("one", "two")]
    return store


def answer(store: Any, now: datetime, town: Any, subject: Subject = WHOLE) -> Standing:
    return standing(incidents(store, subject, now), hours(store, subject, 24, now, town.zone), sources(store, [], now))


def test_calm_is_said_where_all_was_heard_and_nothing_is_open(quiet: Any, now: datetime, town: Any) -> None:
    assert answer(quiet, now, town) == Standing("calm", "calm", 0, 2)


def test_calm_with_a_blind_source_is_calm_as_far_as_can_be_heard(quiet: Any, now: datetime, town: Any) -> None:
    quiet.sources[0] = SourceHealth("one", "x", failures=3)
    assert answer(quiet, now, town) == Standing("calm_in_part", "calm", 1, 2)


@pytest.mark.parametrize("heard", [0.0, 0.5])
def test_calm_after_an_hour_that_was_not_all_heard_is_calm_in_part(
    quiet: Any, hour: Any, now: datetime, town: Any, heard: float
) -> None:
    """Also when every source is heard again."""
    quiet.counts[-1] = hour(2, heard=heard)
    assert answer(quiet, now, town).answer == "calm_in_part"


@pytest.mark.parametrize("known", [0, 1, 2])
def test_without_a_source_that_is_heard_nothing_is_known(quiet: Any, now: datetime, town: Any, known: int) -> None:
    """Also where there is none at all."""
    quiet.sources = [SourceHealth(f"s{n}", "x", failures=1) for n in range(known)]
    assert answer(quiet, now, town) == Standing("deaf", "calm", known, known)


def test_before_two_days_are_counted_it_is_learning(quiet: Any, now: datetime, town: Any) -> None:
    quiet.counts = quiet.counts[-47:]
    assert answer(quiet, now, town).answer == "learning"
    quiet.counts = []
    assert answer(quiet, now, town).answer == "learning"


def test_where_counting_has_stopped_nothing_is_known(quiet: Any, now: datetime, town: Any) -> None:
    quiet.counts = quiet.counts[:-4]
    assert answer(quiet, now, town).answer == "behind"


def test_an_open_incident_comes_before_everything(quiet: Any, incident: Any, now: datetime, town: Any) -> None:
    """The highest of those that are open; deaf or learning takes nothing of it away."""
    quiet.known_incidents = [incident("a", level="watch"), incident("b", level="crisis")]
    quiet.sources, quiet.counts = [], []
    assert answer(quiet, now, town) == Standing("crisis", "crisis", 0, 0)


def test_an_incident_counts_for_the_subjects_that_it_touches(
    quiet: Any, incident: Any, now: datetime, town: Any
) -> None:
    """While it is open, those of which it is now; for the whole institution each does; of others it is said that they are open."""
    quiet.known_incidents = [incident()]
    assert answer(quiet, now, town, WATER).answer == "warning"
    health = Subject(institution="benialba", service="health")
    assert answer(quiet, now, town, health).answer == "calm"
    found = incidents(quiet, health, now)
    assert ([r.incident.id for r in found.elsewhere], found.open) == (["burst"], ())
    quiet.known_incidents = [incident(subjects=(health,), leading=health)]
    assert answer(quiet, now, town, WATER).answer == "calm"


def test_open_incidents_are_in_the_order_of_their_urgency(quiet: Any, incident: Any, now: datetime) -> None:
    """By level; what nobody has taken first; then what has changed last."""
    earlier = now - timedelta(minutes=30)
    quiet.known_incidents = [
        incident("watch", level="watch"), incident("taken"), incident("older", updated=earlier), incident("newer"),
        incident("crisis", level="crisis"), incident("over", resolved=now),
    ]  # fmt: skip
    quiet.known_acts = [Act(incident="taken", at=now, who="Marta", what="acknowledge")]
    assert [r.incident.id for r in open_incidents(quiet, "benialba", now)] == [
        "crisis", "newer", "older", "taken", "watch",
    ]  # fmt: skip


def test_what_is_over_is_listed_for_a_month_and_what_was_merged_is_not(
    quiet: Any, incident: Any, now: datetime
) -> None:
    long_ago = now - timedelta(days=31)
    quiet.known_incidents = [
        incident("over", resolved=now), incident("part", into="over"),
        incident("old", updated=long_ago, resolved=long_ago), incident("other", institution="altea", resolved=now),
    ]  # fmt: skip
    found = incidents(quiet, WHOLE, now)
    assert ([r.incident.id for r in found.over], found.open, found.level) == (["over"], (), "calm")


def test_of_an_incident_that_is_over_its_height_is_told(incident: Any, evidence: Any, now: datetime) -> None:
    calm = evidence(voices=1.0)
    over = IncidentRow(incident(resolved=now, level="calm", evidence=calm, peak="warning"), "resolved")
    assert (over.level, over.telling.voices) == ("warning", 12.0)
    assert IncidentRow(incident(evidence=calm), "open").telling is calm


def test_history_has_what_was_seen_and_what_was_done_newest_first(incident: Any, now: datetime) -> None:
    act = Act(incident="burst", at=now - timedelta(minutes=110), who="Marta", what="note", note="—")
    steps = IncidentRow(incident(), "open", (act,)).history
    assert [s.seen.what if s.seen else s.done.who for s in steps if s.seen or s.done] == [
        "escalated",
        "Marta",
        "opened",
    ]


def test_a_step_says_what_none_before_it_had(incident: Any, evidence: Any, now: datetime, town: Any) -> None:
    """A subject or a network; what is only more of the same is nothing new."""
    raval = Subject(institution="benialba", district="El Raval")
    of = (
        ("opened", (WATER,), evidence(networks=(("x", 2),))),
        ("changed", (WATER, raval), evidence(networks=(("x", 3), ("press", 1)))),
        ("escalated", (WATER,), evidence(networks=(("x", 9),))),
    )
    changes = tuple(
        Change(at=now + timedelta(minutes=n), what=what, level="watch", subjects=subjects, evidence=seen)
        for n, (what, subjects, seen) in enumerate(of)
    )
    steps = IncidentRow(incident(changes=changes), "open").history
    assert [news(texts("en"), s, town) for s in steps] == ["", "also El Raval; also on Press", ""]
