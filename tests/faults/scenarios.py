"""What goes wrong, one thing at a time, while a crowd's mentions are on their way."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from kafka import KafkaProducer

from corrillo.messages import encode
from corrillo.model import Mention, mention_id
from corrillo.testing.mentions import a_mention
from deploy.services import Elasticsearch, Kafka
from processors.faust.application import SESSION
from processors.faust.frozen import FROZEN
from tests.faults.contents import INSTITUTIONS
from tests.faults.crowd import Crowd
from tests.faults.town import Town
from tests.processes import PATIENCE, until

KILLS = 5
AWAY = 30.0
"""Seconds that Elasticsearch is stopped."""
STILL = SESSION + 4.0
"""Seconds that a worker stands still."""


@dataclass
class Run:
    """One scenario: what there is, and what it leaves to be found."""

    town: Town
    crowd: Crowd
    file: Path
    chance: random.Random
    own: tuple[Kafka, Elasticsearch] | None = None
    """Servers that nobody else uses: they may be stopped."""
    gone: set[str] = field(default_factory=set)
    """Mentions that were deleted."""
    poison: int = 0
    """Messages that nobody can read."""

    def publish(self) -> None:
        """Begin to publish the crowd."""
        self._publishing = self.town.corrillo.start("replay", self.file, "--name", "crowd", log="publish")

    def published(self) -> None:
        """Wait until all of it is published."""
        assert self._publishing.wait(240) == 0, self.town.log("publish")[-3000:]

    @property
    def kafka(self) -> Kafka:
        """The one that may be stopped."""
        assert self.own
        return self.own[0]

    @property
    def elasticsearch(self) -> Elasticsearch:
        """The one that may be stopped."""
        assert self.own
        return self.own[1]

    def wait(self, longest: float, least: float = 0.3) -> None:
        """Let some time pass."""
        time.sleep(self.chance.uniform(least, longest))


def worker_killed(run: Run) -> None:
    """kill -9 of one of two workers, five times at random, each time started anew."""
    for name in "ab":
        run.town.work(name)
    run.publish()
    for _ in range(KILLS):
        run.wait(3.0, 1.0)
        name = run.chance.choice("ab")
        run.town.kill(name)
        run.town.work(name)
    run.published()


def ingestor_killed(run: Run) -> None:
    """kill -9 of the ingestor, five times at random; it goes on where its last transaction ended."""
    run.town.work("a")
    (run.town.folder / "crowd.jsonl").symlink_to(run.file)
    for turn in range(KILLS):
        ingestor = run.town.corrillo.start("ingest", "crowd", "--port", 0, log=f"ingest-{turn}")
        until(lambda turn=turn: "Publishing to Kafka" in run.town.log(f"ingest-{turn}"), "the ingestor begins")
        run.wait(1.5, 0.0)
        ingestor.kill()
        ingestor.wait()
    run.town.corrillo("ingest", "crowd", "--port", 0)
    assert run.town.cursor_rows() == len(run.crowd.rows)


def broker_killed(run: Run) -> None:
    """kill -9 of the broker while ingestor and workers are busy; it comes back three seconds later."""
    run.town.work("a")
    run.town.until_ready("a")
    run.town.work("b")
    run.publish()
    run.wait(5.0, 2.0)
    run.kafka.kill()
    time.sleep(3)
    run.kafka.restart()
    run.published()


def elasticsearch_stopped(run: Run) -> None:
    """Elasticsearch is stopped for thirty seconds."""
    run.town.work("a")
    run.town.until_ready("a")
    run.publish()
    until(lambda: run.town.stored() > 0, "something is stored")
    run.wait(2.0, 0.0)
    run.elasticsearch.stop()
    time.sleep(AWAY)
    run.elasticsearch.start()
    run.published()


def workers_come_and_go(run: Run) -> None:
    """Workers are added, told to end, killed, and come back: partitions move all the time, also to where they were."""
    run.town.work("a")
    run.town.until_ready("a")
    run.publish()
    for name in "bc":
        run.wait(3.0, 1.0)
        run.town.work(name)
    run.wait(3.0, 2.0)
    run.town.workers["a"].send_signal(signal.SIGTERM)
    assert run.town.workers["a"].wait(PATIENCE) == 0, run.town.log("work-a")[-3000:]
    run.wait(2.0)
    run.town.work("a")
    run.town.until_ready("a")
    run.town.kill("b")
    run.published()


def worker_frozen(run: Run) -> None:
    """A worker stands still for longer than its session: others have its share when it moves again, and it ends."""
    for name in "ab":
        run.town.work(name)
        run.town.until_ready(name)
    run.publish()
    run.wait(4.0, 1.0)
    run.town.workers["a"].send_signal(signal.SIGSTOP)
    time.sleep(STILL)
    run.town.workers["a"].send_signal(signal.SIGCONT)
    assert run.town.workers["a"].wait(PATIENCE) == FROZEN, run.town.log("work-a")[-3000:]
    run.town.work("a")
    run.published()


def poison(run: Run) -> None:
    """Between the mentions there is what nobody can read: no JSON, no message, a newer schema, nobody's institution, too much."""
    run.town.work("a")
    run.publish()
    bad = [
        (b"\xff\xfe not JSON", "1"),
        (b'{"kind": "mention", "id": 7}', "1"),
        (b'{"kind": "mention"}', "99"),
        (b"null", "1"),
        (b"[1, 2, 3]", "1"),
        (_of_nobody(), "1"),
        (b"x" * 900_000, "1"),
    ]
    assert run.town.servers
    with closing(KafkaProducer(bootstrap_servers=run.town.servers.kafka)) as producer:
        for number in range(30):
            value, schema = bad[number % len(bad)]
            key = f"poison {number}".encode()
            producer.send(run.town.topics.mentions.name, value, key, headers=[("schema", schema.encode())])
            run.wait(0.3, 0.0)
        producer.flush()
    run.poison = 30
    run.published()


def deleted_while_replayed(run: Run) -> None:
    """Mentions are deleted while they are published, some before that; then all is published again."""
    for name in "ab":
        run.town.work(name)
    run.publish()
    for _ in range(4):
        some = run.chance.sample(run.crowd.alone, 150)
        ids = [mention_id(network, native, town) for network, native in some for town in INSTITUTIONS]
        run.town.delete(ids)
        run.gone |= set(ids)
        run.wait(2.0)
    run.published()
    run.publish()
    run.wait(3.0, 1.0)
    run.town.kill("a")
    run.town.work("a")
    run.published()


def _of_nobody() -> bytes:
    """A sound mention of an institution that is not in the configuration."""
    mention = a_mention("poison", institution="nowhere")
    return encode(Mention(**{name: getattr(mention, name) for name in Mention.__struct_fields__}))


SCENARIOS: dict[str, Callable[[Run], None]] = {
    scenario.__name__: scenario
    for scenario in (
        worker_killed, ingestor_killed, broker_killed, elasticsearch_stopped, workers_come_and_go,
        worker_frozen, poison,        deleted_while_replayed,
    )
}  # fmt: skip
OUTAGES = ("broker_killed", "elasticsearch_stopped", "worker_frozen", "workers_come_and_go")
"""Of them what is away for a while and comes back, servers among it."""
