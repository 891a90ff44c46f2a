"""How old each source's newest post is, told at the moment somebody looks: "calm or blind?" for machines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from corrillo.health import STATES, judge, open_gap
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
        """Ages in seconds, failures in a row, states, what was not heard, and what is left to spend."""
        try:
            known = self._health()
        except Exception:  # whatever the store has, the other metrics are told
            known = ()
        now = self._clock()
        newest = self._family("source_age_seconds", "Since a source's newest post.")
        success = self._family("source_last_success_seconds", "Since a source was last read without a failure.")
        failures = self._family("source_failures", "Failures in a row.")
        states = self._family("source_state", "1 for the state that the source is in, 0 for the others.", "state")
        gaps = self._family("source_unheard_seconds", "Time in the ledger that was not heard and not filled.")
        left = self._family("source_budget_left", "What may still be spent until the budget begins anew.", "unit")
        for one in known:
            _add(newest, one.source, one.newest_post, now)
            _add(success, one.source, one.last_success, now)
            failures.add_metric([one.source], one.failures)
            self._judged(one, now, states, gaps, left)
        yield from (newest, success, failures, states, gaps, left)

    @staticmethod
    def _judged(
        health: SourceHealth,
        now: datetime,
        states: GaugeMetricFamily,
        gaps: GaugeMetricFamily,
        left: GaugeMetricFamily,
    ) -> None:
        state = judge(health, now).state
        for word in STATES:
            states.add_metric([health.source, word], float(word == state))
        lost = [g for g in (*health.gaps, *open_gap(health, now)) if not g.filled]
        gaps.add_metric([health.source], sum(((g.until or now) - g.since).total_seconds() for g in lost))
        if health.budget is not None:
            left.add_metric([health.source, health.budget.unit], health.budget.limit - health.budget.spent)

    def _family(self, name: str, said: str, *more: str) -> GaugeMetricFamily:
        return GaugeMetricFamily(f"{self._prefix}_{name}", said, labels=["source", *more])


def _add(family: GaugeMetricFamily, source: str, then: datetime | None, now: datetime) -> None:
    """What never happened has no age."""
    if then is not None:
        family.add_metric([source], (now - then).total_seconds())
