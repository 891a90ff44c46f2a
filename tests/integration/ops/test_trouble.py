"""Trouble on the real thing: it shows in the metrics, waits in quarantine, and no log holds what people wrote."""

from __future__ import annotations

import json
from dataclasses import dataclass

import msgspec
import pytest

from corrillo.cli.again import message_in
from corrillo.messages import SCHEMA, encode
from corrillo.model import SCHEMA_VERSION, Mention
from deploy.services import Elasticsearch, Kafka
from tests.fakes.neighbours import tell
from tests.integration.ops.asking import Metrics, consume, elasticsearch, metrics, publish
from tests.integration.ops.containers import RUNNING, Containers
from tests.processes import until

Servers = tuple[Kafka, Elasticsearch, object]
SAID = ("Olmedilla", "anguilas", "cochinilla", "malaquita", "zarzaparrilla")
"""A rare word in each text that is written here."""
WHO = ("encarnacion_v", "torcuato_b")
STEPS = ("enrich", "group", "count", "detect", "index", "health", "quarantine")
TELL = "tell"
"""The step that has nothing to do as long as nothing is unusual and no hour is over."""
BLOCK = "/corrillo-mentions-*/_settings"


@dataclass
class Trouble:
    """Metrics of the worker before anything, while the store took nothing, and after all of it."""

    before: Metrics
    held: Metrics
    after: Metrics


@pytest.fixture(scope="module")
def trouble(containers: Containers, servers: Servers, paper: str) -> Trouble:
    """A post, one while the store is full, a source that breaks, and messages that nobody can read."""
    kafka, node, _ = servers
    work = containers.url(8402)
    tell(paper, "publish", {"title": f"La plaza de {SAID[0]} en Mi Pueblo", "text": f"Lo dice @{WHO[0]}."})
    until(lambda: SAID[0] in containers.seen(), "the first post on the page")
    before = metrics(work)
    _full(node, True)
    tell(paper, "publish", {"title": f"Se ven {SAID[1]} en Mi Pueblo", "text": f"A @{WHO[1]} le dan miedo."})
    held = until(lambda: _waiting(metrics(work)), "a message that waits for the store")
    _full(node, False)
    until(lambda: SAID[1] in containers.seen(), "the second post on the page")
    tell(paper, "answer", {"path": "/feed.xml", "status": 200, "body": f"no feed: {SAID[2]} @{WHO[0]}", "times": 2})
    until(lambda: _failures(metrics(containers.url(8401))), "a failure of the source")
    publish(kafka.bootstrap, "corrillo.mentions", f'{{"text": "{SAID[3]} de @{WHO[1]}", "likes": "x"}}'.encode())
    publish(kafka.bootstrap, "corrillo.mentions", _mention(kafka), [(SCHEMA, str(SCHEMA_VERSION + 1).encode())])
    until(lambda: len(_quarantine(containers)) >= 2, "two messages in quarantine")
    until(lambda: not _waiting(metrics(work)), "nothing waits")
    return Trouble(before, held, metrics(work))


def _full(node: Elasticsearch, full: bool) -> None:
    """As Elasticsearch does itself when the disk is full, and when there is room again."""
    setting = {"index.blocks.read_only_allow_delete": True if full else None}
    assert elasticsearch(node.url, node.user, node.password, "PUT", BLOCK, setting)[0] == 200


def _waiting(told: Metrics) -> Metrics | None:
    lags = [value for name, value in told.items() if name[0] == "corrillo_lag_messages" and name[2] == "index"]
    return told if any(lags) and told.get(("corrillo_retries_total", "index")) else None


def _failures(told: Metrics) -> float:
    return told.get(("corrillo_errors_total", "source", "fetch"), 0)


def _mention(kafka: Kafka) -> bytes:
    """The second post's mention with another word in it and seen at a full second: as a newer Corrillo might write it."""
    found = next(v for v in consume(kafka.bootstrap, "corrillo.mentions") if SAID[1].encode() in v)
    mention = msgspec.json.decode(found, type=Mention)
    text = mention.title.replace(SAID[1], SAID[4])
    return encode(msgspec.structs.replace(mention, title=text, first_seen=mention.first_seen.replace(microsecond=0)))


def _quarantine(containers: Containers) -> list[dict[str, str]]:
    said = containers.once("work", "quarantine", "list", "--json")
    listed: list[dict[str, str]] = json.loads(said)
    return [item for item in listed if item["source"].startswith("work/")]


# ── metrics ───────────────────────────────────────────────────────────────────────────────
def test_every_step_tells_what_it_did_and_what_waits_for_it(trouble: Trouble) -> None:
    done = {name[1] for name in trouble.after if name[0] == "corrillo_messages_processed_total"}
    waits = {name[2] for name in trouble.after if name[0] == "corrillo_lag_messages"}
    assert done - {TELL} == waits - {TELL} == set(STEPS)
    assert TELL in waits
    assert (
        trouble.after["corrillo_messages_processed_total", "index"]
        > trouble.before["corrillo_messages_processed_total", "index"]
    )


def test_a_store_that_takes_nothing_shows_as_lag_and_as_tries(trouble: Trouble) -> None:
    assert ("corrillo_retries_total", "index") not in trouble.before
    assert trouble.held["corrillo_retries_total", "index"] > 0


def test_the_way_of_each_mention_is_timed_once(trouble: Trouble) -> None:
    count = ("corrillo_end_to_end_seconds_count",)
    assert trouble.held[count] == trouble.before[count]
    assert trouble.after[count] == trouble.before[count] + 1
    assert trouble.after["corrillo_end_to_end_seconds_sum",] > 0


def test_what_goes_to_quarantine_is_counted_by_its_step(trouble: Trouble) -> None:
    assert trouble.after["corrillo_quarantined_total", "enrich"] == 2


def test_the_ingestor_tells_of_its_sources(trouble: Trouble, containers: Containers) -> None:
    told = metrics(containers.url(8401))
    for name in ("posts_seen_total", "mentions_published_total", "source_age_seconds", "source_last_success_seconds"):
        assert told[f"corrillo_{name}", "paper"] >= 0
    assert told["corrillo_mentions_published_total", "paper"] >= 2
    assert told["corrillo_errors_total", "source", "fetch"] >= 1


def test_the_page_tells_how_old_each_source_is(trouble: Trouble, containers: Containers) -> None:
    assert metrics(containers.url(8400))["corrillo_source_age_seconds", "paper"] >= 0


# ── quarantine ────────────────────────────────────────────────────────────────────────────
def test_quarantine_is_listed_shown_protected_and_replayed(trouble: Trouble, containers: Containers) -> None:
    """What a newer version wrote is read after the upgrade; what nobody can read stays."""
    newer, broken = sorted(_quarantine(containers), key=lambda item: "schema version" not in item["reason"])
    assert message_in(newer["raw"]) is not None
    shown = containers.once("work", "quarantine", "show", broken["id"])
    assert (SAID[3] in shown, WHO[1] in shown) == (True, False)
    assert "1 of 2 replayed" in containers.once("work", "quarantine", "replay", newer["id"], broken["id"], code=3)
    until(lambda: SAID[4] in containers.seen(), "the replayed mention on the page")
    assert [item["id"] for item in _quarantine(containers)] == [broken["id"]]


# ── logs ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", RUNNING)
def test_no_log_holds_what_people_wrote_or_who_they_are(trouble: Trouble, containers: Containers, name: str) -> None:
    said = containers.log(name).read_text("utf-8")
    assert [word for word in (*SAID, *WHO) if word in said] == []


@pytest.mark.parametrize(("name", "event"), [("ingest", "a source fails"), ("work", "to quarantine")])
def test_a_log_for_machines_is_an_object_a_line_and_says_what_is_wrong(
    trouble: Trouble, containers: Containers, name: str, event: str
) -> None:
    said = containers.log(name).read_text("utf-8").splitlines()
    lines = [json.loads(line) for line in said if not line.startswith("Stopped.")]
    assert {"ts", "level", "logger", "event"} <= set.intersection(*(set(line) for line in lines))
    assert [line for line in lines if line["level"] == "warning" and event in line["event"]]
