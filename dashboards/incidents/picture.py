"""The picture of an incident: one standalone SVG, the same on the page, in a file and in an e-mail.

It needs nothing from elsewhere: no script, no font, no address. It says in words what it shows, is dark
where the reader's screen is, and light on paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from math import ceil
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from corrillo.alerts import Level, Point
from corrillo.text import clean
from dashboards.incidents.drawing import HEIGHT, LEFT, TOP, WIDTH, Plot, known
from dashboards.incidents.words import clock, whole_band, words
from dashboards.page.i18n import Texts

_HERE = Path(__file__).parent
_STYLE = Markup((_HERE / "picture.css").read_text("utf-8"))  # noqa: S704 — a file of ours
_TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
TITLE_WIDTH = 520
"""Pixels for the title."""


@dataclass(frozen=True)
class Label:
    """Words at a place: ``aside`` from it by so many pixels, which they begin or end at."""

    x: float
    label: str
    midnight: bool = False
    aside: int = 0
    anchor: str = "start"
    what: str = ""


def picture(
    points: Sequence[Point],
    *,
    lang: str,
    zone: tzinfo,
    title: str,
    level: Level,
    since: datetime | None,
    compact: bool = False,
) -> str:
    """What was counted, as steps, over what is normal; ``since``: when the incident opened, marked where it is inside.

    ``points`` are of one length and follow each other; none: the picture says so. Times are of ``zone``.
    ``compact``: without title, legend and words at its mark, in letters that are read at half the size, on a phone.
    """
    t = words(lang)
    plot = Plot(points) if points else None
    level_name = t.name("level", level)
    return _TEMPLATES.get_template("picture.svg").render(
        t=t, plot=plot, style=_STYLE, left=LEFT, top=TOP, width=WIDTH, height=HEIGHT,
        title=clean(title), short_title=_cut(clean(title), TITLE_WIDTH, 8.6),
        level=level, level_name=level_name, compact=compact, badge=ceil(_width(level_name, 7.6)) + 20,
        axis=_axis(t, plot.step) if plot else "",
        described=_described(t, plot, zone, since) if plot else t("picture.empty"),
        ticks=_ticks(t, plot, zone) if plot else [],
        opened=_opened(t, plot, zone, since) if plot and since else None,
        legend=_legend(t, plot) if plot else [],
    )  # fmt: skip


def _axis(t: Texts, step: timedelta) -> str:
    minutes = step // timedelta(minutes=1)
    key = {15: "axis", 60: "axis_hour", 24 * 60: "axis_day"}.get(minutes, "axis_step")
    return t(f"picture.{key}", n=t.number(minutes))


def _described(t: Texts, plot: Plot, zone: tzinfo, since: datetime | None) -> str:
    """All that the picture shows, for whoever does not see it."""
    heard = [p for p in plot.points if known(p)]
    said = {
        "axis": _axis(t, plot.step),
        "since": _moment(t, plot.points[0].at, zone),
        "until": _moment(t, plot.end, zone),
    }
    if not heard:
        return t("picture.describe_none", **said)
    most = max(heard, key=lambda p: p.count)
    low, high = (t.number(n) for n in whole_band(most.low, most.high))
    said |= {"most": t.number(round(most.count)), "when": _moment(t, most.at, zone), "low": low, "high": high}
    opened = t("picture.describe_opened", time=_moment(t, since, zone)) if since and _inside(plot, since) else ""
    return t("picture.describe", **said) + opened + (t("picture.describe_unknown") if plot.unknown else "")


def _moment(t: Texts, at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{t.short_day(local.date())} {local:%H:%M}"


def _ticks(t: Texts, plot: Plot, zone: tzinfo) -> list[Label]:
    return [
        Label(tick.x, t.short_day(tick.local.date()) if tick.midnight else f"{tick.local:%H:%M}", tick.midnight)
        for tick in plot.ticks(zone)
    ]


def _inside(plot: Plot, at: datetime) -> bool:
    return plot.points[0].at <= at <= plot.end


def _opened(t: Texts, plot: Plot, zone: tzinfo, since: datetime) -> Label | None:
    """The mark where it opened, its words on the side that has room."""
    if not _inside(plot, since):
        return None
    x, label = plot.x(since), t("picture.opened", time=clock(t, since.astimezone(zone)))
    left = x > LEFT + WIDTH / 2
    return Label(x, label, aside=-9 if left else 9, anchor="end" if left else "start")


def _legend(t: Texts, plot: Plot) -> list[Label]:
    """What the colours mean: of those that are there."""
    there = {"over": plot.over, "unknown": plot.unknown, "partial": plot.partial}
    found, x = [], 16.0
    for what in ("voices", "over", "normal", "expected", "unknown", "partial"):
        if there.get(what, True):
            label = t(f"picture.{what}")
            found.append(Label(x, label, what=what))
            x += 22 + _width(label, 6.2) + 14
    return found


def _width(text: str, letter: float) -> float:
    """About how many pixels a text takes."""
    return round(len(text) * letter, 1)


def _cut(text: str, width: float, letter: float) -> str:
    """As much of a text as has room."""
    room = int(width / letter)
    return text if len(text) <= room else text[: room - 1].rstrip() + "…"
