"""What a process counts, for Prometheus. Callers name facts; only this module knows prometheus_client.

Labels are names out of the configuration and of the code (source, step, kind, partition): never
what a post says, who wrote it, or where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from corrillo.ops.ages import Ages
from corrillo.ports import Clock, SourceHealth, Written

PREFIX = "corrillo"
SECONDS = (0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0)
"""Buckets of the time from first seen to findable: the aim is 0.8 s, a broker that was away costs minutes."""


class SoFar(Protocol):
    """What a source has done since the process began (``corrillo.listen.Progress``); totals only grow."""

    name: str
    seen: int
    kept: int
    rejected: int
    failed: int
    written: Written
    last_success: datetime | None
    newest: datetime | None


@dataclass(frozen=True)
class _Counted:
    """The totals of a source that are in the counters already."""

    seen: int = 0
    kept: int = 0
    rejected: int = 0
    failed: int = 0
    written: Written = field(default_factory=Written)


class Metrics:
    """The metrics of one process, in a registry of its own. Every method may be called from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._registry = CollectorRegistry()
        self._counted: dict[str, _Counted] = {}
        self._posts = self._counter("posts_seen", "Posts that a source gave.", "source")
        self._published = self._counter("mentions_published", "Mentions that left the process for a topic.", "source")
        self._stored = self._counter("mentions_stored", "Mentions by what became of them in the store.", "result")
        self._processed = self._counter("messages_processed", "Messages that a step has done with.", "step")
        self._errors = self._counter("errors", "Failures, by the step and the kind of error.", "step", "kind")
        self._quarantined = self._counter("quarantined", "Items that went to quarantine.", "step")
        self._retries = self._counter("retries", "Tries after a failure that may pass.", "step")
        self._lag = self._gauge("lag_messages", "Messages that wait for a step.", "step", "partition")
        self._up_to_now = self._histogram("end_to_end_seconds", "From first seen to indexed.")
        self._deliveries = self._counter(
            "deliveries", "Messages to people, by what became of a try.", "channel", "result"
        )
        self._told = self._histogram("delivery_seconds", "From when somebody had to be told to when a channel took it.")
        self._repeated = self._counter("deliveries_repeated", "Messages that may have gone out twice, as the same.")
        self._untold = self._gauge("deliveries_waiting", "Messages that are due and not told yet.")
        self._untold_for = self._gauge("deliveries_waiting_seconds", "Since when the oldest of them has been due.")

    def posts_seen(self, source: str, count: int = 1) -> None:
        """A source gave posts, whoever they are about."""
        self._posts.labels(source).inc(count)

    def published(self, source: str, count: int = 1) -> None:
        """Mentions of a source are in their topic, committed."""
        self._published.labels(source).inc(count)

    def stored(self, written: Written) -> None:
        """What became of mentions in the store."""
        for result in Written.__dataclass_fields__:
            if count := getattr(written, result):
                self._stored.labels(result).inc(count)

    def processed(self, step: str, count: int = 1) -> None:
        """A step is done with messages: they are acknowledged."""
        self._processed.labels(step).inc(count)

    def error(self, step: str, error: BaseException | str, count: int = 1) -> None:
        """A step failed; of an error only its class is kept."""
        kind = error if isinstance(error, str) else type(error).__name__
        self._errors.labels(step, kind).inc(count)

    def quarantined(self, step: str, count: int = 1) -> None:
        """Items that a step could not read or store."""
        self._quarantined.labels(step).inc(count)

    def retried(self, step: str, count: int = 1) -> None:
        """A step tries again what failed for a reason that may pass."""
        self._retries.labels(step).inc(count)

    def lag(self, step: str, partition: int, messages: int) -> None:
        """How many messages of a partition the step has not done yet."""
        self._lag.labels(step, str(partition)).set(messages)

    def no_lag(self, step: str, partition: int) -> None:
        """The partition went to another worker: what it lags is no longer said here."""
        self._lag.remove(step, str(partition))

    def indexed(self, first_seen: Iterable[datetime]) -> None:
        """Mentions can be found now; each is timed from when it was first seen."""
        now = self._clock()
        for seen in first_seen:
            self._up_to_now.observe(max(0.0, (now - seen).total_seconds()))

    def delivered(self, channel: str, result: str) -> None:
        """A try to tell somebody: sent, again, refused, failed, dropped."""
        self._deliveries.labels(channel, result).inc()

    def told_after(self, seconds: float) -> None:
        """Somebody was told, so long after it was known and due."""
        self._told.observe(seconds)

    def repeated(self, count: int) -> None:
        """So many messages may go out twice: it was not kept what became of the first time."""
        self._repeated.inc(count)

    def waiting(self, count: int, oldest: float) -> None:
        """So many people wait to be told; the first of them for so many seconds."""
        self._untold.set(count)
        self._untold_for.set(oldest)

    def heard(self, so_far: SoFar, published: bool) -> None:
        """A source's totals: counters grow by what is new in them. ``published``: into a topic, not into a store."""
        name, known = so_far.name, self._counted.get(so_far.name, _Counted())
        self._counted[name] = _Counted(so_far.seen, so_far.kept, so_far.rejected, so_far.failed, so_far.written)
        self._posts.labels(name).inc(so_far.seen - known.seen)
        self._quarantined.labels("fetch").inc(so_far.rejected - known.rejected)
        self._errors.labels("fetch", "source").inc(so_far.failed - known.failed)
        if published:
            self._published.labels(name).inc(so_far.kept - known.kept)
        else:
            self.stored(_more(so_far.written, known.written))

    def watch_sources(self, health: Callable[[], Sequence[SourceHealth]]) -> None:
        """Tell each source's age at every look; ``health`` is asked then, and may fail: nothing is told in that case."""
        self._registry.register(Ages(PREFIX, health, self._clock))

    def text(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self._registry)

    def _counter(self, name: str, said: str, *labels: str) -> Counter:
        return Counter(name, said, labels, namespace=PREFIX, registry=self._registry)

    def _gauge(self, name: str, said: str, *labels: str) -> Gauge:
        return Gauge(name, said, labels, namespace=PREFIX, registry=self._registry)

    def _histogram(self, name: str, said: str) -> Histogram:
        return Histogram(name, said, namespace=PREFIX, registry=self._registry, buckets=SECONDS)


def _more(now: Written, known: Written) -> Written:
    return Written(*(getattr(now, part) - getattr(known, part) for part in Written.__dataclass_fields__))
