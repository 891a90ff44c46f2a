"""The way of one post, as pure functions: batch → what becomes of it.

    Batch ─ match ─ protect ─ enrich ─▶ Outcome ─ group ─▶ events for a store

Both ways of running call these; they differ only in where an Outcome is committed. Delivery is at
least once, idempotent by ``mention.id``: a batch and its cursor are committed together, so after
a crash the batch is read again and writes the same mentions over themselves.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from corrillo.detection import Detection
from corrillo.errors import ParseError, said
from corrillo.health import hour_of
from corrillo.institution import Institution
from corrillo.model import (
    Author,
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
from corrillo.ports import GroupState, Quarantined, SourceNews, Store, Tagger, Written
from corrillo.ports import Outcome as Outcome
from ingest.match import Matcher, WhyNot
from ingest.protect import Pseudonyms, protect, protect_rejected, protect_text
from processors.enrich import enriched, enrichers
from processors.group import group

EARLIEST, LATEST = datetime(1971, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Times outside are mistakes."""


@dataclass(frozen=True)
class LeftOut:
    """A post that is about no institution: why, the word that says so, and what it says, protected."""

    why: WhyNot
    word: str
    published: datetime
    text: str


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
        self,
        batch: Batch,
        network: str,
        now: datetime,
        everything_about: str = "",
        only: str = "",
        in_thread: str = "",
    ) -> Outcome[Mention]:
        """The same without enrichment: matched and protected, ready to travel.

        ``in_thread``: the posts were said in a thread about that institution, whatever words they use.
        """
        events: list[Mention | Deletion] = []
        rejected = list(batch.rejected)
        posts: list[Post] = []
        for given in batch.items:
            try:
                item = checked(given)
                if isinstance(item, Deletion):
                    events += self._protected(item)
                else:
                    events += self.matched(item, now, everything_about, only, in_thread)
                    posts.append(item)
            except (ParseError, ValueError, OverflowError) as error:
                raw = _written(given)
                rejected.append(Rejected(raw=raw, reason=str(error), origin=f"{batch.cursor.source}, after parsing"))
        original = [p for p in posts if EARLIEST <= p.published <= now and not p.repeats]
        said = [hour_of(p.published) for p in original if p.revised is None]
        source = batch.cursor.source
        return Outcome(
            events=tuple(events),
            quarantined=tuple(self.quarantined(r, source, network, now) for r in rejected),
            news=SourceNews(
                source=source,
                network=network,
                at=now,
                newest_post=max((p.published for p in original), default=None),
                hours=tuple(sorted(Counter(said).items())),
                seen=sum(isinstance(i, Post) for i in batch.items),
                kept=sum(isinstance(e, Mention) for e in events),
                rejected=len(rejected),
                read_to=batch.read_to,
                budget=batch.budget,
                missed=batch.missed,
                reread=batch.reread,
                aside=batch.metered,
            ),
        )

    def enriched(self, outcome: Outcome[Mention]) -> Outcome[TaggedMention]:
        """``outcome`` with its mentions enriched; one that cannot be goes to quarantine."""
        events: list[TaggedMention | Deletion] = []
        failed: list[Quarantined] = []
        tagged = iter(enriched(self._enrich, [e for e in outcome.events if isinstance(e, Mention)]))
        for event in outcome.events:
            became = next(tagged) if isinstance(event, Mention) else event
            if isinstance(became, Exception):
                failed.append(unreadable(event, said(became), outcome.news))
            else:
                events.append(became)
        news = replace(outcome.news, kept=outcome.news.kept - len(failed), rejected=outcome.news.rejected + len(failed))
        return Outcome(tuple(events), (*outcome.quarantined, *failed), news)

    def mentions(self, post: Post, now: datetime, everything_about: str = "", only: str = "") -> list[TaggedMention]:
        """The mentions that ``post`` is, one per institution that it is about."""
        return [self.enrich(m) for m in self.matched(post, now, everything_about, only)]

    def matched(
        self, post: Post, now: datetime, everything_about: str = "", only: str = "", in_thread: str = ""
    ) -> list[Mention]:
        """The same before enrichment: matched and protected."""
        return [
            protect(post, presence, reasons, self.pseudonyms, now)
            for presence, reasons in self._match(post, everything_about, in_thread)
            if only in ("", presence.institution.id)
        ]

    def is_about(self, post: Post, everything_about: str = "", only: str = "") -> bool:
        """Whether ``post`` is about an institution: the one that ``only`` narrows it to, or any."""
        return any(only in ("", p.institution.id) for p, _ in self._match(post, everything_about))

    def left_out(self, post: Post) -> LeftOut:
        """Why ``post`` is about no institution, and its text, protected."""
        why, word = self._match.why_not(post)
        text = " ".join(f"{post.title} {post.text}".split())
        return LeftOut(why, word, post.published, protect_text(text, post.network, (), self.pseudonyms))

    def enrich(self, mention: Mention) -> TaggedMention:
        """Language, tags, target, service, district of a mention."""
        return self._enrich[mention.institution](mention)

    def examine(self, post: Post, institution: str) -> tuple[TaggedMention, Tagging]:
        """``post`` as a mention of ``institution`` whatever it says, and all that the tagger said of it."""
        return self.examine_many([post], institution)[0]

    def examine_many(self, posts: Sequence[Post], institution: str) -> list[tuple[TaggedMention, Tagging]]:
        """The same for many posts, in their order."""
        presence = self._presences[institution]
        mentions = [protect(post, presence, (), self.pseudonyms, post.published) for post in posts]
        return self._enrich[institution].examine_many(mentions)

    def _protected(self, deletion: Deletion) -> list[Deletion]:
        """A deletion under every name by which mentions keep its author: a pseudonym, and an own account's handle."""
        if not deletion.author:
            return [deletion]
        network, author = deletion.network, Author(handle=deletion.author)
        own = {p.own_handle(network, author) for p in self._presences.values() if p.has_account(network, author.handle)}
        names = (self.pseudonyms(network, author.handle), *sorted(own))
        return [msgspec.structs.replace(deletion, author=name) for name in names]

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


def unreadable(event: Mention | Deletion, reason: str, news: SourceNews) -> Quarantined:
    """A protected event that a step could not take, as an item of quarantine."""
    raw = msgspec.json.encode(event).decode()
    identity = hashlib.blake2b(raw.encode(), digest_size=8).hexdigest()
    return Quarantined(identity, news.source, news.at, reason, f"{news.source}, enriching", raw, names_in(event))


_encode = msgspec.json.Encoder().encode
_read_post, _read_deletion = msgspec.json.Decoder(Post).decode, msgspec.json.Decoder(Deletion).decode
Given = TypeVar("Given", bound=Post | Deletion)


def checked(item: Given) -> Given:
    """``item``, if it is what it says and can be written down. Raises ParseError naming what is not.

    Sources build posts from what networks send; a wrong type would be stored and never read again,
    half a character (a lone surrogate) could not be stored at all.
    """
    what, read = ("post", _read_post) if isinstance(item, Post) else ("deletion", _read_deletion)
    try:
        found: Any = read(_encode(item))
    except (msgspec.MsgspecError, UnicodeError, OverflowError, TypeError, RecursionError) as error:
        raise ParseError(f"is no {what}: {error}") from None
    for name in ("published", "revised") if isinstance(found, Post) else ("at",):
        moment = getattr(found, name)
        if moment is None:
            continue
        if moment.tzinfo is None:
            raise ParseError(f"{name} {moment.isoformat()} has no zone")
        if not EARLIEST <= moment <= LATEST:
            raise ParseError(f"{name} {moment.isoformat()} is not between {EARLIEST.year} and {LATEST.year}")
    return item if found == item else found


def _written(item: Post | Deletion) -> str:
    """An item as JSON, even one that is not what it says: it is going to quarantine."""
    return json.dumps(msgspec.to_builtins(item, enc_hook=str), default=str)


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
        meant = refs.get((event.network, event.ref), set()) | _meant(event, state, institutions) | _by(settled, event)
        settled += [MentionDeleted(id=i, institution=about, at=event.at) for about, i in sorted(meant)]
    return settled + (group(run, state) if run else [])


def _meant(deletion: Deletion, state: GroupState, institutions: Sequence[str]) -> set[tuple[str, str]]:
    if deletion.native_id:
        return {(i, mention_id(deletion.network, deletion.native_id, i)) for i in institutions}
    if deletion.author:
        return set(state.written_by(deletion.network, deletion.author))
    return set(state.resolve(deletion.network, [deletion.ref]).get(deletion.ref, {}).items())


def _by(settled: Sequence[TaggedEvent], deletion: Deletion) -> set[tuple[str, str]]:
    """Of what came just before, what the account that is gone has written."""
    if not deletion.author:
        return set()
    before = [e for e in settled if isinstance(e, TaggedMention)]
    return {(e.institution, e.id) for e in before if (e.network, e.author) == (deletion.network, deletion.author)}


def commit(
    outcome: Outcome[TaggedMention],
    batch: Batch,
    store: Store,
    institutions: Sequence[str],
    detection: Detection | None = None,
) -> Written:
    """Store what became of a batch, and what ``detection`` says of it, together with its cursor, or nothing of it."""
    with store.unit() as unit:
        events = settle(outcome.events, unit.groups, institutions)
        written = unit.write(events)
        unit.quarantine(outcome.quarantined)
        if detection is not None:
            detection.hear(unit, [e for e in events if e.id not in written.kept_out])
        unit.advance(batch.cursor, outcome.news)
    return written
