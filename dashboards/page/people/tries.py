"""Tokens that were wrong: who tries again and again has to wait longer and longer."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

FREE = 5
"""Wrong tokens from one address before anybody has to wait."""
LONGEST_WAIT = timedelta(seconds=60)
FORGOTTEN = timedelta(minutes=15)
"""After which a wrong token is forgotten."""
MOST = 10_000
"""Addresses that are remembered."""


class Tries:
    """Counts wrong tokens by address; from several threads."""

    def __init__(self) -> None:
        self._wrong: dict[str, tuple[int, datetime]] = {}
        self._lock = threading.Lock()

    def wait(self, address: str, now: datetime) -> timedelta:
        """How long that address has to wait before it may try again."""
        with self._lock:
            count, last = self._wrong.get(address, (0, now))
        if count < FREE or now - last > FORGOTTEN:
            return timedelta()
        pause = min(LONGEST_WAIT, timedelta(seconds=2 ** min(count - FREE, 10)))
        return max(timedelta(), last + pause - now)

    def failed(self, address: str, now: datetime) -> int:
        """One more; how many there were lately."""
        with self._lock:
            count, last = self._wrong.pop(address, (0, now))
            count = 1 if now - last > FORGOTTEN else count + 1
            self._wrong[address] = (count, now)
            while len(self._wrong) > MOST:
                del self._wrong[next(iter(self._wrong))]
        return count

    def forget(self, address: str) -> None:
        """The right one was shown."""
        with self._lock:
            self._wrong.pop(address, None)
