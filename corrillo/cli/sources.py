"""``corrillo sources``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import typer

from corrillo.bootstrap import now
from corrillo.cli.common import ConfigOption, JsonOption, print_json, settings_of, store_of
from corrillo.ports import SourceHealth
from corrillo.registry import SourceConfig


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
        known = {h.source: h for h in store.health()}
    for entry in settings.sources:
        if isinstance(entry, SourceConfig):
            known.setdefault(entry.name, SourceHealth(entry.name, str(getattr(entry, "network", entry.kind))))
    if as_json:
        print_json([asdict(h) for h in known.values()])
        return
    if not known:
        typer.echo("No source yet: add a [[source]] to corrillo.toml, or import a file with corrillo replay.")
    for health in known.values():
        typer.echo(_line(health, now()))


def _line(health: SourceHealth, moment: datetime) -> str:
    state = f"failing, {health.failures} in a row: {health.last_error}" if health.failures else "answers"
    if health.last_attempt is None:
        state = "never asked"
    return (
        f"{health.source}  ({health.network})  {state}\n"
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
