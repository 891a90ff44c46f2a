"""A chart as a view shows it: its pictures, where the script asks for it, and its figures as a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from dashboards.charts import spans
from dashboards.charts.catalogue import Chart
from dashboards.charts.figures import rows
from dashboards.charts.listed import CHARTS
from dashboards.charts.table import Row, Table
from dashboards.page.charts.links import posts_of
from dashboards.page.filters import Filters
from dashboards.page.frame import Ask
from dashboards.page.i18n import Texts
from dashboards.page.sources import Sources
from dashboards.vega.drawing import Drawing, Size
from dashboards.vega.look import LOOKS

THEMES: tuple[str, ...] = tuple(LOOKS)
SIZES: tuple[Size, ...] = ("wide", "narrow")


@dataclass(frozen=True)
class Shown:
    """One chart with its figures, for one reader."""

    drawing: Drawing
    filters: Filters
    zone: ZoneInfo

    @property
    def chart(self) -> Chart:
        """What it is."""
        return self.drawing.chart

    @property
    def table(self) -> Table:
        """Its figures."""
        return self.drawing.table

    def at(self, form: str, theme: str = "light", size: Size = "wide") -> str:
        """Address of its picture (svg) or of what the script draws (json)."""
        besides = ("" if theme == "light" else f"&theme={theme}") + ("" if size == "wide" else f"&size={size}")
        return replace(self.filters, page="").at(f"chart/{self.chart.id}.{form}").link() + besides

    def unlinked(self) -> Drawing:
        """The drawing for a picture: nobody can follow a link inside one."""
        return replace(self.drawing, link=lambda row: "")

    def sized(self, size: Size) -> Drawing:
        """The drawing of that size."""
        return replace(self.drawing, size=size)


def shown(ask: Ask, heard: Sources, charts: Iterable[str]) -> Mapping[str, Shown]:
    """These charts of CHARTS by their id, each with its figures. StoreError of the store passes through."""
    return {name: one(ask, heard, CHARTS[name]) for name in charts}


def one(ask: Ask, heard: Sources, chart: Chart, theme: str = "light", size: Size = "wide") -> Shown:
    """One chart with its figures."""
    table = rows(chart, ask.store, ask.query, ask.zone, ask.now)
    drawing = Drawing(
        chart, table, ask.texts, LOOKS[theme], size,
        link=partial(_link, ask.filters, chart, table, ask.today),
        least=partial(_least, heard, chart),
        unheard=unheard(table, heard, ask.zone, ask.texts),
    )  # fmt: skip
    return Shown(drawing, ask.filters, ask.zone)


def _link(filters: Filters, chart: Chart, table: Table, today: date, row: Row) -> str:
    return posts_of(filters, chart, row.at, table.interval, today) if row.values[0] else ""


def _least(heard: Sources, chart: Chart, row: Row) -> bool:
    """Whether there may be more than was heard; of a time, its own column says so."""
    named = {d.by: value for d, value in zip(chart.dimensions, row.at, strict=True)}
    if "time" in named:
        return False
    return not heard.whole(named["network"]) if "network" in named else bool(heard.partial)


def unheard(table: Table, heard: Sources, zone: ZoneInfo, texts: Texts) -> Mapping[str, str]:
    """What to say of the columns in which not every source was heard."""
    if table.interval is None:
        return {}
    found = {}
    for start in dict.fromkeys(row.at[0] for row in table.rows):
        begin = datetime.fromisoformat(start)
        deaf = heard.unknown(begin.replace(tzinfo=zone), spans.following(begin, table.interval).replace(tzinfo=zone))
        if deaf:
            found[start] = texts.count("timeline.unheard", len(deaf))
    return found
