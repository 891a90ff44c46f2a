"""``corrillo doctor``: is everything there that listening needs?"""

from __future__ import annotations

import asyncio
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import typer

from corrillo.bootstrap import environment, open_client, open_source, open_store, store_engine
from corrillo.cli.common import ConfigOption, JsonOption, config_file, report
from corrillo.cli.reachable import telling
from corrillo.cli.servers import ports, servers
from corrillo.errors import CorrilloError
from corrillo.findings import Finding
from corrillo.listen import Heard
from corrillo.registry import Access, SourceConfig, source_kind
from corrillo.settings import PSEUDONYM_KEY, Settings, load, pseudonym_key
from ingest.http import PoliteClient

LITTLE_SPACE = 500_000_000
TRY_SECONDS = 30.0


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(doctor)


def doctor(
    config: ConfigOption = None,
    as_json: JsonOption = False,
    offline: bool = typer.Option(False, "--offline", help="Do not ask the sources."),
) -> None:
    """Check configuration, key, store, servers, ports and sources; say what to do. Exit code 1 if something is wrong.

    Of Kafka: brokers, topics, versions, clock; of Elasticsearch: nodes, templates, rights, versions, clock;
    of Kibana: version, space, dashboards. Of telling people: the mail server and its login, who can be reached,
    whether somebody is at night.

    Examples:

        corrillo doctor

        corrillo doctor --offline --json
    """
    report(list(_findings(config_file(config), offline)), as_json)


def _findings(file: Path, offline: bool) -> Iterator[Finding]:
    yield Finding("Python", sys.version_info >= (3, 11), sys.version.split()[0], "use Python 3.11 or later")
    try:
        settings = load(file)
    except CorrilloError as error:
        yield Finding("configuration", False, error.message, error.remedy)
        return
    names = ", ".join(i.name for i in settings.institutions)
    yield Finding("configuration", True, f"{file}: {names}; {len(settings.sources)} sources")
    yield _tried("key of the pseudonyms", lambda: _key(settings))
    if settings.store.kind == "sqlite":
        yield _tried("store engine", store_engine)
        yield _tried("store", lambda: _store(settings))
        yield _disk(settings)
    yield from servers(settings)
    yield from ports(settings)
    yield from telling(settings, offline)
    if not settings.sources:
        yield Finding(
            "sources", True, "none: fine where files are only imported (corrillo replay); to listen, add a [[source]]"
        )
    elif not offline:
        yield from asyncio.run(_sources(settings))


def _tried(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, look())
    except CorrilloError as error:
        return Finding(what, False, error.message, error.remedy)


def _key(settings: Settings) -> str:
    pseudonym_key(settings, environment())
    if environment().get(PSEUDONYM_KEY):
        return f"from {PSEUDONYM_KEY}"
    file = settings.file.parent / settings.privacy.pseudonym_key_file
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & 0o077:
        raise CorrilloError(f"{file} can be read by others (mode {mode:o})", f"chmod 600 {file}")
    return str(file)


def _store(settings: Settings) -> str:
    existed = settings.store_path.exists()
    open_store(settings).close()
    return f"{settings.store_path}{'' if existed else ' (made just now)'}"


def _disk(settings: Settings) -> Finding:
    folder = settings.store_path.parent
    free = shutil.disk_usage(folder if folder.exists() else Path()).free
    return Finding("disk", free > LITTLE_SPACE, f"{free // 1_000_000} MB free", "free some space")


async def _sources(settings: Settings) -> list[Finding]:
    """Each source opened and asked by itself, so that one that cannot be read hides no other."""
    client = open_client(settings)
    try:
        return [await _asked(settings, cast(SourceConfig, config), client) for config in settings.sources]
    finally:
        await client.close()


async def _asked(settings: Settings, config: SourceConfig, client: PoliteClient) -> Finding:
    try:
        found = await _source(open_source(settings, config, client))
    except CorrilloError as error:
        found = Finding(f"source {config.name}", False, error.message, error.remedy)
    access = getattr(source_kind(config.kind), "access", {}).get("en")
    return replace(found, said=f"{found.said}{_access(access)}") if access and access.needs else found


def _access(access: Access) -> str:
    """What a network with keys takes and gives, under what was found of it."""
    told = {"needs": access.needs, "costs": access.costs, "hears": access.hears, "does not hear": access.misses}
    return "".join(f"\n      {what}: {said}" for what, said in told.items())


async def _source(heard: Heard) -> Finding:
    what = f"source {heard.source.name}"
    batches = heard.source.fetch(None)
    try:
        async with asyncio.timeout(TRY_SECONDS):
            batch = await anext(batches, None)
    except CorrilloError as error:
        return Finding(what, False, error.message, error.remedy)
    except TimeoutError:
        return Finding(what, False, f"gave nothing within {TRY_SECONDS:g} s", "check the address and the network")
    except Exception as error:  # a source of somebody else's may fail in any way
        return Finding(
            what, False, f"{type(error).__name__}: {error}", "this is a fault of the source: report it to its author"
        )
    finally:
        await batches.aclose()  # type: ignore[attr-defined]
        await heard.source.close()
    if batch is not None and batch.metered:
        return Finding(what, True, "is not asked here, since asking costs money: corrillo sources shows how it goes")
    return Finding(what, True, f"answers, {len(batch.items) if batch else 0} posts in its first batch")
