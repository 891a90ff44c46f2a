"""Threads: keyword and topic tag search, the own account's posts, and the conversations under them.

Documented endpoints of the Threads API: ``/keyword_search``, ``/me/threads``, ``/me/replies``,
``/{media}`` and ``/{media}/conversation``. The search documents ``since`` and ``until`` and no cursor,
so it is paged by time. The API gives conversations only of the own account's posts, and answers for
others' posts as for deleted ones: so deletions are not known here.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from pydantic import Field

from corrillo.errors import ParseError, SourceRefused, SourceUnavailable
from corrillo.model import Author, Batch, Budget, Cursor, Gap, Items, Post, Venue
from corrillo.registry import Access, SourceConfig, SourceContext
from corrillo.text import clean, fold
from ingest.api import MISTAKES, inner, moment, objects, taken, web
from ingest.graph import Base, Graph, Token, identity
from ingest.keys import required

PAGE = 100
"""Posts an answer: the most that the search gives."""
EARLIEST = 1_688_540_400
"""The first moment, in Unix seconds, for which the API may be asked."""
OVERLAP = 900
"""Seconds that are asked for again each time: posts are found some while after they were written."""
DAY, HOUR = 86_400, 3_600
FIELDS = (
    "id,text,media_type,permalink,timestamp,username,is_reply,replied_to,root_post,is_quote_post,"
    "quoted_post,reposted_post,topic_tag,alt_text"
)
PERMISSIONS = ("threads_basic", "threads_keyword_search", "threads_read_replies")
RENEWAL = "make a new long-lived token in the app's dashboard (it lasts 60 days)"


class ThreadsConfig(SourceConfig):
    """What to search for (none: names, aliases, handles and hashtags of the institutions) and how often.

    ``interval`` is in seconds; it is stretched so that ``queries_a_day`` are not overspent.
    ``backlog`` is how many days the first fetch looks back.
    """

    queries: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    token_file: str = ""
    base: Base = "https://graph.threads.net"
    version: Annotated[str, Field(pattern=r"^v\d+\.\d+$")] = "v1.0"
    interval: Annotated[float, Field(gt=0)] = 900.0
    backlog: Annotated[float, Field(ge=0, le=365)] = 3.0
    queries_a_day: Annotated[int, Field(ge=1, le=2200)] = 2200


class Threads:
    """Public posts on Threads with certain words as a source."""

    Config: ClassVar[type[SourceConfig]] = ThreadsConfig
    example: ClassVar[Mapping[str, str]] = {
        "en": """\
# Threads: public posts with the institution's names and hashtags. Needs an app that Meta has approved
# (corrillo sources networks threads says how).
# [[source]]
# kind = "threads"
# name = "threads"
# token_file = "threads.token"    # or the environment variable CORRILLO_TOKEN_THREADS
# queries = []                    # none: names, aliases and handles of the institution
# tags = []                       # none: its hashtags
# interval = 900                  # seconds
# backlog = 3                     # days that the first fetch looks back
# queries_a_day = 2200            # Meta's limit for one user; less if other programs use it, too
""",
        "es": """\
# Threads: publicaciones públicas con los nombres y etiquetas de la institución. Hace falta una
# aplicación aprobada por Meta (corrillo sources networks threads explica cómo).
# [[source]]
# kind = "threads"
# name = "threads"
# token_file = "threads.token"    # o la variable de entorno CORRILLO_TOKEN_THREADS
# queries = []                    # ninguna: nombres, alias y usuarios de la institución
# tags = []                       # ninguna: sus etiquetas
# interval = 900                  # segundos
# backlog = 3                     # días hacia atrás la primera vez
# queries_a_day = 2200            # límite de Meta por usuario; menos si lo usan otros programas
""",
    }
    access: ClassVar[Mapping[str, Access]] = {
        "en": Access(
            needs="A long-lived token of the institution's own Threads account: 1. at developers.facebook.com create an app with the use case “Access the Threads API”; 2. add threads_basic, threads_keyword_search and threads_read_replies; 3. add the account as a Threads tester, and make a token for it in the dashboard; 4. verify the business and ask for App Review of threads_keyword_search: until Meta approves it, the search finds nothing but the own posts. The token lasts 60 days: renew it before.",
            costs="Nothing. 2,200 queries that find something in any 24 hours for one account, over all its apps.",
            hears="Public posts and replies with the words or topic tags that are searched for; what the own account says, and all answers to it.",
            misses="Private profiles, posts that name nobody and nothing, words that Meta holds to be offensive (it answers as if there were nothing); answers to other people's posts, edits and deletions.",
        ),
        "es": Access(
            needs="Un token de larga duración de la cuenta de Threads de la institución: 1. en developers.facebook.com, cree una aplicación con el caso de uso «Acceder a la API de Threads»; 2. añada threads_basic, threads_keyword_search y threads_read_replies; 3. añada la cuenta como probadora y genere su token en el panel; 4. verifique la entidad y pida la revisión de threads_keyword_search: hasta que Meta lo apruebe, la búsqueda solo encuentra lo propio. El token dura 60 días: renuévelo antes.",
            costs="Nada. 2.200 consultas con resultado cada 24 horas por cuenta, sumando todas sus aplicaciones.",
            hears="Publicaciones y respuestas públicas con las palabras o los temas que se buscan; lo que dice la cuenta propia y todas las respuestas que recibe.",
            misses="Los perfiles privados, lo que no nombra nada, las palabras que Meta considera ofensivas (contesta como si no hubiera nada); las respuestas a publicaciones ajenas, los cambios y los borrados.",
        ),
    }
    network = "threads"

    def __init__(self, config: ThreadsConfig, context: SourceContext) -> None:
        self.name = config.name
        self._config, self._context = config, context
        self._terms = tuple(_terms(config, context))
        if not self._terms:
            raise SourceRefused(f"source {config.name!r} has nothing to search for", "add queries or tags to it")
        self.interval = max(config.interval, DAY * len(self._terms) / config.queries_a_day)
        token = Token(required(config, context)["token"], PERMISSIONS, RENEWAL)
        self._graph = Graph(f"{config.base.rstrip('/')}/{config.version}", token, context)
        self._spent: dict[int, int] = {}

    async def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """What each term has since ``cursor``; a search that was broken off is finished first."""
        state: dict[str, Any] = json.loads(cursor.state) if cursor else {}
        reached: dict[str, dict[str, Any]] = state.get("terms", {})
        self._spent = {int(hour): max(n, self._spent.get(int(hour), 0)) for hour, n in state.get("spent", {}).items()}
        now = int(self._context.clock().timestamp())
        for term in self._terms:
            mine = reached.setdefault(term, {"to": max(EARLIEST, int(now - self._config.backlog * DAY)) + OVERLAP})
            if "open" in mine:
                async for items, missed in self._search(term, mine):
                    yield self._batch(reached, items, missed)
            mine |= {"open": [max(EARLIEST, min(mine["to"] - OVERLAP, now - 1)), now], "to": now}
            async for items, missed in self._search(term, mine):
                yield self._batch(reached, items, missed)

    async def _search(self, term: str, mine: dict[str, Any]) -> AsyncIterator[tuple[Items, tuple[Gap, ...]]]:
        """Pages from the newest to the oldest of ``mine["open"]``, which shrinks as they are given."""
        while "open" in mine:
            since, until = mine["open"]
            found = await self._page(term, since, until)
            items, missed = taken(self.parse, found, f"Threads, search for {term}"), ()
            oldest = min((p.published for p in items.items if isinstance(p, Post)), default=None)
            if len(found) < PAGE or oldest is None or oldest.timestamp() < since:
                del mine["open"]
            elif int(oldest.timestamp()) + 1 < until:
                mine["open"] = [since, int(oldest.timestamp()) + 1]
            else:
                del mine["open"]
                why = f"more than {PAGE} posts in a second with {term!r}: the search gives no more"
                yield items, (Gap(since=datetime.fromtimestamp(since, UTC), until=oldest, why=why),)
                return
            yield items, missed

    async def _page(self, term: str, since: int, until: int) -> list[dict[str, Any]]:
        self._afford()
        mode = "TAG" if term.startswith("#") else "KEYWORD"
        asked = {"q": term.removeprefix("#"), "search_mode": mode, "search_type": "RECENT", "fields": FIELDS}
        span = {"since": str(since), "until": str(until), "limit": str(PAGE)}
        found = objects(await self._graph.get("keyword_search", **asked, **span), "data", url="Threads search")
        hour = int(self._context.clock().timestamp()) // HOUR
        self._spent[hour] = self._spent.get(hour, 0) + bool(found)
        return found

    def _afford(self) -> None:
        """Raises SourceUnavailable when the queries of the last 24 hours are spent."""
        budget = self._budget()
        if budget.spent >= budget.limit:
            wait = (budget.resets - self._context.clock()).total_seconds()
            raise SourceUnavailable(
                f"source {self.name!r}: {budget.limit:g} queries in 24 hours are spent", "it goes on by itself", wait
            )

    def _budget(self) -> Budget:
        now = self._context.clock()
        last = int(now.timestamp()) // HOUR - 24
        self._spent = {hour: n for hour, n in self._spent.items() if hour > last and n}
        resets = datetime.fromtimestamp((min(self._spent) + 25) * HOUR, UTC) if self._spent else now
        return Budget(unit="queries", spent=sum(self._spent.values()), limit=self._config.queries_a_day, resets=resets)

    def _batch(self, reached: dict[str, dict[str, Any]], items: Items, missed: tuple[Gap, ...]) -> Batch:
        budget = self._budget()
        state = json.dumps({"terms": reached, "spent": self._spent}, sort_keys=True)
        cursor = Cursor(source=self.name, state=state)
        return Batch(cursor=cursor, items=items.items, rejected=items.rejected, missed=missed, budget=budget)

    async def backfill(self, since: datetime, until: datetime) -> AsyncIterator[Items]:
        """What the terms have from ``since`` to ``until``; it spends queries as fetching does."""
        for term in self._terms:
            mine: dict[str, Any] = {"open": [max(EARLIEST, int(since.timestamp())), int(until.timestamp()) + 1]}
            async for found, _ in self._search(term, mine):
                within = tuple(p for p in found.items if isinstance(p, Post) and since <= p.published < until)
                yield Items(items=within, rejected=found.rejected)

    async def own_posts(self, since: datetime) -> AsyncIterator[Items]:
        """Posts and replies of the account whose token it is."""
        span = {"since": str(max(EARLIEST, int(since.timestamp()))), "fields": FIELDS, "limit": str(PAGE)}
        found: list[dict[str, Any]] = []
        for path in ("me/threads", "me/replies"):
            async for page in self._graph.pages(path, span):
                found += page
        found.sort(key=lambda one: str(one.get("timestamp")))
        yield taken(self.parse, found, "Threads, own posts")

    async def thread(self, ref: str) -> Items:
        """One of the own posts and all answers to it; nothing of others' posts, whose answers the API does not give."""
        try:
            post = await self._graph.get(ref, fields=FIELDS)
            asked = {"fields": FIELDS, "reverse": "false", "limit": str(PAGE)}
            answers = [one async for page in self._graph.pages(f"{ref}/conversation", asked) for one in page]
        except SourceRefused:
            await self._graph.get("me", fields="id")  # raises for a token that is at fault
            return Items()
        names = {one.get("id"): one.get("username") for one in (post, *answers)}
        for one in answers:
            if isinstance(one.get("replied_to"), dict):
                one["replied_to"]["username"] = names.get(one["replied_to"].get("id"))
        return taken(self.parse, [post, *answers], f"Threads, conversation of {ref}")

    def parse(self, raw: str) -> Sequence[Post]:
        """One media object as the API gives it."""
        try:
            media = json.loads(raw)
            return [self._post(media)]
        except MISTAKES as error:
            raise ParseError(f"not a post of Threads: {type(error).__name__} {error}") from None

    async def close(self) -> None:
        """Nothing to close: the client is the house's."""

    def _post(self, media: dict[str, Any]) -> Post:
        tag = clean(str(media.get("topic_tag") or "")).lstrip("#")
        user = clean(str(media.get("username") or ""))
        texts = (clean(str(media.get(name) or "")) for name in ("text", "alt_text"))
        return Post(
            network=self.network,
            native_id=identity(media),
            ref=identity(media),
            source=self.name,
            venue=Venue(name=f"#{tag}", kind="hashtag") if tag else Venue(name="threads.net", kind="microblog"),
            author=Author(handle=user) if user else None,
            published=moment(media["timestamp"]),
            text=clean("\n".join(text for text in texts if text)),
            url=web(media.get("permalink")),
            answers=_related(media.get("replied_to")),
            answers_author=clean(str(inner(media, "replied_to").get("username") or "")),
            thread=_related(media.get("root_post")),
            quotes=_related(media.get("quoted_post")),
            repeats=_related(media.get("reposted_post")),
        )


def _related(media: dict[str, Any] | None) -> str:
    return identity(media) if media else ""


def _terms(config: ThreadsConfig, context: SourceContext) -> Iterator[str]:
    """What is searched for, each once: words, and topic tags with a # before them."""
    words = config.queries or [
        word.lstrip("@")
        for i in context.institutions
        for word in (i.name, *(n for listed in i.names.values() for n in listed), *i.aliases, *i.handles)
    ]
    tags = config.tags or [tag for i in context.institutions for tag in i.hashtags]
    yield from {fold(term): term for term in (*words, *(f"#{tag.lstrip('#')}" for tag in tags))}.values()
