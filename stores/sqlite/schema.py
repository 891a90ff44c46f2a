"""The tables, as a list of migrations: number n takes a file of version n to version n + 1."""

from __future__ import annotations

import sqlite3

from corrillo.errors import StoreError
from stores.sqlite.views import VIEWS

APPLICATION_ID = 0x436F7272
"""``Corr``: so that ``file`` and we recognise our own."""


def _moment(column: str) -> str:
    """Milliseconds since 1970 as a moment in JSON."""
    return f"strftime('%Y-%m-%dT%H:%M:%S', {column} / 1000, 'unixepoch') || printf('.%03dZ', {column} % 1000)"


MIGRATIONS: tuple[str, ...] = (
    """
CREATE TABLE mention (
    number      INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    institution TEXT NOT NULL,
    published   INTEGER NOT NULL, -- milliseconds since 1970, as first seen
    day         TEXT NOT NULL,    -- in the institution's zone when it was written: where it is counted
    first_seen  INTEGER NOT NULL,
    revision    INTEGER NOT NULL,
    enrichment  INTEGER NOT NULL,
    network     TEXT NOT NULL,
    venue       TEXT NOT NULL,
    venue_kind  TEXT NOT NULL,
    source      TEXT NOT NULL,
    place       TEXT NOT NULL,
    language    TEXT NOT NULL,
    target      TEXT NOT NULL,
    service     TEXT NOT NULL,
    district    TEXT NOT NULL,
    story       TEXT NOT NULL,
    thread      TEXT NOT NULL,
    author      TEXT NOT NULL, -- a pseudonym, or an own account
    author_kind TEXT NOT NULL
);
-- Apart, so that counting reads narrow rows.
CREATE TABLE body (
    number   INTEGER PRIMARY KEY,
    folded   TEXT NOT NULL, -- what is searched
    document TEXT NOT NULL  -- the tagged mention as JSON, without url and ref
);
CREATE INDEX mention_time ON mention (institution, published);
CREATE INDEX mention_thread ON mention (thread);
CREATE INDEX mention_story ON mention (story);
CREATE VIRTUAL TABLE mention_text USING fts5 (
    folded, content='body', content_rowid='number', columnsize=0,
    tokenize="unicode61 remove_diacritics 0 tokenchars '_'"
);
CREATE TABLE mention_tag (
    mention INTEGER NOT NULL,
    tag     TEXT NOT NULL,
    score   REAL NOT NULL,
    PRIMARY KEY (mention, tag)
) WITHOUT ROWID;
-- Links lead to people: a table of their own, which exports leave out.
CREATE TABLE link (
    mention INTEGER PRIMARY KEY,
    network TEXT NOT NULL,
    url     TEXT NOT NULL,
    ref     TEXT NOT NULL
);
CREATE INDEX link_url ON link (url) WHERE url != '';
-- How each server calls it: a post may be heard on several.
CREATE TABLE ref (
    network TEXT NOT NULL,
    ref     TEXT NOT NULL,
    institution TEXT NOT NULL,
    mention INTEGER NOT NULL,
    PRIMARY KEY (network, ref, institution)
) WITHOUT ROWID;
CREATE INDEX ref_mention ON ref (mention);
CREATE TABLE tombstone (
    id     TEXT PRIMARY KEY,
    at     INTEGER NOT NULL,
    reason TEXT NOT NULL -- deleted, erased, purged
) WITHOUT ROWID;
CREATE TABLE story (
    story       TEXT PRIMARY KEY,
    institution TEXT NOT NULL,
    signature   BLOB NOT NULL,
    seen        INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE story_band (
    institution TEXT NOT NULL,
    band        INTEGER NOT NULL,
    story       TEXT NOT NULL,
    PRIMARY KEY (institution, band, story)
) WITHOUT ROWID;
CREATE TABLE day_count (
    institution TEXT NOT NULL,
    day         TEXT NOT NULL, -- in the institution's zone
    network     TEXT NOT NULL,
    venue       TEXT NOT NULL,
    place       TEXT NOT NULL,
    service     TEXT NOT NULL,
    district    TEXT NOT NULL,
    tag         TEXT NOT NULL, -- '' counts all
    count       INTEGER NOT NULL,
    PRIMARY KEY (institution, day, network, venue, place, service, district, tag)
) WITHOUT ROWID;
CREATE TABLE source (
    source       TEXT PRIMARY KEY,
    network      TEXT NOT NULL,
    cursor       TEXT,
    newest_post  INTEGER,
    last_success INTEGER,
    last_attempt INTEGER,
    failures     INTEGER NOT NULL DEFAULT 0,
    last_error   TEXT NOT NULL DEFAULT '',
    seen         INTEGER NOT NULL DEFAULT 0,
    kept         INTEGER NOT NULL DEFAULT 0,
    rejected     INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE quarantine (
    id      TEXT PRIMARY KEY,
    source  TEXT NOT NULL,
    at      INTEGER NOT NULL,
    reason  TEXT NOT NULL,
    origin  TEXT NOT NULL,
    raw     TEXT NOT NULL,
    handles TEXT NOT NULL
) WITHOUT ROWID;
""",
    f"""
CREATE TABLE grown (
    source  TEXT PRIMARY KEY,
    network TEXT NOT NULL,
    cursor  TEXT,
    health  TEXT NOT NULL -- all that is known of it, as JSON (docs/schemas/source-health.json)
) WITHOUT ROWID;
INSERT INTO grown SELECT source, network, cursor, json_object(
    'source', source, 'network', network, 'newest_post', {_moment("newest_post")},
    'last_success', {_moment("last_success")}, 'last_attempt', {_moment("last_attempt")}, 'failures', failures,
    'last_error', last_error, 'seen', seen, 'kept', kept, 'rejected', rejected
) FROM source;
DROP TABLE source;
ALTER TABLE grown RENAME TO source;
-- When an account is gone, its posts are found by it.
CREATE INDEX mention_author ON mention (author) WHERE author != '';
CREATE INDEX mention_source ON mention (source, published);
""",
    """
CREATE TABLE detection (
    institution TEXT NOT NULL,
    key         TEXT NOT NULL, -- of a mention: m and its id
    value       BLOB NOT NULL,
    PRIMARY KEY (institution, key)
);
-- Grows with every change, so that nobody goes on with what others have changed.
CREATE TABLE detection_edition (
    institution TEXT PRIMARY KEY,
    edition     INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE hour_count (
    institution TEXT NOT NULL,
    service     TEXT NOT NULL,
    district    TEXT NOT NULL,
    hour        INTEGER NOT NULL, -- since 1970
    count       INTEGER NOT NULL,
    voices      REAL NOT NULL,
    complaints  REAL NOT NULL,
    crises      REAL NOT NULL,
    expected    REAL NOT NULL, -- of voices, as low and high
    low         REAL NOT NULL,
    high        REAL NOT NULL,
    heard       REAL NOT NULL, -- 0 to 1; at 0 the count is unknown
    PRIMARY KEY (institution, service, district, hour)
) WITHOUT ROWID;
CREATE TABLE incident (
    id          TEXT PRIMARY KEY,
    institution TEXT NOT NULL,
    opened      INTEGER NOT NULL,
    updated     INTEGER NOT NULL,
    level       TEXT NOT NULL,
    resolved    INTEGER,      -- or since when it is part of another one
    document    TEXT NOT NULL -- the incident as JSON (docs/schemas/incident.json)
);
CREATE INDEX incident_updated ON incident (institution, updated);
CREATE TABLE act (
    number   INTEGER PRIMARY KEY,
    incident TEXT NOT NULL,
    at       INTEGER NOT NULL,
    document TEXT NOT NULL, -- as JSON (docs/schemas/act.json)
    UNIQUE (incident, document)
);
""",
    """
CREATE TABLE deed (
    id          TEXT PRIMARY KEY,
    mention     TEXT NOT NULL,
    institution TEXT NOT NULL,
    at          INTEGER NOT NULL,
    what        TEXT NOT NULL,
    document    TEXT NOT NULL -- as JSON (docs/schemas/deed.json)
);
CREATE INDEX deed_mention ON deed (mention);
CREATE INDEX deed_done ON deed (institution, at);
CREATE TABLE attention (
    mention     TEXT PRIMARY KEY,
    institution TEXT NOT NULL,
    asked       INTEGER NOT NULL,
    document    TEXT NOT NULL -- as JSON (docs/schemas/attention.json)
);
CREATE INDEX attention_asked ON attention (institution, asked);
-- Whether something was said in a venue, and when, without reading everything.
CREATE INDEX mention_venue ON mention (institution, venue, published);
""",
    VIEWS,
    """
CREATE TABLE subscriber (
    id       TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    document TEXT NOT NULL -- as JSON (docs/schemas/subscriber.json)
);
CREATE TABLE delivery (
    id         TEXT PRIMARY KEY,
    subscriber TEXT NOT NULL,
    made       INTEGER NOT NULL,
    open       INTEGER NOT NULL, -- 1: something has still to be done about it
    document   TEXT NOT NULL     -- as JSON (docs/schemas/delivery.json)
);
CREATE INDEX delivery_made ON delivery (made);
CREATE INDEX delivery_subscriber ON delivery (subscriber, made);
CREATE INDEX delivery_open ON delivery (made) WHERE open;
-- Whose it is to write the deliveries: the office that has claimed it last, and how many have.
CREATE TABLE office (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    name   TEXT NOT NULL,
    number INTEGER NOT NULL
);
""",
)


def migrate(connection: sqlite3.Connection, path: str) -> None:
    """Bring the file to today's version, in one transaction. Raises StoreError for a newer one, or another program's."""
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found and connection.execute("PRAGMA application_id").fetchone() != (APPLICATION_ID,):
        raise _foreign(path)
    if found > len(MIGRATIONS):
        raise StoreError(
            f"{path}: was written by a newer Corrillo (store version {found}, this one knows {len(MIGRATIONS)})",
            "upgrade Corrillo, or restore a backup of before the upgrade",
        )
    if found == len(MIGRATIONS):
        return
    connection.execute("BEGIN EXCLUSIVE")
    try:
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        if not found and connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            raise _foreign(path)
        for script in MIGRATIONS[found:]:
            for statement in _statements(script):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _foreign(path: str) -> StoreError:
    return StoreError(f"{path}: is an SQLite file of another program", "check store.path")


def _statements(script: str) -> list[str]:
    statements, current = [], ""
    for line in script.splitlines(keepends=True):
        current += line
        if sqlite3.complete_statement(current):
            statements.append(current)
            current = ""
    return statements
