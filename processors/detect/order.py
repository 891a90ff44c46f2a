"""The one order in which mentions are heard, whichever way they came."""

from __future__ import annotations

from corrillo.model import MentionDeleted, TaggedEvent, milliseconds


def order(event: TaggedEvent) -> tuple[int, int, str]:
    """Sorts events: by when they were first seen, then by when they were said (milliseconds), then by their ids."""
    if isinstance(event, MentionDeleted):
        return milliseconds(event.at), milliseconds(event.at), event.id
    return milliseconds(event.first_seen), milliseconds(event.published), event.id
