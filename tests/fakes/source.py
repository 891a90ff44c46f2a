"""A fake source: it gives what its script says, raises what stands among it, and speaks to no network."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta

from corrillo.model import Author, Batch, Cursor, Deletion, Items, Post, Venue

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def post(number: int, text: str = "", **given: object) -> Post:
    """A post about the fake's town; its ref and its id go by its number."""
    values: dict = {
        "network": "fake", "native_id": f"post-{number}", "ref": f"fake/{number}", "source": "fake",
        "venue": Venue(name="nowhere"), "author": Author(handle=f"person{number % 3}"),
        "published": NOW - timedelta(hours=1, minutes=number), "text": text or f"Mensaje {number} sobre Valdeprado",
    }  # fmt: skip
    return Post(**{**values, **given})


class FakeSource:
    """Yields the batches of ``script`` one after another; numbered from 0, that number is its cursor.

    An exception in the script is raised once, at its place, and passed over from then on; after
    the script it ends, or waits for ever if it ``streams``.
    """

    network = "fake"

    def __init__(
        self,
        *script: Sequence[Post | Deletion] | Exception,
        name: str = "fake",
        interval: float = 60.0,
        streams: bool = False,
    ) -> None:
        self.name = name
        self.interval = interval
        self.script: list[Sequence[Post | Deletion] | Exception | None] = list(script)
        self.asked: list[int] = []
        """The cursors with which it was asked."""
        self.left = 0
        """How often its fetch came to an end, of itself or because it was left."""
        self._streams = streams

    async def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        start = json.loads(cursor.state)["at"] if cursor else 0
        self.asked.append(start)
        try:
            for number in range(start, len(self.script)):
                step = self.script[number]
                if step is None:
                    continue
                if isinstance(step, Exception):
                    self.script[number] = None
                    raise step
                yield Batch(cursor=Cursor(source=self.name, state=json.dumps({"at": number + 1})), items=tuple(step))
            if self._streams:
                await asyncio.Event().wait()
        finally:
            self.left += 1

    def parse(self, raw: str) -> Sequence[Post]:
        raise NotImplementedError("a fake source has nothing raw")

    async def close(self) -> None:
        """Nothing is open."""


class FakeWorld(FakeSource):
    """A fake source whose posts can be looked up again, by ``look``, as they are now."""

    def __init__(self, *script: Sequence[Post | Deletion] | Exception, **given: object) -> None:
        super().__init__(*script, **given)  # type: ignore[arg-type]
        self.look: Callable[[str], Post | Deletion | None] = lambda ref: None
        self.looked: list[list[str]] = []

    async def recheck(self, refs: Sequence[str]) -> Items:
        self.looked.append(sorted(refs))
        return Items(items=tuple(item for ref in refs if (item := self.look(ref)) is not None))
