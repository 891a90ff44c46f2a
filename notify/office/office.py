"""The office: looks what there is to tell, keeps it, hands it over, keeps what became of it; most urgent first.

Nothing is handed over that was not kept as being handed over before. A process that dies in between repeats, with the
same identity, what a channel may have taken already: that is the one window in which somebody is told twice.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from queue import Empty, SimpleQueue
from threading import Event

import msgspec

from corrillo.alerts import Incident, rank
from corrillo.errors import CorrilloError, Fenced, StoreError
from corrillo.institution import Institution
from corrillo.notices import Delivery, Subscriber
from corrillo.ports import Clock, Store
from notify.decide import Decisions, outcome, way_for
from notify.office.hands import Compose, Handed, Hands, Task
from notify.office.latest import Latest
from notify.office.mirror import Mirror
from notify.office.seen import Desk, Known, desk
from notify.office.watch import Watch
from notify.ports import Channels, Outbox

log = logging.getLogger("corrillo.notify")
EVERY = 1.0
"""Seconds between two looks."""
CLAIM_AGAIN = 5.0
GRACE = 15.0
"""Seconds in which what is being handed over may still end when the process is told to."""
TOGETHER = 50
"""Results that are kept in one go at most."""


@dataclass(frozen=True)
class Parts:
    """What the office works with; ``mirrored``: the outbox is not the store."""

    outbox: Outbox
    store: Store
    known: Known
    institutions: Mapping[str, Institution]
    channels: Channels
    compose: Compose
    clock: Clock
    watch: Watch
    mirrored: bool = False
    every: float = EVERY


class Office:
    """Runs in one thread of its own; ``stop`` and ``missing`` may be called from others. ``looked``: when it did so last."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._end = Event()
        self._results: SimpleQueue[Handed | None] = SimpleQueue()
        nudge = partial(self._results.put, None)
        self._incidents = Latest("incidents", parts.known.read, parts.every, nudge)
        self._desk = Latest("subscribers", self._read_desk, parts.every, nudge)
        self._hands = Hands(parts.channels, parts.compose, parts.clock, self._results.put)
        self._mirror = Mirror(parts.store) if parts.mirrored else None
        self._decisions = Decisions()
        self._known: dict[str, str] = {}
        self._in_hand: dict[str, Task] = {}
        self._unkept: list[Delivery] = []
        self._again: dict[str, Delivery] = {}
        self._followed: Set[str] = frozenset()
        self._ended: tuple[Incident, ...] = ()
        self._line: list[Delivery] = []
        self.looked: datetime | None = None
        self._news = False
        self._trouble = "outbox: is not ours yet"

    # ── for others ────────────────────────────────────────────────────────────────────────
    def stop(self) -> None:
        """End soon: what is being handed over is finished."""
        self._end.set()
        self._results.put(None)

    def missing(self) -> str:
        """What keeps people from being told, '' when nothing does."""
        mirror = self._mirror.trouble if self._mirror else ""
        return "; ".join(filter(None, (self._trouble, self._incidents.trouble, self._desk.trouble, mirror)))

    def run(self) -> None:
        """Until ``stop``. Raises Fenced when another office has taken over."""
        if not self._claimed():
            return
        self._incidents.start()
        self._desk.start()
        if self._mirror:
            self._mirror.start()
        try:
            while not self._end.is_set():
                self._turned()
            self._finish()
        finally:
            self._hands.stop()
            self._incidents.stop()
            self._desk.stop()
            if self._mirror:
                self._mirror.stop(GRACE)
            self._parts.outbox.close()

    # ── the rounds ────────────────────────────────────────────────────────────────────────
    def _claimed(self) -> bool:
        """Whether the outbox is ours; it is tried until it is, or until the end."""
        while not self._end.is_set():
            try:
                remembered = self._parts.outbox.claim()
            except CorrilloError as error:
                self._trouble = f"outbox: {error.message}"
                self._end.wait(CLAIM_AGAIN)
                continue
            self._take_over(remembered)
            return True
        return False

    def _take_over(self, remembered: Sequence[Delivery]) -> None:
        self._decisions = Decisions(remembered)
        self._known = {d.id: d.subscriber for d in remembered}
        self._again = {d.id: d for d in self._decisions.interrupted()}
        self._followed = frozenset(self._decisions.followed())
        self._parts.watch.repeated(len(self._again))
        if self._again:
            log.warning("%d messages may have gone out already: they are sent again, as the same", len(self._again))
        if self._mirror:
            self._mirror.put(remembered)
        self._trouble = ""

    def _turned(self) -> None:
        """A turn; a fault of ours in it is said and tried again, and ends nothing."""
        try:
            self._turn()
        except Fenced:
            raise
        except Exception as error:
            log.exception("the office failed, and goes on")
            self._trouble = f"office: {type(error).__name__}"
            self._end.wait(self._parts.every * 5)

    def _turn(self) -> None:
        """Take up what became of what was handed over, look if it is time, hand over what there is a hand for."""
        for handed in self._gathered(self._parts.every):
            self._unkept.append(self._judged(handed))
        if not self._kept(self._unkept):
            return  # nothing more goes out until it is kept what did
        self._unkept = []
        if self._news or self._is_time():
            self._look()
        self._hand_over()

    def _is_time(self) -> bool:
        """Whether it has not looked for a while, or the clock was set back."""
        seconds = abs(self._parts.clock() - self.looked).total_seconds() if self.looked else self._parts.every
        return seconds >= self._parts.every

    def _gathered(self, seconds: float) -> list[Handed]:
        """What has come back, after at most so many seconds."""
        found: list[Handed] = []
        try:
            one = self._results.get(timeout=seconds)
            while True:
                if one is None:
                    self._news = True
                else:
                    found.append(one)
                if len(found) >= TOGETHER:
                    return found
                one = self._results.get_nowait()
        except Empty:
            return found

    def _judged(self, handed: Handed) -> Delivery:
        """What the delivery is after that try; the person is free for the next one."""
        self._in_hand.pop(handed.delivery.id, None)
        now, watch, attempt = self._parts.clock(), self._parts.watch, handed.attempt
        if attempt is None:
            watch.delivered("none", "dropped")
            return msgspec.structs.replace(handed.delivery, state="dropped", why="nothing to say")
        judged = outcome(handed.delivery, attempt, handed.subscriber, now, handed.after)
        watch.delivered(attempt.channel, "sent" if attempt.ok else "refused" if attempt.refused else "again")
        if attempt.ok:
            watch.told_after(max(0.0, (now - max(judged.made, judged.due)).total_seconds()))
        if judged.state == "failed":
            watch.delivered(attempt.channel, "failed")
            log.error("nobody took the message %s: %s", judged.id, judged.why)
        return judged

    def _look(self) -> None:
        """Decide what is told to whom, and bring what is due into its order."""
        now, incidents, people = self._parts.clock(), self._incidents.value, self._desk.value
        self.looked, self._news = now, False
        if incidents is None or people is None:
            return
        self._kept([d for d in people.waiting if d.id not in self._known])
        self._decisions.know(self._parts.institutions, people.subscribers)
        self._decisions.hear((*self._ended, *incidents.values()), people.acts)
        self._kept(self._decisions.decide(now))
        self._forget({s.id for s in people.subscribers})
        due = [*self._again.values(), *self._decisions.ready(now)]
        self._line = sorted(due, key=lambda d: (-rank(d.urgency), d.due, d.made, d.id))
        oldest = min((d.due for d in due), default=now)
        self._parts.watch.waiting(len(due), (now - oldest).total_seconds())

    def _forget(self, there: Set[str]) -> None:
        """What was told to somebody who is gone leaves the outbox as well."""
        gone = [i for i, subscriber in self._known.items() if subscriber not in there]
        if not gone:
            return
        try:
            self._parts.outbox.forget(gone)
        except Fenced:
            raise
        except CorrilloError as error:
            self._trouble = f"outbox: {error.message}"
            return
        self._known = {i: s for i, s in self._known.items() if s in there}
        self._again = {i: d for i, d in self._again.items() if d.subscriber in there}

    def _hand_over(self) -> None:
        """Keep some as being handed over, then hand them over: one a person at a time, so that each hears it in order."""
        tasks = self._picked()
        if tasks and self._kept([t.delivery for t in tasks]):
            for task in tasks:
                self._in_hand[task.delivery.id] = task
                self._again.pop(task.delivery.id, None)
                self._hands.take(task)
            taken = {t.delivery.id for t in tasks}
            self._line = [d for d in self._line if d.id not in taken]

    def _picked(self) -> list[Task]:
        people = {s.id: s for s in self._desk.value.subscribers} if self._desk.value and self._line else {}
        busy = {t.subscriber.id for t in self._in_hand.values()}
        room = self._hands.room()
        tasks = []
        for delivery in self._line:
            who = people.get(delivery.subscriber)
            task = None if who is None or who.id in busy else _task(delivery, who)
            if task is None or not room[(kind := task.subscriber.ways[task.way].kind)]:
                continue
            room[kind] -= 1
            busy.add(task.subscriber.id)
            tasks.append(task)
            if not any(room.values()):
                break
        return tasks

    def _kept(self, deliveries: Sequence[Delivery]) -> bool:
        """Whether they are in the outbox now. Raises Fenced."""
        if not deliveries:
            return True
        try:
            self._parts.outbox.keep(deliveries)
        except Fenced:
            raise
        except CorrilloError as error:
            self._trouble = f"outbox: {error.message}"
            return False
        self._trouble = ""
        self._decisions.kept(deliveries)
        self._known = self._known | {d.id: d.subscriber for d in deliveries}  # another thread may be reading it
        if self._mirror:
            self._mirror.put(deliveries)
        return True

    def _finish(self) -> None:
        """What is being handed over ends, within ``GRACE``; what was not begun waits again."""
        begun = self._hands.stop()
        waiting = [t.delivery for i, t in self._in_hand.items() if i not in begun]
        self._in_hand = {i: t for i, t in self._in_hand.items() if i in begun}
        until = self._parts.clock().timestamp() + GRACE
        while self._in_hand and self._parts.clock().timestamp() < until:
            self._unkept += [self._judged(h) for h in self._gathered(0.2)]
        self._kept([*self._unkept, *(msgspec.structs.replace(d, state="waiting") for d in waiting)])

    def _read_desk(self) -> Desk:
        """What stands in the store. Raises StoreError where everybody is gone at once: nobody does that on purpose."""
        incidents = self._incidents.value
        found = desk(self._parts.store, incidents or {}, () if incidents is None else self._followed)
        told = len(set(self._known.values()))
        if told > 1 and not found.subscribers:
            raise StoreError(
                f"all {told} subscribers that were told something are gone at once; those who were known last are told",
                "restore them (corrillo restore); who shall really go: corrillo subscribe remove, one by one",
            )
        if incidents is not None:  # asked once: what the store does not have any more will not come
            self._ended, self._followed = (*self._ended, *found.ended), frozenset()
        return found


def _task(delivery: Delivery, who: Subscriber) -> Task | None:
    way = way_for(delivery, who)
    return None if way is None else Task(msgspec.structs.replace(delivery, state="sending"), who, way)
