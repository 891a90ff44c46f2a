"""Instagram: hashtags, and the comments and photo tags of the institution's own account.

Documented edges of the Instagram API with Facebook Login: ``/ig_hashtag_search`` and
``/{hashtag}/recent_media`` (the last 24 hours, in no sure order, without user names, at most 30 different
hashtags in seven days), ``/{account}/media``, ``/{media}/comments`` with ``replies``, ``/{account}/tags``.
What strangers publish cannot be looked up again; comments cannot be asked for by time, so no span is
backfilled. Mentions in others' captions and comments come only by webhook.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

from pydantic import Field

from corrillo.errors import ParseError, SourceError, SourceRefused
from corrillo.model import (
    Author,
    Batch,
    Budget,
    Cursor,
    Deletion,
    Engagement,
    Gap,
    Items,
    Post,
    Venue,
    from_milliseconds,
    milliseconds,
)
from corrillo.registry import Access, SourceConfig, SourceContext
from corrillo.text import clean, fold
from ingest.api import MISTAKES, count, inner, moment, objects, taken, web
from ingest.graph import Base, Graph, Token, identity
from ingest.keys import required

PAGE = 50
"""Objects a page: the most that these edges give."""
HASHTAGS = 30
"""Different hashtags that one account may ask for in a ``WEEK``."""
WEEK, WINDOW = timedelta(days=7), timedelta(hours=24)
OVERLAP = timedelta(hours=1)
"""Read again each time: media appear under a hashtag some while after they were published."""
FOUND = "id,caption,comments_count,like_count,media_type,permalink,timestamp"
MEDIA = f"{FOUND},username"
ANSWER = "id,text,timestamp,username,like_count"
COMMENT = f"{ANSWER},replies.limit(50){{{ANSWER}}}"
PERMISSIONS = (
    "instagram_basic", "instagram_manage_comments", "pages_show_list", "pages_read_engagement",
    "and the feature Instagram Public Content Access",
)  # fmt: skip
RENEWAL = "make a new token (of a system user, it does not expire) in the business settings"

Raw = dict[str, Any]


class InstagramConfig(SourceConfig):
    """The own account's number, and the hashtags to follow (none: the institutions' own hashtags).

    ``days``: how old own media are whose comments are still looked for. ``interval`` is in seconds.
    """

    account: Annotated[str, Field(pattern=r"^\d+$")]
    hashtags: tuple[str, ...] = ()
    token_file: str = ""
    base: Base = "https://graph.facebook.com"
    version: Annotated[str, Field(pattern=r"^v\d+\.\d+$")] = "v25.0"
    interval: Annotated[float, Field(gt=0)] = 900.0
    days: Annotated[float, Field(gt=0, le=365)] = 14.0


class Instagram:
    """Some hashtags and one own account on Instagram as a source."""

    Config: ClassVar[type[SourceConfig]] = InstagramConfig
    example: ClassVar[Mapping[str, str]] = {
        "en": """\
# Instagram: public posts with hashtags (at most 30 in seven days, without the names of who posts), and
# the comments and photo tags of your own account. Needs an app that Meta has approved.
# [[source]]
# kind = "instagram"
# name = "instagram"
# account = "17841400000000001"     # number of your professional account: GET /{page}?fields=instagram_business_account
# hashtags = []                     # none: those of the institution
# token_file = "instagram.token"    # or the environment variable CORRILLO_TOKEN_INSTAGRAM
# interval = 900                    # seconds
# days = 14                         # comments are looked for under own posts of so many days
""",
        "es": """\
# Instagram: publicaciones públicas con etiquetas (como mucho 30 cada siete días, sin el nombre de quien
# publica) y los comentarios y fotos etiquetadas de la cuenta propia. Hace falta una aplicación aprobada.
# [[source]]
# kind = "instagram"
# name = "instagram"
# account = "17841400000000001"     # número de la cuenta profesional: GET /{page}?fields=instagram_business_account
# hashtags = []                     # ninguna: las de la institución
# token_file = "instagram.token"    # o la variable de entorno CORRILLO_TOKEN_INSTAGRAM
# interval = 900                    # segundos
# days = 14                         # se buscan comentarios en publicaciones propias de tantos días
""",
    }
    access: ClassVar[Mapping[str, Access]] = {
        "en": Access(
            needs="A professional Instagram account joined to a Facebook page, and a token: 1. at developers.facebook.com create a business app with Instagram; 2. in the Meta business settings add the page, the account, the app and a system user; 3. make a token for it with instagram_basic, instagram_manage_comments, pages_show_list and pages_read_engagement; 4. verify the business and ask for App Review of Instagram Public Content Access: without it, no hashtags.",
            costs="Nothing. 30 different hashtags in seven days; calls in 24 hours: 4,800 for each impression of the account.",
            hears="Public photos and videos of the last 24 hours with the hashtags; all comments under own posts of the last days; public posts that tag the own account in the picture; own comments that are deleted.",
            misses="Who published under a hashtag (Instagram does not say); stories, private accounts, posts without the hashtags, comments under other people's posts, mentions in captions; hashtags with emoji or that Meta holds to be offensive; whatever was said more than 24 hours before it was asked.",
        ),
        "es": Access(
            needs="Una cuenta profesional de Instagram unida a una página de Facebook, y un token: 1. en developers.facebook.com, cree una aplicación de tipo empresa con Instagram; 2. en la configuración del negocio de Meta, añada la página, la cuenta, la aplicación y un usuario del sistema; 3. genere su token con instagram_basic, instagram_manage_comments, pages_show_list y pages_read_engagement; 4. verifique la entidad y pida la revisión de Instagram Public Content Access: sin ella no hay etiquetas.",
            costs="Nada. 30 etiquetas distintas cada siete días; peticiones en 24 horas: 4.800 por cada impresión de la cuenta.",
            hears="Fotos y vídeos públicos de las últimas 24 horas con las etiquetas; todos los comentarios en publicaciones propias de los últimos días; las publicaciones públicas que etiquetan la cuenta en la imagen; los comentarios propios que se borran.",
            misses="Quién publica con una etiqueta (Instagram no lo dice); las historias, las cuentas privadas, lo que no lleva las etiquetas, los comentarios en publicaciones ajenas, las menciones en el texto; las etiquetas con emoji o que Meta considera ofensivas, y lo dicho más de 24 horas antes de preguntar.",
        ),
    }
    network = "instagram"

    def __init__(self, config: InstagramConfig, context: SourceContext) -> None:
        self.name, self.interval = config.name, config.interval
        self._account, self._days, self._context = config.account, timedelta(days=config.days), context
        own = [tag for i in context.institutions for tag in i.hashtags]
        self._tags = tuple(dict.fromkeys(tag.lstrip("#").lower() for tag in (config.hashtags or own)))
        if len(self._tags) > HASHTAGS:
            over = ", ".join(f"#{tag}" for tag in self._tags[HASHTAGS:])
            raise SourceRefused(
                f"source {config.name!r}: Instagram allows {HASHTAGS} hashtags in seven days; too many: {over}",
                "choose the most important ones with hashtags = […]",
            )
        token = Token(required(config, context)["token"], PERMISSIONS, RENEWAL)
        self._graph = Graph(f"{config.base.rstrip('/')}/{config.version}", token, context)

    async def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """Each hashtag's last hours, then what is new under own media, then who tags the account.

        A hashtag that Instagram refuses is told at the end, when all else is read.
        """
        state: dict[str, Any] = {"asked": {}, "ids": {}, "reached": {}, "seen": {}}
        state |= json.loads(cursor.state) if cursor else {}
        refused: list[SourceError] = []
        given: set[object] = set()  # media with several hashtags stand under the first
        for tag in self._tags:
            try:
                self._allow(tag, state["asked"])
                async for batch in self._hashtag(tag, state, given):
                    yield batch
            except SourceRefused as error:
                refused.append(error)
        username = await self._named()
        async for batch in self._own(username, state):
            yield batch
        async for batch in self._tagged(username, state):
            yield batch
        if refused:
            raise refused[0]

    def _allow(self, tag: str, asked: dict[str, int]) -> None:
        """Count the tag; raises SourceRefused for one too many. ``asked``: when first, in Unix milliseconds."""
        now = milliseconds(self._context.clock())
        for old in [t for t, at in asked.items() if at <= now - WEEK.total_seconds() * 1000]:
            del asked[old]
        if tag not in asked and len(asked) >= HASHTAGS:
            raise SourceRefused(
                f"source {self.name!r}: Instagram allows {HASHTAGS} hashtags in seven days; #{tag} is one more",
                f"it is heard from {from_milliseconds(min(asked.values())) + WEEK:%d.%m.%Y %H:%M} UTC on, or take it out",
            )
        asked.setdefault(tag, now)

    async def _hashtag(self, tag: str, state: dict[str, Any], given: set[object]) -> AsyncIterator[Batch]:
        now, reached = self._context.clock(), state["reached"].get(f"#{tag}")
        since = from_milliseconds(reached) - OVERLAP if reached else now - WINDOW
        async for page in self._recent(tag, state["ids"]):
            yield self._batch(
                [{"hashtag": tag, "media": media} for media in page if media.get("id") not in given], state
            )
            given |= {str(media.get("id")) for media in page}
            if all(_before(media, since) for media in page):
                break
        state["reached"][f"#{tag}"] = milliseconds(now)
        lost = Gap(
            since=from_milliseconds(reached or 0), until=now - WINDOW, why=f"#{tag}: Instagram gives the last 24 hours"
        )
        yield self._batch([], state, (lost,) if reached and lost.since < now - WINDOW else ())

    async def _recent(self, tag: str, ids: dict[str, str]) -> AsyncIterator[list[Raw]]:
        """What was published with the hashtag, whose number never changes; nothing for one that nobody uses."""
        if tag not in ids:
            document = await self._graph.get("ig_hashtag_search", user_id=self._account, q=tag)
            found = objects(document, "data", url=f"Instagram, #{tag}")
            if not found:
                return
            ids[tag] = str(found[0].get("id"))
        asked = {"user_id": self._account, "fields": FOUND, "limit": str(PAGE)}
        async for page in self._graph.pages(f"{ids[tag]}/recent_media", asked, to_the_end=True):
            yield page

    async def _named(self) -> str:
        return str((await self._graph.get(self._account, fields="id,username")).get("username") or "")

    async def _media(self, since: datetime) -> AsyncIterator[list[Raw]]:
        """Own media, newest first, back to ``since``."""
        async for page in self._graph.pages(f"{self._account}/media", {"fields": MEDIA, "limit": str(PAGE)}):
            recent = [media for media in page if not _before(media, since)]
            yield recent
            if len(recent) < len(page):
                return

    async def _own(self, username: str, state: dict[str, Any]) -> AsyncIterator[Batch]:
        media: list[Raw] = []
        async for page in self._media(self._context.clock() - self._days):
            media += page
            yield self._batch([{"own": username, "media": one} for one in page], state)
        known = {one["id"]: one for one in media if isinstance(one.get("id"), str)}
        state["seen"] = {one: n for one, n in state["seen"].items() if one in known}
        for one, told in reversed(known.items()):
            if told.get("comments_count") not in (0, state["seen"].get(one, -1)):
                async for comments in self._comments(told, username):
                    yield self._batch(comments, state)
            state["seen"][one] = told.get("comments_count")
        yield self._batch([], state)

    async def _comments(self, media: Raw, username: str) -> AsyncIterator[list[Raw]]:
        """Comments of own media with their answers, ready for ``parse``."""
        above = {"id": media.get("id"), "permalink": media.get("permalink"), "username": username}
        async for page in self._graph.pages(f"{media.get('id')}/comments", {"fields": COMMENT, "limit": str(PAGE)}):
            raws: list[Raw] = []
            for comment in page:
                answers = await self._replies(comment)
                under = {"id": comment.get("id"), "username": comment.get("username")}
                raws.append({"own": username, "media": above, "comment": comment})
                raws += ({"own": username, "media": above, "comment": a, "under": under} for a in answers)
            yield raws

    async def _replies(self, comment: Raw) -> list[Raw]:
        """Taken out of the comment that they came with; all of them, where that was only the first."""
        replies = inner(comment, "replies")
        comment.pop("replies", None)
        if not inner(replies, "paging").get("next"):
            return objects({"data": []} | replies, "data", url=f"Instagram, replies to {comment.get('id')}")
        pages = self._graph.pages(f"{comment.get('id')}/replies", {"fields": ANSWER, "limit": str(PAGE)})
        return [answer async for page in pages for answer in page]

    async def _tagged(self, username: str, state: dict[str, Any]) -> AsyncIterator[Batch]:
        """Media of others in which the account is tagged, back to what is known; at first, of some days."""
        now = self._context.clock()
        reached = state["reached"].get("tags")
        since = from_milliseconds(reached) - OVERLAP if reached else now - self._days
        asked = {"fields": MEDIA, "limit": str(PAGE)}
        async for page in self._graph.pages(f"{self._account}/tags", asked, to_the_end=True):
            yield self._batch([{"tagged": username, "media": media} for media in page], state)
            if all(_before(media, since) for media in page):
                break
        state["reached"]["tags"] = milliseconds(now)
        yield self._batch([], state)

    def _batch(self, raws: Sequence[Raw], state: Mapping[str, Any], missed: tuple[Gap, ...] = ()) -> Batch:
        items = taken(self.parse, raws, f"Instagram, account {self._account}")
        asked = state["asked"]
        resets = from_milliseconds(min(asked.values(), default=milliseconds(self._context.clock()))) + WEEK
        return Batch(
            cursor=Cursor(source=self.name, state=json.dumps(state, sort_keys=True)),
            items=items.items,
            rejected=items.rejected,
            missed=missed,
            reread=True,
            budget=Budget(unit="hashtags", spent=len(asked), limit=HASHTAGS, resets=resets),
        )

    async def own_posts(self, since: datetime) -> AsyncIterator[Items]:
        """Own media since then, and what the account answered since then under its newer media."""
        username = await self._named()
        pages = [page async for page in self._media(since - self._days)]
        for page in reversed(pages):
            raws: list[Raw] = [{"own": username, "media": media} for media in page[::-1]]
            for media in (m for m in page[::-1] if isinstance(m.get("id"), str) and m.get("comments_count")):
                async for comments in self._comments(media, username):
                    raws += [c for c in comments if fold(str(c["comment"].get("username"))) == fold(username)]
            found = taken(self.parse, raws, f"Instagram, account {self._account}")
            recent = [i for i in found.items if isinstance(i, Post) and i.published >= since]
            recent.sort(key=lambda p: p.published)
            yield Items(items=tuple(recent), rejected=found.rejected)

    async def thread(self, ref: str) -> Items:
        """Own media, or a comment under it, and all that answers it; a Deletion when it is gone."""
        native_id, _, comment = ref.partition("/")
        try:
            media = await self._graph.get(native_id, fields=MEDIA)
        except SourceRefused:
            gone = await self.recheck([ref])
            if gone.items:
                return gone
            raise
        username = await self._named()
        said = [raw async for raws in self._comments(media, username) for raw in raws]
        if comment:
            said = [r for r in said if comment in (r["comment"].get("id"), inner(r, "under").get("id"))]
        if comment and not said:
            return await self.recheck([ref])
        raws = said if comment else [{"own": username, "media": media}, *said]
        return taken(self.parse, raws, f"Instagram, thread {ref}")

    async def recheck(self, refs: Sequence[str]) -> Items:
        """Deletions of own media and of comments under it that are gone; nothing is known of others' media."""
        ids = {ref: ref.rpartition("/")[2] for ref in refs}
        found = await self._graph.each([*ids.values()], "id", self._account)
        gone = [ref for ref, native_id in ids.items() if found.get(native_id, {}) is None]
        now = self._context.clock()
        return Items(items=tuple(Deletion(network=self.network, native_id=ids[ref], ref=ref, at=now) for ref in gone))

    def parse(self, raw: str) -> Sequence[Post]:
        """Media with the hashtag or account by which it was found, or a comment with its media."""
        try:
            item = json.loads(raw)
            return [self._comment(item, item["comment"]) if "comment" in item else self._found(item, item["media"])]
        except MISTAKES as error:
            raise ParseError(f"not a post of Instagram: {type(error).__name__} {error}") from None

    async def close(self) -> None:
        """Nothing to close: the client is the house's."""

    def _found(self, item: Raw, media: Raw) -> Post:
        own, text = "own" in item, clean(str(media.get("caption") or ""))
        if "tagged" in item and fold(f"@{item['tagged']}") not in fold(text):
            text = f"{text}\n@{clean(str(item['tagged']))}".strip()  # whom a picture tags is part of what it says
        user = clean(str(media.get("username") or ""))
        return Post(
            network=self.network,
            native_id=identity(media),
            ref=identity(media) if own else "",
            source=self.name,
            venue=_venue(item),
            author=Author(handle=user) if user else None,
            published=moment(media["timestamp"]),
            text=clean(text),
            url=web(media.get("permalink")),
            engagement=Engagement(likes=count(media.get("like_count")), answers=count(media.get("comments_count"))),
        )

    def _comment(self, item: Raw, comment: Raw) -> Post:
        media, user = item["media"], clean(str(comment.get("username") or ""))
        above = item.get("under") or media
        return Post(
            network=self.network,
            native_id=identity(comment),
            ref=f"{identity(media)}/{identity(comment)}",
            source=self.name,
            venue=_venue(item),
            author=Author(handle=user) if user else None,
            published=moment(comment["timestamp"]),
            text=clean(str(comment.get("text") or "")),
            url=web(media.get("permalink")),
            answers=identity(above),
            answers_author=clean(str(above.get("username") or "")),
            thread=identity(media),
            engagement=Engagement(likes=count(comment.get("like_count"))),
        )


def _venue(item: Raw) -> Venue:
    """The hashtag, the own account's page, or Instagram at large."""
    if "hashtag" in item:
        return Venue(name=clean(f"#{item['hashtag']}"), kind="hashtag")
    return Venue(name=clean(f"@{item['own']}"), kind="page") if "own" in item else Venue(name="Instagram")


def _before(media: Raw, since: datetime) -> bool:
    """Whether it is older; what has no time is not, so that it is read and rejected."""
    try:
        return moment(media["timestamp"]) < since
    except MISTAKES:
        return False
