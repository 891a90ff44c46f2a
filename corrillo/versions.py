"""Which of two versions of a mention stays, and which of its times do not move."""

from __future__ import annotations

import msgspec

from corrillo.model import TaggedMention, from_milliseconds, milliseconds

Version = tuple[int, int]
"""Revision at the source, version of the enrichment: a newer or equal one overwrites."""


def version_of(mention: TaggedMention) -> Version:
    """The version of a mention: never the processing time."""
    return (mention.revision, mention.enrichment)


def kept_times(mention: TaggedMention, published: int, first_seen: int) -> TaggedMention:
    """``mention`` with the times (milliseconds) under which it was first stored: they do not move."""
    if published != milliseconds(mention.published):
        mention = msgspec.structs.replace(mention, published=from_milliseconds(published))
    if first_seen < milliseconds(mention.first_seen):
        mention = msgspec.structs.replace(mention, first_seen=from_milliseconds(first_seen))
    return mention
