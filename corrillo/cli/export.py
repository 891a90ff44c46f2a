"""``corrillo export``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from corrillo import daily
from corrillo.cli.asking import AllOption, asked, file_at, left_out, write_paper
from corrillo.cli.common import (
    ConfigOption,
    SinceOption,
    TextArgument,
    UntilOption,
    WhereOption,
    query_of,
    say,
    settings_of,
    store_of,
)  # fmt: skip
from corrillo.cli.counts import counted, parts
from corrillo.cli.counts import in_words as daily_words
from corrillo.daily import PARTS, Part, Per
from corrillo.errors import ConfigError
from corrillo.export import COLUMNS, LINES, Counted, Record, records, write_parquet
from corrillo.manifest import Asked, in_words
from corrillo.ports import Reader


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(export)


def export(
    output: Annotated[
        str, typer.Argument(help="File (.csv, .jsonl, .parquet), or - for standard output.", show_default=False)
    ],
    text: TextArgument = "",
    where: WhereOption = None,
    since: SinceOption = "",
    until: UntilOption = "",
    kind: Annotated[
        str,
        typer.Option(
            "--format", help="csv, jsonl or parquet (default: by the file's ending; jsonl for -).", show_default=False
        ),
    ] = "",
    urls: Annotated[
        bool,
        typer.Option("--urls", help="With links to the posts: they lead to people, so they stay out unless asked."),
    ] = False,
    manifest: Annotated[
        bool,
        typer.Option(help="Beside FILE, FILE.manifest.json: what was asked, when, how many rows, the file's SHA-256."),
    ] = True,
    everything: AllOption = False,
    counts: Annotated[
        bool, typer.Option("--counts", help="Daily counts instead of mentions: they outlive them.")
    ] = False,
    by: Annotated[
        str, typer.Option(help=f"What daily counts are told apart by, besides the day: some of {', '.join(PARTS)}.")
    ] = "network,place",
    per: Annotated[
        Per, typer.Option(help="Daily counts summed up to weeks or months, so that fewer are too small.")
    ] = "day",
    config: ConfigOption = None,
) -> None:
    """Write mentions, or daily counts, to a file for analysts.

    What the team has marked as not about the institution is left out. Tags are the machine's, which filters go by;
    those that the team has put right stand beside them. Daily counts are of all that was heard; cells in which
    there are too few to be anonymous say so in place of a number.

    Examples:

        corrillo export november.csv --since 2026-11-01 --until 2026-12-01

        corrillo export complaints.parquet -w tag=complaint

        corrillo export - --format jsonl "piscina" | jq .text

        corrillo export year.csv --counts --by network,service --per month --since 2026-01-01 --until 2027-01-01
    """
    form = kind or Path(output).suffix.lstrip(".") or ("jsonl" if output == "-" else "")
    if form not in (*LINES, "parquet") or (form == "parquet" and output == "-"):
        raise ConfigError(
            f"--format {form!r}: cannot be written to {output}",
            "use a file ending in .csv, .jsonl or .parquet; for standard output --format csv or jsonl",
        )
    settings = settings_of(config)
    with store_of(settings) as store:
        query = query_of(settings, text, where, since, until)
        paper = asked(settings, store, query, everything=everything or counts, links=urls and not counts)
        paper, columns, rows, said = _counts(store, paper, parts(by), per) if counts else _mentions(store, paper)
        try:
            count = _write(rows, columns, output, form)
            if manifest and Path(output).is_file():
                write_paper(Path(f"{output}.manifest.json"), paper.manifest(file_at(Path(output), count, columns)))
        except OSError as error:
            raise ConfigError(
                f"{output}: cannot be written: {error.strerror}", "check the folder and the disk"
            ) from None
    say(said.format(f"{count}", output))


Told = tuple[Asked, Sequence[str], Iterable[Record], str]
"""What goes into a file: the paper that goes with it, its columns, its rows; and what is said of how many, and where."""


def _mentions(store: Reader, paper: Asked) -> Told:
    columns = (*COLUMNS, "url") if paper.links else COLUMNS
    links = "" if paper.links else " (without links: --urls adds them)"
    said = f"{{}} mentions written to {{}}{links}{left_out(paper)}"
    return paper, columns, records(store, paper.query, urls=paper.links), said


def _counts(store: Reader, paper: Asked, by: Sequence[Part], per: Per) -> Told:
    rows = list(counted(store, paper.query, list(paper.institutions), paper.zone, by, per))
    small = sum(bool(row["suppressed"]) for row in rows)
    words = f"{in_words(paper.query, paper.zone)}; {daily_words(by, per, small)}"
    hidden = f", {small} of them too small to be told: fewer parts in --by, or --per month, tell more" if small else ""
    said = f"{{}} counts written to {{}}{hidden}"
    return replace(paper, words=words, matching=None), daily.columns(by), rows, said


def _write(records: Iterable[Record], columns: Sequence[str], output: str, form: str) -> int:
    rows = Counted(records)
    if output == "-":
        sys.stdout.writelines(LINES[form](rows, columns))
        return rows.count
    private = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    if form == "parquet":
        os.close(private)
        return write_parquet(Path(output), rows, columns)
    with open(private, "w", encoding="utf-8", newline="") as file:
        file.writelines(LINES[form](rows, columns))
    return rows.count
