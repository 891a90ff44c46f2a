"""What grouping remembers, read from and written to the same transaction as the mentions."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from corrillo.model import TaggedMention, milliseconds
from corrillo.ports import Conversation, StoryMark
from stores.sqlite.rows import READ, chunks, marks, read_all


class SqliteGroups:
    """``GroupState`` of one unit of work; new stories are kept only with the mention they begin with."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._begun: dict[str, tuple[str, StoryMark, datetime]] = {}
        self._bands: dict[tuple[str, int], list[StoryMark]] = {}

    def stories(self, institution: str, bands: Sequence[int]) -> Sequence[StoryMark]:
        """Stories that share a band with a text."""
        rows = self._connection.execute(
            "SELECT DISTINCT s.story, s.signature FROM story_band b JOIN story s ON s.story = b.story"
            f" WHERE b.institution = ? AND b.band IN ({marks(bands)})",
            (institution, *bands),
        )
        found = {story: StoryMark(story=story, signature=signature, bands=()) for story, signature in rows}
        found |= {m.story: m for band in bands for m in self._bands.get((institution, band), [])}
        return list(found.values())

    def begin_story(self, institution: str, mark: StoryMark, seen: datetime) -> None:
        """Remember the beginning of a story."""
        self._begun[mark.story] = (institution, mark, seen)
        for band in mark.bands:
            self._bands.setdefault((institution, band), []).append(mark)

    def keep(self, ids: Collection[str]) -> None:
        """Write the stories begun by mentions that were stored; forget the others."""
        kept = [(i, m, s) for story, (i, m, s) in self._begun.items() if story in ids]
        self._connection.executemany(
            "INSERT OR REPLACE INTO story (story, institution, signature, seen) VALUES (?, ?, ?, ?)",
            [(m.story, i, m.signature, milliseconds(s)) for i, m, s in kept],
        )
        self._connection.executemany(
            "INSERT OR IGNORE INTO story_band (institution, band, story) VALUES (?, ?, ?)",
            [(i, band, m.story) for i, m, _ in kept for band in m.bands],
        )

    def conversations(self, ids: Iterable[str]) -> Mapping[str, Conversation]:
        """What is known of the mentions with these ids."""
        found: dict[str, Conversation] = {}
        for some in chunks(list(ids)):
            rows = self._connection.execute(
                "SELECT m.id, m.thread, coalesce(r.place, ''), m.story, m.place FROM mention m"
                f" LEFT JOIN mention r ON r.id = m.thread WHERE m.id IN ({marks(some)})",
                some,
            )
            found |= {i: Conversation(thread=t, began=b, story=s, place=p) for i, t, b, s, p in rows}
        return found

    def waiting_for(self, roots: Sequence[str]) -> Sequence[TaggedMention]:
        """Mentions in threads of ``roots`` that are not them."""
        found: list[TaggedMention] = []
        for some in chunks(list(roots)):
            statement = f"{READ} WHERE m.thread IN ({marks(some)}) AND m.id != m.thread"
            found += read_all(self._connection.execute(statement, some))
        return found

    def resolve(self, network: str, refs: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        """Which mentions the refs stand for."""
        found: dict[str, dict[str, str]] = {}
        for some in chunks(list(refs)):
            rows = self._connection.execute(
                "SELECT r.ref, m.institution, m.id FROM ref r JOIN mention m ON m.number = r.mention"
                f" WHERE r.network = ? AND r.ref IN ({marks(some)})",
                (network, *some),
            )
            for ref, institution, identity in rows:
                found.setdefault(ref, {})[institution] = identity
        return found

    def written_by(self, network: str, author: str) -> Sequence[tuple[str, str]]:
        """Institution and id of what the author has written."""
        if not author:
            return []
        rows = self._connection.execute(
            "SELECT institution, id FROM mention WHERE author = ? AND author != '' AND network = ?", (author, network)
        )
        return [(institution, identity) for institution, identity in rows]
