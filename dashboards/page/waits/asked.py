"""What was asked: the questions and complaints of the period that satisfy the filters, with what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from corrillo.attention import ASKING, Attention
from corrillo.ports import Field, Query, Reader
from dashboards.page.filters import CITIZENS, narrow

MOST = 20_000
"""Questions and complaints of one period that are looked at, newest first."""
EARLIER = timedelta(days=120)
"""How long before the period something is looked for that still waits."""
MOST_EARLIER = 2_000
READ = 2_000
"""Posts that are looked through, newest first, for what only they tell: their text, whom they are meant for."""
KNOWN: tuple[Field, ...] = ("network", "venue", "place", "service", "district", "language", "thread")
"""What can be filtered by without the posts themselves."""


@dataclass(frozen=True)
class Asked:
    """``found``: of the period, newest first. ``earlier``: asked before it, and waiting still.

    ``bounded``: there is more than was looked at. ``read``: posts had to be read, for what only they tell.
    """

    found: tuple[Attention, ...] = ()
    earlier: tuple[Attention, ...] = ()
    bounded: bool = False
    read: bool = False


def asked(reader: Reader, query: Query, institution: str) -> Asked:
    """What satisfies ``query``, by the time at which it was asked.

    StoreError and ConfigError of the store pass through.
    """
    of_period = reader.attention(institution, since=query.since, until=query.until, limit=MOST)
    before = _before(reader, institution, query.since)
    left_out, read = frozenset(query.without), _read(reader, query)
    found = tuple(_kept(of_period, query, read, left_out))
    earlier = tuple(a for a in _kept(before, query, read, left_out) if a.state == "waiting")
    full = len(of_period) == MOST or len(before) == MOST_EARLIER
    return Asked(found, earlier, full or (read is not None and len(read) == READ), read is not None)


def _before(reader: Reader, institution: str, since: datetime | None) -> Sequence[Attention]:
    if since is None:
        return ()
    return reader.attention(institution, since=since - EARLIER, until=since, limit=MOST_EARLIER)


def _kept(
    found: Iterable[Attention], query: Query, read: frozenset[str] | None, left_out: frozenset[str]
) -> Iterable[Attention]:
    conditions = [(n, v) for n, v in query.where.items() if n in KNOWN or (n == "tag" and not _only_posts_tell(n, v))]
    for one in found:
        if query.ids and one.mention not in query.ids:
            continue
        if one.gone or one.mention in left_out or (read is not None and one.mention not in read):
            continue
        if all(_has(one, name, values) for name, values in conditions):
            yield one


def _has(one: Attention, name: Field, values: Sequence[str]) -> bool:
    return bool(set(one.kinds) & set(values)) if name == "tag" else getattr(one, name) in values


def _read(reader: Reader, query: Query) -> frozenset[str] | None:
    """Ids of the posts that satisfy what only the posts tell; None where nothing of that kind is asked."""
    if not query.text and not any(_only_posts_tell(name, values) for name, values in query.where.items()):
        return None
    citizens = narrow(query, "place", *CITIZENS)
    if citizens is None:
        return frozenset()
    since = query.since - EARLIER if query.since else None
    wanted = replace(citizens, where={"tag": ASKING, **citizens.where}, since=since)
    return frozenset(m.id for m in reader.find(wanted, limit=READ).mentions)


def _only_posts_tell(name: Field, values: Sequence[str]) -> bool:
    return not set(values) <= set(ASKING) if name == "tag" else name not in (*KNOWN, "institution")
