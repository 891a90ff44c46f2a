"""Records that belong together: whoever is killed while they are kept, all of them are kept, or none.

Kafka takes a batch whole or not at all. What is more than a batch is written down first, in parts, and a mark
after them; then the records themselves are written, and then the parts are taken away. Whoever comes
afterwards and finds the mark does the rest; parts without a mark are nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from corrillo.messages import encode
from processors.faust.publisher import BATCH_BYTES, Outgoing
from processors.faust.steps import R, S, Stateful

WHOLE = BATCH_BYTES * 3 // 4
"""Bytes of records that fit into a batch for certain."""
EACH = 100
"""Bytes that a record needs besides its key and value, at most."""
MARK = "\x00"
"""Key of the mark, which says how many parts there are; theirs begin with it too, no record's does."""

Changes = Mapping[str, bytes | None]
_read_part = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Whole(Stateful[S, R]):
    """A state whose changes belong together."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._unfinished: dict[int, Changes] = {}

    async def keep(self, step: str, partition: int, changes: Mapping[str, R | None]) -> None:
        """Write what has changed, all of it or nothing; it is durable afterwards."""
        if partition in self._unfinished:
            await self._publish(step, partition, carried_out(self._unfinished[partition]))
            del self._unfinished[partition]
        encoded = {key: None if record is None else encode(record) for key, record in changes.items()}
        if size(encoded) <= WHOLE:
            await self._publish(step, partition, encoded)
            return
        await self._publish(step, partition, written_down(encoded))
        await self._publish(step, partition, carried_out(encoded))

    def _records(self, partition: int, brought: dict[str, bytes]) -> dict[str, R]:
        left = found(brought)
        self._unfinished.pop(partition, None)
        if left:
            self._unfinished[partition] = left
        return super()._records(partition, applied(brought, left))

    async def _publish(self, step: str, partition: int, changes: Changes) -> None:
        if changes:
            await self._publisher.publish(step, self._topic, [Outgoing(partition, k, v) for k, v in changes.items()])


def size(changes: Changes) -> int:
    """Bytes that they need in a batch, at most."""
    return sum(_size(key, value) for key, value in changes.items())


def _size(key: str, value: bytes | None) -> int:
    return EACH + len(key.encode()) + len(value or b"")


def written_down(changes: Changes) -> dict[str, bytes | None]:
    """The parts of what is to be kept, and the mark after them."""
    parts = [encode({k: None if v is None else msgspec.Raw(v) for k, v in part}) for part in _parts(changes)]
    return {**{f"{MARK}{n}": part for n, part in enumerate(parts)}, MARK: encode(len(parts))}


def carried_out(changes: Changes) -> dict[str, bytes | None]:
    """The same for itself, and then neither mark nor parts any more."""
    return {**changes, MARK: None, **{f"{MARK}{n}": None for n, _ in enumerate(_parts(changes))}}


def found(brought: Mapping[str, bytes]) -> Changes:
    """What was written down, and perhaps not carried out."""
    count = msgspec.json.decode(brought[MARK], type=int) if MARK in brought else 0
    parts = [_read_part(brought[f"{MARK}{n}"]) for n in range(count)]
    return {k: None if bytes(v) == b"null" else bytes(v) for part in parts for k, v in part.items()}


def applied(brought: Mapping[str, bytes], changes: Changes) -> dict[str, bytes]:
    """The records as they are when it is carried out."""
    together = {**brought, **changes}
    return {k: v for k, v in together.items() if v is not None and not k.startswith(MARK)}


def _parts(changes: Changes) -> Iterator[Iterable[tuple[str, bytes | None]]]:
    part: list[tuple[str, bytes | None]] = []
    filled = 0
    for key, value in changes.items():
        if part and filled + _size(key, value) > WHOLE:
            yield part
            part, filled = [], 0
        part.append((key, value))
        filled += _size(key, value)
    if part:
        yield part
