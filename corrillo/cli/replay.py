"""``corrillo replay``: a file of posts through the pipeline into the store."""

from __future__ import annotations

import asyncio
import hashlib
import re
import signal
from typing import Annotated, get_args

import typer
from pydantic import ValidationError

from corrillo.bootstrap import House, now, open_client, open_house, open_source
from corrillo.cli.common import PARTIAL, ConfigOption, JsonOption, print_json, say, settings_of
from corrillo.cli.progress import Watch
from corrillo.errors import ConfigError
from corrillo.listen import Listener, Progress
from corrillo.model import VenueKind
from corrillo.sink import StoreSink
from ingest.archive import ArchiveConfig


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(replay)


def replay(
    file: Annotated[str, typer.Argument(help="JSON Lines or CSV; - for standard input.", show_default=False)],
    columns: Annotated[
        str,
        typer.Option(
            "--map", metavar="OURS=THEIRS,…", help="Columns; two joined by + make one time.", show_default=False
        ),
    ] = "",
    all_relevant: Annotated[
        bool, typer.Option("--all-relevant", help="All of it is about the institution: nothing is matched.")
    ] = False,
    institution: Annotated[
        str,
        typer.Option(help="Which institution (needed with --all-relevant when there are several).", show_default=False),
    ] = "",
    network: Annotated[str, typer.Option(help="Network of rows that name none.")] = "archive",
    venue: Annotated[str, typer.Option(help="Venue of rows that name none.", show_default=False)] = "",
    venue_kind: Annotated[str, typer.Option(help=f"One of {', '.join(get_args(VenueKind))}.")] = "other",
    time_zone: Annotated[
        str, typer.Option(help="Zone of times without one (default: the institution's).", show_default=False)
    ] = "",
    name: Annotated[str, typer.Option(help="Name of the source (default: from the file's).", show_default=False)] = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import a file of posts, or replay one: each is stored once, however often it is replayed.

    Examples:

        corrillo replay comments.csv --all-relevant --map text=text,published=date+time,parent=parentId,author=userId,thread=proposalId

        zcat dump.jsonl.gz | corrillo replay - --network forum --venue "Foro local"
    """
    settings = settings_of(config)
    values = {
        "kind": "archive", "name": name or _name(file), "path": file if file == "-" else _absolute(file), "map": _map(columns),
        "network": network, "venue": venue, "venue_kind": venue_kind, "time_zone": time_zone,
        "institution": institution, "about": "everything" if all_relevant else "matching",
    }  # fmt: skip
    try:
        source = ArchiveConfig.model_validate(values)
    except ValidationError as error:
        problem = error.errors()[0]
        raise ConfigError(
            f"{'.'.join(map(str, problem['loc']))}: {problem['msg'].removeprefix('Value error, ')}", "see --help"
        ) from None
    house = open_house(settings)
    try:
        progress = asyncio.run(_replay(house, source))
    finally:
        house.store.close()
    _report(progress, as_json)
    if progress.rejected:
        raise typer.Exit(PARTIAL)


async def _replay(house: House, config: ArchiveConfig) -> Progress:
    if config.path == "-":  # reading it blocks: a signal has to reach it at once
        signal.signal(signal.SIGINT, signal.default_int_handler)
    client = open_client(house.settings)
    with Watch() as watch:
        listener = Listener(house.pipeline, StoreSink(house.store, house.pipeline), now, watch.update)
        try:
            return await listener.drain(open_source(house.settings, config, client))
        finally:
            listener.close()
            await client.close()


def _report(progress: Progress, as_json: bool) -> None:
    written = progress.written
    counts = {
        "read": progress.seen + progress.rejected, "about_us": progress.kept, "new": written.new, "changed": written.changed,
        "unchanged": written.unchanged, "deleted_before": written.refused, "quarantined": progress.rejected,
    }  # fmt: skip
    if as_json:
        print_json(counts)
        return
    say(", ".join(f"{count} {what.replace('_', ' ')}" for what, count in counts.items()))
    if progress.rejected:
        say("See what could not be read, and why: corrillo quarantine list")
    if not progress.kept and progress.seen:
        say("Nothing was about the institution. If all of the file is, say so with --all-relevant.")


def _map(columns: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in columns.split(",") if pair.strip()]
    for ours, sign, theirs in pairs:
        if not (sign and ours.strip() and theirs.strip()):
            raise ConfigError(f"--map {ours}{sign}{theirs}: is no pair", "write text=body,published=date+time,…")
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}


def _name(file: str) -> str:
    stem = re.sub(r"[^a-z0-9]+", "-", file.rsplit("/", 1)[-1].lower()).strip("-") or "stdin"
    return f"replay-{stem[:32]}-{hashlib.blake2b(file.encode(), digest_size=3).hexdigest()}"


def _absolute(file: str) -> str:
    from pathlib import Path

    return str(Path(file).absolute())
