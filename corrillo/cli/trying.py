"""``corrillo sources try``: a few posts of a network, and what would become of them. Nothing is stored."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from corrillo.bootstrap import now, open_client, open_pipeline, open_source, open_sources
from corrillo.cli.common import FAILED, ConfigOption, JsonOption, print_json, say, settings_of
from corrillo.errors import ConfigError, CorrilloError
from corrillo.listen import Heard
from corrillo.model import Batch, Budget, Post, Rejected, TaggedMention
from corrillo.pipeline import Pipeline, checked
from corrillo.registry import SourceConfig, source_kind, source_kinds
from corrillo.settings import Settings
from ingest.http import PoliteClient

MONEY = ("USD", "EUR")
SHOWN = 280
"""Characters of a text that are shown."""


def add_to(group: typer.Typer) -> None:
    """Register the command."""
    group.command(name="try")(try_source)


@dataclass
class Tried:
    """What a source gave: posts with the mentions they would be, what could not be read, what was said of its budget."""

    posts: list[tuple[Post, list[TaggedMention]]] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    texts: dict[int, str] = field(default_factory=dict)
    """Of those about nobody, protected."""
    budget: Budget | None = None


def try_source(
    network: Annotated[
        str, typer.Argument(help="A kind of source (bluesky, mastodon …) or a configured source's name.")
    ],
    settings_given: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="A key of the kind, as it would stand in corrillo.toml; repeat it.",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many posts.")] = 10,
    about_us: Annotated[bool, typer.Option("--about-us", help="Only those that are about an institution.")] = False,
    seconds: Annotated[float, typer.Option(min=1, help="How long to wait for them.")] = 30.0,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fetch a few posts and show how they are parsed, matched and tagged. Nothing is stored, no cursor moves.

    So that you can check a query before you switch a source on: what is about you, why, and what is not.

    Examples:

        corrillo sources try bluesky --seconds 60 --about-us

        corrillo sources try mastodon --set instance=mastodon.social

        corrillo sources try feed --set url=https://example.org/feed.xml
    """
    settings = settings_of(config)
    tried = asyncio.run(_try(settings, network, settings_given or [], _Asked(limit, about_us, seconds)))
    if as_json:
        print_json(_as_json(tried))
    else:
        _show(tried)
    if not tried.posts:
        raise typer.Exit(FAILED)


@dataclass(frozen=True)
class _Asked:
    limit: int
    about_us: bool
    seconds: float


async def _try(settings: Settings, network: str, given: Sequence[str], asked: _Asked) -> Tried:
    pipeline, client = open_pipeline(settings), open_client(settings)
    try:
        heard = _opened(settings, network, given, client)
        try:
            return await _fetched(heard, pipeline, asked)
        finally:
            await heard.source.close()
    finally:
        await client.close()


def _opened(settings: Settings, network: str, given: Sequence[str], client: PoliteClient) -> Heard:
    configured = [str(getattr(s, "name", "")) for s in settings.sources]
    if network in configured and not given:
        return open_sources(settings, client, [network])[0]
    if network not in source_kinds():
        known = ", ".join(source_kinds())
        raise ConfigError(f"{network!r} is neither a configured source nor a kind", f"use one of: {known}")
    return open_source(settings, _config(network, given), client)


def _config(kind: str, given: Sequence[str]) -> SourceConfig:
    values: dict[str, Any] = {"kind": kind, "name": "try"}
    for pair in given:
        name, sign, value = pair.partition("=")
        if not sign:
            raise ConfigError(f"--set {pair!r}: is no pair", "write --set key=value")
        values[name] = value.split(",") if _is_list(kind, name) else value
    try:
        return source_kind(kind).Config.model_validate(values, strict=False)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"]))
        raise ConfigError(
            f"--set {where}: {problem['msg']}", f"see its keys with: corrillo sources networks {kind}"
        ) from None


def _is_list(kind: str, name: str) -> bool:
    wanted = source_kind(kind).Config.model_fields.get(name)
    return wanted is not None and "tuple" in str(wanted.annotation)


async def _fetched(heard: Heard, pipeline: Pipeline, asked: _Asked) -> Tried:
    tried = Tried()
    batches = heard.source.fetch(None)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(asked.seconds), contextlib.aclosing(batches):  # type: ignore[type-var]
            async for batch in batches:
                if _costs_money(batch):
                    raise ConfigError(
                        f"{heard.source.name}: this network costs money by the post, and only listening keeps its meter",
                        "set its limit and start corrillo listen; corrillo sources shows what is left",
                    )
                _take(batch, heard, pipeline, asked, tried)
                if len(tried.posts) >= asked.limit:
                    break
                if sys.stderr.isatty():
                    say(f"{len(tried.posts)} of {asked.limit} posts …")
    return tried


def _costs_money(batch: Batch) -> bool:
    return batch.budget is not None and batch.budget.unit in MONEY


def _take(batch: Batch, heard: Heard, pipeline: Pipeline, asked: _Asked, tried: Tried) -> None:
    tried.budget = batch.budget or tried.budget
    tried.rejected += batch.rejected
    for item in batch.items:
        if not isinstance(item, Post) or len(tried.posts) >= asked.limit:
            continue
        try:
            mentions = pipeline.mentions(checked(item), now(), heard.everything_about, heard.only)
        except (CorrilloError, ValueError) as error:
            tried.rejected.append(Rejected(raw="", reason=str(error), origin=heard.source.name))
            continue
        if mentions or not asked.about_us:
            tried.posts.append((item, mentions))
        if not mentions:
            protected, _ = pipeline.examine(item, pipeline.institutions[0])
            tried.texts[id(item)] = f"{protected.title} {protected.text}"


def _show(tried: Tried) -> None:
    for post, mentions in tried.posts:
        typer.echo(
            f"\n{post.published:%Y-%m-%d %H:%M} UTC · {post.network} · {post.venue.name} · {post.url or post.native_id}"
        )
        if not mentions:
            typer.echo(f"  “{_shown(tried.texts[id(post)])}”\n  about nobody: counted, and dropped")
            continue
        for mention in mentions:
            for line in _explained(mention):
                typer.echo(f"  {line}")
    about = sum(bool(mentions) for _, mentions in tried.posts)
    say(f"\n{len(tried.posts)} posts, {about} about us, {len(tried.rejected)} could not be read. Nothing was stored.")
    for rejected in tried.rejected[:3]:
        say(f"  could not be read: {rejected.reason}")
    if tried.posts and not about:
        say("Nothing was about us: see the names, aliases and hashtags of the institution, or wait longer (--seconds).")


def _explained(mention: TaggedMention) -> list[str]:
    why = ", ".join(f"{r.kind} {r.term!r}" for r in mention.reasons if not r.against)
    against = ", ".join(r.term for r in mention.reasons if r.against)
    tags = ", ".join(f"{t.kind} {t.score:.2f} ({', '.join(t.evidence)})" for t in mention.tags) or "no tag"
    about = f"{mention.place}, {mention.language}, target {mention.target}, service {mention.service}"
    return [
        f"“{_shown(f'{mention.title} {mention.text}')}”",
        f"about {mention.institution}: {why}" + (f"; against it: {against}" if against else ""),
        f"{tags} · {about}" + (f", {mention.district}" if mention.district else ""),
    ]


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}…"


def _as_json(tried: Tried) -> dict[str, object]:
    return {
        "posts": [
            {
                "published": post.published, "network": post.network, "venue": post.venue.name, "url": post.url,
                "mentions": [
                    {
                        "institution": m.institution, "text": m.text, "place": m.place, "language": m.language,
                        "reasons": [{"kind": r.kind, "term": r.term, "against": r.against} for r in m.reasons],
                        "tags": [{"tag": t.kind, "score": t.score, "evidence": t.evidence} for t in m.tags],
                        "target": m.target, "service": m.service, "district": m.district,
                    }
                    for m in mentions
                ],
            }
            for post, mentions in tried.posts
        ],
        "rejected": [r.reason for r in tried.rejected],
    }  # fmt: skip
