"""Handing messages over: a few at a time for each kind of channel, so that one that hangs holds no other back."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock

from corrillo.errors import CorrilloError
from corrillo.notices import Attempt, Delivery, Subscriber, WayKind
from corrillo.ports import Clock
from notify.ports import Channels, Message, NotNow, Refused

log = logging.getLogger("corrillo.notify")
AT_ONCE: Mapping[WayKind, int] = {"email": 6, "webhook": 6, "apprise": 4}
"""Messages that are being handed over at the same time, for each kind of channel."""
LONGEST = 200
"""Characters of an answer that are kept."""
TAKEN = 3
"""For each of those, so many are taken in hand: what comes later and is more urgent waits for no more."""


@dataclass(frozen=True)
class Handed:
    """What became of one try. ``attempt`` is None where there was nothing to say; ``after``: not before, the channel said."""

    delivery: Delivery
    subscriber: Subscriber
    attempt: Attempt | None
    after: timedelta | None = None


@dataclass(frozen=True)
class Task:
    """A delivery that is kept as being handed over, and by which way."""

    delivery: Delivery
    subscriber: Subscriber
    way: int


Compose = Callable[[Delivery, Subscriber], Message | None]


class Hands:
    """Workers that write a message and hand it over; ``done`` is called in their threads."""

    def __init__(self, channels: Channels, compose: Compose, clock: Clock, done: Callable[[Handed], None]) -> None:
        self._channels, self._compose, self._clock, self._done = channels, compose, clock, done
        self._pools = {kind: ThreadPoolExecutor(n, thread_name_prefix=kind) for kind, n in AT_ONCE.items()}
        self._holding: Counter[WayKind] = Counter()
        self._begun: set[str] = set()
        self._ended = False
        self._lock = Lock()

    def room(self) -> dict[WayKind, int]:
        """How many more of each kind may be taken."""
        with self._lock:
            return {kind: max(0, n * TAKEN - self._holding[kind]) for kind, n in AT_ONCE.items()}

    def take(self, task: Task) -> None:
        """Hand it over as soon as there is a worker."""
        kind = task.subscriber.ways[task.way].kind
        with self._lock:
            self._holding[kind] += 1
        self._pools[kind].submit(self._work, task, kind)

    def stop(self) -> Set[str]:
        """Begin nothing more; the ids of what is being handed over: it is finished, and ``done`` is told."""
        with self._lock:
            self._ended = True
            begun = frozenset(self._begun)
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)
        return begun

    def _work(self, task: Task, kind: WayKind) -> None:
        with self._lock:
            if self._ended:
                return
            self._begun.add(task.delivery.id)
        try:
            handed = self._handed(task)
        except BaseException as error:
            log.exception("a message could not be handed over")
            attempt = self._attempt(task, task.subscriber.ways[task.way].kind, False, type(error).__name__)
            handed = Handed(task.delivery, task.subscriber, attempt)
        with self._lock:
            self._holding[kind] -= 1
        self._done(handed)
        with self._lock:
            self._begun.discard(task.delivery.id)  # only now: whoever stops finds it here, or among what is done

    def _handed(self, task: Task) -> Handed:
        way, name = task.subscriber.ways[task.way], str(task.subscriber.ways[task.way].kind)
        try:
            message = self._compose(task.delivery, task.subscriber)
            if message is None:
                return Handed(task.delivery, task.subscriber, None)
            channel = self._channels.of(way)
            name = channel.name
            said = channel.send(message, way, task.subscriber.id)
        except CorrilloError as error:
            failed = self._attempt(task, name, False, error.message, isinstance(error, Refused))
            return Handed(task.delivery, task.subscriber, failed, error.after if isinstance(error, NotNow) else None)
        return Handed(task.delivery, task.subscriber, self._attempt(task, name, True, said))

    def _attempt(self, task: Task, channel: str, ok: bool, said: str, refused: bool = False) -> Attempt:
        return Attempt(at=self._clock(), way=task.way, channel=channel, ok=ok, said=said[:LONGEST], refused=refused)
