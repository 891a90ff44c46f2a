"""The thread around a post: who said what before and after it, and what of it was ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from corrillo.model import TaggedMention
from corrillo.ports import Query, Reader
from corrillo.text import clean
from dashboards.page.posts import Card, author, safe_link

READ = 600
"""Posts of threads that are read for one page of posts, the newest."""
LINES = 40
"""Posts of one thread that are shown in place, the newest."""
SHORT = 320
"""Characters of a text that are shown in a thread."""


@dataclass(frozen=True)
class Line:
    """One post of a thread, in short."""

    mention: TaggedMention
    author: str
    text: str
    local: datetime
    link: str

    @property
    def answers(self) -> bool:
        """Whether it answers somebody."""
        return bool(self.mention.answers or self.mention.answers_ref)


@dataclass(frozen=True)
class Thread:
    """A thread, oldest first. ``size``: posts that it has in all; ``looked``: when answers to it were last looked for."""

    id: str
    lines: tuple[Line, ...]
    size: int
    looked: datetime | None

    @property
    def ours(self) -> int:
        """How many of the lines are answers by the institution."""
        return sum(line.mention.place == "own" and line.answers for line in self.lines)

    @property
    def left_out(self) -> int:
        """How many posts are not among the lines."""
        return max(0, self.size - len(self.lines))


def threads(reader: Reader, institution: str, cards: Sequence[Card], zone: ZoneInfo) -> Mapping[str, Thread]:
    """The thread of each post that has company, under the id of the first post of it among ``cards``."""
    first: dict[str, Card] = {}
    for card in cards:
        if card.thread_size > 1:
            first.setdefault(card.mention.thread, card)
    if not first:
        return {}
    query = Query(where={"institution": (institution,), "thread": tuple(first)})
    of: dict[str, list[TaggedMention]] = {}
    for mention in reader.find(query, limit=READ).mentions:
        of.setdefault(mention.thread, []).append(mention)
    return {card.mention.id: _thread(name, of.get(name, ()), card.thread_size, zone) for name, card in first.items()}


def _thread(name: str, found: Sequence[TaggedMention], size: int, zone: ZoneInfo) -> Thread:
    newest = found[:LINES]
    return Thread(name, tuple(_line(m, zone) for m in reversed(newest)), size, _looked(found, zone))


def _looked(found: Iterable[TaggedMention], zone: ZoneInfo) -> datetime | None:
    newest = max((m.looked for m in found if m.looked), default=None)
    return newest.astimezone(zone) if newest else None


def _line(mention: TaggedMention, zone: ZoneInfo) -> Line:
    text = clean(mention.text)
    short = text if len(text) <= SHORT * 1.2 else text[:SHORT].rsplit(maxsplit=1)[0] + " …"
    return Line(mention, author(mention), short, mention.published.astimezone(zone), safe_link(mention.url))
