"""Telegram: the history of named public channels and of the groups in which they are discussed, through ``Telethon``.

Documented methods only, asked as a user account (bots cannot read channels that they do not administer):
``contacts.resolveUsername``, ``channels.getFullChannel``, ``messages.getHistory``, ``channels.getMessages`` and
``messages.getReplies``. Edits and deletions are found by looking known posts up again.

In its discussion group every post of a channel stands once more, as a copy that is forwarded by itself, and comments
answer that copy. Here they answer the post, and the copy is left out. ``parse`` takes JSON of our own: a message as
Telethon writes it, without its media, and what has to be known of its place, its author and what it answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

from pydantic import Field

from corrillo import __version__
from corrillo.errors import MissingExtra, ParseError, SourceError, SourceRefused, SourceUnavailable
from corrillo.model import Author, Batch, Cursor, Deletion, Engagement, Items, Post, Venue
from corrillo.registry import Access, SourceConfig, SourceContext
from corrillo.text import clean
from ingest.api import MISTAKES, count, moment, taken
from ingest.keys import required

PAGE = 100
"""Messages a batch; Telegram gives at most as many at once."""
WAIT = 1.0
"""Seconds between two pages of one history; Telegram publishes no rate, it says when to wait (FLOOD_WAIT)."""
THREAD = 2000
"""Comments of one post that are read at most; what lies beyond stays unknown."""
LONGEST_WAIT = 86_400.0
REMEMBERED = 20_000
"""Messages of which it is remembered whether they are copies of a channel's posts."""
KEPT: Mapping[str, tuple[str, ...]] = {
    "_": (), "id": (), "date": (), "message": (), "edit_date": (), "edit_hide": (), "forwards": (),
    "fwd_from": ("from_id", "channel_post"), "replies": ("replies",), "reactions": ("results",),
    "reply_to": ("reply_to_msg_id", "reply_to_top_id", "reply_to_peer_id", "forum_topic"),
}  # fmt: skip
"""What is kept of a message, and of its parts: nothing that names others."""

Message = Any
"""A ``Message`` of Telethon, which ships no types."""


class TelegramConfig(SourceConfig):
    """``channels``: user names of public channels or groups, as in t.me/…; ``comments``: read their discussions too.

    ``interval`` in seconds; ``backlog``: how many messages of each channel and group are read the first time.
    """

    channels: Annotated[
        tuple[Annotated[str, Field(pattern=r"^(@|(https://)?t\.me/(s/)?)?[A-Za-z]\w{3,31}/?$")], ...],
        Field(min_length=1),
    ]
    comments: bool = True
    api_id_file: str = ""
    api_hash_file: str = ""
    session_file: str = ""
    interval: Annotated[float, Field(gt=0)] = 120.0
    backlog: Annotated[int, Field(ge=0, le=3000)] = 200


@dataclass(frozen=True)
class _Place:
    """A channel, or the group ``of`` which its posts are discussed; ``peer`` is how Telethon calls it."""

    id: int
    peer: Any
    title: str
    username: str
    broadcast: bool
    of: _Place | None = None

    @property
    def where(self) -> str:
        """How a person finds it."""
        if self.of is not None:
            return f"the discussion of {self.of.where}"
        return f"t.me/{self.username}" if self.username else f"t.me/c/{self.id}"


class Telegram:
    """Public channels and their discussions as a source; it connects for each round and leaves nothing open."""

    Config: ClassVar[type[SourceConfig]] = TelegramConfig
    example: ClassVar[Mapping[str, str]] = {
        "en": """\
# Public channels of Telegram and their comments, read by a user account of your own.
# Install it with: pip install 'corrillo[telegram]'
# [[source]]
# kind = "telegram"
# name = "telegram"
# channels = ["canal_del_barrio"]   # as in t.me/canal_del_barrio
# comments = true
# api_id_file = "telegram.id"            # or CORRILLO_API_ID_TELEGRAM
# api_hash_file = "telegram.hash"        # or CORRILLO_API_HASH_TELEGRAM
# session_file = "telegram.session.txt"  # or CORRILLO_SESSION_TELEGRAM
# interval = 120                    # seconds
""",
        "es": """\
# Canales públicos de Telegram y sus comentarios, leídos con una cuenta de usuario propia.
# Se instala con: pip install 'corrillo[telegram]'
# [[source]]
# kind = "telegram"
# name = "telegram"
# channels = ["canal_del_barrio"]   # como en t.me/canal_del_barrio
# comments = true
# api_id_file = "telegram.id"            # o CORRILLO_API_ID_TELEGRAM
# api_hash_file = "telegram.hash"        # o CORRILLO_API_HASH_TELEGRAM
# session_file = "telegram.session.txt"  # o CORRILLO_SESSION_TELEGRAM
# interval = 120                    # segundos
""",
    }
    access: ClassVar[Mapping[str, Access]] = {
        "en": Access(
            needs="A Telegram account with a telephone number of its own, best one that only listens. 1. my.telegram.org → API development tools: api_id and api_hash. 2. The session, once, at a terminal: python -c \"from telethon.sync import TelegramClient as C; from telethon.sessions import StringSession as S; c = C(S(), int(input('api_id: ')), input('api_hash: ')).start(); print(c.session.save())\" – it asks for the number, the code that Telegram sends and the password if there is one, and prints one long line. 3. Write that line into session_file, readable by nobody else: it is the whole account. To take it back: Telegram → Settings → Devices.",
            costs="Nothing. There is no published limit; who asks too much is told how long to wait, and looking up many new channels in one day is what is limited first.",
            hears="Every message of the public channels and groups that you name, and the comments under a channel's posts where its discussion can be read; edits and deletions when posts are looked up again; the past of a channel as far as it goes.",
            misses="Channels that you do not name (nothing is searched for), private channels and groups, chats, WhatsApp; words spoken or written in videos and pictures; comments of a discussion that only members can read.",
        ),
        "es": Access(
            needs="Una cuenta de Telegram con su propio número de teléfono, mejor una que solo escuche. 1. my.telegram.org → API development tools: api_id y api_hash. 2. La sesión, una vez, en un terminal: python -c \"from telethon.sync import TelegramClient as C; from telethon.sessions import StringSession as S; c = C(S(), int(input('api_id: ')), input('api_hash: ')).start(); print(c.session.save())\" – pide el número, el código que envía Telegram y la contraseña si la hay, y escribe una línea larga. 3. Esa línea va a session_file, que nadie más debe poder leer: es la cuenta entera. Para retirarla: Telegram → Ajustes → Dispositivos.",
            costs="Nada. No hay un límite publicado; a quien pide demasiado se le dice cuánto esperar, y lo primero que se limita es buscar muchos canales nuevos en un día.",
            hears="Todos los mensajes de los canales y grupos públicos que se nombren, y los comentarios a las publicaciones de un canal si su grupo se puede leer; cambios y borrados cuando se vuelven a mirar; el pasado del canal hasta donde llegue.",
            misses="Los canales que no se nombren (no se busca nada), los canales y grupos privados, los chats, WhatsApp; lo dicho o escrito en vídeos e imágenes; los comentarios que solo pueden leer los miembros del grupo.",
        ),
    }
    network = "telegram"

    def __init__(self, config: TelegramConfig, context: SourceContext) -> None:
        self.name, self.interval = config.name, config.interval
        self._config, self._context = config, context
        self._channels = tuple(dict.fromkeys(map(_username, config.channels)))
        self._keys = required(config, context, "api_id", "api_hash", "session")
        self._telethon = _library()
        self._known: dict[str, list[_Place]] = {}
        self._copies: dict[tuple[int, int], int] = {}
        _check(config.name, self._keys, self._telethon)

    async def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """What each channel and its discussion have since ``cursor``; what is refused is told after all others."""
        reached: dict[str, int] = json.loads(cursor.state) if cursor else {}
        async with self._connected() as client:
            places, refused = await self._places(client, self._channels)
            for place in places:
                key = str(place.id)
                try:
                    async with aclosing(self._pages(client, place, reached.get(key))) as pages:
                        async for messages in pages:
                            found = await self._taken(client, place, messages)
                            reached[key] = max([reached.get(key, 0), *(m.id for m in messages)])
                            here = Cursor(source=self.name, state=json.dumps(reached, sort_keys=True))
                            yield Batch(cursor=here, items=found.items, rejected=found.rejected, reread=True)
                except _Closed as closed:
                    self._forget(place)
                    refused += [closed] if place.of is None else []  # a discussion for members is none for us
        _raise(refused)

    async def _pages(self, client: Any, place: _Place, since: int | None) -> AsyncGenerator[list[Message], None]:
        """Messages after the one with number ``since``, or the backlog, oldest first; at least one page."""
        if since is None:
            with self._telling(place.where):
                newest = [m async for m in client.iter_messages(place.peer, limit=max(self._config.backlog, 1))]
            for start in range(0, max(len(newest), 1), PAGE):
                yield newest[::-1][start : start + PAGE]
            return
        async with aclosing(self._read(client, place, min_id=since, reverse=True)) as pages:
            async for page in pages:
                yield page

    async def _read(self, client: Any, place: _Place, **which: Any) -> AsyncGenerator[list[Message], None]:
        """The messages of a history that ``iter_messages`` gives for ``which``, in pages; the last may be empty."""
        page: list[Message] = []
        with self._telling(place.where):
            async for message in client.iter_messages(place.peer, wait_time=WAIT, **which):
                page.append(message)
                if len(page) >= PAGE:
                    yield page
                    page = []
        yield page

    async def own_posts(self, since: datetime) -> AsyncIterator[Items]:
        """What the registered channels have published; what own people write in groups is found in threads."""
        accounts = (a.handle for i in self._context.institutions for a in i.accounts if a.network == self.network)
        async with self._connected() as client:
            places, refused = await self._places(client, tuple(dict.fromkeys(map(_username, accounts))))
            for place in places:
                if place.of is None:
                    async for items in self._between(client, place, since, None):
                        yield items
        _raise(refused)

    async def backfill(self, since: datetime, until: datetime) -> AsyncIterator[Items]:
        """What was said in the channels and their discussions; a discussion that is closed to us is left out."""
        async with self._connected() as client:
            places, refused = await self._places(client, self._channels)
            for place in places:
                try:
                    async for items in self._between(client, place, since, until):
                        yield items
                except _Closed as closed:
                    refused += [closed] if place.of is None else []
        _raise(refused)

    async def _between(
        self, client: Any, place: _Place, since: datetime, until: datetime | None
    ) -> AsyncIterator[Items]:
        before = since - timedelta(seconds=1)  # Telegram leaves out the second that is named
        async with aclosing(self._read(client, place, offset_date=before, reverse=True)) as pages:
            async for page in pages:
                wanted = [m for m in page if since <= m.date and (until is None or m.date < until)]
                if wanted:
                    yield await self._taken(client, place, wanted)
                if until is not None and page and page[-1].date >= until:
                    return

    async def recheck(self, refs: Sequence[str]) -> Items:
        """The posts of ``refs`` as they are now, and deletions of those that are not there any more."""
        numbers: dict[int, list[int]] = {}
        for ref in dict.fromkeys(refs):
            if _REF.fullmatch(ref):
                numbers.setdefault(_split(ref)[0], []).append(_split(ref)[1])
        if not numbers:
            return Items()
        async with self._connected() as client:
            places, _ = await self._places(client, self._channels)
            found = [await self._again(client, p, numbers[p.id]) for p in places if p.id in numbers]
        return _joined(found)

    async def _again(self, client: Any, place: _Place, numbers: Sequence[int]) -> Items:
        try:
            with self._telling(place.where):
                messages = await client.get_messages(place.peer, ids=list(numbers))
        except _Closed:
            return Items()  # closed to us, perhaps for a while: that is no deletion
        gone = [self._gone(f"{place.id}/{n}") for n, m in zip(numbers, messages, strict=True) if m is None]
        found = await self._taken(client, place, [m for m in messages if m is not None])
        return Items(items=(*found.items, *gone), rejected=found.rejected)

    async def thread(self, ref: str) -> Items:
        """A channel's post and the comments on it, or a message of a group and what answers it, at any depth."""
        if not _REF.fullmatch(ref):
            return Items()
        identity, number = _split(ref)
        async with self._connected() as client:
            places, _ = await self._places(client, self._channels)
            place = next((p for p in places if p.id == identity), None)
            if place is None:
                return Items()
            found = await self._again(client, place, [number])
            if not any(isinstance(i, Post) for i in found.items):
                return found
            group = next((p for p in places if p.of == place), place)
            answers = await self._comments(client, place, group, number)
        return _joined([found, Items(items=tuple(_below(ref, answers.items)), rejected=answers.rejected)])

    async def _comments(self, client: Any, place: _Place, group: _Place, number: int) -> Items:
        """Everything in the thread in which that message of ``place`` stands; its comments stand in ``group``."""
        if place.broadcast and group is place:
            return Items()
        with self._telling(place.where):
            (message,) = await client.get_messages(place.peer, ids=[number])
        top = number if place.broadcast or message is None else _top(message) or number
        pages: list[Items] = []
        try:
            async with aclosing(self._read(client, place, reply_to=top, reverse=True, limit=THREAD)) as read:
                async for page in read:
                    pages.append(await self._taken(client, group, page))
        except _Closed:
            pass  # the post has no comments, or they are for members
        return _joined(pages)

    # ── places ────────────────────────────────────────────────────────────────────────────
    async def _places(self, client: Any, names: Sequence[str]) -> tuple[list[_Place], list[SourceRefused]]:
        """Channels, each with its discussion, and what is not to be had of them."""
        found: list[_Place] = []
        refused: list[SourceRefused] = []
        for name in names:
            try:
                if name not in self._known:
                    self._known[name] = await self._looked_up(client, name)
                found += self._known[name]
            except _Closed as closed:
                refused.append(closed)
        return found, refused

    async def _looked_up(self, client: Any, name: str) -> list[_Place]:
        """The channel of that name and the group linked to it."""
        with self._telling(f"t.me/{name}"):
            try:
                entity = await client.get_entity(name)
            except ValueError:  # how Telethon says that nobody has the name
                entity = None
            if not isinstance(entity, self._telethon.types.Channel):
                raise _Closed(f"t.me/{name}: is no public channel or group (any more)", "check the name in channels")
            place = self._place(entity, None)
            if not (self._config.comments and place.broadcast):
                return [place]
            full = await client(self._telethon.functions.channels.GetFullChannelRequest(entity))
        linked = [c for c in full.chats if c.id == full.full_chat.linked_chat_id]
        return [place, *(self._place(c, place) for c in linked if isinstance(c, self._telethon.types.Channel))]

    def _place(self, entity: Any, of: _Place | None) -> _Place:
        peer = self._telethon.utils.get_input_peer(entity)
        return _Place(entity.id, peer, clean(entity.title), _handle(entity), bool(entity.broadcast), of)

    def _forget(self, place: _Place) -> None:
        """Look its name up again next time: it may have moved."""
        self._known = {n: p for n, p in self._known.items() if place not in p}

    # ── messages ──────────────────────────────────────────────────────────────────────────
    async def _taken(self, client: Any, place: _Place, messages: Sequence[Message]) -> Items:
        """What messages of ``place`` become; notices such as "joined" and copies of posts are none."""
        said = [m for m in messages if isinstance(m, self._telethon.types.Message)]
        authors = {m.id: self._author(m, place) for m in said}
        with self._telling(place.where):
            authors |= await self._learnt(client, place, said)
        raws = (self._raw(m, place, authors) for m in said if not self._copies.get((place.id, m.id)))
        return taken(self.parse, raws, place.where)

    async def _learnt(self, client: Any, place: _Place, said: Sequence[Message]) -> dict[int, dict[str, str]]:
        """The authors of what ``said`` answers; on the way, which messages of a discussion are copies of posts."""
        if len(self._copies) > REMEMBERED:
            self._copies.clear()
        if place.broadcast:
            return {}
        self._copies |= {(place.id, m.id): _copied(m, place) for m in said}
        wanted = {n for m in said for n in (_top(m), _answered(m)) if n} - {m.id for m in said}
        if not wanted:
            return {}
        found = await client.get_messages(place.peer, ids=sorted(wanted))
        messages = [m for m in found if m is not None]
        self._copies |= {(place.id, m.id): _copied(m, place) for m in messages}
        return {m.id: self._author(m, place) for m in messages}

    def _author(self, message: Message, place: _Place) -> dict[str, str]:
        """Who wrote it; without a sender it is the channel, or the group for its administrators."""
        sender = getattr(message, "sender", None)
        if sender is None or _copied(message, place):
            spoken = place.of if place.of and _copied(message, place) else place
            return {"handle": spoken.username or str(spoken.id), "name": spoken.title}
        return {
            "handle": _handle(sender) or str(sender.id),
            "name": self._telethon.utils.get_display_name(sender),
        }

    def _raw(self, message: Message, place: _Place, authors: Mapping[int, Mapping[str, str]]) -> dict[str, Any]:
        whole = json.loads(message.to_json())
        kept = {k: _part(whole[k], parts) for k, parts in KEPT.items() if whole.get(k) is not None}
        poll = (whole.get("media") or {}).get("poll")
        channel = place.of
        return {
            "place": {"id": place.id, "title": place.title, "name": place.username, "broadcast": place.broadcast},
            "channel": {"id": channel.id, "name": channel.username} if channel else None,
            "post": self._copies.get((place.id, _top(message))) or None,
            "author": authors.get(message.id),
            "answered": {"author": authors.get(_answered(message))},
            "message": kept | ({"poll": poll} if poll else {}),
        }

    def _gone(self, ref: str) -> Deletion:
        return Deletion(network=self.network, native_id=ref, ref=ref, at=self._context.clock())

    def parse(self, raw: str) -> Sequence[Post]:
        """One message with its place, as ``fetch`` writes it."""
        try:
            found = json.loads(raw)
            if found["message"]["_"] != "Message":
                raise ValueError(f"{found['message']['_']!r} is no message")
            return [self._post(found, found["place"], found["message"])]
        except MISTAKES as error:
            raise ParseError(f"not a message of Telegram: {type(error).__name__} {error}") from None

    def _post(self, found: dict[str, Any], place: dict[str, Any], message: dict[str, Any]) -> Post:
        author, answered = found.get("author"), (found.get("answered") or {}).get("author")
        identity = f"{int(place['id'])}/{int(message['id'])}"
        answers, thread = _answers(found, place, message.get("reply_to") or {})
        edited = None if message.get("edit_hide") else message.get("edit_date")
        return Post(
            network=self.network,
            native_id=identity,
            ref=identity,
            source=self.name,
            venue=Venue(
                name=clean(place["title"]) or str(int(place["id"])), kind="channel" if place["broadcast"] else "group"
            ),
            author=Author(handle=clean(author["handle"]), name=clean(author["name"])) if author else None,
            published=_when(message["date"]),
            revised=moment(edited) if edited else None,
            text=clean(_text(message)),
            url=_url(found, place, int(message["id"])),
            answers=answers,
            answers_author=clean(answered["handle"]) if answers and answered else "",
            thread=thread,
            repeats=_repeated(message.get("fwd_from") or {}),
            engagement=Engagement(
                likes=_likes(message.get("reactions")),
                shares=count(message.get("forwards")),
                answers=count((message.get("replies") or {}).get("replies")),
            ),
        )

    # ── the connection ────────────────────────────────────────────────────────────────────
    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Any]:
        """A client that is signed in; it sleeps through no wait, and asks for no updates."""
        client = self._telethon.TelegramClient(
            self._telethon.sessions.StringSession(self._keys["session"]),
            int(self._keys["api_id"]),
            self._keys["api_hash"],
            receive_updates=False,
            flood_sleep_threshold=0,
            auto_reconnect=False,  # a broken round is tried again by the listener
            connection_retries=1,
            request_retries=2,
            raise_last_call_error=True,
            device_model="Corrillo",
            app_version=__version__,
        )
        try:
            with self._telling("Telegram"):
                await client.connect()
                if not await client.is_user_authorized():
                    raise SourceRefused("Telegram: the session is not signed in (any more)", _NEW_SESSION)
            yield client
        finally:
            await client.disconnect()

    @contextmanager
    def _telling(self, where: str) -> Iterator[None]:
        """What Telethon raises, as our own error that names ``where``."""
        try:
            yield
        except SourceError:
            raise
        except (
            self._telethon.errors.RPCError,
            OSError,
            EOFError,
            ValueError,
            self._telethon.errors.AuthKeyNotFound,
        ) as error:
            raise _ours(error, where, self._telethon.errors) from None

    async def close(self) -> None:
        """Nothing is kept open."""


class _Closed(SourceRefused):
    """One channel or group is not to be read; the others are."""


_REF = re.compile(r"[1-9]\d{0,18}/[1-9]\d{0,9}")
_NEW_SESSION = "make a new session (how: corrillo sources networks telegram)"


def _library() -> Any:
    try:
        import telethon  # type: ignore[import-untyped]
        import telethon.sessions  # type: ignore[import-untyped]
    except ImportError:
        raise MissingExtra(
            "Telegram needs the package telethon", "install it: pip install 'corrillo[telegram]'"
        ) from None
    return telethon


def _check(name: str, keys: Mapping[str, str], telethon: Any) -> None:
    """Raises SourceRefused for keys that cannot be any; says nothing of what they are."""
    if not keys["api_id"].isdecimal():
        raise SourceRefused(f"source {name!r}: api_id is no number", "copy it from my.telegram.org")
    try:
        whole = telethon.sessions.StringSession(keys["session"]).auth_key is not None
    except Exception:  # whatever decoding says would show a part of the key
        whole = False
    if not whole:
        raise SourceRefused(f"source {name!r}: session is no session of Telethon", _NEW_SESSION)


def _ours(error: Exception, where: str, errors: Any) -> SourceError:
    seconds = getattr(error, "seconds", None)
    if isinstance(error, errors.FloodError) and isinstance(seconds, int):
        wait = min(float(seconds), LONGEST_WAIT)
        return SourceUnavailable(f"{where}: asks us to wait {seconds} s", "it is tried again after the wait", wait)
    said = f"{type(error).__name__}: {error}"
    if isinstance(error, errors.UnauthorizedError | errors.AuthKeyError | errors.AuthKeyNotFound):
        return SourceRefused(f"{where}: the session is not accepted: {said}", _NEW_SESSION)
    if said.startswith("ApiId"):
        return SourceRefused(
            f"{where}: api_id or api_hash is not accepted: {said}", "compare them with my.telegram.org"
        )
    if isinstance(error, errors.BadRequestError | errors.ForbiddenError | errors.NotFoundError):
        return _Closed(f"{where}: cannot be read: {said}", "open it in Telegram: is it public, and is that its name?")
    return SourceUnavailable(f"{where}: cannot be reached: {said}", "it is tried again by itself")


def _raise(refused: Sequence[SourceRefused]) -> None:
    if refused:
        raise SourceRefused("; ".join(r.message for r in refused), refused[0].remedy)


def _joined(found: Iterable[Items]) -> Items:
    every = list(found)
    return Items(items=tuple(i for f in every for i in f.items), rejected=tuple(r for f in every for r in f.rejected))


def _username(written: str) -> str:
    """``t.me/name``, ``@name`` or ``name`` as the name alone."""
    return written.strip().rstrip("/").rpartition("/")[2].lstrip("@")


def _handle(entity: Any) -> str:
    """The user name, or the first of several; '' where there is none."""
    several = (u.username for u in getattr(entity, "usernames", None) or () if u.active)
    return getattr(entity, "username", None) or next(several, "")


def _split(ref: str) -> tuple[int, int]:
    place, _, number = ref.partition("/")
    return int(place), int(number)


def _answered(message: Message) -> int:
    """The number of what it answers in the same place; 0: nothing there."""
    reply = message.reply_to
    elsewhere = getattr(reply, "reply_to_peer_id", None) is not None
    return 0 if elsewhere else getattr(reply, "reply_to_msg_id", None) or 0


def _top(message: Message) -> int:
    """The number of the message with which its thread begins; 0: it is in none."""
    return getattr(message.reply_to, "reply_to_top_id", None) or _answered(message)


def _copied(message: Message, place: _Place) -> int:
    """The number of the channel's post of which this message of its discussion is the copy; 0: it is none."""
    forward = getattr(message, "fwd_from", None)
    came = getattr(getattr(forward, "saved_from_peer", None), "channel_id", None)
    by_itself = place.of is not None and came == place.of.id == getattr(message.from_id, "channel_id", None)
    return (getattr(forward, "saved_from_msg_id", None) or 0) if by_itself else 0


def _below(ref: str, items: Iterable[Post | Deletion]) -> Iterator[Post]:
    """Of a thread in the order in which it was said: what answers ``ref``, and what answers that."""
    inside = {ref}
    for item in items:
        if isinstance(item, Post) and item.answers in inside and item.native_id not in inside:
            inside.add(item.native_id)
            yield item


def _answers(found: dict[str, Any], place: dict[str, Any], reply: dict[str, Any]) -> tuple[str, str]:
    """What a message answers and where its thread begins; that of a copy is the post itself."""
    number, top = reply.get("reply_to_msg_id"), reply.get("reply_to_top_id")
    if not number or (reply.get("forum_topic") and not top):  # a message in a topic of a forum answers nobody
        return "", ""
    elsewhere = (reply.get("reply_to_peer_id") or {}).get("channel_id")
    if elsewhere:
        return f"{int(elsewhere)}/{int(number)}", ""
    first = int(top or number)
    post = f"{int(found['channel']['id'])}/{int(found['post'])}" if found.get("post") else f"{int(place['id'])}/{first}"
    return (post if int(number) == first else f"{int(place['id'])}/{int(number)}"), post


def _part(whole: Any, parts: Sequence[str]) -> Any:
    return {k: whole[k] for k in parts if whole.get(k) is not None} if parts else whole


def _repeated(forward: dict[str, Any]) -> str:
    channel, number = (forward.get("from_id") or {}).get("channel_id"), forward.get("channel_post")
    return f"{int(channel)}/{int(number)}" if channel and number else ""


def _url(found: dict[str, Any], place: dict[str, Any], number: int) -> str:
    channel = found.get("channel") or {}
    if found.get("post") and channel.get("name"):
        return f"https://t.me/{clean(channel['name'])}/{int(found['post'])}?comment={number}"
    return (
        f"https://t.me/{clean(place['name'])}/{number}"
        if place.get("name")
        else f"https://t.me/c/{int(place['id'])}/{number}"
    )


def _text(message: dict[str, Any]) -> str:
    """The text or caption, and a poll's question and answers."""
    poll = message.get("poll") or {}
    parts = [clean(message.get("message") or ""), clean(_words(poll.get("question")))]
    parts += [clean(f"– {_words(a['text'])}") for a in poll.get("answers") or ()]
    return "\n".join(p for p in parts if p)


def _words(text: Any) -> str:
    """A text, alone or with its formatting beside it, as older and newer layers have it."""
    return str(text.get("text") or "") if isinstance(text, dict) else text or ""


def _when(written: str) -> datetime:
    """The time of a message; Telegram writes 1970 where there is none."""
    found = moment(written)
    if found.timestamp() <= 0:
        raise ValueError("it has no time")
    return found


def _likes(reactions: dict[str, Any] | None) -> int | None:
    return None if reactions is None else sum(int(r["count"]) for r in reactions.get("results") or ())
