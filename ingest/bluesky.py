"""Bluesky: the whole network as it speaks (Jetstream v2), and what its public servers answer when asked.

The stream has no search: every public post passes, and all but those about the institutions are
dropped by matching. Events name accounts by their DID, which stays when a handle changes, so a
DID is what an author is called here; only the registered accounts are called as the register does.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar, TypeVar
from urllib.parse import urlencode

import msgspec
from pydantic import Field

from corrillo.errors import ParseError, SourceError, SourceRefused, SourceUnavailable
from corrillo.institution import Institution
from corrillo.model import Batch, Cursor, Deletion, Items, Post, Rejected
from corrillo.registry import Access, SourceConfig, SourceContext
from ingest.api import Pages
from ingest.bluesky_records import NETWORK, Reader
from ingest.http import Answer
from ingest.jetstream import Jetstream, Position, Stretch
from ingest.keys import key, required

PAGE, LOOKED_UP = 100, 25
"""Posts of a page, and posts that can be looked up in one request."""
DEPTH, REQUESTS = 100, 50
"""Levels of answers in one answer of the server, and how many of those one thread may cost."""
PACE = 0.1
"""Seconds between requests: 3,000 in five minutes are allowed."""
FIRST, AGAIN = 10.0, 900.0
"""Seconds that the first question for the accounts' DIDs may hold up listening, and until it is asked again."""
PRIVATE = ("did", "uri", "displayName")
"""Keys of a raw item that name a person."""
_HANDLE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
T = TypeVar("T")


class BlueskyConfig(SourceConfig):
    """Which servers are listened to and asked, and how patiently.

    ``backlog``: minutes that the first fetch goes back. ``silence``: seconds without any event after
    which the stream counts as broken. ``identifier`` and app password are keys: see ``access``.
    """

    jetstream: Annotated[str, Field(pattern=r"^wss?://[^/\s]+/?$")] = "wss://jetstream.us-east.bsky.network"
    appview: Annotated[str, Field(pattern=r"^https?://[^/\s]+/?$")] = "https://public.api.bsky.app"
    login: Annotated[str, Field(pattern=r"^https?://[^/\s]+/?$")] = "https://bsky.social"
    identifier_file: str = ""
    app_password_file: str = ""
    backlog: Annotated[float, Field(ge=0)] = 60.0
    interval: Annotated[float, Field(gt=0)] = 10.0
    silence: Annotated[float, Field(gt=0)] = 60.0


class _Error(msgspec.Struct):
    error: str


class _Named(msgspec.Struct):
    uri: str


class _Found(msgspec.Struct):
    posts: tuple[msgspec.Raw, ...]
    cursor: str | None = None


class _Entry(msgspec.Struct):
    post: msgspec.Raw
    reason: msgspec.Raw = msgspec.Raw(b"")


class _Feed(msgspec.Struct):
    feed: tuple[_Entry, ...]
    cursor: str | None = None


class _Node(msgspec.Struct):
    """A post of a thread with the answers to it; without a post where it is gone or blocked."""

    post: msgspec.Raw = msgspec.Raw(b"")
    replies: tuple[_Node, ...] | None = None


class _Thread(msgspec.Struct):
    thread: _Node


class _Resolved(msgspec.Struct):
    did: str


class _Session(msgspec.Struct, rename="camel"):
    access_jwt: str


class Bluesky:
    """The posts of the whole network as a source."""

    Config: ClassVar[type[SourceConfig]] = BlueskyConfig
    example: ClassVar[Mapping[str, str]] = {
        "en": """\
# Everything that is said in public on Bluesky, as it is said; no key is needed. To search the past
# as well: a handle and an app password, as CORRILLO_IDENTIFIER_BLUESKY and CORRILLO_APP_PASSWORD_BLUESKY.
# [[source]]
# kind = "bluesky"
# name = "bluesky"
# backlog = 60                 # minutes that the first time goes back
# # identifier_file = "bluesky.handle"         # instead of the variables
# # app_password_file = "bluesky.password"
""",
        "es": """\
# Todo lo que se dice en público en Bluesky, al instante; no hace falta clave. Para buscar además en
# el pasado: usuario y contraseña de aplicación, en CORRILLO_IDENTIFIER_BLUESKY y CORRILLO_APP_PASSWORD_BLUESKY.
# [[source]]
# kind = "bluesky"
# name = "bluesky"
# backlog = 60                 # minutos hacia atrás la primera vez
# # identifier_file = "bluesky.handle"         # en lugar de las variables
# # app_password_file = "bluesky.password"
""",
    }
    access: ClassVar[Mapping[str, Access]] = {
        "en": Access(
            needs="Nothing for listening, for answers and for the institution's own posts. To search the past whole: an account on Bluesky (Settings → Privacy and security → App passwords → Add app password); its handle is the key identifier, that password the key app_password. Never the account's own password.",
            costs="No money. Every public post of the network passes: some gigabytes a day, and a part of one core. 3,000 requests in five minutes for everything else; 30 log-ins in five minutes.",
            hears="Every public post of the network at once, edits, deletions and accounts that end, on whatever server they live; what quotes, answers or shows in pictures that have a description.",
            misses="What was said while nobody listened, if that was longer than the stream keeps (its makers say a day and a half). Messages between people; likes as they happen; pictures without a description. In the past: without an app password the hundred newest posts of each query at most, and at times none, since the search is closed to the public when it is overloaded. An author is called by the DID here: an erasure by handle looks the DID up.",
            optional=True,
        ),
        "es": Access(
            needs="Nada para escuchar, ni para las respuestas y las publicaciones propias. Para buscar en todo el pasado: una cuenta de Bluesky (Ajustes → Privacidad y seguridad → Contraseñas de aplicación → Añadir); su usuario es la clave identifier y esa contraseña, la clave app_password. Nunca la contraseña de la cuenta.",
            costs="Dinero, nada. Pasan todas las publicaciones públicas de la red: algunos gigabytes al día y parte de un núcleo. 3.000 peticiones cada cinco minutos para lo demás; 30 inicios de sesión cada cinco minutos.",
            hears="Al instante, todas las publicaciones públicas de la red, sus cambios y borrados y las cuentas que desaparecen, estén en el servidor que estén; lo que citan, a qué responden y lo que muestran las imágenes con descripción.",
            misses="Lo dicho mientras nadie escuchaba, si fue más de lo que guarda el flujo (día y medio, según quien lo mantiene). Los mensajes entre personas, los «me gusta» al instante y las imágenes sin descripción. En el pasado: sin contraseña de aplicación, como mucho las cien publicaciones más recientes de cada consulta, y a veces ninguna, porque la búsqueda se cierra al público cuando está saturada. Aquí a cada autor se le llama por su DID: un borrado por usuario lo averigua.",
            optional=True,
        ),
    }
    network = NETWORK

    def __init__(self, config: BlueskyConfig, context: SourceContext) -> None:
        self.name, self.interval = config.name, config.interval
        self._config, self._context = config, context
        self._appview, self._login = config.appview.rstrip("/"), config.login.rstrip("/")
        self._stream = Jetstream(config.jetstream, every=config.interval, silence=config.silence)
        registered = {a.handle for i in context.institutions for a in i.accounts if a.network == NETWORK}
        self._accounts = tuple(sorted(registered))
        self._names = {h: h for h in self._accounts if h.startswith("did:")}
        self._reader = Reader(config.name, self._names)
        self._token = ""
        self._more = False
        for base in (self._appview, self._login):
            context.http.pace(base, PACE)

    # ── the stream ────────────────────────────────────────────────────────────────────────
    async def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """What the network says from ``cursor`` on, for ever."""
        at = _position(cursor)
        fresh = at.time is None
        if fresh:
            at = Position(time=self._context.clock() - timedelta(minutes=self._config.backlog), base=self._stream.base)
        async with self._names_kept(), aclosing(self._stream.follow(at, fresh=fresh)) as stretches:
            async for stretch in stretches:
                yield self._batch(stretch)

    def _batch(self, stretch: Stretch) -> Batch:
        items: list[Post | Deletion] = []
        broken = list(stretch.broken)
        for event, raw in stretch.events:
            try:
                items += self._reader.heard(event)
            except ParseError as error:
                broken.append((raw, error.message))
        return Batch(
            cursor=Cursor(source=self.name, state=msgspec.json.encode(stretch.position).decode()),
            items=tuple(items),
            rejected=tuple(self._rejected(raw, reason, f"{self._stream.base} event") for raw, reason in broken),
            missed=stretch.missed,
            read_to=stretch.position.time,
        )

    def parse(self, raw: str) -> Sequence[Post | Deletion]:
        """One frame of the stream, or one post as a server shows it (``app.bsky.feed.defs#postView``)."""
        return self._reader(raw)

    async def close(self) -> None:
        """Nothing is kept open."""

    @staticmethod
    def _rejected(raw: bytes, reason: str, origin: str) -> Rejected:
        return Rejected(raw=raw.decode("utf-8", "replace"), reason=reason, origin=origin, private=PRIVATE)

    # ── who the registered accounts are ───────────────────────────────────────────────────
    @asynccontextmanager
    async def _names_kept(self) -> AsyncIterator[None]:
        """While it lasts, the accounts' DIDs are known as far as they can be; what fails is asked again."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FIRST):
                await self._learn_names()
        keeping = asyncio.create_task(self._keep_names())
        try:
            yield
        finally:
            keeping.cancel()
            with suppress(asyncio.CancelledError):
                await keeping

    async def _keep_names(self) -> None:
        while True:
            await asyncio.sleep(AGAIN)
            await self._learn_names()

    async def _learn_names(self) -> None:
        for handle in self._accounts:
            with suppress(SourceError):
                await self._did(handle)

    async def _did(self, handle: str) -> str:
        """The DID of a registered account, remembered. Raises SourceError when it cannot be had."""
        if handle.startswith("did:"):
            return handle
        bare = handle.strip().lstrip("@")
        did = (await self._asked(_Resolved, "com.atproto.identity.resolveHandle", handle=bare)).did
        for former in [d for d, h in self._names.items() if h == handle and d != did]:
            del self._names[former]
        self._names[did] = handle
        return did

    # ── what can be asked ─────────────────────────────────────────────────────────────────
    async def names_of(self, handle: str) -> Sequence[str]:
        """The handle by which others name a person, and the DID under which their posts are kept, if there is one."""
        bare = handle.strip().lstrip("@")
        if not _HANDLE.fullmatch(bare):
            return [bare]
        try:
            return [bare, (await self._asked(_Resolved, "com.atproto.identity.resolveHandle", handle=bare)).did]
        except SourceRefused:  # nobody is called so here
            return [bare]

    async def own_posts(self, since: datetime) -> AsyncIterator[Items]:
        """What the registered accounts have said from ``since`` on, answers of theirs included."""
        refused: SourceRefused | None = None
        for handle in self._accounts:
            try:
                pages = await self._said_by(await self._did(handle), since)
            except SourceRefused as error:  # an account that is not there any more hides no other
                refused = error
                continue
            for items in reversed(pages):
                yield items
        if refused:
            raise refused

    async def _said_by(self, did: str, since: datetime) -> list[Items]:
        asked: dict[str, Any] = {"actor": did, "filter": "posts_with_replies", "limit": PAGE}
        pages, turned = [], Pages(self._appview)
        while True:
            page = await self._asked(_Feed, "app.bsky.feed.getAuthorFeed", **asked)
            found = self._items((e.post for e in page.feed if not e.reason), "getAuthorFeed")
            posts = [i for i in found.items if isinstance(i, Post)]
            fresh = [p for p in posts if p.published >= since and p.native_id.startswith(f"at://{did}/")]
            pages.append(Items(items=tuple(reversed(fresh)), rejected=found.rejected))
            if not page.cursor or not page.feed or (posts and all(p.published < since for p in posts)):
                return pages
            asked["cursor"] = turned(page.cursor)

    async def thread(self, ref: str) -> Items:
        """A post and all answers that the server shows; one that is gone is a deletion."""
        posts: dict[str, Post] = {}
        rejected: list[Rejected] = []
        asked = [ref]
        for one in asked:  # it grows: answers to what stands on the last level are asked for
            root = await self._node(one)
            if root is None and one == ref:
                return await self.recheck([ref])
            for level, node in _descended(root):
                found = self._items([node.post], "getPostThread")
                rejected += found.rejected
                fresh = {p.ref: p for p in found.items if isinstance(p, Post)}
                deeper = [p.ref for p in fresh.values() if level == DEPTH and p.engagement.answers]
                asked += deeper[: REQUESTS - len(asked)]
                posts |= fresh
        return Items(items=tuple(posts.values()), rejected=tuple(rejected))

    async def _node(self, ref: str) -> _Node | None:
        """The post with its answers; None where there is none."""
        try:
            found = await self._asked(_Thread, "app.bsky.feed.getPostThread", uri=ref, depth=DEPTH, parentHeight=0)
        except SourceRefused as refused:
            if _named(refused) == "NotFound":
                return None
            raise
        return found.thread if found.thread.post else None

    async def recheck(self, refs: Sequence[str]) -> Items:
        """The posts of ``refs`` as they are now, and deletions of those that are gone."""
        items: list[Post | Deletion] = []
        rejected: list[Rejected] = []
        ours = [r for r in dict.fromkeys(refs) if r.startswith("at://")]
        for begin in range(0, len(ours), LOOKED_UP):
            asked = ours[begin : begin + LOOKED_UP]
            answer = await self._asked(_Found, "app.bsky.feed.getPosts", uris=asked)
            found = self._items(answer.posts, "getPosts")
            there = {_uri(raw) for raw in answer.posts}
            items += found.items
            rejected += found.rejected
            items += [Deletion(network=NETWORK, at=self._context.clock(), ref=ref) for ref in asked if ref not in there]
        return Items(items=tuple(items), rejected=tuple(rejected))

    async def backfill(self, since: datetime, until: datetime) -> AsyncIterator[Items]:
        """What the search finds for the institutions' names, aliases, hashtags and handles in that time.

        Without an app password no more than the first page of each query: raises SourceRefused at the
        end when there was more.
        """
        self._token = await self._logged_in()
        self._more = False
        given: set[str] = set()
        for query in _queries(self._context.institutions):
            async with aclosing(self._searched(query, since, until)) as pages:
                async for found in pages:
                    posts = [p for p in found.items if isinstance(p, Post) and p.native_id not in given]
                    given |= {p.native_id for p in posts}
                    inside = tuple(p for p in posts if since <= p.published < until)
                    yield Items(items=inside, rejected=found.rejected)
        if self._more:
            raise SourceRefused(
                f"{self._appview}: gives the first page of each search only",
                f"source {self.name!r}: give identifier and app_password to have all of it",
            )

    async def _searched(self, query: str, since: datetime, until: datetime) -> AsyncGenerator[Items, None]:
        asked: dict[str, Any] = {
            "q": query,
            "sort": "latest",
            "limit": PAGE,
            "since": _written(since),
            "until": _written(until),
        }
        turned = Pages(self._login)
        while True:
            page = await self._search_page(asked)
            yield self._items(page.posts, "searchPosts")
            if not page.cursor or not page.posts or not self._token:
                self._more |= bool(page.cursor and page.posts)
                return
            asked["cursor"] = turned(page.cursor)

    async def _search_page(self, asked: Mapping[str, Any]) -> _Found:
        try:
            return await self._asked(_Found, "app.bsky.feed.searchPosts", self._token, **asked)
        except SourceRefused as refused:
            if not self._token:
                raise SourceRefused(
                    refused.message,
                    f"source {self.name!r}: the search wants a log-in now; give identifier and app_password",
                ) from None
            if _named(refused) not in ("ExpiredToken", "InvalidToken"):
                raise
            self._token = await self._logged_in()  # a session ends after two hours
            return await self._asked(_Found, "app.bsky.feed.searchPosts", self._token, **asked)

    async def _logged_in(self) -> str:
        """The token of a new session; '' where no key is given. Raises SourceRefused where they are not accepted."""
        names = ("identifier", "app_password")
        if not any(key(self._config, self._context, name) for name in names):
            return ""
        keys = required(self._config, self._context, *names)
        url = f"{self._login}/xrpc/com.atproto.server.createSession"
        given = {"identifier": keys["identifier"].lstrip("@"), "password": keys["app_password"]}
        try:
            answer = await self._context.http.post(url, json=given)
        except SourceRefused as refused:
            raise SourceRefused(
                refused.message, f"source {self.name!r}: check identifier and app_password, or make a new app password"
            ) from None
        return _read(_Session, answer).access_jwt

    async def _asked(self, kind: type[T], method: str, token: str = "", **params: Any) -> T:
        base, headers = (self._login, {"Authorization": f"Bearer {token}"}) if token else (self._appview, {})
        url = f"{base}/xrpc/{method}?{urlencode(params, doseq=True)}"
        return _read(kind, await self._context.http.get(url, headers=headers))

    def _items(self, raws: Iterable[msgspec.Raw], method: str) -> Items:
        posts: list[Post | Deletion] = []
        rejected: list[Rejected] = []
        for raw in raws:
            try:
                posts.append(self._reader.shown(raw))
            except ParseError as error:
                rejected.append(self._rejected(bytes(raw), error.message, f"{self._appview} {method}"))
        return Items(items=tuple(posts), rejected=tuple(rejected))


def _position(cursor: Cursor | None) -> Position:
    try:
        return msgspec.json.decode(cursor.state, type=Position) if cursor else Position()
    except msgspec.MsgspecError:
        return Position()


def _read(kind: type[T], answer: Answer) -> T:
    """The document of an answer. Raises SourceUnavailable for a login page and whatever else is none."""
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise SourceUnavailable(
            f"{answer.url}: does not answer as Bluesky's servers do: {error}", "check the address in the configuration"
        ) from None


def _named(refused: SourceRefused) -> str:
    """The name of the error that a server answers with; '' where it has none."""
    try:
        return msgspec.json.decode(refused.body, type=_Error).error
    except (msgspec.MsgspecError, UnicodeError):
        return ""


def _uri(raw: msgspec.Raw) -> str:
    """Raises SourceUnavailable where there is none: it would count as gone."""
    try:
        return msgspec.json.decode(raw, type=_Named).uri
    except msgspec.MsgspecError:
        raise SourceUnavailable("getPosts gives a post without its uri", "it is tried again by itself") from None


def _descended(root: _Node | None) -> Iterator[tuple[int, _Node]]:
    """A post and all answers to it that are there, each with its level."""
    level = [root] if root else []
    for number in range(DEPTH + 1):
        level = [node for node in level if node.post]
        yield from ((number, node) for node in level)
        level = [answer for node in level for answer in node.replies or ()]


def _queries(institutions: Sequence[Institution]) -> Sequence[str]:
    """What is searched for: whole names and aliases, hashtags, handles."""
    found: list[str] = []
    for one in institutions:
        names = (one.name, *(n for listed in one.names.values() for n in listed), *one.aliases)
        found += [f'"{name}"' for name in names]
        found += ["#" + tag.lstrip("#") for tag in one.hashtags]
        accounts = (a.handle for a in one.accounts if a.network == NETWORK and not a.handle.startswith("did:"))
        found += ["@" + handle.lstrip("@") for handle in (*one.handles, *accounts)]
    return tuple(dict.fromkeys(found))


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
