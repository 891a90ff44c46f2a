"""Draw the pictures of Kibana's dashboards: the demonstration's fortnight, the same catalogue, the same places.

    python docs/kibana_picture.py docs [VIEW …]

Not photographs of Kibana, which nobody has to run for this: the same figures, another pen. Needs chromium on the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any, get_args

import vl_convert
from playwright.sync_api import sync_playwright

from corrillo.bootstrap import now, open_house
from corrillo.cli.demo_replay import relive
from corrillo.demo import BLIND, TOWN, ZONE, build
from corrillo.detection import Detection
from corrillo.ports import Query, Store
from corrillo.sink import StoreSink
from dashboards.charts.beside import EVERY
from dashboards.charts.catalogue import CITIZENS, By, Chart, Dimension
from dashboards.charts.looked import rows
from dashboards.charts.table import Row, Table
from dashboards.lens.columns import dimension_name
from dashboards.lens.dashboards import BOARDS, WORDS, said
from dashboards.lens.drawn import kind
from dashboards.lens.names import Language, Names, View
from dashboards.lens.words import BEFORE, LATELY, words
from dashboards.page.filters import Filters
from dashboards.page.i18n import Texts, texts
from dashboards.vega.compile import compile
from dashboards.vega.drawing import Drawing, Size
from dashboards.vega.words import amount_of, measure_name, value_name
from stores.elasticsearch.documents import beginning, counted, words_of

WIDTH, ROW = 1440, 20
LISTED = 20
STYLE = """
body{margin:0;font:13px Arial,"Liberation Sans",sans-serif;color:#1c262d;background:#eceff3}
h1{font-size:20px;margin:14px 12px 4px}
.note{margin:0 12px 8px;color:#56626a}
.grid{display:grid;grid-template-columns:repeat(48,1fr);gap:8px;padding:8px 12px}
.panel{background:#fff;border:1px solid #d3dae6;border-radius:6px;padding:8px 10px;overflow:hidden}
.panel h2{font-size:13px;margin:0 0 6px}
.says{font-size:13px;line-height:1.45}
.panel svg{max-width:100%;height:auto}
.figure{font-size:52px;text-align:center;padding-top:40px}
table{border-collapse:collapse;width:100%;font-size:12px}
th{text-align:left;border-bottom:1px solid #98a2b3}td,th{padding:3px 8px;vertical-align:top}
td.n,th.n{text-align:right}td{border-bottom:1px solid #eef1f5}
.empty{color:#56626a;padding:20px}
"""
NOTE: dict[Language, str] = {
    "en": "Drawn from the same catalogue as Kibana's objects, with the figures of corrillo demo; not a photograph of Kibana.",
    "es": "Dibujado desde el mismo catálogo que los objetos de Kibana, con las cifras de corrillo demo; no es una fotografía de Kibana.",
}


@dataclass(frozen=True)
class Shown:
    """What is drawn, and of when."""

    store: Store
    texts: Texts
    language: Language
    now: datetime

    def query(self, days: int) -> Query:
        """What a dashboard shows when it is opened."""
        today = self.now.astimezone(ZONE).date()
        first = today - timedelta(days=days - 1)
        return Filters(TOWN, period="", first=first, last=today).query(ZONE, today)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("views", nargs="*", choices=[*get_args(View), []], metavar="VIEW")
    options = parser.parse_args()
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("no chromium here: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        begun = now()
        store = replayed(Path(folder), begun)
        draw(browser, store, begun, options.folder, options.views or get_args(View))
        store.close()


def draw(browser: str, store: Store, begun: datetime, folder: Path, views: Sequence[View]) -> None:
    """A picture of each view in each language."""
    with sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        window = chromium.new_page(viewport={"width": WIDTH, "height": 900})
        for language in get_args(Language):
            shown = Shown(store, texts(language), language, begun)
            for view in views:
                target = folder / f"kibana-{view}{'' if language == 'en' else '.' + language}.png"
                window.set_content(page(view, shown))
                window.screenshot(path=target, full_page=True)
                print(f"{target}: {target.stat().st_size // 1000} kB")
        chromium.close()


def replayed(folder: Path, begun: datetime) -> Store:
    settings = build(folder, begun)
    house = open_house(settings)
    asyncio.run(relive(house, StoreSink(house.store, house.pipeline, Detection(settings.institutions)), begun))
    house.store.note_failure(*BLIND[:2], begun, "its file is gone")  # what the listener notes first
    return house.store


def page(view: View, shown: Shown) -> str:
    board = BOARDS[view]
    markdown = said(view, shown.texts, Names("corrillo", shown.language), "/")
    plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", markdown).replace("*", "")
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in plain.split("\n\n"))
    panels = [f'<div class="panel says" style="grid-column:span 48">{paragraphs}</div>']
    for name, (width, height) in board.shows.items():
        place = f"grid-column:span {width};min-height:{height * ROW}px"
        panels.append(f'<div class="panel" style="{place}">{panel(name, shown, board.days, width)}</div>')
    title = escape(shown.texts(f"kibana.title.{view}"))
    note = escape(NOTE[shown.language])
    return f'<style>{STYLE}</style><h1>{title}</h1><p class="note">{note}</p><div class="grid">{"".join(panels)}</div>'


def panel(name: str, shown: Shown, days: int, width: int) -> str:
    t = shown.texts
    if name == WORDS:
        return f"<h2>{escape(t('kibana.words.title'))}</h2>{drawn_words(shown, days)}"
    if name.startswith("list:"):
        wanted = name.removeprefix("list:")
        return f"<h2>{escape(t(f'kibana.list.{wanted}'))}</h2>{table(*LISTS[wanted](shown, days))}"
    chart = EVERY[name]
    return f"<h2>{escape(t(chart.text('title')))}</h2>{drawn(chart, shown, days, width)}"


def drawn(chart: Chart, shown: Shown, days: int, width: int) -> str:
    t, found = shown.texts, rows(chart, shown.store, shown.query(days), ZONE, shown.now)
    if chart.mark == "figure":
        return f'<div class="figure">{escape(amount_of(t, chart.measures[0], found.rows[0].values[0], ZONE))}</div>'
    if found.empty and kind(chart) != "lnsDatatable":
        return f'<p class="empty">{escape(t(chart.text("empty")))}</p>'
    if kind(chart) == "lnsDatatable":
        heads = [dimension_name(t, d.by) for d in chart.dimensions], [measure_name(t, m) for m in chart.measures]
        lines = [
            (
                [named(shown, d.by, value) for d, value in zip(chart.dimensions, row.at, strict=True)],
                [amount_of(t, m, value, ZONE) for m, value in zip(chart.measures, row.values, strict=True)],
            )
            for row in (found.rows[::-1] if chart.measures[0].of == "last" else found.rows)[:LISTED]
            if chart.origin != "mentions" or row.values[0]
        ]
        return table(heads, lines) if lines else f'<p class="empty">{escape(t(chart.text("empty")))}</p>'
    if chart.mark == "line" and not chart.split and len(chart.measures) > 1:
        chart, found = beside_each_other(chart, found, t)
    size: Size = "wide" if width > 18 else "narrow"
    spec = {**compile(Drawing(chart, found, t, size=size)), "width": width * WIDTH // 48 - 60}
    return str(vl_convert.vegalite_to_svg(json.dumps(spec), allowed_base_urls=[]))


def named(shown: Shown, by: By, value: str) -> str:
    """A text by how it begins, an incident by what leads it; anything else by its name."""
    if by == "story":
        first = shown.store.find(Query(ids=(value,)), limit=1).mentions
        return beginning(first[0]) if first else value
    if by == "incident" and (incident := shown.store.incident(value)):
        service, district = incident.leading.service, incident.leading.district
        return (service and value_name(shown.texts, "service", service)) or district or incident.institution
    return value_name(shown.texts, by, value)


def beside_each_other(chart: Chart, found: Table, t: Texts) -> tuple[Chart, Table]:
    """The same with its measures as parts: a line each, as Kibana draws them."""
    names = tuple(measure_name(t, m) for m in chart.measures)
    parts = [
        Row((*row.at, name), (value,)) for row in found.rows for name, value in zip(names, row.values, strict=True)
    ]
    return replace(chart, split=Dimension("unit", names)), replace(found, rows=tuple(parts))


def table(heads: tuple[list[str], list[str]], lines: list[tuple[list[str], list[str]]]) -> str:
    """Words to the left, figures to the right."""
    begin = "".join(f"<th>{escape(head)}</th>" for head in heads[0]) + "".join(
        f'<th class="n">{escape(head)}</th>' for head in heads[1]
    )
    body = "".join(
        "<tr>"
        + "".join(f"<td>{escape(word)}</td>" for word in words_)
        + "".join(f'<td class="n">{escape(figure)}</td>' for figure in figures)
        + "</tr>"
        for words_, figures in lines
    )
    return f"<table><tr>{begin}</tr>{body}</table>"


def drawn_words(shown: Shown, days: int) -> str:
    """The same drawing as Kibana's, with its answer counted here."""
    end = shown.query(days).until or shown.now
    lately, before = end - timedelta(days=LATELY), end - timedelta(days=LATELY + BEFORE)
    now_, then = dict[str, set[str]](), dict[str, set[str]]()
    for mention in mentions(shown.store, Query(where={"institution": (TOWN,), **CITIZENS}, since=before)):  # type: ignore[dict-item]
        for word in counted(words_of(mention)):
            (now_ if mention.published >= lately else then).setdefault(word, set()).add(mention.story)
    values = [{"key": w, "lately": _texts(now_, w), "before": _texts(then, w)} for w in now_ | then]
    spec: dict[str, Any] = {**words(shown.texts, "corrillo"), "data": {"values": values}, "width": 460, "height": 300}
    return str(vl_convert.vegalite_to_svg(json.dumps(spec), allowed_base_urls=[]))


def _texts(found: Mapping[str, set[str]], word: str) -> dict[str, Any]:
    return {"texts": {"value": len(found.get(word, ()))}}


def mentions(store: Store, query: Query) -> Iterator[Any]:
    token = ""
    while True:
        found = store.find(query, limit=500, page=token)
        yield from found.mentions
        token = found.next_page
        if not token:
            return


def posts(shown: Shown, days: int) -> Any:
    t = shown.texts
    heads = [t("kibana.column.published"), *(dimension_name(t, by) for by in ("network", "venue", "service", "tag"))]
    lines = [
        (
            [
                t.moment(m.published.astimezone(ZONE)), value_name(t, "network", m.network), m.venue,
                value_name(t, "service", m.service), ", ".join(value_name(t, "tag", tag.kind) for tag in m.tags), ", ".join(word for tag in m.tags for word in tag.evidence), m.text[:180],
            ],
            [],
        )
        for m in shown.store.find(shown.query(days), limit=LISTED).mentions
    ]  # fmt: skip
    return ([*heads, t("kibana.column.evidence"), t("kibana.column.text")], []), lines


def asked(shown: Shown, days: int) -> Any:
    t, query = shown.texts, shown.query(days)
    heads = [
        t("kibana.column.asked"),
        *(dimension_name(t, by) for by in ("network", "venue", "service", "department")),
        t("kibana.column.answered"),
    ]
    lines = [
        (
            [
                t.moment(a.asked.astimezone(ZONE)), value_name(t, "network", a.network), a.venue,
                value_name(t, "service", a.service), a.department, t.moment(a.answered.astimezone(ZONE)) if a.answered else "-",
            ],
            [],
        )
        for a in shown.store.attention(TOWN, since=query.since, until=query.until, limit=LISTED)
    ]  # fmt: skip
    return (heads, []), lines


def corrections(shown: Shown, days: int) -> Any:
    t = shown.texts
    heads = [t("kibana.column.at"), *(dimension_name(t, by) for by in ("deed", "was", "right"))]
    done = shown.store.done(
        TOWN, since=shown.query(days).since, what=("correct", "not_about_us", "about_us"), limit=LISTED
    )
    lines = [
        (
            [
                t.moment(d.at.astimezone(ZONE)), value_name(t, "deed", d.what),
                ", ".join(value_name(t, "tag", tag) for tag in d.was), ", ".join(value_name(t, "tag", tag) for tag in d.tags),
            ],
            [],
        )
        for d in done
    ]  # fmt: skip
    return (heads, []), lines


LISTS = {"posts": posts, "asked": asked, "corrections": corrections}

if __name__ == "__main__":
    main()
