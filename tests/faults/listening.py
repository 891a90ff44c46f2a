"""A crowd that is heard while it speaks, in either way of running: the clock shows when its newest post was said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from corrillo.bootstrap import open_broker, open_client, open_pipeline, open_source, open_store
from corrillo.detection import Detection
from corrillo.listen import Heard, Listener
from corrillo.model import Batch, Cursor, Deletion, Post
from corrillo.pipeline import Pipeline
from corrillo.ports import Source
from corrillo.sink import Sink, StoreSink
from ingest import archive
from tests.faults.crowd import START
from tests.faults.town import Town

ROWS = 20
"""Posts that are heard at once."""


class AsTheySpeak:
    """The posts of a source, and the clock that goes with them."""

    def __init__(self, source: Source) -> None:
        self._source, self.moment = source, START
        self.name, self.network, self.interval = source.name, source.network, source.interval

    def clock(self) -> datetime:
        """When the newest of what was given was said."""
        return self.moment

    async def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """Give what the source gives; time has come to it then."""
        async for batch in self._source.fetch(cursor):
            said = [i.published for i in batch.items if isinstance(i, Post)]
            self.moment = max([self.moment, *said])
            yield batch

    def parse(self, raw: str) -> Sequence[Post | Deletion]:
        """As the source does."""
        return self._source.parse(raw)

    async def close(self) -> None:
        """Close the source."""
        await self._source.close()


def listen(town: Town, file: Path) -> None:
    """Hear all posts of a file, each when it was said."""
    asyncio.run(_listen(town, file))


async def _listen(town: Town, file: Path) -> None:
    settings, client = town.settings, open_client(town.settings)
    config = archive.ArchiveConfig.model_validate({"kind": "archive", "name": "crowd", "path": str(file)})
    source = AsTheySpeak(open_source(settings, config, client).source)
    pipeline = open_pipeline(settings)
    with patch.object(archive, "ROWS", ROWS), _sink(town, pipeline, source) as sink:
        listener = Listener(pipeline, sink, source.clock)
        await listener.drain(Heard(source))
        sink.stop()
        listener.close()
    await client.close()


@contextmanager
def _sink(town: Town, pipeline: Pipeline, source: AsTheySpeak) -> Iterator[Sink]:
    institutions = town.settings.institutions
    if not town.servers:
        with closing(open_store(town.settings)) as store:
            yield StoreSink(store, pipeline, Detection(institutions))
        return
    from ingest.kafka.sink import KafkaSink

    sink = KafkaSink(open_broker(town.settings), [i.id for i in institutions], source.clock, timedelta(days=36_500))
    with closing(sink):
        sink.start()
        yield sink
