"""Mastodon and what speaks its API: hashtag timelines, polled by ``min_id``, streamed with a token.

Documented endpoints only: ``/api/v1/timelines/tag/:tag``, ``/api/v1/streaming/hashtag`` and
``/api/v1/statuses/:id``. Without a token, edits and deletions are found by looking known posts up
again (``recheck``); with one they arrive as events.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, ClassVar
from urllib.parse import quote, urlsplit

from pydantic import Field

from corrillo.errors import ParseError, SourceError, SourceRefused, SourceUnavailable
from corrillo.model import Author, Batch, Cursor, Deletion, Engagement, Post, Rejected, Venue
from corrillo.registry import SourceConfig, SourceContext
from corrillo.text import clean
from ingest.html import to_text

PAGE = 40
"""Statuses a page: the most that the API gives."""
REWIND = (15 * 60 * 1000) << 16
"""A quarter of an hour in ids that carry milliseconds: remote posts arrive late under earlier ids."""
SILENCE = 90.0
"""Seconds: servers send a heartbeat every 15; a stream silent for longer is dead."""
RECHECK_PAGES, SINGLY = 5, 40
"""What looking posts up again may cost: pages a hashtag, and older posts one by one."""
STREAM_FOR = 600.0
"""Seconds after which a stream is left once, so that polling can find what it may have dropped: less than REWIND."""
OPEN = "stream opened"

Event = tuple[str, str, str]
"""Hashtag, kind of event, its data."""


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
# token_file = "mastodon.token"   # or the environment variable CORRILLO_TOKEN_MASTODON_SOCIAL
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
# token_file = "mastodon.token"   # o la variable de entorno CORRILLO_TOKEN_MASTODON_SOCIAL
# interval = 60                # segundos
""",
    }
    network = "mastodon"

    def __init__(self, config: MastodonConfig, context: SourceContext) -> None:
        self.name = config.name
        self.interval = config.interval
        bare = config.instance.rstrip("/")
        self._base = bare if "://" in bare else f"https://{bare}"
        self._host = urlsplit(self._base).netloc
        own = (h for i in context.institutions for h in i.hashtags)
        self._tags = tuple(dict.fromkeys(t.lstrip("#").lower() for t in (config.hashtags or own)))
        self._backlog = config.backlog
        self._context = context
        self._token = _token(config, context)
        if not self._tags:
            raise SourceRefused(
                f"source {config.name!r} has no hashtag to follow", "add hashtags to it or to the institution"
            )

    async def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """What each hashtag has since ``cursor``; then, with a token, what happens as it happens."""
        reached: dict[str, str] = json.loads(cursor.state) if cursor else {}
        queue: asyncio.Queue[Event | Exception] = asyncio.Queue(maxsize=1000)
        listeners = [asyncio.create_task(self._listen(tag, queue)) for tag in self._tags] if self._token else []
        try:
            refused: SourceError | None = None
            early: list[Event] = []
            try:
                early = await _opened(queue, len(listeners))
            except SourceError as error:  # a stream that is not to be had does not make us deaf
                refused = error
            for tag in self._tags:
                async for page in self._pages(tag, reached.get(tag)):
                    yield self._batch(tag, page, reached)
            if early:
                yield self._streamed(early, reached)
            if refused is not None:
                raise refused
            until = asyncio.get_running_loop().time() + STREAM_FOR
            while listeners and (events := await _drained(queue, until)):
                yield self._streamed(events, reached)
        finally:
            for task in listeners:
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*listeners, return_exceptions=True)

    async def _pages(self, tag: str, since: str | None) -> AsyncIterator[list[Any]]:
        """Pages of statuses, each oldest first, from ``since`` or from the backlog on."""
        if since is None:
            yield await self._newest(tag)
            return
        position = _rewound(since)
        while True:
            page = await self._timeline(tag, min_id=position)
            if not page:
                return
            yield page[::-1]
            newest = max((str(s["id"]) for s in page), key=_order)
            if _order(newest) <= _order(position):
                return
            position = newest

    async def _newest(self, tag: str) -> list[Any]:
        """The backlog, oldest first; at least the newest status, from which the next fetch goes on."""
        wanted = max(self._backlog, 1)
        found: list[Any] = []
        while len(found) < wanted:
            page = await self._timeline(tag, **({"max_id": str(found[-1]["id"])} if found else {}))
            known = {s["id"] for s in found}
            fresh = [s for s in page if s["id"] not in known]
            found += fresh
            if not fresh:
                break
        return found[:wanted][::-1]

    async def _timeline(self, tag: str, **params: str) -> list[Any]:
        url = f"{self._base}/api/v1/timelines/tag/{quote(tag, safe='')}"
        found = await self._get(url, limit=str(PAGE), **params)
        if not isinstance(found, list) or not all(isinstance(s, dict) and "id" in s for s in found):
            raise SourceUnavailable(
                f"{url}: does not answer with statuses", "check that the instance speaks Mastodon's API"
            )
        return found

    async def _get(self, url: str, **params: str) -> Any:
        answer = await self._context.http.get(url, params=params, headers=self._authorization())
        try:
            return json.loads(answer.body)
        except ValueError:
            raise SourceUnavailable(
                f"{url}: does not answer with JSON", "check that it is a Mastodon instance"
            ) from None

    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    def _batch(self, tag: str, statuses: Sequence[Any], reached: dict[str, str]) -> Batch:
        items: list[Post | Deletion] = []
        rejected: list[Rejected] = []
        for status in statuses:
            self._take(json.dumps(status, ensure_ascii=False), items, rejected)
            self._reach(tag, str(status["id"]), reached)
        reached.setdefault(tag, "0")
        return self._sealed(items, rejected, reached)

    def _streamed(self, events: Sequence[Event], reached: dict[str, str]) -> Batch:
        items: list[Post | Deletion] = []
        rejected: list[Rejected] = []
        for tag, event, data in events:
            if event == "delete":
                items.append(Deletion(network=self.network, ref=self._ref(data), at=self._context.clock()))
            elif event in ("update", "status.update") and self._take(data, items, rejected) and event == "update":
                self._reach(tag, items[-1].ref.rpartition("/")[2], reached)
        return self._sealed(items, rejected, reached)

    def _take(self, raw: str, items: list[Post | Deletion], rejected: list[Rejected]) -> bool:
        try:
            items += self.parse(raw)
        except ParseError as error:
            rejected.append(Rejected(raw=raw, reason=error.message, origin=f"{self._base} status"))
            return False
        return True

    @staticmethod
    def _reach(tag: str, status: str, reached: dict[str, str]) -> None:
        reached[tag] = max(reached.get(tag, "0"), status, key=_order)

    def _sealed(self, items: list[Post | Deletion], rejected: list[Rejected], reached: dict[str, str]) -> Batch:
        state = json.dumps(reached, sort_keys=True)
        return Batch(cursor=Cursor(source=self.name, state=state), items=tuple(items), rejected=tuple(rejected))

    async def _listen(self, tag: str, queue: asyncio.Queue[Event | Exception]) -> None:
        url = f"{self._base}/api/v1/streaming/hashtag"
        try:
            stream = self._context.http.events(url, headers=self._authorization(), params={"tag": tag}, silence=SILENCE)
            async with stream as events:
                await queue.put((tag, OPEN, ""))
                async for event in events:
                    await queue.put((tag, event.event, event.data))
            await queue.put(SourceUnavailable(f"{url}: the stream ended", "it is opened again by itself"))
        except Exception as error:  # else nobody would hear of it, and whoever waits would wait for ever
            await queue.put(error)

    async def recheck(self, refs: Sequence[str]) -> Sequence[Post | Deletion]:
        """The posts of ``refs`` as they are now, and deletions of those that are gone."""
        wanted = {r.rpartition("/")[2] for r in refs if r.startswith(f"{self._host}/")}
        found: dict[str, Any] = {}
        covered = max(wanted, key=_order, default="")
        for tag in self._tags if wanted else ():
            found_here, down_to = await self._looked_up(tag, wanted)
            found |= found_here
            covered = min(covered, down_to, key=_order)
        missing = sorted((s for s in wanted if s not in found), key=_order, reverse=True)
        older = [s for s in missing if _order(s) < _order(covered)]
        asked = {*missing} - {*older[SINGLY:]}
        items: list[Post | Deletion] = []
        for status in sorted(found.keys() | asked, key=_order):
            now = found.get(status) or await self._one(status)
            if now is None:
                items.append(Deletion(network=self.network, ref=self._ref(status), at=self._context.clock()))
            elif now:
                with suppress(ParseError):
                    items += self.parse(json.dumps(now))
        return items

    async def _looked_up(self, tag: str, wanted: set[str]) -> tuple[dict[str, Any], str]:
        """Those of ``wanted`` that the newest pages of a hashtag hold, and down to which id these reach."""
        found: dict[str, Any] = {}
        oldest, last = min(wanted, key=_order), max(wanted, key=_order)
        position: dict[str, str] = {}
        for _ in range(RECHECK_PAGES):
            page = await self._timeline(tag, **position)
            if not page:
                return found, oldest
            found |= {str(s["id"]): s for s in page if str(s["id"]) in wanted}
            last = min((str(s["id"]) for s in page), key=_order)
            if _order(last) <= _order(oldest) or position.get("max_id") == last:
                break
            position = {"max_id": last}
        return found, last

    async def _one(self, status: str) -> Any:
        """The status; None when it is gone, False when the instance does not let us look."""
        try:
            return await self._get(f"{self._base}/api/v1/statuses/{quote(status, safe='')}")
        except SourceRefused as refused:
            return None if refused.message.endswith((" 404", " 410")) else False

    def _ref(self, status: object) -> str:
        return f"{self._host}/{status}"

    def parse(self, raw: str) -> Sequence[Post]:
        """One status as the API gives it."""
        try:
            status = json.loads(raw)
            return [self._post(status)]
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
            raise ParseError(f"not a status: {type(error).__name__} {error}") from None

    async def close(self) -> None:
        """Nothing to close: the client is the house's."""

    def _post(self, status: dict[str, Any]) -> Post:
        shared = status.get("reblog")
        said = shared or status
        account = status["account"]
        created = _moment(status["created_at"])
        edited = status.get("edited_at")
        answered = status.get("in_reply_to_id")
        return Post(
            network=self.network,
            native_id=str(status.get("uri") or status.get("url") or self._ref(status["id"])),
            ref=self._ref(status["id"]),
            source=self.name,
            venue=Venue(name=self._acct(account["acct"]).rpartition("@")[2], kind="instance"),
            author=Author(
                handle=self._acct(account["acct"]),
                name=clean(str(account.get("display_name") or "")),
                kind="association" if account.get("group") else "unknown",
            ),
            published=created,
            revised=_moment(edited) if edited else None,
            text=_text(said, {m["url"]: self._acct(m["acct"]) for m in said.get("mentions") or []}),
            url=next((str(u) for u in (status.get("url"), status.get("uri")) if _is_web(u)), ""),
            language=str(said.get("language") or "")[:2] or "und",
            answers_ref=self._ref(answered) if answered else "",
            answers_author=self._answered(status),
            repeats=str(shared["uri"]) if shared else "",
            quotes=_quoted(status),
            engagement=Engagement(
                likes=status.get("favourites_count"),
                shares=status.get("reblogs_count"),
                answers=status.get("replies_count"),
            ),
        )

    def _acct(self, acct: str) -> str:
        return acct if "@" in acct else f"{acct}@{self._host}"

    def _answered(self, status: dict[str, Any]) -> str:
        whom = status.get("in_reply_to_account_id")
        if whom == status["account"].get("id"):
            return self._acct(status["account"]["acct"])
        return next((self._acct(m["acct"]) for m in status.get("mentions") or [] if m.get("id") == whom), "")


def _text(status: dict[str, Any], names: dict[str, str]) -> str:
    """Content warning, text, poll and descriptions of pictures: everything that was said."""
    parts = [clean(str(status.get("spoiler_text") or "")), to_text(str(status.get("content") or ""), names)]
    parts += [clean(f"– {o.get('title', '')}") for o in (status.get("poll") or {}).get("options", [])]
    parts += [clean(str(m.get("description") or "")) for m in status.get("media_attachments") or []]
    return "\n".join(p for p in parts if p)


def _is_web(url: object) -> bool:
    return isinstance(url, str) and url.startswith(("https://", "http://"))


def _quoted(status: dict[str, Any]) -> str:
    quoted = (status.get("quote") or {}).get("quoted_status") or {}
    return str(quoted.get("uri") or "")


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _order(status: str) -> tuple[int, str]:
    """Ids are numbers or sortable strings of one length."""
    return len(status), status


def _rewound(status: str) -> str:
    return str(int(status) - REWIND) if status.isdigit() and int(status) > REWIND << 8 else status


async def _opened(queue: asyncio.Queue[Event | Exception], streams: int) -> list[Event]:
    """Wait until all streams are open; the events that came meanwhile.

    Only then is the timeline polled: what is said between the last page and the stream would
    otherwise be missed.
    """
    early: list[Event] = []
    opened = 0
    while opened < streams:
        events = await _drained(queue)
        opened += sum(kind == OPEN for _, kind, _ in events)
        early += [e for e in events if e[1] != OPEN]
    return early


async def _drained(queue: asyncio.Queue[Event | Exception], until: float | None = None) -> list[Event]:
    """The next event and all that wait behind it, nothing after the loop's time ``until``.

    An error is raised when it is the next one.
    """
    try:
        async with asyncio.timeout_at(until):
            first = await queue.get()
    except TimeoutError:
        return []
    if isinstance(first, Exception):
        raise first
    events = [first]
    while not queue.empty() and len(events) < 200:
        waiting = queue.get_nowait()
        if isinstance(waiting, Exception):
            queue.put_nowait(waiting)
            break
        events.append(waiting)
    return events


def _token(config: MastodonConfig, context: SourceContext) -> str:
    """The token of this source alone: from its file, or from ``CORRILLO_TOKEN_`` and its name."""
    variable = "CORRILLO_TOKEN_" + re.sub(r"\W", "_", config.name).upper()
    token = context.environment.get(variable, "").strip()
    if config.token_file and not token:
        file = Path(context.folder) / config.token_file
        try:
            token = file.read_text(encoding="utf-8").strip()
        except OSError as error:
            remedy = f"write the token there, or remove token_file and set {variable}"
            raise SourceRefused(f"source {config.name!r}: {file} cannot be read: {error.strerror}", remedy) from None
    address = urlsplit(config.instance)
    if token and address.scheme == "http" and address.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise SourceRefused(
            f"source {config.name!r}: a token would go to {config.instance} unencrypted", "write https://"
        )
    return token
