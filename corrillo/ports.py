"""The ports: what the pipeline asks of networks, taggers and stores, as Protocols.

Anything of the right shape will do; nothing is inherited. ``corrillo.testing`` has a contract
suite for each port, which every adapter passes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Generic, Literal, Protocol, TypeVar, runtime_checkable

from corrillo.alerts import Act, HourCount, Incident, Subject, Told
from corrillo.attention import Attention
from corrillo.errors import StoreError
from corrillo.model import (
    Batch,
    Budget,
    Cursor,
    Deletion,
    Gap,
    Items,
    KnownRef,
    Mention,
    MentionDeleted,
    Place,
    Post,
    Rejected,
    TaggedEvent,
    TaggedMention,
    Tagging,
    TagKind,
)
from corrillo.notices import Delivery, Subscriber
from corrillo.work import Deed, DeedKind

Clock = Callable[[], datetime]
"""Gives the present moment, aware, in UTC."""
M = TypeVar("M", bound=Mention)


# ── networks ──────────────────────────────────────────────────────────────────────────────
class Source(Protocol):
    """Yields the posts of one network, a batch at a time, and never decides what they are about.

    ``fetch`` starts after ``cursor`` (None: wherever the source thinks right for a first time)
    and ends when there is nothing more for now, or goes on for ever when the network streams.
    A batch's cursor covers exactly the batches so far: resuming from it loses nothing; giving a
    post twice is allowed. What it could not read any more, it says in ``Batch.missed``. While it
    streams it gives a batch, empty if need be, at least every ``interval`` seconds. ``parse`` is
    pure: one raw item, as it stands in ``Rejected.raw``.

    ``fetch`` raises SourceUnavailable (later) or SourceRefused (somebody must act); ``parse``
    raises ParseError.
    """

    name: str
    network: str
    interval: float
    """Seconds to wait after ``fetch`` has ended, before it is called again (0: never again); of a stream, see above."""

    def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]: ...
    def parse(self, raw: str) -> Sequence[Post | Deletion]: ...
    async def close(self) -> None: ...


@runtime_checkable
class Rechecks(Protocol):
    """Ability: look known posts up again, by ``ref``, and say which changed or are gone."""

    async def recheck(self, refs: Sequence[str]) -> Items: ...


@runtime_checkable
class Threads(Protocol):
    """Ability: the post of that ``ref`` as it is now and all answers to it, at any depth, that the network gives.

    A post that is gone is a Deletion. What is given was looked for; what is not, is unknown.
    """

    async def thread(self, ref: str) -> Items: ...


@runtime_checkable
class OwnPosts(Protocol):
    """Ability: what the institutions' registered accounts have said since then, oldest first."""

    def own_posts(self, since: datetime) -> AsyncIterator[Items]: ...


@runtime_checkable
class Backfills(Protocol):
    """Ability: what was said from ``since`` (included) to ``until`` (not), asked for afterwards."""

    def backfill(self, since: datetime, until: datetime) -> AsyncIterator[Items]: ...


@runtime_checkable
class Names(Protocol):
    """Every name under which a person may stand in what this network gives: where a handle is not the lasting one.

    Raises SourceError when it cannot be had: an erasure by handle must not miss anything.
    """

    async def names_of(self, handle: str) -> Sequence[str]: ...


ABILITIES: Mapping[str, type] = {
    "own_posts": OwnPosts, "thread": Threads, "recheck": Rechecks, "backfill": Backfills,
}  # fmt: skip
"""By name: what a source may be able to do besides being read."""


def abilities(source: Source) -> tuple[str, ...]:
    """Names of what the source is able to do; everything else of it stays unknown."""
    return tuple(name for name, ability in ABILITIES.items() if isinstance(source, ability))


# ── taggers ───────────────────────────────────────────────────────────────────────────────
class Tagger(Protocol):
    """Mention → tags with their scores and evidence. Pure; ``mention.language`` is known by now."""

    def __call__(self, mention: Mention) -> Tagging: ...


@runtime_checkable
class TagsMany(Protocol):
    """Ability of a tagger: the same for many mentions at once, in their order, where that is faster."""

    def many(self, mentions: Sequence[Mention]) -> list[Tagging]: ...


@dataclass(frozen=True)
class TaggerWishes:
    """What a configuration asks of its tagger; a tagger whose factory takes an argument is given this.

    ``model``: a file of its own (None: the packaged one). ``missed``: for a kind, how many wrong tags one
    that is missing is worth; the tagger's own costs where a kind is not named.
    """

    model: Path | None = None
    missed: Mapping[TagKind, float] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.model is not None or bool(self.missed)


# ── what is remembered of earlier mentions ────────────────────────────────────────────────
@dataclass(frozen=True)
class StoryMark:
    """The first text of a story, as a MinHash signature, and the bands under which it is found."""

    story: str
    signature: bytes
    bands: tuple[int, ...]


@dataclass(frozen=True)
class Conversation:
    """What an answer takes over from what it answers: its thread, where that began, its story. And its own place."""

    thread: str
    began: str
    """Place of the thread's first mention; '' while it is not known."""
    story: str
    place: Place


class GroupState(Protocol):
    """What grouping has to remember of earlier mentions."""

    def stories(self, institution: str, bands: Sequence[int]) -> Sequence[StoryMark]: ...
    def begin_story(self, institution: str, mark: StoryMark, seen: datetime) -> None: ...
    def conversations(self, ids: Iterable[str]) -> Mapping[str, Conversation]: ...
    def waiting_for(self, roots: Sequence[str]) -> Sequence[TaggedMention]:
        """Mentions whose thread is one of ``roots`` though they are not it: they came before it."""
        ...

    def resolve(self, network: str, refs: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        """For each known ref: institution → mention id."""
        ...

    def written_by(self, network: str, author: str) -> Sequence[tuple[str, str]]:
        """Institution and id of every mention that this author (a pseudonym) has written."""
        ...


# ── stores ────────────────────────────────────────────────────────────────────────────────
Field = Literal[
    "institution", "network", "venue", "venue_kind", "source", "place", "language", "tag", "target",
    "service", "district", "story", "thread", "author_kind",
]  # fmt: skip
"""What mentions can be filtered and counted by. An author is not among them, on purpose."""

Interval = Literal["hour", "day", "week", "month"]


@dataclass(frozen=True)
class Query:
    """Which mentions: every condition must hold; several values of one field are alternatives.

    ``text`` is a boolean query (``corrillo.query``); ``since`` is included, ``until`` is not.
    ``without``: ids of mentions that are left out.
    """

    text: str = ""
    where: Mapping[Field, tuple[str, ...]] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None
    ids: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """One page of mentions, newest first, and the token that continues it ('' at the end)."""

    mentions: tuple[TaggedMention, ...]
    next_page: str


@dataclass(frozen=True)
class Bucket:
    """How many mentions have these values, by how many distinct authors."""

    values: tuple[str, ...]
    count: int
    authors: int


@dataclass(frozen=True)
class DayCount:
    """Mentions of one day (the institution's own) in one cell; ``tag`` '' counts them all."""

    institution: str
    day: str
    network: str
    venue: str
    place: str
    service: str
    district: str
    tag: str
    count: int


@dataclass(frozen=True)
class SourceHealth:
    """What is known of a source (``corrillo.health`` says how it grows); times are aware or None where it never happened.

    ``newest_post`` is of an original one: reposts of old posts make no source fresh. ``every``:
    seconds within which it is read again (0: once; None: not known yet). ``refused``: a person must
    act. ``old``: old posts in a row, ``old_since``: since when there is nothing else. ``read_to``:
    see ``Batch``. ``rhythm`` and ``counted_to``: how often it gives something, and up to which hour that is known.
    """

    source: str
    network: str
    newest_post: datetime | None = None
    last_success: datetime | None = None
    last_attempt: datetime | None = None
    failures: int = 0
    last_error: str = ""
    seen: int = 0
    kept: int = 0
    rejected: int = 0
    begun: datetime | None = None
    every: float | None = None
    refused: bool = False
    old: int = 0
    old_since: datetime | None = None
    read_to: datetime | None = None
    budget: Budget | None = None
    gaps: tuple[Gap, ...] = ()
    rhythm: tuple[tuple[float, float], ...] = ()
    counted_to: int = 0


@dataclass(frozen=True)
class SourceNews:
    """What one batch, read at ``at``, says of its source.

    ``hours``: how many original posts were published in which hour since 1970 (changed ones are none);
    ``reread``: old ones are among them on purpose. ``filled``: gaps
    that have been backfilled. ``partial``: reading goes on, and may still fail. ``aside``: it was looked
    up besides reading, or only a budget moved: it says nothing of how reading goes.
    """

    source: str
    network: str
    at: datetime
    newest_post: datetime | None = None
    hours: tuple[tuple[int, int], ...] = ()
    seen: int = 0
    kept: int = 0
    rejected: int = 0
    every: float | None = None
    read_to: datetime | None = None
    budget: Budget | None = None
    missed: tuple[Gap, ...] = ()
    filled: tuple[Gap, ...] = ()
    reread: bool = False
    partial: bool = False
    aside: bool = False


@dataclass(frozen=True)
class Quarantined:
    """An item that could not become a mention, in its protected form."""

    id: str
    source: str
    at: datetime
    reason: str
    origin: str
    raw: str
    handles: tuple[str, ...] = ()
    """Pseudonyms of the people in it, so that an erasure finds it."""


@dataclass(frozen=True)
class Outcome(Generic[M]):
    """What became of a batch: mentions (tagged or not yet), deletions as the network named them, the rest."""

    events: tuple[M | Deletion, ...]
    quarantined: tuple[Quarantined, ...]
    news: SourceNews


@dataclass(frozen=True)
class Written:
    """What became of a batch in the store."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0
    refused: int = 0
    """Ids with a tombstone: deleted, erased or purged before; they do not come back."""
    kept_out: frozenset[str] = field(default=frozenset(), compare=False)
    """Which those are."""

    def __add__(self, other: Written) -> Written:
        return Written(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.deleted + other.deleted,
            self.refused + other.refused,
            self.kept_out | other.kept_out,
        )


@dataclass(frozen=True)
class Recollection:
    """Everything that detection remembers of an institution, and the edition (1, 2 …; 0: nothing yet) that it is."""

    edition: int
    records: Mapping[str, bytes]


class Unit(Protocol):
    """One unit of work: everything in it is stored, or nothing is."""

    @property
    def groups(self) -> GroupState: ...

    def write(self, events: Sequence[TaggedEvent]) -> Written: ...
    def quarantine(self, items: Sequence[Quarantined]) -> None: ...
    def advance(self, cursor: Cursor, news: SourceNews) -> None:
        """Move the source on, and take over what the batch says of it (``corrillo.health.advanced``)."""
        ...

    def recollect(self, institution: str, since: int) -> Recollection | None:
        """What detection remembers of an institution; None when that has not changed since that ``edition``."""
        ...

    def remember(self, institution: str, changes: Mapping[str, bytes | None]) -> int:
        """Keep what detection remembers now, by key (None: forget it); the edition that this makes."""
        ...

    def tell(self, told: Sequence[Told]) -> None:
        """Keep incidents, hourly counts and attention; one that is there already is replaced.

        Attention that is ``gone`` is deleted; so it is with its mention, and of one with a tombstone none is kept.
        """
        ...


class Reader(Protocol):
    """Asking questions of the mentions."""

    def find(self, query: Query, *, limit: int = 50, page: str = "") -> Found: ...
    def count(self, query: Query) -> int: ...
    def distinct_authors(self, query: Query) -> int: ...
    def terms(
        self, query: Query, fields: Sequence[Field], *, limit: int = 50, authors: bool = True
    ) -> Sequence[Bucket]:
        """Counts by one field or by two crossed, most first; without ``authors`` those are 0, and it is faster."""
        ...

    def histogram(
        self, query: Query, interval: Interval, zone: str, split: Field | None = None, *, authors: bool = True
    ) -> Sequence[Bucket]:
        """Counts over time in ``zone``; values are (start, ISO local) or (start, split's value)."""
        ...

    def day_counts(self, institution: str, since: str = "", until: str = "") -> Sequence[DayCount]: ...
    def hour_counts(self, subject: Subject, since: int, until: int) -> Sequence[HourCount]:
        """The hours since 1970 from ``since`` (included) to ``until`` (not), in their order; some may be missing."""
        ...

    def incidents(
        self, institution: str, *, since: datetime | None = None, open_only: bool = False, limit: int = 50
    ) -> Sequence[Incident]:
        """Those of an institution that have changed since then, the newest change first."""
        ...

    def incident(self, identity: str) -> Incident | None: ...
    def acts(self, incidents: Sequence[str]) -> Sequence[Act]:
        """What people did about these incidents, in the order in which they did it."""
        ...

    def attention(
        self, institution: str, *, since: datetime | None = None, until: datetime | None = None, limit: int = 20_000
    ) -> Sequence[Attention]:
        """Questions and complaints from ``since`` (included) to ``until`` (not), as they stand, newest first."""
        ...

    def deeds(self, mentions: Sequence[str]) -> Sequence[Deed]:
        """What the team did about these mentions, in the order in which it was done."""
        ...

    def done(
        self, institution: str, *, since: datetime | None = None, what: Sequence[DeedKind] = (), limit: int = 200
    ) -> Sequence[Deed]:
        """What the team did for an institution since then, newest first; ``what``: only of these kinds."""
        ...


class Subscriptions(Protocol):
    """Who wants to be told, and what was told to whom."""

    def subscribers(self) -> Sequence[Subscriber]:
        """All of them, by name."""
        ...

    def subscribe(self, subscriber: Subscriber) -> None:
        """Keep somebody; the same id is replaced."""
        ...

    def unsubscribe(self, identity: str) -> bool:
        """Delete somebody for good, with everything that was told to them; False where there is nobody of that id."""
        ...

    def deliveries(
        self,
        *,
        subscriber: str = "",
        incident: str = "",
        since: datetime | None = None,
        open_only: bool = False,
        limit: int = 200,
    ) -> Sequence[Delivery]:
        """What was told or waits to be told, made since then, newest first."""
        ...

    def deliver(self, deliveries: Sequence[Delivery]) -> None:
        """Keep deliveries, new or replaced by id; durable when this returns. Those of nobody known are left out."""
        ...


class Keeper(Protocol):
    """Sources, quarantine, retention and erasure."""

    def cursor(self, source: str) -> Cursor | None: ...
    def health(self) -> Sequence[SourceHealth]: ...
    def note_failure(self, source: str, network: str, at: datetime, error: str, refused: bool = False) -> None:
        """One more failure in a row; ``refused``: until a person acts. The cursor stays."""
        ...

    def note_success(self, news: SourceNews) -> None:
        """The source was read though it had nothing new: ``news`` of an empty batch. The cursor stays."""
        ...

    def known(self, source: str, since: datetime, limit: int) -> Sequence[KnownRef]:
        """The newest mentions of a source that can be looked up again: those that have a ref, newest first."""
        ...

    def act(self, act: Act) -> None:
        """Keep what somebody did about an incident."""
        ...

    def do(self, deed: Deed) -> None:
        """Keep what somebody did about a mention; the same id once. It goes when the mention is erased or purged."""
        ...

    def quarantined(self) -> Sequence[Quarantined]: ...
    def release(self, ids: Sequence[str]) -> int:
        """Forget quarantined items; how many there were."""
        ...

    def purge(self, institution: str, before: datetime) -> int:
        """Delete what was first seen before; the daily counts stay. How many mentions went."""
        ...

    def purge_quarantine(self, before: datetime) -> int: ...
    def purge_deliveries(self, before: datetime) -> int:
        """Forget deliveries that were made before that moment, open or not; how many. Subscribers stay."""
        ...

    def erase(self, *, ids: Sequence[str] = (), url: str = "", pseudonyms: Sequence[str] = ()) -> Erased:
        """Delete for good, down to the bytes of the files, and leave tombstones. Raises Unfinished."""
        ...

    def backup(self, target: Path) -> None: ...
    def restore(self, source: Path) -> int:
        """Put a backup of a store of the same kind into this one, which must hold nothing. How many mentions came."""
        ...


@dataclass(frozen=True)
class Erased:
    """What an erasure removed: whole mentions, handles inside other texts, quarantined items.

    ``ids``: the mentions that were asked for or found; they have a tombstone now.
    """

    mentions: int = 0
    named_in: int = 0
    quarantined: int = 0
    ids: tuple[str, ...] = ()


class Unfinished(StoreError):
    """It is deleted and cannot be found, but something of it is still in the files; ``erased`` says what was done."""

    def __init__(self, error: StoreError, erased: Erased) -> None:
        super().__init__(error.message, error.remedy)
        self.erased = erased


class Store(Reader, Keeper, Subscriptions, Protocol):
    """Where mentions live. At least once, idempotent by ``mention.id``: each is there once."""

    def unit(self) -> AbstractContextManager[Unit]: ...
    def close(self) -> None: ...


class StepWatch(Protocol):
    """Who is told how the steps of a worker are doing; counts and times, never a text or an author."""

    def processed(self, step: str, count: int = 1) -> None: ...
    def quarantined(self, step: str, count: int = 1) -> None: ...
    def retried(self, step: str, count: int = 1) -> None: ...
    def indexed(self, first_seen: Iterable[datetime]) -> None: ...


__all__ = [
    "ABILITIES", "Backfills", "Bucket", "Clock", "Conversation", "DayCount", "Deletion", "Erased", "Field", "Found", "GroupState",
    "Interval", "Keeper", "MentionDeleted", "Names", "Outcome", "OwnPosts", "Quarantined", "Query", "Reader", "Rechecks", "Recollection", "Rejected",
    "Source", "SourceHealth", "SourceNews", "StepWatch", "Store", "StoryMark", "Subscriptions", "Tagger", "Threads", "Unfinished", "Unit", "Written", "abilities",
]  # fmt: skip
