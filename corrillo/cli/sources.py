"""``corrillo sources``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import typer

from corrillo.bootstrap import now
from corrillo.cli.common import ConfigOption, JsonOption, print_json, settings_of, store_of
from corrillo.cli.page import coverage
from dashboards.page.sources import SourceRow
from dashboards.page.sources import sources as health_of


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(sources)


def sources(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """What is listened to, and how each source is: newest post, last success, failures in a row.

    Examples:

        corrillo sources

        corrillo sources --json | jq '.[] | select(.failures > 0)'
    """
    settings = settings_of(config)
    with store_of(settings) as store:
        rows = health_of(store, coverage(settings), now()).rows
    if as_json:
        print_json([{"state": row.state, **asdict(row.health)} for row in rows])
        return
    if not rows:
        typer.echo("No source yet: add a [[source]] to corrillo.toml, or import a file with corrillo replay.")
    for row in rows:
        typer.echo(_line(row, now()))


def _line(row: SourceRow, moment: datetime) -> str:
    health = row.health
    said = f"failing, {health.failures} in a row: {health.last_error}" if row.state == "failing" else row.state
    return (
        f"{health.source}  ({health.network})  {said}\n"
        f"    newest post {_ago(health.newest_post, moment)} · last success {_ago(health.last_success, moment)} · "
        f"{health.seen} posts seen, {health.kept} about us, {health.rejected} in quarantine"
    )


def _ago(then: datetime | None, moment: datetime) -> str:
    if then is None:
        return "never"
    minutes = int((moment - then).total_seconds() // 60)
    if minutes < 120:
        return f"{max(minutes, 0)} min ago"
    return f"{minutes // 60} h ago" if minutes < 72 * 60 else f"{minutes // 1440} days ago"
