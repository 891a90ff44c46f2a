"""A producer that is connected to nothing: a fake of aiokafka's, with its own way of filling batches."""

from __future__ import annotations

import asyncio
from typing import Any

from aiokafka.producer.message_accumulator import BatchBuilder


class FakeBatch(BatchBuilder):
    """aiokafka's batch, which remembers what was put into it."""

    def __init__(self, size: int) -> None:
        super().__init__(size, 0)
        self.held: list[tuple[str, bytes | None]] = []
        self.times: list[int | None] = []

    def append(self, *, timestamp: Any, key: bytes, value: bytes | None, headers: Any = ()) -> Any:
        there = super().append(timestamp=timestamp, key=key, value=value, headers=headers)
        if there is not None:
            self.held.append((key.decode(), value))
            self.times.append(timestamp)
        return there


class FakeProducer:
    """A fake producer: ``sent`` is what has arrived, ``times`` the moments it bears; ``errors`` come first, one a try, wherever they stand.

    "start": when it is started; "send": when a batch is handed over; "answer": when the brokers say what became of it.
    """

    def __init__(self) -> None:
        self.sent: list[tuple[str, int, list[tuple[str, bytes | None]]]] = []
        self.times: list[int | None] = []
        self.errors: dict[str, list[Exception]] = {"start": [], "send": [], "answer": []}
        self.options: dict[str, Any] = {}
        self.started = self.stopped = 0

    def __call__(self, **options: Any) -> FakeProducer:
        """Stands for the class: it is made again, and is the same."""
        self.options = options
        return self

    async def start(self) -> None:
        self._fail("start")
        self.started += 1

    async def stop(self) -> None:
        self.stopped += 1

    def create_batch(self) -> FakeBatch:
        return FakeBatch(self.options["max_batch_size"])

    async def send_batch(self, batch: FakeBatch, topic: str, *, partition: int) -> asyncio.Future[None]:
        self._fail("send")
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.errors["answer"]:
            answer.set_exception(self.errors["answer"].pop(0))
        else:
            self.sent.append((topic, partition, batch.held))
            self.times += batch.times
            answer.set_result(None)
        return answer

    def _fail(self, where: str) -> None:
        if self.errors[where]:
            raise self.errors[where].pop(0)
