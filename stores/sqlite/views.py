"""Views for analysts: what they may read of the file, with times that can be read and nothing that leads to people.

They hold nothing themselves, so retention and erasure reach them by themselves. An empty value is NULL, as it is
absent in Elasticsearch; a moment is ISO 8601 in UTC, to the second. Authors, addresses and notes are in none.
"""

from __future__ import annotations


def _moment(column: str) -> str:
    """Milliseconds since 1970 as a moment that sorts, and that SQLite's own functions read."""
    return f"strftime('%Y-%m-%dT%H:%M:%SZ', {column} / 1000, 'unixepoch')"


def _given(prefix: str, *columns: str) -> str:
    """These columns, with NULL for what is empty."""
    return ", ".join(f"NULLIF({prefix}{column}, '') AS {column}" for column in columns)


def _in(document: str, *paths: str) -> str:
    """Parts of a JSON document under their own names; what is empty is NULL."""
    named = ((path, path.rpartition(".")[2]) for path in paths)
    return ", ".join(f"NULLIF(json_extract({document}, '$.{path}'), '') AS {name}" for path, name in named)


def _flat(document: str, path: str) -> str:
    """A list of words as one text, joined by ``|``; NULL where it is empty."""
    return f"(SELECT group_concat(value, '|') FROM json_each({document}, '$.{path}'))"


def _moment_in(document: str, path: str) -> str:
    """A moment in a JSON document, cut to the second."""
    return f"strftime('%Y-%m-%dT%H:%M:%SZ', json_extract({document}, '$.{path}'))"


_LAST = "ORDER BY d.at DESC, d.id DESC LIMIT 1"

VIEWS = f"""
CREATE VIEW read_mentions AS SELECT
    m.id, m.number, m.institution, {_moment("m.published")} AS published, m.day, {_moment("m.first_seen")} AS first_seen,
    {_given("m.", "network", "venue", "venue_kind", "source", "place", "language", "target", "service", "district")},
    {_given("m.", "story", "thread", "author_kind")},
    CASE WHEN m.author_kind = 'own_account' THEN m.author END AS account,
    (SELECT {_in("b.document", "title")} FROM body b WHERE b.number = m.number) AS title,
    (SELECT json_extract(b.document, '$.text') FROM body b WHERE b.number = m.number) AS text,
    coalesce((SELECT d.what = 'not_about_us' FROM deed d
        WHERE d.mention = m.id AND d.what IN ('not_about_us', 'about_us') {_LAST}), 0) AS not_about_us,
    (SELECT coalesce({_flat("d.document", "tags")}, '') FROM deed d
        WHERE d.mention = m.id AND d.what = 'correct' {_LAST}) AS corrected_tags
FROM mention m;
CREATE VIEW read_tags AS SELECT m.id AS mention, m.institution, t.tag, t.score
FROM mention_tag t JOIN mention m ON m.number = t.mention;
CREATE VIEW read_days AS SELECT
    institution, day, {_given("", "network", "venue", "place", "service", "district", "tag")}, count
FROM day_count;
CREATE VIEW read_hours AS SELECT
    institution, {_given("", "service", "district")}, {_moment("hour * 3600000")} AS at, count, voices, complaints, crises,
    expected, low, high, heard
FROM hour_count;
CREATE VIEW read_attention AS SELECT
    mention, institution, {_moment("asked")} AS asked,
    {_flat("document", "kinds")} AS kinds,
    {_in("document", "network", "venue", "place", "service", "district", "language", "department")},
    CASE WHEN json_extract(document, '$.answered') IS NOT NULL THEN 'answered'
        WHEN json_extract(document, '$.looked') IS NOT NULL THEN 'waiting' ELSE 'unknown' END AS state,
    {_moment_in("document", "looked")} AS looked, {_moment_in("document", "answered")} AS answered,
    NULLIF(json_extract(document, '$.by'), '') AS account,
    json_extract(document, '$.wait') AS wait, json_extract(document, '$.working_wait') AS working_wait
FROM attention;
CREATE VIEW read_incidents AS SELECT
    id, institution, {_moment("opened")} AS opened, {_moment("updated")} AS updated, {_moment("resolved")} AS ended,
    level, {_in("document", "peak", "leading.service", "leading.district")},
    NULLIF(json_extract(document, '$.into'), '') AS merged_into,
    {_in("document", "evidence.channel", "evidence.minutes", "evidence.voices", "evidence.expected", "evidence.low")},
    {_in("document", "evidence.high", "evidence.surprise", "evidence.word", "evidence.count", "evidence.authors")},
    {_in("document", "evidence.heard")}
FROM incident;
CREATE VIEW read_sources AS SELECT
    source, network,
    {_moment_in("health", "begun")} AS begun, {_moment_in("health", "newest_post")} AS newest_post,
    {_moment_in("health", "last_success")} AS last_success, {_moment_in("health", "last_attempt")} AS last_attempt,
    {_in("health", "failures", "seen", "kept", "rejected")}
FROM source;
"""
