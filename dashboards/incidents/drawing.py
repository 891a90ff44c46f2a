"""The geometry of an incident's picture: where its points, stretches and marks stand, in pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cached_property
from itertools import groupby
from math import ceil

from corrillo.alerts import Point
from dashboards.page.timeline import round_up

LEFT, TOP, WIDTH, HEIGHT = 56, 74, 648, 168
LABELS = 9
"""Labels under the axis, at most."""
SPACINGS = (1, 2, 3, 4, 6, 12, 24)
"""Hours from one label to the next."""
ALL_HEARD, NONE_HEARD = 0.995, 0.005


@dataclass(frozen=True)
class Stretch:
    """Steps that follow each other: from where to where across."""

    x: float
    width: float


@dataclass(frozen=True)
class Tick:
    """A label under the axis; ``midnight`` where a day begins."""

    x: float
    local: datetime
    midnight: bool


@dataclass(frozen=True)
class Plot:
    """Steps of equal length, at least one, one after the other. What nobody heard is drawn as unknown, never as zero."""

    points: Sequence[Point]

    @property
    def step(self) -> timedelta:
        """How long one step is; a quarter of an hour where there is only one."""
        return self.points[1].at - self.points[0].at if len(self.points) > 1 else timedelta(minutes=15)

    @property
    def end(self) -> datetime:
        """When the last step is over."""
        return self.points[-1].at + self.step

    @cached_property
    def top(self) -> int:
        """The round number at the upper end of the axis."""
        return round_up(ceil(max(max(p.high, p.count if known(p) else 0.0) for p in self.points)))

    def x(self, at: datetime) -> float:
        """How far across a moment is."""
        return round(LEFT + WIDTH * ((at - self.points[0].at) / (self.end - self.points[0].at)), 2)

    def y(self, value: float) -> float:
        """How far down a number of voices is."""
        return round(TOP + HEIGHT * (1 - min(value, self.top) / self.top), 2)

    # ── paths ─────────────────────────────────────────────────────────────────────────────
    @property
    def count(self) -> str:
        """What was counted, as one area for each stretch that is known."""
        return "".join(self._area(run, lambda p: 0.0, lambda p: p.count) for run in self._runs(known))

    @property
    def count_line(self) -> str:
        """The upper edge of what was counted."""
        return "".join(self._line(run, lambda p: p.count) for run in self._runs(known))

    @property
    def over(self) -> str:
        """What is above normal of what was counted."""
        above = self._runs(lambda p: known(p) and p.count > p.high)
        return "".join(self._area(run, lambda p: p.high, lambda p: p.count) for run in above)

    @property
    def band(self) -> str:
        """What is normal."""
        return self._area(self.points, lambda p: p.low, lambda p: p.high)

    @property
    def expected(self) -> str:
        """What was expected."""
        return self._line(self.points, lambda p: p.expected)

    @property
    def unknown(self) -> list[Stretch]:
        """Where nothing could be heard."""
        return [self._stretch(run) for run in self._runs(lambda p: not known(p))]

    @property
    def partial(self) -> list[Stretch]:
        """Where only a part could be heard."""
        return [self._stretch(run) for run in self._runs(lambda p: known(p) and p.heard < ALL_HEARD)]

    def ticks(self, zone: tzinfo) -> list[Tick]:
        """The hours that are written under the axis: every third one of a day, only midnights of many days."""
        hours = (self.end - self.points[0].at) / timedelta(hours=1)
        spacing = next((n for n in SPACINGS if hours / n <= LABELS), SPACINGS[-1])
        local = [(at, at.astimezone(zone)) for at in self._quarters()]
        found = [(at, t) for at, t in local if not t.minute and t.hour % spacing == 0]
        return [Tick(self.x(at), t, t.hour == 0) for at, t in found[:: ceil(len(found) / LABELS) or 1]]

    def _quarters(self) -> list[datetime]:
        """Every quarter of an hour of the clock: steps may begin at any minute."""
        first = datetime.fromtimestamp(ceil(self.points[0].at.timestamp() / 900) * 900, UTC)
        return [first + timedelta(minutes=15 * n) for n in range(ceil((self.end - first) / timedelta(minutes=15)))]

    def _runs(self, holds: Callable[[Point], bool]) -> Iterator[list[Point]]:
        return (list(run) for held, run in groupby(self.points, holds) if held)

    def _stretch(self, run: Sequence[Point]) -> Stretch:
        x = self.x(run[0].at)
        return Stretch(x, round(self.x(run[-1].at + self.step) - x, 2))

    def _line(self, run: Sequence[Point], value: Callable[[Point], float]) -> str:
        steps = "".join(f"V{self.y(value(p)):g}H{self.x(p.at + self.step):g}" for p in run)
        return f"M{self.x(run[0].at):g} {self.y(value(run[0])):g}{steps}"

    def _area(self, run: Sequence[Point], low: Callable[[Point], float], high: Callable[[Point], float]) -> str:
        back = "".join(f"V{self.y(low(p)):g}H{self.x(p.at):g}" for p in reversed(run))
        return f"{self._line(run, high)}{back}Z"


def known(point: Point) -> bool:
    """Whether anything could be heard then."""
    return point.heard > NONE_HEARD
