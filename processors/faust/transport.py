"""Faust's transport to Kafka with four changes: committed records only, exact progress, nothing thrown away, faster.

Faust reads uncommitted records unless it produces transactionally itself, and starts two tasks
for each message to wait for whichever ends first: its delivery, or the flow being suspended.
Delivery hardly ever blocks, so it is run at once here; only when it does block, Faust waits as ever.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Container, Coroutine, Generator, Iterable, Iterator, Mapping
from functools import partial
from types import CoroutineType, coroutine
from typing import Any, NamedTuple, cast

import aiokafka
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from faust.types.tuples import ConsumerMessage, Message

from processors.faust.progress import Progress

log = logging.getLogger("corrillo.work")
_DELIVERY = "on_message"
"""The coroutine function of Faust's conductor that puts a message into the streams' buffers."""


ANSWER_MS = 500
"""Milliseconds after which the brokers answer that there is nothing new."""
SETTLED = 2.0
"""Seconds after which what was published has been told to those who fetch."""


class OnlyThese:
    """The partitions to fetch from, as they are at each moment; none are none.

    Faust empties the set while aiokafka waits for records, to which an empty one means all partitions:
    what came of those, Faust threw away.
    """

    def __init__(self, partitions: Container[TP]) -> None:
        self._partitions = partitions

    def __contains__(self, partition: TP) -> bool:
        return partition in self._partitions

    def __bool__(self) -> bool:
        return True


class Thread(driver.AIOKafkaConsumerThread):
    """Polls the brokers for committed records."""

    def _create_worker_consumer(self, transport: driver.Transport) -> aiokafka.AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = "read_committed"  # read when the consumer starts; Faust has settings for neither
        consumer._fetch_max_wait_ms = ANSWER_MS
        return consumer

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Seek what is committed, and the beginning where nothing is: aiokafka leaves those partitions where they are."""
        sought: Mapping[TP, int] = await self.call_thread(self._seek_to_committed)
        return sought

    async def _seek_to_committed(self) -> Mapping[TP, int]:
        consumer = self._ensure_consumer()
        committed: Mapping[TP, int] = await consumer.seek_to_committed()
        anew = [tp for tp, offset in committed.items() if not offset and not self.consumer._is_changelog_tp(tp)]
        if anew:
            await consumer.seek_to_beginning(*anew)
        await self._say_what_is_gone(consumer, {tp: offset for tp, offset in committed.items() if offset})
        return committed

    async def _say_what_is_gone(self, consumer: aiokafka.AIOKafkaConsumer, committed: Mapping[TP, int]) -> None:
        """Kafka forgets by time, also what nobody has read."""
        begins = await consumer.beginning_offsets(list(committed)) if committed else {}
        for tp, offset in committed.items():
            if begins[tp] > offset:
                log.error(
                    "%s[%d]: up to %d messages from %d on were deleted by Kafka before a worker read them."
                    " Raise kafka.retention_days, and replay what is missing from its source",
                    tp.topic, tp.partition, begins[tp] - offset, offset,
                )  # fmt: skip

    async def _fetch_records(
        self, consumer: aiokafka.AIOKafkaConsumer, active_partitions: set[TP], *args: Any, **options: Any
    ) -> Any:
        return await super()._fetch_records(consumer, OnlyThese(active_partitions), *args, **options)  # type: ignore[arg-type]

    def read_to(self, tp: TP) -> int:
        """The offset that is fetched next."""
        state = self._state(tp)
        return state.position if state and state.has_valid_position else 0

    def answered(self, tp: TP) -> float | None:
        """When the brokers last answered what there is in a partition, in seconds since 1970."""
        state = self._state(tp)
        return state.timestamp / 1000 if state and state.timestamp else None

    def _state(self, tp: TP) -> Any:
        assignment = self._ensure_consumer()._subscription.subscription.assignment
        return assignment.state_value(tp) if assignment and tp in assignment.tps else None


class Through(NamedTuple):
    """``until``: everything that was published before is done. ``asked``: by what the brokers answered to a question of then."""

    until: float
    asked: float


class Asked(NamedTuple):
    """Of a partition: up to which offset all was handed out, when the brokers last answered, when that was asked for."""

    handed: int
    answered: float | None
    asked: float | None


class Consumer(driver.Consumer):
    """Delivers what it can without waiting; commits what is done up to the first message that is not."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._progress = Progress()
        self._held: set[TP] = set()
        self._asked: dict[TP, Asked] = {}

    def lag(self, tp: TP, *steps: str) -> int:
        """Messages of a partition that are not done (by one of ``steps``, if named), marks of transactions between them included."""
        first = self._progress.first(tp, *steps)
        read_to = cast(Thread, self._thread).read_to(tp)
        done = max(read_to, self._committed_offset[tp] or 0) if first is None else first
        return max(0, (self.highwater(tp) or 0) - done)

    def through(self, tp: TP, step: str, in_order: bool = False) -> Through | None:
        """Up to when a step has done everything that was published (seconds since 1970); None when nobody knows.

        ``in_order``: what was not handed out yet was published after all that was.
        """
        known, oldest = self._asked.get(tp), self._progress.oldest(tp, step)
        if known is None or known.asked is None:
            return None
        end = self.highwater(tp)
        handed = end is not None and end <= known.handed
        if oldest is None:
            return Through(known.asked - SETTLED, known.asked) if handed else None
        return Through(oldest, known.asked) if handed or in_order else None

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Message]]:
        """Hand out one message after the other; only then are more of them fetched."""
        self._note_what_was_asked()
        async for handed in super().getmany(timeout):
            yield handed

    def _note_what_was_asked(self) -> None:
        """All that was fetched is handed out now. The next question is put after the last answer."""
        thread, before = cast(Thread, self._thread), self._asked
        self._asked = {}
        for tp in self.assignment():
            known, answered = before.get(tp), thread.answered(tp)
            last = known.answered if known else None
            asked = last if answered != last or not known else known.asked
            self._asked[tp] = Asked(thread.read_to(tp), answered, asked)

    # ── progress ──────────────────────────────────────────────────────────────────────────
    def _to_message(self, tp: TP, record: Any) -> ConsumerMessage:
        message: Any = super()._to_message(tp, record)
        if steps := self.app.steps.get(tp.topic):  # type: ignore[attr-defined] # ours has them
            message.left = set(steps)
            self._progress.hand(tp, message)
        return cast(ConsumerMessage, message)

    def ack(self, message: Message) -> bool:
        """Nothing: steps say themselves what they have done."""
        return False

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        return (tp for tp in self._progress.partitions() if topics is None or tp in topics or tp.topic in topics)

    def _new_offset(self, tp: TP) -> int | None:
        return self._progress.done(tp, self.app.consumer_generation_id)

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Nothing: offsets are not counted."""

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Let the steps end what they are at, and commit it: the next owner begins after it."""
        await super().on_partitions_revoked(revoked)
        await self.commit()
        self._progress.drop(revoked)
        self._asked.clear()

    # ── after a rebalance ─────────────────────────────────────────────────────────────────
    def pause_partitions(self, tps: Iterable[TP]) -> None:
        """Fetch nothing from them."""
        some = set(tps)
        self._held -= some
        super().pause_partitions(some)

    def resume_partitions(self, tps: Iterable[TP]) -> None:
        """Fetch from them again; from those of streams as soon as the flow is resumed next.

        When all is brought back, Faust resumes the partitions of streams, then seeks what is committed,
        then empties the streams' queues, and then resumes the flow, which is not at rest meanwhile:
        messages that are fetched in between would be thrown away and never fetched again.
        """
        streams = {tp for tp in tps if not self._is_changelog_tp(tp)}
        self._held |= streams
        super().resume_partitions(set(tps) - streams)

    def resume_flow(self) -> None:
        """Deliver messages."""
        held, self._held = self._held, set()
        super().resume_partitions(held)
        super().resume_flow()

    def on_buffer_drop(self, tp: TP) -> None:
        """Fetch again from a partition whose messages had filled their buffer, unless it has been paused meanwhile."""
        if tp in self._paused_partitions:
            self._buffered_partitions.discard(tp)
        else:
            super().on_buffer_drop(tp)

    # ── delivery ──────────────────────────────────────────────────────────────────────────
    def _new_consumer_thread(self) -> Thread:
        return Thread(self, loop=self.loop, beacon=self.beacon)

    async def wait_first(self, *waits: Any, timeout: Any = None) -> Any:
        """The first of ``waits`` to end; a delivery that does not block is not waited for."""
        first = waits[0] if waits else None
        if len(waits) != 2 or not isinstance(first, CoroutineType) or first.__name__ != _DELIVERY:
            return await super().wait_first(*waits, timeout=timeout)
        try:
            blocked = first.send(None)
        except BaseException as ended:
            waits[1].close()
            if isinstance(ended, StopIteration):
                return None
            raise
        return await super().wait_first(_ended(first, blocked), waits[1], timeout=timeout)


async def _ended(started: Coroutine[Any, Any, Any], blocked: Any) -> Any:
    return await _rest(started, blocked)


@coroutine
def _rest(started: Coroutine[Any, Any, Any], blocked: Any) -> Generator[Any, Any, Any]:
    """What is left of a coroutine that was run up to where it waits for ``blocked``."""
    while True:
        try:
            step = partial(started.send, (yield blocked))
        except BaseException as error:  # cancelled, too: it is for the coroutine to see
            step = partial(started.throw, error)
        try:
            blocked = step()
        except StopIteration as done:
            return done.value


class Transport(driver.Transport):
    """The transport that uses them."""

    Consumer = Consumer
