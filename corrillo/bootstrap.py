"""Wiring: settings → store, pipeline, sources. The one place with a real clock and environment."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from corrillo.errors import ConfigError
from corrillo.listen import Heard
from corrillo.pipeline import Pipeline
from corrillo.ports import Store
from corrillo.registry import SourceConfig, SourceContext, source_kind, tagger
from corrillo.settings import Settings, pseudonym_key
from ingest.http import PoliteClient
from ingest.protect import Pseudonyms
from stores.sqlite import SqliteStore, engine


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def environment() -> Mapping[str, str]:
    """The process's environment."""
    return os.environ


@dataclass(frozen=True)
class House:
    """Everything that a command needs, open."""

    settings: Settings
    store: Store
    pipeline: Pipeline


def open_store(settings: Settings) -> Store:
    """The store that the settings name. Raises StoreError."""
    return SqliteStore(settings.store_path, {i.id: i.time_zone for i in settings.institutions}, now)


def store_engine() -> str:
    """What the store runs on. Raises StoreError when that lacks something."""
    return engine()


def open_pipeline(settings: Settings, key: bytes | None = None) -> Pipeline:
    """The pipeline with the configured tagger; ``key`` stands in for the configured one."""
    pseudonyms = Pseudonyms(key or pseudonym_key(settings, environment()))
    return Pipeline(settings.institutions, tagger(settings.tagger), pseudonyms)


def open_house(settings: Settings) -> House:
    """Pipeline first: without its key nothing is opened."""
    pipeline = open_pipeline(settings)
    return House(settings, open_store(settings), pipeline)


def open_client(settings: Settings) -> PoliteClient:
    """The polite client for all sources."""
    fetch = settings.fetch
    return PoliteClient(now, contact=fetch.contact, timeout=fetch.timeout, max_bytes=fetch.max_bytes)


def open_source(settings: Settings, config: SourceConfig, client: PoliteClient) -> Heard:
    """A configured source. Raises ConfigError or SourceRefused when something is missing for it."""
    about = config.institution
    known = {i.id: i for i in settings.institutions}
    if about and about not in known:
        raise ConfigError(
            f"source {config.name!r}: institution {about!r} is not in {settings.file}",
            f"use one of: {', '.join(known)}",
        )
    if config.about == "everything" and not about:
        if len(known) > 1:
            raise ConfigError(f"source {config.name!r}: everything is about which institution?", "add: institution = …")
        about = next(iter(known))
    institutions = [known[about]] if about else list(known.values())
    context = SourceContext(
        institutions=institutions,
        clock=now,
        http=client,
        environment=environment(),
        folder=str(Path(settings.file).parent),
    )
    source = source_kind(config.kind)(config, context)
    return Heard(source, about if config.about == "everything" else "", _label(config), about)


def open_sources(settings: Settings, client: PoliteClient) -> Sequence[Heard]:
    """All configured sources."""
    return [open_source(settings, cast(SourceConfig, config), client) for config in settings.sources]


def _label(config: SourceConfig) -> str:
    return str(getattr(config, "venue", "") or getattr(config, "instance", "") or config.name)
