"""What ``corrillo doctor`` finds at the servers that the configuration names, and at our own ports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from corrillo.bootstrap import (
    editions,
    elasticsearch_of,
    kibana_of,
    now,
    open_broker,
    open_elasticsearch,
    open_kibana,
)
from corrillo.errors import ConfigError, CorrilloError
from corrillo.findings import Finding
from corrillo.ops.probe import probe
from corrillo.ops.serving import bind
from corrillo.settings import Settings


def servers(settings: Settings) -> Iterator[Finding]:
    """Of every server that is configured: reachable, version, clock, what was set up, what we may. Never raises."""
    if settings.kafka is not None:
        yield from _asked("Kafka", lambda: _kafka(settings))
    if settings.elasticsearch is not None:
        yield from _asked("Elasticsearch", lambda: _elasticsearch(settings))
    if settings.kibana is not None:
        yield from _asked("Kibana", lambda: _kibana(settings))


def ports(settings: Settings) -> Iterator[Finding]:
    """Where our processes are asked: free, or served by one of ours."""
    yield port("page", settings.page.host, settings.page.port)
    if settings.kafka is not None:
        yield port("probes of ingest", settings.ops.host, settings.ops.ingest_port)
        yield port("probes of work", settings.ops.host, settings.ops.work_port)
        yield port("probes of notify", settings.ops.host, settings.ops.notify_port)
    if settings.store.kind == "elasticsearch":
        yield port("probes of purge", settings.ops.host, settings.ops.purge_port)


def port(what: str, host: str, number: int) -> Finding:
    """Whether something of ours may listen there, or does."""
    try:
        bind(host, number).close()
    except ConfigError as taken:
        if probe(f"http://{host}:{number}/healthz"):
            return Finding(what, False, taken.message, taken.remedy)
        missing = probe(f"http://{host}:{number}/readyz")
        said = f"{host}:{number} is served, {'not ready: ' + missing if missing else 'ready'}"
        return Finding(what, not missing, said, "see what is missing" if missing else "")
    return Finding(what, True, f"{host}:{number} is free")


def _asked(what: str, look: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    try:
        yield from look()
    except CorrilloError as error:
        yield Finding(what, False, error.message, error.remedy)


def _kafka(settings: Settings) -> Iterator[Finding]:
    broker = open_broker(settings)
    from ingest.kafka.checks import check

    yield from check(broker, now)


def _elasticsearch(settings: Settings) -> Iterator[Finding]:
    with open_elasticsearch(settings) as client:
        from stores.elasticsearch.check import check
        from stores.elasticsearch.names import Names

        yield from check(client.impatient(), Names(elasticsearch_of(settings).prefix), now)


def _kibana(settings: Settings) -> Iterator[Finding]:
    space = kibana_of(settings).space
    with open_kibana(settings, space) as kibana:
        from dashboards.kibana.check import check
        from dashboards.kibana.errors import KibanaError

        try:
            yield from check(kibana, editions(settings, space))
        except KibanaError as error:
            if error.status != 401 or kibana_of(settings).user:
                raise
            yield Finding("Kibana", True, f"{error.message}; only corrillo dashboards needs a user (kibana.user)")
