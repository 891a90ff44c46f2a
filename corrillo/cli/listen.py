"""``corrillo listen``: sources → store, and the page, in one process."""

from __future__ import annotations

import asyncio
import fcntl
import os
import socket
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from corrillo.bootstrap import House, now, open_client, open_house, open_listening
from corrillo.cli.common import ConfigOption, say, settings_of
from corrillo.cli.entrance import doorway
from corrillo.cli.page import HostOption, PortOption, page_server
from corrillo.cli.progress import Watch
from corrillo.cli.telling import told, who_is_told
from corrillo.detection import Detection
from corrillo.errors import ConfigError, CorrilloError
from corrillo.housekeeping import keep_house, keep_watch
from corrillo.listen import Heard, Listener, Progress
from corrillo.ops.log import set_up
from corrillo.ops.metrics import Metrics
from corrillo.ops.readiness import Look
from corrillo.ops.serving import bind, told_to_end
from corrillo.ports import abilities
from corrillo.sink import StoreSink
from dashboards.page.sources import Listening

Before = Callable[[StoreSink], Coroutine[None, None, None]]


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(listen)


def listen(
    config: ConfigOption = None,
    port: PortOption = None,
    host: HostOption = "",
    page: Annotated[bool, typer.Option("--page/--no-page", help="Serve the page as well.")] = True,
    notify: Annotated[bool, typer.Option("--notify/--no-notify", help="Tell subscribers as well.")] = True,
) -> None:
    """Listen to the configured sources, tell subscribers and serve the page, until Ctrl-C.

    Examples:

        corrillo listen

        corrillo listen --port 8080

        corrillo listen --no-page
    """
    settings = settings_of(config)
    set_up(settings.ops.log)
    bound = bind(host or settings.page.host, settings.page.port if port is None else port) if page else None
    with only_listener(settings.store_path):
        house = open_house(settings)
        try:
            asyncio.run(serve(house, bound, notify=notify))
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


async def serve(house: House, bound: socket.socket | None, before: Before | None = None, notify: bool = False) -> None:
    """Sources, housekeeping and page together, until SIGINT or SIGTERM ends them all in order.

    ``before``: what has to be in the store before it is listened; the page is shown meanwhile. ``notify``:
    tell subscribers, too.
    """
    client = open_client(house.settings)
    try:
        heard = open_listening(house.settings, client)
        if not heard:
            say(
                "No source is configured yet: add a [[source]] to corrillo.toml, or import a file with corrillo replay."
            )
        metrics = Metrics(now)
        with told(house.settings, house.store, metrics, say) if notify else nullcontext() as office:
            if office is not None:
                say(who_is_told(house.store))
            looks = {"office": office.missing} if office is not None else {}
            await _run(house, heard, bound, Probed(metrics, looks), before)
    finally:
        await client.close()


@dataclass(frozen=True)
class Probed:
    """What the process tells of itself: what it counts, and what it needs besides its store."""

    metrics: Metrics
    looks: Mapping[str, Look]


async def _run(
    house: House, heard: Sequence[Heard], bound: socket.socket | None, probed: Probed, before: Before | None = None
) -> None:
    def on_progress(progress: Progress) -> None:
        probed.metrics.heard(progress, published=False)
        watch.update(progress)

    with Watch(house.settings.ops.log) as watch:
        sink = StoreSink(house.store, house.pipeline, Detection(house.settings.institutions))
        listener = Listener(house.pipeline, sink, now, on_progress)
        begun = asyncio.create_task(before(sink)) if before else None
        jobs = [
            _after(begun, lambda: listener.run(heard)),
            _after(
                begun,
                lambda: keep_house(
                    house.store,
                    house.settings.institutions,
                    now,
                    lambda said: watch.update(Progress("retention", "", state=f"failed: {said}")),
                ),
            ),
            _after(
                begun,
                lambda: keep_watch(
                    sink.advance, now, lambda said: watch.update(Progress("detection", "", state=f"failed: {said}"))
                ),
            ),
        ]
        try:
            if bound is not None:
                await _serve_page(house, heard, bound, probed, watch)
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


async def _serve_page(house: House, heard: Sequence[Heard], bound: socket.socket, probed: Probed, watch: Watch) -> None:
    """The page of what is ``heard``, until the process is told to end."""
    way = doorway(house.settings.page, bound)
    watch.headline(f"The page: {way.address}   (Ctrl-C ends)")
    coverage = [Listening(h.source.name, h.source.network, h.label, h.only, abilities(h.source)) for h in heard]
    server = page_server(house.settings, house.store, coverage, bound, probed.metrics, way.entrance, probed.looks)
    with told_to_end(lambda: setattr(server, "should_exit", True)):
        await server.serve(sockets=[bound])


def _after(begun: asyncio.Task[None] | None, job: Callable[[], Coroutine[None, None, None]]) -> asyncio.Task[None]:
    """A task for ``job``, once what has ``begun`` has ended well."""

    async def both() -> None:
        if begun is not None:
            await begun
        await job()

    return asyncio.create_task(both())
