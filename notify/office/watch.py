"""Whom the office tells how it is doing: counts and times, never an address."""

from __future__ import annotations

from typing import Literal, Protocol

Result = Literal["sent", "again", "refused", "failed", "dropped"]
"""A channel took it; it is tried again; a way will never take it; nobody took it; there was no need for it."""


class Watch(Protocol):
    """``corrillo.ops.metrics.Metrics`` is one. May be called from any thread."""

    def delivered(self, channel: str, result: Result) -> None: ...
    def told_after(self, seconds: float) -> None:
        """Somebody was told, so long after it was known and due."""
        ...

    def repeated(self, count: int) -> None:
        """So many may be told twice: the process before this one ended while they were being handed over."""
        ...

    def waiting(self, count: int, oldest: float) -> None:
        """So many are due and not told yet; the oldest has waited for so many seconds."""
        ...
