"""What detection has to stand: ordinary weeks, real crises, and all that only looks like one.

Six weeks of a village (5 mentions a day) and of a town (500) are heard once; each trial goes on from
what was kept of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import msgspec
import pytest

from corrillo.alerts import HourCount, Incident, Level, Told, rank
from corrillo.health import Hearing
from corrillo.institution import Institution
from corrillo.model import TaggedMention
from processors.detect.watching import Record, Watching, watched
from tests.fakes.talk import (
    ALARM,
    BURST,
    CROWD,
    DAY,
    FIESTA,
    HOUR,
    JOY,
    MATCH,
    MINUTE,
    SOURCES,
    Talk,
    changed,
    in_order,
    local,
)

MADRID, CANARY = ZoneInfo("Europe/Madrid"), ZoneInfo("Atlantic/Canary")
VILLAGE, TOWN = 5.0, 500.0
SIZES = pytest.mark.parametrize("daily", [VILLAGE, TOWN], ids=["village", "town"])
SOON = {VILLAGE: 5, TOWN: 15}
"""After how many posts about a crisis somebody has to be told."""
BEGIN, NOON = local("2026-04-01T00:00", MADRID), local("2026-05-13T12:00", MADRID)
"""Six weeks, and the noon of the Wednesday after them."""
SIX, MIDNIGHT = NOON + 6 * HOUR, NOON + 12 * HOUR
ALL = Hearing(SOURCES)

Records = Mapping[str, bytes]
_decode = msgspec.json.Decoder(Record).decode


class Trial:
    """The machine as it runs: it hears, time goes on every ten minutes, and what it tells is kept with what it heard."""

    def __init__(self, about: Institution, records: Records, hearing: Callable[[datetime], Hearing] = lambda now: ALL):
        self._kept: dict[str, Record] = {key: _decode(value) for key, value in records.items()}
        self.log: list[tuple[TaggedMention | None, Told]] = []
        self.count: dict[Level, int] = {}
        """After how many posts of those ``about_it`` each level was told of."""
        self._about, self._hearing, self._soon = watched([about]), hearing, 0
        self._watching = Watching(self._kept, self._about)

    @property
    def records(self) -> Records:
        """What is kept, as it is stored."""
        return {key: msgspec.json.encode(record) for key, record in self._kept.items()}

    def begin_again(self) -> None:
        """As a process that knows only what was stored."""
        self._kept = {key: _decode(value) for key, value in self.records.items()}
        self._watching = Watching(self._kept, self._about)

    def run(
        self,
        said: Sequence[TaggedMention],
        since: datetime,
        until: datetime,
        *,
        every: timedelta = 10 * MINUTE,
        clock: Callable[[datetime], datetime] = lambda now: now,
        restarts: bool = False,
        about_it: frozenset[str] = frozenset(),
    ) -> Trial:
        """Hear what is ``said`` (in this order) from ``since`` to ``until``; ``clock`` is what this machine's clock shows then."""
        listed, now = iter([*said, None]), since
        mention = next(listed)
        while now < until:
            now += every
            while mention is not None and mention.first_seen <= now:
                shown = msgspec.structs.replace(mention, first_seen=clock(mention.first_seen))
                self._watching.hear([shown])
                self._soon += mention.id in about_it
                self._ask(mention)
                mention = next(listed)
            self._watching.advance(clock(now), self._hearing(now))
            self._ask(None)
            if restarts:
                self.begin_again()
        return self

    def _ask(self, mention: TaggedMention | None) -> None:
        for told in self._watching.told():
            self.log.append((mention, told))
            if isinstance(told, Incident):
                self.count.setdefault(told.level, self._soon)
        for key, record in self._watching.changed().items():
            if record is None:
                self._kept.pop(key, None)
            else:
                self._kept[key] = record

    # ── what came of it ───────────────────────────────────────────────────────────────────
    @property
    def incidents(self) -> list[Incident]:
        return [told for _, told in self.log if isinstance(told, Incident)]

    @property
    def hours(self) -> list[HourCount]:
        """Those of the whole institution."""
        hours = (told for _, told in self.log if isinstance(told, HourCount))
        return [h for h in hours if not (h.service or h.district)]

    @property
    def peak(self) -> Level:
        return max((i.level for i in self.incidents), key=rank, default="calm")

    @property
    def life(self) -> list[tuple[str, str]]:
        """What happened, without saying when exactly or to what."""
        return [(i.changes[-1].what, i.level) for i in self.incidents]

    @property
    def told_of(self) -> int:
        """How many different things somebody was warned of."""
        return len({i.id for i in self.incidents if rank(i.peak) >= rank("warning")})

    def warned_after(self) -> int:
        """After how many posts about it somebody was warned; very many when nobody was."""
        return min((n for level, n in self.count.items() if rank(level) >= rank("warning")), default=10**6)


def a_place(daily: float, zone: ZoneInfo = MADRID, **said: object) -> Institution:
    name = "town" if daily == TOWN else "village"
    return Institution.model_validate({"id": name, "name": name, "time_zone": zone.key, **said})


def talk(daily: float, seed: int = 1, zone: ZoneInfo = MADRID) -> Talk:
    return Talk(a_place(daily).id, zone, people=round(daily * 8 + 20), seed=seed)


@cache
def six_weeks(daily: float) -> Trial:
    """Everything that is said until that noon."""
    ordinary = talk(daily).ordinary(BEGIN, NOON, daily)
    return Trial(a_place(daily), {}).run(ordinary, BEGIN, NOON, every=HOUR)


def trial(
    daily: float, *extra: TaggedMention, hearing=lambda now: ALL, seed: int = 2, until: datetime = MIDNIGHT, **how
) -> Trial:
    """The rest of that day, with something ``extra`` in it."""
    said = in_order([*talk(daily, seed).ordinary(NOON, until, daily), *extra])
    about = how.pop("about", a_place(daily))
    return Trial(about, six_weeks(daily).records, hearing).run(said, NOON, until, **how)


@cache
def ordinary_day(daily: float) -> Trial:
    """What comes of it without anything extra."""
    return trial(daily)


def a_crisis(daily: float, count: int = 40, seed: int = 3, since: datetime = SIX) -> list[TaggedMention]:
    """Independent people in several places, within an hour and a half."""
    return talk(daily, seed).burst(
        since, 90 * MINUTE, count, count, tags=ALARM, venues=CROWD, things=BURST, service="water", district="Puerto"
    )


def ids(said: Iterable[TaggedMention]) -> frozenset[str]:
    return frozenset(m.id for m in said)


def after(moment: datetime, said: Iterable[TaggedMention]) -> list[TaggedMention]:
    return [m for m in said if m.first_seen > moment]


# ── early ─────────────────────────────────────────────────────────────────────────────────
@SIZES
@pytest.mark.parametrize("seed", [3, 4])
def test_a_real_crisis_is_told_early(daily, seed):
    """A warning after five posts by independent authors in a village, after fifteen in a town; then a crisis."""
    posts = a_crisis(daily, seed=seed)
    heard = trial(daily, *posts, about_it=ids(posts))
    assert heard.warned_after() <= SOON[daily]
    assert heard.peak == "crisis"


@SIZES
def test_a_crisis_is_one_incident_until_nobody_speaks_of_it_any_more(daily):
    """Nobody is woken twice for one thing; by the next noon it is over, and its highest level is still known."""
    heard = trial(daily, *a_crisis(daily), until=NOON + DAY)
    last = {i.id: i for i in heard.incidents}
    (told,) = [i for i in last.values() if rank(i.peak) >= rank("warning")]
    assert told.peak == "crisis"
    assert told.resolved


# ── rarely wrong ──────────────────────────────────────────────────────────────────────────
@SIZES
def test_six_ordinary_weeks_raise_nothing_above_watch(daily):
    """From the first day on, while what is normal is still being learnt."""
    assert rank(six_weeks(daily).peak) <= rank("watch")


@SIZES
def test_every_hour_is_told_once_and_none_is_missing(daily):
    """All that was said is in one of them."""
    told = [*six_weeks(daily).hours, *ordinary_day(daily).hours]
    first, last = told[0].hour, int(MIDNIGHT.timestamp()) // 3600 - 1
    assert [h.hour for h in told] == list(range(first, last))
    assert first - int(BEGIN.timestamp()) // 3600 < 24
    said = [*talk(daily).ordinary(BEGIN, NOON, daily), *talk(daily, 2).ordinary(NOON, MIDNIGHT, daily)]
    counts = Counter(int(m.published.timestamp()) // 3600 for m in said)
    assert [h.count for h in told] == [counts[hour] for hour in range(first, last)]


@SIZES
def test_a_fiesta_of_the_calendar_raises_nothing_above_watch(daily):
    """However much is said, whatever it is about; on any other day somebody would be told."""
    about = a_place(daily, fiesta=[{"name": "San Isidro", "from": "05-13", "to": "05-15"}])
    count, people = round(daily + 100), round(daily * 0.8 + 80)
    crowd = talk(daily, 6).burst(NOON + 5 * HOUR, 6 * HOUR, count, people, tags=JOY, things=FIESTA)
    assert rank(trial(daily, *crowd, about=about).peak) <= rank("watch")
    if daily == VILLAGE:
        assert trial(daily, *crowd).peak == "warning"


@SIZES
@pytest.mark.parametrize("seed", [7, 8])
def test_a_match_raises_nothing_above_watch(daily, seed):
    """Three hundred posts by two hundred people, cheering and jeering; nor does a chance complaint after it."""
    match = talk(daily, seed).burst(
        SIX,
        150 * MINUTE,
        300,
        authors=200,
        tags={None: 55, "praise": 25, "criticism": 20},
        service="sport",
        venues=CROWD,
        things=MATCH,
    )
    assert rank(trial(daily, *match).peak) <= rank("watch")


@SIZES
@pytest.mark.parametrize("tags", [{None: 1}, {"complaint": 1}, {"crisis": 1}], ids=["plain", "complaint", "crisis"])
def test_a_note_that_is_copied_two_hundred_times_raises_nothing_above_watch(daily, tags):
    """One story, whoever prints it: it is one voice, even where it tells of a fire elsewhere."""
    copies = talk(daily, 8).burst(
        SIX,
        2 * HOUR,
        200,
        authors=200,
        tags=tags,
        story="note",
        text="Arde una nave en el polígono",
        service="emergency",
    )
    assert rank(trial(daily, *copies).peak) <= rank("watch")


@pytest.mark.parametrize(("daily", "tag"), [(VILLAGE, "crisis"), (TOWN, "complaint")], ids=["village", "town"])
def test_one_author_who_posts_a_thousand_times_raises_nothing_above_watch(daily, tag):
    """In other words each time, in several places: it is one voice."""
    loud = talk(daily, 9).burst(SIX, 3 * HOUR, 1000, authors=1, tags={tag: 1}, venues=CROWD, service="noise")
    assert rank(trial(daily, *loud).peak) <= rank("watch")


# ── not of now ────────────────────────────────────────────────────────────────────────────
@SIZES
@pytest.mark.parametrize(
    "how",
    [
        lambda m: {"backfilled": True},
        lambda m: {"published": m.published - 10 * HOUR},
        lambda m: {"published": m.published.replace(hour=0, minute=0, second=0, microsecond=0), "date_only": True},
        lambda m: {"place": "own", "author": "@town"},
    ],
    ids=["backfilled", "late", "of a date only", "our own"],
)
def test_what_says_nothing_of_now_raises_nothing(daily, how):
    """Not even where it tells of a crisis."""
    posts = changed(a_crisis(daily), how)
    assert trial(daily, *posts).life == ordinary_day(daily).life


@SIZES
def test_a_replay_raises_and_counts_nothing_twice(daily):
    """Everything that was heard that day, once more: nothing is told."""
    posts = a_crisis(daily)
    heard = trial(daily, *posts)
    before = len(heard.log)
    again = changed([*talk(daily, 2).ordinary(NOON, MIDNIGHT, daily), *posts], lambda m: {"first_seen": MIDNIGHT})
    heard.run(again, MIDNIGHT, MIDNIGHT + MINUTE, every=MINUTE)
    assert [told for _, told in heard.log[before:]] == []
    once = trial(daily, *posts).run([], MIDNIGHT, MIDNIGHT + 2 * HOUR)
    assert heard.run([], MIDNIGHT, MIDNIGHT + 2 * HOUR).hours == once.hours


# ── whatever happens to the machine ───────────────────────────────────────────────────────
@SIZES
def test_a_restart_every_ten_minutes_changes_nothing(daily):
    """All that is told is the same, to the last figure."""
    posts, since, until = a_crisis(daily), SIX - HOUR, SIX + 3 * HOUR
    again, once = trial(daily, until=since), trial(daily, until=since)
    said = in_order([*after(since, talk(daily, 2).ordinary(since, until, daily)), *posts])
    again.run(said, since, until, restarts=True)
    once.run(said, since, until)
    assert again.incidents == once.incidents
    assert set(again.hours) == set(once.hours)
    assert once.peak == "crisis"


@SIZES
def test_a_clock_that_is_set_back_changes_no_alert(daily):
    """By an hour, before a crisis or in the middle of it: it is told as early, as high, and as one; nor is there another when the clock is right again."""
    posts = a_crisis(daily)
    for at in (SIX - HOUR, SIX + 20 * MINUTE):
        heard = trial(daily, *posts, clock=lambda now, at=at: now if now < at else now - HOUR, about_it=ids(posts))
        assert heard.warned_after() <= SOON[daily]
        assert heard.peak == "crisis"
        assert heard.run([], MIDNIGHT, MIDNIGHT + 6 * HOUR).told_of == 1


@pytest.mark.parametrize("night", ["2026-03-28", "2026-10-24"], ids=["spring", "autumn"])
@pytest.mark.parametrize("zone", [MADRID, CANARY], ids=["Madrid", "Canary"])
def test_a_night_in_which_clocks_change_is_a_night(night, zone):
    """Each of its hours is told once, nothing is raised, and a crisis in it is found."""
    daily, eve = 40.0, local(f"{night}T12:00", zone)
    begin, end, about = eve - 5 * DAY, eve + DAY, a_place(TOWN, zone)
    usual = talk(TOWN, zone=zone).ordinary(begin, end, daily)
    before = Trial(about, {}).run(usual, begin, eve, every=HOUR)
    calm = Trial(about, before.records).run(after(eve, usual), eve, end)
    assert rank(calm.peak) <= rank("watch")
    hours = [h.hour for h in calm.hours]
    assert hours == list(range(hours[0], hours[0] + len(hours)))
    assert len(hours) == 24
    posts = a_crisis(TOWN, since=eve + 13 * HOUR)
    alarmed = Trial(about, before.records).run(in_order([*after(eve, usual), *posts]), eve, end, about_it=ids(posts))
    assert alarmed.warned_after() <= SOON[TOWN]


def test_on_the_canaries_the_same_is_normal_an_hour_later():
    """What is said there at the same time of their own clocks is judged alike."""
    daily, begin = 40.0, local("2026-02-02T00:00", MADRID)
    end, posts = begin + 6 * DAY, a_crisis(TOWN, since=begin + 5 * DAY + 18 * HOUR)
    said = in_order([*talk(TOWN).ordinary(begin, end, daily), *posts])
    later = changed(said, lambda m: {"published": m.published + HOUR, "first_seen": m.first_seen + HOUR})
    here = Trial(a_place(TOWN, MADRID), {}).run(said, begin, end, every=HOUR)
    there = Trial(a_place(TOWN, CANARY), {}).run(later, begin + HOUR, end + HOUR, every=HOUR)
    assert [msgspec.structs.replace(h, hour=h.hour - 1) for h in there.hours] == here.hours
    assert there.life == here.life
    assert here.peak == "crisis"


# ── what cannot be heard ──────────────────────────────────────────────────────────────────
def deaf(name: str, since: datetime, until: datetime | None = None) -> Callable[[datetime], Hearing]:
    """One source that cannot be heard from then until then, as it is known at each moment."""

    def hearing(now: datetime) -> Hearing:
        if now < since:
            return ALL
        return Hearing(SOURCES, {name: ((since, None if until is None or now < until else until),)})

    return hearing


@SIZES
def test_a_source_that_dies_in_the_first_minute_of_a_crisis_hides_nothing(daily):
    """The others tell it as early, and what is blind stands beside it."""
    posts = a_crisis(daily, count=60)
    heard_of = [m for m in posts if m.source != "microblog" or m.published < SIX + MINUTE]
    usual = talk(daily, 2).ordinary(NOON, MIDNIGHT, daily)
    said = in_order([*(m for m in usual if m.source != "microblog" or m.published < SIX + MINUTE), *heard_of])
    heard = Trial(a_place(daily), six_weeks(daily).records, deaf("microblog", SIX + MINUTE))
    heard.run(said, NOON, MIDNIGHT, about_it=ids(heard_of))
    assert heard.warned_after() <= SOON[daily]
    assert heard.peak == "crisis"
    assert heard.incidents[-1].evidence.blind == ("microblog",)


@SIZES
def test_a_source_that_dies_raises_nothing(daily):
    """Silence is no news, and what the others say is as normal as before."""
    said = [m for m in talk(daily, 2).ordinary(NOON, NOON + DAY, daily) if m.source != "microblog"]
    heard = Trial(a_place(daily), six_weeks(daily).records, deaf("microblog", NOON)).run(said, NOON, NOON + DAY)
    assert rank(heard.peak) <= rank("watch")
    assert all(h.heard < 1 for h in heard.hours[1:])


@SIZES
def test_where_nothing_can_be_heard_the_level_stays(daily):
    """A crisis does not end because nobody is heard any more: unknown is not calm."""
    posts = a_crisis(daily)
    silent = SIX + 2 * HOUR
    said = [m for m in in_order([*talk(daily, 2).ordinary(NOON, MIDNIGHT, daily), *posts]) if m.first_seen < silent]
    none = Hearing(SOURCES, dict.fromkeys(SOURCES, ((silent, None),)))
    heard = Trial(a_place(daily), six_weeks(daily).records, lambda now: ALL if now < silent else none)
    heard.run(said, NOON, silent + 10 * HOUR)
    assert all(i.resolved is None for i in heard.incidents)


@SIZES
def test_a_source_that_comes_back_with_a_day_s_posts_changes_nothing(daily):
    """What it missed was said long ago, and is no news of now: the same alerts, none for the return."""
    back, until = NOON + DAY, NOON + DAY + 6 * HOUR
    everything = in_order([*talk(daily, 2).ordinary(NOON, until, daily), *a_crisis(daily, count=60)])
    missed = [m for m in everything if m.source == "microblog" and SIX + MINUTE < m.published < back]
    heard = [m for m in everything if m.id not in ids(missed)]
    returned = [msgspec.structs.replace(m, first_seen=back + n * MINUTE / 60) for n, m in enumerate(missed)]
    alarms = []
    for said in (heard, in_order([*heard, *returned])):
        machine = Trial(a_place(daily), six_weeks(daily).records, deaf("microblog", SIX + MINUTE, back))
        machine.run(said, NOON, until)
        alarms.append([(i.id, what, level) for i, (what, level) in zip(machine.incidents, machine.life, strict=True)])
        assert machine.told_of == 1
    assert len(returned) > daily / 4
    assert alarms[0] == alarms[1]
