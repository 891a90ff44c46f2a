"""X: recent search of its API v2 polled by ``since_id``, or its filtered stream; never more money than ``limit``.

X bills every object of an answer: posts, expanded authors, pictures. What a request may cost at
most is counted as spent in a cursor of its own, without items, *before* it is sent, and corrected
with the cursor after it; a listener commits each batch before it asks for the next. So a process
killed anywhere has counted too much, never too little. It holds while all of this is true:

- The month is the calendar's, in UTC, and the clock is right within ``EDGE``: nothing is asked that
  close to its ends. X's own billing cycle may begin on another day.
- Only this source uses the budget: a second one, or another store, has a limit of its own.
- What was committed stays: SQLite may lose its last commits when the machine (not the process) dies,
  and with them what one request cost.
- X bills what it documents: nothing for an error, at most ``max_results`` posts for a request.
- On a stream, no more than ``in_flight`` posts are under way when we close it. Polling has no such margin.

A limit set in X's console holds whatever happens here. X charges a post once a UTC day (a "soft
guarantee"); we count it every time, so the bill is usually lower than what we say.

Documented (docs.x.com): recent search, pagination, operators, filtered stream and its rules,
consuming streaming data, post lookup, user posts, pricing, response codes. Not documented, and
taken here as billed: what pictures of an answer cost. Not offered: ``backfill``, since reading
resumes by itself and X forgets after seven days.
"""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar

from pydantic import Field

from corrillo.errors import ParseError, SourceError, SourceRefused, SourceUnavailable
from corrillo.institution import Institution
from corrillo.model import Author, Batch, Budget, Cursor, Deletion, Engagement, Gap, Items, Post, Rejected, Venue
from corrillo.registry import Access, SourceConfig, SourceContext
from corrillo.text import clean, fold, words
from ingest.api import MISTAKES, count, decoded, moment, objects, taken
from ingest.keys import required

MICRO = 1_000_000
"""Money is counted in millionths of a dollar."""
FEWEST, MOST = 10, 100
"""Posts that a search can be asked for."""
LONGEST_QUERY = 512
WINDOW = timedelta(days=7) - timedelta(minutes=10)
"""How far back recent search goes, less the time that asking takes."""
EDGE = timedelta(minutes=5)
"""Before and after the end of a month nothing is asked: it could be billed to the other one."""
SILENCE = 45.0
"""Seconds: a stream gives a sign of life every 20."""
OVERLAP = timedelta(minutes=1)
"""What is searched again where a stream begins and ends."""
NOT_SURE = 3600.0
"""Seconds to wait after a request that may have been billed though it gave nothing."""
PICTURES = 4
"""The most that a post can have."""
_EPOCH = 1288834974657
_HANDLE = re.compile(r"@?(\w{1,15})", re.ASCII)
_ANSWERED = re.compile(r"answers \d{3}$|\(429\)$|asked us to wait; ")
_NOT_SENT = frozenset(["ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "NoSuchName", "NotPublic"])
_REMEDIES = {
    "401": "the token has expired or was revoked: make a new Bearer Token in the Developer Console",
    "402": "there is no credit left: buy some in the Developer Console, or wait for the next month",
    "403": "the app must belong to a project with pay-per-use access: see the Developer Console",
}
GONE = ("resource-not-found", "not-authorized-for-resource")
"""Errors for a post that is deleted, or that its author shows to nobody any more: X wants both removed."""


class XConfig(SourceConfig):
    """``limit``: US dollars a month that are never passed. ``price`` and the next two: what X bills an object, in USD.

    ``pictures``: read their descriptions, which costs. ``terms``: X operators to search for instead of the
    institution's names, aliases, hashtags, handles and own accounts. ``narrow`` is added to every query
    (``lang:es``), ``reposts`` keeps pure reposts. ``backlog``: hours that a first search goes back.
    ``lookups``: posts a round that may be looked up again (deletions, answers, own posts): 0 offers none of that.
    ``stream``: the filtered stream instead of polling; ``chunk``: posts paid ahead, ``in_flight``: see the module.
    ``interval``: seconds between two searches.
    """

    token_file: str = ""
    limit: Annotated[float, Field(gt=0, le=10_000)] = 5.0
    price: Annotated[float, Field(ge=0.0001)] = 0.005
    author_price: Annotated[float, Field(ge=0)] = 0.010
    picture_price: Annotated[float, Field(ge=0)] = 0.005
    pictures: bool = False
    terms: tuple[str, ...] = ()
    narrow: Annotated[str, Field(max_length=200)] = ""
    reposts: bool = False
    backlog: Annotated[float, Field(ge=0, le=167)] = 24.0
    lookups: Annotated[int, Field(ge=0, le=1000)] = 0
    stream: bool = False
    chunk: Annotated[int, Field(ge=10, le=1000)] = 50
    in_flight: Annotated[int, Field(ge=1, le=1000)] = 50
    interval: Annotated[float, Field(ge=30)] = 900.0
    base: Annotated[str, Field(pattern=r"^https?://[^\s]+$")] = "https://api.x.com/2"


@dataclass
class _Told:
    """What a cursor holds: money by month, where each query stands, and between which ids a stream was open.

    A query stands at ``since``; while it is read, ``spans`` are the [since, until] that are still to be
    read, newest part first, and ``newest`` the id that will be ``since`` afterwards.
    """

    spent: dict[str, int] = field(default_factory=dict)
    at: dict[str, dict[str, Any]] = field(default_factory=dict)
    stream: list[str] = field(default_factory=list)

    def written(self) -> str:
        months = {m: self.spent[m] for m in sorted(self.spent)[-3:]}
        return json.dumps({"spent": months, "at": self.at, "stream": self.stream}, sort_keys=True)


@dataclass
class _Tap:
    """Posts that a stream may give, those it has given, and whether it ended by itself: then none is under way."""

    allowed: int
    given: int = 0
    ended: bool = False


class X:
    """What X finds for the institutions as a source; with ``lookups`` it is an ``XWithLookups``."""

    Config: ClassVar[type[SourceConfig]] = XConfig
    example: ClassVar[Mapping[str, str]] = {
        "en": """\
# X (Twitter). Costs money: $0.005 a post and up to $0.010 for its author. Corrillo never spends more than
# limit, in US dollars a month (UTC); set the same limit in X's Developer Console too.
# [[source]]
# kind = "x"
# name = "x"
# token_file = "x.token"       # or the environment variable CORRILLO_TOKEN_X
# limit = 5.0                  # US dollars a month: about 330 posts
# narrow = "lang:es"           # added to every query; '' for all languages
# interval = 900               # seconds between two searches
# lookups = 0                  # posts a round that may be looked up again: deletions, answers; they cost too
# stream = false               # true: at once, instead of every interval
""",
        "es": """\
# X (Twitter). Cuesta dinero: 0,005 $ por publicación y hasta 0,010 $ por su autor. Corrillo nunca gasta más
# de limit, en dólares al mes (UTC); ponga el mismo límite también en la Developer Console de X.
# [[source]]
# kind = "x"
# name = "x"
# token_file = "x.token"       # o la variable de entorno CORRILLO_TOKEN_X
# limit = 5.0                  # dólares al mes: unas 330 publicaciones
# narrow = "lang:es"           # se añade a cada consulta; '' para todas las lenguas
# interval = 900               # segundos entre dos búsquedas
# lookups = 0                  # publicaciones por ronda que se vuelven a mirar (borrados, respuestas); también cuestan
# stream = false               # true: al instante, en vez de cada interval
""",
    }
    access: ClassVar[Mapping[str, Access]] = {
        "en": Access(
            needs="A Bearer Token: an X account → console.x.com → accept the developer agreement, saying that a public administration listens to what is said about it → buy credit → create an app → Keys and tokens → Bearer Token. Write it into the file that token_file names.",
            costs="Pay per use: $0.005 a post and $0.010 an author (a picture's description $0.005, off by default); about 330 posts for the default limit of $5 a month. X caps reading at 2 million posts a month. Corrillo stops before the limit and shows what is left; X charges the same post once a UTC day, Corrillo counts it each time. A crash may lose up to $0.15 of the budget (with stream $1.50, and $0.75 each time the stream breaks off).",
            hears="Public posts of the last seven days with the institution's names, aliases, hashtags or handles, and those of its registered accounts on X; answers that mention it.",
            misses="Everything after the money has run out; protected accounts; older posts; nicknames (put them into terms if they are worth it); reposts unless reposts = true. Deletions and answers that do not mention you only with lookups, which costs.",
        ),
        "es": Access(
            needs="Un Bearer Token: cuenta en X → console.x.com → aceptar el acuerdo de desarrollo, diciendo que una administración pública escucha lo que se dice de ella → comprar crédito → crear una app → Keys and tokens → Bearer Token. Escríbalo en el archivo que indica token_file.",
            costs="Pago por uso: 0,005 $ por publicación y 0,010 $ por autor (la descripción de una imagen, 0,005 $, desactivada de entrada); unas 330 publicaciones con el límite inicial de 5 $ al mes. X permite leer como mucho 2 millones de publicaciones al mes. Corrillo se detiene antes del límite y muestra lo que queda; X cobra la misma publicación una vez por día UTC, Corrillo la cuenta cada vez. Una caída puede perder hasta 0,15 $ del presupuesto (con stream 1,50 $, y 0,75 $ cada vez que se corta).",
            hears="Publicaciones públicas de los últimos siete días con los nombres, alias, etiquetas o cuentas de la institución, y las de sus cuentas registradas en X; respuestas que la mencionan.",
            misses="Todo lo que se dice cuando el dinero se ha acabado; las cuentas protegidas; lo más antiguo; los apodos (póngalos en terms si lo valen); las republicaciones salvo con reposts = true. Los borrados y las respuestas que no mencionan a la institución, solo con lookups, que cuesta.",
        ),
    }
    network = "x"
    abilities: ClassVar[tuple[str, ...]] = ("own_posts", "thread", "recheck")
    """With ``lookups``."""

    def __new__(cls, config: XConfig, context: SourceContext) -> X:
        """Abilities cost money: a source that has none to spend on them does not offer them."""
        return super().__new__(XWithLookups if config.lookups and cls is X else cls)

    def __init__(self, config: XConfig, context: SourceContext) -> None:
        self.name, self.interval = config.name, config.interval
        self._config, self._context = config, context
        self._base = config.base.rstrip("/")
        self._headers = {"Authorization": f"Bearer {required(config, context)['token']}"}
        self._queries = _queries(config, context.institutions)
        self._limit = int(config.limit * MICRO)
        self._price, self._author, self._picture = (
            round(p * MICRO) for p in (config.price, config.author_price, config.picture_price)
        )
        self._post = self._price + self._author + (PICTURES * self._picture if config.pictures else 0)
        self._purse, self._purse_month = 0, ""

    async def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """What each query has found since ``cursor``; then, with ``stream``, what is said as it is said."""
        told = _Told(**json.loads(cursor.state)) if cursor else _Told()
        async for batch in self._filled_purse(told):
            yield batch
        for query in self._queries:
            async with aclosing(self._searched(query, told)) as batches:
                async for batch in batches:
                    yield batch
        told.at = {query: told.at[query] for query in self._queries}
        told.stream = []
        if self._config.stream and self._left(told, self._month()) > self._config.in_flight * self._post:
            async with aclosing(self._streamed(told)) as batches:
                async for batch in batches:
                    yield batch

    def parse(self, raw: str) -> Sequence[Post]:
        """One post as a stream gives it: ``data`` beside its ``includes``."""
        try:
            document = json.loads(raw)
            return [self._as_post(document["data"], document.get("includes") or {})]
        except MISTAKES as error:
            raise ParseError(f"not a post: {type(error).__name__} {error}") from None

    async def close(self) -> None:
        """Nothing to close: the client is the house's."""

    # ── money ─────────────────────────────────────────────────────────────────────────────
    def _month(self) -> str:
        """The month that pays. Raises SourceUnavailable close to its ends, where nobody knows which it is."""
        now = self._context.clock()
        if f"{now - EDGE:%Y-%m}" == f"{now + EDGE:%Y-%m}":
            return f"{now:%Y-%m}"
        wait = ((now + EDGE).replace(day=1, hour=0, minute=0, second=0, microsecond=0) + EDGE - now).total_seconds()
        raise SourceUnavailable("X: the month is about to change", "it goes on by itself some minutes later", wait)

    def _left(self, told: _Told, month: str) -> int:
        return max(0, self._limit - told.spent.get(month, 0))

    def _reserve(self, told: _Told, wanted: int, fewest: int = FEWEST) -> tuple[str, int]:
        """The month, and how many posts of it are counted as paid from now on. Raises when it is not even ``fewest``."""
        month = self._month()
        posts = min(wanted, self._left(told, month) // self._post)
        if posts < fewest:
            raise self._used_up(told, month)
        told.spent[month] = told.spent.get(month, 0) + posts * self._post
        return month, posts

    def _used_up(self, told: _Told, month: str) -> SourceUnavailable:
        now, resets = self._context.clock(), self._resets()
        spent = told.spent.get(month, 0) / MICRO
        return SourceUnavailable(
            f"X: {spent:.2f} of {self._config.limit:.2f} USD of {month} are spent, too little is left for a request",
            f"it goes on by itself on {resets:%Y-%m-%d}; to hear more this month, raise limit",
            (resets + EDGE - now).total_seconds(),
        )

    def _resets(self) -> datetime:
        first = self._context.clock().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return (first + timedelta(days=32)).replace(day=1)

    def _cost(self, document: Mapping[str, Any], each: int) -> int:
        """What X bills for an answer whose objects cost ``each``."""
        found, more = document.get("data") or [], _of(document, "includes")
        number = len(found) if isinstance(found, list) else 1
        authors, pictures, posts = (len(_each(more, kind)) for kind in ("users", "media", "tweets"))
        return number * each + posts * self._price + authors * self._author + pictures * self._picture

    def _still(self, month: str) -> None:
        """Raises when the month that was paid from is over: committing may have taken long."""
        if self._month() != month:
            raise SourceUnavailable("X: the month has changed", "it is tried again by itself")

    # ── searching ─────────────────────────────────────────────────────────────────────────
    async def _searched(self, query: str, told: _Told) -> AsyncGenerator[Batch, None]:
        stand, missed = self._begun(query, told)
        wanted = FEWEST
        while stand["spans"]:
            month, posts = self._reserve(told, wanted)
            yield self._batch(told)
            self._still(month)
            since, until = stand["spans"][0]
            span = {"since_id": since} | ({"until_id": until} if until else {})
            try:
                page = await self._asked(
                    "tweets/search/recent", self._asking(query=query, max_results=str(posts), **span)
                )
            except SourceError as error:
                if _unbilled(error):
                    told.spent[month] -= posts * self._post
                    yield self._batch(told)
                raise
            told.spent[month] += self._cost(page, self._price) - posts * self._post
            found = self._found(page)
            self._read_on(stand, [str(one.get("id")) for one in found], "next_token" in _of(page, "meta"))
            items = taken(self.parse, _raws(found, page), f"{self._base}/tweets/search/recent")
            yield self._batch(told, items, missed)
            missed, wanted = (), MOST

    def _begun(self, query: str, told: _Told) -> tuple[dict[str, Any], tuple[Gap, ...]]:
        """Where the query stands, with spans to read, and what can no longer be read."""
        now = self._context.clock()
        stand = told.at.setdefault(query, {"since": _id_at(now - timedelta(hours=self._config.backlog))})
        if not stand.get("spans"):
            since = stand["since"]
            stand["spans"] = [[since, ""]]
            if told.stream:
                opened, newest = told.stream
                stand["spans"] = [[since, opened], [max(since, opened, newest, key=int), ""]]
            stand["newest"] = since
        oldest, missed = _id_at(now - WINDOW), []
        for span in stand["spans"]:
            if int(span[0]) < int(oldest):
                missed.append(
                    Gap(since=_moment_of(span[0]), until=_moment_of(oldest), why="X searches seven days only")
                )
                span[0] = oldest
        readable = [s for s in stand["spans"] if not s[1] or int(s[1]) > int(s[0]) + 1]
        stand["spans"] = readable or [[max(stand["newest"], oldest, key=int), ""]]
        return stand, tuple(missed)

    def _read_on(self, stand: dict[str, Any], ids: Sequence[str], more: bool) -> None:
        """The page has been read: the span goes on below it, or ends."""
        span = stand["spans"][0]
        numbers = [int(i) for i in ids if i.isdecimal()]
        stand["newest"] = str(max(*numbers, int(stand["newest"]), int(stand["since"])))
        if more and numbers:
            if span[1] and min(numbers) >= int(span[1]):
                raise SourceUnavailable(
                    f"{self._base}: names a page as its own next one", "it is tried again by itself"
                )
            span[1] = str(min(numbers))
            return
        stand["spans"] = stand["spans"][1:]
        if not stand["spans"]:
            stand["since"] = stand.pop("newest")

    def _found(self, page: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The posts of an answer; an answer without any has a count of none, or it is an error with status 200."""
        if "data" not in page and isinstance(page.get("meta"), Mapping):
            return []
        if "data" not in page and page.get("errors"):
            said = str(page["errors"])[:120]
            raise SourceUnavailable(f"{self._base}: answers with an error: {said}", "see whether the API has changed")
        return objects(page, "data", url=self._base)

    def _asking(self, **params: str) -> dict[str, str]:
        """The parameters of every question for posts: what is expanded is billed, so only what is needed is."""
        pictures = {"media.fields": "alt_text"} if self._config.pictures else {}
        return {
            "tweet.fields": "author_id,conversation_id,created_at,edit_history_tweet_ids,entities,in_reply_to_user_id,lang,note_tweet,public_metrics,referenced_tweets,attachments",
            "user.fields": "name,username",
            "expansions": "author_id" + (",attachments.media_keys" if pictures else ""),
            **pictures,
            **params,
        }

    async def _asked(self, path: str, params: Mapping[str, str]) -> dict[str, Any]:
        url = f"{self._base}/{path}"
        try:
            answer = await self._context.http.get(url, params=params, headers=self._headers)
        except SourceRefused as refused:
            refused.remedy = _REMEDIES.get(refused.message[-3:], refused.remedy)
            raise
        except SourceUnavailable as error:
            if error.retry_after is None and not _unbilled(error):
                error.retry_after = NOT_SURE
            raise
        document = decoded(answer, "X's API")
        if not isinstance(document, dict):
            raise SourceUnavailable(f"{url}: does not answer with an object", "see whether the API has changed")
        return document

    def _batch(self, told: _Told, items: Items | None = None, missed: tuple[Gap, ...] = ()) -> Batch:
        """What was read; without ``items`` only the meter has moved."""
        now = self._context.clock()
        spent = told.spent.get(f"{now:%Y-%m}", 0) / MICRO
        return Batch(
            cursor=Cursor(source=self.name, state=told.written()),
            items=items.items if items else (),
            rejected=items.rejected if items else (),
            missed=missed,
            metered=items is None,
            budget=Budget(unit="USD", spent=spent, limit=self._config.limit, resets=self._resets()),
        )

    # ── streaming ─────────────────────────────────────────────────────────────────────────
    async def _streamed(self, told: _Told) -> AsyncGenerator[Batch, None]:
        """Batches of what the stream gives, empty ones as a sign of life, while there is money for a further chunk."""
        margin, chunk = self._config.in_flight, self._config.chunk
        await self._set_rules()
        month, posts = self._reserve(told, chunk + margin, fewest=margin + 1)
        yield self._batch(told)
        self._still(month)
        tap = _Tap(allowed=posts)
        queue: asyncio.Queue[list[str] | Exception | None] = asyncio.Queue()
        listening = asyncio.create_task(self._listen(tap, queue))
        trouble: SourceError | None = None
        try:
            while (lines := await queue.get()) is not None:
                if isinstance(lines, Exception):
                    raise lines
                self._still(month)
                items = self._heard(lines, told)
                more = self._further(told, tap)
                yield self._batch(told, items)
                tap.allowed += more
        except SourceError as error:
            trouble = error
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(listening, return_exceptions=True)
        under_way = 0 if tap.ended or (trouble is not None and _unbilled(trouble)) else margin
        used = max(tap.given, min(tap.given + under_way, tap.allowed))
        told.spent[month] -= (tap.allowed - used) * self._post
        yield self._batch(told)
        if trouble is not None:
            raise trouble

    def _further(self, told: _Told, tap: _Tap) -> int:
        """Posts that are paid ahead, once half of a chunk is used up; 0 if there is no money: the stream ends soon."""
        if tap.allowed - tap.given > self._config.in_flight + self._config.chunk // 2:
            return 0
        try:
            return self._reserve(told, self._config.chunk, fewest=1)[1]
        except SourceUnavailable:
            return 0

    async def _listen(self, tap: _Tap, queue: asyncio.Queue[list[str] | Exception | None]) -> None:
        """Read the stream without ever waiting for anybody, so that little is under way when it is closed.

        Ends, with None, when only the margin is left of what is paid.
        """
        url = f"{self._base}/tweets/search/stream"
        try:
            async with self._context.http.lines(
                url, headers=self._headers, params=self._asking(), silence=SILENCE
            ) as stream:
                async for lines in stream:
                    tap.given += sum(bool(line.strip()) for line in lines)
                    queue.put_nowait(lines)
                    if tap.given >= tap.allowed - self._config.in_flight:
                        break
                else:
                    tap.ended = True
            queue.put_nowait(None)
        except Exception as error:  # else nobody would hear of it, and whoever waits would wait for ever
            queue.put_nowait(error)

    def _heard(self, lines: Iterable[str], told: _Told) -> Items:
        """What lines hold; kinds of message that we do not know are none of our business."""
        said = [line for line in lines if line.strip() and _is_post(line)]
        items = taken(self.parse, said, f"{self._base}/tweets/search/stream")
        newest = [p.ref for p in items.items if isinstance(p, Post) and p.ref.isdecimal()]
        now = self._context.clock()
        opened = told.stream[0] if told.stream else _id_at(now + OVERLAP)
        before = told.stream[1] if told.stream else "0"
        after = max((before, *(str(max(0, int(i) - _span(OVERLAP))) for i in newest)), key=int)
        told.stream = [opened, after]
        return items

    async def _set_rules(self) -> None:
        """Our queries are the stream's rules; rules that are not tagged as ours are left alone."""
        tag, url = f"corrillo {self.name}", f"{self._base}/tweets/search/stream/rules"
        there = await self._asked("tweets/search/stream/rules", {})
        ours = {str(r.get("value")): str(r.get("id")) for r in _each(there, "data") if r.get("tag") == tag}
        stale = [number for value, number in ours.items() if value not in self._queries]
        fresh = [{"value": query, "tag": tag} for query in self._queries if query not in ours]
        if stale:
            await self._context.http.post(url, headers=self._headers, json={"delete": {"ids": stale}})
        if fresh:
            answer = await self._context.http.post(url, headers=self._headers, json={"add": fresh})
            document = decoded(answer, "X's API")
            if isinstance(document, dict) and document.get("errors"):
                said = str(document["errors"])[:200]
                raise SourceRefused(
                    f"{url}: refuses our rules: {said}", "shorten terms, or remove rules in X's console"
                )

    # ── what is kept for looking up ───────────────────────────────────────────────────────
    async def _filled_purse(self, told: _Told) -> AsyncIterator[Batch]:
        """Reserve what abilities may spend; what a killed process had reserved for them is lost."""
        month = self._month()
        kept = self._purse if self._purse_month == month else 0
        short = self._config.lookups * self._post - kept
        if short <= 0 or self._left(told, month) < short + FEWEST * self._post:
            return
        told.spent[month] = told.spent.get(month, 0) + short
        yield self._batch(told)
        self._purse = short + (self._purse if self._purse_month == month else 0)
        self._purse_month = month

    # ── one post ──────────────────────────────────────────────────────────────────────────
    def _as_post(self, said: dict[str, Any], includes: dict[str, Any]) -> Post:
        number = _number(said["id"])
        versions = said.get("edit_history_tweet_ids") or [number]
        users = {str(u["id"]): u for u in includes.get("users") or []}
        author = users.get(str(said["author_id"]), {})
        handle = str(author.get("username") or said["author_id"])
        refs = {str(r["type"]): str(r["id"]) for r in said.get("referenced_tweets") or []}
        metrics = said.get("public_metrics") or {}
        created = moment(said["created_at"])
        return Post(
            network=self.network,
            native_id=_number(versions[0]),
            ref=number,
            source=self.name,
            venue=Venue(name="x.com", kind="microblog"),
            author=Author(handle=handle, name=clean(str(author.get("name") or ""))),
            published=created if len(versions) == 1 else _moment_of(versions[0]),
            revised=created if len(versions) > 1 else None,
            text=clean(_text(said, includes)),
            url=f"https://x.com/{_in_address(author)}/status/{number}",
            language=lang if len(lang := str(said.get("lang") or "")) == 2 else "und",
            answers=refs.get("replied_to", ""),
            answers_author=_whom(said, handle),
            quotes=refs.get("quoted", ""),
            repeats=refs.get("retweeted", ""),
            thread=str(said.get("conversation_id") or ""),
            engagement=Engagement(
                likes=count(metrics.get("like_count")),
                shares=count(metrics.get("retweet_count")),
                answers=count(metrics.get("reply_count")),
            ),
        )


class XWithLookups(X):
    """X with what can be looked up besides, within what the last cursor has reserved for it."""

    async def recheck(self, refs: Sequence[str]) -> Items:
        """As many of the posts of ``refs`` as can be paid, the first ones: as they are now, or gone."""
        items: list[Post | Deletion] = []
        rejected: list[Rejected] = []
        refs = [r for r in refs if r.isdecimal()]
        for begin in range(0, len(refs), MOST):
            some = refs[begin : begin + MOST]
            if begin and self._purse < self._post:
                break
            page = await self._paged("tweets", len(some), 1, lambda n, some=some: {"ids": ",".join(some[:n])})
            found = taken(self.parse, _raws(page.get("data") or [], page), f"{self._base}/tweets")
            items += (*found.items, *self._gone(page))
            rejected += found.rejected
        return Items(items=tuple(items), rejected=tuple(rejected))

    async def thread(self, ref: str) -> Items:
        """The post and the answers of the last seven days to it; older ones X does not find."""
        if not ref.isdecimal():
            return Items()
        page = await self._paged("tweets", 1, 1, lambda _: {"ids": ref})
        first = page.get("data") or []
        if not first:
            return Items(items=tuple(self._gone(page)))
        raws, until = _raws(first, page), ""
        query = f"conversation_id:{_number(first[0].get('conversation_id') or ref)}"
        while True:
            span = {"until_id": until} if until else {}
            page = await self._paged(
                "tweets/search/recent",
                MOST,
                FEWEST,
                lambda n, span=span: {"query": query, "max_results": str(n), **span},
            )
            found = self._found(page)
            raws += _raws(found, page)
            lowest = min((str(one["id"]) for one in found), key=int, default="")
            if "next_token" not in _of(page, "meta") or not lowest or (until and int(lowest) >= int(until)):
                return _below(ref, taken(self.parse, raws, f"{self._base}/tweets"))
            until = lowest

    async def own_posts(self, since: datetime) -> AsyncIterator[Items]:
        """The posts of the accounts of the register, each account's oldest first; X keeps their last 3,200."""
        handles = sorted({h for i in self._context.institutions for h in _accounts(i)})
        if not handles:
            return
        people = await self._looked("users/by", {"usernames": ",".join(handles[:MOST])}, self._author)
        for person in objects(people, "data", url=self._base) if people.get("data") else []:
            raws, token = [], ""
            while self._purse >= 5 * self._post:  # what is older than the money reaches stays unknown
                begin = {"start_time": f"{max(since, datetime(2010, 11, 6, tzinfo=UTC)):%Y-%m-%dT%H:%M:%SZ}"}
                begin |= {"pagination_token": token} if token else {}
                path = f"users/{_number(person['id'])}/tweets"
                page = await self._paged(path, MOST, 5, lambda n, begin=begin: {"max_results": str(n), **begin})
                raws += _raws(self._found(page), page)
                before, token = token, str(_of(page, "meta").get("next_token") or "")
                if token in ("", before):
                    break
            yield taken(self.parse, raws[::-1], f"{self._base}/{path}")

    async def _paged(self, path: str, wanted: int, fewest: int, params: Any) -> dict[str, Any]:
        """An answer with at most ``wanted`` posts, fewer if the purse holds no more."""
        posts = min(wanted, self._purse // self._post)
        if posts < fewest:
            raise self._empty()
        return await self._looked(path, self._asking(**params(posts)), self._price, posts * self._post)

    async def _looked(self, path: str, params: Mapping[str, str], each: int, most: int = 0) -> dict[str, Any]:
        """Ask for what costs at most ``most``. Raises SourceUnavailable when that was not reserved."""
        most = most or each * (params.get("usernames", "").count(",") + 1)
        if self._purse_month != self._month() or self._purse < most:
            raise self._empty()
        self._purse -= most
        try:
            page = await self._asked(path, params)
        except SourceError as error:
            self._purse += most if _unbilled(error) else 0
            raise
        self._purse += most - self._cost(page, each)
        return page

    def _empty(self) -> SourceUnavailable:
        return SourceUnavailable(
            "X: what was set aside for looking posts up is used up",
            "it is filled again with the next search; to look up more, raise lookups",
            self.interval,
        )

    def _gone(self, page: Mapping[str, Any]) -> list[Deletion]:
        now = self._context.clock()
        return [
            Deletion(network=self.network, native_id=str(e["resource_id"]), ref=str(e["resource_id"]), at=now)
            for e in _each(page, "errors")
            if "resource_id" in e and str(e.get("type")).rpartition("/")[2] in GONE
        ]


def _below(ref: str, found: Items) -> Items:
    """Of a conversation: the post and what answers it, at any depth, each once."""
    posts = {p.native_id: p for p in found.items if isinstance(p, Post)}
    known = {p.native_id for p in posts.values() if ref in (p.ref, p.native_id)} | {ref}
    while more := {p.native_id for p in posts.values() if p.answers in known} - known:
        known |= more
    return Items(items=tuple(p for p in posts.values() if p.native_id in known), rejected=found.rejected)


def _raws(found: Iterable[dict[str, Any]], page: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each post with what of the ``includes`` belongs to it, as a stream would give it."""
    includes = _of(page, "includes")
    raws = []
    for one in found:
        keys = _of(one, "attachments").get("media_keys") or ()
        mine = {
            "users": [u for u in _each(includes, "users") if u.get("id") == one.get("author_id")],
            "media": [m for m in _each(includes, "media") if m.get("media_key") in keys],
        }
        raws.append({"data": one, "includes": {kind: some for kind, some in mine.items() if some}})
    return raws


def _of(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The object under a key; an empty one where there is none."""
    found = document.get(key)
    return found if isinstance(found, dict) else {}


def _each(document: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects in the list under a key; none where there is no list."""
    found = document.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _text(said: dict[str, Any], includes: dict[str, Any]) -> str:
    """All that was written, links as they lead, without those to its own pictures; then what these show."""
    note = said.get("note_tweet") or {}
    text, entities = (note["text"], note.get("entities")) if note.get("text") else (said["text"], said.get("entities"))
    for link in (entities or {}).get("urls") or []:
        text = text.replace(
            str(link["url"]), "" if link.get("media_key") else str(link.get("expanded_url") or link["url"])
        )
    parts = [clean(html.unescape(text))]
    keys = (said.get("attachments") or {}).get("media_keys") or []
    parts += [clean(str(m.get("alt_text") or "")) for m in includes.get("media") or [] if m.get("media_key") in keys]
    return "\n".join(p for p in parts if p)


def _whom(said: dict[str, Any], author: str) -> str:
    """The handle of whom it answers: among those whom it mentions, or its own author."""
    whom = str(said.get("in_reply_to_user_id") or "")
    if whom and whom == str(said["author_id"]):
        return author
    mentioned = (said.get("entities") or {}).get("mentions") or []
    return next((str(m["username"]) for m in mentioned if whom and str(m.get("id")) == whom), "")


def _is_post(line: str) -> bool:
    """Whether a line must be a post; what is no JSON is one that was damaged. Raises SourceUnavailable for an error."""
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return True
    if isinstance(document, dict) and document.get("errors") and "data" not in document:
        said = str(document["errors"])[:120]
        raise SourceUnavailable(f"X ends the stream: {said}", "it is opened again by itself")
    return not isinstance(document, dict) or "data" in document


def _unbilled(error: SourceError) -> bool:
    """Whether X surely bills nothing: it answered with an error, or was never reached."""
    return bool(_ANSWERED.search(error.message)) or type(error.__context__).__name__ in _NOT_SENT


def _number(written: object) -> str:
    """An id. Raises ValueError for what is none."""
    if not isinstance(written, str) or not re.fullmatch(r"\d{1,19}", written, re.ASCII):
        raise ValueError(f"not an id: {written!r:.40}")
    return written


def _span(length: timedelta) -> int:
    return int(length.total_seconds() * 1000) << 22


def _id_at(when: datetime) -> str:
    """The lowest id of that moment: ids carry milliseconds (docs.x.com, X IDs)."""
    return str(max(1, (round(when.timestamp() * 1000) - _EPOCH) << 22))


def _moment_of(number: str) -> datetime:
    return datetime.fromtimestamp(((int(_number(number)) >> 22) + _EPOCH) / 1000, tz=UTC)


def _in_address(author: Mapping[str, Any]) -> str:
    """The user name as addresses have it; X finds the post without it, too."""
    name = str(author.get("username") or "")
    return name if _HANDLE.fullmatch(name) else "i"


def _accounts(institution: Institution) -> list[str]:
    """User names of the institution's accounts on X."""
    return [m[1] for a in institution.accounts if a.network == "x" and (m := _HANDLE.fullmatch(a.handle))]


def _terms(institution: Institution) -> list[str]:
    """Operators that find what may be about an institution: phrases that hold another one are left out."""
    names = [institution.name, *(n for some in institution.names.values() for n in some), *institution.aliases]
    split = {name: words(fold(name)) for name in names}
    short = [n for n in names if not any(o != n and split[o] != split[n] and _holds(split[n], split[o]) for o in names)]
    own = _accounts(institution)
    mentioned = [m[1] for h in (*institution.handles, *own) if (m := _HANDLE.fullmatch(h))]
    tags = [t.lstrip("#") for t in institution.hashtags]
    return [
        *(f'"{" ".join(n.replace(chr(34), " ").split())}"' for n in short),
        *(f"#{t}" for t in tags if re.fullmatch(r"\w+", t)),
        *(f"@{h}" for h in mentioned),
        *(f"from:{h}" for h in own),
    ]


def _holds(long: Sequence[str], short: Sequence[str]) -> bool:
    return any(list(long[i : i + len(short)]) == list(short) for i in range(len(long) - len(short) + 1))


def _queries(config: XConfig, institutions: Sequence[Institution]) -> tuple[str, ...]:
    """As few queries as hold all terms within X's length. Raises SourceRefused when there is none, or one is too long."""
    own = [term for institution in institutions for term in _terms(institution)]
    if config.stream:  # which, unlike the search, tells letters with accents from those without
        own = [spelled for term in own for spelled in (term, fold(term))]
    terms = list({t.lower(): t for t in (config.terms or own)}.values())
    tail = (f" {config.narrow}" if config.narrow else "") + ("" if config.reposts else " -is:retweet")
    found: list[str] = []
    for term in terms:
        longer = f"{found[-1]} OR {term}" if found else ""
        if longer and len(f"({longer}){tail}") <= LONGEST_QUERY:
            found[-1] = longer
        elif len(f"({term}){tail}") <= LONGEST_QUERY:
            found.append(term)
        else:
            raise SourceRefused(f"source {config.name!r}: too long for X: {term[:60]}…", "shorten it")
    if not found:
        raise SourceRefused(f"source {config.name!r} has nothing to search for", "add names or terms")
    return tuple(f"({query}){tail}" for query in found)
