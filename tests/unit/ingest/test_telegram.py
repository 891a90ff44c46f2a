"""Telegram against a fake of its servers on loopback, spoken to by the real ``Telethon`` over MTProto 2.0.

It is a fake, not Telegram: TCP (full transport) and AES-IGE with a key that both sides know beforehand (so there is
no exchange of keys: the session of the source has it), Telethon's own TL objects, and the ten methods that a
reader of channels needs, as core.telegram.org describes them.
"""

from __future__ import annotations

import itertools
import json
import os
import socket
import socketserver
import struct
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from telethon import TelegramClient
from telethon.crypto import AES, AuthKey
from telethon.extensions import BinaryReader
from telethon.network.mtprotostate import MTProtoState
from telethon.sessions import StringSession
from telethon.tl import TLObject, TLRequest, functions, types
from telethon.tl.core import GzipPacked, MessageContainer

from corrillo.errors import MissingExtra, ParseError, SourceRefused, SourceUnavailable
from corrillo.model import Batch, Cursor, Deletion, Items, Post
from corrillo.registry import SourceContext
from corrillo.testing.recorded import Protected, check
from corrillo.testing.source import SourceContract, SourceWorld, Span, Thread
from ingest import telegram
from ingest.telegram import Telegram, TelegramConfig

BEGIN = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
CHANNEL, GROUP, OWN, OTHER, ANA, PEP = 1001, 1002, 1003, 1004, 501, 502
ACCOUNTS = [{"network": "telegram", "handle": "@ajbenialba"}]


class Wrong(Exception):
    """An error that the fake answers with: code and name, as Telegram has them."""


class FakeTelegram:
    """Channels by user name, messages by channel; what is in ``wrong`` is answered with that error."""

    def __init__(self) -> None:
        self.key = AuthKey(os.urandom(256))
        self.asked: list[Any] = []
        self.wrong: dict[str, Wrong] = {}
        self.users = {
            n: types.User(n, first_name=f, username=u) for n, f, u in ((ANA, "Ana", "ana_b"), (PEP, "Pep", None))
        }
        self.chats: dict[int, types.Channel] = {}
        self.linked = {CHANNEL: GROUP, GROUP: CHANNEL}
        self.messages: dict[int, dict[int, Any]] = {}
        for number, title, name, broadcast in (
            (CHANNEL, "Benialba al día", "benialba_al_dia", True), (GROUP, "Tertulia de Benialba", None, False),
            (OWN, "Ajuntament de Benialba", "ajbenialba", True), (OTHER, "El temps", "el_temps", True),
        ):  # fmt: skip
            self.chats[number] = types.Channel(
                number, title, types.ChatPhotoEmpty(), BEGIN, broadcast=broadcast, megagroup=not broadcast,
                username=name, access_hash=number * 7,
            )  # fmt: skip
            self.messages[number] = {}
        self._ids = itertools.count(1)
        self._server = _Server(("127.0.0.1", 0), self._talk)
        self.session = self._session()

    def _session(self) -> str:
        session = StringSession()
        session.set_dc(2, "127.0.0.1", self._server.server_address[1])
        session.auth_key = self.key
        return str(session.save())

    def __enter__(self) -> FakeTelegram:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.end()

    # ── what is said ──────────────────────────────────────────────────────────────────────
    def say(self, text: str, where: int = CHANNEL, by: int | None = None, **fields: Any) -> str:
        """A new message; its native id. A post of a channel with a discussion is copied into that."""
        number = max(self.messages[where], default=10) + 1
        at = fields.pop("at", BEGIN + timedelta(minutes=sum(map(len, self.messages.values()))))
        broadcast = bool(self.chats[where].broadcast)
        message = types.Message(
            number, types.PeerChannel(where), at, text, post=broadcast,
            from_id=types.PeerUser(by) if by else None, **fields,
        )  # fmt: skip
        self.messages[where][number] = message
        if where == CHANNEL and fields.get("from_id") is None:
            message.views, message.forwards = 40, 2
            message.replies = types.MessageReplies(0, 0, comments=True, channel_id=GROUP)
            self._copy(number, at, text)
        return f"{where}/{number}"

    def _copy(self, number: int, at: datetime, text: str) -> None:
        here = types.PeerChannel(CHANNEL)
        forward = types.MessageFwdHeader(
            at, from_id=here, channel_post=number, saved_from_peer=here, saved_from_msg_id=number
        )
        copy = max(self.messages[GROUP], default=100) + 1
        self.messages[GROUP][copy] = types.Message(
            copy, types.PeerChannel(GROUP), at, text, from_id=here, fwd_from=forward
        )

    def copy_of(self, post: str) -> int:
        """The number of the copy of a channel's post in its discussion."""
        wanted = int(post.partition("/")[2])
        copies = self.messages[GROUP].items()
        return next(n for n, m in copies if m.fwd_from and m.fwd_from.channel_post == wanted)

    def comment(self, post: str, text: str, by: int = ANA, to: str = "", **fields: Any) -> str:
        """A comment on a post, or ``to`` another comment on it; its native id."""
        top = self.copy_of(post)
        number = int(to.partition("/")[2]) if to else top
        reply = types.MessageReplyHeader(reply_to_msg_id=number, reply_to_top_id=top if to else None)
        return self.say(text, GROUP, by, reply_to=reply, **fields)

    def at(self, native: str) -> Any:
        """The message of that native id."""
        where, _, number = native.partition("/")
        return self.messages[int(where)][int(number)]

    def delete(self, native: str) -> str:
        """It is not there any more."""
        where, _, number = native.partition("/")
        del self.messages[int(where)][int(number)]
        return native

    # ── the protocol ──────────────────────────────────────────────────────────────────────
    def _talk(self, talk: socketserver.StreamRequestHandler) -> None:
        for sent in itertools.count():
            head = talk.rfile.read(8)
            if len(head) < 8:
                return
            packet = talk.rfile.read(struct.unpack("<i", head[:4])[0] - 8)[:-4]
            for answer in self._answers(packet):
                framed = struct.pack("<ii", len(answer) + 12, sent) + answer
                talk.wfile.write(framed + struct.pack("<I", crc32(framed)))

    def _answers(self, packet: bytes) -> Iterator[bytes]:
        key, iv = MTProtoState._calc_key(self.key.key, packet[8:24], True)
        plain = BinaryReader(AES.decrypt_ige(packet[24:], key, iv))
        salt, session, message = (plain.read_long() for _ in range(3))
        plain.read(8)
        asked = plain.tgread_object()
        for number, one in (
            [(m.msg_id, m.obj) for m in asked.messages] if isinstance(asked, MessageContainer) else [(message, asked)]
        ):
            answer = self._answer(number, one)
            if answer:
                yield self._sealed(salt, session, answer)

    def _sealed(self, salt: int, session: int, body: bytes) -> bytes:
        identity = (int(time.time()) << 32) | (next(self._ids) * 4 + 1)
        whole = struct.pack("<qqqii", salt, session, identity, 1, len(body)) + body
        whole += os.urandom(-(len(whole) + 12) % 16 + 12)
        message_key = sha256(self.key.key[96:128] + whole).digest()[8:24]
        key, iv = MTProtoState._calc_key(self.key.key, message_key, False)
        return struct.pack("<Q", self.key.key_id) + message_key + bytes(AES.encrypt_ige(whole, key, iv))

    def _answer(self, number: int, asked: Any) -> bytes:
        while isinstance(asked, GzipPacked) or hasattr(asked, "query"):
            asked = BinaryReader(asked.data).tgread_object() if isinstance(asked, GzipPacked) else asked.query
        if isinstance(asked, functions.PingDelayDisconnectRequest | functions.PingRequest):
            return bytes(types.Pong(number, asked.ping_id))
        if not isinstance(asked, TLRequest):  # it has got something, and says so
            return b""
        self.asked.append(asked)
        try:
            said = getattr(self, f"_{type(asked).__name__.removesuffix('Request')}", self._unknown)(asked)
        except Wrong as wrong:
            said = types.RpcError(*wrong.args)
        body = (
            b"".join([struct.pack("<Ii", 0x1CB5C415, len(said)), *map(bytes, said)])
            if isinstance(said, list)
            else bytes(said)
        )
        return struct.pack("<Iq", 0xF35C6D01, number) + body

    def _unknown(self, _: Any) -> TLObject:
        raise Wrong(400, "METHOD_INVALID")

    def _check(self, method: str, number: int = 0) -> None:
        for name in (method, str(number), f"{method} {number}"):
            if name in self.wrong:
                raise self.wrong[name]

    # ── the methods ───────────────────────────────────────────────────────────────────────
    def _GetConfig(self, _: Any) -> TLObject:
        numbers = dict.fromkeys([
            "chat_size_max", "megagroup_size_max", "forwarded_count_max", "online_update_period_ms",
            "offline_blur_timeout_ms", "offline_idle_timeout_ms", "online_cloud_timeout_ms", "notify_cloud_delay_ms",
            "notify_default_delay_ms", "push_chat_period_ms", "push_chat_limit", "edit_time_limit", "revoke_time_limit",
            "revoke_pm_time_limit", "rating_e_decay", "stickers_recent_limit", "channels_read_media_period",
            "call_receive_timeout_ms", "call_ring_timeout_ms", "call_connect_timeout_ms", "call_packet_timeout_ms",
            "caption_length_max", "message_length_max", "webfile_dc_id",
        ], 1)  # fmt: skip
        return types.Config(
            date=BEGIN, expires=BEGIN, test_mode=False, this_dc=2, dc_options=[], dc_txt_domain_name="",
            me_url_prefix="https://t.me/", **numbers,
        )  # fmt: skip

    def _GetUsers(self, _: Any) -> list[TLObject]:
        self._check("users")
        return [types.User(1, is_self=True, first_name="Escucha", access_hash=1)]

    def _GetState(self, _: Any) -> TLObject:
        self._check("users")
        return types.updates.State(1, 0, BEGIN, 1, 0)

    def _GetDifference(self, _: Any) -> TLObject:
        return types.updates.DifferenceEmpty(BEGIN, 1)

    def _ResolveUsername(self, asked: Any) -> TLObject:
        self._check("resolve")
        if asked.username == "ana_b":
            return types.contacts.ResolvedPeer(types.PeerUser(ANA), [], [self.users[ANA]])
        found = [c for c in self.chats.values() if c.username == asked.username]
        if not found:
            raise Wrong(400, "USERNAME_NOT_OCCUPIED")
        return types.contacts.ResolvedPeer(types.PeerChannel(found[0].id), found, [])

    def _GetFullChannel(self, asked: Any) -> TLObject:
        number = asked.channel.channel_id
        self._check("full", number)
        full = types.ChannelFull(
            number, "", 0, 0, 0, types.PhotoEmpty(0), types.PeerNotifySettings(), [], 1,
            linked_chat_id=self.linked.get(number),
        )  # fmt: skip
        return types.messages.ChatFull(full, list(self.chats.values()), [])

    def _GetHistory(self, asked: Any) -> TLObject:
        number = self._entered("history", asked.peer)
        return self._slice(asked, number, list(self.messages[number].values()))

    def _GetReplies(self, asked: Any) -> TLObject:
        number = self._entered("replies", asked.peer)
        top = self.copy_of(f"{number}/{asked.msg_id}") if number == CHANNEL else asked.msg_id
        headers = ((m, m.reply_to) for m in self.messages[GROUP].values() if m.reply_to)
        return self._slice(asked, GROUP, [m for m, r in headers if top in (r.reply_to_top_id, r.reply_to_msg_id)])

    def _GetMessages(self, asked: Any) -> TLObject:
        number = self._entered("messages", asked.channel)
        here = self.messages[number]
        return self._said(number, [here.get(i.id) or types.MessageEmpty(i.id, None) for i in asked.id])

    def _entered(self, method: str, peer: Any) -> int:
        self._check(method, peer.channel_id)
        if peer.access_hash != peer.channel_id * 7:
            raise Wrong(400, "CHANNEL_INVALID")
        return int(peer.channel_id)

    def _slice(self, asked: Any, number: int, messages: Sequence[Any]) -> TLObject:
        """As core.telegram.org/api/offsets has it: newest first, from the offset on, moved by ``add_offset``."""
        newest = sorted(messages, key=lambda m: -m.id)
        limits = [lambda m: not asked.offset_id or m.id < asked.offset_id]
        before = (
            asked.offset_date if asked.offset_date and asked.offset_date.year > 1970 and not asked.offset_id else None
        )
        limits += [lambda m: not before or (m.date or BEGIN) < before]
        first = next((i for i, m in enumerate(newest) if all(fits(m) for fits in limits)), len(newest))
        start, end = first + asked.add_offset, first + asked.add_offset + min(asked.limit, 100)
        return self._said(number, newest[max(start, 0) : max(end, 0)])

    def _said(self, number: int, messages: list[Any]) -> TLObject:
        return types.messages.ChannelMessages(
            1, len(self.messages[number]), messages, [], list(self.chats.values()), list(self.users.values())
        )


class _Server(socketserver.ThreadingTCPServer):
    """Connections in threads of their own, which all end with it."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], talk: Callable[[Any], None]) -> None:
        self.open: set[socket.socket] = set()

        class Talk(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):
                    talk(self)

        super().__init__(address, Talk)

    def get_request(self) -> Any:
        found = super().get_request()
        self.open.add(found[0])
        return found

    def end(self) -> None:
        self.server_close()
        for one in self.open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTelegram]:
    """The fake servers; nobody has to wait between two pages."""
    monkeypatch.setattr(telegram, "WAIT", 0.0)
    with FakeTelegram() as server:
        yield server


@pytest.fixture
def opened(fake: FakeTelegram, context: Callable[..., SourceContext], changed_town: Any) -> Callable[..., Telegram]:
    """A source that reads one channel of the fake, with its discussion."""

    def make(environment: dict[str, str] | None = None, **config: object) -> Telegram:
        given = {"kind": "telegram", "name": "telegram", "channels": ["https://t.me/benialba_al_dia"]}
        keys = {"API_ID": "12345", "API_HASH": "a-hash", "SESSION": fake.session}
        found = {f"CORRILLO_{k}_TELEGRAM": v for k, v in keys.items()} | (environment or {})
        house = context(environment=found, institutions=[changed_town(account=ACCOUNTS)])
        return Telegram(TelegramConfig.model_validate(given | config), house)

    return make


class TestTelegram(SourceContract):
    """The contract."""

    @pytest.fixture
    def world(
        self, fake: FakeTelegram, opened: Callable[..., Telegram], monkeypatch: pytest.MonkeyPatch
    ) -> SourceWorld:
        """A channel with a discussed post, and the town's own channel; pages of three."""
        monkeypatch.setattr(telegram, "PAGE", 3)
        said = [fake.say(f"Noticia {n}") for n in range(4)]
        asked = fake.say("¿Qué os parece la rambla nueva de Benialba?")
        first = fake.comment(asked, "Muy bien")
        answers = [first, fake.comment(asked, "A mí no", by=PEP, to=first), fake.comment(asked, "Falta sombra")]
        elsewhere = [fake.comment(said[0], "Fuera de lugar")]
        own = [fake.say(f"Bando {n}", OWN) for n in range(2)]
        everything = {*said, asked, *answers, *elsewhere, *own}
        since, until = fake.at(said[2]).date, fake.at(answers[1]).date
        sample = json.dumps(_recorded("Aviso a los vecinos"))
        return SourceWorld(
            open=lambda: opened(channels=["benialba_al_dia", "@ajbenialba"]),
            native_ids=frozenset(everything),
            sample=sample,
            add_post=lambda: fake.say("Última hora"),
            add_broken=lambda: _break(fake),
            cut_off=lambda: fake.__exit__(),
            thread=Thread(ref=asked, native_id=asked, answers=frozenset(answers)),
            gone=lambda: fake.delete(answers[1]),
            own=frozenset(own),
            span=Span(since, until, frozenset(i for i in everything if since <= fake.at(i).date < until)),
        )


def _break(fake: FakeTelegram) -> None:
    """A message without a time: the protocol can carry one, and means 1970."""
    fake.at(fake.say("Sin fecha", OWN)).date = None


def _recorded(text: str, **changed: Any) -> dict[str, Any]:
    message = {"_": "Message", "id": 7, "date": "2026-11-20T08:00:00+00:00", "message": text}
    place = {"id": CHANNEL, "title": "Benialba al día", "name": "benialba_al_dia", "broadcast": True}
    return {"place": place, "channel": None, "post": None, "author": None, "message": message | changed}


async def read(source: Telegram, cursor: Cursor | None = None) -> list[Batch]:
    """All batches."""
    return [b async for b in source.fetch(cursor)]


async def gathered(given: AsyncIterator[Any], into: list[Any]) -> None:
    """All that is given, as far as it comes, in ``into``."""
    async for one in given:
        into.append(one)


def posts(batches: Sequence[Items]) -> dict[str, Post]:
    """Native id → post, in order."""
    return {i.native_id: i for b in batches for i in b.items if isinstance(i, Post)}


def test_recorded_messages_become_these_posts_and_mentions(
    fixtures: Path, opened: Callable[..., Telegram], protected: Protected, now: datetime
) -> None:
    """A post, a poll, a forward, a caption, comments by people with and without a user name, an own channel."""
    check(fixtures / "telegram.json", opened(), protected, now)


async def test_the_official_client_finds_what_it_expects(fake: FakeTelegram) -> None:
    """The fake is true to the protocol: ``Telethon`` reads history both ways, replies and single messages by itself."""
    said = [fake.say(str(n)) for n in range(130)]
    fake.comment(said[0], "un comentario")
    client = TelegramClient(StringSession(fake.session), 1, "a-hash", receive_updates=False)
    await client.connect()
    try:
        assert await client.is_user_authorized()
        forth = [m.message async for m in client.iter_messages("benialba_al_dia", reverse=True, wait_time=0)]
        back = [m.message async for m in client.iter_messages("benialba_al_dia", wait_time=0)]
        assert forth == back[::-1] == [str(n) for n in range(130)]
        since = fake.at(said[120]).date
        later = client.iter_messages("benialba_al_dia", reverse=True, offset_date=since - timedelta(seconds=1))
        assert [m.message async for m in later] == [str(n) for n in range(120, 130)]
        first = int(said[0].partition("/")[2])
        assert [m.message async for m in client.iter_messages("benialba_al_dia", reply_to=first)] == ["un comentario"]
        found = await client.get_messages("benialba_al_dia", ids=[first, 9999])
        assert [m and m.message for m in found] == ["0", None]
    finally:
        await client.disconnect()


async def test_comments_answer_the_post_and_its_copy_is_left_out(
    fake: FakeTelegram, opened: Callable[..., Telegram]
) -> None:
    """Also when the copy was read long ago; an answer to a comment answers the comment, in the post's thread."""
    post = fake.say("Noticia de Benialba")
    (*_, last) = await read(opened())
    first = fake.comment(post, "¿Y eso?")
    second = fake.comment(post, "Pues así", by=PEP, to=first)
    found = posts(await read(opened(), last.cursor))
    assert found.keys() == {first, second}
    assert [(found[i].answers, found[i].thread) for i in (first, second)] == [(post, post), (first, post)]
    assert [found[i].answers_author for i in (first, second)] == ["benialba_al_dia", "ana_b"]
    assert [p.author.handle for p in found.values() if p.author] == ["ana_b", str(PEP)]
    number = post.partition("/")[2]
    assert found[first].url == f"https://t.me/benialba_al_dia/{number}?comment={first.partition('/')[2]}"
    assert (found[first].venue.name, found[first].venue.kind) == ("Tertulia de Benialba", "group")


async def test_a_post_is_by_its_channel_and_counts_what_telegram_shows(
    fake: FakeTelegram, opened: Callable[..., Telegram]
) -> None:
    """Forwards, comments, reactions of all kinds; a later edit is a revision, a hidden one is none."""
    post = fake.say("Noticia")
    hearts = [types.ReactionCount(types.ReactionEmoji(e), n) for e, n in (("👍", 3), ("😡", 2))]
    fake.at(post).reactions = types.MessageReactions(hearts)
    fake.at(post).replies.replies = 4
    fake.at(post).edit_date = BEGIN + timedelta(days=1)
    hidden = fake.say("Otra")
    fake.at(hidden).edit_date, fake.at(hidden).edit_hide = BEGIN, True
    found = posts(await read(opened(comments=False)))
    assert found.keys() == {post, hidden}
    assert found[post].author is not None
    assert (found[post].author.handle, found[post].venue.kind) == ("benialba_al_dia", "channel")
    assert found[post].url == f"https://t.me/benialba_al_dia/{post.partition('/')[2]}"
    counts = found[post].engagement
    assert (counts.likes, counts.shares, counts.answers) == (5, 2, 4)
    assert (found[post].revised, found[hidden].revised) == (BEGIN + timedelta(days=1), None)


async def test_forwards_polls_captions_and_notices(fake: FakeTelegram, opened: Callable[..., Telegram]) -> None:
    """A forward repeats the post that it came from; a poll is its question and answers; a notice is no post."""
    forward = types.MessageFwdHeader(BEGIN, from_id=types.PeerChannel(777), channel_post=5)
    sent = fake.say("Corte de agua", fwd_from=forward)
    words = [types.TextWithEntities(t, []) for t in ("¿Carril bici?", "Sí", "No")]
    answers = [types.PollAnswer(w, bytes([n])) for n, w in enumerate(words[1:])]
    asked = fake.say("", media=types.MessageMediaPoll(types.Poll(1, words[0], answers, 0), types.PollResults()))
    shown = fake.say("La plaza, hoy", media=types.MessageMediaPhoto())
    bare = fake.say("", media=types.MessageMediaPhoto())
    number = max(fake.messages[CHANNEL]) + 1
    notice = types.MessageService(
        number, types.PeerChannel(CHANNEL), date=BEGIN, action=types.MessageActionPinMessage()
    )
    fake.messages[CHANNEL][number] = notice
    batches = await read(opened(comments=False))
    found = posts(batches)
    assert {i: p.text for i, p in found.items()} == {
        sent: "Corte de agua", asked: "¿Carril bici?\n– Sí\n– No", shown: "La plaza, hoy", bare: "",
    }  # fmt: skip
    assert [found[i].repeats for i in (sent, asked)] == ["777/5", ""]
    assert not any(b.rejected for b in batches)
    assert json.loads(batches[-1].cursor.state) == {str(CHANNEL): number}


async def test_more_than_a_page_comes_with_cursors_of_its_own(
    fake: FakeTelegram, opened: Callable[..., Telegram]
) -> None:
    """After a night without us: a hundred a batch, each with the cursor that covers it."""
    fake.say("antes")
    (*_, last) = await read(opened(comments=False))
    said = [fake.say(str(n)) for n in range(230)]
    batches = await read(opened(comments=False), last.cursor)
    assert [len(b.items) for b in batches] == [100, 100, 30]
    assert list(posts(batches)) == said
    assert json.loads(batches[0].cursor.state) == {str(CHANNEL): int(said[99].partition("/")[2])}


async def test_the_backlog_is_what_is_read_first(fake: FakeTelegram, opened: Callable[..., Telegram]) -> None:
    """The newest so many, oldest first; with no backlog, one post to go on from."""
    said = [fake.say(str(n)) for n in range(5)]
    assert list(posts(await read(opened(backlog=3, comments=False)))) == said[2:]
    assert list(posts(await read(opened(backlog=0, comments=False)))) == said[4:]


@pytest.mark.parametrize(
    ("name", "wrong", "said"),
    [
        ("nadie_aqui", {}, "no public channel"),
        ("ana_b", {}, "no public channel"),
        ("el_temps", {f"history {OTHER}": Wrong(400, "CHANNEL_PRIVATE")}, "cannot be read"),
    ],
    ids=["renamed", "a person", "private"],
)
async def test_a_closed_channel_does_not_silence_the_others(
    fake: FakeTelegram, opened: Callable[..., Telegram], name: str, wrong: dict[str, Wrong], said: str
) -> None:
    """The others are read first; then it is refused by name."""
    heard = fake.say("sigue aquí")
    fake.wrong = wrong
    batches: list[Batch] = []
    with pytest.raises(SourceRefused, match=f"t.me/{name}: .*{said}"):
        await gathered(opened(channels=[name, "benialba_al_dia"]).fetch(None), batches)
    assert heard in posts(batches)


async def test_a_discussion_that_only_members_can_read_is_no_error(
    fake: FakeTelegram, opened: Callable[..., Telegram]
) -> None:
    """The channel is heard; its comments were said to be missed. A look-up there says nothing of deletions."""
    post = fake.say("Noticia")
    comment = fake.comment(post, "Comentario")
    fake.wrong = {str(GROUP): Wrong(400, "CHANNEL_PRIVATE"), f"replies {CHANNEL}": Wrong(400, "MSG_ID_INVALID")}
    source = opened()
    assert posts(await read(source)).keys() == {post}
    assert (await source.recheck([comment])).items == ()
    assert posts([await source.thread(post)]).keys() == {post}


async def test_a_wait_is_passed_on_and_not_slept_through(fake: FakeTelegram, opened: Callable[..., Telegram]) -> None:
    """FLOOD_WAIT in seconds, whatever method it came from; at most a day is believed."""
    for method, seconds, expected in (("history", 17, 17.0), ("resolve", 300, 300.0), ("full", 900_000, 86_400.0)):
        fake.wrong = {method: Wrong(420, f"FLOOD_WAIT_{seconds}")}
        with pytest.raises(SourceUnavailable) as caught:
            await read(opened())
        assert caught.value.retry_after == expected


@pytest.mark.parametrize("name", ["AUTH_KEY_UNREGISTERED", "SESSION_REVOKED", "USER_DEACTIVATED_BAN"])
async def test_a_session_that_was_ended_is_refused(
    fake: FakeTelegram, opened: Callable[..., Telegram], name: str
) -> None:
    """At the start and in the middle; the remedy is a new one, and no part of the old one is shown."""
    fake.say("Noticia")
    for method in ("users", "history"):
        fake.wrong = {method: Wrong(401, name)}
        with pytest.raises(SourceRefused) as caught:
            await read(opened())
        assert "new session" in caught.value.remedy
        assert fake.session[:20] not in str(caught.value)


async def test_a_connection_that_breaks_off_is_unavailable(
    fake: FakeTelegram, opened: Callable[..., Telegram], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle of a history: later, and nothing is left waiting."""
    fake.say("Noticia")
    monkeypatch.setattr(fake, "_GetHistory", lambda _: fake._server.end())
    with pytest.raises(SourceUnavailable) as caught:
        await read(opened())
    assert caught.value.remedy


async def test_a_channel_that_was_made_anew_under_its_name_is_read_from_its_backlog(
    fake: FakeTelegram, opened: Callable[..., Telegram]
) -> None:
    """Its numbers begin again: the cursor goes by the channel, not by its name."""
    for n in range(5):
        fake.say(str(n), OTHER)
    (*_, last) = await read(opened(channels=["el_temps"]))
    fake.chats[OTHER].username = None
    fake.chats[OWN].username = "el_temps"
    new = fake.say("de nuevo", OWN)
    assert list(posts(await read(opened(channels=["el_temps"]), last.cursor))) == [new]


async def test_a_span_begins_and_ends_on_the_second(fake: FakeTelegram, opened: Callable[..., Telegram]) -> None:
    """Its first second is in it, the one before and its last are not."""
    since, second = BEGIN + timedelta(hours=2), timedelta(seconds=1)
    said = [fake.say(str(at), at=at) for at in (since - second, since, since + second, since + 2 * second)]
    found: list[Items] = []
    await gathered(opened(comments=False).backfill(since, since + 2 * second), found)
    assert list(posts(found)) == said[1:3]


async def test_a_second_look_finds_edits_and_deletions(
    fake: FakeTelegram, opened: Callable[..., Telegram], now: datetime
) -> None:
    """In the channel and its discussion; of places that are not followed nothing is said."""
    post, gone = fake.say("Noticia"), fake.say("Errata")
    comment = fake.comment(post, "Comentario")
    fake.at(post).message, fake.at(post).edit_date = "Noticia corregida", BEGIN + timedelta(hours=30)
    fake.delete(gone)
    found = (await opened().recheck([post, gone, comment, f"{OTHER}/1", "no/ref", "1/2/3"])).items
    seen = posts([Items(items=found)])
    assert seen.keys() == {post, comment}
    assert (seen[post].text, seen[post].revised) == ("Noticia corregida", BEGIN + timedelta(hours=30))
    assert [i for i in found if isinstance(i, Deletion)] == [
        Deletion(network="telegram", at=now, native_id=gone, ref=gone)
    ]


async def test_a_thread_below_a_comment_is_what_answers_it(fake: FakeTelegram, opened: Callable[..., Telegram]) -> None:
    """Not the rest of the discussion; one that is gone is a deletion; one that is not followed, unknown."""
    post = fake.say("Noticia")
    first, other = fake.comment(post, "Uno"), fake.comment(post, "Otro")
    second = fake.comment(post, "Dos", by=PEP, to=first)
    third = fake.comment(post, "Tres", to=second)
    source = opened()
    assert posts([await source.thread(first)]).keys() == {first, second, third}
    assert posts([await source.thread(post)]).keys() == {post, first, other, second, third}
    assert (await source.thread(f"{OTHER}/5")).items == ()
    fake.delete(other)
    assert [type(i) for i in (await source.thread(other)).items] == [Deletion]


async def test_a_message_in_a_topic_answers_nobody(opened: Callable[..., Telegram]) -> None:
    """Forums name the topic where others name what is answered; an answer elsewhere names its channel."""
    topic = _recorded("Hola", reply_to={"reply_to_msg_id": 3, "forum_topic": True})
    elsewhere = {"reply_to_msg_id": 3, "reply_to_peer_id": {"_": "PeerChannel", "channel_id": 777}}
    (one,) = opened().parse(json.dumps(topic))
    (two,) = opened().parse(json.dumps(_recorded("Hola", reply_to=elsewhere)))
    assert ((one.answers, one.thread), (two.answers, two.thread)) == (("", ""), ("777/3", ""))


async def test_rejected_messages_show_no_other_people(fake: FakeTelegram, opened: Callable[..., Telegram]) -> None:
    """What goes into quarantine holds the author under a key that is protected, and nobody else."""
    post = fake.say("Noticia")
    name = types.MessageFwdHeader(BEGIN, from_name="Maria Pons")
    fake.at(fake.comment(post, "sin fecha", fwd_from=name)).date = None
    (rejected,) = [r for b in await read(opened()) for r in b.rejected]
    assert json.loads(rejected.raw)["author"]["handle"] == "ana_b"
    assert "Maria" not in rejected.raw
    assert "discussion of t.me/benialba_al_dia" in rejected.origin


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"CORRILLO_API_ID_TELEGRAM": "abc"}, "no number"),
        ({"CORRILLO_SESSION_TELEGRAM": "1BVtsOK8Bu"}, "no session"),
        ({"CORRILLO_SESSION_TELEGRAM": ""}, "without session"),
    ],
    ids=["api_id", "half a session", "no session"],
)
def test_keys_that_cannot_be_are_refused_at_once(
    opened: Callable[..., Telegram], environment: dict[str, str], said: str
) -> None:
    """With what to do about it, and without showing them."""
    with pytest.raises(SourceRefused, match=said) as caught:
        opened(environment)
    assert caught.value.remedy
    assert "1BVtsOK8Bu" not in str(caught.value)


def test_without_the_package_it_says_how_to_get_it(
    opened: Callable[..., Telegram], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The extra is named."""
    monkeypatch.setitem(sys.modules, "telethon", None)
    with pytest.raises(MissingExtra, match=r"corrillo\[telegram\]"):
        opened()


@pytest.mark.parametrize(
    "changed",
    [
        {"_": "MessageService"},
        {"id": "x"},
        {"date": "yesterday"},
        {"date": None},
        {"message": 7},
        {"reply_to": {"reply_to_msg_id": "../x"}},
        {"reactions": {"results": [{"count": None}]}},
        {"poll": {"answers": ["a"]}},
    ],
    ids=str,
)
def test_a_message_of_another_shape_is_a_parse_error(opened: Callable[..., Telegram], changed: dict[str, Any]) -> None:
    """A notice, a number, a time, a text, an answer that cannot be."""
    with pytest.raises(ParseError):
        opened().parse(json.dumps(_recorded("Hola", **changed)))


def test_odd_names_do_not_travel(opened: Callable[..., Telegram]) -> None:
    """Direction marks and lone surrogates in titles and names."""
    odd = _recorded("Hola") | {"author": {"handle": "ana\ud800", "name": "\u202eAna"}}
    odd["place"]["title"] = "Benialba\u202e"
    (post,) = opened().parse(json.dumps(odd))
    assert post.author is not None
    assert (post.author.handle, post.author.name, post.venue.name) == ("ana\ufffd", "Ana", "Benialba")
