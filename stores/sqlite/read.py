"""Asking: find, count, terms, histogram, daily and hourly counts, incidents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from corrillo.alerts import Act, HourCount, Incident, Subject
from corrillo.attention import Attention
from corrillo.calendar import SLOT
from corrillo.errors import ConfigError
from corrillo.model import milliseconds
from corrillo.ports import Bucket, DayCount, Field, Found, Interval, Query
from corrillo.work import Deed, DeedKind
from stores.page import token
from stores.sqlite import attention, deeds, told
from stores.sqlite.connection import Connections
from stores.sqlite.find import FIELDS, after, condition
from stores.sqlite.rows import READ, one, read_all

MAX_PAGE = 1000
_AUTHORS = "COUNT(DISTINCT NULLIF(m.author, ''))"


class SqliteReader:
    """Reads what is committed, and never waits for a writer."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def find(self, query: Query, *, limit: int = 50, page: str = "") -> Found:
        """Mentions newest first, at most ``MAX_PAGE`` at once."""
        where, values = condition(query)
        beyond, position = after(page)
        limit = max(1, min(limit, MAX_PAGE))
        with self._connections.reading() as connection:
            rows = connection.execute(
                f"{READ} WHERE {where} AND {beyond} ORDER BY m.published DESC, m.id DESC LIMIT ?",
                [*values, *position, limit + 1],
            )
            mentions = read_all(rows)
        more = len(mentions) > limit
        mentions = mentions[:limit]
        last = mentions[-1] if more else None
        return Found(mentions, token(milliseconds(last.published), last.id) if last else "")

    def count(self, query: Query) -> int:
        """How many mentions."""
        where, values = condition(query)
        with self._connections.reading() as connection:
            return one(connection, f"SELECT COUNT(*) FROM mention m WHERE {where}", values)

    def distinct_authors(self, query: Query) -> int:
        """By how many different people; the same person on two networks counts twice."""
        where, values = condition(query, counting=True)
        with self._connections.reading() as connection:
            return one(connection, f"SELECT {_AUTHORS} FROM mention m WHERE {where}", values)

    def terms(
        self, query: Query, fields: Sequence[Field], *, limit: int = 50, authors: bool = True
    ) -> Sequence[Bucket]:
        """Counts by one field or two crossed; mentions without a value are left out."""
        columns = [_column(f) for f in fields]
        if not 1 <= len(columns) <= 2:
            raise ConfigError(f"terms by {len(columns)} fields", "use one field, or two")
        where, values = condition(query, counting=True)
        named = ", ".join(columns)
        present = " AND ".join(f"{c} != ''" for c in columns)
        statement = (
            f"SELECT COUNT(*), {_authors(authors)}, {named} FROM mention m {_tags(fields)} WHERE {where} AND {present}"
            f" GROUP BY {named} ORDER BY 1 DESC, {named} LIMIT ?"
        )
        with self._connections.reading() as connection:
            return [Bucket(tuple(v), n, a) for n, a, *v in connection.execute(statement, [*values, limit])]

    def histogram(
        self, query: Query, interval: Interval, zone: str, split: Field | None = None, *, authors: bool = True
    ) -> Sequence[Bucket]:
        """Counts over time, earliest first; spans without mentions are left out."""
        where, values = condition(query, counting=True)
        column, by = (f", {_column(split)} AS part", ", part") if split else ("", "")
        author, by_author = (", m.author AS author", ", author") if authors else ("", "")
        slots = (
            f"SELECT m.published / {SLOT} AS slot, COUNT(*) AS some{column}{author} FROM mention m"
            f" {_tags([split] if split else [])} WHERE {where} GROUP BY slot{by}{by_author}"
        )
        people = "COUNT(DISTINCT NULLIF(author, ''))" if authors else "0"
        statement = (
            f"SELECT SUM(some), {people}, local_start(slot, ?, ?) AS start{by} FROM ({slots})"
            f" GROUP BY start{by} ORDER BY min(slot){by}"
        )
        with self._connections.reading() as connection:
            rows = connection.execute(statement, [interval, zone, *values])
            return [Bucket(tuple(v), n, a) for n, a, *v in rows]

    def day_counts(self, institution: str, since: str = "", until: str = "") -> Sequence[DayCount]:
        """Daily counts from the day ``since`` to before ``until`` (ISO days); they outlive the mentions."""
        with self._connections.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM day_count WHERE institution = ? AND day >= ? AND (? = '' OR day < ?)",
                (institution, since, until, until),
            )
            return [DayCount(*row) for row in rows]

    def hour_counts(self, subject: Subject, since: int, until: int) -> Sequence[HourCount]:
        """What was said of a subject in the hours since 1970 from ``since`` to before ``until``."""
        with self._connections.reading() as connection:
            return told.hours(connection, subject, since, until)

    def incidents(
        self, institution: str, *, since: datetime | None = None, open_only: bool = False, limit: int = 50
    ) -> Sequence[Incident]:
        """The newest change first; one that became part of another is not open."""
        with self._connections.reading() as connection:
            return told.incidents(connection, institution, since, open_only, limit)

    def incident(self, identity: str) -> Incident | None:
        """The incident with that id."""
        with self._connections.reading() as connection:
            return told.incident(connection, identity)

    def acts(self, incidents: Sequence[str]) -> Sequence[Act]:
        """What people did about these incidents, in its order."""
        with self._connections.reading() as connection:
            return told.acts(connection, incidents)

    def attention(
        self, institution: str, *, since: datetime | None = None, until: datetime | None = None, limit: int = 20_000
    ) -> Sequence[Attention]:
        """What was asked of an institution in that time, and what became of it, newest first."""
        with self._connections.reading() as connection:
            return attention.attention(connection, institution, since, until, limit)

    def deeds(self, mentions: Sequence[str]) -> Sequence[Deed]:
        """What the team did about these mentions, in its order."""
        with self._connections.reading() as connection:
            return deeds.deeds(connection, mentions)

    def done(
        self, institution: str, *, since: datetime | None = None, what: Sequence[DeedKind] = (), limit: int = 200
    ) -> Sequence[Deed]:
        """What the team did for an institution, newest first."""
        with self._connections.reading() as connection:
            return deeds.done(connection, institution, since, what, limit)


def _column(name: Field) -> str:
    if name not in FIELDS:
        raise ConfigError(f"{name!r} is no field to count by", f"use one of: {', '.join(FIELDS)}")
    return FIELDS[name]


def _authors(wanted: bool) -> str:
    return _AUTHORS if wanted else "0"


def _tags(fields: Sequence[Field]) -> str:
    return "JOIN mention_tag t ON t.mention = m.number" if "tag" in fields else ""
