"""What a process counts, as Prometheus reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from corrillo.errors import StoreError
from corrillo.listen import Progress
from corrillo.ops.metrics import Metrics
from corrillo.ports import SourceHealth, Written

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def read(metrics: Metrics) -> Mapping[tuple[str, ...], float]:
    """(name, label values by the order of their labels …) → value."""
    families = text_string_to_metric_families(metrics.text().decode())
    return {(s.name, *(s.labels[k] for k in sorted(s.labels))): s.value for f in families for s in f.samples}


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(lambda: NOW)


def test_every_name_begins_with_corrillo_and_two_processes_share_nothing(metrics: Metrics) -> None:
    metrics.processed("enrich", 3)
    assert {name.split("_")[0] for name, *_ in read(metrics)} == {"corrillo"}
    assert ("corrillo_messages_processed_total", "enrich") not in read(Metrics(lambda: NOW))


def test_steps_tell_what_they_did(metrics: Metrics) -> None:
    metrics.processed("index", 200)
    metrics.retried("index")
    metrics.quarantined("index", 2)
    metrics.error("index", StoreError("it is full"))
    metrics.lag("index", 3, 17)
    metrics.published("paper", 5)
    metrics.posts_seen("paper", 9)
    metrics.stored(Written(new=4, refused=1))
    told = read(metrics)
    assert told["corrillo_messages_processed_total", "index"] == 200
    assert told["corrillo_retries_total", "index"] == 1
    assert told["corrillo_quarantined_total", "index"] == 2
    assert told["corrillo_errors_total", "StoreError", "index"] == 1
    assert told["corrillo_lag_messages", "3", "index"] == 17
    assert told["corrillo_mentions_published_total", "paper"] == 5
    assert told["corrillo_posts_seen_total", "paper"] == 9
    assert told["corrillo_mentions_stored_total", "new"] == 4
    assert told["corrillo_mentions_stored_total", "refused"] == 1
    assert ("corrillo_mentions_stored_total", "changed") not in told


def test_a_partition_that_went_elsewhere_lags_elsewhere(metrics: Metrics) -> None:
    metrics.lag("index", 3, 17)
    metrics.no_lag("index", 3)
    assert ("corrillo_lag_messages", "3", "index") not in read(metrics)


def test_the_way_of_a_mention_is_timed_and_a_clock_that_is_behind_counts_as_no_time(metrics: Metrics) -> None:
    metrics.indexed(NOW - timedelta(seconds=s) for s in (0.7, 65, -3600))
    told = read(metrics)
    assert told["corrillo_end_to_end_seconds_count",] == 3
    assert told["corrillo_end_to_end_seconds_bucket", "0.75"] == 2
    assert told["corrillo_end_to_end_seconds_bucket", "60.0"] == 2
    assert told["corrillo_end_to_end_seconds_bucket", "120.0"] == 3
    assert told["corrillo_end_to_end_seconds_sum",] == pytest.approx(65.7)


@pytest.mark.parametrize("published", [True, False])
def test_a_sources_totals_are_counted_once(metrics: Metrics, published: bool) -> None:
    progress = Progress("paper", "press", seen=10, kept=2, rejected=1, failed=1, written=Written(new=2))
    metrics.heard(progress, published)
    metrics.heard(progress, published)
    progress.seen, progress.kept, progress.written = 15, 3, Written(new=2, changed=1)
    metrics.heard(progress, published)
    told = read(metrics)
    assert told["corrillo_posts_seen_total", "paper"] == 15
    assert told["corrillo_quarantined_total", "fetch"] == 1
    assert told["corrillo_errors_total", "source", "fetch"] == 1
    assert told.get(("corrillo_mentions_published_total", "paper")) == (3 if published else None)
    assert told.get(("corrillo_mentions_stored_total", "changed")) == (None if published else 1)


def test_ages_are_those_of_the_moment_and_what_never_happened_has_none(metrics: Metrics) -> None:
    metrics.watch_sources(
        lambda: [
            SourceHealth("paper", "press", NOW - timedelta(hours=2), NOW - timedelta(seconds=30)),
            SourceHealth("new", "press", failures=4),
        ]
    )
    told = read(metrics)
    assert told["corrillo_source_age_seconds", "paper"] == 7200
    assert told["corrillo_source_last_success_seconds", "paper"] == 30
    assert told["corrillo_source_failures", "new"] == 4
    assert ("corrillo_source_age_seconds", "new") not in told


def test_a_store_that_cannot_tell_ages_hides_nothing_else(metrics: Metrics) -> None:
    def away() -> list[SourceHealth]:
        raise StoreError("nobody answers")

    metrics.watch_sources(away)
    metrics.processed("enrich")
    told = read(metrics)
    assert told["corrillo_messages_processed_total", "enrich"] == 1
    assert not [name for name, *_ in told if name.startswith("corrillo_source")]


def test_what_becomes_of_messages_to_people_is_counted_and_timed() -> None:
    """By channel and result; how long the oldest that is due has waited; never to whom."""
    metrics = Metrics(lambda: NOW)
    metrics.delivered("email", "sent")
    metrics.delivered("email", "again")
    metrics.delivered("email", "again")
    metrics.told_after(4.0)
    metrics.repeated(3)
    metrics.waiting(2, 75.0)
    told = metrics.text().decode()
    for line in (
        'corrillo_deliveries_total{channel="email",result="sent"} 1.0',
        'corrillo_deliveries_total{channel="email",result="again"} 2.0',
        'corrillo_delivery_seconds_bucket{le="5.0"} 1.0',
        'corrillo_delivery_seconds_bucket{le="2.5"} 0.0',
        "corrillo_deliveries_repeated_total 3.0",
        "corrillo_deliveries_waiting 2.0",
        "corrillo_deliveries_waiting_seconds 75.0",
    ):
        assert line in told
