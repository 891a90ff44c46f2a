"""``corrillo find``."""

from __future__ import annotations

import msgspec
import typer

from corrillo.cli.common import (
    ConfigOption,
    JsonOption,
    SinceOption,
    TextArgument,
    UntilOption,
    WhereOption,
    print_json,
    query_of,
    say,
    settings_of,
    store_of,
)  # fmt: skip
from corrillo.institution import Institution
from corrillo.model import TaggedMention


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
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find mentions: by words and by every field.

    Examples:

        corrillo find "agua OR luz" -w tag=complaint -w place=off_page --since 2026-11-01

        corrillo find '"cita previa" -médico' -w network=x -w network=bluesky --json
    """
    settings = settings_of(config)
    with store_of(settings) as store:
        query = query_of(settings, text, where, since, until)
        found = store.find(query, limit=limit, page=page)
        total = store.count(query)
    if as_json:
        mentions = [msgspec.to_builtins(m) for m in found.mentions]
        print_json({"total": total, "mentions": mentions, "next_page": found.next_page})
        return
    zones = {i.id: i for i in settings.institutions}
    for mention in found.mentions:
        typer.echo(_shown(mention, zones.get(mention.institution)))
    say(f"{len(found.mentions)} of {total}" + (f"; continue with --page {found.next_page}" if found.next_page else ""))


def _shown(mention: TaggedMention, institution: Institution | None) -> str:
    moment = mention.published.astimezone(institution.zone if institution else None)
    when = moment.strftime("%Y-%m-%d" if mention.date_only else "%Y-%m-%d %H:%M")
    tags = " ".join(f"{t.kind}({t.score:.2f}: {', '.join(t.evidence)})" for t in mention.tags)
    head = f"{when}  {mention.network} · {mention.venue} · {mention.place} · {mention.service} · {mention.language}  {tags}"
    title = f"{mention.title}\n  " if mention.title and mention.title != mention.text else ""
    return f"{head}\n  {title}{mention.text}\n  {mention.url or mention.id}\n"
