"""What a session makes once: a Kafka, an Elasticsearch, the demonstration, a crowd. And servers of a test's own.

A server that cannot be had fails the test; none is skipped. Where the environment names servers
(``CORRILLO_TEST_KAFKA``, ``CORRILLO_TEST_ELASTICSEARCH`` with ``…_USER`` and ``…_PASSWORD``), those are the session's;
otherwise they are started when a test first asks, and with pytest-xdist all workers share them.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol, cast

import pytest

from deploy.services import Elasticsearch, Kafka
from deploy.services.java import QUICK
from tests.lending import Lender, Make, borrow


@dataclass(frozen=True)
class KafkaServer:
    """Where a Kafka is."""

    bootstrap: str


@dataclass(frozen=True)
class ElasticsearchServer:
    """Where an Elasticsearch is, and who may do everything there."""

    url: str
    user: str
    password: str


class OwnKafka(Protocol):
    """Start a Kafka that the test may do with as it likes; it is gone after the test."""

    def __call__(self, extra: Mapping[str, object] | None = None) -> Kafka: ...


def start_kafka(opened: ExitStack) -> KafkaServer:
    """The session's Kafka."""
    given = os.environ.get("CORRILLO_TEST_KAFKA")
    return KafkaServer(given or opened.enter_context(Kafka(_folder(opened), jvm=QUICK)).bootstrap)


def start_elasticsearch(opened: ExitStack) -> ElasticsearchServer:
    """The session's Elasticsearch."""
    given = os.environ.get("CORRILLO_TEST_ELASTICSEARCH")
    if given:
        user = os.environ.get("CORRILLO_TEST_ELASTICSEARCH_USER", "elastic")
        return ElasticsearchServer(given, user, os.environ["CORRILLO_TEST_ELASTICSEARCH_PASSWORD"])
    started = opened.enter_context(Elasticsearch(_folder(opened), jvm=QUICK))
    return ElasticsearchServer(started.url, started.user, started.password)


def _demo(opened: ExitStack) -> Any:
    from tests.demonstration import lived_through

    return lived_through(opened)


def _demo_ended(opened: ExitStack) -> Any:
    from tests.demonstration import ended

    return ended(opened)


def _people(opened: ExitStack) -> Any:
    from tests.faults.beside import gathered

    return gathered(_folder(opened))


LENT: Mapping[str, Make] = {
    "kafka": start_kafka,
    "elasticsearch": start_elasticsearch,
    "demo": _demo,
    "demo's end": _demo_ended,
    "people": _people,
}
"""By its name. What is of the house itself is imported when it is asked for: coverage begins after this is read."""
LENDER = pytest.StashKey[Lender]()
DESK = "corrillo_servers"


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever is told to end takes the servers along
    config.stash[LENDER] = Lender(LENT)


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[LENDER].close()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where it is lent the session's servers."""
    node.workerinput[DESK] = node.config.stash[LENDER].desk()


def lent(config: pytest.Config, name: str) -> Any:
    """One of LENT: of this process, or of the one whose worker this is."""
    desk = getattr(config, "workerinput", {}).get(DESK)
    return borrow(desk, name) if desk else config.stash[LENDER].lend(name)


@pytest.fixture(scope="session")
def kafka_server(pytestconfig: pytest.Config) -> KafkaServer:
    """The Kafka that the tests of a session share: take topic names that nobody else takes."""
    return cast(KafkaServer, lent(pytestconfig, "kafka"))


@pytest.fixture(scope="session")
def elasticsearch_server(pytestconfig: pytest.Config) -> ElasticsearchServer:
    """The Elasticsearch that the tests of a session share: take index names that nobody else takes."""
    return cast(ElasticsearchServer, lent(pytestconfig, "elasticsearch"))


@pytest.fixture
def own_kafka() -> Iterator[OwnKafka]:
    with ExitStack() as opened:

        def make(extra: Mapping[str, object] | None = None) -> Kafka:
            return opened.enter_context(Kafka(_folder(opened), extra=extra, jvm=QUICK))

        yield make


def _folder(opened: ExitStack) -> Path:
    """A folder that is removed after its server; not pytest's own, which no user but root may enter when root runs."""
    return Path(opened.enter_context(TemporaryDirectory(prefix="corrillo-", ignore_cleanup_errors=True)))
