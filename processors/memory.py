"""What grouping remembers on a stream: one record per mention, and indexes that follow from them.

The records are all that has to be kept: after a restart the indexes (threads, refs, stories)
are made again. A record says nothing of a text except of answers, which must be told again when
the beginning of their thread is found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from corrillo.messages import encode
from corrillo.model import MentionDeleted, Place, TaggedMention, milliseconds
from corrillo.ports import Conversation, StoryMark
from corrillo.versions import Kept, keeping, version_of
from processors.bands import Bands
from processors.story import bands_of


class Remembered(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is remembered of a mention; times are in milliseconds. ``gone``: it must not come back.

    Thread and story are '' where it began them. ``answer`` is the mention itself, as JSON, where it
    is in another one's thread.
    """

    institution: str
    seen: int
    gone: bool = False
    published: int = 0
    version: tuple[int, int] = (0, 0)
    thread: str = ""
    place: Place = "off_page"
    story: str = ""
    network: str = ""
    refs: tuple[str, ...] = ()
    """By which servers of the network call it; '' and none where nobody does."""
    signature: bytes = b""
    answer: bytes = b""
    backfilled: bool = False
    looked: datetime | None = None

    @property
    def kept(self) -> Kept:
        """What the mention takes over when it is told again."""
        return Kept(self.published, self.seen, self.backfilled, self.looked)


_read = msgspec.json.Decoder(TaggedMention).decode


class Memory:
    """``GroupState`` over the records of one partition; ``changes`` is what has to be kept of it."""

    def __init__(self, records: Mapping[str, Remembered]) -> None:
        self._records: dict[str, Remembered] = {}
        self._threads: defaultdict[str, set[str]] = defaultdict(set)
        self._refs: defaultdict[str, dict[tuple[str, str], str]] = defaultdict(dict)
        self._bands: defaultdict[str, Bands] = defaultdict(Bands)
        self._begun: dict[str, StoryMark] = {}
        self.changes: dict[str, Remembered | None] = {}
        for identity, record in records.items():
            self._put(identity, record)

    def __len__(self) -> int:
        return len(self._records)

    # ── GroupState ────────────────────────────────────────────────────────────────────────
    def stories(self, institution: str, bands: Sequence[int]) -> Sequence[StoryMark]:
        """Stories that share a band with a text."""
        found = self._bands[institution].stories(bands)
        return [self._begun.get(i) or StoryMark(i, self._records[i].signature, ()) for i in found]

    def begin_story(self, institution: str, mark: StoryMark, seen: datetime) -> None:
        """Remember the beginning of a story; it is kept with its mention."""
        self._begun[mark.story] = mark
        self._bands[institution].add(mark.story, mark.bands)

    def conversations(self, ids: Iterable[str]) -> Mapping[str, Conversation]:
        """What is known of the mentions with these ids."""
        known = ((i, self._records.get(i)) for i in ids)
        return {
            i: Conversation(r.thread or i, self._began(r.thread or i), r.story or i, r.place)
            for i, r in known
            if r and not r.gone
        }

    def waiting_for(self, roots: Sequence[str]) -> Sequence[TaggedMention]:
        """Mentions in threads of ``roots`` that are not them."""
        waiting = (self._records[i].answer for root in roots for i in sorted(self._threads.get(root, ())))
        return [_read(answer) for answer in waiting if answer]

    def resolve(self, network: str, refs: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        """Which mentions the refs stand for."""
        found: dict[str, dict[str, str]] = {}
        for institution, known in self._refs.items():
            for ref in refs:
                if (network, ref) in known:
                    found.setdefault(ref, {})[institution] = known[network, ref]
        return found

    def written_by(self, network: str, author: str) -> Sequence[tuple[str, str]]:
        """Nothing: no author is remembered here. An account that is gone comes as deletions of its mentions."""
        return ()

    # ── what a stream adds ────────────────────────────────────────────────────────────────
    def takes(self, mention: TaggedMention) -> bool:
        """Whether it may be told: it is not gone, and nothing newer of it is known."""
        known = self._records.get(mention.id)
        return known is None or (not known.gone and version_of(mention) >= known.version)

    def continued(self, mention: TaggedMention) -> TaggedMention:
        """``mention`` with what it takes over from what was told of it before."""
        known = self._records.get(mention.id)
        return mention if known is None or known.gone else keeping(mention, known.kept)

    def keep(self, mention: TaggedMention) -> None:
        """Remember a mention as it has been grouped."""
        before, mark = self._records.get(mention.id), self._begun.pop(mention.id, None)
        signature = mark.signature if mark else before.signature if before else b""
        refs = before.refs if before else ()
        if mention.ref and mention.ref not in refs:
            refs = (*refs, mention.ref)
        self._change(
            mention.id,
            Remembered(
                institution=mention.institution,
                seen=milliseconds(mention.first_seen),
                published=milliseconds(mention.published),
                version=version_of(mention),
                thread=mention.thread if mention.thread != mention.id else "",
                place=mention.place,
                story=mention.story if mention.story != mention.id else "",
                network=mention.network if refs else "",
                refs=refs,
                signature=signature,
                answer=encode(mention) if mention.thread != mention.id else b"",
                backfilled=mention.backfilled,
                looked=mention.looked,
            ),
        )

    def bury(self, deletion: MentionDeleted) -> None:
        """Remember that a mention is gone, and nothing else of it."""
        known = self._records.get(deletion.id)
        seen = max(known.seen if known else 0, milliseconds(deletion.at))
        self._change(deletion.id, Remembered(institution=deletion.institution, seen=seen, gone=True))

    def forget(self, before: int) -> int:
        """Drop what was seen before that moment; how many records."""
        old = [i for i, r in self._records.items() if r.seen < before]
        for identity in old:
            self._take(identity)
            self.changes[identity] = None
        return len(old)

    def changed(self) -> dict[str, Remembered | None]:
        """What has changed since it was asked last."""
        changes, self.changes = self.changes, {}
        return changes

    def _began(self, root: str) -> str:
        record = self._records.get(root)
        return record.place if record and not record.gone else ""

    def _change(self, identity: str, record: Remembered) -> None:
        if record != self._records.get(identity):
            self._take(identity)
            self._put(identity, record)
            self.changes[identity] = record

    def _put(self, identity: str, record: Remembered) -> None:
        self._records[identity] = record
        if record.answer:
            self._threads[record.thread].add(identity)
        for ref in record.refs:
            self._refs[record.institution][record.network, ref] = identity
        if record.signature:
            self._bands[record.institution].add(identity, bands_of(record.signature))

    def _take(self, identity: str) -> None:
        record = self._records.pop(identity, None)
        if record is None:
            return
        self._threads[record.thread].discard(identity)
        if not self._threads[record.thread]:
            del self._threads[record.thread]
        for ref in record.refs:
            self._refs[record.institution].pop((record.network, ref), None)
        if record.signature:
            self._bands[record.institution].drop(identity, bands_of(record.signature))
