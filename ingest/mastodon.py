"""Mastodon and what speaks its API: hashtag timelines, polled by ``min_id``, streamed with a token.

Documented endpoints only (``mastodon_api``). Without a token, edits and deletions are found by
looking known posts up again (``recheck``); with one they arrive as events (``mastodon_stream``).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from functools import partial
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import Field

from corrillo.errors import SourceError, SourceRefused, SourceUnavailable
from corrillo.model import Batch, Cursor, Deletion, Items, Post
from corrillo.registry import Access, SourceConfig, SourceContext
from ingest.api import taken
from ingest.faults import NotThere
from ingest.keys import key
from ingest.mastodon_api import Api, Ask, paged_back, paged_on
from ingest.mastodon_statuses import (
    NETWORK,
    REWIND,
    Reader,
    Status,
    carries_time,
    id_at,
    is_before,
    order,
    rewound,
)
from ingest.mastodon_stream import Event, Streams
from ingest.mastodon_threads import answers_to, joined

RECHECK_PAGES, SINGLY = 5, 40
"""What looking posts up again may cost: pages a hashtag, and older posts one by one."""
STREAM_FOR = 600.0
"""Seconds after which a stream is left once, so that polling can find what it may have dropped: less than REWIND."""
AT_ONCE = 200
"""Posts given together."""


class MastodonConfig(SourceConfig):
    """An instance and the hashtags to follow there (none: the institutions' own hashtags)."""

    instance: Annotated[str, Field(pattern=r"^(https?://)?[^/\s]+/?$")]
    hashtags: tuple[str, ...] = ()
    token_file: str = ""
    interval: Annotated[float, Field(gt=0)] = 60.0
    backlog: Annotated[int, Field(ge=0)] = 200


class Mastodon:
    """The hashtags of one instance as a source."""

    Config: ClassVar[type[SourceConfig]] = MastodonConfig
    example: ClassVar[Mapping[str, str]] = {
        "en": """\
# Hashtags on a Mastodon instance. Public timelines need no token on most instances; with a token
# (read:statuses is enough) posts, edits and deletions arrive at once.
# [[source]]
# kind = "mastodon"
# name = "mastodon-social"
# instance = "https://mastodon.social"
# hashtags = []                # none: those of the institution
# # token_file = "mastodon.token"   # or the environment variable CORRILLO_TOKEN_MASTODON_SOCIAL
# interval = 60                # seconds
""",
        "es": """\
# Etiquetas en una instancia de Mastodon. En casi todas se leen sin token; con él (basta
# read:statuses) llegan al instante las publicaciones, los cambios y los borrados.
# [[source]]
# kind = "mastodon"
# name = "mastodon-social"
# instance = "https://mastodon.social"
# hashtags = []                # ninguna: las de la institución
# # token_file = "mastodon.token"   # o la variable de entorno CORRILLO_TOKEN_MASTODON_SOCIAL
# interval = 60                # segundos
""",
    }
    access: ClassVar[Mapping[str, Access]] = {
        "en": Access(
            needs="Nothing on most instances. For posts, edits and deletions at once: a token with read:statuses (instance → Preferences → Development → New application).",
            costs="Nothing; 300 requests in five minutes.",
            hears="Public posts with the hashtags, from every server that the instance knows; what your accounts say, as far as the instance knows them; answers to all of that.",
            misses="Posts without one of the hashtags, private posts, servers that the instance does not know; without a token also most of the answers in threads of more than 60.",
            optional=True,
        ),
        "es": Access(
            needs="Nada en la mayoría de instancias. Para oír al instante publicaciones, cambios y borrados: un token con read:statuses (instancia → Preferencias → Desarrollo → Nueva aplicación).",
            costs="Nada; 300 peticiones cada cinco minutos.",
            hears="Las publicaciones públicas con las etiquetas, de todos los servidores que la instancia conoce; lo que dicen las cuentas propias, hasta donde la instancia las conoce, y las respuestas a todo ello.",
            misses="Lo que no lleva ninguna de las etiquetas, lo privado y los servidores que la instancia no conoce; sin token, además, buena parte de las respuestas en hilos de más de 60.",
            optional=True,
        ),
    }
    network = NETWORK

    def __init__(self, config: MastodonConfig, context: SourceContext) -> None:
        self.name = config.name
        self.interval = config.interval
        bare = config.instance.rstrip("/")
        base = bare if "://" in bare else f"https://{bare}"
        own = (h for i in context.institutions for h in i.hashtags)
        self._host = urlsplit(base).netloc
        self._tags = tuple(dict.fromkeys(t.lstrip("#").lower() for t in (config.hashtags or own)))
        self._backlog = config.backlog
        self._context = context
        self._streams = bool(token := _token(config, context))
        self._streams_again = 0.0
        self._api = Api(base, token, context.http)
        self._reader = Reader(self.name, self._host)
        if not self._tags:
            raise SourceRefused(
                f"source {config.name!r} has no hashtag to follow", "add hashtags to it or to the institution"
            )

    async def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """What each hashtag has since ``cursor``; then, with a token, what happens as it happens."""
        reached: dict[str, str] = json.loads(cursor.state) if cursor else {}
        loop = asyncio.get_running_loop()
        streamed = self._tags if self._streams and loop.time() >= self._streams_again else ()
        async with Streams(self._api, streamed) as streams:
            early, refused = await self._opened(streams)
            for tag in self._tags:
                async for page in self._pages(tag, reached.get(tag)):
                    yield self._batch(tag, page, reached)
            if early:
                yield self._happened(early, reached)
            if refused is not None:
                raise refused
            until = loop.time() + STREAM_FOR
            while streamed and loop.time() < until:
                events = await streams.next(min(until, loop.time() + self.interval))
                yield self._happened(events, reached)

    async def _opened(self, streams: Streams) -> tuple[list[Event], SourceError | None]:
        """What came while the streams opened, or why they did not: that does not make us deaf.

        An instance that has no stream for now is only polled for a while: it may want its peace,
        and would not let us poll either if we began with the stream each time.
        """
        try:
            return await streams.opened(), None
        except SourceError as error:
            if isinstance(error, SourceUnavailable):
                self._streams_again = asyncio.get_running_loop().time() + STREAM_FOR
            return [], error

    async def _pages(self, tag: str, since: str | None) -> AsyncIterator[list[Status]]:
        """Pages of statuses, each oldest first, from ``since`` or from the backlog on."""
        if since is None:
            yield await self._newest(tag)
            return
        async for page in paged_on(partial(self._api.timeline, tag), rewound(since)):
            yield page

    async def _newest(self, tag: str) -> list[Status]:
        """The backlog, oldest first; at least the newest status, from which the next fetch goes on."""
        wanted = max(self._backlog, 1)
        found: list[Status] = []
        async with aclosing(paged_back(partial(self._api.timeline, tag))) as pages:
            async for page in pages:
                found += page
                if len(found) >= wanted:
                    break
        return found[:wanted][::-1]

    def _batch(self, tag: str, statuses: Sequence[Status], reached: dict[str, str]) -> Batch:
        reached[tag] = max((reached.get(tag, "0"), *(str(s["id"]) for s in statuses)), key=order)
        return self._sealed(self._taken(statuses), reached)

    def _happened(self, events: Iterable[Event], reached: dict[str, str]) -> Batch:
        found = Items()
        for tag, event, said in events:
            if event == "delete":
                found = _and(found, Items(items=(self._gone(said),)))
            elif event in ("update", "status.update"):
                posts = self._taken([said])
                found = _and(found, posts)
                for post in posts.items if event == "update" else ():
                    reached[tag] = max(reached.get(tag, "0"), post.ref.rpartition("/")[2], key=order)
        return self._sealed(found, reached)

    def _sealed(self, found: Items, reached: dict[str, str]) -> Batch:
        cursor = Cursor(source=self.name, state=json.dumps(reached, sort_keys=True))
        several = len(self._tags) > 1  # what is new under one may be old beside another
        return Batch(cursor=cursor, items=found.items, rejected=found.rejected, reread=several)

    def _taken(self, raws: Iterable[object]) -> Items:
        return taken(self.parse, raws, f"{self._host} status")

    def _gone(self, status: str) -> Deletion:
        return Deletion(network=self.network, ref=self._reader.ref(status), at=self._context.clock())

    async def recheck(self, refs: Sequence[str]) -> Items:
        """The posts of ``refs`` as they are now, and deletions of those that are gone."""
        wanted = self._reader.ids(refs)
        found: dict[str, Status] = {}
        covered = max(wanted, key=order, default="")
        for tag in self._tags if wanted else ():
            found_here, down_to = await self._looked_up(tag, wanted)
            found |= found_here
            covered = min(covered, down_to, key=order)
        missing = sorted((s for s in wanted if s not in found), key=order, reverse=True)
        older = [s for s in missing if order(s) < order(covered)]
        asked = {*missing} - {*older[SINGLY:]}
        every = Items()
        for status in sorted(found.keys() | asked, key=order):
            every = _and(every, self._taken([found[status]]) if status in found else await self._one(status))
        return every

    async def _looked_up(self, tag: str, wanted: set[str]) -> tuple[dict[str, Status], str]:
        """Those of ``wanted`` that the newest pages of a hashtag hold, and down to which id these reach."""
        found: dict[str, Status] = {}
        oldest, last, pages = min(wanted, key=order), max(wanted, key=order), 0
        async with aclosing(paged_back(partial(self._api.timeline, tag))) as listed:
            async for page in listed:
                found |= {str(s["id"]): s for s in page if str(s["id"]) in wanted}
                last, pages = min((str(s["id"]) for s in page), key=order), pages + 1
                if order(last) <= order(oldest) or pages == RECHECK_PAGES:
                    return found, last
        return found, oldest

    async def _one(self, status: str) -> Items:
        """The status, or its deletion; nothing when the instance does not let us look."""
        try:
            return self._taken([await self._api.status(status)])
        except NotThere:
            return Items(items=(self._gone(status),))
        except SourceRefused:
            return Items()

    async def thread(self, ref: str) -> Items:
        """The post of ``ref`` and all answers that the instance knows; its deletion when it is gone."""
        for status in self._reader.ids([ref]):
            try:
                post = await self._api.status(status)
                above, below = await answers_to(self._api, status)
            except NotThere:
                return Items(items=(self._gone(status),))
            top = [*above, post][0]
            found = self._taken([post, *below])
            thread = "" if top.get("in_reply_to_id") else self._reader.native(top)
            return Items(items=joined(found.items, thread), rejected=found.rejected)
        return Items()

    async def own_posts(self, since: datetime) -> AsyncIterator[Items]:
        """What the registered accounts have said since then, oldest first, as far as this instance knows them.

        Boosts are not among it: to repeat is not to say. An account of another instance that is not
        known here is heard there; one of this instance that is not there is SourceRefused, at the end.
        """
        said: list[Status] = []
        unknown: list[str] = []
        for handle in self._own_handles():
            try:
                account = await self._api.account(handle.removesuffix(f"@{self._host}"))
            except NotThere:
                unknown += [handle] if handle.endswith(f"@{self._host}") else []
                continue
            async for page in _back_to(since, partial(self._api.said_by, str(account["id"]))):
                said += page
        said.sort(key=lambda s: order(str(s["id"])))
        for begin in range(0, len(said), AT_ONCE):
            yield self._taken(said[begin : begin + AT_ONCE])
        if unknown:
            raise SourceRefused(
                f"source {self.name!r}: {self._host} has no account {', '.join(unknown)}",
                "correct the handle in [[institution.account]]",
            )

    def _own_handles(self) -> Sequence[str]:
        """Registered accounts with their instance; without it a handle may be anybody's."""
        accounts = (a for i in self._context.institutions for a in i.accounts if a.network == self.network)
        handles = (a.handle.strip().lstrip("@").lower() for a in accounts)
        return list(dict.fromkeys(h for h in handles if "@" in h))

    async def backfill(self, since: datetime, until: datetime) -> AsyncIterator[Items]:
        """What the hashtags have from ``since`` to before ``until``, the latest first, each page oldest first.

        Where ids carry the time, paging begins there; else at the newest.
        """
        for tag in self._tags:
            ask = partial(self._api.timeline, tag)
            begin, newest = id_at(until + REWIND), await ask(limit="1")
            later = bool(newest) and carries_time(newest[0]) and order(str(newest[0]["id"])) > order(begin)
            async for page in _back_to(since, ask, begin if later else ""):
                found = self._taken(page[::-1])
                meant = tuple(p for p in found.items if isinstance(p, Post) and since <= p.published < until)
                yield Items(items=meant, rejected=found.rejected)

    def parse(self, raw: str) -> Sequence[Post]:
        """One status as the API gives it."""
        return self._reader.posts(raw)

    async def close(self) -> None:
        """Nothing to close: the client is the house's."""


async def _back_to(since: datetime, ask: Ask, before: str = "") -> AsyncIterator[list[Status]]:
    """Pages from ``before`` an id, or from the newest, back to ``since``, without what is earlier."""
    async with aclosing(paged_back(ask, before)) as pages:
        async for page in pages:
            yield [s for s in page if not is_before(s, since)]
            if all(is_before(s, since) for s in page):
                return


def _and(some: Items, more: Items) -> Items:
    return Items(items=some.items + more.items, rejected=some.rejected + more.rejected)


def _token(config: MastodonConfig, context: SourceContext) -> str:
    """The token of this source alone; never over a connection that others can read."""
    token = key(config, context)
    address = urlsplit(config.instance)
    if token and address.scheme == "http" and address.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise SourceRefused(
            f"source {config.name!r}: a token would go to {config.instance} unencrypted", "write https://"
        )
    return token
