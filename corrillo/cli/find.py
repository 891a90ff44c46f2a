"""``corrillo find``."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from corrillo.cli.asking import AllOption, asked, left_out, write_paper
from corrillo.cli.common import (
    ConfigOption,
    JsonOption,
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
from corrillo.institution import Institution
from corrillo.manifest import Asked, file_of
from corrillo.marked import corrected
from corrillo.model import TaggedMention, TagKind
from corrillo.ports import Found

COLUMNS = ("total", "mentions", "next_page")
Right = Mapping[str, Sequence[TagKind]]
"""The tags that the team has put right, by the mention's id."""


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(find)


def find(
    text: TextArgument = "",
    where: WhereOption = None,
    since: SinceOption = "",
    until: UntilOption = "",
    limit: int = typer.Option(20, "--limit", "-n", min=1, max=1000, help="At most so many, newest first."),
    page: str = typer.Option("", help="Continue after an earlier answer: its next_page.", show_default=False),
    everything: AllOption = False,
    manifest: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write to FILE what was asked, when, how many there are, and the SHA-256 of what is printed.",
            show_default=False,
        ),
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find mentions, by words and by every field, without what the team has marked as not about the institution.

    Examples:

        corrillo find "agua OR luz" -w tag=complaint -w place=off_page --since 2026-11-01

        corrillo find '"cita previa" -médico' -w network=x -w network=bluesky --json

        corrillo find piscina --json --manifest piscina.manifest.json > piscina.json
    """
    settings = settings_of(config)
    with store_of(settings) as store:
        paper = asked(settings, store, query_of(settings, text, where, since, until), everything=everything, links=True)
        found = store.find(paper.query, limit=limit, page=page)
        right = corrected(store, [m.id for m in found.mentions])
    total = paper.matching or 0
    places = {i.id: i for i in settings.institutions}
    printed = _as_json(found, right, total) if as_json else _as_text(found, right, places)
    sys.stdout.write(printed)
    if manifest:
        _describe(paper, manifest, printed, found, whole=len(found.mentions) == total)
    if not as_json:
        said = f"{len(found.mentions)} of {total}" + left_out(paper)
        say(said + (f"; continue with --page {found.next_page}" if found.next_page else ""))


def _describe(paper: Asked, path: Path, printed: str, found: Found, *, whole: bool) -> None:
    described = file_of("-", printed.encode(), len(found.mentions), COLUMNS if printed.startswith("{") else ())
    try:
        write_paper(path, paper.manifest(described, complete=whole))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}", "check the folder and the disk") from None


def _as_json(found: Found, right: Right, total: int) -> str:
    mentions = [msgspec.to_builtins(m) | {"corrected_tags": right.get(m.id)} for m in found.mentions]
    answer = {"total": total, "mentions": mentions, "next_page": found.next_page}
    return json.dumps(answer, ensure_ascii=False, indent=2) + "\n"


def _as_text(found: Found, right: Right, places: Mapping[str, Institution]) -> str:
    return "".join(_shown(m, right.get(m.id), places.get(m.institution)) + "\n" for m in found.mentions)


def _shown(mention: TaggedMention, right: Sequence[TagKind] | None, institution: Institution | None) -> str:
    moment = mention.published.astimezone(institution.zone if institution else None)
    when = moment.strftime("%Y-%m-%d" if mention.date_only else "%Y-%m-%d %H:%M")
    tags = " ".join(f"{t.kind}({t.score:.2f}: {', '.join(t.evidence)})" for t in mention.tags)
    tags += f" → the team: {', '.join(right) or 'none'}" if right is not None else ""
    head = f"{when}  {mention.network} · {mention.venue} · {mention.place} · {mention.service} · {mention.language}  {tags}"
    title = f"{mention.title}\n  " if mention.title and mention.title != mention.text else ""
    return f"{head}\n  {title}{mention.text}\n  {mention.url or mention.id}\n"
