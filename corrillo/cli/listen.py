"""``corrillo listen``: sources → store, and the page, in one process."""

from __future__ import annotations

import asyncio
import fcntl
import ipaddress
import os
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
import uvicorn

from corrillo.bootstrap import House, now, open_client, open_house, open_sources
from corrillo.cli.common import ConfigOption, say, settings_of
from corrillo.cli.progress import Watch
from corrillo.errors import ConfigError, CorrilloError
from corrillo.housekeeping import keep_house
from corrillo.listen import Heard, Listener, Progress
from corrillo.sink import StoreSink
from dashboards.page.app import create_app
from dashboards.page.sources import Listening
from ingest.http import PoliteClient

PortOption = Annotated[
    int | None, typer.Option(min=0, max=65535, help="Port of the page (default: 8400; 0: any).", show_default=False)
]


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(listen)


def listen(
    config: ConfigOption = None,
    port: PortOption = None,
    host: Annotated[
        str,
        typer.Option(
            help="Address of the page; loopback unless told otherwise: the page has no login.", show_default=False
        ),
    ] = "",
    page: Annotated[bool, typer.Option("--page/--no-page", help="Serve the page as well.")] = True,
) -> None:
    """Listen to the configured sources and serve the page, until Ctrl-C.

    Examples:

        corrillo listen

        corrillo listen --port 8080

        corrillo listen --no-page
    """
    settings = settings_of(config)
    bound = bind(host or settings.page.host, settings.page.port if port is None else port) if page else None
    with only_listener(settings.store_path):
        house = open_house(settings)
        try:
            asyncio.run(serve(house, bound))
        finally:
            house.store.close()
    say("Stopped. Each source resumes where it was.")


@contextmanager
def only_listener(store: Path) -> Iterator[None]:
    """At most one process listens into a store. Raises ConfigError naming the other one."""
    store.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{store}.listening", "a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            other = lock.read().strip() or "another process"
            raise ConfigError(
                f"{store}: process {other} listens into it already", "stop that one, or use another store.path"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def bind(host: str, port: int) -> socket.socket:
    """A socket for the page. Raises ConfigError when the port is taken or not allowed."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(128)
    except OSError as error:
        bound.close()
        raise ConfigError(
            f"{host}:{port}: {error.strerror}", "choose another port with --port (make demo PORT=…)"
        ) from None
    return bound


async def serve(house: House, bound: socket.socket | None) -> None:
    """Sources, housekeeping and page together, until SIGINT or SIGTERM ends them all in order."""
    client = open_client(house.settings)
    try:
        heard = open_sources(house.settings, client)
        if not heard:
            say(
                "No source is configured yet: add a [[source]] to corrillo.toml, or import a file with corrillo replay."
            )
        await _run(house, heard, bound)
    finally:
        await client.close()


async def _run(house: House, heard: Sequence[Heard], bound: socket.socket | None) -> None:
    with Watch() as watch:
        listener = Listener(house.pipeline, StoreSink(house.store, house.pipeline), now, watch.update)
        jobs = [
            asyncio.create_task(listener.run(heard)),
            asyncio.create_task(
                keep_house(
                    house.store,
                    house.settings.institutions,
                    now,
                    lambda said: watch.update(Progress("retention", "", state=f"failed: {said}")),
                )
            ),
        ]
        try:
            if bound is not None:
                watch.headline(f"The page: {address(bound)}   (Ctrl-C ends)")
                server = page_server(house, heard, _names(house, bound))
                with told_to_end(lambda: setattr(server, "should_exit", True)):
                    await server.serve(sockets=[bound])
            elif heard:
                with told_to_end(jobs[0].cancel):
                    await asyncio.wait(jobs[:1])
        finally:
            for job in jobs:
                job.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*jobs, return_exceptions=True)
            listener.close()
            for one in heard:
                await one.source.close()
    for job in jobs:
        if not job.cancelled() and isinstance(job.exception(), CorrilloError):
            say(f"corrillo: {job.exception()}")


@contextmanager
def told_to_end(end: Callable[[], object]) -> Iterator[None]:
    """SIGINT and SIGTERM call ``end``, so that what is open is closed before the process leaves."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


class PageServer(uvicorn.Server):
    """Leaves signals alone: uvicorn would raise SIGTERM again when it has stopped, and nothing would be closed."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def page_server(house: House, heard: Sequence[Heard], hosts: Sequence[str]) -> uvicorn.Server:
    """The page's server for those host names, quiet and quick to stop."""
    coverage = [Listening(h.source.name, h.source.network, h.label) for h in heard]
    application = create_app(house.store, house.settings.institutions, now, coverage=coverage, hosts=hosts)
    return PageServer(
        uvicorn.Config(
            application, log_level="warning", access_log=False, timeout_graceful_shutdown=3, server_header=False
        )
    )


def _names(house: House, bound: socket.socket) -> Sequence[str]:
    """On loopback only its own names, and the one under which a proxy shows the page."""
    host = str(bound.getsockname()[0])
    if not ipaddress.ip_address(host).is_loopback:
        return ["*"]
    public = urlsplit(house.settings.page.public_url).hostname
    return ["localhost", "127.0.0.1", "[::1]", host, *([public] if public else [])]


def address(bound: socket.socket) -> str:
    """The page's address as people type it."""
    host, port = bound.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


__all__ = ["PoliteClient", "address", "bind", "only_listener", "page_server", "serve"]
