"""What ``corrillo doctor`` finds at a real Kafka."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from corrillo.errors import BrokerRefused
from ingest.kafka.checks import check
from ingest.kafka.patience import Patience
from ingest.kafka.records import Writer
from ingest.kafka.transaction import Line
from tests.integration.kafka.batches import SOURCE, batch, mention
from tests.processes import until


def found(place, clock=lambda: datetime.now(UTC)):
    return {f.what: f for f in check(place.broker, clock)}


def test_a_kafka_that_is_as_it_should_be(place):
    findings = found(place)
    assert list(findings) == ["Kafka", "Kafka's topics", "Kafka's clock"]
    assert all(f.ok for f in findings.values()), findings


@pytest.mark.parametrize("hours", [-2, -1, 1])
def test_a_clock_that_is_hours_off_is_found(place, hours):
    finding = found(place, lambda: datetime.now(UTC) + timedelta(hours=hours))["Kafka's clock"]
    assert not finding.ok
    assert 3590 * abs(hours) < int(finding.said.split()[0]) < 3620 * abs(hours)
    assert "NTP" in finding.remedy


def test_a_clock_that_kafka_refuses_is_found(place):
    finding = found(place, lambda: datetime.now(UTC) + timedelta(hours=2))["Kafka's clock"]
    assert not finding.ok
    assert "differ by more than an hour" in finding.said


def test_looking_publishes_nothing(place):
    found(place)
    assert all(not place.records(t) for t in place.topics.all())


def test_missing_topics_are_a_finding_and_the_clock_is_not_asked(empty_place):
    findings = found(empty_place)
    assert not findings[f"topic {empty_place.topics.mentions.name}"].ok
    assert "Kafka's clock" not in findings


def test_what_is_dated_hours_ahead_is_refused_by_kafka_and_we_say_why(place):
    ahead = lambda: datetime.now(UTC) + timedelta(hours=2)  # noqa: E731
    line = Line(place.broker, f"{place.settings.prefix}.a", Patience().trouble(""), ahead)
    with pytest.raises(BrokerRefused, match="the clocks of this machine and of Kafka's differ") as refused:
        line.publish([Writer(place.topics, SOURCE).event(mention("1"))])
    line.close()
    assert "set both clocks" in refused.value.remedy
    assert place.records(place.topics.mentions) == []


def test_an_ingestor_whose_clock_is_ahead_waits_for_somebody_to_set_it(place):
    """Nothing is dropped: once the clock is right, the batch is published."""
    off = [timedelta(hours=2)]
    sink = place.sink(clock=lambda: datetime.now(UTC) + off[0])
    taking = threading.Thread(target=sink.take, args=batch(1, mention("1")))
    taking.start()
    until(lambda: any("clocks" in said for _, said in place.said), lambda: str(place.said))
    off[0] = timedelta()
    taking.join(30)
    assert not taking.is_alive()
    assert len(place.records(place.topics.mentions)) == 1
