"""Whoever begins to publish for a source takes it over; the one before ends and does not come back."""

from __future__ import annotations

import pytest

from corrillo.errors import Fenced
from corrillo.messages import read_mention
from ingest.kafka.records import Writer
from tests.integration.kafka.batches import SOURCE, batch, mention
from tests.processes import until


def test_the_successor_goes_on_where_the_other_stood_and_that_one_publishes_nothing_more(place, sink):
    sink.cursor(SOURCE)
    sink.take(*batch(1, mention("1")))
    successor = place.sink()
    successor.start()
    assert successor.cursor(SOURCE).state == "1"
    with pytest.raises(Fenced, match=f"source '{SOURCE}': another ingestor has taken it over") as fenced:
        sink.take(*batch(2, mention("2")))
    assert "one ingestor for each source" in fenced.value.remedy
    with pytest.raises(Fenced):
        sink.take(*batch(2, mention("2")))
    successor.take(*batch(2, mention("2", text="de la sucesora")))
    published = {read_mention(r.value).text for r in place.records(place.topics.mentions)}
    assert published == {mention("1").text, "de la sucesora"}
    assert successor.cursor(SOURCE).state == "2"


def test_what_was_begun_and_not_committed_is_nobodys(place, sink):
    """A batch that the one before had under way when it was taken over is not seen."""
    sink.cursor(SOURCE)
    line = sink._desks[SOURCE]._line
    line.begin([Writer(place.topics, SOURCE).event(mention("1"))])
    successor = place.sink()
    successor.start()
    assert successor.cursor(SOURCE) is None
    assert place.records(place.topics.mentions) == []


def test_sources_are_taken_over_one_by_one(place, sink):
    """One ingestor's other sources go on, as far as the sink is asked."""
    sink.cursor(SOURCE)
    sink.cursor("paper")
    successor = place.sink()
    successor.start()
    successor.cursor(SOURCE)
    sink.take(*batch(1, mention("1", source="paper"), source="paper"))
    with pytest.raises(Fenced):
        sink.take(*batch(1, mention("2")))
    assert len(place.records(place.topics.mentions)) == 1


def test_of_two_ingestors_the_first_exits_and_says_why_and_nothing_is_doubled(town):
    """Both read the same posts: each has one id and one revision in the topic, whoever published it."""
    ids = {town.post(f"Aviso {n} en #valdeprado") for n in range(5)}
    first = town.corrillo.start("ingest", "fediverse", "--port", 0, log="first")
    until(lambda: set(town.texts()) == ids, lambda: town.log("first"))
    second = town.corrillo.start("ingest", "fediverse", "--port", 0, log="second")
    assert first.wait(60) == 1
    ids |= {town.post(f"Aviso {n} en #valdeprado") for n in range(5, 10)}
    until(lambda: set(town.texts()) == ids, lambda: town.log("second"))
    assert second.poll() is None
    second.terminate()
    assert second.wait(60) == 0
    said = [line for line in town.log("first").splitlines() if "taken it over" in line]
    assert len(said) == 1, town.log("first")
    assert "source 'fediverse': another ingestor" in said[0]
    assert "Traceback" not in town.log("first")
    events = [read_mention(r.value) for r in town.place.records(town.place.topics.mentions)]
    assert {e.id for e in events} == ids
    assert len({(e.id, e.revision) for e in events}) == len(ids)
