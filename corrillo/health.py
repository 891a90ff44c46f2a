"""Calm or blind? What is known of a source as it grows, and an honest word for it. Pure: the clock is passed in.

A source is judged by what it gives, never by whether it answers. Its rhythm (in how many of the
hours of such a kind it usually gives something new) says whether a silence is usual. Silence is
learnt only once a new post has ended it: a source that went dead never teaches that dead is normal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import exp, log
from typing import Literal

import msgspec

from corrillo.model import Gap
from corrillo.ports import SourceHealth, SourceNews

State = Literal["fresh", "quiet", "stale", "failing", "blind"]
STATES: tuple[State, ...] = ("blind", "failing", "stale", "quiet", "fresh")
"""Worst first."""
LISTENING: frozenset[State] = frozenset(("fresh", "quiet"))
"""States in which what is counted is what was said."""
Proof = Literal[
    "new_posts", "usual_silence", "nothing_yet", "ended",
    "unusual_silence", "old_posts", "nothing_ever", "behind",
    "failing", "refused", "unread", "overdue", "never",
]  # fmt: skip

HOUR = timedelta(hours=1)
RECENT = HOUR
"""A source whose newest post is younger is fresh."""
PATIENCE = timedelta(minutes=5)
"""For so long, or three times its interval, a source may go without being read before it is blind."""
OLD = timedelta(days=1)
"""A post that is older than the newest known one by more was not just late."""
OLD_POSTS = 3
"""So many old posts in a row and nothing new: it serves old posts."""
NOTHING_EVER = timedelta(days=3)
UNLIKELY = 0.005
"""A silence with a smaller chance is not usual."""
MEMORY = 60.0
"""Hours of a kind that a rhythm remembers: earlier ones fade (a working day's hour: twelve weeks)."""
LEARNT_FROM = 28 * 24
"""Hours: the longest silence that is learnt from, and how far back a first batch is."""
PRIOR, PRIOR_WEIGHT = 0.05, 2.0
"""Chance of a post in an hour of a kind that is not known yet, and how many hours it counts for."""
NOTED = timedelta(minutes=10)
"""A trouble that was shorter and has been made up for is not worth an entry."""
LEDGER = 200
"""Gaps that are remembered: those that were filled are forgotten first."""
CELLS = 48


@dataclass(frozen=True)
class Judgement:
    """A state, what proves it, since when, and for a failure what was said."""

    state: State
    proof: Proof
    since: datetime | None = None
    error: str = ""

    @property
    def listening(self) -> bool:
        """Whether the source's counts are what was said, as far as anybody knows."""
        return self.state in LISTENING


# ── the word for it ───────────────────────────────────────────────────────────────────────
def judge(health: SourceHealth, now: datetime) -> Judgement:
    """How a source is at ``now``: failures first, then whether it is read, then what it gives."""
    known_until = health.last_success or health.begun
    if health.failures:
        return _failing(health, known_until, now)
    if health.last_success is None:
        return Judgement("blind", "never")
    if health.every == 0:
        return Judgement("quiet", "ended", health.last_success)
    if abs(now - health.last_success) > overdue(health.every):  # in the future: the clock was set back
        return Judgement("blind", "overdue", min(health.last_success, now))
    return _by_content(health, health.last_success)


def overdue(every: float | None) -> timedelta:
    """After how long without being read a source that is read every so many seconds is blind."""
    return max(PATIENCE, timedelta(seconds=3 * (every or 0)))


def _failing(health: SourceHealth, known_until: datetime | None, now: datetime) -> Judgement:
    if health.refused:
        return Judgement("blind", "refused", known_until, health.last_error)
    if known_until is None or now - known_until > overdue(health.every):
        return Judgement("blind", "unread", known_until, health.last_error)
    return Judgement("failing", "failing", known_until, health.last_error)


def _by_content(health: SourceHealth, read: datetime) -> Judgement:
    newest = health.newest_post
    if health.old_since is not None:
        return Judgement("stale", "old_posts", health.old_since)
    if newest is None:
        ever = health.begun is not None and read - health.begun > NOTHING_EVER
        return Judgement("stale", "nothing_ever", health.begun) if ever else Judgement("quiet", "nothing_yet")
    if health.read_to is not None and read - health.read_to > overdue(health.every):
        return Judgement("stale", "behind", health.read_to)
    if likelihood(health.rhythm, newest, read) < UNLIKELY:
        return Judgement("stale", "unusual_silence", newest)
    if read - newest <= max(RECENT, timedelta(seconds=2 * (health.every or 0))):
        return Judgement("fresh", "new_posts", newest)
    return Judgement("quiet", "usual_silence", newest)


Heard = Literal["heard", "late", "unknown"]


def heard(health: SourceHealth, since: datetime, until: datetime, now: datetime) -> Heard:
    """What a source's silence from ``since`` to ``until`` is worth: it was heard, read afterwards, or is unknown."""
    if health.begun is None:
        return "unknown"
    over = unheard(health, since, until, now)
    if any(not g.filled for g in over):
        return "unknown"
    return "late" if over else "heard"


def unheard(health: SourceHealth, since: datetime, until: datetime, now: datetime) -> tuple[Gap, ...]:
    """What of that time was not heard when it was said, newest first: troubles, the one that lasts, and all before listening began."""
    early = Gap(since=since, until=health.begun, why=REASONS["early"]) if health.begun and health.every != 0 else None
    gaps = (*open_gap(health, now), *reversed(health.gaps), *([early] if early else []))
    return tuple(g for g in gaps if g.since < until and (g.until or now) > max(since, g.since))


def open_gap(health: SourceHealth, now: datetime) -> tuple[Gap, ...]:
    """The gap that lasts at ``now``, if there is one."""
    judgement = judge(health, now)
    since = judgement.since or health.begun
    if judgement.listening or since is None:
        return ()
    return (Gap(since=since, until=None, why=judgement.error or REASONS[judgement.proof]),)


@dataclass(frozen=True)
class Hearing:
    """Which sources there are, and when within the last day each could not be heard (until None: it still cannot)."""

    sources: tuple[str, ...] = ()
    unheard: Mapping[str, tuple[tuple[datetime, datetime | None], ...]] = field(default_factory=dict)

    @property
    def blind(self) -> tuple[str, ...]:
        """Those that cannot be heard now."""
        return tuple(name for name, times in self.unheard.items() if times[-1][1] is None)


LATE = HOUR
"""What is heard longer after it was said says nothing of now."""
A_DAY_AND_MORE = timedelta(hours=27)


def hearing(healths: Iterable[SourceHealth], now: datetime) -> Hearing:
    """What the sources' healths say of the last day; those that are read once are left out."""
    listening = sorted((h for h in healths if h.every != 0), key=lambda h: h.source)
    silent = {h.source: _silent(h, now) for h in listening}
    return Hearing(tuple(h.source for h in listening), {name: times for name, times in silent.items() if times})


def _silent(health: SourceHealth, now: datetime) -> tuple[tuple[datetime, datetime | None], ...]:
    """Times of the last day in which nothing was heard in time, in their order; what was read at their ends was."""
    long_ago = moment_of_hour(hour_of(now - A_DAY_AND_MORE))
    never = (Gap(since=long_ago, until=None, why=""),)
    gaps = unheard(health, long_ago, now, now) if health.begun else never
    times = [(max(g.since, long_ago), g.until and (g.until - LATE if g.filled else g.until)) for g in gaps]
    return tuple(sorted(((s, u) for s, u in times if u is None or s < u), key=lambda t: (t[1] is None, t[0])))


REASONS: dict[str, str] = {
    "old_posts": "it served old posts as new",
    "unusual_silence": "nothing came, though there usually is something at that time",
    "overdue": "nobody read it: was corrillo listen, or corrillo ingest, running?",
    "behind": "it was read with a delay",
    "nothing_ever": "it has never given a post",
    "unread": "it could not be read",
    "never": "it was never read: is corrillo listen, or corrillo ingest, running?",
    "early": "nobody listened yet",
}


# ── what is known of it ───────────────────────────────────────────────────────────────────
def advanced(known: SourceHealth | None, news: SourceNews) -> SourceHealth:
    """``known`` with a batch's ``news``: counts are added up, a newest post only moves forward, failures are over.

    What was looked up besides reading (``news.aside``) says nothing of how reading goes; while
    reading goes on (``news.partial``), failures are not over.
    """
    base = known or SourceHealth(news.source, news.network)
    counted = replace(
        base,
        network=news.network,
        rejected=base.rejected + news.rejected,
        gaps=_marked(base.gaps, news.filled),
        budget=news.budget or base.budget,
    )
    if news.aside:
        return counted
    newest = max(filter(None, (base.newest_post, news.newest_post)), default=None)
    moved = newest != base.newest_post
    old = 0 if moved else _old(base, news)
    gaps = _entered(counted.gaps, (*_closed(base, news, moved, old), *news.missed))
    cells, counted_to = _learnt(base, news, gaps)
    read = replace(
        counted,
        newest_post=newest,
        last_attempt=news.at,
        begun=base.begun or base.last_success or news.at,
        seen=base.seen + news.seen,
        kept=base.kept + news.kept,
        old=old,
        old_since=None if old < OLD_POSTS else base.old_since or base.last_success or news.at,
        read_to=news.read_to,
        gaps=gaps,
        rhythm=cells,
        counted_to=counted_to,
    )
    if news.partial and base.failures:
        return read
    every = base.every if news.every is None else news.every
    return replace(read, last_success=news.at, failures=0, last_error="", refused=False, every=every)


def failed(known: SourceHealth, at: datetime, error: str, *, refused: bool = False, failures: int = 1) -> SourceHealth:
    """So many more failures in a row; ``refused``: it will not work until a person acts."""
    return replace(
        known,
        begun=known.begun or at,
        last_attempt=at,
        failures=known.failures + failures,
        last_error=error,
        refused=refused,
    )


def _marked(gaps: Sequence[Gap], filled: Sequence[Gap]) -> tuple[Gap, ...]:
    """The ledger, with those marked that have been filled since."""
    return tuple(
        msgspec.structs.replace(g, filled="backfilled") if _is_one_of(g, filled) else g for g in gaps
    )  # fmt: skip


def _is_one_of(gap: Gap, gaps: Sequence[Gap]) -> bool:
    return not gap.filled and any((g.since, g.until) == (gap.since, gap.until) for g in gaps)


def _old(base: SourceHealth, news: SourceNews) -> int:
    """Posts in a row that are older than a late one would be; one that is not ends the row."""
    if base.newest_post is None or news.reread or not news.hours:
        return base.old
    limit = hour_of(min(base.newest_post, news.at) - OLD)
    recent = any(hour >= limit for hour, _ in news.hours)
    return 0 if recent else base.old + sum(count for _, count in news.hours)


def _closed(base: SourceHealth, news: SourceNews, moved: bool, old: int) -> tuple[Gap, ...]:
    """The trouble that this batch ends, as entries of the ledger."""
    read = base.last_success or base.begun
    if read is None or base.every == 0:
        return ()
    if base.old_since is not None and not old:
        return _noted(Gap(since=base.old_since, until=news.at, why=REASONS["old_posts"], filled="resumed"))
    if news.partial and base.failures:
        return ()
    if base.failures:
        return _noted(Gap(since=read, until=news.at, why=base.last_error, filled="resumed"))
    if news.at - read > overdue(base.every):
        return _noted(Gap(since=read, until=news.at, why=REASONS["overdue"], filled="resumed"))
    if base.read_to and news.read_to and base.read_to < news.read_to < news.at - overdue(base.every):
        return (Gap(since=base.read_to, until=news.read_to, why=REASONS["behind"], filled="resumed"),)
    return _silence(base, news) if moved else ()


def _entered(ledger: tuple[Gap, ...], gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """The ledger with more entries; one that goes on where the last one ended is one with it."""
    for gap in gaps:
        last = ledger[-1] if ledger else None
        if last and (last.until, last.why, last.filled) == (gap.since, gap.why, gap.filled):
            ledger = (*ledger[:-1], msgspec.structs.replace(last, until=gap.until))
        else:
            ledger = (*ledger, gap)
    filled = [g for g in ledger if g.filled]
    spare = set(map(id, filled[: max(len(ledger) - LEDGER, 0)]))
    return tuple(g for g in ledger if id(g) not in spare)[-LEDGER:]


def _noted(gap: Gap) -> tuple[Gap, ...]:
    return (gap,) if gap.until is None or gap.until - gap.since >= NOTED else ()


def _silence(base: SourceHealth, news: SourceNews) -> tuple[Gap, ...]:
    """A silence that was not usual, now that a new post has ended it; what was said in it is not known."""
    if base.newest_post is None:
        return ()
    last = hour_of(base.newest_post)
    ended = moment_of_hour(min((hour for hour, _ in news.hours if hour > last), default=last))
    if ended <= base.newest_post or likelihood(base.rhythm, base.newest_post, ended) >= UNLIKELY:
        return ()
    return (Gap(since=base.newest_post, until=ended, why=REASONS["unusual_silence"]),)


# ── its rhythm ────────────────────────────────────────────────────────────────────────────
Rhythm = tuple[tuple[float, float], ...]
"""For each kind of hour (of the day in UTC; of working days, then of weekends): hours with a new post, hours."""


def hour_of(moment: datetime) -> int:
    """The hour since 1970 in which ``moment`` is."""
    return int(moment.timestamp() // 3600)


def moment_of_hour(hour: int) -> datetime:
    """When that hour begins."""
    return datetime.fromtimestamp(hour * 3600, UTC)


def cell_of(hour: int) -> int:
    """The kind of an hour since 1970: 0–23 on working days, 24–47 at weekends (1970 began on a Thursday)."""
    return hour % 24 + (24 if (hour // 24 + 3) % 7 >= 5 else 0)


def likelihood(rhythm: Rhythm, since: datetime, until: datetime) -> float:
    """The chance that such a source says nothing new from ``since`` to ``until``: one factor an hour."""
    cells = rhythm or ((0.0, 0.0),) * CELLS
    total = 0.0
    for hour in range(hour_of(since), min(hour_of(until), hour_of(since) + LEARNT_FROM) + 1):
        begin = moment_of_hour(hour)
        share = (min(until, begin + HOUR) - max(since, begin)) / HOUR
        a, h = cells[cell_of(hour)]
        total += max(share, 0.0) * log(1 - (a + PRIOR * PRIOR_WEIGHT) / (h + PRIOR_WEIGHT))
    return exp(total)


def _learnt(base: SourceHealth, news: SourceNews, gaps: Iterable[Gap]) -> tuple[Rhythm, int]:
    """The rhythm after a batch, and the hour up to which it is known; what was not heard teaches nothing."""
    now = hour_of(news.at)
    active = {hour for hour, _ in news.hours if hour <= now}
    newest = max(active, default=None)
    if newest is None:
        return base.rhythm, base.counted_to
    first = base.counted_to + 1 if base.rhythm else min(active)
    first = max(first, newest - LEARNT_FROM)
    if newest < first:
        return base.rhythm, base.counted_to
    cells = list(base.rhythm or ((0.0, 0.0),) * CELLS)
    lost = [g for g in gaps if not g.filled]
    for hour in range(first, newest + 1):
        if hour in active or not _is_lost(hour, lost):
            cell = cell_of(hour)
            cells[cell] = _faded(cells[cell][0] + (hour in active), cells[cell][1] + 1)
    return tuple(cells), newest


def _is_lost(hour: int, gaps: Iterable[Gap]) -> bool:
    begin = moment_of_hour(hour)
    return any(g.since < begin + HOUR and (g.until is None or g.until > begin) for g in gaps)


def _faded(active: float, hours: float) -> tuple[float, float]:
    share = min(1.0, MEMORY / hours)
    return round(active * share, 3), round(hours * share, 3)
