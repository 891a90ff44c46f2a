"""``corrillo corrections``: what people put right, as lines to learn from, and how often the tagger was right."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

import typer

from corrillo.cli.common import ConfigOption, JsonOption, print_json, settings_of, store_of
from corrillo.corrections import MOST, Agreement, agreement, corrected, line
from corrillo.model import TAG_KINDS


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown", help="What people put right on the page.")
    group.command()(export)
    group.command("agreement")(how_often)
    app.add_typer(group, name="corrections")


def export(config: ConfigOption = None) -> None:
    """Write the corrected mentions in the corpus's format: JSON Lines on standard output, the texts redacted.

    Mentions that retention or an erasure has deleted are not among them; who keeps the file keeps personal data.

    Examples:

        corrillo corrections export > corrections.jsonl
    """
    settings = settings_of(config)
    with store_of(settings) as store:
        for institution in settings.institutions:
            for case in corrected(store, institution.id):
                sys.stdout.write(json.dumps(line(case), ensure_ascii=False) + "\n")


def how_often(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """How often people and tagger agree, month by month, on the mentions whose tags people have set.

    People correct what catches their eye, so this is of what they looked at, not of all mentions. Correct tags
    that are right as they stand now and then: without those the tagger looks worse than it is.

    Examples:

        corrillo corrections agreement
    """
    settings = settings_of(config)
    with store_of(settings) as store:
        found = {
            i.id: agreement(store.done(i.id, what=("correct",), limit=MOST), i.zone) for i in settings.institutions
        }
    if as_json:
        print_json({i: [{**asdict(month), "share": round(month.share, 4)} for month in of] for i, of in found.items()})
        return
    for institution, months in found.items():
        typer.echo(
            f"{institution}:" if months else f"{institution}: nobody has corrected a tag yet, so this is unknown"
        )
        if months:
            typer.echo("\n".join(_lines(months)))


def _lines(months: Sequence[Agreement]) -> list[str]:
    kinds = "".join(f"{kind:>12}" for kind in TAG_KINDS)
    lines = [f"{'month':8} {'looked at':>9} {'all right':>9} {'agreed':>7}{kinds}"]
    for month in months:
        cells = "".join(f"{_kind(month, number):>12}" for number in range(len(TAG_KINDS)))
        lines.append(f"{month.month:8} {month.mentions:>9} {month.same:>9} {month.share:>6.0%} {cells}")
    return [*lines, "Of each kind: given by both / only by the tagger / only by people."]


def _kind(month: Agreement, number: int) -> str:
    kind = TAG_KINDS[number]
    return f"{month.both[kind]}/{month.tagger[kind]}/{month.people[kind]}"
