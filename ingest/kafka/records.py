"""What becomes of a batch, as the records of one transaction. Pure."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b

import msgspec

from corrillo.messages import Header, encode, headers
from corrillo.model import Cursor, Deletion, KnownRef, Mention, MentionDeleted, MentionEvent, mention_id, names_in
from corrillo.ports import Outcome, Quarantined, SourceHealth, SourceNews, Written
from corrillo.topics import Topics
from ingest.kafka.refs import ERASED, Draft, Key
from ingest.kafka.transaction import Record

LARGEST = 450_000
"""Bytes of a record's value; Kafka takes a little more than a megabyte unless told otherwise, and it still grows on its way."""
SHOWN = 20_000
"""Characters that stay of what is too large."""
INGESTOR, MARK = "ingestor", "mark"
"""Headers of what an ingestor remembers by."""


@dataclass(frozen=True)
class Writer:
    """Turns words of ours into records of the right topic, under the right key, with their origin.

    What an ingestor remembers by is signed: who wrote it (``ingestor``), and how manieth of theirs it is (``mark``).
    """

    topics: Topics
    origin: str
    ingestor: str = ""
    mark: int = 0
    _headers: list[Header] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_headers", headers(self.origin))

    @property
    def _signed(self) -> list[Header]:
        return [*self._headers, (INGESTOR, self.ingestor.encode()), (MARK, str(self.mark).encode())]

    def event(self, event: MentionEvent) -> Record:
        """A mention or its deletion."""
        return Record(self.topics.mentions.name, event.id, encode(event), self._headers)

    def quarantined(self, item: Quarantined) -> Record:
        """An item that could not become a mention; one that is too large is cut."""
        if len(item.raw) > LARGEST // 6:
            item = replace(item, raw=item.raw[:SHOWN], reason=f"{item.reason} (cut: {len(item.raw)} characters)")
        return Record(self.topics.quarantine.name, item.id, encode(item), self._headers)

    def refs(self, draft: Draft) -> list[Record]:
        """What a transaction has learnt and forgotten."""
        signed = self._signed
        return [
            Record(self.topics.refs.name, "\x1f".join(key), encode(known) if known else None, signed)
            for key, known in draft.changes.items()
        ]

    def health(self, health: SourceHealth) -> Record:
        """All that is known of a source."""
        return Record(self.topics.sources.name, health.source, encode(health), self._signed)

    def cursor(self, source: str, cursor: Cursor | None) -> Record:
        """Where a source resumes; None: nowhere yet."""
        return Record(self.topics.cursors.name, source, encode(cursor) if cursor else None, self._signed)


@dataclass
class Composed:
    """The records of a batch in their order, without cursor and health, and what they come to."""

    records: list[Record] = field(default_factory=list)
    written: Written = field(default_factory=Written)
    mentions: list[Mention] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)


def compose(
    outcome: Outcome[Mention],
    writer: Writer,
    draft: Draft,
    institutions: Sequence[str],
    too_large: frozenset[str],
    said: Container[Mention] = (),
) -> Composed:
    """Mentions, deletions, quarantine and refs of a batch.

    A deletion becomes one event for each mention that it means; one by a ref or an
    author that nobody knows becomes none. Mentions that are in ``said`` are not published again; those that were erased are refused; those that are too large, or among ``too_large``, go to quarantine.
    """
    composed = Composed(quarantined=list(outcome.quarantined))
    deleted = refused = unchanged = 0
    for event in outcome.events:
        if isinstance(event, Mention) and draft.get((ERASED, event.id)):
            refused += 1
        elif isinstance(event, Mention) and event in said:
            unchanged += 1
        elif isinstance(event, Mention):
            record = writer.event(event)
            if len(record.value or b"") > LARGEST or event.id in too_large:
                composed.quarantined.append(_too_large(event, len(record.value or b""), outcome.news))
                continue
            composed.mentions.append(event)
            draft.learn(event)
            composed.records.append(record)
        else:
            gone = [writer.event(e) for e in deletions(event, draft, institutions)]
            deleted += len(gone)
            composed.records += gone
    composed.records += [writer.quarantined(item) for item in composed.quarantined]
    composed.records += writer.refs(draft)
    composed.written = Written(len(composed.mentions), unchanged=unchanged, deleted=deleted, refused=refused)
    return composed


def deletions(deletion: Deletion, draft: Draft, institutions: Sequence[str]) -> list[MentionDeleted]:
    """One for each mention that is meant; its refs are forgotten."""
    if deletion.native_id:
        meant = {(i, mention_id(deletion.network, deletion.native_id, i)) for i in institutions}
        draft.forget_ids({identity for _, identity in meant})
    else:
        meant = set()
        for key, known in _known(deletion, draft):
            meant |= known.ids.items()
            draft.forget(key)
    return [MentionDeleted(id=i, institution=about, at=deletion.at) for about, i in sorted(meant)]


def _known(deletion: Deletion, draft: Draft) -> list[tuple[Key, KnownRef]]:
    """The refs that a deletion means, by the name of a post or of an account, and what they stand for."""
    network = deletion.network
    keys = draft.of_author(deletion.author) if deletion.author else [(network, deletion.ref)]
    return [(key, known) for key in keys if key[0] == network and (known := draft.get(key))]


def counted(news: SourceNews, outcome: Outcome[Mention], composed: Composed) -> SourceNews:
    """The batch's own news, with what had to go to quarantine on the way out."""
    more = len(composed.quarantined) - len(outcome.quarantined)
    return replace(news, kept=news.kept - more, rejected=news.rejected + more)


def _too_large(mention: Mention, size: int, news: SourceNews) -> Quarantined:
    """The mention with the beginning of its text, so that it can be read, judged and replayed."""
    shown = msgspec.structs.replace(mention, text=f"{mention.text[:SHOWN]} …", title=mention.title[:SHOWN])
    return Quarantined(
        id=blake2b(mention.id.encode(), digest_size=8).hexdigest(),
        source=news.source,
        at=news.at,
        reason=f"is too large for Kafka ({size} bytes): a replay publishes the beginning of its text",
        origin=f"{news.source}, publishing",
        raw=encode(shown).decode(),
        handles=names_in(shown),
    )
