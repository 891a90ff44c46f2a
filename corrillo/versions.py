"""Which of two versions of a mention stays, and what of the earlier one it takes over."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from corrillo.model import TaggedMention, from_milliseconds, milliseconds

Version = tuple[int, int]
"""Revision at the source, version of the enrichment: a newer or equal one overwrites."""


def version_of(mention: TaggedMention) -> Version:
    """The version of a mention: never the processing time."""
    return (mention.revision, mention.enrichment)


class Kept(NamedTuple):
    """What a mention that is written again takes over from before; ``published`` and ``first_seen`` in milliseconds."""

    published: int
    first_seen: int
    backfilled: bool = False
    looked: datetime | None = None


def kept_of(mention: TaggedMention) -> Kept:
    """What later writings of ``mention`` take over from it."""
    return Kept(milliseconds(mention.published), milliseconds(mention.first_seen), mention.backfilled, mention.looked)


def keeping(mention: TaggedMention, kept: Kept) -> TaggedMention:
    """``mention`` as it is written over what was ``kept``.

    Publication and whether it was backfilled stay as they were first written; it was first seen at
    the earliest time that anybody says, and its answers were looked for at the latest.
    """
    changes: dict[str, Any] = {}
    if kept.published != milliseconds(mention.published):
        changes["published"] = from_milliseconds(kept.published)
    if kept.first_seen < milliseconds(mention.first_seen):
        changes["first_seen"] = from_milliseconds(kept.first_seen)
    if kept.backfilled != mention.backfilled:
        changes["backfilled"] = kept.backfilled
    if kept.looked and (mention.looked is None or mention.looked < kept.looked):
        changes["looked"] = kept.looked
    return msgspec.structs.replace(mention, **changes) if changes else mention
