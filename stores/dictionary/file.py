"""What an analyst may read of the SQLite file and of an export: columns, in their order, and what each says."""

from __future__ import annotations

from collections.abc import Mapping

from stores.dictionary.entries import Entry, Room
from stores.elasticsearch.fields import FIELDS, Described
from stores.elasticsearch.names import Kind

Says = Mapping[str, tuple[str, str]]
"""By column: its type, and what it says."""


def _as_in(kind: Kind, *names: str, flag: str = "integer (0, 1)") -> dict[str, tuple[str, str]]:
    """Columns that say what the fields of an index do."""
    types = {**_TYPES, "flag": flag}
    found = {name: _field(FIELDS[kind], name) for name in names}
    return {name.rpartition(".")[2]: (types.get(f.type, "text"), f.says) for name, f in found.items()}


def _field(fields: Mapping[str, Described], name: str) -> Described:
    head, _, rest = name.partition(".")
    return _field(fields[head].fields, rest) if rest else fields[head]


_TYPES = {
    "number": "integer",
    "decimal": "real",
    "score": "real",
    "date": "text (ISO 8601)",
    "day": "text (yyyy-MM-dd)",
}
_SPOKEN = ("network", "venue", "venue_kind", "source", "place", "language", "target", "service", "district")
_CORRECTED = (
    "The team's tags, joined by `|`; empty: no tag fits; NULL: nobody has corrected them. Filters and counts go by the "
    "machine's (`read_tags`)."
)
VIEWS: Mapping[str, tuple[str, Says]] = {
    "read_mentions": (
        "What was said: one row a mention. Nobody's name or pseudonym, and no link.",
        {
            **_as_in("mentions", "id"),
            "number": ("integer", "Its row in the file, for the index of words: `number IN (SELECT rowid FROM mention_text WHERE mention_text MATCH 'agua')`."),
            **_as_in("mentions", "institution", "published", "day", "first_seen", *_SPOKEN, "story", "thread", "author_kind"),
            "account": ("text", "The institution's own account, where one of them wrote it."),
            **_as_in("mentions", "title", "text"),
            "not_about_us": ("integer (0, 1)", "Whether the team has marked it as not about the institution. Daily counts and detection are of what was heard, and do not move."),
            "corrected_tags": ("text", _CORRECTED),
        },
    ),
    "read_tags": (
        "The machine's tags: one row a mention and tag.",
        {"mention": ("text", "Id of the mention."), **_as_in("mentions", "institution", "tag", "tags.score")},
    ),
    "read_days": (
        "Daily counts, also of days whose mentions retention has deleted.",
        _as_in("days", "institution", "day", "network", "venue", "place", "service", "district", "tag", "count"),
    ),
    "read_hours": (
        "What was said in each hour of the institution, of each service and of each district, and what is normal. Kept for good.",
        _as_in("hours", "institution", "service", "district", "at", "count", "voices", "complaints", "crises", "expected", "low", "high", "heard"),
    ),
    "read_attention": (
        "Questions and complaints of citizens and whether they were answered (docs/attention.md); it goes with the mention.",
        {
            **_as_in("attention", "mention", "institution", "asked"),
            "kinds": ("text", "question, complaint, joined by `|`."),
            **_as_in("attention", "network", "venue", "place", "service", "district", "language", "department"),
            "state": ("text", "answered, waiting; unknown: nobody has looked for an answer."),
            **_as_in("attention", "looked", "answered"),
            "account": ("text", "The own account that has answered."),
            **_as_in("attention", "wait", "working_wait"),
        },
    ),
    "read_incidents": (
        "Incidents: what alerts are about, as they stand.",
        {
            **_as_in("alerts", "id", "institution", "opened", "updated", "ended", "level", "peak", "leading.service", "leading.district"),
            "merged_into": ("text", "The incident that it is part of since they were merged."),
            **_as_in("alerts", *(f"evidence.{n}" for n in ("channel", "minutes", "voices", "expected", "low", "high", "surprise", "word", "count", "authors", "heard"))),
        },
    ),
    "read_sources": (
        "How each source is.",
        _as_in("sources", "source", "network", "begun", "newest_post", "last_success", "last_attempt", "failures", "seen", "kept", "rejected"),
    ),
}  # fmt: skip
NOT_FOR_READING: Mapping[str, str] = {
    "mention": "Mentions; `read_mentions` reads them.",
    "body": "Texts and whole mentions as JSON; `read_mentions` reads them.",
    "mention_text": "The index of words of `body`, folded: for MATCH.",
    "mention_tag": "Tags; `read_tags` reads them.",
    "link": "What leads to people: addresses. For the team alone.",
    "ref": "What leads to people: how servers call their posts. For the team alone.",
    "tombstone": "What must not come back.",
    "story": "By which texts that are nearly the same are found.",
    "story_band": "By which texts that are nearly the same are found.",
    "day_count": "Daily counts; `read_days` reads them.",
    "source": "How each source is, and where it resumes; `read_sources` reads it.",
    "quarantine": "What could not become a mention.",
    "detection": "What detection remembers; not for reading.",
    "detection_edition": "What detection remembers; not for reading.",
    "hour_count": "Hourly counts; `read_hours` reads them.",
    "incident": "Incidents; `read_incidents` reads them.",
    "act": "What people of the team did about incidents.",
    "deed": "What people of the team did about mentions: cases, corrections. Only ever added to; it goes with the mention.",
    "attention": "Questions and complaints; `read_attention` reads them.",
    "subscriber": "Who wants to be told. Whoever unsubscribes is deleted.",
    "delivery": "What was told to whom, or waits to be told; kept 60 days, and gone with the subscriber.",
    "office": "Whose it is to write what is told: the process that has taken it over last.",
}
EXPORTED: Says = {
    **_as_in("mentions", "id", "institution", "published", "date_only", "first_seen", "revised", "network", "venue", "venue_kind", "place", "language", flag="boolean"),
    "author": ("text", "The institution's own account; empty for everybody else: nobody is to be followed from post to post."),
    **_as_in("mentions", "author_kind", "title", "text"),
    "tags": ("text", "The machine's tags, joined by `|`: filters and counts go by these."),
    "scores": ("text", "How sure each is, 0 to 1, joined by `|`."),
    "evidence": ("text", "The words that caused each tag: `|` between tags, `;` between words."),
    **_as_in("mentions", "target", "service", "district", "story", "thread", "answers", "repeats", "quotes", "engagement.likes", "engagement.shares"),
    "reasons": ("text", "Why it is about the institution: `kind:words`, joined by `|`; `-` before what speaks against it."),
    **_as_in("mentions", "source", "revision", "enrichment", "backfilled", "looked", flag="boolean"),
    "corrected": ("boolean", "Whether the team has corrected the tags."),
    "corrected_tags": ("text", "The team's tags beside the machine's, joined by `|`; with `corrected`, empty: no tag fits."),
    "url": ("text", "Address of the post, for answering it. Only with `--urls`."),
}  # fmt: skip
COUNTED: Says = {
    **_as_in("days", "institution"),
    "day": ("text (yyyy-MM-dd)", "The institution's own day; by week or month (`--per`) its first."),
    **_as_in("days", "network", "venue", "place", "service", "district", "tag"),
    "count": ("integer", "How many mentions; empty where they are fewer than 5: too few to be anonymous."),
    "suppressed": ("boolean", "Whether there are some, but too few to be told."),
}


def views() -> list[Room]:
    """The views of the SQLite file."""
    return [Room(name, says, _entries(name, columns)) for name, (says, columns) in VIEWS.items()]


def exports() -> list[Room]:
    """What ``corrillo export`` writes."""
    return [
        Room("corrillo export FILE", "Mentions, without what the team has marked as not about the institution (`--all` adds it).", _entries("export", EXPORTED)),
        Room("corrillo export FILE --counts", "Daily counts of what was heard, by what `--by` names. No sums are written, so that no small cell can be reckoned back from one file; two files of different cuts may tell one, so give out one.", _entries("counted", COUNTED)),
    ]  # fmt: skip


def _entries(room: str, columns: Says) -> tuple[Entry, ...]:
    return tuple(Entry(room, name, kind, says) for name, (kind, says) in columns.items())
