"""Delivery that does not block is not waited for; one that does is, and ends as ever."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from faust.types import TP
from mode import Service

from corrillo.engines import Access, KafkaSettings
from processors.faust.application import Application, application
from processors.faust.brokers import Brokers
from processors.faust.transport import SETTLED, Consumer
from tests.fakes.stream import FakeMessage


@pytest.fixture
async def app() -> Application:
    return application(Brokers(KafkaSettings(servers=("127.0.0.1:1",)), Access()), "tester")


@pytest.fixture
async def consumer(app: Application) -> Consumer:
    app.topics  # noqa: B018 - made when it is asked for
    made = app.transport.create_consumer(nothing, on_partitions_revoked=nothing, on_partitions_assigned=nothing)
    assert isinstance(made, Consumer)
    return made


async def nothing(*_: Any) -> None:
    """What a consumer wants to be told to do."""


class Delivery:
    """A delivery that waits for ``go`` when there is one."""

    def __init__(self, go: asyncio.Event | None = None, error: Exception | None = None) -> None:
        self.go, self.error, self.delivered = go, error, False

    async def on_message(self) -> None:
        if self.go:
            await self.go.wait()
        if self.error:
            raise self.error
        self.delivered = True


async def both(consumer: Consumer, delivery: Delivery, suspended: asyncio.Event) -> Any:
    return await consumer.wait_first(delivery.on_message(), suspended.wait())


async def test_what_does_not_block_is_delivered_at_once(consumer: Consumer) -> None:
    delivery = Delivery()
    waiting = both(consumer, delivery, asyncio.Event())
    with pytest.raises(StopIteration):
        waiting.send(None)
    assert delivery.delivered


async def test_what_blocks_is_waited_for(consumer: Consumer) -> None:
    go = asyncio.Event()
    delivery = Delivery(go)
    waiting = asyncio.ensure_future(both(consumer, delivery, asyncio.Event()))
    await asyncio.sleep(0)
    assert not delivery.delivered
    go.set()
    await waiting
    assert delivery.delivered


async def test_a_suspended_flow_ends_the_wait(consumer: Consumer) -> None:
    suspended, delivery = asyncio.Event(), Delivery(asyncio.Event())
    waiting = asyncio.ensure_future(both(consumer, delivery, suspended))
    await asyncio.sleep(0)
    suspended.set()
    await waiting
    assert not delivery.delivered


@pytest.mark.parametrize("go", [None, asyncio.Event()], ids=["at once", "after waiting"])
async def test_what_fails_is_heard_of(consumer: Consumer, go: asyncio.Event | None) -> None:
    waiting = asyncio.ensure_future(both(consumer, Delivery(go, ValueError("broken")), asyncio.Event()))
    await asyncio.sleep(0)
    if go:
        go.set()
    with pytest.raises(ValueError, match="broken"):
        await waiting


async def test_partitions_of_streams_wait_for_the_flow(consumer: Consumer, app: Application) -> None:
    """Between resuming them and resuming the flow Faust seeks, and throws away what it was given before that."""
    table, stream = TP("corrillo-group-changelog", 0), TP("corrillo.mentions", 0)
    app.tables._changelogs[table.topic] = None
    consumer.resume_partitions({table, stream})
    assert consumer._active_partitions == {table}
    consumer.resume_flow()
    assert consumer._active_partitions == {table, stream}


async def test_partitions_that_are_paused_again_are_not_resumed_with_the_flow(consumer: Consumer) -> None:
    stream = TP("corrillo.mentions", 0)
    consumer.resume_partitions({stream})
    consumer.pause_partitions({stream})
    consumer.resume_flow()
    assert consumer._active_partitions == set()


async def test_a_part_that_crashes_is_seen(app: Application) -> None:
    part, inner = Service(), Service()
    part.add_dependency(inner)
    app.add_dependency(part)
    assert app.broken() == ""
    inner._crash(ValueError("deep inside"))
    assert app.broken() == "Service: ValueError('deep inside')"


async def test_a_fetcher_that_crashes_is_seen(app: Application) -> None:
    app._fetcher._crash(ValueError("no more"))
    assert app.broken() == "Fetcher: ValueError('no more')"


# ── up to when everything is done ─────────────────────────────────────────────────────────
HERE, NOW = TP("corrillo.mentions.tagged", 0), 5_000.0


@pytest.fixture
def position(consumer: Consumer, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets how many messages there are, how many of them were fetched, and when the brokers said so; all are handed out."""
    consumer._thread = consumer._new_consumer_thread()
    monkeypatch.setattr(consumer, "assignment", lambda: {HERE})

    def place(end: int | None, read_to: int, answered: float | None = NOW) -> None:
        monkeypatch.setattr(consumer, "highwater", lambda tp: end)
        monkeypatch.setattr(consumer._thread, "read_to", lambda tp: read_to)
        monkeypatch.setattr(consumer._thread, "answered", lambda tp: answered)
        consumer._note_what_was_asked()

    return place


async def test_where_nothing_waits_it_is_a_moment_before_it_was_asked(consumer: Consumer, position: Any) -> None:
    """What was published just then may not have been told; where nothing was told at all, nobody knows."""
    position(None, 0, None)
    assert consumer.through(HERE, "detect") is None
    position(7, 7, NOW)
    assert consumer.through(HERE, "detect") is None
    position(7, 7, NOW + 1)
    assert consumer.through(HERE, "detect") == (NOW - SETTLED, NOW)
    position(8, 7, NOW + 2)
    assert consumer.through(HERE, "detect") is None
    position(8, 8, NOW + 2)
    assert consumer.through(HERE, "detect") == (NOW + 1 - SETTLED, NOW + 1)


async def test_what_is_fetched_and_not_handed_out_yet_waits(
    consumer: Consumer, position: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    position(7, 7, NOW)
    position(7, 7, NOW + 1)
    monkeypatch.setattr(consumer, "highwater", lambda tp: 9)
    monkeypatch.setattr(consumer._thread, "read_to", lambda tp: 9)
    assert consumer.through(HERE, "detect") is None


async def test_where_something_waits_it_is_the_oldest_of_that(consumer: Consumer, position: Any) -> None:
    """For each step of its own. Nobody knows how old is what was not fetched, unless it stands there in order."""
    for offset, published, left in ((5, 300.0, {"detect", "index"}), (6, 200.0, {"index"})):
        consumer._progress.hand(HERE, FakeMessage(b"", offset, timestamp=published, left=left))
    position(7, 7, NOW)
    position(7, 7, NOW + 1)
    said = [consumer.through(HERE, step) for step in ("detect", "index", "count")]
    assert said == [(300.0, NOW), (200.0, NOW), (NOW - SETTLED, NOW)]
    position(9, 7, NOW + 1)
    assert [consumer.through(HERE, "index", in_order) for in_order in (False, True)] == [None, (200.0, NOW)]
