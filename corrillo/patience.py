"""How long whoever asks is ready to wait for a store: said once around the questions, heeded by each of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_UNTIL: ContextVar[float | None] = ContextVar("patience_until", default=None)


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """All questions inside have that long together; a store gives up on what takes longer (StoreError)."""
    token = _UNTIL.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _UNTIL.reset(token)


def left() -> float | None:
    """Seconds that are left, never below 0; None where nobody is in a hurry."""
    until = _UNTIL.get()
    return None if until is None else max(0.0, until - time.monotonic())
