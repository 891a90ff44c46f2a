"""Writing events: each mention once, by id and version; what has a tombstone stays away."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corrillo.cells import Cell, cell_of, cells
from corrillo.model import TaggedEvent, TaggedMention, milliseconds
from corrillo.ports import Written
from corrillo.versions import Kept, Version, keeping
from stores.plan import planned
from stores.sqlite.count import count
from stores.sqlite.names import nameless
from stores.sqlite.rows import INSERT, UPDATE, chunks, kept_in, marks, one, to_body, to_row
from stores.sqlite.stones import bury, tombstones


@dataclass(frozen=True)
class Stored:
    """What is in the file of a mention that an event speaks of."""

    number: int
    version: Version
    kept: Kept
    folded: str
    document: str
    link: tuple[str, str]
    cell: Cell
    tags: tuple[str, ...]


def write(
    connection: sqlite3.Connection, events: Sequence[TaggedEvent], zones: Mapping[str, str]
) -> tuple[Written, set[str]]:
    """Apply ``events`` in their order; what became of them, and the ids that are stored now."""
    events = nameless(connection, events)
    ids = list({e.id for e in events})
    stored = load(connection, ids)
    plan = planned(events, {i: s.version for i, s in stored.items()}, tombstones(connection, ids))
    gone = [stored[i] for i in plan.delete if i in stored]
    changed = {i: m for i, m in plan.update.items() if i not in plan.delete}
    remove(connection, gone)
    bury(connection, [(i, milliseconds(d.at), "deleted") for i, d in plan.delete.items()])
    rewritten = _rewrite(connection, changed, stored, zones)
    _insert(connection, list(plan.insert.values()), zones)
    became = Written(
        new=len(plan.insert),
        changed=rewritten,
        unchanged=plan.unchanged + len(changed) - rewritten,
        deleted=len(gone),
        refused=len(plan.refused),
        kept_out=frozenset(plan.refused),
    )
    return became, {*plan.insert, *changed}


def load(connection: sqlite3.Connection, ids: list[str]) -> dict[str, Stored]:
    """What is in the file of these ids."""
    found: dict[str, Stored] = {}
    for some in chunks(ids):
        rows = connection.execute(
            "SELECT m.id, m.number, m.revision, m.enrichment, m.published, m.first_seen, b.folded, b.document,"
            " l.url, l.ref, m.institution, m.day, m.network, m.venue, m.place, m.service, m.district,"
            " (SELECT group_concat(tag, char(31)) FROM mention_tag t WHERE t.mention = m.number)"
            f" FROM mention m JOIN body b ON b.number = m.number JOIN link l ON l.mention = m.number WHERE m.id IN ({marks(some)})",
            some,
        )
        for (
            identity,
            number,
            revision,
            enrichment,
            published,
            first,
            folded,
            document,
            url,
            ref,
            *cell,
            tags,
        ) in rows:
            found[identity] = Stored(
                number=number,
                version=(revision, enrichment),
                kept=kept_in(document, published, first),
                folded=folded,
                document=document,
                link=(url, ref),
                cell=(cell[0], cell[1], cell[2], cell[3], cell[4], cell[5], cell[6]),
                tags=tuple(tags.split("\x1f")) if tags else (),
            )
    return found


def remove(connection: sqlite3.Connection, gone: Sequence[Stored], *, counted: bool = True) -> None:
    """Delete mentions and everything that hangs on them; ``counted``: from the daily counts too."""
    if not gone:
        return
    numbers = [(s.number,) for s in gone]
    _detach(connection, gone)
    connection.executemany("DELETE FROM attention WHERE mention = (SELECT id FROM mention WHERE number = ?)", numbers)
    connection.executemany("DELETE FROM story WHERE story = (SELECT id FROM mention WHERE number = ?)", numbers)
    connection.executemany("DELETE FROM ref WHERE mention = ?", numbers)
    connection.executemany("DELETE FROM mention WHERE number = ?", numbers)
    if counted:
        count(connection, Counter(), Counter(c for s in gone for c in cells(s.cell, s.tags)))


def _rewrite(
    connection: sqlite3.Connection,
    changed: Mapping[str, TaggedMention],
    stored: Mapping[str, Stored],
    zones: Mapping[str, str],
) -> int:
    """Overwrite what differs; how many did."""
    befores: list[Stored] = []
    numbered: list[tuple[int, TaggedMention]] = []
    for identity, mention in changed.items():
        before = stored[identity]
        mention = keeping(mention, before.kept)
        if to_body(mention)[1] != before.document or (mention.url, mention.ref) != before.link:
            befores.append(before)
            numbered.append((before.number, mention))
    _detach(connection, befores)
    connection.executemany(
        UPDATE, [(*to_row(mention, cell_of(mention, zones)[1]), number) for number, mention in numbered]
    )
    _attach(connection, numbered)
    count(
        connection,
        _counted([m for _, m in numbered], zones),
        Counter(c for b in befores for c in cells(b.cell, b.tags)),
    )
    return len(numbered)


def _insert(connection: sqlite3.Connection, mentions: Sequence[TaggedMention], zones: Mapping[str, str]) -> None:
    last = one(connection, "SELECT coalesce(max(number), 0) FROM mention")
    numbered = list(enumerate(mentions, last + 1))
    connection.executemany(
        INSERT, [(*to_row(mention, cell_of(mention, zones)[1]), number) for number, mention in numbered]
    )
    _attach(connection, numbered)
    count(connection, _counted(mentions, zones), Counter())


def _counted(mentions: Iterable[TaggedMention], zones: Mapping[str, str]) -> Counter[tuple[str, ...]]:
    return Counter(c for m in mentions for c in cells(cell_of(m, zones), [t.kind for t in m.tags]))


def _attach(connection: sqlite3.Connection, numbered: Sequence[tuple[int, TaggedMention]]) -> None:
    """Body, text index, tags and links of mentions whose rows stand."""
    bodies = [(number, *to_body(mention)) for number, mention in numbered]
    connection.executemany("INSERT INTO body (number, folded, document) VALUES (?, ?, ?)", bodies)
    connection.executemany("INSERT INTO mention_text (rowid, folded) VALUES (?, ?)", [body[:2] for body in bodies])
    connection.executemany(
        "INSERT OR REPLACE INTO mention_tag (mention, tag, score) VALUES (?, ?, ?)",
        [(number, t.kind, t.score) for number, m in numbered for t in m.tags],
    )
    connection.executemany(
        "INSERT INTO link (mention, network, url, ref) VALUES (?, ?, ?, ?)",
        [(number, m.network, m.url, m.ref) for number, m in numbered],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO ref (network, ref, institution, mention) VALUES (?, ?, ?, ?)",
        [(m.network, m.ref, m.institution, number) for number, m in numbered if m.ref],
    )


def _detach(connection: sqlite3.Connection, stored: Sequence[Stored]) -> None:
    """Take away what ``_attach`` has put there."""
    numbers = [(s.number,) for s in stored]
    connection.executemany(
        "INSERT INTO mention_text (mention_text, rowid, folded) VALUES ('delete', ?, ?)",
        [(s.number, s.folded) for s in stored],
    )
    for table in ("body WHERE number", "link WHERE mention", "mention_tag WHERE mention"):
        connection.executemany(f"DELETE FROM {table} = ?", numbers)
