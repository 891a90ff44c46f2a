"""What each step does with a batch, and when it counts as done.

enrich  mentions → mentions.enriched     done when published
group   mentions.enriched → mentions.tagged    done when published, then remembered
index   mentions.tagged → the store      done when every item is stored, refused or set aside
count   mentions.tagged → counts         done when published, then remembered
detect  mentions.tagged → alerts, hours, attention   done when published, then remembered (``detect.py``)
tell    alerts, hours, attention → the store         done when stored
health, quarantine → the store           done when stored
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Generic, Protocol, TypeVar

import msgspec

from corrillo.errors import said
from corrillo.messages import encode, headers
from corrillo.model import Mention, MentionEvent, TaggedEvent, TaggedMention
from corrillo.ports import DayCount, StepWatch
from corrillo.topics import partition_of
from processors.enrich import Enricher, enriched, not_ours
from processors.faust.ledger import Ledger
from processors.faust.publisher import Outgoing, Publisher, wait_for
from processors.faust.step import Aside, Moved, Read
from processors.memory import Memory, Remembered
from processors.regroup import regroup
from processors.tally import Record, Tally

log = logging.getLogger("corrillo.work")
S = TypeVar("S")
R = TypeVar("R")
W = TypeVar("W")


class Fate(Protocol):
    """What a store says of a batch: positions to give again, and those it will never take."""

    @property
    def transient(self) -> Sequence[int]: ...
    @property
    def permanent(self) -> Mapping[int, str]: ...
    @property
    def reason(self) -> str: ...


class Enrich:
    """Language, tags, target, service, district; then on to the partition of the institution."""

    def __init__(
        self, enrichers: Mapping[str, Enricher], publisher: Publisher, topic: str, partitions: int, aside: Aside
    ) -> None:
        self._enrichers, self._publisher, self._aside = enrichers, publisher, aside
        self._topic, self._partitions = topic, partitions

    async def __call__(self, batch: Sequence[Read[MentionEvent]]) -> None:
        """Publish them enriched."""
        good: list[Outgoing] = []
        bad = []
        for read, became in zip(batch, self._enriched([r.word for r in batch]), strict=True):
            if isinstance(became, Exception):
                bad.append(self._aside.item("enrich", read.value, said(became), read.origin, True))
            else:
                good.append(self._outgoing(became, read))
        if bad:
            await self._aside.put("enrich", bad)
        await self._publisher.publish("enrich", self._topic, good)

    def _enriched(self, events: Sequence[MentionEvent]) -> list[TaggedEvent | Exception]:
        """Each event in its place; a deletion is passed on, if it is about an institution of ours."""
        tagged = iter(enriched(self._enrichers, [e for e in events if isinstance(e, Mention)]))
        return [next(tagged) if isinstance(e, Mention) else not_ours(e, self._enrichers) or e for e in events]

    def _outgoing(self, event: TaggedEvent, read: Read[MentionEvent]) -> Outgoing:
        partition = partition_of(event.institution, self._partitions)
        return Outgoing(partition, event.id, encode(event), headers("enrich"), read.published)


class Stateful(Generic[S, R]):
    """The state of a step, by partition, over its ledger."""

    def __init__(
        self,
        ledger: Ledger,
        topic: str,
        kind: type[R] | object,
        begin: Callable[[dict[str, R]], S],
        publisher: Publisher,
    ) -> None:
        self._ledger, self._topic, self._begin, self._publisher = ledger, topic, begin, publisher
        self._decode = msgspec.json.Decoder(kind).decode
        self._states: dict[int, S] = {}

    def of(self, partition: int) -> S:
        """The state of a partition that is ours; made from what was brought back when it is first asked for."""
        states, brought = self.held(), self._ledger.take(partition)
        if partition not in states:
            self._states[partition] = self._begin(self._records(partition, brought))
        return self._states[partition]

    def _records(self, partition: int, brought: dict[str, bytes]) -> dict[str, R]:
        return {key: self._decode(value) for key, value in brought.items()}

    def held(self) -> Mapping[int, S]:
        """The states in memory, of partitions that are ours."""
        for lost in self._ledger.lost:
            self._states.pop(lost, None)
        self._ledger.lost.clear()
        return self._states

    async def keep(self, step: str, partition: int, changes: Mapping[str, R | None]) -> None:
        """Write what has changed; it is durable afterwards."""
        messages = [Outgoing(partition, k, None if r is None else encode(r)) for k, r in changes.items()]
        if messages:
            await self._publisher.publish(step, self._topic, messages)


class Group:
    """Story and thread, one institution's mentions in one order."""

    def __init__(self, states: Stateful[Memory, Remembered], publisher: Publisher, topic: str) -> None:
        self.states, self._publisher, self._topic = states, publisher, topic

    async def __call__(self, batch: Sequence[Read[TaggedEvent]]) -> None:
        """Tell, then remember. What is told again because of another bears the other's moment of publication."""
        for partition, reads in by_partition(batch).items():
            memory = self.states.of(partition)
            messages = [
                Outgoing(partition, event.id, encode(event), headers("group"), published)
                for published, at_once in groupby(reads, lambda read: read.published)
                for event in regroup([read.word for read in at_once], memory)
            ]
            await self._publisher.publish("group", self._topic, messages)
            await self.states.keep("group", partition, memory.changed())


class Count:
    """Daily counts: what each cell comes to."""

    def __init__(self, states: Stateful[Tally, Record], publisher: Publisher, topic: str) -> None:
        self.states, self._publisher, self._topic = states, publisher, topic

    async def __call__(self, batch: Sequence[Read[TaggedEvent]]) -> None:
        """Tell, then remember."""
        for partition, reads in by_partition(batch).items():
            tally, events = self.states.of(partition), [read.word for read in reads]
            messages = [Outgoing(partition, _cell(c), encode(c), headers("count")) for c in tally.count(events)]
            await self._publisher.publish("count", self._topic, messages)
            await self.states.keep("count", partition, tally.changed())


class Write(Generic[W]):
    """Gives words to a store until it has each, refuses it, or never will take it."""

    def __init__(
        self,
        step: str,
        write: Callable[[Sequence[W]], Fate],
        aside: Aside | None,
        watch: StepWatch,
        generation: Callable[[], int],
    ) -> None:
        self._step, self._write, self._aside, self._watch, self._generation = step, write, aside, watch, generation

    async def __call__(self, batch: Sequence[Read[W]]) -> None:
        """Return when nothing is left. Raises Moved when the partitions have gone meanwhile."""
        left, tries, begun = list(batch), 0, self._generation()
        while left:
            fate = await asyncio.to_thread(self._write, [r.word for r in left])
            if fate.permanent:
                await self._set_aside([(left[n], why) for n, why in fate.permanent.items()])
            not_yet = {*fate.permanent, *fate.transient}
            stored = [r.word for n, r in enumerate(left) if n not in not_yet]
            self._watch.indexed(w.first_seen for w in stored if isinstance(w, TaggedMention))
            left = [left[n] for n in fate.transient]
            if left:
                self._watch.retried(self._step)
                log.warning("%s: %d wait for the store: %s", self._step, len(left), fate.reason)
                await asyncio.sleep(wait_for(tries))
                tries += 1
                if self._generation() != begun:
                    raise Moved

    async def _set_aside(self, bad: Sequence[tuple[Read[W], str]]) -> None:
        if self._aside is None:
            log.error("%s: the store does not take %s: %s", self._step, bad[0][0].origin, bad[0][1])
            return
        items = [self._aside.item(self._step, r.value, why, r.origin, True) for r, why in bad]
        await self._aside.put(self._step, items)


def by_partition(batch: Sequence[Read[TaggedEvent]]) -> dict[int, list[Read[TaggedEvent]]]:
    """What was read of each partition, in its order."""
    found: defaultdict[int, list[Read[TaggedEvent]]] = defaultdict(list)
    for read in batch:
        found[read.partition].append(read)
    return found


def _cell(count: DayCount) -> str:
    return "\x1f".join(str(value) for name, value in vars(count).items() if name != "count")
