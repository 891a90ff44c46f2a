"""``corrillo export``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

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
from corrillo.errors import ConfigError
from corrillo.export import COLUMNS, TEXT_WRITERS, records, write_parquet
from corrillo.ports import Query, Reader


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
    config: ConfigOption = None,
) -> None:
    """Write mentions to a file for analysts.

    Examples:

        corrillo export november.csv --since 2026-11-01 --until 2026-12-01

        corrillo export complaints.parquet -w tag=complaint

        corrillo export - --format jsonl "piscina" | jq .text
    """
    form = kind or Path(output).suffix.lstrip(".") or ("jsonl" if output == "-" else "")
    if form not in (*TEXT_WRITERS, "parquet") or (form == "parquet" and output == "-"):
        raise ConfigError(
            f"--format {form!r}: cannot be written to {output}",
            "use a file ending in .csv, .jsonl or .parquet; for standard output --format csv or jsonl",
        )
    settings = settings_of(config)
    with store_of(settings) as store:
        query = query_of(settings, text, where, since, until)
        try:
            count = _write(store, query, output, form, urls)
        except OSError as error:
            raise ConfigError(
                f"{output}: cannot be written: {error.strerror}", "check the folder and the disk"
            ) from None
    say(f"{count} mentions written to {output}" + ("" if urls else " (without links: --urls adds them)"))


def _write(store: Reader, query: Query, output: str, form: str, urls: bool) -> int:
    columns = [*COLUMNS, "url"] if urls else list(COLUMNS)
    rows = records(store, query, urls=urls)
    if output == "-":
        return TEXT_WRITERS[form](sys.stdout, rows, columns)
    private = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    if form == "parquet":
        os.close(private)
        return write_parquet(Path(output), rows, columns)
    with open(private, "w", encoding="utf-8", newline="") as file:
        return TEXT_WRITERS[form](file, rows, columns)
