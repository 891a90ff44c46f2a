"""What Bluesky sends → posts and deletions: frames of the stream (Jetstream v2), posts as its servers show them.

Pure and quick: the whole network passes here. The envelope is decoded strictly; a record is
written by whatever program a person uses, so of its parts those that cannot be understood are
left out, and only a post without text or time of its own kind is an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Literal, TypeVar

import msgspec

from corrillo.errors import ParseError
from corrillo.model import Author, Deletion, Engagement, Post, Venue
from corrillo.text import clean

NETWORK = "bluesky"
POSTS = "app.bsky.feed.post"
STREAM = "network.bsky.jetstream.subscribeEvents"
EARLIEST = datetime(2006, 1, 1, tzinfo=UTC)
"""Nobody wrote short messages before: people import what they said elsewhere, with its time, but nothing older."""
LINKS = 50
"""Links of one post that are looked at."""
GONE = frozenset(["deleted", "takendown", "suspended", "deactivated", ""])
"""What an account can be that its host does not serve any more; "throttled" and "desynchronized" are passing."""

Did = Annotated[str, msgspec.Meta(pattern=r"^(did:[a-z]+:[A-Za-z0-9._:%-]{1,200}|~[0-9a-f]{16})\Z")]
"""The permanent name of an account; or its pseudonym, in an item that comes back from quarantine."""
RecordKey = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._~:-]{1,512}\Z")]
PostUri = Annotated[str, msgspec.Meta(pattern=rf"^at://[^/]+/{POSTS}/[A-Za-z0-9._~:-]{{1,512}}\Z")]
S = TypeVar("S")


# ── the stream ────────────────────────────────────────────────────────────────────────────
class Event(msgspec.Struct, frozen=True, tag_field="$type", rename="camel"):
    """What every event has; ``witnessed_at`` grows with ``seq`` and is understood by every server of the stream."""

    seq: Annotated[int, msgspec.Meta(ge=0)]
    did: Did
    time: datetime
    witnessed_at: datetime | None = None

    @property
    def witnessed(self) -> datetime:
        """When the stream's server got it."""
        return (self.witnessed_at or self.time).astimezone(UTC)


class Commit(Event, frozen=True, tag=f"{STREAM}#commit", kw_only=True):
    """A record was written, changed or deleted."""

    operation: Literal["create", "update", "delete"]
    collection: str
    rkey: RecordKey
    record: msgspec.Raw = msgspec.Raw(b"null")


class Status(msgspec.Struct, frozen=True):
    """What the host of an account says of it."""

    active: bool
    status: str | None = None


class Account(Event, frozen=True, tag=f"{STREAM}#account", kw_only=True):
    """An account came, went or came back."""

    account: Status


class Identity(Event, frozen=True, tag=f"{STREAM}#identity"):
    """An account has another handle: accounts are called by their DID here, so nothing follows."""


class Sync(Event, frozen=True, tag=f"{STREAM}#sync"):
    """A repository begins anew; what is in it comes as commits."""


class Info(msgspec.Struct, frozen=True, tag_field="$type", tag=f"{STREAM}#info"):
    """A notice about the stream itself: OutdatedCursor, FutureCursor."""

    name: str
    message: str | None = None


class Message(msgspec.Struct, frozen=True, tag_field="$type", tag="message"):
    """A frame that carries something."""

    payload: Commit | Account | Identity | Sync | Info


class Failure(msgspec.Struct, frozen=True, tag_field="$type", tag="error"):
    """A frame after which the server closes."""

    error: str
    message: str | None = None


class _Type(msgspec.Struct, frozen=True):
    type: str = msgspec.field(default="", name="$type")


class _Kind(msgspec.Struct, frozen=True):
    """No more of a frame than what kind it is."""

    type: str = msgspec.field(default="", name="$type")
    payload: _Type = _Type()


_FRAMES = {"message", "error"}
_CARRIED = {f"{STREAM}#{kind}" for kind in ("commit", "account", "identity", "sync", "info")}
_NONSENSE = (msgspec.MsgspecError, UnicodeError, RecursionError)
_frame = msgspec.json.Decoder(Message | Failure).decode
_kind = msgspec.json.Decoder(_Kind).decode


def frame(raw: str | bytes) -> Event | Info | Failure | None:
    """What a frame carries; None where it is of a kind that is not known here. Raises ParseError if it is no frame."""
    try:
        found = _frame(raw)
        carried = found.payload if isinstance(found, Message) else found
        if isinstance(carried, Event):
            _ = carried.witnessed  # a time that cannot be
    except (*_NONSENSE, OverflowError) as error:
        kind, inner = _kind_of(raw)
        if (kind and kind not in _FRAMES) or (inner and inner not in _CARRIED):
            return None
        raise ParseError(f"not a frame of the stream: {error}") from None
    return carried


def _kind_of(raw: str | bytes) -> tuple[str, str]:
    """The kinds of a frame and of what it carries; '' where it does not say."""
    try:
        found = _kind(raw)
    except _NONSENSE:
        return "", ""
    return found.type, found.payload.type


# ── a record ──────────────────────────────────────────────────────────────────────────────
class Record(msgspec.Struct, frozen=True, rename="camel"):
    """A post as its author's program wrote it."""

    text: str
    created_at: object = None
    langs: object = None
    reply: msgspec.Raw = msgspec.Raw(b"")
    embed: msgspec.Raw = msgspec.Raw(b"")
    facets: msgspec.Raw = msgspec.Raw(b"")
    tags: msgspec.Raw = msgspec.Raw(b"")


class _Link(msgspec.Struct, frozen=True):
    uri: PostUri


class _Reply(msgspec.Struct, frozen=True):
    parent: _Link
    root: _Link


class _Slice(msgspec.Struct, frozen=True, rename="camel"):
    byte_start: Annotated[int, msgspec.Meta(ge=0)]
    byte_end: int


class _Feature(msgspec.Struct, frozen=True):
    uri: str = ""


class _Facet(msgspec.Struct, frozen=True):
    index: _Slice
    features: tuple[_Feature, ...]


class _Described(msgspec.Struct, frozen=True):
    alt: str = ""


class _Card(msgspec.Struct, frozen=True):
    title: str = ""


class _Quoted(msgspec.Struct, frozen=True):
    uri: str = ""
    record: _Quoted | None = None


class _Embed(msgspec.Struct, frozen=True):
    """Pictures, a gallery, a video, a card of a link, a quoted post, or a quoted post with one of these."""

    images: tuple[_Described, ...] = ()
    items: tuple[_Described, ...] = ()
    alt: str = ""
    external: _Card = _Card()
    record: _Quoted | None = None
    media: _Embed | None = None


_record = msgspec.json.Decoder(Record).decode
_reply = msgspec.json.Decoder(_Reply)
_embed = msgspec.json.Decoder(_Embed)
_facets = msgspec.json.Decoder(tuple[_Facet, ...])
_tags = msgspec.json.Decoder(tuple[str, ...])


def _part(decoder: msgspec.json.Decoder[S], raw: msgspec.Raw) -> S | None:
    """A part of a record; None where there is none, or one that cannot be understood."""
    if not raw:
        return None
    try:
        return decoder.decode(raw)
    except _NONSENSE:
        return None


# ── posts as the servers show them ────────────────────────────────────────────────────────
class _By(msgspec.Struct, frozen=True):
    did: Did


class View(msgspec.Struct, frozen=True, rename="camel"):
    """A post with what has become of it: ``app.bsky.feed.defs#postView``."""

    uri: PostUri
    author: _By
    record: msgspec.Raw
    indexed_at: datetime
    like_count: int | None = None
    repost_count: int | None = None
    reply_count: int | None = None


_view = msgspec.json.Decoder(View).decode


# ── posts of ours ─────────────────────────────────────────────────────────────────────────
class Reader:
    """Makes posts and deletions for the source called ``source``; ``names``: DID → handle of the registered accounts."""

    def __init__(self, source: str, names: Mapping[str, str]) -> None:
        self._names = names
        self._post = partial(Post, network=NETWORK, source=source, venue=Venue(name="Bluesky", kind="microblog"))

    def __call__(self, raw: str) -> Sequence[Post | Deletion]:
        """A frame of the stream, or a post as a server shows it. Raises ParseError for whatever else."""
        try:
            event = frame(raw)
        except ParseError:
            if _kind_of(raw)[0] in _FRAMES:
                raise
            event = None
        if isinstance(event, Info | Failure):
            raise ParseError("a frame of the stream without an event")
        return self.heard(event) if event else [self.shown(raw)]

    def heard(self, event: Event) -> Sequence[Post | Deletion]:
        """What follows from an event of the stream. Raises ParseError for a record that is no post."""
        if isinstance(event, Account):
            gone = not event.account.active and (event.account.status or "") in GONE
            return [Deletion(network=NETWORK, at=event.witnessed, author=self._name(event.did))] if gone else ()
        if not isinstance(event, Commit) or event.collection != POSTS:
            return ()
        uri = f"at://{event.did}/{POSTS}/{event.rkey}"
        if event.operation == "delete":
            return [Deletion(network=NETWORK, at=event.witnessed, ref=uri)]
        revised = event.witnessed if event.operation == "update" else None
        return [self._made(uri, event.did, event.record, event.witnessed, revised, Engagement())]

    def shown(self, raw: str | bytes | msgspec.Raw) -> Post:
        """A post as a server shows it, with how many liked, repeated and answered it. Raises ParseError."""
        try:
            view = _view(raw)
        except _NONSENSE as error:
            raise ParseError(f"not a post: {error}") from None
        counts = Engagement(likes=view.like_count, shares=view.repost_count, answers=view.reply_count)
        return self._made(view.uri, view.author.did, view.record, view.indexed_at.astimezone(UTC), None, counts)

    def _made(
        self, uri: str, did: str, raw: msgspec.Raw, seen: datetime, revised: datetime | None, counts: Engagement
    ) -> Post:
        try:
            record = _record(raw)
        except _NONSENSE as error:
            raise ParseError(f"not a post: {error}") from None
        reply, embed = _part(_reply, record.reply), _part(_embed, record.embed)
        return self._post(
            native_id=uri,
            ref=uri,
            author=Author(handle=self._name(did)),
            published=_published(record.created_at, seen),
            revised=revised,
            text=clean(_said(record, embed)),
            url=f"https://bsky.app/profile/{did}/post/{uri.rpartition('/')[2]}",
            language=_language(record.langs),
            answers=reply.parent.uri if reply else "",
            thread=reply.root.uri if reply else "",
            answers_author=self._name(_author_of(reply.parent.uri)) if reply else "",
            quotes=_quoted(embed),
            engagement=counts,
        )

    def _name(self, did: str) -> str:
        return self._names.get(did, did)


def _author_of(uri: str) -> str:
    return uri[5 : uri.find("/", 5)]


def _published(created: object, seen: datetime) -> datetime:
    """The time that the author's program gives, unless it cannot be: then when it was ``seen``."""
    try:
        found = datetime.fromisoformat(created) if isinstance(created, str) else seen
        moment = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return seen
    return moment if EARLIEST <= moment <= seen else seen


def _language(langs: object) -> str:
    first = langs[0] if isinstance(langs, list) and langs else ""
    return first[:2].lower() if isinstance(first, str) and len(first) > 1 else "und"


def _said(record: Record, embed: _Embed | None) -> str:
    """The text with whole links, hashtags beside it, what pictures show, the title of a linked page."""
    facets = _part(_facets, record.facets)
    text = _unshortened(record.text, facets) if facets else record.text
    if embed is None and not record.tags:
        return text
    tags = " ".join(f"#{tag}" for tag in _part(_tags, record.tags) or ())
    return "\n".join(part for part in (text, tags, *_shown(embed)) if part)


def _shown(embed: _Embed | None) -> Iterator[str]:
    while embed is not None:
        yield from (picture.alt for picture in (*embed.images, *embed.items))
        yield embed.alt
        yield embed.external.title
        embed = embed.media


def _quoted(embed: _Embed | None) -> str:
    found = embed.record if embed else None
    uri = (found.uri or (found.record.uri if found.record else "")) if found else ""
    return uri if f"/{POSTS}/" in uri else ""


def _unshortened(text: str, facets: Sequence[_Facet]) -> str:
    """``text`` in which links that a program shortened ("example.com/a-long-na…") are whole; places are of bytes."""
    links = [(f.index, next((x.uri for x in f.features if x.uri), "")) for f in facets[:LINKS]]
    if not any(uri for _, uri in links):
        return text
    written = text.encode("utf-8", "surrogatepass")
    for place, uri in sorted(links, key=lambda link: link[0].byte_start, reverse=True):
        begins = written[place.byte_start : place.byte_end].decode("utf-8", "replace").rstrip(".…")
        if uri and begins and begins in uri and place.byte_end <= len(written):
            written = written[: place.byte_start] + uri.encode("utf-8", "surrogatepass") + written[place.byte_end :]
    return written.decode("utf-8", "replace")
