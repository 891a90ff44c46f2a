"""``corrillo sources``: how each is; what a query would find; which networks there are; what a gap held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta

import typer

from corrillo.bootstrap import now
from corrillo.cli import networks, trying
from corrillo.cli.common import ConfigOption, JsonOption, print_json, settings_of, store_of
from corrillo.cli.coverage import coverage
from corrillo.health import REASONS, Judgement
from corrillo.model import Budget, Gap
from dashboards.page.sources import SourceRow
from dashboards.page.sources import sources as health_of

PROOFS = REASONS | {
    "new_posts": "there are new posts",
    "usual_silence": "nothing new, as is usual at this hour",
    "nothing_yet": "it can be read, nothing has come yet",
    "ended": "it was read to its end",
    "failing": "the last try failed",
    "refused": "somebody has to act, corrillo doctor says how",
}
SHOWN_GAPS = 5
LATELY = timedelta(days=30)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(invoke_without_command=True, rich_markup_mode="markdown")
    group.callback()(sources)
    networks.add_to(group)
    trying.add_to(group)
    app.add_typer(group, name="sources")


def sources(context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """How each source is, with the evidence, and what of the last 30 days was not heard.

    fresh: new posts come · quiet: none, as is usual at this hour · stale: it answers, but what it
    gives is old, late, or less than usual · failing: the last try failed · blind: nothing is heard.

    Examples:

        corrillo sources

        corrillo sources --json | jq '.[] | select(.state == "blind")'

        corrillo sources try bluesky
    """
    if context.invoked_subcommand:
        return
    settings = settings_of(config)
    moment = now()
    with store_of(settings) as store:
        rows = health_of(store, coverage(settings), moment, moment - LATELY).rows
    if as_json:
        print_json([_as_json(row) for row in rows])
        return
    if not rows:
        typer.echo("No source yet: add a [[source]] to corrillo.toml, or import a file with corrillo replay.")
    for row in rows:
        for line in _lines(row, moment):
            typer.echo(line)


def _as_json(row: SourceRow) -> dict[str, object]:
    health = {name: value for name, value in asdict(row.health).items() if name not in ("rhythm", "counted_to")}
    judged = row.judgement
    return health | {
        "state": row.state,
        "proof": judged.proof,
        "since": judged.since,
        "unheard_seconds": row.unheard.total_seconds(),
        "budget": None if row.health.budget is None else _plain(row.health.budget),
        "gaps": [_plain(g) for g in row.gaps],
    }


def _plain(word: Gap | Budget) -> dict[str, object]:
    return {name: getattr(word, name) for name in word.__struct_fields__}


def _lines(row: SourceRow, moment: datetime) -> Iterator[str]:
    health = row.health
    yield f"{health.source}  ({health.network})  {row.state}: {said(row.judgement, moment)}"
    yield (
        f"    newest post {_ago(health.newest_post, moment)} · last success {_ago(health.last_success, moment)} · "
        f"{health.failures} failures in a row"
    )
    yield f"    {health.seen} posts seen, {health.kept} about us, {health.rejected} in quarantine"
    if health.read_to is not None and health.last_success is not None:
        yield f"    heard up to {_ago(health.read_to, moment)}"
    if health.budget is not None:
        yield f"    {_left(health.budget)}"
    for gap in row.gaps[:SHOWN_GAPS]:
        yield f"    gap {_span(gap)}: {FILLED[gap.filled]} ({gap.why})"
    if len(row.gaps) > SHOWN_GAPS:
        yield f"    and {len(row.gaps) - SHOWN_GAPS} more gaps in the last {LATELY.days} days: --json lists them"


FILLED = {"": "not known what was said", "resumed": "read afterwards", "backfilled": "asked for afterwards"}


def said(judged: Judgement, moment: datetime) -> str:
    """What proves a state, in one sentence."""
    since = "" if judged.since is None else f", {_ago(judged.since, moment)}"
    return f"{PROOFS[judged.proof]}{since}" + (f": {judged.error}" if judged.error else "")


def _left(budget: Budget) -> str:
    left = budget.limit - budget.spent
    return f"left to spend: {left:g} of {budget.limit:g} {budget.unit}, anew on {budget.resets:%Y-%m-%d %H:%M} UTC"


def _span(gap: Gap) -> str:
    until = f"{gap.until:%Y-%m-%d %H:%M} UTC" if gap.until else "now"
    return f"{gap.since:%Y-%m-%d %H:%M} – {until}"


def _ago(then: datetime | None, moment: datetime) -> str:
    if then is None:
        return "never"
    minutes = int((moment - then).total_seconds() // 60)
    if minutes < 120:
        return f"{max(minutes, 0)} min ago"
    return f"{minutes // 60} h ago" if minutes < 72 * 60 else f"{minutes // 1440} days ago"
