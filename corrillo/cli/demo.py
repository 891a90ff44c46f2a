"""``corrillo demo``: the page with a fortnight of an invented town."""

from __future__ import annotations

import asyncio
import json
import os
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from corrillo.bootstrap import House, environment, now, open_client, open_house, open_sources
from corrillo.cli.common import say
from corrillo.cli.listen import only_listener, serve
from corrillo.demo import build
from corrillo.detection import Detection
from corrillo.errors import ConfigError
from corrillo.model import Batch, Post
from corrillo.ops.serving import bind
from corrillo.ports import Written
from corrillo.sink import StoreSink

PORT = 8400


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(demo)


def demo(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page.")] = PORT,
    host: Annotated[str, typer.Option(help="Address of the page.")] = "127.0.0.1",
) -> None:
    """Replay a fortnight of an invented town and show its page, until Ctrl-C. Needs no network.

    Examples:

        corrillo demo

        corrillo demo --port 8080
    """
    try:
        bound = bind(host, port)
    except ConfigError as taken:
        if _is_demo(host, port):
            say(f"The demonstration runs already: http://{host}:{port}/")
            return
        raise ConfigError(
            taken.message, f"choose another port: make demo PORT={port + 1}, or corrillo demo --port {port + 1}"
        ) from None
    folder = _folder() / f"demo-{bound.getsockname()[1]}"
    with only_listener(folder / "demo.db"):
        say("Benialba de la Mar, an invented town: replaying a fortnight of what was said there …")
        house = open_house(build(folder, now()))
        try:
            asyncio.run(relive(house))
            asyncio.run(serve(house, bound))
        finally:
            house.store.close()
    say("Stopped. The next start replays it again.")


async def relive(house: House) -> None:
    """Hear all that the sources hold in the order in which it was said, each post at its own moment.

    So the town is watched as it would have been. Afterwards each source has been read to its end.
    """
    sink = StoreSink(house.store, house.pipeline, Detection(house.settings.institutions))
    client = open_client(house.settings)
    try:
        heard = open_sources(house.settings, client)
        batches = [(one, batch) for one in heard async for batch in one.source.fetch(None)]
    finally:
        await client.close()
    said = [(item, batch, one.source) for one, batch in batches for item in batch.items if isinstance(item, Post)]
    written = Written()
    for post, batch, source in sorted(said, key=lambda s: s[0].published):
        alone = Batch(cursor=batch.cursor, items=(post,))
        outcome = house.pipeline.hear(alone, source.network, post.published)
        written += sink.take(alone, replace(outcome, news=replace(outcome.news, every=source.interval)))
        await asyncio.sleep(0)  # so that Ctrl-C is heard
    sink.advance(now())
    say(f"{len(said)} posts of {len(heard)} sources, {written.new} of them about the town.")


def _folder() -> Path:
    base = environment().get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(base) / "corrillo"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{folder}: {error.strerror}", "set XDG_CACHE_HOME to a folder that can be written") from None
    if not os.access(folder, os.W_OK):
        raise ConfigError(f"{folder}: cannot be written", "set XDG_CACHE_HOME to a folder that can be written")
    return folder


def _is_demo(host: str, port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{host}:{port}/healthz", timeout=2) as answer:
            return bool(json.load(answer).get("status") == "ok")
    except (OSError, ValueError, AttributeError):
        return False
