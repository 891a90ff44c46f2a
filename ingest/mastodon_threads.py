"""Conversations around a status: what the API gives of its answers, and how they hang together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from corrillo.model import Deletion, Post
from ingest.mastodon_api import Api
from ingest.mastodon_statuses import Status, order

WIDTH, DEPTH = 60, 20
"""Without a token an answer holds so many answers, and reaches so deep."""
ASKS = 10
"""How often more of one thread is asked for, where an answer may have been cut."""


async def answers_to(api: Api, status: str) -> tuple[list[Status], list[Status]]:
    """What a status answers, from the top, and all answers to it, oldest first.

    Where the API has cut the answer, those that have more answers than were given are asked again.
    """
    above, below = await api.context(status)
    found = {str(s["id"]): s for s in below}
    asked = {status}
    while _may_be_cut(below, status) and len(asked) <= ASKS:
        more = next((i for i in _with_more(found) if i not in asked), None)
        if more is None:
            break
        asked.add(more)
        found |= {str(s["id"]): s for s in (await api.context(more))[1]}
    return above, sorted(found.values(), key=lambda s: order(str(s["id"])))


def _may_be_cut(below: Sequence[Status], top: str) -> bool:
    above = {str(s["id"]): str(s.get("in_reply_to_id")) for s in below}
    return len(below) >= WIDTH or any(_depth(i, above, top) >= DEPTH for i in above)


def _depth(status: str, above: Mapping[str, str], top: str) -> int:
    depth, seen = 0, {top}
    while status in above and status not in seen:
        seen.add(status)
        depth, status = depth + 1, above[status]
    return depth


def _with_more(found: Mapping[str, Status]) -> Sequence[str]:
    """Statuses with more answers than we have, those with most missing first."""
    have = Counter(str(s.get("in_reply_to_id")) for s in found.values())
    missing = {i: _count(s) - have[i] for i, s in found.items()}
    return sorted((i for i, n in missing.items() if n > 0), key=lambda i: -missing[i])


def _count(status: Status) -> int:
    count = status.get("replies_count")
    return count if isinstance(count, int) else 0


def joined(items: Sequence[Post | Deletion], thread: str) -> tuple[Post | Deletion, ...]:
    """The same, each post with the names of its thread ('' for unknown) and of what it answers, where that is among them."""
    named = {p.ref: p.native_id for p in items if isinstance(p, Post)}
    return tuple(
        msgspec.structs.replace(p, thread=thread, answers=named.get(p.answers_ref, "")) if isinstance(p, Post) else p
        for p in items
    )
