"""Reddit: whole subreddits (posts and comments) and a search for the institution's names, through ``asyncpraw``.

Documented listings only. They are read from the newest back to the time of the cursor, never by ``before``: a
listing answers with nothing when the post named there has been deleted. ``asyncpraw`` signs in, keeps to the rate
that Reddit's headers ask for and tries server errors again; what it receives stays the JSON that ``parse`` takes.
How many results a search lists at most is not documented; a listing gives about 1,000, and what lies further
back is said to be missed.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar
from urllib.parse import urlsplit

from msgspec.structs import replace
from pydantic import Field

from corrillo import __version__
from corrillo.errors import MissingExtra, ParseError, SourceError, SourceRefused, SourceUnavailable
from corrillo.model import Author, Batch, Cursor, Deletion, Engagement, Gap, Items, Post, Venue
from corrillo.registry import Access, SourceConfig, SourceContext
from corrillo.text import clean
from ingest.api import MISTAKES, Pages, count, objects, taken
from ingest.html import to_text
from ingest.keys import required

if TYPE_CHECKING:
    import asyncpraw

PAGE, PAGES = 100, 12
"""Items a page, the most that Reddit gives, and more pages than any listing has."""
CAPPED = 200
"""A listing that ends after so many items without reaching the cursor was cut, and not simply over."""
OVERLAP = 3600.0
"""Seconds read again: searches index late, and moderators release posts under their old time."""
QUERY = 512
"""Characters of a search query."""
THREAD_REQUESTS = 60
"""What reading one thread may cost; what it does not reach stays unknown."""
LONGEST_WAIT = 3600.0
GONE = frozenset(["[deleted]", "[removed]", "[ removed by reddit ]"])
PRIVATE = ("link_author", "parent_author", "author_fullname", "permalink")
"""Keys of a thing, besides the usual ones, that may name a person."""
BEGAN = datetime(1970, 1, 1, tzinfo=UTC)

Thing = dict[str, Any]
"""What Reddit calls a thing: ``{"kind": "t1" (comment) | "t3" (submission) | "more", "data": {…}}``."""


class RedditConfig(SourceConfig):
    """``subreddits`` are read whole, posts and comments; in ``search_in`` ("all": everywhere) posts are searched for.

    ``queries``: what to search for (none: names, aliases, handles and hashtags of the institutions). ``contact``:
    the Reddit user who answers for this; it goes into the user agent, as Reddit's rules demand. ``interval`` in
    seconds; ``backlog``: how many items of each listing are read the first time.
    """

    subreddits: tuple[Annotated[str, Field(pattern=r"^(/?r/)?\w{2,50}$")], ...] = ()
    search_in: tuple[Annotated[str, Field(pattern=r"^(/?r/)?\w{2,50}$")], ...] = ("all",)
    queries: tuple[Annotated[str, Field(min_length=1, max_length=QUERY)], ...] = ()
    contact: Annotated[str, Field(pattern=r"^(/?u/)?[\w-]{0,50}$")] = ""
    client_id_file: str = ""
    client_secret_file: str = ""
    interval: Annotated[float, Field(gt=0)] = 120.0
    backlog: Annotated[int, Field(ge=0, le=1000)] = 200
    oauth_url: str = "https://oauth.reddit.com"
    reddit_url: str = "https://www.reddit.com"


@dataclass(frozen=True)
class _Listing:
    """One list of things, newest first; ``name`` is its place in the cursor, and what errors call it."""

    name: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)


class Reddit:
    """Subreddits and searches as a source; one client, opened when it is first needed."""

    Config: ClassVar[type[SourceConfig]] = RedditConfig
    example: ClassVar[Mapping[str, str]] = {
        "en": """\
# Reddit. It gives access only after explicit approval. Subreddits are read whole; elsewhere only
# posts can be searched for, not comments. Install it with: pip install 'corrillo[reddit]'
# [[source]]
# kind = "reddit"
# name = "reddit"
# subreddits = ["valencia"]       # posts and comments of these
# search_in = ["all"]             # posts with the institution's names, anywhere; []: no search
# queries = []                    # none: names, aliases, handles and hashtags of the institution
# contact = "my_reddit_user"      # who answers for this; Reddit demands a name
# client_id_file = "reddit.id"           # or CORRILLO_CLIENT_ID_REDDIT
# client_secret_file = "reddit.secret"   # or CORRILLO_CLIENT_SECRET_REDDIT
# interval = 120                  # seconds
""",
        "es": """\
# Reddit. Solo da acceso tras una aprobación expresa. Los subreddits se leen enteros; fuera de
# ellos se buscan publicaciones, no comentarios. Se instala con: pip install 'corrillo[reddit]'
# [[source]]
# kind = "reddit"
# name = "reddit"
# subreddits = ["valencia"]       # publicaciones y comentarios de estos
# search_in = ["all"]             # publicaciones con los nombres de la institución; []: sin búsqueda
# queries = []                    # ninguna: nombres, alias, usuarios y etiquetas de la institución
# contact = "mi_usuario_reddit"   # quien responde de esto; Reddit exige un nombre
# client_id_file = "reddit.id"           # o CORRILLO_CLIENT_ID_REDDIT
# client_secret_file = "reddit.secret"   # o CORRILLO_CLIENT_SECRET_REDDIT
# interval = 120                  # segundos
""",
    }
    access: ClassVar[Mapping[str, Access]] = {
        "en": Access(
            needs="Explicit approval by Reddit, before anything else: ask for API access through Reddit Help (Responsible Builder Policy), saying which institution you are, what you read, what for and how long you keep it. Once approved: reddit.com/prefs/apps → create app → type script; client_id is the code under its name, client_secret stands beside “secret”. Give both, and as contact the Reddit user who answers for it.",
            costs="Nothing within the free tier: 100 requests a minute for each client_id, averaged over ten minutes. Commercial or larger use needs a contract; whether yours is free is for Reddit to say in its approval.",
            hears="All posts and comments of the subreddits that you name; posts anywhere on Reddit whose words match the search; whole threads, edits, and what has been deleted or removed.",
            misses="Comments in subreddits that you do not name (Reddit's search gives posts only), private subreddits, chats, and what lies further back than a listing goes: about 1,000 items, fewer in searches. Nothing can be asked for by date afterwards.",
        ),
        "es": Access(
            needs="Antes que nada, la aprobación expresa de Reddit: se pide acceso a la API desde la ayuda de Reddit (Responsible Builder Policy), diciendo qué institución es, qué se lee, para qué y cuánto tiempo se guarda. Con ella: reddit.com/prefs/apps → create app → tipo script; client_id es el código bajo el nombre y client_secret está junto a «secret». Hay que dar ambos y, como contact, el usuario de Reddit que responde de ello.",
            costs="Nada dentro del nivel gratuito: 100 peticiones por minuto para cada client_id, de media en diez minutos. El uso comercial o mayor exige un contrato; si el suyo es gratuito lo dice Reddit en su aprobación.",
            hears="Todas las publicaciones y comentarios de los subreddits que se nombren; las publicaciones de todo Reddit cuyas palabras coincidan con la búsqueda; hilos enteros, cambios y lo que se ha borrado o retirado.",
            misses="Los comentarios de subreddits que no se nombren (la búsqueda de Reddit solo da publicaciones), los subreddits privados, los chats y lo que queda más atrás de donde llega una lista: unos 1.000 elementos, menos en las búsquedas. Después no se puede pedir nada por fecha.",
        ),
    }
    network = "reddit"

    def __init__(self, config: RedditConfig, context: SourceContext) -> None:
        self.name, self.interval = config.name, config.interval
        self._config, self._context = config, context
        self._listings = tuple(_listings(config, context))
        self._client: asyncpraw.Reddit | None = None
        _check(config, bool(self._listings))
        self._keys = required(config, context, "client_id", "client_secret")
        _library()

    async def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """What each listing has since ``cursor``; one that is refused is told after the others were read."""
        reached: dict[str, float] = json.loads(cursor.state) if cursor else {}
        refused: list[SourceRefused] = []
        for listing in self._listings:
            try:
                things, missed = await self._since(listing, reached.get(listing.name))
            except _Closed as closed:
                refused.append(closed)
                continue
            for chunk in _chunks(things):
                reached[listing.name] = max([reached.get(listing.name, 0.0), *filter(None, map(_created, chunk))])
                found = self._taken(chunk, listing.name)
                here = Cursor(source=self.name, state=json.dumps(reached, sort_keys=True))
                yield Batch(cursor=here, items=found.items, rejected=found.rejected, missed=missed, reread=True)
                missed = ()
        _raise(refused)

    async def _since(self, listing: _Listing, since: float | None) -> tuple[list[Thing], tuple[Gap, ...]]:
        """The things after ``since`` or of the backlog, oldest first, and what lies too far back to be read."""
        wanted = max(self._config.backlog, 1) if since is None else None
        things, ended = await self._back(listing, 0.0 if since is None else since - OVERLAP, wanted)
        if wanted is not None:
            return things[:wanted][::-1], ()
        times = [t for t in map(_created, things) if t is not None]
        missed: tuple[Gap, ...] = ()
        if since and ended and len(things) >= CAPPED and min(times, default=0.0) > since:
            why = f"{listing.name}: Reddit lists no more than its newest {len(things)}"
            missed = (Gap(since=_moment(since), until=_moment(min(times)), why=why),)
        return [t for t in things if (_created(t) or since or 0.0) >= (since or 0.0) - OVERLAP][::-1], missed

    async def _back(self, listing: _Listing, until: float, wanted: int | None) -> tuple[list[Thing], bool]:
        """Things newest first, back to ``until`` or so many, and whether the listing was over before that."""
        found: list[Thing] = []
        fresh, after = Pages(listing.path), ""
        for _ in range(PAGES):
            params = {**listing.params, "limit": str(PAGE)} | ({"after": after} if after else {})
            document = await self._asked(listing.name, listing.path, params)
            page = objects(document, "data", "children", url=listing.name)
            found += page
            after = str(document["data"].get("after") or "")
            if wanted is not None and len(found) >= wanted:
                return found, False
            if any(t is not None and t < until for t in map(_created, page)):
                return found, False
            if not after:
                break
            fresh(after)
        return found, True

    async def own_posts(self, since: datetime) -> AsyncIterator[Items]:
        """Posts and comments of the registered accounts: of each at most the newest 1,000 that Reddit lists."""
        accounts = (a.handle for i in self._context.institutions for a in i.accounts if a.network == self.network)
        names = dict.fromkeys(h.strip().removeprefix("u/").lstrip("@") for h in accounts)
        found: list[Thing] = []
        refused: list[SourceRefused] = []
        for name in names:
            for what in ("submitted", "comments"):
                listing = _Listing(f"u/{name} {what}", f"user/{name}/{what}/", {"sort": "new"})
                try:
                    found += (await self._back(listing, since.timestamp(), None))[0]
                except _Closed as closed:
                    refused.append(closed)
        recent = [t for t in found if (_created(t) or since.timestamp()) >= since.timestamp()]
        for chunk in _chunks(sorted(recent, key=lambda t: _created(t) or 0.0)):
            yield self._taken(chunk, "own accounts")
        _raise(refused)

    async def recheck(self, refs: Sequence[str]) -> Items:
        """The posts of ``refs`` as they are now; those deleted or removed are Deletions.

        What Reddit does not give at all stands in a place that has been closed, perhaps for a day: nothing is said of it.
        """
        asked = [r for r in dict.fromkeys(refs) if _FULLNAME.fullmatch(r)]
        found: dict[str, Thing] = {}
        for start in range(0, len(asked), PAGE):
            document = await self._asked("info", "api/info/", {"id": ",".join(asked[start : start + PAGE])})
            things = objects(document, "data", "children", url="info")
            found |= {str(t.get("data", {}).get("name")): t for t in things if isinstance(t.get("data"), dict)}
        return self._taken([found[r] for r in asked if r in found], "info")

    async def thread(self, ref: str) -> Items:
        """The post of ``ref`` and all comments below it, those behind "load more" included."""
        document = await self._asked("info", "api/info/", {"id": ref})
        things = objects(document, "data", "children", url="info")[:1]
        if not things or not isinstance(things[0].get("data"), dict):
            return Items()
        link = str(things[0]["data"].get("link_id") or ref).removeprefix("t3_")
        found = {ref: things[0]} | await self._comments(link, "" if ref.startswith("t3_") else ref.removeprefix("t1_"))
        authors = {name: thing["data"].get("author") for name, thing in found.items()}
        for thing in found.values():
            thing["data"].setdefault("parent_author", authors.get(str(thing["data"].get("parent_id"))))
        return self._taken(found.values(), f"thread {ref}")

    async def _comments(self, link: str, below: str) -> dict[str, Thing]:
        """Name → comment, of the submission ``link`` or of what stands below one comment of it."""
        found: dict[str, Thing] = {}
        waiting: deque[tuple[str, ...]] = deque([(below,)])
        begun: set[tuple[str, ...]] = set()
        while waiting and len(begun) < THREAD_REQUESTS:
            if (ids := waiting.popleft()) in begun:
                continue
            begun.add(ids)
            for thing in _flat(await self._branch(link, ids)):
                if thing["kind"] == "more":
                    children = [str(c) for c in thing["data"].get("children") or ()]
                    on = str(thing["data"].get("parent_id", "")).partition("_")[2]
                    waiting += [("", *children[n : n + PAGE]) for n in range(0, len(children), PAGE)] or [(on,)]
                else:
                    found.setdefault(str(thing["data"].get("name")), thing)
        return found

    async def _branch(self, link: str, ids: Sequence[str]) -> list[Thing]:
        """The comments that begin with one id ('' the submission itself), or those that were left out: ('', ids…)."""
        place = f"thread t3_{link}"
        if len(ids) > 1:
            form = {"children": ",".join(ids[1:]), "link_id": f"t3_{link}", "sort": "new"}
            more = await self._asked(place, "api/morechildren/", form=form)
            return objects(more, "json", "data", "things", url=place)
        path = f"comments/{link}/" + (f"_/{ids[0]}" if ids[0] else "")
        pages = await self._asked(place, path, {"limit": "500", "sort": "new"})
        return objects(pages[-1] if isinstance(pages, list) and pages else None, "data", "children", url=place)

    async def _asked(
        self, place: str, path: str, params: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
    ) -> Any:
        """The JSON of an answer. Raises _Closed where only ``place`` is, SourceRefused, SourceUnavailable."""
        if self._client is None:
            self._client = _opened(self._config, self._keys)
        try:
            method, given = ("POST" if form else "GET"), {str(k): v for k, v in (params or {}).items()}
            return await self._client.request(
                method=method, path=path, params={**given}, data={**form} if form else None
            )
        except Exception as error:  # the library's own, aiohttp's, and what a strange answer does to both
            raise _ours(error, f"{self._config.oauth_url}: {place}") from None

    def _taken(self, things: Iterable[Thing], origin: str) -> Items:
        found = taken(self.parse, things, origin)
        return Items(items=found.items, rejected=tuple(replace(r, private=PRIVATE) for r in found.rejected))

    def _gone(self, ref: str) -> Deletion:
        return Deletion(network=self.network, native_id=ref, ref=ref, at=self._context.clock())

    def parse(self, raw: str) -> Sequence[Post | Deletion]:
        """One thing as the API gives it: a submission or a comment; what was deleted or removed is a Deletion."""
        try:
            thing = json.loads(raw)
            kind, said = thing["kind"], thing["data"]
            if kind not in ("t1", "t3") or not _FULLNAME.fullmatch(name := f"{kind}_{said['id']}"):
                raise ValueError(f"{kind!r} is neither a submission nor a comment")
            return [self._gone(name) if _is_gone(said) else self._post(name, said)]
        except MISTAKES as error:
            raise ParseError(f"not a post of Reddit: {type(error).__name__} {error}") from None

    def _post(self, name: str, said: dict[str, Any]) -> Post:
        edited, author, above = said.get("edited"), said.get("author"), _named(said.get("parent_id"))
        answered = said.get("parent_author") or (said.get("link_author") if above.startswith("t3_") else "")
        hidden = said.get("score_hidden") or said.get("hide_score")
        return Post(
            network=self.network,
            native_id=name,
            ref=name,
            source=self.name,
            venue=_venue(clean(str(said["subreddit"]))),
            author=Author(handle=clean(str(author))) if author and author != "[deleted]" else None,
            published=_moment(said["created_utc"]),
            revised=_moment(edited) if isinstance(edited, int | float) and not isinstance(edited, bool) else None,
            title=clean(str(said.get("title") or "")),
            text=clean(_text(said)),
            url=f"https://www.reddit.com{clean(said['permalink'])}" if said.get("permalink") else "",
            answers=above,
            answers_author=clean(str(answered)) if answered and answered != "[deleted]" else "",
            thread=_named(said.get("link_id")),
            repeats=_named(said.get("crosspost_parent")),
            engagement=Engagement(
                likes=None if hidden else count(said.get("score")),
                shares=count(said.get("num_crossposts")),
                answers=count(said.get("num_comments")),
            ),
        )

    async def close(self) -> None:
        """Close the client's connections; a later fetch opens them again."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()


class _Closed(SourceRefused):
    """One subreddit or account is not to be read; the others are."""


_FULLNAME = re.compile(r"t[13]_[0-9a-z]{1,20}")
_PICTURES = re.compile(r"/|https?://([\w-]+\.)*(reddit\.com|redd\.it)/")
"""Links that a picture, a video or another post of Reddit has: they say nothing."""


def _library() -> Any:
    try:
        import asyncpraw
    except ImportError:
        raise MissingExtra("Reddit needs the package asyncpraw", "install it: pip install 'corrillo[reddit]'") from None
    return asyncpraw


def _opened(config: RedditConfig, keys: Mapping[str, str]) -> asyncpraw.Reddit:
    """A client that reads as the application, whatever a ``praw.ini`` of the machine says of users."""
    contact = config.contact.lstrip("/").removeprefix("u/")
    opened: asyncpraw.Reddit = _library().Reddit(
        client_id=keys["client_id"],
        client_secret=keys["client_secret"],
        user_agent=f"server:corrillo:{__version__} (by /u/{contact})",
        oauth_url=config.oauth_url.rstrip("/"),
        reddit_url=config.reddit_url.rstrip("/"),
        username=None,
        password=None,
        refresh_token=None,
        check_for_updates=False,
    )
    return opened


def _check(config: RedditConfig, listens: bool) -> None:
    """Raises SourceRefused for a source that reads nothing, says no name, or would show its keys to others."""
    if not listens:
        raise SourceRefused(
            f"source {config.name!r} reads no subreddit and searches for nothing", "add subreddits or search_in"
        )
    if not config.contact:
        raise SourceRefused(
            f"source {config.name!r}: Reddit wants to know who asks", 'write contact = "the Reddit user who answers"'
        )
    for url in (config.oauth_url, config.reddit_url):
        address = urlsplit(url)
        if address.scheme != "https" and address.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise SourceRefused(f"source {config.name!r}: keys would go to {url} unencrypted", "write https://")


def _listings(config: RedditConfig, context: SourceContext) -> Iterator[_Listing]:
    """Subreddits first, then searches, which are down more often; where all is read nothing is searched for."""
    whole = dict.fromkeys(s.lstrip("/").removeprefix("r/").lower() for s in config.subreddits)
    for name in whole:
        yield _Listing(f"r/{name}", f"r/{name}/new/")
        yield _Listing(f"r/{name} comments", f"r/{name}/comments/")
    for place in dict.fromkeys(s.lstrip("/").removeprefix("r/").lower() for s in config.search_in):
        for query in () if place in whole else config.queries or _queries(context):
            only = "false" if place == "all" else "true"
            params = {"q": query, "sort": "new", "t": "all", "type": "link", "restrict_sr": only}
            yield _Listing(f"r/{place} search {query}", f"r/{place}/search/", params)


def _queries(context: SourceContext) -> list[str]:
    """Names, aliases, handles and hashtags, quoted and joined by OR, in as few queries as they fit into."""
    words: dict[str, None] = {}
    for one in context.institutions:
        names = (one.name, *(n for some in one.names.values() for n in some), *one.aliases)
        words |= dict.fromkeys([*names, *(w.lstrip("@#") for w in (*one.handles, *one.hashtags))])
    queries: list[str] = []
    for quoted in (f'"{w}"' for w in (w.replace('"', " ").strip()[: QUERY - 2] for w in words) if w):
        if queries and len(queries[-1]) + len(" OR ") + len(quoted) <= QUERY:
            queries[-1] += f" OR {quoted}"
        else:
            queries.append(quoted)
    return queries


def _ours(error: Exception, place: str) -> SourceError:
    """What the library says, in our words; it wraps what an odd answer does to it into a failed request."""
    while isinstance(cause := getattr(error, "original_exception", None), Exception):
        error = cause
    answer = getattr(error, "response", None)
    status, kind = getattr(answer, "status", 0), type(error).__name__
    if kind in ("OAuthException", "InvalidToken", "MissingRequiredAttributeException") or 401 in (status, *error.args):
        return SourceRefused(
            f"{place}: Reddit does not accept the keys", "check client_id, client_secret and Reddit's approval"
        )
    if kind == "InsufficientScope":
        return SourceRefused(f"{place}: the keys lack the right to read this", "ask Reddit for the scope read")
    if status == 429:
        wait = str(answer.headers.get("retry-after", "")) if answer is not None else ""
        seconds = min(float(wait), LONGEST_WAIT) if re.fullmatch(r"\d{1,9}(\.\d+)?", wait) else None
        return SourceUnavailable(f"{place}: asks us to slow down (429)", "it is tried again after the wait", seconds)
    if status in _CLOSED:
        return _Closed(f"{place}: {_CLOSED[status]} ({status})", "check its name, or remove it from the source")
    if 400 <= status < 500:
        return SourceRefused(f"{place}: answers {status}", "check the configuration of the source")
    reason = f"answers {status}" if status else f"cannot be read: {kind} {error}"
    return SourceUnavailable(f"{place}: {reason}", "it is tried again by itself")


_CLOSED = {
    301: "is not there any more", 302: "is not there", 403: "is private, quarantined or suspended",
    404: "is not there, or is banned", 451: "is blocked by law",
}  # fmt: skip


def _raise(refused: Sequence[SourceRefused]) -> None:
    if refused:
        raise SourceRefused("; ".join(r.message for r in refused), refused[0].remedy)


def _chunks(things: Sequence[Thing]) -> Iterator[Sequence[Thing]]:
    """At most a page each; one that is empty for nothing, so that there is a cursor."""
    for start in range(0, max(len(things), 1), PAGE):
        yield things[start : start + PAGE]


def _flat(things: Sequence[Thing]) -> Iterator[Thing]:
    """Comments and what stands for more of them, without the tree; each comment without those below it."""
    waiting = deque(t for t in things if _is_thing(t))
    while waiting:
        thing = waiting.popleft()
        below = thing["data"].get("replies")
        if isinstance(below, dict):
            nested = objects(below, "data", "children", url="replies")
            waiting += [t for t in nested if _is_thing(t)]
        yield {"kind": thing["kind"], "data": {**thing["data"], "replies": ""}}


def _is_thing(thing: Thing) -> bool:
    return "kind" in thing and isinstance(thing.get("data"), dict)


def _created(thing: Thing) -> float | None:
    said = thing.get("data")
    created = said.get("created_utc") if isinstance(said, dict) else None
    return float(created) if isinstance(created, int | float) else None


def _moment(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def _venue(subreddit: str) -> Venue:
    """A subreddit; a person's own page, which is named after them, is not named."""
    return Venue(name="profiles") if subreddit.startswith("u_") else Venue(name=f"r/{subreddit}", kind="subreddit")


def _named(fullname: object) -> str:
    return fullname if isinstance(fullname, str) and _FULLNAME.fullmatch(fullname) else ""


def _is_gone(said: dict[str, Any]) -> bool:
    """Deleted by its author or removed by others; when only the account is gone, the text is still there."""
    written = str(said.get("body") or said.get("selftext") or "").strip().lower()
    return bool(said.get("removed_by_category")) or written in GONE


def _text(said: dict[str, Any]) -> str:
    """Everything that was said besides the title: text, link, answers of a poll, captions; else what is reposted."""
    parts = [_body(said)]
    if not said.get("is_self", True) and not said.get("crosspost_parent"):
        link = clean(str(said.get("url_overridden_by_dest") or said.get("url") or ""))
        parts += [] if _PICTURES.match(link) else [link]
    parts += [clean(f"– {o['text']}") for o in (said.get("poll_data") or {}).get("options") or ()]
    captions = (i.get("caption") for i in (said.get("gallery_data") or {}).get("items") or ())
    parts += [clean(str(c)) for c in captions if c]
    if not any(parts):
        parts += [_body(p) for p in (said.get("crosspost_parent_list") or ())[:1]]
    return "\n".join(p for p in parts if p)


def _body(said: dict[str, Any]) -> str:
    html = said.get("body_html") or said.get("selftext_html")
    return to_text(str(html)) if html else clean(str(said.get("body") or said.get("selftext") or ""))
