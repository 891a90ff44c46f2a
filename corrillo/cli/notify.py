"""``corrillo notify``: incidents → people, as a process of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from threading import Thread
from typing import Annotated

import typer

from corrillo.bootstrap import now, open_channels
from corrillo.cli.common import ConfigOption, say, settings_of, store_of
from corrillo.cli.telling import call_the_roll, kept, office, who_is_told
from corrillo.errors import CorrilloError, StoreError
from corrillo.ops.log import set_up
from corrillo.ops.metrics import Metrics
from corrillo.ops.server import ops_server
from corrillo.ops.serving import told_to_end
from corrillo.ports import Store
from corrillo.settings import Settings
from notify.office.office import GRACE, Office

log = logging.getLogger("corrillo.notify")
ROLL_AGAIN = 10.0
"""Seconds between two tries while the store is away when it begins."""


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(notify)


def notify(
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, help="Port of /healthz, /readyz and /metrics (default: 8404; 0: any).", show_default=False
        ),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Tell subscribers of incidents, and send their digests, until Ctrl-C. At scale; ``corrillo listen`` does it itself.

    One at a time does it: a second one takes over, and the first one ends. While Elasticsearch is away, people
    are told by what was known of them last.

    Examples:

        corrillo notify

        corrillo notify --port 0
    """
    settings = settings_of(config)
    set_up(settings.ops.log)
    with store_of(settings) as store:
        asyncio.run(_notify(settings, store, settings.ops.notify_port if port is None else port))
    say("Stopped. What was not told yet is told after the next start.")


async def _notify(settings: Settings, store: Store, port: int) -> None:
    metrics, end, trouble, failed = Metrics(now), asyncio.Event(), _Trouble(), list[CorrilloError]()
    channels, place = open_channels(settings), kept(settings, store, trouble)
    inner, loop = office(settings, store, channels, metrics, place), asyncio.get_running_loop()
    thread = Thread(target=_run, args=(inner, failed, lambda: loop.call_soon_threadsafe(end.set)), name="office")
    looks = {"outbox": lambda: trouble.said, "office": inner.missing}
    async with ops_server(settings.ops.host, port, looks, metrics) as address:
        log.info("The office begins; how it goes: %sreadyz", address)
        with told_to_end(end.set):
            roll = asyncio.create_task(_roll(settings, store))
            thread.start()
            await end.wait()
            roll.cancel()
        inner.stop()
        await asyncio.to_thread(thread.join, GRACE + 2)
        place.give_up()
        await asyncio.to_thread(thread.join)
    channels.close()
    if failed:
        raise failed[0]


class _Trouble:
    """What Kafka is waited for, '' when it is not."""

    said = ""

    def __call__(self, source: str, said: str) -> None:
        self.said = said
        log.warning("%s", said or "Kafka takes records again")


def _run(inner: Office, failed: list[CorrilloError], ended: Callable[[], object]) -> None:
    try:
        inner.run()
    except CorrilloError as error:
        failed.append(error)
    finally:
        ended()


async def _roll(settings: Settings, store: Store) -> None:
    """Bring the subscribers of the file into the store, as soon as it answers."""
    while True:
        try:
            await asyncio.to_thread(call_the_roll, settings, store)
            log.info("%s", await asyncio.to_thread(who_is_told, store))
            return
        except StoreError as error:
            log.warning("the subscribers of the configuration wait: %s", error.message)
            await asyncio.sleep(ROLL_AGAIN)
