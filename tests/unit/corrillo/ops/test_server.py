"""/healthz, /readyz and /metrics of a process, over real sockets."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from datetime import UTC, datetime

import pytest

from corrillo.errors import BrokerError, ConfigError
from corrillo.ops.metrics import Metrics
from corrillo.ops.probe import probe
from corrillo.ops.readiness import Readiness
from corrillo.ops.server import ops_server
from corrillo.ops.serving import bind, names
from tests.processes import get


def metrics() -> Metrics:
    return Metrics(lambda: datetime(2026, 11, 21, tzinfo=UTC))


async def asked(url: str) -> tuple[int, str]:
    return await asyncio.to_thread(get, url)


async def test_it_answers_while_the_block_runs_and_not_after() -> None:
    counted = metrics()
    counted.processed("enrich", 7)
    async with ops_server("127.0.0.1", 0, {"kafka": lambda: ""}, counted) as url:
        assert await asked(f"{url}healthz") == (200, '{"status":"ok"}')
        assert await asked(f"{url}readyz") == (200, '{"status":"ok","missing":[]}')
        assert 'corrillo_messages_processed_total{step="enrich"} 7.0' in (await asked(f"{url}metrics"))[1]
        assert (await asked(f"{url}nowhere"))[0] == 404
    assert await asked(f"{url}healthz") == (0, "")


async def test_readyz_lists_what_is_missing_and_healthz_does_not_mind() -> None:
    def away() -> str:
        raise BrokerError("broker.example:9092 does not answer", "start it")

    def broken() -> str:
        raise ValueError("the text of a post")

    looks = {"kafka": away, "store": lambda: "", "partitions": lambda: "none is assigned yet", "other": broken}
    async with ops_server("127.0.0.1", 0, looks, metrics()) as url:
        status, body = await asked(f"{url}readyz")
        assert (status, json.loads(body)) == (
            503,
            {
                "status": "missing",
                "missing": [
                    "kafka: broker.example:9092 does not answer",
                    "partitions: none is assigned yet",
                    "other: ValueError",
                ],
            },
        )
        assert (await asked(f"{url}healthz"))[0] == 200


async def test_a_look_that_hangs_is_missing_and_runs_once_however_often_it_is_asked() -> None:
    started, go = [], threading.Event()

    def hangs() -> str:
        started.append(1)
        go.wait(30)
        return ""

    readiness = Readiness({"store": hangs}, patience=0.05)
    for _ in range(5):
        assert await readiness.missing() == ["store: did not answer within 0.05 s"]
    assert len(started) == 1
    go.set()
    async with asyncio.timeout(30):
        while await readiness.missing():
            await asyncio.sleep(0.01)


async def test_a_loop_that_hangs_does_not_answer() -> None:
    """That is what /healthz is for."""
    async with ops_server("127.0.0.1", 0, {}, metrics()) as url:
        answer = asyncio.create_task(asyncio.to_thread(probe, f"{url}healthz"))
        await asyncio.sleep(0)
        time.sleep(0.3)  # the loop turns no more
        assert not answer.done()
        assert await answer == ""


async def test_a_port_that_is_taken_is_refused_with_a_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"127.0.0.1:{port}") as refused:
            async with ops_server("127.0.0.1", port, {}, metrics()):
                pass
    assert "[ops]" in refused.value.remedy


async def test_on_loopback_a_foreign_name_is_refused() -> None:
    """A name that somebody has pointed at this machine (DNS rebinding)."""
    async with ops_server("127.0.0.1", 0, {}, metrics()) as url:
        port = int(url.rstrip("/").rsplit(":", 1)[1])
        assert await asyncio.to_thread(status_for, port, "evil.example") == 400
        assert await asyncio.to_thread(status_for, port, "localhost") == 200


def status_for(port: int, host: str) -> int:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(f"GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        return int(connection.recv(100).split()[1])


def test_elsewhere_every_name_will_do_unless_some_are_named() -> None:
    """A container is asked by its address, its name and by loopback from inside."""
    with bind("0.0.0.0", 0) as bound:
        assert names(bound) == ["*"]
        assert names(bound, public="listening.example") == ["*"]
        named = names(bound, ("page",), "listening.example")
        assert {"page", "localhost", "127.0.0.1", "listening.example"} <= set(named)
        assert "*" not in named
    with bind("127.0.0.1", 0) as bound:
        assert "listening.example" in names(bound, public="listening.example")
        assert "*" not in names(bound)


async def test_the_probe_says_what_is_answered_instead() -> None:
    async with ops_server("127.0.0.1", 0, {"kafka": lambda: "away"}, metrics()) as url:
        assert await asyncio.to_thread(probe, f"{url}healthz") == ""
        assert "kafka: away" in await asyncio.to_thread(probe, f"{url}readyz")
    assert await asyncio.to_thread(probe, f"{url}healthz") != ""
    assert probe("nonsense") != ""
