"""``corrillo export``."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from corrillo.bootstrap import now
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
from corrillo.export import COLUMNS, LINES, Counted, records, write_parquet
from corrillo.manifest import Asked, File, in_words
from corrillo.ports import Query, Reader
from corrillo.settings import Settings


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
    config: ConfigOption = None,
) -> None:
    """Write mentions to a file for analysts.

    Examples:

        corrillo export november.csv --since 2026-11-01 --until 2026-12-01

        corrillo export complaints.parquet -w tag=complaint

        corrillo export - --format jsonl "piscina" | jq .text
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
        asked = _asked(settings, store, query, urls)
        try:
            count = _write(store, query, output, form, urls)
            if manifest and Path(output).is_file():
                _describe(asked, output, count)
        except OSError as error:
            raise ConfigError(
                f"{output}: cannot be written: {error.strerror}", "check the folder and the disk"
            ) from None
    say(f"{count} mentions written to {output}" + ("" if urls else " (without links: --urls adds them)"))


def _asked(settings: Settings, store: Reader, query: Query, urls: bool) -> Asked:
    zone = settings.institutions[0].zone
    wanted = query.where.get("institution", ())
    about = {i.id: i.name for i in settings.institutions if not wanted or i.id in wanted}
    return Asked(query, in_words(query, zone), about, zone, now(), store.count(query), urls)


def _describe(asked: Asked, output: str, count: int) -> None:
    """Write the manifest beside the file, for the same eyes only."""
    file = Path(output)
    with file.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    exported = File(file.name, count, file.stat().st_size, digest, tuple(_columns(asked.links)))
    private = os.open(f"{output}.manifest.json", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(private, "w", encoding="utf-8") as beside:
        beside.write(asked.manifest(exported))


def _columns(urls: bool) -> list[str]:
    return [*COLUMNS, "url"] if urls else list(COLUMNS)


def _write(store: Reader, query: Query, output: str, form: str, urls: bool) -> int:
    columns = _columns(urls)
    rows = Counted(records(store, query, urls=urls))
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
