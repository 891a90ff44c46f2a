"""Retention once a day, for installations whose page and workers are other processes."""

from __future__ import annotations

import asyncio
import logging

from corrillo.bootstrap import now
from corrillo.housekeeping import keep_house
from corrillo.ops.log import set_up
from corrillo.ops.metrics import Metrics
from corrillo.ops.server import ops_server
from corrillo.ops.serving import told_to_end
from corrillo.ports import Store
from corrillo.settings import Settings

log = logging.getLogger("corrillo.retention")


def keep_daily(settings: Settings, store: Store, port: int) -> None:
    """Delete what is too old, at once and every day, until SIGTERM or SIGINT. Trouble is logged, told, tried again."""
    set_up(settings.ops.log)
    asyncio.run(_keep(settings, store, port))


async def _keep(settings: Settings, store: Store, port: int) -> None:
    metrics, trouble = Metrics(now), [""]

    def failed(said: str) -> None:
        trouble[0] = said
        metrics.error("retention", "StoreError")
        log.warning("retention failed, it is tried again in an hour: %s", said)

    def done() -> None:
        trouble[0] = ""
        metrics.processed("retention")
        log.info("retention is done for today")

    async with ops_server(settings.ops.host, port, {"retention": lambda: trouble[0]}, metrics):
        job = asyncio.create_task(keep_house(store, settings.institutions, now, failed, done))
        with told_to_end(job.cancel):
            await asyncio.wait([job])
    if not job.cancelled():
        job.result()
