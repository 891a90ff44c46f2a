"""What has been published already: pollers read the newest posts again and again, to find what was edited."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from corrillo.model import Mention

MOST = 50_000
"""Mentions that are remembered of a source: some megabytes."""
NEVER = datetime.fromtimestamp(0, UTC)


class Said:
    """What one source has published last of each mention, as long as the process lives; the oldest is forgotten."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._last: OrderedDict[str, tuple[int, datetime]] = OrderedDict()

    def __contains__(self, mention: object) -> bool:
        """Whether publishing it would change nothing.

        When it was first seen, and whether it was backfilled, hold as first published; and whoever
        has not looked for its answers does not undo that somebody else has (``corrillo.versions``).
        """
        if not isinstance(mention, Mention):
            return False
        said, looked = self._last.get(mention.id, (0, NEVER))
        return said == _print(mention) and (mention.looked or NEVER) <= looked

    def note(self, mentions: Iterable[Mention]) -> None:
        """These have been published."""
        for mention in mentions:
            _, before = self._last.get(mention.id, (0, NEVER))
            self._last[mention.id] = _print(mention), max(before, mention.looked or NEVER)
            self._last.move_to_end(mention.id)
        while len(self._last) > self._most:
            self._last.popitem(last=False)


def _print(mention: Mention) -> int:
    return hash(msgspec.structs.replace(mention, first_seen=NEVER, backfilled=False, looked=None))
