"""Real servers for tests: one Kafka and one Elasticsearch a session, and one of its own for a test that ends it.

A server that cannot be had fails the test; none is skipped. Where the environment names servers
(``CORRILLO_TEST_KAFKA``, ``CORRILLO_TEST_ELASTICSEARCH`` with ``…_USER`` and ``…_PASSWORD``), those are the session's;
with pytest-xdist that is how the workers share them, for otherwise each starts its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import pytest

from deploy.services import Elasticsearch, Kafka
from deploy.services.elasticsearch import QUICK
from deploy.services.realm import User


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


class OwnElasticsearch(Protocol):
    """Start an Elasticsearch that the test may do with as it likes; it is gone after the test."""

    def __call__(
        self,
        roles: Mapping[str, str] | None = None,
        users: Mapping[str, User] | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> Elasticsearch: ...


@pytest.fixture(scope="session")
def kafka_server() -> Iterator[KafkaServer]:
    """The Kafka that the tests of a session share: take topic names that nobody else takes."""
    given = os.environ.get("CORRILLO_TEST_KAFKA")
    with ExitStack() as opened:
        yield KafkaServer(given or opened.enter_context(Kafka(_folder(opened))).bootstrap)


@pytest.fixture(scope="session")
def elasticsearch_server() -> Iterator[ElasticsearchServer]:
    """The Elasticsearch that the tests of a session share: take index names that nobody else takes."""
    given = os.environ.get("CORRILLO_TEST_ELASTICSEARCH")
    if given:
        user = os.environ.get("CORRILLO_TEST_ELASTICSEARCH_USER", "elastic")
        yield ElasticsearchServer(given, user, os.environ["CORRILLO_TEST_ELASTICSEARCH_PASSWORD"])
        return
    with ExitStack() as opened:
        started = opened.enter_context(Elasticsearch(_folder(opened), jvm=QUICK))
        yield ElasticsearchServer(started.url, started.user, started.password)


@pytest.fixture
def own_kafka() -> Iterator[OwnKafka]:
    with ExitStack() as opened:

        def make(extra: Mapping[str, object] | None = None) -> Kafka:
            return opened.enter_context(Kafka(_folder(opened), extra=extra))

        yield make


@pytest.fixture
def own_elasticsearch() -> Iterator[OwnElasticsearch]:
    with ExitStack() as opened:

        def make(
            roles: Mapping[str, str] | None = None,
            users: Mapping[str, User] | None = None,
            extra: Mapping[str, object] | None = None,
        ) -> Elasticsearch:
            node = Elasticsearch(_folder(opened), roles=roles, users=users, extra=extra, jvm=QUICK)
            return opened.enter_context(node)

        yield make


def _folder(opened: ExitStack) -> Path:
    """A folder that is removed after its server; not pytest's own, which no user but root may enter when root runs."""
    return Path(opened.enter_context(TemporaryDirectory(prefix="corrillo-", ignore_cleanup_errors=True)))
