"""``corrillo replay``: a file of posts through the pipeline into the store, or out to Kafka."""

from __future__ import annotations

import asyncio
import hashlib
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, get_args

import typer
from pydantic import ValidationError

from corrillo.bootstrap import now, open_client, open_kafka_sink, open_pipeline, open_source, open_store
from corrillo.cli.common import (
    PARTIAL,
    ConfigOption,
    DirectOption,
    JsonOption,
    print_json,
    say,
    say_trouble,
    settings_of,
)
from corrillo.cli.progress import Watch
from corrillo.cli.sieve import Sieve
from corrillo.detection import Detection
from corrillo.errors import ConfigError
from corrillo.listen import Listener, Progress
from corrillo.model import VenueKind
from corrillo.pipeline import Pipeline
from corrillo.settings import Settings
from corrillo.sink import Sink, StoreSink
from ingest.archive import ArchiveConfig
from ingest.network_names import meant


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
    whole_threads: Annotated[
        bool,
        typer.Option(
            "--whole-threads",
            help="All answers are in the file, too: those in a conversation about the institution belong to it,"
            " and a question that has none there waits. Otherwise that is not known.",
        ),
    ] = False,
    show_left_out: Annotated[
        bool, typer.Option("--show-left-out", help="Print what is not about the institution, and why.")
    ] = False,
    direct: DirectOption = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import a file of posts, or replay one: each is stored once, however often it is replayed.

    Where the configuration has [kafka] they are published there, and the workers store them.

    Columns (only text and published are needed; others of the file are left out):

    - text, title, url, language (es, ca …)
    - published, revised: 2026-11-21T10:30:00+01:00, 21/11/2026 10:30, or only a day
    - id, parent (the id that it answers), thread (the id that a conversation began with)
    - author, author_name, author_kind, parent_author: stored as pseudonyms
    - network (press, forum, x …), venue (its name), venue_kind
    - likes, shares, repeats, quotes

    A file in which nothing has to be mapped:

        published,network,venue,author,text

        2026-11-20 09:15,forum,Foro local,ana,"Benialba: la fuente de la plaza lleva dos semanas seca"

        2026-11-20 11:40,prensa,Diari de Benialba,,"El Ayuntamiento de Benialba abre el plazo de ayudas"

    Examples:

        corrillo replay comments.csv --all-relevant --map text=text,published=date+time,parent=parentId,author=userId,thread=proposalId

        corrillo replay forum.csv --network forum --venue "Foro local" --whole-threads

        zcat dump.jsonl.gz | corrillo replay - --network forum --venue "Foro local"
    """
    settings = settings_of(config)
    values = {
        "kind": "archive", "name": name or _name(file), "path": file if file == "-" else _absolute(file), "map": _map(columns),
        "network": network, "venue": venue, "venue_kind": venue_kind, "time_zone": time_zone,
        "institution": institution, "about": "everything" if all_relevant else "matching",
        "threads": "whole" if whole_threads else "unknown",
    }  # fmt: skip
    try:
        source = ArchiveConfig.model_validate(values)
    except ValidationError as error:
        problem = error.errors()[0]
        raise ConfigError(
            f"{'.'.join(map(str, problem['loc']))}: {problem['msg'].removeprefix('Value error, ')}", "see --help"
        ) from None
    if like := meant(source.network):
        say(f"The network {source.network!r} is new: it is shown as one of its own. Did you mean {like}?")
    pipeline, published = open_pipeline(settings), settings.kafka is not None and not direct
    sieve = Sieve(pipeline)
    with _to_kafka(settings) if published else _to_store(settings, pipeline) as sink:
        progress = asyncio.run(_replay(settings, pipeline, sink, source, sieve))
    _report(progress, sieve.left_out, published, as_json)
    if not as_json:
        for line in sieve.lines(show=show_left_out, whole=whole_threads):
            say(line)
    if progress.rejected:
        raise typer.Exit(PARTIAL)


@contextmanager
def _to_store(settings: Settings, pipeline: Pipeline) -> Iterator[Sink]:
    store = open_store(settings)
    try:
        yield StoreSink(store, pipeline, Detection(settings.institutions))
    finally:
        store.close()


@contextmanager
def _to_kafka(settings: Settings) -> Iterator[Sink]:
    sink = open_kafka_sink(settings, say_trouble)
    try:
        sink.start()
        yield sink
    finally:
        sink.close()


async def _replay(settings: Settings, pipeline: Pipeline, sink: Sink, config: ArchiveConfig, sieve: Sieve) -> Progress:
    if config.path == "-":  # reading it blocks: a signal has to reach it at once
        signal.signal(signal.SIGINT, signal.default_int_handler)
    client = open_client(settings)
    with Watch() as watch:
        listener = Listener(pipeline, sink, now, watch.update)
        try:
            return await listener.drain(sieve.over(open_source(settings, config, client)))
        finally:
            sink.stop()
            listener.close()
            await client.close()


def _report(progress: Progress, left_out: int, published: bool, as_json: bool) -> None:
    written = progress.written
    became = {"published": written.new} if published else {
        "new": written.new, "changed": written.changed, "unchanged": written.unchanged, "deleted_before": written.refused,
    }  # fmt: skip
    read = progress.seen + progress.rejected
    counts = {
        "read": read, "about_us": progress.kept, "left_out": left_out, **became, "quarantined": progress.rejected
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
