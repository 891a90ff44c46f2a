"""One worker: its steps as agents of one Faust application, and what happens when partitions move."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Protocol, cast

import faust

from corrillo.alerts import HourCount, Incident, Told
from corrillo.attention import Attention
from corrillo.errors import BrokerError
from corrillo.messages import Reading, read_mention, read_tagged
from corrillo.model import TaggedEvent, milliseconds
from corrillo.ports import Clock, Quarantined, SourceHealth, StepWatch
from corrillo.topics import Topic, Topics, topics
from processors.detect import watching
from processors.enrich import Enricher
from processors.faust.application import application
from processors.faust.brokers import Brokers
from processors.faust.detect import Detect, Time
from processors.faust.frozen import end_when_frozen
from processors.faust.holding import held
from processors.faust.inflow import Inflow
from processors.faust.ledger import ledger
from processors.faust.peers import Peers
from processors.faust.publisher import Publisher
from processors.faust.step import WITHIN, Aside, Step
from processors.faust.steps import Count, Enrich, Fate, Group, Stateful, Write
from processors.faust.transport import Consumer
from processors.faust.whole import Whole
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
read_told: Reading[Told] = Reading(Told, "incident, hour count or attention")


class Store(Protocol):
    """What the steps need of a store: each call that writes says what became of each word.

    ``healths``: all that is known of every source. Raises StoreError when that cannot be had.
    """

    def index(self, events: Sequence[TaggedEvent]) -> Fate: ...
    def sources(self, healths: Sequence[SourceHealth]) -> Fate: ...
    def quarantine(self, items: Sequence[Quarantined]) -> Fate: ...
    def tell(self, told: Sequence[Told]) -> Fate: ...
    def healths(self) -> Sequence[SourceHealth]: ...


class Watch(StepWatch, Protocol):
    """Is told of lag as well."""

    def lag(self, step: str, partition: int, messages: int) -> None: ...
    def no_lag(self, step: str, partition: int) -> None: ...


@dataclass(frozen=True)
class Parts:
    """What a worker is made of.

    ``zones`` gives each institution's time zone; ``watched``, how detection watches each; ``protect`` makes
    foreign text safe; ``remember`` is how long grouping and counting remember a mention.
    """

    brokers: Brokers
    member: str
    enrichers: Mapping[str, Enricher]
    zones: Mapping[str, str]
    watched: Mapping[str, watching.Watched]
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
        self._detect = Detect(
            self._stateful("detect", lambda records: watching.Watching(records, parts.watched), watching.Record, Whole),
            self._publisher,
            {
                Incident: self._topics.alerts.name,
                HourCount: self._topics.hours.name,
                Attention: self._topics.attention.name,
            },
            parts.clock,
        )
        self._steps: dict[str, tuple[Sequence[str], Step[Any]]] = {}
        self._add_steps()
        self._peers = Peers(parts.brokers, self._topics.progress.name, parts.member, self._publisher)
        inflow = Inflow(self.app, self._topics, self._detect.holding, self._peers.through, self.missing, parts.clock)
        self._inflow = inflow
        self._time = Time(self._detect, self._steps["detect"][1], parts.store.healths, inflow, parts.clock)
        self.app.on_partitions_revoked.connect(self._on_revoked)  # type: ignore[arg-type]

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop``. Raises BrokerError when Kafka does not let us in, or Faust gives up."""
        await self._publisher.start()
        end_when_frozen()
        await self.app.start()
        jobs = (
            self._look(),
            self._forget(),
            self._time.run(),
            self._peers.hear(),
            self._peers.tell(self._inflow.share),
        )
        rounds = [asyncio.create_task(job) for job in jobs]
        try:
            ended = asyncio.ensure_future(stop.wait())
            while not stop.is_set() and not (reason := self.app.broken() or _failed(rounds)):
                await asyncio.wait([ended], timeout=LOOK_EVERY)
        finally:
            for task in rounds:
                task.cancel()
            await self.app.stop()
            for _, step in self._steps.values():
                step.end()
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
    def _stateful(
        self,
        name: str,
        begin: Callable[[dict[str, Any]], Any],
        kind: object,
        how: type[Stateful[Any, Any]] = Stateful,
    ) -> Stateful[Any, Any]:
        table = ledger(self.app, name, self._parts.brokers.settings.partitions)
        topic: str = getattr(self._topics, f"{name}_state").name
        return how(table, topic, kind, begin, self._publisher)

    def _add_steps(self) -> None:
        parts, names = self._parts, self._topics
        enrich = Enrich(
            parts.enrichers, self._publisher, names.enriched.name, parts.brokers.settings.partitions, self._aside
        )
        self._add("enrich", [names.mentions], read_mention, enrich)
        self._add("group", [names.enriched], read_tagged, self._group)
        self._add("count", [names.tagged], read_tagged, self._count)
        self._add("detect", [names.tagged], read_tagged, self._detect)
        self._add("index", [names.tagged], read_tagged, self._write("index", parts.store.index, self._aside))
        self._add(
            "tell", [names.alerts, names.hours, names.attention], read_told, self._write("tell", parts.store.tell, None)
        )
        self._add("health", [names.sources], read_health, self._write("health", parts.store.sources, None))
        self._add("quarantine", [names.quarantine], read_item, self._write("quarantine", parts.store.quarantine, None))

    def _write(self, name: str, write: Callable[[Sequence[Any]], Fate], aside: Aside | None) -> Write[Any]:
        return Write(name, write, aside, self._parts.watch, self._generation)

    def _generation(self) -> int:
        """Of the group, as it is now; a rebalance ends it at once."""
        return -1 if self.app.rebalancing else int(self.app.consumer_generation_id)

    def _add(self, name: str, read: Sequence[Topic], reading: Reading[Any], do: Any) -> None:
        within = TO_STORE if isinstance(do, Write) else WITHIN
        step: Step[Any] = Step(name, reading, do, self._aside, self._parts.watch, within)
        names = [topic.name for topic in read]
        self._steps[name] = (names, step)
        self.app.add_step(names, step)

    # ── living ────────────────────────────────────────────────────────────────────────────
    async def _on_revoked(self, app: faust.App, revoked: Any, **_: Any) -> None:
        """Let the steps that remember end their batch before another worker goes on with the partition."""
        generation = app.consumer_generation_id
        for name, (_topics, step) in self._steps.items():
            if name in ("enrich", "group", "count", "detect"):
                await step.leave(generation)
            else:
                step.abandon(generation)

    async def _look(self) -> None:
        told: set[tuple[str, int]] = set()
        while True:
            await asyncio.sleep(LOOK_EVERY * 5)
            now = {} if self.app.rebalancing else self._lags()
            for name, partition in told - now.keys():
                self._parts.watch.no_lag(name, partition)
            for (name, partition), lag in now.items():
                self._parts.watch.lag(name, partition, lag)
            told = set(now)

    def _lags(self) -> dict[tuple[str, int], int]:
        """What waits for each step, by partition, in all topics that it reads."""
        consumer, lags = cast(Consumer, self.app.consumer), Counter[tuple[str, int]]()
        for name, (its, _) in self._steps.items():
            for tp in consumer.assignment():
                if tp.topic in its:
                    lags[name, tp.partition] += consumer.lag(tp, name, held(name))
        return lags

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
