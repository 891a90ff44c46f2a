"""Where the outbox is not the store: what became of each delivery is written there as well, for people to look at."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event, Lock, Thread

from corrillo.errors import CorrilloError
from corrillo.notices import Delivery
from corrillo.ports import Subscriptions

AGAIN = 2.0
"""Seconds between two tries while the store is away; nobody's message waits for it."""
AT_ONCE = 500


class Mirror:
    """Writes in a thread of its own what it is given, the newest state of each; ``trouble`` says why it cannot."""

    def __init__(self, store: Subscriptions) -> None:
        self.trouble = ""
        self._store = store
        self._waiting: dict[str, Delivery] = {}
        self._lock, self._some, self._end = Lock(), Event(), Event()
        self._thread = Thread(target=self._run, name="mirror", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def put(self, deliveries: Sequence[Delivery]) -> None:
        """Write these soon."""
        with self._lock:
            self._waiting |= {d.id: d for d in deliveries}
        if deliveries:
            self._some.set()

    def stop(self, seconds: float) -> None:
        """Write what is left, and end; what is not written within that time is written after the next start."""
        self._end.set()
        self._some.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        while self._some.wait() and not (self._end.is_set() and (not self._waiting or self.trouble)):
            with self._lock:
                some = dict(list(self._waiting.items())[:AT_ONCE])
                self._waiting = {i: d for i, d in self._waiting.items() if i not in some}
                if not self._waiting and not self._end.is_set():
                    self._some.clear()
            self._write(some)

    def _write(self, some: dict[str, Delivery]) -> None:
        try:
            self._store.deliver(list(some.values()))
            self.trouble = ""
        except CorrilloError as error:
            self.trouble = f"the store has not been told of all deliveries: {error.message}"
            with self._lock:
                self._waiting = some | self._waiting
            self._some.set()
            self._end.wait(AGAIN)
