"""How good the gauge is on plain series: ``python bench/eval_bursts.py DATA [--seeds 20] [--months 24]``.

First NAB's score (Lavin and Ahmad 2015, standard profile) on the series of mention volume under
``DATA``, at one threshold for all: an alert counts, whatever its score. Then how rarely it is wrong:
weeks of those series in which nothing is labelled, drawn at random and thinned or added up to a
village's, a town's and a capital's mentions a day, in which every alert is false.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import exp, sqrt
from pathlib import Path
from statistics import fmean
from tempfile import mkdtemp

from corrillo.alerts import rank
from processors.detect.series import Row, rehearse
from processors.detect.slots import SLOTS_A_DAY

Span = tuple[int, int]
FALSE_ALERT, MISSED = 0.11, 1.0
PROBATION, PROBATION_AT_MOST = 0.15, 750
"""The first part of a series is for learning: it neither wins nor loses."""
RATES = (5, 500, 50_000)
WEEK = 7 * SLOTS_A_DAY
DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Series:
    """A labelled series: its moments and values, and the first and last index of each window."""

    name: str
    moments: tuple[datetime, ...]
    values: tuple[float, ...]
    windows: tuple[Span, ...]


# ── NAB ───────────────────────────────────────────────────────────────────────────────────
def read_all(data: Path) -> list[Series]:
    """Every series that has windows."""
    folder = data / "nab-realtweets-dev"
    windows = json.loads((folder / "windows.json").read_text())
    return [read(folder / "data" / Path(path).name, spans) for path, spans in sorted(windows.items())]


def read(path: Path, spans: Sequence[tuple[str, str]]) -> Series:
    """One series and its windows."""
    rows = list(csv.DictReader(path.read_text().splitlines()))
    moments = tuple(datetime.fromisoformat(row["timestamp"]) for row in rows)
    windows = []
    for begin, end in ((datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in spans):
        inside = [i for i, moment in enumerate(moments) if begin <= moment <= end]
        windows.append((inside[0], inside[-1]))
    return Series(path.stem.split("_")[-1], moments, tuple(float(row["value"]) for row in rows), tuple(windows))


def sigmoid(position: float) -> float:
    """NAB's weight of an alert: near 1 where a window begins (−1), 0 where it ends, near −1 long after it."""
    return 2 / (1 + exp(5 * position)) - 1 if position <= 3 else -1.0


def nab(alerts: Sequence[int], series: Series) -> float:
    """The score of alerts at these indices; a detector that says nothing has −1 a window."""
    start = min(int(PROBATION * len(series.values)), PROBATION_AT_MOST)
    heeded = [i for i in alerts if i >= start]
    total = 0.0
    for first, last in series.windows:
        inside = [i for i in heeded if first <= i <= last]
        if inside:
            total += sigmoid(-(last - inside[0] + 1) / (last - first + 1)) / sigmoid(-1.0)
        elif last >= start:
            total -= MISSED
    return total + sum(_cost(i, series.windows) for i in heeded if not _within(i, series.windows))


def _within(index: int, windows: Sequence[Span]) -> bool:
    return any(first <= index <= last for first, last in windows)


def _cost(index: int, windows: Sequence[Span]) -> float:
    """Of a false alert: little right after a window, −0.11 before the first and long after one."""
    before = [window for window in windows if window[1] < index]
    if not before:
        return -FALSE_ALERT
    first, last = before[-1]
    return FALSE_ALERT * sigmoid((index - last) / (last - first))


def write(rows: Sequence[Row], path: Path) -> None:
    """As ``corrillo rehearse --counts`` writes it."""
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(("timestamp", "count", "expected", "score", "level"))
        out.writerows((r.timestamp.isoformat(" "), r.count, round(r.expected, 3), r.score, r.level) for r in rows)


def judge(series: Sequence[Series], folder: Path) -> None:
    """Print the score of each series, and of all."""
    total = 0.0
    for one in series:
        rows = list(rehearse(zip(one.moments, one.values, strict=True)))
        write(rows, folder / f"{one.name}.csv")
        alerts = [i for i, row in enumerate(rows) if row.score > 0]
        found, false = _counted(alerts, one)
        total += nab(alerts, one)
        print(f"{one.name:5} {nab(alerts, one):6.2f}   {found} of {len(one.windows)} windows, {false} alerts outside")
    print(f"all   {total:6.2f}   of {sum(len(one.windows) for one in series)}   ({folder})")


def _counted(alerts: Sequence[int], series: Series) -> tuple[int, int]:
    found = sum(any(first <= i <= last for i in alerts) for first, last in series.windows)
    return found, sum(not _within(i, series.windows) for i in alerts)


# ── rarely wrong ──────────────────────────────────────────────────────────────────────────
def quiet_weeks(series: Series) -> list[tuple[float, ...]]:
    """Whole weeks from a Monday's first slot that touch no window, relative to the mean outside windows."""
    outside = [v for i, v in enumerate(series.values) if not _within(i, series.windows)]
    mean = fmean(outside)
    found = []
    for i, moment in enumerate(series.moments):
        monday = moment.weekday() == 0 and moment.hour == 0 and moment.minute < 5
        if monday and i + WEEK <= len(series.values) and not _touches(i, i + WEEK, series.windows):
            found.append(tuple(v / mean for v in series.values[i : i + WEEK]))
    return found


def _touches(begin: int, end: int, windows: Sequence[Span]) -> bool:
    return any(first < end and last >= begin for first, last in windows)


def background(series: Sequence[Series], daily: float, seed: int, months: int) -> Iterator[tuple[datetime, float]]:
    """Weeks drawn at random, each count thinned by a binomial draw or, for a higher rate, added up from several."""
    chance = random.Random(seed)
    weeks = [(one, week) for one in series for week in quiet_weeks(one)]
    means = {one.name: fmean(v for i, v in enumerate(one.values) if not _within(i, one.windows)) for one in series}
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    for _ in range(round(months * DAYS_A_MONTH / 7)):
        one, week = chance.choice(weeks)
        mean = means[one.name]
        for value in week:
            yield moment, thinned(round(value * mean), daily / SLOTS_A_DAY / mean, chance)
            moment += timedelta(minutes=5)


def thinned(count: int, share: float, chance: random.Random) -> int:
    """Each of ``count`` is kept with that probability; a share above 1 adds whole copies up."""
    copies, rest = divmod(share, 1.0)
    return count * int(copies) + binomial(count, rest, chance)


def binomial(count: int, share: float, chance: random.Random) -> int:
    """A binomial draw; a large one by the normal distribution that it is near to."""
    if count <= 60:
        return sum(chance.random() < share for _ in range(count))
    drawn = chance.gauss(count * share, sqrt(count * share * (1 - share)))
    return min(count, max(0, round(drawn)))


@dataclass(frozen=True)
class Wrong:
    """Alerts in so many months in which nothing happened."""

    watches: int
    warnings: int
    crises: int


def wrong(job: tuple[Sequence[Series], float, int, int]) -> Wrong:
    """How often each level was reached from below."""
    series, daily, seed, months = job
    reached, before = [0, 0, 0, 0], 0
    for row in rehearse(background(series, daily, seed, months)):
        now = rank(row.level)
        for level in range(before + 1, now + 1):
            reached[level] += 1
        before = now
    return Wrong(*reached[1:])


def rarely_wrong(series: Sequence[Series], seeds: int, months: int) -> None:
    """Print false alerts a month at each rate."""
    with ProcessPoolExecutor() as pool:
        for daily in RATES:
            jobs = [(series, float(daily), seed, months) for seed in range(1, seeds + 1)]
            found = list(pool.map(wrong, jobs))
            most = max(w.warnings for w in found) / months
            print(
                f"{daily:6} a day: watches {sum(w.watches for w in found) / seeds / months:5.2f} a month, "
                f"warnings {sum(w.warnings for w in found) / seeds / months:5.2f} (worst seed {most:.2f}), "
                f"crises {sum(w.crises for w in found)} in all",
                flush=True,
            )


def main() -> None:
    """Read the command line and print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--months", type=int, default=24)
    options = parser.parse_args()
    series = read_all(options.data)
    judge(series, Path(mkdtemp(prefix="bursts-")))
    rarely_wrong(series, options.seeds, options.months)


if __name__ == "__main__":
    main()
