"""How old each source's newest post is, told at the moment somebody looks: "calm or blind?" for machines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from corrillo.ports import Clock, SourceHealth


class Ages(Collector):
    """Asks ``health`` at every look; where that fails, nothing is told: an old value would look calm."""

    def __init__(self, prefix: str, health: Callable[[], Sequence[SourceHealth]], clock: Clock) -> None:
        self._prefix = prefix
        self._health = health
        self._clock = clock

    def describe(self) -> Iterable[Metric]:
        """Nothing is asked when it is registered."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The ages in seconds, and the failures in a row."""
        try:
            known = self._health()
        except Exception:  # whatever the store has, the other metrics are told
            known = ()
        now = self._clock()
        newest = self._family("source_age_seconds", "Since a source's newest post.")
        success = self._family("source_last_success_seconds", "Since a source was last read without a failure.")
        failures = self._family("source_failures", "Failures in a row.")
        for one in known:
            _add(newest, one.source, one.newest_post, now)
            _add(success, one.source, one.last_success, now)
            failures.add_metric([one.source], one.failures)
        yield from (newest, success, failures)

    def _family(self, name: str, said: str) -> GaugeMetricFamily:
        return GaugeMetricFamily(f"{self._prefix}_{name}", said, labels=["source"])


def _add(family: GaugeMetricFamily, source: str, then: datetime | None, now: datetime) -> None:
    """What never happened has no age."""
    if then is not None:
        family.add_metric([source], (now - then).total_seconds())
