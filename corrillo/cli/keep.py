"""``corrillo erase`` and ``purge``: what an institution owes to people and to itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, cast

import typer

from corrillo.bootstrap import environment, now, open_client, open_source
from corrillo.cli.common import ConfigOption, by_hand, say, settings_of, store_of
from corrillo.cli.daily import keep_daily
from corrillo.errors import ConfigError
from corrillo.housekeeping import QUARANTINE_KEPT
from corrillo.model import PSEUDONYM
from corrillo.notices import REMEMBERED
from corrillo.ports import Names, Query, Store, Unfinished
from corrillo.registry import SourceConfig, source_kind
from corrillo.settings import Settings, pseudonym_key
from ingest.protect import Pseudonyms

if TYPE_CHECKING:
    from ingest.kafka.by_hand import ByHand


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(erase)
    app.command()(purge)


def erase(
    handle: Annotated[
        str, typer.Option(help="A person's handle, as their network writes it (or a pseudonym ~…).", show_default=False)
    ] = "",
    network: Annotated[
        list[str] | None, typer.Option(help="Only on this network (default: on all).", show_default=False)
    ] = None,
    url: Annotated[str, typer.Option(help="The post's address.", show_default=False)] = "",
    id: Annotated[
        list[str] | None, typer.Option("--id", help="The mention's id; repeat it.", show_default=False)
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    config: ConfigOption = None,
) -> None:
    """Erase mentions for good, down to the bytes of the files; they do not come back from a replay.

    By handle, everything that the person wrote goes, and their name in other people's texts. Where
    the configuration has [kafka], what is under way there goes as well.

    Backups made before still hold it: make a new one and delete the old ones.

    Examples:

        corrillo erase --handle @pepa@mastodon.example

        corrillo erase --url https://mastodon.example/@pepa/123

        corrillo erase --id 8f2c51d09a3b7e648f2c51d09a3b7e64 --yes
    """
    if not (handle or url or id):
        raise ConfigError("nothing says what to erase", "give --handle, --url or --id")
    settings = settings_of(config)
    with store_of(settings) as store, _topics(settings) as kafka:
        people = _pseudonyms(settings, store, handle, network) if handle else []
        if not yes:
            typer.confirm(f"Erase for good: {handle or url or ', '.join(id or [])}?", abort=True, err=True)
        unfinished = None
        try:
            erased = store.erase(ids=id or (), url=url, pseudonyms=people)
        except Unfinished as error:  # Kafka has to hear of it all the same
            unfinished, erased = error, error.erased
        told = kafka.erase({*erased.ids, *(id or ())}, url, people) if kafka else 0
    if kafka:
        say(f"{told} mentions told to be gone in Kafka: what is there of them goes within a day")
    say(
        f"{erased.mentions} mentions erased, a name taken out of {erased.named_in} others, {erased.quarantined} items of quarantine dropped"
    )
    if unfinished:
        raise unfinished


@contextmanager
def _topics(settings: Settings) -> Iterator[ByHand | None]:
    """Kafka, where the configuration has it: asked before anything is erased, so that it hears of it."""
    if settings.kafka is None:
        yield None
        return
    with by_hand(settings) as kafka:
        yield kafka


def _pseudonyms(settings: Settings, store: Store, handle: str, networks: list[str] | None) -> list[str]:
    if PSEUDONYM.fullmatch(handle):
        return [handle]
    pseudonyms = Pseudonyms(pseudonym_key(settings, environment()))
    known = networks or [b.values[0] for b in store.terms(Query(), ["network"], limit=1000)] + [
        h.network for h in store.health()
    ]
    names = asyncio.run(_names(settings, handle, set(known)))
    return sorted({pseudonyms(network, name) for network in known for name in (handle, *names.get(network, ()))})


async def _names(settings: Settings, handle: str, networks: set[str]) -> dict[str, list[str]]:
    """By network, the other names of a person: where posts stand under one that is not the handle.

    Raises SourceError where they cannot be had: then give that name itself.
    """
    found: dict[str, list[str]] = {}
    client = open_client(settings)
    try:
        for config in settings.sources:
            if not hasattr(source_kind(str(getattr(config, "kind", ""))), "names_of"):
                continue
            source = open_source(settings, cast(SourceConfig, config), client).source
            if isinstance(source, Names) and source.network in networks:
                found.setdefault(source.network, []).extend(await source.names_of(handle))
            await source.close()
    finally:
        await client.close()
    return found


def purge(
    config: ConfigOption = None,
    days: Annotated[
        int | None, typer.Option(min=0, help="Keep this many days instead of retention_days.", show_default=False)
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask about --days.")] = False,
    daily: Annotated[
        bool, typer.Option("--daily", help="Go on, once a day, until Ctrl-C; probes on port 8403.")
    ] = False,
) -> None:
    """Delete what is older than each institution's retention (listen does it daily). Daily counts stay.

    Examples:

        corrillo purge

        corrillo purge --daily

        corrillo purge --days 90
    """
    settings = settings_of(config)
    if daily and days is not None:
        raise ConfigError("--daily goes by each institution's retention_days", "leave one of --daily and --days out")
    if days is not None and not yes:
        typer.confirm(f"Delete for good what was first seen over {days} days ago?", abort=True, err=True)
    with store_of(settings) as store:
        if daily:
            keep_daily(settings, store, settings.ops.purge_port)
            return
        say(
            f"{store.purge_deliveries(now() - REMEMBERED)} messages to subscribers, over {REMEMBERED.days} days old, deleted"
        )
        for institution in settings.institutions:
            kept = institution.retention_days if days is None else days
            gone = store.purge(institution.id, now() - timedelta(days=kept))
            say(f"{institution.id}: {gone} mentions first seen over {kept} days ago deleted")
        say(f"{store.purge_quarantine(now() - QUARANTINE_KEPT)} items of quarantine deleted")
