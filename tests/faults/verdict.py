"""What became of a crowd: what the store and the topics hold against what they should."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Any

from corrillo.model import MentionDeleted, TaggedMention
from corrillo.ports import DayCount
from corrillo.versions import version_of
from deploy.services import Elasticsearch, Kafka
from deploy.services.java import QUICK
from tests.faults.beside import Beside
from tests.faults.contents import Contents, cells
from tests.faults.scenarios import SCENARIOS, Run
from tests.faults.town import Servers, Town
from tests.processes import until
from tests.services import ElasticsearchServer, KafkaServer

Own = tuple[Kafka, Elasticsearch]
SETTLE = 60.0
"""Seconds."""


@dataclass(frozen=True)
class Verdict:
    """Numbers of one scenario; all but ``published``, ``stored``, ``quarantined``, ``replayed`` and ``seconds`` should be 0."""

    scenario: str
    published: int
    stored: int
    lost: int
    doubled: int
    resurrected: int
    different: int
    stories_wrong: int
    counts_wrong: int
    topic_counts_wrong: int
    poison_lost: int
    quarantined: int
    replayed: int
    seconds: float

    @property
    def faults(self) -> dict[str, int]:
        """What should be 0 and is not."""
        zero = (
            "lost", "doubled", "resurrected", "different", "stories_wrong", "counts_wrong", "topic_counts_wrong", "poison_lost",
        )  # fmt: skip
        return {name: value for name in zero if (value := getattr(self, name))}


@contextmanager
def servers() -> Iterator[Own]:
    """A Kafka and an Elasticsearch to do with as one likes."""
    with (
        _folder() as one,
        _folder() as other,
        Kafka(Path(one), jvm=QUICK) as kafka,
        Elasticsearch(Path(other), jvm=QUICK) as elasticsearch,
    ):
        yield kafka, elasticsearch


def where(kafka: Kafka | KafkaServer, elasticsearch: Elasticsearch | ElasticsearchServer) -> Servers:
    """Their addresses, and who may do everything there."""
    return Servers(kafka.bootstrap, elasticsearch.url, elasticsearch.user, elasticsearch.password)


def try_out(name: str, servers: Servers, own: Own | None, beside: Beside, folder: Path) -> Verdict:
    """One scenario from beginning to end, in a folder of its own and under names that no other run on this machine takes.

    ``own``: those servers, where they may be stopped.
    """
    begin = time.monotonic()
    town = Town(folder / "scale", servers, f"fault-{name}-{token_hex(4)}".replace("_", "-"))
    run = Run(town, beside.crowd, beside.file, random.Random(f"{name} {beside.seed}"), own)
    try:
        town.set_up()
        SCENARIOS[name](run)
        wanted = beside.without(run.gone, folder / "embedded")
        found = town.until_there(wanted)
        return _verdict(name, run, wanted, found, time.monotonic() - begin)
    finally:
        town.corrillo.end()


def _verdict(name: str, run: Run, wanted: Contents, found: Contents, seconds: float) -> Verdict:
    town, there = run.town, found.mentions.keys()
    with town.store() as store:
        until(lambda: len(store.quarantined()) >= run.poison, lambda: f"{len(store.quarantined())} in quarantine")
        quarantined = len(store.quarantined())
    told = [
        (e.id, version_of(e))
        for _, e in town.read(town.topics.tagged, TaggedMention | MentionDeleted)
        if isinstance(e, TaggedMention)
    ]
    return Verdict(
        scenario=name,
        published=len(town.read(town.topics.mentions)),
        stored=len(there),
        lost=len(wanted.mentions.keys() - there),
        doubled=found.documents - len(there),
        resurrected=len(there - wanted.mentions.keys()),
        different=sum(found.mentions[i] != m for i, m in wanted.mentions.items() if i in there),
        stories_wrong=len(found.stories ^ wanted.stories),
        counts_wrong=_unlike(found.counts, wanted.counts),
        topic_counts_wrong=_topic_counts_wrong(town, wanted),
        poison_lost=run.poison - quarantined,
        quarantined=quarantined,
        replayed=len(told) - len(set(told)),
        seconds=seconds,
    )  # fmt: skip


def _topic_counts_wrong(town: Town, wanted: Contents) -> int:
    """How many cells are wrong once counting, which goes on beside storing, has had its time."""
    deadline = time.monotonic() + SETTLE
    while (wrong := _unlike(_topic_counts(town), wanted.counts)) and time.monotonic() < deadline:
        time.sleep(1)
    return wrong


def _topic_counts(town: Town) -> dict[tuple[Any, ...], int]:
    last = dict(town.read(town.topics.counts, DayCount))
    return cells(last.values())


def _unlike(one: dict[tuple[Any, ...], int], other: dict[tuple[Any, ...], int]) -> int:
    return sum(one.get(cell) != other.get(cell) for cell in one.keys() | other.keys())


def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="corrillo-faults-", ignore_cleanup_errors=True)
