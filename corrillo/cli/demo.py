"""``corrillo demo``: the page with a fortnight of an invented town."""

from __future__ import annotations

import asyncio
import json
import os
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from corrillo.bootstrap import House, environment, now, open_house
from corrillo.cli.common import say
from corrillo.cli.demo_replay import relive
from corrillo.cli.listen import only_listener, serve
from corrillo.demo import build
from corrillo.demo.live import servers
from corrillo.errors import ConfigError
from corrillo.ops.serving import bind
from corrillo.sink import StoreSink
from dashboards.page.charts.vega import warm

PORT = 8400


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(demo)


def demo(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page.")] = PORT,
    host: Annotated[str, typer.Option(help="Address of the page.")] = "127.0.0.1",
    live: Annotated[
        str,
        typer.Option(help="An institution that is listened for in the open networks besides. Needs the network."),
    ] = "",
) -> None:
    """Replay a fortnight of an invented town and show its page, until Ctrl-C. Needs no network, but for --live.

    Examples:

        corrillo demo

        corrillo demo --port 8080

        corrillo demo --live "Ayuntamiento de Zaragoza"
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
        begun = now()
        settings = build(folder, begun, live)
        if live:
            say(f"Listening for {live} as well. This connects to: {', '.join(servers(settings.sources))}")
        say("Benialba de la Mar, an invented town: the page fills while a fortnight of it is replayed …")
        house = open_house(settings)
        try:
            asyncio.run(serve(house, bound, lambda sink: _replayed(house, sink, begun)))
        finally:
            house.store.close()
    say("Stopped. The next start replays it again.")


async def _replayed(house: House, sink: StoreSink, begun: datetime) -> None:
    """The fortnight; then what draws the charts is made, so that the first look does not wait for it."""
    await relive(house, sink, begun)
    await asyncio.to_thread(warm)


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
