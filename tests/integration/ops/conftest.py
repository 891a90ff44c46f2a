"""The whole compose file at work, once for all tests here: two servers of its own, and our services as processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from deploy.services import Elasticsearch, Kafka
from deploy.services.java import QUICK
from tests.fakes.kibana import FakeKibana
from tests.fakes.neighbours import served
from tests.fakes.security_index import WithSecurityIndex
from tests.integration.ops.containers import RUNNING, SETUP, Containers

SOURCE = """
[[source]]
kind = "feed"
name = "paper"
url = "{feed}/feed.xml"
venue = "The fake newspaper"
interval = 0.5
"""


@pytest.fixture(scope="session")
def servers() -> Iterator[tuple[Kafka, Elasticsearch, Path]]:
    """Kafka, an Elasticsearch that takes accounts, and a folder beside them that goes when they go."""
    with ExitStack() as opened:
        folder = Path(opened.enter_context(TemporaryDirectory(prefix="corrillo-", ignore_cleanup_errors=True)))
        os.chmod(folder, 0o711)  # who runs Elasticsearch must get through
        kafka = opened.enter_context(Kafka(folder / "kafka", jvm=QUICK))
        yield kafka, opened.enter_context(WithSecurityIndex(folder / "elasticsearch", jvm=QUICK)), folder


@pytest.fixture(scope="session")
def paper() -> Iterator[str]:
    """The address of a fake newspaper."""
    with served("feed") as address:
        yield address


@pytest.fixture(scope="session")
def kibana(servers: tuple[Kafka, Elasticsearch, Path]) -> Iterator[FakeKibana]:
    """A fake one, which lets the administrator in: a real Kibana needs more of a server than there is."""
    with FakeKibana({"elastic": servers[1].password}) as fake:
        yield fake


@pytest.fixture(scope="session")
def containers(servers: tuple[Kafka, Elasticsearch, Path], kibana: FakeKibana, paper: str) -> Iterator[Containers]:
    """Everything that the compose file starts, in its order, each healthy by its own check."""
    kafka, elasticsearch, folder = servers
    elsewhere = {
        "kafka:9092": kafka.bootstrap,
        "http://elasticsearch:9200": elasticsearch.url,
        "http://kibana:5601": kibana.base,
    }
    made = Containers(folder / "compose", elsewhere, SOURCE.format(feed=paper))
    made.furnish(elastic=elasticsearch.password)
    try:
        for name in SETUP:
            made.once(name)
        for name in RUNNING:
            made.start(name)
        for name in RUNNING:
            made.healthy(name)
        yield made
    finally:
        for process in made.running.values():
            with suppress(OSError):
                process.kill()
            process.wait()
