"""One worker: its steps as agents of one Faust application, and what happens when partitions move."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Protocol, cast

import faust

from corrillo.errors import BrokerError
from corrillo.messages import Reading, read_mention, read_tagged
from corrillo.model import TaggedEvent, milliseconds
from corrillo.ports import Clock, Quarantined, SourceHealth, StepWatch
from corrillo.topics import Topics, topics
from processors.enrich import Enricher
from processors.faust.application import application
from processors.faust.brokers import Brokers
from processors.faust.frozen import end_when_frozen
from processors.faust.ledger import ledger
from processors.faust.publisher import Publisher
from processors.faust.step import WITHIN, Aside, Step
from processors.faust.steps import Count, Enrich, Fate, Group, Stateful, Write
from processors.faust.transport import Consumer
from processors.memory import Memory, Remembered
from processors.tally import Record, Tally

log = logging.getLogger("corrillo.work")
FORGET_EVERY = 3600.0
LOOK_EVERY = 1.0
"""Seconds between two rounds of forgetting what is old, and between two looks at lag and life."""
TO_STORE = 0.15
"""Seconds that a batch for the store may gather: what is found anew, it shows once a second only."""

read_health: Reading[SourceHealth] = Reading(SourceHealth, "source health")
read_item: Reading[Quarantined] = Reading(Quarantined, "quarantined item")


class Store(Protocol):
    """What the steps need of a store: each call says what became of each word."""

    def index(self, events: Sequence[TaggedEvent]) -> Fate: ...
    def sources(self, healths: Sequence[SourceHealth]) -> Fate: ...
    def quarantine(self, items: Sequence[Quarantined]) -> Fate: ...


class Watch(StepWatch, Protocol):
    """Is told of lag as well."""

    def lag(self, step: str, partition: int, messages: int) -> None: ...
    def no_lag(self, step: str, partition: int) -> None: ...


@dataclass(frozen=True)
class Parts:
    """What a worker is made of.

    ``zones`` gives each institution's time zone; ``protect`` makes foreign text safe; ``remember`` is how
    long grouping and counting remember a mention.
    """

    brokers: Brokers
    member: str
    enrichers: Mapping[str, Enricher]
    zones: Mapping[str, str]
    store: Store
    protect: Callable[[str], str]
    clock: Clock
    watch: Watch
    remember: timedelta


class Worker:
    """Takes its share of the partitions until it is told to end."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._topics: Topics = topics(parts.brokers.settings)
        self.app = application(parts.brokers, parts.member)
        self._publisher = Publisher(parts.brokers, parts.member, parts.watch)
        self._aside = Aside(self._publisher, self._topics.quarantine.name, parts.protect, parts.clock, parts.watch)
        self._group = Group(self._stateful("group", Memory, Remembered), self._publisher, self._topics.tagged.name)
        self._count = Count(
            self._stateful("count", lambda records: Tally(records, parts.zones), Record),
            self._publisher,
            self._topics.counts.name,
        )
        self._steps: dict[str, tuple[str, Step[Any]]] = {}
        self._add_steps()
        self.app.on_partitions_revoked.connect(self._on_revoked)  # type: ignore[arg-type]

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop``. Raises BrokerError when Kafka does not let us in, or Faust gives up."""
        await self._publisher.start()
        end_when_frozen()
        await self.app.start()
        rounds = [asyncio.create_task(self._look()), asyncio.create_task(self._forget())]
        try:
            ended = asyncio.ensure_future(stop.wait())
            while not stop.is_set() and not (reason := self.app.broken() or _failed(rounds)):
                await asyncio.wait([ended], timeout=LOOK_EVERY)
        finally:
            for task in rounds:
                task.cancel()
            await self.app.stop()
            await self._publisher.stop()
            shutil.rmtree(self.app.conf.datadir, ignore_errors=True)
        if not stop.is_set():
            raise BrokerError(f"the stream from Kafka broke off: {reason}", "start it again; it goes on where it was")

    def missing(self) -> str:
        """What the worker still waits for, '' when it works."""
        if self.app.rebalancing or not self.app.tables.actives_ready:
            return "waits for its partitions, or brings back what it remembered"
        return "Kafka does not take records" if self._publisher.waiting else ""

    # ── making ────────────────────────────────────────────────────────────────────────────
    def _stateful(self, name: str, begin: Callable[[dict[str, Any]], Any], kind: object) -> Stateful[Any, Any]:
        table = ledger(self.app, name, self._parts.brokers.settings.partitions)
        topic: str = getattr(self._topics, f"{name}_state").name
        return Stateful(table, topic, kind, begin, self._publisher)

    def _add_steps(self) -> None:
        parts, names = self._parts, self._topics
        enrich = Enrich(
            parts.enrichers, self._publisher, names.enriched.name, parts.brokers.settings.partitions, self._aside
        )
        self._add("enrich", names.mentions.name, read_mention, enrich)
        self._add("group", names.enriched.name, read_tagged, self._group)
        self._add("count", names.tagged.name, read_tagged, self._count)
        self._add("index", names.tagged.name, read_tagged, self._write("index", parts.store.index, self._aside))
        self._add("health", names.sources.name, read_health, self._write("health", parts.store.sources, None))
        self._add(
            "quarantine", names.quarantine.name, read_item, self._write("quarantine", parts.store.quarantine, None)
        )

    def _write(self, name: str, write: Callable[[Sequence[Any]], Fate], aside: Aside | None) -> Write[Any]:
        return Write(name, write, aside, self._parts.watch, self._generation)

    def _generation(self) -> int:
        """Of the group, as it is now; a rebalance ends it at once."""
        return -1 if self.app.rebalancing else int(self.app.consumer_generation_id)

    def _add(self, name: str, topic: str, read: Reading[Any], do: Any) -> None:
        within = TO_STORE if isinstance(do, Write) else WITHIN
        step: Step[Any] = Step(name, read, do, self._aside, self._parts.watch, within)
        self._steps[name] = (topic, step)
        self.app.add_step(topic, step)

    # ── living ────────────────────────────────────────────────────────────────────────────
    async def _on_revoked(self, app: faust.App, revoked: Any, **_: Any) -> None:
        """Let the steps that remember end their batch before another worker goes on with the partition."""
        generation = app.consumer_generation_id
        for name, (_topic, step) in self._steps.items():
            if name in ("group", "count", "enrich"):
                await step.leave(generation)
            else:
                step.abandon(generation)

    async def _look(self) -> None:
        told: set[tuple[str, int]] = set()
        while True:
            await asyncio.sleep(LOOK_EVERY * 5)
            consumer = cast(Consumer, self.app.consumer)
            lags = {} if self.app.rebalancing else {tp: consumer.lag(tp) for tp in consumer.assignment()}
            now = {
                (n, tp.partition): lag
                for n, (topic, _) in self._steps.items()
                for tp, lag in lags.items()
                if tp.topic == topic
            }
            for name, partition in told - now.keys():
                self._parts.watch.no_lag(name, partition)
            for (name, partition), lag in now.items():
                self._parts.watch.lag(name, partition, lag)
            told = set(now)

    async def _forget(self) -> None:
        """Drop what is too old, and keep what that changes."""
        while True:
            await asyncio.sleep(FORGET_EVERY)
            before = milliseconds(self._parts.clock() - self._parts.remember)
            for name, states in (("group", self._group.states), ("count", self._count.states)):
                await self._steps[name][1].between(partial(self._forgotten, name, states, before))

    async def _forgotten(self, name: str, states: Stateful[Any, Any], before: int) -> None:
        for partition, state in list(states.held().items()):
            if state.forget(before):
                await states.keep(name, partition, state.changed())


def _failed(rounds: Sequence[asyncio.Task[None]]) -> str:
    return next((f"{type(e).__name__} in a round" for r in rounds if r.done() and (e := r.exception())), "")
