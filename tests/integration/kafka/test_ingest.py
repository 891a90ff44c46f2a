"""``corrillo ingest`` as people run it: what it says before it begins, and how it tells how it is."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import msgspec

from corrillo.ports import SourceHealth
from tests.fakes.neighbours import tell
from tests.processes import get, until


def test_without_topics_it_says_which_command_makes_them(town):
    """And leaves: nothing that waiting could mend."""
    town.configure(prefix="nobody-made-these")
    said = town.corrillo("ingest", "--port", 0, code=1).stderr
    assert "Kafka has no topic nobody-made-these.cursors" in said
    assert "corrillo setup kafka" in said


def test_without_kafka_in_the_configuration_it_says_what_to_add(town):
    file = town.corrillo.folder / "corrillo.toml"
    file.write_text(file.read_text("utf-8").partition("[kafka]")[0], "utf-8")
    said = town.corrillo("ingest", "--port", 0, code=2).stderr
    assert "add: [kafka] servers" in said


def test_a_source_that_there_is_not_is_asked_back(town):
    said = town.corrillo("ingest", "fediverso", "--port", 0, code=2).stderr
    assert "no source is called 'fediverso'" in said
    assert "did you mean 'fediverse'?" in said


def test_each_sources_health_is_in_its_topic_and_in_the_metrics(town):
    """Fresh, then failing with the reason, then well again; what was published is counted."""
    town.post()
    process = town.corrillo.start("ingest", "--port", 0)
    until(lambda: town.texts(), lambda: town.log("log"))

    def told(name):
        last = town.place.last(town.place.topics.sources).get(name)
        return msgspec.json.decode(last.value, type=SourceHealth) if last else SourceHealth(name, "")

    until(lambda: told("fediverse").last_success and told("paper").last_success, "both are well")
    fresh = told("fediverse")
    assert (fresh.failures, fresh.last_error, fresh.network, fresh.kept) == (0, "", "mastodon", fresh.seen)
    assert datetime.now(UTC) - fresh.newest_post < timedelta(minutes=5)
    metrics = get(f"{town.probes('log')}/metrics")[1]
    assert float(re.search(r'corrillo_mentions_published_total\{source="fediverse"\} (\S+)', metrics)[1]) >= 1
    assert 'corrillo_source_failures{source="fediverse"} 0.0' in metrics
    assert 'corrillo_source_age_seconds{source="fediverse"}' in metrics
    tell(town.mastodon, "break", {"status": 503})
    until(lambda: told("fediverse").failures >= 1, lambda: town.log("log"))
    assert "503" in told("fediverse").last_error
    assert told("paper").failures == 0
    probes = town.probes("log")
    until(lambda: 'corrillo_source_failures{source="fediverse"} 0.0' not in get(f"{probes}/metrics")[1], "the failure")
    assert 'corrillo_errors_total{kind="source",step="fetch"}' in get(f"{probes}/metrics")[1]
    assert get(f"{probes}/readyz")[0] == 200
    tell(town.mastodon, "mend", {})
    until(lambda: told("fediverse").failures == 0, lambda: town.log("log"))
    process.terminate()
    assert process.wait(60) == 0
    assert "Stopped" in town.log("log")


def test_a_replay_is_published_and_direct_goes_into_the_store(town):
    (town.corrillo.folder / "forum.csv").write_text("id,text,published\n1,Sin luz en Valdeprado,2026-11-01\n", "utf-8")
    counts = town.corrillo.json("replay", "forum.csv")
    assert (counts["about_us"], counts["published"]) == (1, 1)
    assert list(town.texts().values()) == ["Sin luz en Valdeprado"]
    counts = town.corrillo.json("replay", "forum.csv", "--direct")
    assert (counts["about_us"], counts["new"]) == (1, 1)
    assert len(town.place.records(town.place.topics.mentions)) == 1
