"""YouTube: videos that a search or a channel gives, and their comments, within what its Data API v3 lets us ask.

The quota has two buckets, both emptied at midnight in California: searches (100 a day by default)
and units (10,000; everything else costs one a request). Both are counted in the cursor; asking more
is an error of YouTube's that costs nothing, so a count that a killed process lost does no harm.

A video once found is remembered and looked at again: every ``interval`` while it is new, then every
24th part of its age, until it is ``days`` old. Its comments are read when their number has changed:
the newest ``pages`` of threads with all their replies; what was given before is given again.

Documented (developers.google.com/youtube/v3): search, videos, channels, playlistItems, commentThreads,
comments, errors, quota costs; the key as a header (Google Cloud, API keys). Not documented: quotation
marks in ``q`` (the site takes them for a phrase), and that a video whose comments are closed has no
``commentCount``; where it has one, the error ``commentsDisabled`` says it.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar, TypeVar
from zoneinfo import ZoneInfo

from pydantic import Field

from corrillo.errors import ParseError, SourceError, SourceRefused, SourceUnavailable
from corrillo.institution import Institution
from corrillo.model import Author, Batch, Budget, Cursor, Deletion, Engagement, Gap, Items, Post, Rejected, Venue
from corrillo.registry import Access, SourceConfig, SourceContext
from corrillo.text import clean, fold, words
from ingest.api import MISTAKES, Pages, decoded, moment, objects, taken
from ingest.faults import NotThere
from ingest.keys import required

CALIFORNIA = ZoneInfo("America/Los_Angeles")
"""Where the day of the quota begins."""
MANY, FULL = 50, 100
"""Videos, channels or ids in a request; comments in a page: the most that the API gives."""
LATE = timedelta(days=2)
"""Searches go back so far again: a video may be found long after it was published."""
AT_ONCE = 60.0
"""Seconds to wait where YouTube says that we ask too fast."""
CLOSED = frozenset(
    ["commentsDisabled", "videoNotFound", "commentThreadNotFound", "commentNotFound", "parentCommentNotFound"]
)
SPENT = frozenset(["quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"])
TOO_FAST = frozenset(["rateLimitExceeded", "userRateLimitExceeded", "processingFailure"])
_REMEDIES = {
    "keyInvalid": "the key is not valid: copy it again from Google Cloud console → Credentials",
    "API_KEY_INVALID": "the key is not valid: copy it again from Google Cloud console → Credentials",
    "keyExpired": "the key has expired: make a new one in Google Cloud console → Credentials",
    "accessNotConfigured": "enable the YouTube Data API v3 for the project in Google Cloud console",
    "SERVICE_DISABLED": "enable the YouTube Data API v3 for the project in Google Cloud console",
    "API_KEY_SERVICE_BLOCKED": "the key is restricted to other APIs: allow it the YouTube Data API v3",
    "ipRefererBlocked": "the key is restricted to other addresses: allow it this server's",
    "API_KEY_IP_ADDRESS_BLOCKED": "the key is restricted to other addresses: allow it this server's",
}
_VIDEO = re.compile(r"[\w-]{11}", re.ASCII)
_CHANNEL = re.compile(r"UC[\w-]{22}", re.ASCII)

T = TypeVar("T")


class YouTubeConfig(SourceConfig):
    """``terms``: what to search for instead of the institution's names, aliases and hashtags.

    ``channels`` (``@handle`` or ``UC…``) are followed besides the institution's own accounts.
    ``searches`` and ``units``: what may be used of the two quotas a day. ``backlog``: days that a first
    search goes back; ``days``: how long a video's comments are followed, ``videos``: of how many, the
    newest; ``pages`` of 100 threads of comments are read of each. ``interval``: seconds between two rounds.
    """

    key_file: str = ""
    terms: tuple[str, ...] = ()
    channels: tuple[Annotated[str, Field(pattern=r"^(@\S+|UC[\w-]{22})$")], ...] = ()
    searches: Annotated[int, Field(ge=0)] = 95
    units: Annotated[int, Field(ge=1)] = 9_000
    backlog: Annotated[float, Field(ge=0, le=365)] = 30.0
    days: Annotated[float, Field(gt=0, le=365)] = 60.0
    videos: Annotated[int, Field(ge=1, le=5_000)] = 500
    pages: Annotated[int, Field(ge=1, le=100)] = 5
    interval: Annotated[float, Field(ge=60)] = 900.0
    base: Annotated[str, Field(pattern=r"^https?://[^\s]+$")] = "https://www.googleapis.com/youtube/v3"


@dataclass
class _Told:
    """What a cursor holds: what is used of the day's quotas, when was searched, and every video that is followed.

    Of a video: when it was published and is looked at next, how many comments it had ('count', -1: it was
    never read), and how many replies the threads that have more than a page of threads shows.
    """

    day: str = ""
    units: int = 0
    searches: int = 0
    searched: dict[str, str] = field(default_factory=dict)
    uploads: dict[str, str] = field(default_factory=dict)
    videos: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Place:
    """Where comments stand: the video, the title of its channel, and the channel's handle."""

    video: str
    channel: str
    handle: str


class YouTube:
    """Videos about the institutions and what is said below them, as a source."""

    Config: ClassVar[type[SourceConfig]] = YouTubeConfig
    example: ClassVar[Mapping[str, str]] = {
        "en": """\
# YouTube: videos with the institution's names, those of its own and other channels, and their comments.
# Free, with a key of the YouTube Data API v3.
# [[source]]
# kind = "youtube"
# name = "youtube"
# key_file = "youtube.key"     # or the environment variable CORRILLO_KEY_YOUTUBE
# channels = ["@localtv"]      # channels to follow besides your own accounts
# searches = 95                # searches a day, of the 100 that Google gives
# units = 9000                 # other requests a day, of 10,000
# interval = 900               # seconds
""",
        "es": """\
# YouTube: vídeos con los nombres de la institución, los de sus canales y otros, y sus comentarios.
# Gratis, con una clave de la YouTube Data API v3.
# [[source]]
# kind = "youtube"
# name = "youtube"
# key_file = "youtube.key"     # o la variable de entorno CORRILLO_KEY_YOUTUBE
# channels = ["@tvlocal"]      # canales que se siguen además de las cuentas propias
# searches = 95                # búsquedas al día, de las 100 que da Google
# units = 9000                 # otras peticiones al día, de 10.000
# interval = 900               # segundos
""",
    }
    access: ClassVar[Mapping[str, Access]] = {
        "en": Access(
            needs="An API key: Google account → console.cloud.google.com → new project → enable YouTube Data API v3 → Credentials → Create API key → restrict it to that API and to this server's address. Write it into the file that key_file names. No review is needed for the default quota.",
            costs="Nothing. Google gives a project 100 searches and 10,000 other requests a day, until midnight in California; more only after an audit. Corrillo counts them and stays below.",
            hears="Public videos whose title or description YouTube finds for the institution's names, aliases and hashtags; those of its own and configured channels; comments and replies below them, with a delay of minutes for new videos, of a day or more for old ones.",
            misses="What is said in the videos themselves; live chat; comments below videos that are about something else; videos that YouTube's search leaves out, which it does; comments beyond the newest 500 threads of a video, and on videos older than 60 days; videos whose comments are closed have none.",
        ),
        "es": Access(
            needs="Una clave de API: cuenta de Google → console.cloud.google.com → proyecto nuevo → habilitar YouTube Data API v3 → Credenciales → Crear clave de API → restringirla a esa API y a la dirección de este servidor. Escríbala en el archivo que indica key_file. Para la cuota normal no hace falta ninguna revisión.",
            costs="Nada. Google da a cada proyecto 100 búsquedas y 10.000 peticiones de otro tipo al día, hasta la medianoche de California; más, solo tras una auditoría. Corrillo las cuenta y se queda por debajo.",
            hears="Vídeos públicos cuyo título o descripción YouTube encuentra por los nombres, alias y etiquetas de la institución; los de sus canales y los configurados; los comentarios y respuestas que tienen, con un retraso de minutos en los nuevos y de un día o más en los antiguos.",
            misses="Lo que se dice dentro de los vídeos; el chat en directo; los comentarios de vídeos que tratan de otra cosa; los vídeos que el buscador de YouTube omite, que los hay; los comentarios más allá de los 500 hilos más recientes de un vídeo, y los de vídeos de más de 60 días; los vídeos con los comentarios cerrados no tienen ninguno.",
        ),
    }
    network = "youtube"

    def __init__(self, config: YouTubeConfig, context: SourceContext) -> None:
        self.name, self.interval = config.name, config.interval
        self._config, self._context = config, context
        self._base = config.base.rstrip("/")
        self._headers = {"X-goog-api-key": required(config, context, "key")["key"]}
        self._own = _own_channels(context.institutions)
        self._channels = tuple(dict.fromkeys((*self._own, *config.channels)))
        self._queries = _queries(config, context.institutions)
        self._told = _Told()
        if not (self._queries or self._channels):
            raise SourceRefused(f"source {config.name!r} has nothing to listen to", "add terms or channels")

    async def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """New videos of searches and channels, then the comments of all videos whose turn it is."""
        self._remember(cursor)
        missed = await self._find()
        yield self._batch(missed=missed)
        for some in _parts(self._due(), MANY):
            places, items = await self._look(some)
            yield self._batch(items)
            for place, count in places:
                replies: dict[str, int] = {}
                async for found in self._comments(place, self._told.videos[place.video].get("replies", {}), replies):
                    yield self._batch(found)
                self._told.videos[place.video] |= {"count": count, "replies": replies, "next": self._next(place.video)}
        yield self._batch()

    def parse(self, raw: str) -> Sequence[Post]:
        """A video or a comment as the API gives it, with what the API says elsewhere of where it stands."""
        try:
            document = json.loads(raw)
            return [self._video(document) if "video" in document else self._comment(document)]
        except MISTAKES as error:
            raise ParseError(f"not a video or comment: {type(error).__name__} {error}") from None

    async def close(self) -> None:
        """Nothing to close: the client is the house's."""

    # ── finding videos ────────────────────────────────────────────────────────────────────
    async def _find(self) -> tuple[Gap, ...]:
        """Remember the new videos of channels and searches; what can no longer be found."""
        now, missed = self._context.clock(), []
        begin, oldest = (
            now - timedelta(days=d) for d in (min(self._config.backlog, self._config.days), self._config.days)
        )
        for channel in self._channels:
            for one in await self._uploaded(channel, begin):
                self._follow(one["contentDetails"]["videoId"], one["contentDetails"]["videoPublishedAt"])
        for query in self._queries:
            last = moment(self._told.searched[query]) if query in self._told.searched else begin + LATE
            if query in self._told.searched and now < last + self._rest():
                continue
            found, whole = await self._searched(query, publishedAfter=_written(max(last - LATE, oldest)))
            for one in found:
                self._follow(one["id"]["videoId"], one["snippet"]["publishedAt"])
            if last < oldest:
                missed.append(Gap(since=last, until=oldest, why="older videos are not followed any more"))
            if whole:
                self._told.searched[query] = _written(now)
        self._forget()
        return tuple(missed)

    def _rest(self) -> timedelta:
        """Between two searches for the same: what spreads the day's searches over the day."""
        return timedelta(days=0.9 * len(self._queries) / max(1, self._config.searches))

    async def _searched(self, query: str, **span: str) -> tuple[list[dict[str, Any]], bool]:
        """Videos, newest first; and whether the day's searches were enough for all."""
        found: list[dict[str, Any]] = []
        asked = {"part": "snippet", "type": "video", "order": "date", "maxResults": str(MANY), "q": query, **span}
        try:
            async for page in self._pages("search", asked):
                found += [one for one in objects(page, "items", url=self._base) if _is_found(one)]
        except _Spent:
            return found, False
        return found, True

    async def _uploaded(self, channel: str, since: datetime) -> list[dict[str, Any]]:
        """What a channel has uploaded since then, newest first."""
        playlist = await self._playlist(channel)
        found: list[dict[str, Any]] = []
        asked = {"part": "contentDetails", "playlistId": playlist, "maxResults": str(MANY)}
        with suppress(NotThere):  # who has never uploaded anything has no list
            async for page in self._pages("playlistItems" if playlist else "", asked):
                items = [i for i in objects(page, "items", url=self._base) if _is_upload(i)]
                fresh = [i for i in items if moment(i["contentDetails"]["videoPublishedAt"]) >= since]
                found += fresh
                if len(fresh) < len(items) or not items:
                    break
        return found

    async def _playlist(self, channel: str) -> str:
        """The playlist of a channel's uploads; '' while there is no such channel."""
        if channel not in self._told.uploads:
            which = {"id": channel} if _CHANNEL.fullmatch(channel) else {"forHandle": channel}
            page = await self._asked("channels", part="contentDetails", **which)
            lists = [_at(one, "contentDetails", "relatedPlaylists", "uploads") for one in page.get("items") or []]
            self._told.uploads[channel] = str(lists[0] or "") if lists else ""
        return self._told.uploads[channel]

    def _follow(self, video: str, published: str | None) -> None:
        now = _written(self._context.clock())
        self._told.videos.setdefault(video, {"at": published or now, "next": now, "count": -1})

    def _forget(self) -> None:
        """Only the newest videos are followed, and those only for a time."""
        oldest = _written(self._context.clock() - timedelta(days=self._config.days))
        newest = sorted(self._told.videos.items(), key=lambda v: str(v[1]["at"]), reverse=True)[: self._config.videos]
        self._told.videos = {v: known for v, known in newest if known["at"] >= oldest}

    # ── reading videos ────────────────────────────────────────────────────────────────────
    def _due(self) -> list[str]:
        now = _written(self._context.clock())
        return [video for video, known in self._told.videos.items() if known["next"] <= now]

    def _next(self, video: str) -> str:
        now = self._context.clock()
        age = (now - moment(self._told.videos[video]["at"])).total_seconds()
        return _written(now + timedelta(seconds=max(self.interval, age / 24)))

    async def _look(self, videos: Sequence[str]) -> tuple[list[tuple[_Place, int]], Items]:
        """The videos that have changed, and those of them whose comments are to be read, with their number."""
        there = await self._videos(videos)
        gone = tuple(
            Deletion(network=self.network, native_id=v, ref=v, at=self._context.clock())
            for v in videos
            if v not in there
        )
        for video in set(videos) - there.keys():
            del self._told.videos[video]
        changed, places = [], []
        for video, raw in there.items():
            known, count = self._told.videos[video], _count(raw["video"], "commentCount")
            if known["count"] == (count or 0):
                known["next"] = self._next(video)
                continue
            changed.append(raw)
            if count:
                places.append((_Place(video, str(_at(raw["video"], "snippet", "channelTitle")), raw["handle"]), count))
            else:
                known |= {"count": 0, "next": self._next(video)}
        items = taken(self.parse, changed, f"{self._base}/videos")
        return places, Items(items=(*gone, *items.items), rejected=items.rejected)

    async def _videos(self, videos: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Those of at most ``MANY`` videos that are there, each with its channel's handle."""
        if not videos:
            return {}
        page = await self._asked("videos", part="snippet,statistics", id=",".join(videos), maxResults=str(MANY))
        found = {str(one.get("id")): one for one in objects(page, "items", url=self._base)}
        channels = list(dict.fromkeys(str(_at(one, "snippet", "channelId") or "") for one in found.values()))
        handles = await self._handles([c for c in channels if c])
        return {
            v: {"video": one, "handle": handles.get(str(_at(one, "snippet", "channelId")), "")}
            for v, one in found.items()
        }

    async def _handles(self, channels: Sequence[str]) -> dict[str, str]:
        """Channel id → its handle, as the register and people write it."""
        if not channels:
            return {}
        page = await self._asked("channels", part="snippet", id=",".join(channels), maxResults=str(MANY))
        found = objects(page, "items", url=self._base) if page.get("items") else []
        named = {str(one.get("id")): str(_at(one, "snippet", "customUrl") or "") for one in found}
        return {c: c if c in self._own else named.get(c) or c for c in channels}

    async def _comments(
        self, place: _Place, before: Mapping[str, int], replies: dict[str, int]
    ) -> AsyncIterator[Items]:
        """Pages of comments with their replies; threads whose replies have changed since ``before`` are read whole."""
        asked = {"part": "snippet,replies", "videoId": place.video, "order": "time"}
        asked |= {"maxResults": str(FULL), "textFormat": "plainText"}
        try:
            async for page in self._pages("commentThreads", asked, self._config.pages):
                raws: list[dict[str, Any]] = []
                for thread in objects(page, "items", url=self._base):
                    raws += await self._thread(thread, place, before, replies)
                yield taken(self.parse, raws, f"{self._base}/commentThreads?videoId={place.video}")
        except _Closed:
            return

    async def _thread(
        self, thread: dict[str, Any], place: _Place, before: Mapping[str, int], replies: dict[str, int]
    ) -> list[dict[str, Any]]:
        """A comment and its replies, raw."""
        top, number = _at(thread, "snippet", "topLevelComment"), str(thread.get("id"))
        parent = self._who(top) if isinstance(top, dict) else ""
        shown, count = _at(thread, "replies", "comments") or [], _at(thread, "snippet", "totalReplyCount")
        if isinstance(count, int) and count > len(shown):
            if before.get(number) != count:
                shown = await self._replies(number)
            replies[number] = count
        return [
            {"comment": top, "place": asdict(place), "parent": place.handle, "replies": count},
            *({"comment": one, "place": asdict(place), "parent": parent} for one in shown),
        ]

    async def _replies(self, number: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        asked = {"part": "snippet", "parentId": number, "maxResults": str(FULL), "textFormat": "plainText"}
        try:
            async for page in self._pages("comments", asked):
                found += objects(page, "items", url=self._base)
        except _Closed:
            return found
        return found

    # ── what is looked up besides ─────────────────────────────────────────────────────────
    async def recheck(self, refs: Sequence[str]) -> Items:
        """Videos and comments as they are now, and deletions of those that are gone."""
        items: list[Post | Deletion] = []
        rejected: list[Rejected] = []
        videos = [r for r in refs if _VIDEO.fullmatch(r)]
        for some in _parts(videos, MANY):
            there = await self._videos(some)
            items += self._missing(some, there)
            found = taken(self.parse, there.values(), f"{self._base}/videos")
            items, rejected = [*items, *found.items], [*rejected, *found.rejected]
        for some in _parts([r for r in refs if not _VIDEO.fullmatch(r)], MANY):
            comments = await self._by_id("comments", some)
            items += self._missing(some, comments)
            raws = await self._placed(comments)
            found = taken(self.parse, raws, f"{self._base}/comments")
            items, rejected = [*items, *found.items], [*rejected, *found.rejected]
        return Items(items=tuple(items), rejected=tuple(rejected))

    def _missing(self, asked: Iterable[str], there: Mapping[str, Any]) -> list[Deletion]:
        now = self._context.clock()
        return [Deletion(network=self.network, native_id=r, ref=r, at=now) for r in asked if r not in there]

    async def _by_id(self, path: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Those of some ids that are there; for one that is not, all may be refused: then they are asked for in halves."""
        try:
            page = await self._asked(path, part="snippet", id=",".join(ids), textFormat="plainText")
        except _Closed:
            half = len(ids) // 2
            return {**await self._by_id(path, ids[:half]), **await self._by_id(path, ids[half:])} if half else {}
        return {str(one.get("id")): one for one in objects(page, "items", url=self._base)}

    async def _placed(self, comments: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
        """Comments with where they stand, which only their threads and videos say."""
        tops = list(dict.fromkeys(number.partition(".")[0] for number in comments))
        if not tops:
            return []
        threads = await self._by_id("commentThreads", tops)
        of = {top: str(_at(one, "snippet", "videoId") or "") for top, one in threads.items()}
        videos = await self._videos([v for v in dict.fromkeys(of.values()) if v])
        raws = []
        for number, comment in comments.items():
            top = number.partition(".")[0]
            raw = videos.get(of.get(top, ""))
            if raw is None:
                continue
            place = _Place(of[top], str(_at(raw["video"], "snippet", "channelTitle")), raw["handle"])
            parent = place.handle if top == number else self._who(_at(threads[top], "snippet", "topLevelComment") or {})
            raws.append({"comment": comment, "place": asdict(place), "parent": parent})
        return raws

    async def thread(self, ref: str) -> Items:
        """A comment with its replies, or a video with its comments (the newest ``pages`` of threads)."""
        itself = await self.recheck([ref])
        if not any(isinstance(i, Post) for i in itself.items) or "." in ref:  # a reply has no replies of its own
            return itself
        items, rejected = list(itself.items), list(itself.rejected)
        async for found in self._below(ref, items[0]):
            items += found.items
            rejected += found.rejected
        return Items(items=tuple(items), rejected=tuple(rejected))

    async def _below(self, ref: str, post: Post | Deletion) -> AsyncIterator[Items]:
        if not isinstance(post, Post):
            return
        handle = post.author.handle if post.author else ""
        if _VIDEO.fullmatch(ref):
            async for found in self._comments(_Place(ref, post.venue.name, handle), {}, {}):
                yield found
            return
        place = asdict(_Place(post.thread, post.venue.name, post.answers_author))
        raws = [{"comment": one, "place": place, "parent": handle} for one in await self._replies(ref)]
        yield taken(self.parse, raws, f"{self._base}/comments?parentId={ref}")

    async def own_posts(self, since: datetime) -> AsyncIterator[Items]:
        """The videos of the institutions' channels, each channel's oldest first; their comments come by reading."""
        for channel in self._own:
            uploaded = [str(one["contentDetails"]["videoId"]) for one in await self._uploaded(channel, since)]
            for some in _parts(uploaded[::-1], MANY):
                there = await self._videos(some)
                yield taken(self.parse, [there[v] for v in some if v in there], f"{self._base}/videos")

    async def backfill(self, since: datetime, until: datetime) -> AsyncIterator[Items]:
        """Videos of that time, and what was said then below them and below the videos that are followed."""
        videos = list(self._told.videos)
        begin = since if videos else since - timedelta(days=self._config.days)
        for query in self._queries:
            span = {"publishedAfter": _written(begin), "publishedBefore": _written(until)}
            found, whole = await self._searched(query, **span)
            if not whole:
                raise self._used_up("searches")
            videos += [str(one["id"]["videoId"]) for one in found]
        for channel in self._channels:
            videos += [str(one["contentDetails"]["videoId"]) for one in await self._uploaded(channel, begin)]
        for some in _parts(list(dict.fromkeys(videos)), MANY):
            there = await self._videos(some)
            yield _within(taken(self.parse, there.values(), f"{self._base}/videos"), since, until)
            for video, raw in there.items():
                place = _Place(video, str(_at(raw["video"], "snippet", "channelTitle")), raw["handle"])
                async for comments in self._comments(place, {}, {}):
                    yield _within(comments, since, until)

    # ── asking ────────────────────────────────────────────────────────────────────────────
    def _remember(self, cursor: Cursor | None) -> None:
        told = _Told(**json.loads(cursor.state)) if cursor else _Told()
        if told.day == self._told.day:  # what was looked up beside the reading is used up, too
            told.units, told.searches = max(told.units, self._told.units), max(told.searches, self._told.searches)
        self._told = told
        self._today()

    def _today(self) -> None:
        day = f"{self._context.clock().astimezone(CALIFORNIA):%Y-%m-%d}"
        if day > self._told.day:
            self._told.day, self._told.units, self._told.searches = day, 0, 0

    def _resets(self) -> datetime:
        tomorrow = self._context.clock().astimezone(CALIFORNIA).date() + timedelta(days=1)
        return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=CALIFORNIA).astimezone(UTC)

    def _limit(self, path: str) -> int:
        return self._config.searches if path == "search" else self._config.units

    def _used_up(self, what: str) -> _Spent:
        resets = self._resets()
        wait = (resets - self._context.clock()).total_seconds()
        return _Spent(
            f"YouTube: the day's {what} are used up", f"it goes on by itself at {resets:%Y-%m-%d %H:%M} UTC", wait
        )

    async def _pages(self, path: str, asked: Mapping[str, str], most: int = 1_000) -> AsyncIterator[dict[str, Any]]:
        """Pages of a list, at most so many; none of '', which is no list."""
        new, after = Pages(f"{self._base}/{path}"), ""
        for _ in range(most if path else 0):
            page = await self._asked(path, **asked, **({"pageToken": new(after)} if after else {}))
            yield page
            after = str(page.get("nextPageToken") or "")
            if not after:
                return

    async def _asked(self, path: str, **params: str) -> dict[str, Any]:
        """The answer's object. Raises SourceUnavailable or SourceRefused with the remedy for what YouTube says."""
        self._today()
        searches = path == "search"
        if (self._told.searches if searches else self._told.units) >= self._limit(path):
            raise self._used_up("searches" if searches else "units")
        if searches:
            self._told.searches += 1
        else:
            self._told.units += 1
        url = f"{self._base}/{path}"
        try:
            answer = await self._context.http.get(url, params=params, headers=self._headers)
        except SourceError as error:
            raise self._explained(error, path) from None
        document = decoded(answer, "YouTube's API")
        if not isinstance(document, dict) or "error" in document:
            raise SourceUnavailable(f"{url}: does not answer with a list", "see whether the API has changed")
        return document

    def _explained(self, error: SourceError, path: str) -> SourceError:
        """What the answer's document says; the error itself where it says nothing."""
        reasons = _reasons(getattr(error, "body", b""))
        if reasons & SPENT:
            if path == "search":
                self._told.searches = max(self._told.searches, self._limit(path))
                return self._used_up("searches")
            self._told.units = max(self._told.units, self._limit(path))
            return self._used_up("units")
        if reasons & CLOSED or (path.startswith("comment") and error.message.endswith(" 404")):
            return _Closed(error.message, "there is nothing to be read")
        if reasons & TOO_FAST:
            return SourceUnavailable(error.message, "it is tried again after the wait", AT_ONCE)
        remedy = next((_REMEDIES[r] for r in _REMEDIES if r in reasons), "")
        return SourceRefused(error.message, remedy) if remedy else error

    def _batch(self, items: Items = Items(), missed: tuple[Gap, ...] = ()) -> Batch:
        told = self._told
        return Batch(
            cursor=Cursor(source=self.name, state=json.dumps(asdict(told), sort_keys=True)),
            items=items.items,
            rejected=items.rejected,
            reread=True,
            missed=missed,
            budget=Budget(unit="units", spent=told.units, limit=self._config.units, resets=self._resets()),
        )

    # ── one post ──────────────────────────────────────────────────────────────────────────
    def _video(self, document: dict[str, Any]) -> Post:
        video, snippet = document["video"], document["video"]["snippet"]
        number = str(video["id"])
        if not _VIDEO.fullmatch(number):
            raise ValueError(f"not a video's id: {number[:40]!r}")
        return Post(
            network=self.network,
            native_id=number,
            ref=number,
            source=self.name,
            venue=Venue(name=clean(snippet["channelTitle"]) or str(snippet["channelId"]), kind="channel"),
            author=Author(handle=str(document["handle"] or snippet["channelId"]), name=clean(snippet["channelTitle"])),
            published=moment(snippet["publishedAt"]),
            title=clean(snippet["title"]),
            text=clean(snippet["description"]),
            url=f"https://www.youtube.com/watch?v={number}",
            language=str(snippet.get("defaultAudioLanguage") or snippet.get("defaultLanguage") or "")[:2] or "und",
            thread=number,
            engagement=Engagement(likes=_count(video, "likeCount"), answers=_count(video, "commentCount")),
        )

    def _comment(self, document: dict[str, Any]) -> Post:
        comment, place = document["comment"], document["place"]
        snippet, number, video = comment["snippet"], str(comment["id"]), str(place["video"])
        if not (number and video):
            raise ValueError("it has no id")
        said, edited = moment(snippet["publishedAt"]), moment(snippet.get("updatedAt") or snippet["publishedAt"])
        return Post(
            network=self.network,
            native_id=number,
            ref=number,
            source=self.name,
            venue=Venue(name=clean(place["channel"]) or video, kind="channel"),
            author=Author(handle=self._who(comment), name=clean(str(snippet.get("authorDisplayName") or ""))),
            published=said,
            revised=edited if edited > said else None,
            text=clean(snippet["textDisplay"]),
            url=f"https://www.youtube.com/watch?v={video}&lc={number}",
            answers=str(snippet.get("parentId") or video),
            answers_author=str(document.get("parent") or ""),
            thread=video,
            engagement=Engagement(likes=_whole(snippet.get("likeCount")), answers=_whole(document.get("replies"))),
        )

    def _who(self, comment: Any) -> str:
        """The author's handle; the id of their channel where the register has that."""
        channel = _at(comment, "snippet", "authorChannelId", "value")
        return str(channel) if channel in self._own else _handle(comment)


class _Spent(SourceUnavailable):
    """A quota of the day is used up."""


class _Closed(SourceRefused):
    """There are no comments here, or no longer."""


def _reasons(body: bytes) -> set[str]:
    """The reasons in an error's document."""
    try:
        error = json.loads(body)["error"]
        named = [*(error.get("errors") or []), *(error.get("details") or [])]
        return {str(one.get("reason")) for one in named}
    except MISTAKES:
        return set()


def _handle(comment: Any) -> str:
    """``@handle`` of who wrote it, or the id of their channel."""
    snippet = comment.get("snippet") or {}
    url, name = str(snippet.get("authorChannelUrl") or ""), str(snippet.get("authorDisplayName") or "")
    if name.startswith("@"):
        return name
    last = url.rstrip("/").rpartition("/")[2]
    return last if last.startswith("@") else str(_at(snippet, "authorChannelId", "value") or name)


def _at(document: Any, *path: str) -> Any:
    """What stands under a path; None where there is nothing."""
    for step in path:
        document = document.get(step) if isinstance(document, Mapping) else None
    return document


def _count(video: Any, name: str) -> int | None:
    """A count of a video's statistics, which are written as text; None where the network shows none."""
    return _whole(_at(video, "statistics", name))


def _whole(written: Any) -> int | None:
    return int(written) if isinstance(written, int) or (isinstance(written, str) and written.isdecimal()) else None


def _is_found(one: Mapping[str, Any]) -> bool:
    return bool(_VIDEO.fullmatch(str(_at(one, "id", "videoId")))) and _is_moment(_at(one, "snippet", "publishedAt"))


def _is_upload(one: Mapping[str, Any]) -> bool:
    """Private and deleted videos stay in the list, without a date."""
    return _is_moment(_at(one, "contentDetails", "videoPublishedAt"))


def _is_moment(written: Any) -> bool:
    try:
        moment(written)
    except MISTAKES:
        return False
    return True


def _within(found: Items, since: datetime, until: datetime) -> Items:
    kept = tuple(i for i in found.items if isinstance(i, Post) and since <= i.published < until)
    return Items(items=kept, rejected=found.rejected)


def _written(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _parts(some: Sequence[T], size: int) -> list[Sequence[T]]:
    return [some[i : i + size] for i in range(0, len(some), size)]


def _own_channels(institutions: Sequence[Institution]) -> tuple[str, ...]:
    """The institutions' registered channels, as ``@handle`` or ``UC…``."""
    handles = [a.handle for i in institutions for a in i.accounts if a.network == "youtube"]
    return tuple(dict.fromkeys(h if _CHANNEL.fullmatch(h) else f"@{h.lstrip('@')}" for h in handles))


def _queries(config: YouTubeConfig, institutions: Sequence[Institution]) -> tuple[str, ...]:
    """One query an institution, or one for each of ``terms``: each costs its own searches."""
    return config.terms or tuple(dict.fromkeys("|".join(_terms(i)) for i in institutions))


def _terms(institution: Institution) -> list[str]:
    """Names that hold a shorter one are left out, since that one finds them."""
    names = [institution.name, *(n for some in institution.names.values() for n in some), *institution.aliases]
    padded = {name: f" {' '.join(words(fold(name)))} " for name in names}
    short = [n for n in names if not any(padded[o] in padded[n] and padded[o] != padded[n] for o in names)]
    quoted = [f'"{" ".join(n.replace(chr(34), " ").split())}"' for n in short]
    return list({fold(t): t for t in (*quoted, *(f"#{t.lstrip('#')}" for t in institution.hashtags))}.values())
