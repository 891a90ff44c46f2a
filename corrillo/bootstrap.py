"""Wiring: settings → store, pipeline, sources. The one place with a real clock and environment.

What only some commands open is imported where it is opened, so that the others start sooner.
"""

from __future__ import annotations

import difflib
import hmac
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

from corrillo.engines import (
    ELASTICSEARCH_PASSWORD,
    ELASTICSEARCH_USER,
    KAFKA_PASSWORD,
    KIBANA_PASSWORD,
    KIBANA_USER,
    ElasticsearchSettings,
    KibanaSettings,
    access,
)
from corrillo.errors import ConfigError, CorrilloError, MissingExtra, ParseError, SecretMissing, SourceRefused
from corrillo.links import Links
from corrillo.model import Batch, Cursor, Deletion, Post
from corrillo.ports import Store
from corrillo.registry import SourceConfig, SourceContext, source_kind, tagger
from corrillo.secrets import secret
from corrillo.settings import FETCH_PROXY, MIN_KEY, Settings, proxy_address, pseudonym_key
from stores.sqlite import SqliteStore, engine

if TYPE_CHECKING:
    from corrillo.listen import Heard
    from corrillo.pipeline import Pipeline
    from dashboards.kibana.connection import Kibana
    from dashboards.kibana.edition import Edition, Language
    from ingest.http import PoliteClient
    from ingest.kafka.by_hand import ByHand
    from ingest.kafka.connection import Broker
    from ingest.kafka.patience import OnTrouble
    from ingest.kafka.sink import KafkaSink
    from notify.ports import Channels
    from processors.faust.worker import Watch, Worker
    from stores.elasticsearch import Client
    from stores.elasticsearch.templates import Shape


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
    zones = {i.id: i.time_zone for i in settings.institutions}
    if settings.store.kind == "sqlite":
        return SqliteStore(settings.store_path, zones, now)
    client, place = open_elasticsearch(settings), elasticsearch_of(settings)
    from stores.elasticsearch import ElasticStore

    return ElasticStore(client, zones, now, place.prefix, elasticsearch_shape(settings))


def elasticsearch_of(settings: Settings) -> ElasticsearchSettings:
    """Where Elasticsearch is, and as whom we come. Raises ConfigError without [elasticsearch]."""
    place = settings.elasticsearch
    if place is None:
        raise ConfigError(
            f"{settings.file}: nothing says where Elasticsearch is",
            'add: [elasticsearch] urls = ["https://localhost:9200"]',
        )
    user = environment().get(ELASTICSEARCH_USER)
    return place.model_copy(update={"user": user}) if user else place


def elasticsearch_shape(settings: Settings) -> Shape:
    """How our indices are made there: the copies, and the longest retention of all institutions."""
    from stores.elasticsearch.templates import Shape

    return Shape(
        elasticsearch_of(settings).replicas, retention_days=max(i.retention_days for i in settings.institutions)
    )


def open_elasticsearch(settings: Settings) -> Client:
    """A client of the cluster; nothing is sent yet. Raises ConfigError without [elasticsearch], MissingExtra."""
    place = elasticsearch_of(settings)
    try:
        from stores.elasticsearch import connect
    except ImportError as error:
        raise MissingExtra(
            f"Elasticsearch needs the package {error.name}", "install it: pip install 'corrillo[elasticsearch]'"
        ) from None
    way_in = access(place, settings.file.parent, environment(), ELASTICSEARCH_PASSWORD)
    return connect(place.urls, way_in.user, way_in.password, way_in.ca_file, place.timeout)


def kibana_of(settings: Settings) -> KibanaSettings:
    """Where Kibana is, and as whom we come. Raises ConfigError without [kibana]."""
    place = settings.kibana
    if place is None:
        raise ConfigError(
            f"{settings.file}: nothing says where Kibana is", 'add: [kibana] url = "https://localhost:5601"'
        )
    user = environment().get(KIBANA_USER)
    return place.model_copy(update={"user": user}) if user else place


def open_kibana(settings: Settings, space: str) -> Kibana:
    """A client of that space of Kibana; nothing is sent yet. Raises ConfigError without [kibana], MissingExtra."""
    place = kibana_of(settings)
    try:
        from dashboards.kibana.connection import connect
    except ImportError as error:
        raise MissingExtra(
            f"Kibana needs the package {error.name}", "install it: pip install 'corrillo[kibana]'"
        ) from None
    return connect(place.url, access(place, settings.file.parent, environment(), KIBANA_PASSWORD), space, place.timeout)


def editions(settings: Settings | None, space: str, languages: Sequence[Language] = ()) -> Sequence[Edition]:
    """The dashboards of those languages (none: the configured ones, else Spanish) as they stand in a space of Kibana."""
    from dashboards.kibana.edition import edition

    kibana = settings.kibana if settings else None
    page = settings.page.public_url if settings else ""
    wanted = dict.fromkeys(languages or (kibana.languages if kibana else ("es",)))
    return [edition(one, space, prefix(settings), page) for one in wanted]


def prefix(settings: Settings | None) -> str:
    """What our indices are called with, and so our dashboards."""
    place = settings.elasticsearch if settings else None
    return place.prefix if place else "corrillo"


def store_engine() -> str:
    """What the store runs on. Raises StoreError when that lacks something."""
    return engine()


def open_broker(settings: Settings) -> Broker:
    """How to get at Kafka; nothing is connected yet. Raises ConfigError without [kafka], MissingExtra."""
    if settings.kafka is None:
        raise ConfigError(f"{settings.file}: nothing says where Kafka is", 'add: [kafka] servers = ["localhost:9092"]')
    try:
        from ingest.kafka.connection import Broker
    except ImportError as error:
        raise MissingExtra(
            f"Kafka needs the package {error.name}", "install it: pip install 'corrillo[kafka]'"
        ) from None
    return Broker(settings.kafka, access(settings.kafka, settings.file.parent, environment(), KAFKA_PASSWORD))


def open_kafka_sink(settings: Settings, on_trouble: OnTrouble = lambda source, said: None) -> KafkaSink:
    """Where ingestors publish; ``on_trouble`` hears what a source waits for, '' when it goes on."""
    broker = open_broker(settings)
    from ingest.kafka.sink import KafkaSink

    retention = timedelta(days=max(i.retention_days for i in settings.institutions))
    return KafkaSink(broker, [i.id for i in settings.institutions], now, retention, on_trouble)


def open_by_hand(settings: Settings, on_trouble: OnTrouble = lambda source, said: None) -> ByHand:
    """What publishes for a command: quarantine again, erasures."""
    broker = open_broker(settings)
    from ingest.kafka.by_hand import ByHand

    return ByHand(broker, [i.id for i in settings.institutions], now, on_trouble)


def open_worker(settings: Settings, member: str, watch: Watch) -> Worker:
    """A worker of the stream; nothing is connected yet. Raises ConfigError, MissingExtra."""
    broker, client = open_broker(settings), open_elasticsearch(settings)
    if settings.store.kind != "elasticsearch":
        raise ConfigError(
            f"{settings.file}: store.kind is {settings.store.kind!r}: workers share a store",
            'write: kind = "elasticsearch"',
        )
    try:
        from processors.faust.brokers import Brokers
        from processors.faust.worker import Parts, Worker
    except ImportError as error:
        raise MissingExtra(
            f"The workers need the package {error.name}", "install it: pip install 'corrillo[kafka]'"
        ) from None
    from ingest.protect import Pseudonyms, protect_text
    from processors.detect.watching import watched
    from processors.enrich import enrichers
    from stores.elasticsearch import Indexer

    place, zones = elasticsearch_of(settings), {i.id: i.time_zone for i in settings.institutions}
    pseudonyms = Pseudonyms(pseudonym_key(settings, environment()))
    return Worker(
        Parts(
            brokers=Brokers(broker.settings, broker.access),
            member=member,
            enrichers=enrichers(settings.institutions, tagger(settings.tagger, settings.tagger_wishes)),
            zones=zones,
            watched=watched(settings.institutions),
            store=Indexer(client, zones, place.prefix, elasticsearch_shape(settings)),
            protect=lambda text: protect_text(text, "", (), pseudonyms),
            clock=now,
            watch=watch,
            remember=timedelta(
                days=min(broker.settings.remember_days, *(i.retention_days for i in settings.institutions))
            ),
        )
    )


LINKS_KEY = "CORRILLO_LINKS_KEY"
"""Environment variable of the key behind the links in messages; it wins over the file."""


def open_links(settings: Settings) -> Links:
    """Makes and reads the links in messages. Raises SecretMissing where there is neither a key for them nor one of the pseudonyms."""
    named, public = settings.notify.links_key_file, settings.page.public_url
    if not (named or environment().get(LINKS_KEY)):
        return Links(hmac.digest(pseudonym_key(settings, environment()), b"links in messages", "sha256"), public)
    key = secret(environment(), LINKS_KEY, settings.file.parent / named if named else None, "the key of the links")
    if len(key) < MIN_KEY:
        raise SecretMissing(f"the key of the links has {len(key)} bytes", f"use at least {MIN_KEY}")
    return Links(key.encode(), public)


def known_links(settings: Settings) -> Links | None:
    """The same; None where there is no key for them."""
    try:
        return open_links(settings)
    except SecretMissing:
        return None


def open_channels(settings: Settings) -> Channels:
    """What reaches people; nothing is connected yet. Raises SecretMissing."""
    from notify.channels import channels

    return channels(settings, open_links(settings), environment(), now)


def open_pipeline(settings: Settings, key: bytes | None = None) -> Pipeline:
    """The pipeline with the configured tagger; ``key`` stands in for the configured one."""
    from corrillo.pipeline import Pipeline
    from ingest.protect import Pseudonyms

    pseudonyms = Pseudonyms(key or pseudonym_key(settings, environment()))
    return Pipeline(settings.institutions, tagger(settings.tagger, settings.tagger_wishes), pseudonyms)


def open_house(settings: Settings) -> House:
    """Pipeline first: without its key nothing is opened."""
    pipeline = open_pipeline(settings)
    return House(settings, open_store(settings), pipeline)


def open_client(settings: Settings) -> PoliteClient:
    """The polite client for all sources. Raises ConfigError for a proxy that cannot be one."""
    from ingest.http import PoliteClient

    fetch = settings.fetch
    return PoliteClient(
        now,
        contact=fetch.contact,
        timeout=fetch.timeout,
        max_bytes=fetch.max_bytes,
        proxy=fetch_proxy(settings),
        past_proxy=fetch.no_proxy,
    )


def fetch_proxy(settings: Settings) -> str:
    """The proxy of the environment, else of the settings; what is wrong with one is said without repeating it."""
    try:
        return proxy_address(environment().get(FETCH_PROXY, "").strip()) or settings.fetch.proxy
    except ValueError as error:
        raise ConfigError(f"{FETCH_PROXY}: {error}", "correct it, or remove it") from None


def open_source(settings: Settings, config: SourceConfig, client: PoliteClient) -> Heard:
    """A configured source. Raises ConfigError or SourceRefused when something is missing for it."""
    from corrillo.listen import Heard

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
    return Heard(source, about if config.about == "everything" else "", label(config), about)


class Unopened:
    """A configured source that cannot be opened yet: every try is refused with what is missing, and it is blind."""

    def __init__(self, config: SourceConfig, error: CorrilloError) -> None:
        kind = source_kind(config.kind)
        self.name = config.name
        self.network = str(getattr(config, "network", "") or getattr(kind, "network", config.kind))
        self.interval = 60.0
        self._error = SourceRefused(error.message, f"{error.remedy}; then start it again")

    def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """Raises SourceRefused."""
        raise self._error

    def parse(self, raw: str) -> Sequence[Post | Deletion]:
        """Raises ParseError: nothing comes from it."""
        raise ParseError(self._error.message)

    async def close(self) -> None:
        """Nothing was opened."""


def open_listening(settings: Settings, client: PoliteClient, names: Sequence[str] = ()) -> Sequence[Heard]:
    """What ``open_sources`` gives, for listening: one that lacks its key stops no other, and is blind until it has it."""
    from corrillo.listen import Heard

    opened = []
    for config in _named(settings, names):
        try:
            opened.append(open_source(settings, config, client))
        except (SourceRefused, MissingExtra) as error:
            opened.append(Heard(Unopened(config, error), label=label(config), only=config.institution))
    return opened


def open_sources(settings: Settings, client: PoliteClient, names: Sequence[str] = ()) -> Sequence[Heard]:
    """All configured sources, or those of these names. Raises ConfigError for a name that there is not, SourceRefused."""
    return [open_source(settings, config, client) for config in _named(settings, names)]


def _named(settings: Settings, names: Sequence[str]) -> list[SourceConfig]:
    known = [cast(SourceConfig, config) for config in settings.sources]
    for name in names:
        if name not in (listed := [c.name for c in known]):
            close = difflib.get_close_matches(name, listed, n=1)
            remedy = f"did you mean {close[0]!r}?" if close else f"use one of: {', '.join(listed) or 'none is there'}"
            raise ConfigError(f"{settings.file}: no source is called {name!r}", remedy)
    return [config for config in known if not names or config.name in names]


def label(config: SourceConfig) -> str:
    """What people call the place that a source listens to."""
    return str(getattr(config, "venue", "") or getattr(config, "instance", "") or config.name)
