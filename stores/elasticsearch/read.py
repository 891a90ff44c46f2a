"""Asking: find, count, terms, histogram, daily and hourly counts, incidents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from corrillo.alerts import Act, HourCount, Incident, Subject
from corrillo.attention import Attention
from corrillo.errors import ConfigError
from corrillo.model import TaggedMention
from corrillo.ports import Bucket, DayCount, Field, Found, Interval, Query
from corrillo.work import Deed, DeedKind
from stores.elasticsearch import attention, deeds, told
from stores.elasticsearch.compile import column, compiled
from stores.elasticsearch.counting import Counting
from stores.elasticsearch.days import day_counts
from stores.elasticsearch.names import Names
from stores.elasticsearch.search import Json, Searcher
from stores.elasticsearch.view import LEFT_OUT, links_of, with_link
from stores.page import position, token

MAX_PAGE = 1000


class ElasticReader:
    """Reads what is searchable: at once what a unit has stored, within a second what a worker has."""

    def __init__(self, searcher: Searcher, names: Names) -> None:
        self._searcher, self._names = searcher, names
        self._counting = Counting(searcher, names["mentions"])

    def find(self, query: Query, *, limit: int = 50, page: str = "") -> Found:
        """Mentions newest first, at most ``MAX_PAGE`` at once."""
        limit = max(1, min(limit, MAX_PAGE))
        body: Json = {
            "query": compiled(query),
            "sort": [{"published": "desc"}, {"id": "desc"}],
            "size": limit + 1,
            "track_total_hits": False,
            "_source": {"excludes": LEFT_OUT},
        }
        ended = position(page)
        hits = self._searcher.hits(
            TaggedMention, self._names["mentions"], body | ({"search_after": ended} if ended else {})
        )
        more, hits = len(hits) > limit, hits[:limit]
        links = links_of(self._searcher.client, self._names, [h.id for h in hits])
        mentions = tuple(with_link(h.source, links.get(h.id)) for h in hits)
        return Found(mentions, token(int(hits[-1].sort[0] or 0), hits[-1].id) if more else "")

    def count(self, query: Query) -> int:
        """How many mentions."""
        return self._searcher.count(self._names["mentions"], compiled(query))

    def distinct_authors(self, query: Query) -> int:
        """By how many different people; the same person on two networks counts twice."""
        return self._searcher.distinct(self._names["mentions"], compiled(query), "author")

    def terms(
        self, query: Query, fields: Sequence[Field], *, limit: int = 50, authors: bool = True
    ) -> Sequence[Bucket]:
        """Counts by one field or two crossed; mentions without a value are left out."""
        columns = [column(f) for f in fields]
        if not 1 <= len(columns) <= 2:
            raise ConfigError(f"terms by {len(columns)} fields", "use one field, or two")
        return self._counting.terms(query, columns, limit, authors)

    def histogram(
        self, query: Query, interval: Interval, zone: str, split: Field | None = None, *, authors: bool = True
    ) -> Sequence[Bucket]:
        """Counts over time, earliest first; spans without mentions are left out."""
        return self._counting.histogram(query, interval, zone, column(split) if split else "", authors)

    def day_counts(self, institution: str, since: str = "", until: str = "") -> Sequence[DayCount]:
        """Daily counts from the day ``since`` to before ``until`` (ISO days); they outlive the mentions."""
        return day_counts(self._searcher, self._names, institution, since, until)

    def hour_counts(self, subject: Subject, since: int, until: int) -> Sequence[HourCount]:
        """What was said of a subject in the hours since 1970 from ``since`` to before ``until``."""
        return told.hour_counts(self._searcher, self._names, subject, since, until)

    def incidents(
        self, institution: str, *, since: datetime | None = None, open_only: bool = False, limit: int = 50
    ) -> Sequence[Incident]:
        """The newest change first; one that became part of another is not open."""
        return told.incidents(self._searcher, self._names, institution, since, open_only, limit)

    def incident(self, identity: str) -> Incident | None:
        """The incident with that id."""
        return told.incident(self._searcher, self._names, identity)

    def acts(self, incidents: Sequence[str]) -> Sequence[Act]:
        """What people did about these incidents, in its order."""
        return told.acts(self._searcher, self._names, incidents)

    def attention(
        self, institution: str, *, since: datetime | None = None, until: datetime | None = None, limit: int = 20_000
    ) -> Sequence[Attention]:
        """What was asked of an institution in that time, and what became of it, newest first."""
        return attention.attention(self._searcher, self._names, institution, since, until, limit)

    def deeds(self, mentions: Sequence[str]) -> Sequence[Deed]:
        """What the team did about these mentions, in its order."""
        return deeds.deeds(self._searcher, self._names, mentions)

    def done(
        self, institution: str, *, since: datetime | None = None, what: Sequence[DeedKind] = (), limit: int = 200
    ) -> Sequence[Deed]:
        """What the team did for an institution, newest first."""
        return deeds.done(self._searcher, self._names, institution, since, what, limit)
