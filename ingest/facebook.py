"""Facebook: the posts of one of the institution's own pages, the comments under them, and who tags the page.

Documented edges of the Graph API, all with the page's own token: ``/{page}/feed`` (the page's posts and
its visitors'), ``/{page}/tagged``, ``/{page}/posts`` and ``/{post}/comments``. There is no search by words.

People are called by their name: a page is told no other handle of them, so an erasure by handle takes
the name. Two people of one name count as one author. Comments cannot be asked for by time, so a span
is not backfilled; answers to comments come with the comments of their post.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

from pydantic import Field

from corrillo.errors import ParseError, SourceRefused, SourceUnavailable
from corrillo.model import Author, Batch, Cursor, Deletion, Engagement, Items, Post, Venue
from corrillo.registry import Access, SourceConfig, SourceContext
from corrillo.text import clean
from ingest.api import MISTAKES, count, inner, moment, taken, web
from ingest.graph import Base, Graph, Token, identity
from ingest.keys import required
from ingest.presence import Presence

PAGE = 100
"""Objects a page: the most that these edges give."""
POST = (
    "id,message,created_time,updated_time,from{id,name},permalink_url,shares,"
    "comments.limit(0).summary(true),reactions.limit(0).summary(true),attachments{type,title,description}"
)
COMMENT = "id,message,created_time,from{id,name},permalink_url,like_count,comment_count,parent{id,from{id,name}}"
PERMISSIONS = ("pages_show_list", "pages_read_engagement", "pages_read_user_content")
RENEWAL = "make a new page token (of a system user, it does not expire) in the business settings"

Raw = dict[str, Any]


class FacebookConfig(SourceConfig):
    """The number of a page, and how it is read.

    ``days``: how old posts are whose comments are still looked for. ``interval`` is in seconds.
    """

    page: Annotated[str, Field(pattern=r"^\d+$")]
    token_file: str = ""
    base: Base = "https://graph.facebook.com"
    version: Annotated[str, Field(pattern=r"^v\d+\.\d+$")] = "v25.0"
    interval: Annotated[float, Field(gt=0)] = 600.0
    days: Annotated[float, Field(gt=0, le=365)] = 14.0


class Facebook:
    """One page of the institution as a source; its venue is the page's name."""

    Config: ClassVar[type[SourceConfig]] = FacebookConfig
    example: ClassVar[Mapping[str, str]] = {
        "en": """\
# One of your own Facebook pages: what it posts, the comments, and public posts that tag it.
# Facebook has no search. So that all of it counts as on page, add to the institution:
#   [[institution.platform]] network = "facebook", venue = the page's name
#   [[institution.account]]  network = "facebook", handle = the page's user name
# [[source]]
# kind = "facebook"
# name = "our-page"
# page = "100000000000001"          # the page's number: page → About → Page transparency
# token_file = "our-page.token"     # or the environment variable CORRILLO_TOKEN_OUR_PAGE
# interval = 600                    # seconds
# days = 14                         # comments are looked for under posts of so many days
""",
        "es": """\
# Una de sus páginas de Facebook: lo que publica, los comentarios y las publicaciones que la etiquetan.
# Facebook no tiene búsqueda. Para que cuente como página propia, añada a la institución:
#   [[institution.platform]] network = "facebook", venue = el nombre de la página
#   [[institution.account]]  network = "facebook", handle = el usuario de la página
# [[source]]
# kind = "facebook"
# name = "our-page"
# page = "100000000000001"          # número de la página: página → Información → Transparencia
# token_file = "our-page.token"     # o la variable de entorno CORRILLO_TOKEN_OUR_PAGE
# interval = 600                    # segundos
# days = 14                         # se buscan comentarios en publicaciones de tantos días
""",
    }
    access: ClassVar[Mapping[str, Access]] = {
        "en": Access(
            needs="A token of the page: 1. at developers.facebook.com create a business app; 2. in the Meta business settings add the page and the app, and a system user with the page's tasks “content” and “community activity”; 3. make a token for it with pages_show_list, pages_read_engagement and pages_read_user_content; 4. with it ask GET /me/accounts: the page's access_token in the answer is the key. For pages of your own, business verification is asked for; App Review only if the app serves others.",
            costs="Nothing. Calls in 24 hours: 4,800 for each person that is active on the page; each fetch asks three times, and once more for every post with new comments.",
            hears="What the page posts, all comments and answers under posts of the last days, what visitors write on it, public posts that tag it; what is deleted.",
            misses="Everything else on Facebook: there is no search by words, and groups, profiles and other people's pages cannot be read. Comments under older posts, edits, private posts; the names of people who have not allowed it.",
        ),
        "es": Access(
            needs="Un token de la página: 1. en developers.facebook.com, cree una aplicación de tipo empresa; 2. en la configuración del negocio de Meta, añada la página, la aplicación y un usuario del sistema con las tareas «contenido» y «actividad de la comunidad»; 3. genere su token con pages_show_list, pages_read_engagement y pages_read_user_content; 4. con él, pida GET /me/accounts: la clave es el access_token de la página. Para páginas propias se pide verificar la entidad; la revisión de la aplicación, solo si sirve a otros.",
            costs="Nada. Peticiones en 24 horas: 4.800 por cada persona activa en la página; cada lectura hace tres y una más por publicación con comentarios nuevos.",
            hears="Lo que publica la página, los comentarios y respuestas en publicaciones de los últimos días, lo que escriben en ella sus visitantes, las publicaciones públicas que la etiquetan y lo que se borra.",
            misses="Todo lo demás de Facebook: no hay búsqueda por palabras, y no se pueden leer grupos, perfiles ni páginas ajenas. Los comentarios en publicaciones más antiguas, los cambios, lo privado y los nombres de quienes no lo permiten.",
        ),
    }
    network = "facebook"

    def __init__(self, config: FacebookConfig, context: SourceContext) -> None:
        self.name, self.interval = config.name, config.interval
        self._page, self._days, self._context = config.page, timedelta(days=config.days), context
        self._presences = [Presence(i) for i in context.institutions]
        token = Token(required(config, context)["token"], PERMISSIONS, RENEWAL)
        self._graph = Graph(f"{config.base.rstrip('/')}/{config.version}", token, context)

    async def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """All posts of the last days; then the comments of each whose number of comments, or last change, is new."""
        seen: dict[str, list[Any]] = json.loads(cursor.state) if cursor else {}
        page, since = await self._named(), self._context.clock() - self._days
        posts: list[Raw] = []
        for edge in ("feed", "tagged"):
            async for found in self._posts(edge, since):
                posts += found
                yield self._batch([{"page": page, "post": one} for one in found], seen)
        known = {post["id"]: post for post in posts if self._stands_here(post)}
        seen = {native_id: state for native_id, state in seen.items() if native_id in known}
        for native_id, post in sorted(known.items(), key=lambda one: str(one[1].get("updated_time"))):
            state = [post.get("updated_time"), _total(post, "comments")]
            if state != seen.get(native_id) and state[1] != 0:
                async for comments in self._comments(native_id):
                    yield self._batch(_under(page, post, comments), seen)
            seen[native_id] = state
        yield self._batch([], seen)

    def _stands_here(self, post: Raw) -> bool:
        """Whether it is on the page: comments elsewhere cannot be read with the page's token."""
        return str(post.get("id")).startswith(f"{self._page}_")

    async def _named(self) -> Raw:
        found = await self._graph.get(self._page, fields="id,name,username")
        if not found.get("name"):
            raise SourceUnavailable(f"page {self._page}: has no name", "check that the number is that of a page")
        return {name: found.get(name) for name in ("id", "name", "username")}

    async def _posts(self, edge: str, since: datetime, fields: str = POST) -> AsyncIterator[list[Raw]]:
        span = {"fields": fields, "since": str(int(since.timestamp())), "limit": str(PAGE)}
        async for found in self._graph.pages(f"{self._page}/{edge}", span):
            yield found

    async def _comments(self, post: str) -> AsyncIterator[list[Raw]]:
        """Comments and answers to them, newest first, of every depth."""
        asked = {"filter": "stream", "order": "reverse_chronological", "fields": COMMENT, "limit": str(PAGE)}
        async for found in self._graph.pages(f"{post}/comments", asked):
            yield found

    def _batch(self, raws: Sequence[Raw], seen: Mapping[str, list[Any]]) -> Batch:
        items = taken(self.parse, raws, f"Facebook, page {self._page}")
        cursor = Cursor(source=self.name, state=json.dumps(seen, sort_keys=True))
        return Batch(cursor=cursor, items=items.items, rejected=items.rejected, reread=True)

    async def own_posts(self, since: datetime) -> AsyncIterator[Items]:
        """The page's posts since then, and what it answered since then under its feed."""
        page = await self._named()
        raws = [{"page": page, "post": p} async for found in self._posts("posts", since) for p in found]
        async for found in self._posts("feed", since - self._days):
            for post in (p for p in found if self._stands_here(p) and _total(p, "comments") != 0):
                said = [c async for comments in self._comments(post["id"]) for c in comments]
                raws += _under(page, post, [c for c in said if inner(c, "from").get("id") == page["id"]])
        items = taken(self.parse, raws, f"Facebook, page {self._page}")
        recent = [i for i in items.items if isinstance(i, Post) and i.published >= since]
        recent.sort(key=lambda p: p.published)
        yield Items(items=tuple(recent), rejected=items.rejected)

    async def thread(self, ref: str) -> Items:
        """A post on the page, or a comment, with all that answers it; a Deletion when it is gone.

        Of posts elsewhere nothing is known: their comments cannot be read.
        """
        native_id, _, comment = ref.partition("/")
        if not self._stands_here({"id": native_id}):
            return Items()
        try:
            post = await self._graph.get(native_id, fields=POST)
        except SourceRefused:
            gone = await self.recheck([ref])
            if gone.items:
                return gone
            raise
        page = await self._named()
        said = [c async for listed in self._comments(native_id) for c in listed][::-1]
        wanted = _answering(comment, said) if comment else said
        if comment and not wanted:
            return await self.recheck([ref])
        raws = _under(page, post, wanted)
        return taken(self.parse, raws if comment else [{"page": page, "post": post}, *raws], f"Facebook, thread {ref}")

    async def recheck(self, refs: Sequence[str]) -> Items:
        """Deletions of those that are gone.

        The API says the same of what is gone and of what the token must not see: it is believed only
        while the page itself can be read.
        """
        ids = {ref: ref.rpartition("/")[2] for ref in refs}
        found = await self._graph.each([*ids.values()], "id", self._page)
        gone = [ref for ref, native_id in ids.items() if found.get(native_id, {}) is None]
        now = self._context.clock()
        return Items(items=tuple(Deletion(network=self.network, native_id=ids[ref], ref=ref, at=now) for ref in gone))

    def parse(self, raw: str) -> Sequence[Post]:
        """A post, or a comment with the post that it stands under, each with its page."""
        try:
            item = json.loads(raw)
            return [self._comment(**item)] if "comment" in item else [self._post(**item)]
        except MISTAKES as error:
            raise ParseError(f"not a post of Facebook: {type(error).__name__} {error}") from None

    async def close(self) -> None:
        """Nothing to close: the client is the house's."""

    def _post(self, page: Raw, post: Raw) -> Post:
        native_id = identity(post)
        ours = native_id.startswith(f"{page['id']}_")
        return Post(
            network=self.network,
            native_id=native_id,
            ref=native_id,
            source=self.name,
            venue=_venue(page) if ours else Venue(name="Facebook"),
            author=self._author(page, post.get("from")),
            published=moment(post["created_time"]),
            text=_text(post) if ours else self._tagging(_text(post), page),
            url=web(post.get("permalink_url")),
            engagement=Engagement(
                likes=_total(post, "reactions"),
                shares=count(inner(post, "shares").get("count")),
                answers=_total(post, "comments"),
            ),
        )

    def _comment(self, page: Raw, post: Raw, comment: Raw) -> Post:
        parent = comment.get("parent") or post
        answered = self._author(page, parent.get("from"))
        native_id = identity(comment)
        return Post(
            network=self.network,
            native_id=native_id,
            ref=f"{identity(post)}/{native_id}",
            source=self.name,
            venue=_venue(page),
            author=self._author(page, comment.get("from")),
            published=moment(comment["created_time"]),
            text=clean(str(comment.get("message") or "")),
            url=web(comment.get("permalink_url")),
            answers=identity(parent),
            answers_author=answered.handle if answered else "",
            thread=identity(post),
            engagement=Engagement(likes=count(comment.get("like_count")), answers=count(comment.get("comment_count"))),
        )

    def _tagging(self, text: str, page: Raw) -> str:
        """Whom a post tags is part of what it says, even when only its picture does."""
        ours = self._author(page, page)
        handle = f"@{ours.handle.lstrip('@')}" if ours else ""
        return text if handle in text else clean(f"{text}\n{handle}")

    def _author(self, page: Raw, who: Raw | None) -> Author | None:
        """The page as the register calls it; others by name; None where Facebook does not say."""
        if not who or not who.get("name"):
            return None
        if who.get("id") != page["id"]:
            name = clean(str(who["name"]))
            return Author(handle=name, name=name) if name else None
        called = [clean(str(page[key])) for key in ("username", "name", "id") if page.get(key)]
        registered = (c for c in called if any(p.has_account(self.network, c) for p in self._presences))
        return Author(handle=next(registered, called[0]), name=clean(str(page["name"])), kind="administration")


def _under(page: Raw, post: Raw, comments: Sequence[Raw]) -> list[Raw]:
    above = {"id": post.get("id"), "from": post.get("from")}
    return [{"page": page, "post": above, "comment": comment} for comment in comments]


def _answering(comment: str, said: Sequence[Raw]) -> list[Raw]:
    """The comment and what answers it at any depth; ``said`` is oldest first."""
    found: dict[str, Raw] = {}
    for one in said:
        if one.get("id") == comment or inner(one, "parent").get("id") in found:
            found[str(one.get("id"))] = one
    return list(found.values())


def _venue(page: Raw) -> Venue:
    return Venue(name=clean(str(page["name"])) or str(page["id"]), kind="page")


def _text(post: Raw) -> str:
    """The message, and what a shared link is called; pictures are called after people."""
    attached = [a for a in (post.get("attachments") or {}).get("data") or [] if a.get("type") == "share"]
    parts = [post.get("message"), *(part.get(key) for part in attached for key in ("title", "description"))]
    return clean("\n".join(dict.fromkeys(clean(str(part)) for part in parts if part)))


def _total(post: Raw, edge: str) -> int | None:
    try:
        return int(post[edge]["summary"]["total_count"])
    except MISTAKES:
        return None
