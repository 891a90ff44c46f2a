"""The words of Corrillo: what travels from the networks to the page.

All are frozen and strictly decoded: an unknown field, a wrong type or a missing key is an
error, never a guess. Times are aware and in UTC. ``corrillo.schema`` publishes the JSON Schemas.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec

SCHEMA_VERSION = 1
"""Version of the messages below. A field is added with a default; anything else is a new version."""

Language = Literal["es", "ca", "gl", "eu", "pt", "en", "und"]
LANGUAGES: tuple[Language, ...] = ("es", "ca", "gl", "eu", "pt", "en")
VenueKind = Literal[
    "agency", "blog", "channel", "forum", "group", "hashtag", "instance", "microblog",
    "newspaper", "page", "participation", "reviews", "subreddit", "other",
]  # fmt: skip
AuthorKind = Literal["person", "medium", "association", "party", "company", "administration", "own_account", "unknown"]
Place = Literal["on_page", "off_page", "own"]
"""Where it was said: on the institution's own pages, elsewhere, or by the institution itself."""
TagKind = Literal["complaint", "question", "criticism", "praise", "suggestion", "crisis"]
TAG_KINDS: tuple[TagKind, ...] = ("complaint", "question", "criticism", "praise", "suggestion", "crisis")
Target = Literal["administration", "government", "other", "none"]
Service = Literal[
    "cleaning", "waste", "lighting", "parks", "noise", "roadworks", "mobility", "sport", "animals",
    "culture", "participation", "water", "safety", "social", "tourism", "environment", "taxes",
    "housing", "emergency", "transport", "health", "education", "employment", "paperwork", "digital",
    "other",
]  # fmt: skip
SERVICES: tuple[Service, ...] = Service.__args__  # type: ignore[attr-defined]
ReasonKind = Literal[
    "name", "alias", "handle", "hashtag", "query", "account", "reply", "platform", "everything", "homonym"
]

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Score = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]


PSEUDONYM = re.compile(r"~[0-9a-f]{16}")
"""How a person is called once they are protected."""


class Word(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of everything that travels."""


class Venue(Word, frozen=True):
    """The place inside a network: an instance, a newspaper, a subreddit, a channel."""

    name: str
    kind: VenueKind = "other"


class Author(Word, frozen=True):
    """Who wrote a post, as the network names them; never leaves the process unprotected."""

    handle: str
    name: str = ""
    kind: AuthorKind = "unknown"


class Engagement(Word, frozen=True):
    """Counts that the network shows, None where it shows none."""

    likes: int | None = None
    shares: int | None = None
    answers: int | None = None


class Post(Word, frozen=True, tag_field="kind", tag="post"):
    """What a network gave, normalised by a source's ``parse``; not yet about anybody.

    ``native_id`` names the post for the whole network; ``ref`` is the name that the server we
    listen to uses in its events, where that is another one. ``answers``, ``repeats``, ``quotes``
    and ``thread`` are native ids; ``answers_ref`` is a ref, where the network gives no more;
    ``answers_author`` is the handle of whom it answers. ``about`` are institutions, where the source
    knows that the conversation is about them in which it was said. The listener, not the source, says whether
    it was ``backfilled`` and when its answers were last ``looked`` for (None: never).
    """

    network: Id
    native_id: str
    venue: Venue
    published: datetime
    text: str
    source: str = ""
    author: Author | None = None
    date_only: bool = False
    revised: datetime | None = None
    title: str = ""
    url: str = ""
    language: str = "und"
    ref: str = ""
    answers: str = ""
    answers_ref: str = ""
    answers_author: str = ""
    repeats: str = ""
    quotes: str = ""
    thread: str = ""
    about: tuple[str, ...] = ()
    engagement: Engagement = Engagement()
    backfilled: bool = False
    looked: datetime | None = None


class Deletion(Word, frozen=True, tag_field="kind", tag="post_deletion"):
    """The network says that a post is gone; named by ``native_id`` or, failing that, by ``ref``.

    With ``author`` alone (a handle, a pseudonym once it is protected) an account is gone, and all its posts.
    """

    network: Id
    at: datetime
    native_id: str = ""
    ref: str = ""
    author: str = ""


class Rejected(Word, frozen=True):
    """An item that could not be parsed: ``raw`` (JSON or text), why, and where it stood.

    ``private`` names the keys of ``raw`` that hold an author's name.
    """

    raw: str
    reason: str
    origin: str
    private: tuple[str, ...] = ()


class Cursor(Word, frozen=True):
    """Where a source resumes: ``state`` belongs to the source, and is opaque to everyone else."""

    source: str
    state: str


class KnownRef(Word, frozen=True):
    """What the post that a server calls ``ref`` has become: institution → mention id, by which source, from when.

    ``author`` is the pseudonym of who wrote it: when an account is gone, its posts are found by it.
    """

    source: str
    network: Id
    ref: str
    published: datetime
    ids: dict[str, str]
    author: str = ""


class Gap(Word, frozen=True):
    """A time that a source did not hear, from ``since`` to ``until`` (None: it lasts), and why.

    ``filled``: "resumed" when it was read afterwards from where the source stood, "backfilled"
    when it was asked for later; '' when what was said then is not known.
    """

    since: datetime
    until: datetime | None
    why: str
    filled: Literal["", "resumed", "backfilled"] = ""


class Budget(Word, frozen=True):
    """What a network lets us spend until ``resets``, and what is spent: money (``unit`` USD, EUR) or requests, units."""

    unit: str
    spent: float
    limit: float
    resets: datetime


class Items(Word, frozen=True):
    """What a source found in one go, in order, and what of it could not be parsed."""

    items: tuple[Post | Deletion, ...] = ()
    rejected: tuple[Rejected, ...] = ()


class Batch(Items, frozen=True, kw_only=True):
    """What a source read in one go, in order, and the cursor that covers exactly that.

    ``missed``: what the source knows that it could not read any more. ``read_to``: the moment, by
    the network's clock, up to which it has been read (None: up to now). ``reread``: posts of any age
    are given again in it on purpose, so that old ones are no sign of a source that went stale.
    ``metered``: it only moves the cursor and the budget; nothing has been read.
    """

    cursor: Cursor
    missed: tuple[Gap, ...] = ()
    budget: Budget | None = None
    read_to: datetime | None = None
    reread: bool = False
    metered: bool = False


class Reason(Word, frozen=True):
    """Why a post is (``against`` False) or is not about an institution, and the words that say so."""

    kind: ReasonKind
    term: str
    against: bool = False


class Tag(Word, frozen=True):
    """One kind, how sure (0–1), and the words of the text that caused it."""

    kind: str
    score: Score
    evidence: tuple[str, ...]


class Tagging(Word, frozen=True):
    """What a tagger says of one mention: the tags it gives, and a score for every kind it knows.

    ``target`` and ``service`` are '' where the tagger does not say; the lexicons decide then.
    """

    tags: tuple[Tag, ...] = ()
    scores: dict[str, float] = {}
    target: Target | Literal[""] = ""
    service: Service | Literal[""] = ""


class Mention(Word, frozen=True, tag_field="kind", tag="mention"):
    """A post about an institution, protected. ``author`` is a pseudonym, or an own account's handle.

    ``answers``, ``repeats``, ``quotes`` and ``thread`` are ids of mentions of the same
    institution, known or not. ``revision`` is the version at the source in milliseconds.
    """

    id: Id
    institution: Id
    reasons: tuple[Reason, ...]
    network: Id
    venue: str
    venue_kind: VenueKind
    source: str
    published: datetime
    first_seen: datetime
    revision: int
    text: str
    place: Place
    thread: Id
    schema: int = SCHEMA_VERSION
    date_only: bool = False
    revised: datetime | None = None
    title: str = ""
    url: str = ""
    ref: str = ""
    language: Language = "und"
    author: str = ""
    author_kind: AuthorKind = "unknown"
    answers: str = ""
    answers_ref: str = ""
    repeats: str = ""
    quotes: str = ""
    engagement: Engagement = Engagement()
    backfilled: bool = False
    looked: datetime | None = None
    """When its answers were last looked for; None: never, so whether it was answered is unknown."""


class TaggedMention(Mention, frozen=True, tag="tagged_mention"):
    """A mention after enrichment; ``enrichment`` is the version of the steps that made it."""

    tags: tuple[Tag, ...] = ()
    target: Target = "none"
    service: Service = "other"
    district: str = ""
    story: str = ""
    enrichment: int = 0


class MentionDeleted(Word, frozen=True, tag_field="kind", tag="deletion"):
    """The mention with this id is gone and must not come back; same key as the mention's."""

    id: Id
    institution: Id
    at: datetime
    schema: int = SCHEMA_VERSION


MentionEvent = Mention | MentionDeleted
TaggedEvent = TaggedMention | MentionDeleted


def names_in(event: Mention | Deletion | MentionDeleted) -> tuple[str, ...]:
    """The pseudonyms in a protected event, so that an erasure finds it."""
    if not isinstance(event, Mention):
        return ()
    return tuple(sorted({event.author, *PSEUDONYM.findall(f"{event.title}\n{event.text}")} - {""}))


def mention_id(network: str, native_id: str, institution: str) -> str:
    """Deterministic id of a post as a mention of ``institution``: 32 hexadecimal digits (BLAKE2b)."""
    key = "\x1f".join((network, native_id, institution)).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(key, digest_size=16).hexdigest()


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970 of an aware ``moment``."""
    return round(moment.timestamp() * 1000)


def from_milliseconds(value: int) -> datetime:
    """The UTC moment that many milliseconds after 1970."""
    return datetime.fromtimestamp(value / 1000, tz=UTC)
