"""The way of one post, as pure functions: batch → what becomes of it.

    Batch ─ match ─ protect ─ enrich ─▶ Outcome ─ group ─▶ events for a store

Both ways of running call these; they differ only in where an Outcome is committed. Delivery is at
least once, idempotent by ``mention.id``: a batch and its cursor are committed together, so after
a crash the batch is read again and writes the same mentions over themselves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import msgspec

from corrillo.errors import ParseError, said
from corrillo.institution import Institution
from corrillo.model import (
    Batch,
    Deletion,
    Mention,
    MentionDeleted,
    Post,
    Rejected,
    TaggedEvent,
    TaggedMention,
    Tagging,
    mention_id,
    names_in,
)
from corrillo.ports import GroupState, Quarantined, SourceHealth, Store, Tagger, Written
from corrillo.ports import Outcome as Outcome
from ingest.match import Matcher
from ingest.protect import Pseudonyms, protect, protect_rejected, protect_text
from processors.enrich import enrichers
from processors.group import group

EARLIEST, LATEST = datetime(1971, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Times outside are mistakes."""


class Pipeline:
    """The steps with everything that they need, ready to be called for any source."""

    def __init__(self, institutions: Sequence[Institution], tagger: Tagger, pseudonyms: Pseudonyms) -> None:
        self.institutions = tuple(i.id for i in institutions)
        self.pseudonyms = pseudonyms
        self._match = Matcher(institutions)
        self._presences = {p.institution.id: p for p in self._match.presences}
        self._enrich = enrichers(institutions, tagger)

    def run(
        self, batch: Batch, network: str, now: datetime, everything_about: str = "", only: str = ""
    ) -> Outcome[TaggedMention]:
        """Match, protect and enrich a batch of a source of ``network``, seen at ``now``.

        ``only`` narrows it to one institution. A post that cannot be what it says goes to quarantine.
        """
        return self.enriched(self.hear(batch, network, now, everything_about, only))

    def hear(
        self, batch: Batch, network: str, now: datetime, everything_about: str = "", only: str = ""
    ) -> Outcome[Mention]:
        """The same without enrichment: matched and protected, ready to travel."""
        events: list[Mention | Deletion] = []
        rejected = list(batch.rejected)
        for item in batch.items:
            try:
                events += (
                    [item] if isinstance(item, Deletion) else self.matched(checked(item), now, everything_about, only)
                )
            except (ParseError, ValueError, OverflowError) as error:
                raw = msgspec.json.encode(item).decode("utf-8", "replace")
                rejected.append(Rejected(raw=raw, reason=str(error), origin=f"{batch.cursor.source}, after parsing"))
        posts = [i for i in batch.items if isinstance(i, Post)]
        source = batch.cursor.source
        return Outcome(
            events=tuple(events),
            quarantined=tuple(self.quarantined(r, source, network, now) for r in rejected),
            health=SourceHealth(
                source=source,
                network=network,
                newest_post=max((p.published for p in posts if p.published <= now and not p.repeats), default=None),
                last_success=now,
                last_attempt=now,
                seen=len(posts),
                kept=sum(isinstance(e, Mention) for e in events),
                rejected=len(rejected),
            ),
        )

    def enriched(self, outcome: Outcome[Mention]) -> Outcome[TaggedMention]:
        """``outcome`` with its mentions enriched; one that cannot be goes to quarantine."""
        events: list[TaggedMention | Deletion] = []
        failed: list[Quarantined] = []
        for event in outcome.events:
            try:
                events.append(self.enrich(event) if isinstance(event, Mention) else event)
            except MemoryError:
                raise
            except Exception as error:  # a tagger of somebody else's may fail in any way
                failed.append(unreadable(event, said(error), outcome.health))
        health = replace(
            outcome.health,
            kept=outcome.health.kept - len(failed),
            rejected=outcome.health.rejected + len(failed),
        )
        return Outcome(tuple(events), (*outcome.quarantined, *failed), health)

    def mentions(self, post: Post, now: datetime, everything_about: str = "", only: str = "") -> list[TaggedMention]:
        """The mentions that ``post`` is, one per institution that it is about."""
        return [self.enrich(m) for m in self.matched(post, now, everything_about, only)]

    def matched(self, post: Post, now: datetime, everything_about: str = "", only: str = "") -> list[Mention]:
        """The same before enrichment: matched and protected."""
        return [
            protect(post, presence, reasons, self.pseudonyms, now)
            for presence, reasons in self._match(post, everything_about)
            if only in ("", presence.institution.id)
        ]

    def enrich(self, mention: Mention) -> TaggedMention:
        """Language, tags, target, service, district of a mention."""
        return self._enrich[mention.institution](mention)

    def examine(self, post: Post, institution: str) -> tuple[TaggedMention, Tagging]:
        """``post`` as a mention of ``institution`` whatever it says, and all that the tagger said of it."""
        presence = self._presences[institution]
        mention = protect(post, presence, (), self.pseudonyms, post.published)
        return self._enrich[institution].examine(mention)

    def quarantined(self, rejected: Rejected, source: str, network: str, now: datetime) -> Quarantined:
        """What could not be parsed, in its protected form; the same item gets the same id."""
        raw, people = protect_rejected(rejected, network, self.pseudonyms)
        identity = hashlib.blake2b(f"{source}\x1f{rejected.raw}".encode("utf-8", "surrogatepass"), digest_size=8)
        return Quarantined(
            id=identity.hexdigest(),
            source=source,
            at=now,
            reason=protect_text(rejected.reason, network, (), self.pseudonyms),
            origin=protect_text(rejected.origin, network, (), self.pseudonyms),
            raw=raw,
            handles=people,
        )


def unreadable(event: Mention | Deletion, reason: str, health: SourceHealth) -> Quarantined:
    """A protected event that a step could not take, as an item of quarantine."""
    raw = msgspec.json.encode(event).decode()
    identity = hashlib.blake2b(raw.encode(), digest_size=8).hexdigest()
    at = health.last_attempt or EARLIEST
    return Quarantined(identity, health.source, at, reason, f"{health.source}, enriching", raw, names_in(event))


def checked(post: Post) -> Post:
    """``post``, if it is what it says. Raises ParseError naming the field that is not.

    Sources build posts from what networks send; a wrong type would be stored and never read again.
    """
    try:
        post = msgspec.convert(msgspec.to_builtins(post, builtin_types=(datetime,)), Post)
    except msgspec.ValidationError as error:
        raise ParseError(f"is no post: {error}") from None
    for name, moment in (("published", post.published), ("revised", post.revised)):
        if moment is not None and not EARLIEST <= moment <= LATEST:
            raise ParseError(f"{name} {moment.isoformat()} is not between {EARLIEST.year} and {LATEST.year}")
    return post


def settle(
    events: Sequence[TaggedMention | Deletion], state: GroupState, institutions: Sequence[str]
) -> list[TaggedEvent]:
    """Events as a store takes them: mentions grouped, deletions as one per mention they mean.

    A deletion ends the run of mentions before it, so that their order holds. One that names a
    post by a ref that nobody knows costs one look-up and is gone.
    """
    settled: list[TaggedEvent] = []
    run: list[TaggedMention] = []
    refs: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for event in events:
        if isinstance(event, TaggedMention):
            run.append(event)
            if event.ref:
                refs.setdefault((event.network, event.ref), set()).add((event.institution, event.id))
            continue
        settled += group(run, state) if run else []
        run = []
        meant = refs.get((event.network, event.ref), set()) | _meant(event, state, institutions)
        settled += [MentionDeleted(id=i, institution=about, at=event.at) for about, i in sorted(meant)]
    return settled + (group(run, state) if run else [])


def _meant(deletion: Deletion, state: GroupState, institutions: Sequence[str]) -> set[tuple[str, str]]:
    if deletion.native_id:
        return {(i, mention_id(deletion.network, deletion.native_id, i)) for i in institutions}
    return set(state.resolve(deletion.network, [deletion.ref]).get(deletion.ref, {}).items())


def commit(outcome: Outcome[TaggedMention], batch: Batch, store: Store, institutions: Sequence[str]) -> Written:
    """Store what became of a batch together with its cursor, or nothing of it."""
    with store.unit() as unit:
        written = unit.write(settle(outcome.events, unit.groups, institutions))
        unit.quarantine(outcome.quarantined)
        unit.advance(batch.cursor, outcome.health)
    return written
