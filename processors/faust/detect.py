"""Detection on the stream: mentions in their order, time where nobody speaks; incidents, hours and attention out.

Whoever is killed between telling and remembering tells the same again, under the same names: what is
told follows from what was remembered, the mentions since, and slots of time; never from batches.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol

from corrillo.alerts import Incident, Told
from corrillo.attention import Attention
from corrillo.errors import StoreError
from corrillo.health import Hearing, hearing
from corrillo.messages import encode, headers
from corrillo.model import TaggedEvent
from corrillo.ports import Clock, SourceHealth
from processors.detect.watching import Record, Watching
from processors.faust.holding import Holding, held
from processors.faust.publisher import Outgoing, Publisher
from processors.faust.step import Read, Step
from processors.faust.steps import Stateful

log = logging.getLogger("corrillo.work")
EVERY = 1.0
"""Seconds between two rounds in which is heard what need not wait any more."""
ASK_EVERY = timedelta(seconds=5)
"""Between two rounds in which time goes on."""
BEHIND = timedelta(minutes=1)
"""Where mentions are behind by more, time goes on by what they say alone."""
AT_ONCE = 500
"""Mentions that are heard before others have their turn."""
HELD = held("detect")


class Detect:
    """The institutions of each partition under watch; what is told of them goes to the topic of its type, in this order."""

    def __init__(
        self,
        states: Stateful[Watching, Record],
        publisher: Publisher,
        topics: Mapping[type[Told], str],
        clock: Clock,
    ) -> None:
        self.states, self._publisher, self._topics, self._clock = states, publisher, topics, clock
        self.holding = Holding()

    async def __call__(self, batch: Sequence[Read[TaggedEvent]]) -> None:
        """Let them wait; until they are heard they are not done."""
        now = self._clock().timestamp()
        for read in batch:
            if read.message:
                read.message.left.add(HELD)
            self.holding.hold(read, now)

    async def release(self, partition: int, through: float) -> bool:
        """Hear, tell, then remember, what need not wait; whether there is more of it. See ``Holding.ready``."""
        reads = self.holding.ready(partition, through, self._clock().timestamp(), AT_ONCE)
        if reads:
            watching = self.states.of(partition)
            watching.hear([r.word for r in reads])
            await self._keep(partition, watching)
        for read in reads:
            if read.message:
                read.message.left.discard(HELD)
        return len(reads) == AT_ONCE

    async def advance(self, partition: int, now: datetime, heard: Hearing) -> None:
        """Time has come to ``now`` for a partition that is ours: the same, without mentions."""
        watching = self.states.of(partition)
        watching.advance(now, heard)
        await self._keep(partition, watching)

    async def _keep(self, partition: int, watching: Watching) -> None:
        told = watching.told()
        for kind, topic in self._topics.items():
            messages = [Outgoing(partition, _key(t), encode(t), headers("detect")) for t in told if type(t) is kind]
            if messages:
                await self._publisher.publish("detect", topic, messages)
        await self.states.keep("detect", partition, watching.changed())


class Flow(Protocol):
    """What comes from the topics.

    ``through``: for each partition that is ours, up to when (seconds since 1970; 0 where nobody knows) everything
    that was published has come here; asked once a round. ``ours``: of which partitions that still holds.
    """

    def through(self) -> Mapping[int, float]: ...
    def ours(self) -> Collection[int]: ...


class Time:
    """Goes on as far as all mentions have come, never ahead of them.

    ``healths`` asks the store how the sources are, which says what can be heard. While it does not
    answer, what it said last holds; before it ever did, time is what the mentions say.
    """

    def __init__(
        self,
        detect: Detect,
        step: Step[TaggedEvent],
        healths: Callable[[], Sequence[SourceHealth]],
        flow: Flow,
        clock: Clock,
    ) -> None:
        self._detect, self._step, self._healths = detect, step, healths
        self._flow, self._clock = flow, clock
        self._hearing: Hearing | None = None
        self._asked: datetime | None = None
        self._said = ""

    async def run(self) -> None:
        """A round every ``EVERY`` seconds, for ever."""
        while True:
            await asyncio.sleep(EVERY)
            await self.round()

    async def round(self) -> None:
        """Hear what need not wait any more; every ``ASK_EVERY`` let time go on, too."""
        through, now = self._flow.through(), self._clock()
        due = self._asked is None or abs(now - self._asked) >= ASK_EVERY
        if due:
            self._asked = now
            self._hearing = await self._ask() or self._hearing
            await self._step.between(partial(self._listen, through))
        for partition, upto in through.items():
            while await self._step.between(partial(self._release, partition, upto)):
                pass
        if due:
            await self._step.between(partial(self._go_on, through, now))

    async def _listen(self, through: Mapping[int, float]) -> None:
        """What could not be heard is known before mentions move time over it."""
        for partition in through:
            if self._hearing is not None and partition in self._flow.ours():
                self._detect.states.of(partition).listen(self._hearing)

    async def _release(self, partition: int, upto: float) -> bool:
        return partition in self._flow.ours() and await self._detect.release(partition, upto)

    async def _go_on(self, through: Mapping[int, float], now: datetime) -> None:
        """Where mentions wait for long, they move time themselves."""
        for partition, upto in through.items():
            come = min(now, datetime.fromtimestamp(upto, UTC))
            if self._hearing is not None and now - come < BEHIND and partition in self._flow.ours():
                await self._detect.advance(partition, come, self._hearing)

    async def _ask(self) -> Hearing | None:
        try:
            known = await asyncio.to_thread(self._healths)
        except StoreError as error:
            if error.message != self._said:
                log.warning("detect: the store does not say how the sources are (%s); what it said last holds", error)
            self._said = error.message
            return None
        self._said = ""
        return hearing(known, self._clock())


def _key(told: Told) -> str:
    """Under which the last word on it stays."""
    if isinstance(told, Incident):
        return told.id
    if isinstance(told, Attention):
        return told.mention
    return "\x1f".join((told.institution, told.service, told.district, str(told.hour)))
