"""Rehearsal: the past in the order in which it was seen, through the rules as production runs them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from corrillo.alerts import Change, Evidence, Incident, Subject
from corrillo.health import Hearing
from corrillo.institution import Institution
from corrillo.model import Gap, TaggedMention
from corrillo.ports import Bucket, Found, Query, SourceHealth
from corrillo.rehearsal.history import history, imported
from corrillo.rehearsal.past import Past
from corrillo.rehearsal.replay import Episode
from corrillo.rehearsal.run import Asked, Rehearsed, rehearse
from corrillo.rehearsal.truth import Real, judge
from corrillo.testing.mentions import a_mention
from tests.fakes.weeks import BEGIN, BURST, END, weeks

TOWN = Institution(id="valdeprado", name="Ayuntamiento de Valdeprado")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
T = datetime(2026, 11, 21, 12, tzinfo=UTC)


class FakeReader:
    """A fake of what rehearsal asks of a store: mentions in a list, found by institution and time, in small pages."""

    page = 7

    def __init__(self, mentions: Sequence[TaggedMention]) -> None:
        self.mentions = sorted(mentions, key=lambda m: (m.published, m.id), reverse=True)

    def _of(self, query: Query) -> list[TaggedMention]:
        return [
            m
            for m in self.mentions
            if m.institution in query.where["institution"]
            and (query.since is None or m.published >= query.since)
            and (query.until is None or m.published < query.until)
        ]

    def find(self, query: Query, *, limit: int = 50, page: str = "") -> Found:
        found, begin, size = self._of(query), int(page or 0), min(limit, self.page)
        more = str(begin + size) if begin + size < len(found) else ""
        return Found(tuple(found[begin : begin + size]), more)

    def histogram(self, query: Query, interval: str, zone: str, *, authors: bool) -> list[Bucket]:
        assert (interval, zone, authors) == ("day", "UTC", False)
        days = Counter(f"{m.published:%Y-%m-%d}" for m in self._of(query))
        return [Bucket((day,), days[day], 0) for day in sorted(days)]


def mention(name: str, published: datetime, seen: datetime, **given: object) -> TaggedMention:
    return a_mention(name, institution="valdeprado", published=published, first_seen=seen, **given)


def heard(reader: FakeReader, by: str, since: datetime | None = None, until: datetime = T + timedelta(days=9)) -> list:
    return list(history(reader, "valdeprado", by, since, until, lambda done, total: None))


# ── history ───────────────────────────────────────────────────────────────────────────────
def test_mentions_come_in_the_order_in_which_they_were_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """However late they were seen, and whatever span of publication they were read in."""
    monkeypatch.setattr("corrillo.rehearsal.history.SPAN", 10)
    delays = [MINUTE, 50 * HOUR, HOUR, -MINUTE, 5 * MINUTE]
    some = [mention(str(n), T + n * HOUR, T + n * HOUR + delays[n % 5]) for n in range(100)]
    seen = [m.first_seen for m in heard(FakeReader(some), "observed")]
    assert len(seen) == 100
    assert seen == sorted(seen)


def test_only_what_was_seen_in_the_time_that_is_asked_for_is_given() -> None:
    """`since` is included, `until` is not; another institution's is not given at all."""
    some = [mention(str(n), T + n * HOUR, T + n * HOUR) for n in range(10)]
    other = a_mention("o", institution="benialba", published=T + 3 * HOUR, first_seen=T + 3 * HOUR)
    found = heard(FakeReader([*some, other]), "observed", T + 2 * HOUR, T + 5 * HOUR)
    assert [m.id for m in found] == [m.id for m in some[2:5]]


def test_by_publication_everything_was_seen_at_once() -> None:
    """Also what was backfilled; what has only a date has no moment, and is left out."""
    late = mention("late", T, T + 99 * HOUR, backfilled=True)
    found = heard(FakeReader([late, mention("dated", T, T, date_only=True)]), "published")
    assert [(m.id, m.first_seen, m.backfilled) for m in found] == [(late.id, T, False)]


def test_progress_ends_with_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corrillo.rehearsal.history.SPAN", 10)
    told: list[tuple[int, int]] = []
    some = [mention(str(n), T + n * HOUR, T + n * HOUR) for n in range(60)]
    list(history(FakeReader(some), "valdeprado", "observed", None, T + 99 * HOUR, lambda *done: told.append(done)))
    assert told == sorted(told)
    assert told[-1] == (60, 60)


@pytest.mark.parametrize(
    ("seen", "was"),
    [
        (lambda n: T + n * HOUR + 5 * MINUTE, False),
        (lambda n: T + 100 * HOUR, True),
        (lambda n: T + 90 * HOUR + n * MINUTE, True),
        (lambda n: T + n * HOUR + 7 * HOUR, True),
        (lambda n: T + n * HOUR + (5 * MINUTE if n % 2 else 30 * HOUR), False),
    ],
    ids=["heard as it was said", "one import", "an import that took an hour", "always late", "half and half"],
)
def test_an_import_is_told_from_listening(seen, was: bool) -> None:
    """By when the mentions of a time were seen, compared with when they were said."""
    some = [mention(str(n), T + n * HOUR, seen(n)) for n in range(100)]
    found = imported(FakeReader(some), "valdeprado", T, T + 100 * HOUR)
    assert (found is not None) == was
    if found:
        assert (found.first, found.last) == (seen(0), seen(99))


# ── what could be heard then ──────────────────────────────────────────────────────────────
def test_a_source_is_as_blind_as_it_was_then() -> None:
    """Blind while its trouble lasted, with a trouble that has an end afterwards; not there before it began."""
    gap = Gap(since=T + HOUR, until=T + 5 * HOUR, why="refused")
    eco = SourceHealth(
        "eco", "press", begun=T, last_success=T + 9 * HOUR, every=300.0, gaps=(gap,), newest_post=T + 9 * HOUR
    )
    later = SourceHealth(
        "later", "press", begun=T + 2 * HOUR, last_success=T + 9 * HOUR, every=300.0, newest_post=T + 9 * HOUR
    )
    once = SourceHealth("old-forum", "forum", begun=T, last_success=T, every=0.0)
    past = Past([eco, later, once], T + 9 * HOUR)
    assert past(T + MINUTE).sources == ("eco",)
    assert past(T + MINUTE).blind == ()
    during, after = past(T + 3 * HOUR), past(T + 6 * HOUR)
    assert (during.sources, during.blind) == (("eco", "later"), ("eco",))
    assert after.blind == ()
    assert (T + HOUR, T + 5 * HOUR) in after.unheard["eco"]
    assert "eco" not in past(T + 40 * HOUR).unheard or past(T + 40 * HOUR).blind == ("eco",)


# ── the machine ───────────────────────────────────────────────────────────────────────────
@cache
def rehearsed(by: str = "observed", when: datetime | None = None) -> Rehearsed:
    reader, asked = FakeReader(weeks(when)), Asked(BEGIN + timedelta(days=10), END, by)
    reader.page = 1000
    return rehearse(reader, [], TOWN, asked, END, lambda done, total: None)


def test_the_burst_main_is_told_early_and_once() -> None:
    """As a warning within the first five mentions of it, after learning from the ten days before."""
    result = rehearsed()
    assert result.learnt > 150
    (warned,) = result.at("warning")
    reached = warned.reached("warning")
    assert reached is not None
    assert BURST <= reached.at <= BURST + timedelta(minutes=20)
    assert sum(BURST <= seen <= reached.at for seen in warned.seen.values()) <= 5
    assert reached.after == reached.at - warned.first
    assert warned.incident.leading.service in ("water", "")


def test_an_import_rehearsed_by_publication_tells_what_listening_would_have() -> None:
    """By the time it was observed it is all late, and nothing is told."""
    live, since = rehearsed(), rehearsed("published", END + timedelta(days=30))
    assert [e.incident.peak for e in since.at("warning")] == [e.incident.peak for e in live.at("warning")]
    assert rehearsed("observed", END - timedelta(hours=1)).at("watch") == []


# ── what became of it ─────────────────────────────────────────────────────────────────────
WATER = Subject(institution="valdeprado", service="water")
PROOF = Evidence(channel="crisis", minutes=60, voices=5, expected=0.2, low=0, high=1, surprise=4.0)


def incident(name: str, *changes: tuple[str, str, timedelta], into: str = "", **given: object) -> Incident:
    """An incident with this life: what, level, and how long after T."""
    life = tuple(
        Change(at=T + after, what=what, level=level, subjects=(WATER,), evidence=PROOF, other=into or "x")
        for what, level, after in changes
    )
    return Incident(
        id=name, institution="valdeprado", opened=life[0].at, updated=life[-1].at, level=life[-1].level, peak="crisis",
        leading=WATER, subjects=(WATER,), evidence=PROOF, changes=life, into=into, **given,
    )  # fmt: skip


LIFE = (
    ("opened", "watch", 0 * HOUR), ("escalated", "warning", HOUR), ("merged", "warning", HOUR), ("eased", "watch", 2 * HOUR),
    ("escalated", "crisis", 3 * HOUR), ("resolved", "calm", 4 * HOUR), ("reopened", "watch", 5 * HOUR),
)  # fmt: skip


def test_an_incident_is_at_a_level_from_when_it_rises_to_when_it_eases() -> None:
    """One that took another in goes on; one that is over may come back."""
    episode = Episode(incident("a", *LIFE))
    assert episode.times("watch") == [(T, T + 4 * HOUR), (T + 5 * HOUR, None)]
    assert episode.times("warning") == [(T + HOUR, T + 2 * HOUR), (T + 3 * HOUR, T + 4 * HOUR)]
    assert episode.times("crisis") == [(T + 3 * HOUR, T + 4 * HOUR)]


def test_an_incident_that_became_part_of_another_ends_there() -> None:
    episode = Episode(incident("a", ("opened", "watch", 0 * HOUR), ("merged", "watch", HOUR), into="b"))
    assert episode.times("watch") == [(T, T + HOUR)]


def test_how_early_is_counted_from_the_first_mention_that_it_rests_on() -> None:
    """In time, and in mentions that had been seen by then."""
    episode = Episode(incident("a", *LIFE), {str(n): T + n * 20 * MINUTE for n in range(9)})
    reached = episode.reached("warning")
    assert reached is not None
    assert (reached.at, reached.after, reached.mentions) == (T + HOUR, HOUR, 4)
    assert Episode(incident("b", LIFE[0])).reached("crisis") is None


def test_real_crises_are_found_or_missed_and_other_alerts_are_false() -> None:
    """By level: what was told while it lasted found it, with how long after it began (before: negative)."""
    during, outside = incident("during", *LIFE), incident("outside", ("opened", "warning", 50 * HOUR))
    truth = [Real(T + HOUR / 2, T + 2 * HOUR, "main"), Real(T - 2 * HOUR, T - HOUR, "quiet")]
    episodes = [Episode(during), Episode(outside)]
    watch, warning, crisis = (judge(episodes, truth, level) for level in ("watch", "warning", "crisis"))
    assert [(f.real.what, f.incident, f.lead) for f in watch.found] == [("main", "during", -HOUR / 2)]
    assert [(f.incident, f.lead) for f in warning.found] == [("during", HOUR / 2)]
    assert [r.what for r in warning.missed] == ["quiet"]
    assert warning.false == ("outside",)
    assert (crisis.found, crisis.false) == ((), ("during",))


def test_so_many_in_a_time_are_so_many_a_month() -> None:
    asked = Asked(T, T + timedelta(days=365.25), "observed")
    assert Rehearsed("valdeprado", asked, T, 0, 0, ()).a_month(24) == pytest.approx(2.0)


def test_without_a_ledger_everything_was_heard() -> None:
    assert Past([], T)(T) == Hearing()
