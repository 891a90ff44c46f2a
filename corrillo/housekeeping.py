"""What goes on beside listening: what is too old is deleted every day, and time passes where nobody speaks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from corrillo.errors import CorrilloError
from corrillo.institution import Institution
from corrillo.notices import REMEMBERED
from corrillo.ports import Clock, Keeper

QUARANTINE_KEPT = timedelta(days=7)
WATCH = timedelta(seconds=5)
"""Between two looks at the time."""
EVERY, AGAIN = timedelta(days=1), timedelta(hours=1)
"""Between two rounds; after one that failed."""


async def keep_house(
    store: Keeper,
    institutions: Sequence[Institution],
    clock: Clock,
    failed: Callable[[str], None],
    done: Callable[[], None] = lambda: None,
) -> None:
    """For ever: purge mentions by institution, quarantine after a week, deliveries after ``REMEMBERED``. Each round is told to ``failed`` or ``done``."""
    while True:
        try:
            await asyncio.to_thread(clean, store, institutions, clock)
            done()
            wait = EVERY
        except CorrilloError as error:
            failed(error.message)
            wait = AGAIN
        await asyncio.sleep(wait.total_seconds())


async def keep_watch(advance: Callable[[datetime], None], clock: Clock, failed: Callable[[str], None]) -> None:
    """For ever: let ``advance`` know what time it is, whether or not anything is said. What fails is told to ``failed``."""
    while True:
        await asyncio.sleep(WATCH.total_seconds())
        try:
            await asyncio.to_thread(advance, clock())
        except CorrilloError as error:
            failed(error.message)


def clean(store: Keeper, institutions: Sequence[Institution], clock: Clock) -> None:
    """One round. Whatever fails, the rest is done; then the first failure is raised. Raises StoreError."""
    rounds = [partial(store.purge, i.id, clock() - timedelta(days=i.retention_days)) for i in institutions]
    failed: list[CorrilloError] = []
    told = partial(store.purge_deliveries, clock() - REMEMBERED)
    for part in [told, *rounds, partial(store.purge_quarantine, clock() - QUARANTINE_KEPT)]:
        try:
            part()
        except CorrilloError as error:
            failed.append(error)
    if failed:
        raise failed[0]
