"""What the benchmarks run on: the demonstration's posts, over and over, as different mentions."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from corrillo.demo import build
from corrillo.model import Mention, TaggedMention, mention_id
from corrillo.pipeline import Pipeline
from corrillo.registry import SourceContext, tagger
from ingest.archive import Archive, ArchiveConfig
from ingest.protect import Pseudonyms

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def pipeline_and_mentions() -> tuple[Pipeline, list[Mention]]:
    """The demonstration's pipeline, and its posts as mentions before enrichment."""
    with TemporaryDirectory() as folder:
        settings = build(Path(folder), NOW)
        pipeline = Pipeline(settings.institutions, tagger("rules"), Pseudonyms(b"a key for benchmarks"))
        mentions: list[Mention] = []
        for config in settings.sources:
            assert isinstance(config, ArchiveConfig)
            if not (Path(folder) / config.path).exists():
                continue  # the source that cannot be heard
            context = SourceContext(settings.institutions, lambda: NOW, None, {}, folder)
            source = Archive(config, context)
            for line in (Path(folder) / config.path).read_text(encoding="utf-8").splitlines():
                for post in source.parse(line):
                    mentions += pipeline.matched(post, NOW)
    return pipeline, mentions


def many(mentions: list[TaggedMention], count: int) -> list[TaggedMention]:
    """``count`` different mentions: the same texts under new ids, each its own thread and story."""
    found = []
    for number in range(count):
        mention = mentions[number % len(mentions)]
        identity = mention_id(mention.network, f"{mention.id}-{number}", mention.institution)
        found.append(msgspec.structs.replace(mention, id=identity, thread=identity, story=identity, answers=""))
    return found


def median(values: list[float]) -> float:
    """The middle one."""
    return sorted(values)[len(values) // 2]
