"""What detection tells, and what people do about it: incidents, hourly counts, acts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from corrillo.alerts import Act, HourCount, Incident, Subject, Told
from corrillo.attention import Attention
from corrillo.model import milliseconds
from stores.detection import ended
from stores.sqlite import attention
from stores.sqlite.rows import chunks, marks

HOUR = (
    "institution", "service", "district", "hour", "count", "voices", "complaints", "crises", "expected", "low", "high", "heard",
)  # fmt: skip

_encode = msgspec.json.Encoder().encode
_incident, _act = msgspec.json.Decoder(Incident).decode, msgspec.json.Decoder(Act).decode


def tell(connection: sqlite3.Connection, told: Sequence[Told]) -> None:
    """Keep incidents, unless a later change of one is there; hourly counts and attention in place of earlier ones."""
    connection.executemany(
        "INSERT INTO incident (id, institution, opened, updated, level, resolved, document) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET institution = excluded.institution, opened = excluded.opened,"
        " updated = excluded.updated, level = excluded.level, resolved = excluded.resolved, document = excluded.document"
        " WHERE excluded.updated >= updated",
        [_row(one) for one in told if isinstance(one, Incident)],
    )
    connection.executemany(
        f"INSERT OR REPLACE INTO hour_count ({', '.join(HOUR)}) VALUES ({marks(HOUR)})",
        [tuple(getattr(one, name) for name in HOUR) for one in told if isinstance(one, HourCount)],
    )
    attended = [one for one in told if isinstance(one, Attention)]
    if attended:
        attention.keep(connection, attended)


def _row(incident: Incident) -> tuple[object, ...]:
    over = ended(incident)
    return (
        incident.id,
        incident.institution,
        milliseconds(incident.opened),
        milliseconds(incident.updated),
        incident.level,
        milliseconds(over) if over else None,
        _encode(incident).decode(),
    )


def hours(connection: sqlite3.Connection, subject: Subject, since: int, until: int) -> list[HourCount]:
    """The hourly counts of a subject from ``since`` to before ``until``, in their order."""
    rows = connection.execute(
        f"SELECT {', '.join(HOUR)} FROM hour_count"
        " WHERE institution = ? AND service = ? AND district = ? AND hour >= ? AND hour < ? ORDER BY hour",
        (subject.institution, subject.service, subject.district, since, until),
    )
    return [HourCount(**dict(zip(HOUR, row, strict=True))) for row in rows]


def incidents(
    connection: sqlite3.Connection, institution: str, since: datetime | None, open_only: bool, limit: int
) -> list[Incident]:
    """The incidents of an institution that have changed since then, the newest change first."""
    rows = connection.execute(
        "SELECT document FROM incident WHERE institution = ? AND (? IS NULL OR updated >= ?)"
        f"{' AND resolved IS NULL' if open_only else ''} ORDER BY updated DESC, id DESC LIMIT ?",
        (institution, *[milliseconds(since) if since else None] * 2, max(1, limit)),
    )
    return [_incident(document) for (document,) in rows]


def incident(connection: sqlite3.Connection, identity: str) -> Incident | None:
    """The incident with that id."""
    row = connection.execute("SELECT document FROM incident WHERE id = ?", (identity,)).fetchone()
    return _incident(row[0]) if row else None


def keep(connection: sqlite3.Connection, act: Act) -> None:
    """Keep what somebody did; the same once."""
    connection.execute(
        "INSERT OR IGNORE INTO act (incident, at, document) VALUES (?, ?, ?)",
        (act.incident, milliseconds(act.at), _encode(act).decode()),
    )


def acts(connection: sqlite3.Connection, identities: Sequence[str]) -> list[Act]:
    """What was done about these incidents, in its order."""
    found = sorted(row for some in chunks(list(identities)) for row in _acts(connection, some))
    return [_act(document) for _, _, document in found]


def _acts(connection: sqlite3.Connection, identities: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    yield from connection.execute(
        f"SELECT at, number, document FROM act WHERE incident IN ({marks(identities)})", identities
    )


def drop(connection: sqlite3.Connection, institution: str, before: int) -> None:
    """Delete incidents that were over before that moment (milliseconds), with what was done about them."""
    old = "SELECT id FROM incident WHERE institution = ? AND resolved < ?"
    connection.execute(f"DELETE FROM act WHERE incident IN ({old})", (institution, before))
    connection.execute(f"DELETE FROM incident WHERE id IN ({old})", (institution, before))
