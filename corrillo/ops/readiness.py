"""What a process needs before it can do its work, asked when somebody wants to know."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Thread

from corrillo.errors import CorrilloError

Look = Callable[[], str]
"""Says what is missing, '' when nothing is; may block, and may raise CorrilloError instead."""
PATIENCE = 3.0
"""Seconds for one look; what does not answer within them counts as missing."""


class Readiness:
    """The looks of one process, by name. However often it is asked, each look runs once at a time."""

    def __init__(self, looks: Mapping[str, Look], patience: float = PATIENCE) -> None:
        self._looks = looks
        self._patience = patience
        self._running: dict[str, asyncio.Future[str]] = {}

    async def missing(self) -> list[str]:
        """What is missing, as ``name: what is said of it``; empty when the process is ready."""
        said = await asyncio.gather(*(self._look(name) for name in self._looks))
        return [f"{name}: {what}" for name, what in zip(self._looks, said, strict=True) if what]

    async def _look(self, name: str) -> str:
        running = self._running.get(name)
        if running is None or running.done():
            running = self._running[name] = _started(self._looks[name])
        try:
            return await asyncio.wait_for(asyncio.shield(running), self._patience)
        except TimeoutError:
            return f"did not answer within {self._patience:g} s"


def _started(look: Look) -> asyncio.Future[str]:
    """The look in a thread for which the process does not wait when it ends: a server may hang for long."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[str] = loop.create_future()

    def run() -> None:
        said = _looked(look)
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(answer.set_result, said)

    Thread(target=run, daemon=True, name="look").start()
    return answer


def _looked(look: Look) -> str:
    try:
        return look()
    except CorrilloError as error:
        return error.message
    except Exception as error:  # whatever it is, the process is not ready; what it says may hold anything
        return type(error).__name__
