"""``corrillo page``: the page alone, where listening and storing are the work of other processes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated
from urllib.parse import urlsplit

import typer
import uvicorn

from corrillo.bootstrap import known_links, now
from corrillo.cli.common import ConfigOption, say, settings_of, store_of
from corrillo.cli.coverage import coverage as coverage_of
from corrillo.cli.entrance import doorway
from corrillo.ops.log import set_up
from corrillo.ops.metrics import Metrics
from corrillo.ops.readiness import Look
from corrillo.ops.serving import bind, names, server, told_to_end
from corrillo.ports import Store
from corrillo.settings import Settings
from dashboards.page.app import create_app
from dashboards.page.people.door import Entrance
from dashboards.page.sources import Listening
from dashboards.page.statement import Responsible

PortOption = Annotated[
    int | None, typer.Option(min=0, max=65535, help="Port of the page (default: 8400; 0: any).", show_default=False)
]
HostOption = Annotated[
    str,
    typer.Option(
        help="Address of the page; loopback unless told otherwise. Elsewhere it asks who you are.", show_default=False
    ),
]


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(page)


def page(config: ConfigOption = None, port: PortOption = None, host: HostOption = "") -> None:
    """Serve the page of the configured store and listen to nothing, until Ctrl-C.

    Needs no source's token, and the key of the pseudonyms only for links in messages to work (or
    ``notify.links_key_file``, which both it and ``corrillo notify`` read). ``corrillo listen`` has the page in it.

    Examples:

        corrillo page

        corrillo page --host 0.0.0.0 --port 8400
    """
    settings = settings_of(config)
    set_up(settings.ops.log)
    bound = bind(host or settings.page.host, settings.page.port if port is None else port)
    with store_of(settings) as store:
        way = doorway(settings.page, bound)
        say(f"The page: {way.address}   (Ctrl-C ends)")
        inner = page_server(settings, store, coverage_of(settings), bound, Metrics(now), way.entrance)
        asyncio.run(_serve(inner, bound))


async def _serve(inner: uvicorn.Server, bound: socket.socket) -> None:
    with told_to_end(lambda: setattr(inner, "should_exit", True)):
        await inner.serve(sockets=[bound])


def page_server(
    settings: Settings,
    store: Store,
    coverage: Sequence[Listening],
    bound: socket.socket,
    metrics: Metrics,
    entrance: Entrance,
    looks: Mapping[str, Look] = MappingProxyType({}),
) -> uvicorn.Server:
    """The page's server with its probes and ``metrics``, for the names under which it may be asked for.

    ``looks``: what else the process needs to be ready.
    """
    hosts = names(bound, settings.page.hosts, urlsplit(settings.page.public_url).hostname or "")
    return server(
        create_app(
            store,
            settings.institutions,
            now,
            coverage=coverage,
            hosts=hosts,
            metrics=metrics,
            public=settings.page.public_url,
            entrance=entrance,
            file=settings.file,
            links=known_links(settings),
            looks=looks,
            responsible=Responsible(settings.page.accessibility_contact, settings.page.accessibility_reviewed),
        )
    )
