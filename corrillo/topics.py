"""The topics: names, keys, order, retention. What ``corrillo setup kafka`` makes and checks.

    sources ─▶ mentions ─enrich▶ mentions.enriched ─group▶ mentions.tagged ─┬─index─▶ the store
               (by mention)      (by institution)          (by institution) ├─count─▶ counts
                                                                            └─detect▶ alerts, hours, attention ─tell▶ the store
                                                                                         └─ the office ─▶ outbox, people

Keys are mention ids wherever mentions travel, so that compaction leaves the last word on each:
what was edited or deleted is gone from the files within ``FORGET_MS``. Grouping, counting and
detecting need an institution's mentions in one order: from ``mentions.enriched`` on they are in the
partition of their institution.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zlib import crc32

from corrillo.engines import KafkaSettings
from corrillo.notices import REMEMBERED

DAY_MS = 86_400_000
FORGET_MS = DAY_MS
"""How long what has been replaced may stay in a compacted topic."""
QUARANTINE_DAYS = 7


@dataclass(frozen=True)
class Topic:
    """One topic: ``key`` and ``value`` say what they are; ``days`` is its retention, None for ever."""

    name: str
    key: str
    value: str
    partitions: int
    compacted: bool
    days: int | None

    @property
    def config(self) -> Mapping[str, str]:
        """Its settings at the broker."""
        policy = [*(["compact"] if self.compacted else []), *(["delete"] if self.days is not None else [])]
        config = {"cleanup.policy": ",".join(policy), "message.timestamp.type": "CreateTime"}
        if self.days is not None:
            config |= {"retention.ms": str(self.days * DAY_MS), "segment.ms": str(DAY_MS)}
        if self.compacted:
            config |= {"max.compaction.lag.ms": str(FORGET_MS), "min.cleanable.dirty.ratio": "0.1"}
        return config


@dataclass(frozen=True)
class Topics:
    """All of them, under their full names."""

    mentions: Topic
    enriched: Topic
    tagged: Topic
    counts: Topic
    alerts: Topic
    hours: Topic
    attention: Topic
    progress: Topic
    cursors: Topic
    refs: Topic
    sources: Topic
    quarantine: Topic
    outbox: Topic
    group_state: Topic
    count_state: Topic
    detect_state: Topic

    def all(self) -> tuple[Topic, ...]:
        """Every one, in the order in which they are made."""
        return tuple(getattr(self, name) for name in self.__dataclass_fields__)


def topics(kafka: KafkaSettings) -> Topics:
    """The topics of an installation."""
    many, days = kafka.partitions, kafka.retention_days

    def topic(
        name: str, key: str, value: str, partitions: int = many, compacted: bool = True, kept: int | None = days
    ) -> Topic:
        return Topic(f"{kafka.prefix}.{name}", key, value, partitions, compacted, kept)

    def state(table: str, value: str, key: str = "mention id") -> Topic:
        return Topic(changelog(kafka.prefix, table), key, value, many, True, None)

    return Topics(
        mentions=topic("mentions", "mention id", "mention or deletion"),
        enriched=topic("mentions.enriched", "mention id", "tagged mention or deletion"),
        tagged=topic("mentions.tagged", "mention id", "tagged mention or deletion"),
        counts=topic("counts", "cell", "day count", kept=None),
        alerts=topic("alerts", "incident", "incident"),
        hours=topic("hours", "institution, service, district, hour", "hour count", kept=None),
        attention=topic("attention", "mention id", "attention"),
        progress=topic("progress", "worker", "up to when its share is enriched", 1, kept=1),
        cursors=topic("cursors", "source", "cursor", 1, kept=None),
        refs=topic("refs", "network and ref", "known ref", 1, kept=None),
        sources=topic("sources", "source", "source health", 1, kept=None),
        quarantine=topic("quarantine", "item id", "quarantined item", 1, compacted=False, kept=QUARANTINE_DAYS),
        outbox=topic("outbox", "delivery id", "delivery", 1, kept=REMEMBERED.days),
        group_state=state("group", "what grouping remembers"),
        count_state=state("count", "in which cells a mention is counted"),
        detect_state=state("detect", "what detection remembers and has learnt", "record"),
    )


def changelog(application: str, table: str) -> str:
    """The name that Faust gives to the changelog of a table."""
    return f"{application}-{table}-changelog"


def partition_of(institution: str, partitions: int) -> int:
    """Where an institution's mentions are in order. Never change: what is in the topics lies by it."""
    return crc32(institution.encode()) % partitions
