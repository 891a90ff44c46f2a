"""Calm or blind: a source is judged by what it gives, and its ledger says what was not heard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from corrillo.health import LEDGER, advanced, failed, heard, hour_of, judge, likelihood, open_gap, unheard
from corrillo.model import Budget, Gap
from corrillo.ports import SourceHealth, SourceNews

BEGIN = datetime(2026, 10, 5, 0, 0, tzinfo=UTC)
"""A Monday."""
HOUR = timedelta(hours=1)
EVERY = 300.0


def news(at: datetime, posts: Iterable[datetime] = (), **given: object) -> SourceNews:
    """What a batch with these posts says."""
    listed = list(posts)
    fields = {
        "newest_post": max(listed, default=None), "hours": tuple(sorted(Counter(map(hour_of, listed)).items())),
        "seen": len(listed), "every": EVERY,
    }  # fmt: skip
    return SourceNews("paper", "press", at, **{**fields, **given})


def lived(weeks: int, until: datetime | None = None) -> SourceHealth:
    """A source that is read every hour and says something in every waking hour (7 to 22) for some weeks."""
    health: SourceHealth | None = None
    end = until or BEGIN + timedelta(weeks=weeks)
    at = BEGIN
    while at <= end:
        said = at - timedelta(minutes=30)
        health = advanced(health, news(at, [said] if 7 <= said.hour < 22 else [], every=3600.0))
        at += HOUR
    assert health is not None
    return replace(health, every=EVERY)


MORNING = BEGIN + timedelta(weeks=4, hours=11)
"""A Monday at eleven, four weeks later."""


def test_a_new_post_makes_a_source_fresh() -> None:
    """Its newest post is recent."""
    health = lived(4, MORNING)
    assert judge(health, MORNING).state == "fresh"


def test_a_usual_silence_is_quiet() -> None:
    """At four in the morning nobody ever says anything."""
    night = BEGIN + timedelta(weeks=4, hours=4)
    health = lived(4, night)
    assert (judge(health, night).state, judge(health, night).proof) == ("quiet", "usual_silence")


def test_an_unusual_silence_is_stale_though_every_try_succeeds() -> None:
    """Three hours of a working morning without a post, where each hour has had one for weeks."""
    health = lived(4, MORNING)
    for hours in range(1, 4):
        health = advanced(health, news(MORNING + hours * HOUR))
    judged = judge(health, MORNING + 3 * HOUR)
    assert (judged.state, judged.proof, judged.listening) == ("stale", "unusual_silence", False)


def test_last_weeks_posts_make_no_source_fresh() -> None:
    """Old posts served as new: stale at once, at night as well, since its last good look."""
    night = BEGIN + timedelta(weeks=4, hours=3)
    health = lived(4, night)
    old = [night - timedelta(days=7, minutes=m) for m in range(5)]
    health = advanced(health, news(night + HOUR, old))
    judged = judge(health, night + HOUR)
    assert (judged.state, judged.proof, judged.since) == ("stale", "old_posts", night)


def test_what_is_read_again_on_purpose_is_not_served_as_new() -> None:
    """A sweep over a whole list, and edits of old posts; a list that begins with what is known is none either."""
    health = lived(4, MORNING)
    old = [MORNING - timedelta(days=7, minutes=m) for m in range(50)]
    swept = advanced(health, news(MORNING, old, reread=True))
    newest = health.newest_post
    assert newest is not None
    listed = advanced(health, news(MORNING, [newest, *old]))
    assert {judge(h, MORNING).state for h in (swept, listed)} == {"fresh"}


def test_one_late_post_is_not_old_posts() -> None:
    """A post that arrives a few hours late, or alone, says nothing against its source."""
    health = lived(4, MORNING)
    late = advanced(health, news(MORNING, [MORNING - timedelta(hours=9)] * 5))
    alone = advanced(health, news(MORNING, [MORNING - timedelta(days=9)]))
    assert {judge(h, MORNING).state for h in (late, alone)} == {"fresh"}


def test_a_source_that_went_dead_never_teaches_that_dead_is_normal() -> None:
    """After a month without a post it is as stale as after a day."""
    health = lived(4, MORNING)
    for days in range(1, 31):
        health = advanced(health, news(MORNING + timedelta(days=days)))
    assert judge(health, MORNING + timedelta(days=30)).proof == "unusual_silence"
    assert health.rhythm == lived(4, MORNING).rhythm


def test_failing_becomes_blind() -> None:
    """A failure that may pass is failing at first, and blind when nothing was read for a quarter of an hour."""
    health = failed(lived(4, MORNING), MORNING + timedelta(minutes=5), "503")
    assert judge(health, MORNING + timedelta(minutes=6)).state == "failing"
    judged = judge(health, MORNING + timedelta(minutes=16))
    assert (judged.state, judged.proof, judged.error) == ("blind", "unread", "503")


def test_refused_is_blind_at_once() -> None:
    """An expired token needs a person: nothing comes by itself."""
    health = failed(lived(4, MORNING), MORNING, "401", refused=True)
    assert (judge(health, MORNING).state, judge(health, MORNING).proof) == ("blind", "refused")


def test_a_source_that_nobody_reads_is_blind_without_any_failure() -> None:
    """The process was stopped: its last success is not now."""
    health = lived(4, MORNING)
    later = MORNING + timedelta(minutes=16)
    assert (judge(health, later).state, judge(health, later).proof) == ("blind", "overdue")


def test_what_was_never_read_is_blind_and_what_is_read_once_has_ended() -> None:
    """A new source, and an archive."""
    assert judge(SourceHealth("paper", "press"), MORNING).proof == "never"
    archive = advanced(None, news(BEGIN, [BEGIN - HOUR], every=0.0))
    assert (judge(archive, MORNING).state, judge(archive, MORNING).proof) == ("quiet", "ended")


def test_a_source_that_has_never_given_a_post_does_not_stay_calm() -> None:
    """Its query is wrong, or it lies: after three days it is stale."""
    health = advanced(None, news(BEGIN))
    assert judge(health, BEGIN).proof == "nothing_yet"
    later = BEGIN + timedelta(days=4)
    assert (judge(advanced(health, news(later)), later).state) == "stale"


def test_a_source_that_reads_behind_is_stale() -> None:
    """What is said now is not heard yet."""
    health = advanced(None, news(BEGIN, [BEGIN - timedelta(hours=3)], read_to=BEGIN - timedelta(hours=3)))
    assert (judge(health, BEGIN).state, judge(health, BEGIN).proof) == ("stale", "behind")


def test_what_was_read_with_a_delay_is_one_entry_however_many_batches_it_took() -> None:
    """A stream that catches up: heard late, from where it stood to where it is up to date again."""
    begin = BEGIN + timedelta(days=1)
    health = advanced(None, news(begin, [begin], read_to=begin, every=10.0))
    back = begin + 5 * HOUR
    for minutes in range(0, 301, 10):
        reached = begin + timedelta(minutes=minutes)
        health = advanced(health, news(back, [reached], read_to=reached, every=10.0))
    late = [g for g in health.gaps if g.why.startswith("it was read with")]
    assert [(g.since, g.until, g.filled) for g in late] == [(begin, begin + timedelta(hours=4, minutes=50), "resumed")]
    assert judge(health, back).state == "fresh"


def test_a_stream_that_only_answers_is_not_heard() -> None:
    """The connection lives, no event comes: what was said is not known, however often it succeeds."""
    begin = BEGIN + timedelta(days=1)
    health = advanced(None, news(begin, [begin], read_to=begin, every=10.0))
    for minutes in range(1, 30):
        health = advanced(health, news(begin + timedelta(minutes=minutes), read_to=begin, every=10.0))
    assert judge(health, begin + timedelta(minutes=29)).proof == "behind"


def test_a_sparse_source_may_be_silent_for_days() -> None:
    """A hashtag with a post every other day is not stale after three."""
    posts = [BEGIN + timedelta(days=2 * n) for n in range(28)]
    at = posts[-1] + timedelta(days=3)
    health = advanced(None, news(at, posts))
    assert judge(health, at).state == "quiet"
    assert judge(advanced(health, news(at + timedelta(days=14))), at + timedelta(days=14)).state == "stale"


def test_a_gap_is_written_down_when_it_ends() -> None:
    """From the last success to the next, with the reason; what came afterwards from the cursor has filled it."""
    health = failed(failed(lived(4, MORNING), MORNING + HOUR, "503"), MORNING + 2 * HOUR, "429")
    assert open_gap(health, MORNING + 2 * HOUR) == (Gap(since=MORNING, until=None, why="429"),)
    back = MORNING + 3 * HOUR
    health = advanced(health, news(back, [back - HOUR]))
    assert health.gaps[-1] == Gap(since=MORNING, until=back, why="429", filled="resumed")
    assert (health.failures, health.last_error, open_gap(health, back)) == (0, "", ())


def test_a_short_failure_that_was_made_up_for_is_not_written_down() -> None:
    """One 503 between two good looks is no gap."""
    health = failed(lived(4, MORNING), MORNING + timedelta(minutes=5), "503")
    health = advanced(health, news(MORNING + timedelta(minutes=6), [MORNING]))
    assert health.gaps == ()


def test_what_a_source_says_it_missed_stays_unknown_until_it_is_filled() -> None:
    """``missed`` goes into the ledger unfilled; backfilling marks exactly that entry."""
    missed = Gap(since=MORNING - 2 * HOUR, until=MORNING - HOUR, why="the window rolled over")
    health = advanced(lived(4, MORNING), news(MORNING, [MORNING], missed=(missed,)))
    span = (missed.since, MORNING - HOUR, MORNING)
    assert heard(health, *span) == "unknown"
    health = advanced(health, news(MORNING, aside=True, filled=(missed,)))
    assert heard(health, *span) == "late"
    assert health.gaps[-1].filled == "backfilled"


def test_an_hour_is_heard_only_when_nothing_speaks_against_it() -> None:
    """Before the beginning and while a trouble lasts it is unknown."""
    health = failed(lived(4, MORNING), MORNING + HOUR, "401", refused=True)
    now = MORNING + 5 * HOUR
    assert heard(health, MORNING - 2 * HOUR, MORNING - HOUR, now) == "heard"
    assert heard(health, MORNING + 3 * HOUR, MORNING + 4 * HOUR, now) == "unknown"
    assert heard(health, BEGIN - 2 * HOUR, BEGIN - HOUR, now) == "unknown"


def test_an_unusual_silence_stays_unknown_after_it_has_ended() -> None:
    """Whether nothing was said or nothing was heard, nobody knows."""
    health = replace(lived(4, MORNING), every=3600.0)
    newest = health.newest_post
    for hours in range(1, 7):
        health = advanced(health, news(MORNING + hours * HOUR, every=3600.0))
    back = MORNING + 7 * HOUR
    health = advanced(health, news(back, [back], every=3600.0))
    assert [(g.since, g.until, g.filled) for g in health.gaps] == [(newest, back, "")]
    assert heard(health, MORNING + 2 * HOUR, MORNING + 3 * HOUR, back) == "unknown"


def test_what_is_looked_up_besides_says_nothing_of_reading() -> None:
    """Old answers that were looked up make no source fresh, and end no failure."""
    health = failed(lived(4, MORNING), MORNING, "503")
    aside = advanced(health, news(MORNING + HOUR, [MORNING + HOUR], aside=True, kept=3, rejected=1))
    assert aside == replace(health, rejected=health.rejected + 1)


def test_only_when_reading_has_ended_well_is_a_failure_over() -> None:
    """What a source gives before it fails again ends nothing: a channel that is refused stays unread."""
    health = failed(lived(4, MORNING), MORNING + HOUR, "403", refused=True)
    at = MORNING + 2 * HOUR
    health = advanced(health, news(at, [at], partial=True, seen=1))
    assert (health.newest_post, health.failures, health.gaps) == (at, 1, ())
    assert judge(health, at).state == "blind"
    health = advanced(health, news(at + HOUR))
    assert judge(health, at + HOUR).state == "fresh"
    assert [(g.since, g.until, g.filled) for g in health.gaps] == [(MORNING, at + HOUR, "resumed")]


def test_a_clock_that_was_set_back_makes_no_dead_source_fresh() -> None:
    """Its last success lies in the future: nobody knows how it is."""
    health = lived(4, MORNING)
    assert judge(health, MORNING - timedelta(days=1)).proof == "overdue"


def test_what_was_filled_is_forgotten_before_what_was_not() -> None:
    """A ledger full of small troubles loses none that matters."""
    lost = Gap(since=BEGIN, until=BEGIN + HOUR, why="the window rolled over")
    health = advanced(lived(4, MORNING), news(MORNING, missed=(lost,)))
    for n in range(2 * LEDGER):
        begun = MORNING + 2 * n * HOUR
        health = advanced(failed(health, begun, f"503 {n}"), news(begun + HOUR, [begun + HOUR]))
    assert len(health.gaps) == LEDGER
    assert health.gaps[0] == lost


def test_before_it_was_listened_to_nothing_is_known() -> None:
    """Of an archive everything is."""
    health = advanced(None, news(MORNING, [MORNING]))
    week = (MORNING - timedelta(days=7), MORNING, MORNING)
    assert [(g.until, g.filled) for g in unheard(health, *week)] == [(MORNING, "")]
    assert unheard(advanced(None, news(MORNING, [MORNING], every=0.0)), *week) == ()


def test_the_budget_is_the_last_one_told() -> None:
    """A batch that says nothing of it does not take it away."""
    budget = Budget(unit="USD", spent=1.0, limit=5.0, resets=MORNING)
    health = advanced(None, news(BEGIN, budget=budget))
    assert advanced(health, news(BEGIN + HOUR)).budget == budget


@pytest.mark.parametrize(("hours", "least", "most"), [(1, 0.01, 0.15), (3, 0.0, 0.002)])
def test_the_likelihood_of_a_silence_falls_with_every_usual_hour(hours: int, least: float, most: float) -> None:
    """One factor for each hour, as often as such an hour has had nothing."""
    rhythm = lived(4, MORNING).rhythm
    assert least < likelihood(rhythm, MORNING, MORNING + hours * HOUR) < most


def test_the_night_costs_a_silence_nothing() -> None:
    """From ten in the evening to six in the morning is as likely as not at all."""
    evening = BEGIN + timedelta(weeks=4, hours=23)
    assert likelihood(lived(4, MORNING).rhythm, evening, evening + 6 * HOUR) > 0.7
