"""The invented town's fortnight, replayed into a store as it would have been heard, with what its team did meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

import msgspec

from corrillo.bootstrap import House, now, open_client, open_sources
from corrillo.cli.common import say
from corrillo.demo import BLIND, TOWN, deeds, first_day, silence
from corrillo.model import Batch, Mention, Post
from corrillo.ports import Source, SourceNews, Written
from corrillo.sink import StoreSink
from corrillo.work import Deed
from ingest.archive import ArchiveConfig

LOOKED = frozenset(("bluesky", "decidim", "instagram", "mastodon", "reviews", "x", "youtube"))
"""Networks in which the town has looked for answers."""


async def relive(house: House, sink: StoreSink, at: datetime) -> None:
    """Hear all that the town's files hold in the order in which it was said, each post at its own moment.

    So the town is watched as it would have been. Its files hold whole threads: an answer to a mention is one, and
    where the town looks for answers, they have been looked for by ``at``.
    """
    heard = await _heard(house)
    said = [(item, batch, one) for one, batch in heard for item in batch.items if isinstance(item, Post)]
    silent, gap = silence(at)
    replay = _Replay(house, sink)
    for post, batch, source in sorted(said, key=lambda s: s[0].published):
        back = gap.until is not None and source.name == silent and post.published >= gap.until
        alone = Batch(cursor=batch.cursor, items=(_looked(post, at),), missed=(gap,) if back else ())
        silent = "" if back else silent
        await asyncio.to_thread(replay.take, alone, source)
    await asyncio.to_thread(_go_blind, sink, at)
    await asyncio.to_thread(sink.advance, now())
    await asyncio.to_thread(replay.do, deeds(at))
    sources = {one.name for one, _ in heard}
    say(f"{len(said)} posts of {len(sources)} sources, {replay.written.new} of them about the town.")


@dataclass
class _Replay:
    """What has been heard so far: ``mentions`` by the id of their post."""

    house: House
    sink: StoreSink
    written: Written = field(default_factory=Written)
    mentions: dict[str, Mention] = field(default_factory=dict)

    def take(self, batch: Batch, source: Source) -> None:
        """Hear one post at its moment."""
        (post,) = (item for item in batch.items if isinstance(item, Post))
        thread = TOWN if post.answers in self.mentions else ""
        outcome = self.house.pipeline.hear(batch, source.network, post.published, in_thread=thread)
        for event in outcome.events:
            if isinstance(event, Mention) and event.institution == TOWN:
                self.mentions[post.native_id] = event
        self.written += self.sink.take(batch, replace(outcome, news=replace(outcome.news, every=source.interval)))

    def do(self, done: Iterable[Deed]) -> None:
        """Keep what the team did about those posts that are mentions."""
        for deed in done:
            mention = self.mentions.get(deed.mention)
            if mention is not None:
                was = tuple(t.kind for t in self.house.pipeline.enrich(mention).tags) if deed.tags else ()
                self.house.store.do(msgspec.structs.replace(deed, mention=mention.id, was=was))


def _go_blind(sink: StoreSink, at: datetime) -> None:
    """Nothing was said in the channel that is away now; until it went, it was heard."""
    source, network, away = BLIND
    for moment in (first_day(at), at - away):
        sink.note_success(SourceNews(source, network, moment, every=0.0))


async def _heard(house: House) -> list[tuple[Source, Batch]]:
    """All that the files hold that are there."""
    folder = house.settings.file.parent
    there = [s.name for s in house.settings.sources if isinstance(s, ArchiveConfig) and (folder / s.path).exists()]
    client = open_client(house.settings)
    try:
        opened = open_sources(house.settings, client, there)
        return [(one.source, batch) for one in opened async for batch in one.source.fetch(None)]
    finally:
        await client.close()


def _looked(post: Post, at: datetime) -> Post:
    """``post`` with when its answers were looked for; in groups and under articles nobody can look."""
    able = post.network in LOOKED or post.venue.kind == "page"
    return msgspec.structs.replace(post, looked=max(at, post.published)) if able else post
