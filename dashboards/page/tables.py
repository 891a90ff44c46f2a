"""The figures of a view as files: a CSV for each of its charts, and a manifest, in one small ZIP."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from zipfile import ZIP_DEFLATED, ZipFile

from corrillo.export import csv_lines
from corrillo.manifest import Asked, File, file_of
from dashboards.charts.catalogue import Chart
from dashboards.charts.figures import rows
from dashboards.charts.listed import CHARTS
from dashboards.charts.table import Table
from dashboards.page.frame import Ask


def archive(view: str, ask: Ask, asked: Asked) -> bytes:
    """The ZIP of a view's figures. StoreError passes through."""
    files: list[File] = []
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as zipped:
        for chart in (c for c in CHARTS.values() if c.view == view):
            table = rows(chart, ask.store, ask.query, ask.zone, ask.now)
            content = "".join(csv_lines(_records(chart, table), columns(chart))).encode("utf-8", "replace")
            files.append(file_of(f"{chart.id}.csv", content, len(table.rows), columns(chart)))
            zipped.writestr(files[-1].name, content)
        zipped.writestr("manifest.json", asked.manifest(*files))
    return packed.getvalue()


def columns(chart: Chart) -> list[str]:
    """Heads of a chart's file: what it is measured by, then what is measured. Waits are in seconds."""
    measures = [f"{m.of}_share" if m.part else m.of for m in chart.measures]
    return [*(d.by for d in chart.dimensions), *measures]


def _records(chart: Chart, table: Table) -> Iterator[dict[str, str | int | bool | None]]:
    """What is unknown stays empty, and is never 0."""
    for row in table.rows:
        measured = [_written(m.of, value) for m, value in zip(chart.measures, row.values, strict=True)]
        yield dict(zip(columns(chart), [*row.at, *measured], strict=True))


def _written(of: str, value: float | None) -> str | int | None:
    if value is None:
        return None
    if of == "first":
        return datetime.fromtimestamp(value, tz=UTC).isoformat()
    return int(value) if value == int(value) else f"{value:.4f}"
