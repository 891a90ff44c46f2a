"""One installation on real servers, its processes, and the same input run the embedded way beside it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from subprocess import Popen
from typing import Any

import msgspec
from kafka import KafkaConsumer, TopicPartition

from corrillo.bootstrap import now, open_by_hand, open_store
from corrillo.errors import StoreError
from corrillo.model import Cursor, MentionDeleted
from corrillo.ports import Query, Store
from corrillo.settings import Settings, load
from corrillo.topics import Topic, Topics, topics
from tests.faults.contents import INSTITUTIONS, Contents, Told, contents, told
from tests.processes import Commands, get, until

CLOCKED = Path(__file__).with_name("clocked.py")
PATIENCE = 180.0
"""Seconds in which everything that was published has to be there."""
CONFIG = """
tagger = "rules" # what is tried out is delivery

[[institution]]
id = "valdeprado"
name = "Ayuntamiento de Valdeprado"
aliases = ["Valdeprado"]
retention_days = 36500

[[institution.district]]
name = "El Arrabal"

[[institution.account]]
network = "forum"
handle = "neighbour7"

[[institution]]
id = "benialba"
name = "Ajuntament de Benialba"
aliases = ["Benialba"]
retention_days = 36500

[[source]]
kind = "archive"
name = "crowd"
path = "crowd.jsonl"
"""
SCALE = """
[store]
kind = "elasticsearch"

[kafka]
servers = ["{kafka}"]
prefix = "{prefix}"
retention_days = 1000

[elasticsearch]
urls = ["{elasticsearch}"]
user = "{user}"
password_file = "elasticsearch.password"
prefix = "{prefix}"
timeout = 10
"""


@dataclass(frozen=True)
class Servers:
    """Where Kafka and Elasticsearch are."""

    kafka: str
    elasticsearch: str
    user: str
    password: str


@dataclass
class Town:
    """``corrillo`` configured in a folder; ``prefix`` keeps it apart from others on the same servers.

    ``clocked``: its workers go by a clock of the test's own (``clocked.py``).
    """

    folder: Path
    servers: Servers | None
    prefix: str = ""
    clocked: bool = False
    workers: dict[str, Popen[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.corrillo = Commands(self.folder, program=(str(CLOCKED),) if self.clocked else ("-m", "corrillo"))
        scale = ""
        if self.servers:
            scale = SCALE.format(prefix=self.prefix, **vars(self.servers))
            (self.folder / "elasticsearch.password").write_text(self.servers.password, "ascii")
            (self.folder / "elasticsearch.password").chmod(0o600)
        (self.folder / "corrillo.key").write_text("a key that is used in tests and nowhere else", "ascii")
        (self.folder / "corrillo.key").chmod(0o600)
        (self.folder / "corrillo.toml").write_text(CONFIG + scale, "utf-8")

    @property
    def settings(self) -> Settings:
        return load(self.folder / "corrillo.toml")

    @property
    def topics(self) -> Topics:
        assert self.settings.kafka
        return topics(self.settings.kafka)

    @contextmanager
    def store(self) -> Iterator[Store]:
        with closing(open_store(self.settings)) as store:
            yield store

    # ── what people do ────────────────────────────────────────────────────────────────────
    def set_up(self) -> None:
        """Topics and templates."""
        self.corrillo("setup", "kafka")
        self.corrillo("setup", "elasticsearch")

    def work(self, name: str) -> Popen[str]:
        """Start a worker of that name; it comes back under it."""
        self.workers[name] = self.corrillo.start(
            "work", "--name", f"{self.prefix}-{name}", "--port", 0, log=f"work-{name}"
        )
        return self.workers[name]

    @property
    def working(self) -> bool:
        """Whether a worker lives."""
        return any(process.poll() is None for process in self.workers.values())

    def until_ready(self, name: str) -> None:
        """Wait until a worker has its partitions."""

        def ready() -> bool:
            said = re.findall(r"http://127\.0\.0\.1:\d+/readyz", self.log(f"work-{name}"))
            return bool(said) and get(said[-1])[0] == 200

        until(ready, lambda: self.log(f"work-{name}")[-3000:])

    def kill(self, name: str) -> None:
        """Kill a worker that lives."""
        process = self.workers[name]
        assert process.poll() is None, f"{name} died by itself:\n{self.log(f'work-{name}')[-3000:]}"
        process.kill()
        process.wait()

    def delete(self, ids: list[str]) -> None:
        """Publish that mentions are gone."""
        at = now()
        with closing(open_by_hand(self.settings)) as by_hand:
            by_hand.start()
            by_hand.publish([MentionDeleted(id=i, institution=t, at=at) for i in ids for t in INSTITUTIONS], "test")

    def cursor_rows(self) -> int:
        """How many rows of its file the source has published."""
        last = [cursor for _, cursor in self.read(self.topics.cursors, Cursor)]
        return int(json.loads(last[-1].state)["rows"]) if last else 0

    def log(self, name: str) -> str:
        """What a process has said."""
        file = self.folder / name
        return file.read_text("utf-8") if file.exists() else ""

    def show(self, moment: datetime) -> None:
        """Set the clock of what is ``clocked``."""
        (self.folder / "clock.new").write_text(moment.isoformat(), "ascii")
        (self.folder / "clock.new").replace(self.folder / "clock")

    # ── what is there ─────────────────────────────────────────────────────────────────────
    def until_there(self, wanted: Contents) -> Contents:
        """The store's contents as soon as they are ``wanted``; as they are when they do not become it."""
        deadline = time.monotonic() + PATIENCE
        with self.store() as store:
            while self.working and time.monotonic() < deadline:
                time.sleep(1)
                with suppress(StoreError):  # its indices are being made
                    if store.count(Query()) == wanted.documents and (found := contents(store)) == wanted:
                        return found
            return contents(store)

    def until_told(self, wanted: Told) -> Told:
        """What detection has told as soon as it is ``wanted``; as it is when it does not become it."""
        deadline = time.monotonic() + PATIENCE
        with self.store() as store:
            while self.working and time.monotonic() < deadline:
                with suppress(StoreError):  # its indices are being made
                    if told(store) == wanted:
                        break
                time.sleep(1)
            return told(store)

    def stored(self) -> int:
        """How many mentions are in the store now; none while it is being made."""
        with self.store() as store, suppress(StoreError):
            return store.count(Query())
        return 0

    def contents(self) -> Contents:
        """The store's contents now."""
        with self.store() as store:
            return contents(store)

    def read(self, topic: Topic, kind: object = bytes) -> list[tuple[str, Any]]:
        """Key and value of everything that is in a topic, committed."""
        assert self.settings.kafka
        decode = bytes if kind is bytes else msgspec.json.Decoder(kind).decode
        servers = list(self.settings.kafka.servers)  # checksums in pure Python would take longer than all the rest
        consumer = KafkaConsumer(bootstrap_servers=servers, isolation_level="read_committed", check_crcs=False)
        with closing(consumer):
            parts = [TopicPartition(topic.name, n) for n in range(topic.partitions)]
            consumer.assign(parts)
            consumer.seek_to_beginning()
            ends, found = consumer.end_offsets(parts), []
            while any(consumer.position(p) < ends[p] for p in parts):
                for records in consumer.poll(500).values():
                    found += [(r.key.decode(), decode(r.value) if r.value else None) for r in records]
            return found
