"""Names that were erased stay erased, whoever writes them again: the part that no store does differently."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

import msgspec

from corrillo.model import PSEUDONYM, TaggedEvent, TaggedMention


def digest(pseudonym: str) -> str:
    """What is remembered of an erased name: enough to know it again, and nothing else of it."""
    return hashlib.blake2b(pseudonym.encode(), digest_size=16).hexdigest()


def named(events: Iterable[TaggedEvent]) -> dict[str, str]:
    """The names in the texts of ``events``, by their digests."""
    found = {p for e in events if isinstance(e, TaggedMention) for p in PSEUDONYM.findall(f"{e.title}\n{e.text}")}
    return {digest(p): p for p in found}


def without(events: Sequence[TaggedEvent], erased: Sequence[str]) -> Sequence[TaggedEvent]:
    """``events`` with "@…" in the place of the ``erased`` names."""
    if not erased:
        return events
    pattern = re.compile("|".join(f"@?{re.escape(p)}" for p in erased))
    return [_bare(e, pattern) if isinstance(e, TaggedMention) else e for e in events]


def _bare(mention: TaggedMention, pattern: re.Pattern[str]) -> TaggedMention:
    def bare(text: str) -> str:
        return pattern.sub("@…", text)

    return msgspec.structs.replace(
        mention,
        text=bare(mention.text),
        title=bare(mention.title),
        tags=tuple(msgspec.structs.replace(t, evidence=tuple(map(bare, t.evidence))) for t in mention.tags),
    )
