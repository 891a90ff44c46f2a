"""Asking for what detection has told, and what people did about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from corrillo.alerts import Act, HourCount, Incident, Subject
from stores.elasticsearch import bulk
from stores.elasticsearch.names import Names
from stores.elasticsearch.realtime import documents
from stores.elasticsearch.search import Json, Searcher, refresh
from stores.elasticsearch.telling import hour_in, incident_in

AT_ONCE = 500
"""Incidents of one answer: one may be large."""
CHUNK = 1_000
"""Incidents whose acts are asked for at once."""
MOST_ACTS = 10_000


def hour_counts(searcher: Searcher, names: Names, subject: Subject, since: int, until: int) -> list[HourCount]:
    """The hourly counts of a subject from ``since`` to before ``until``, in their order."""
    span: Json = {"range": {"hour": {"gte": since, "lt": until}}}
    where: list[Json] = [{"term": {"institution": subject.institution}}, span]
    parts = {"service": subject.service, "district": subject.district}
    where += [{"term": {name: value}} for name, value in parts.items() if value]
    without = [{"exists": {"field": name}} for name, value in parts.items() if not value]
    hits = searcher.all(Json, names["hours"], {"bool": {"filter": where, "must_not": without}})
    return sorted((hour_in(h.source) for h in hits), key=lambda count: count.hour)


def incidents(
    searcher: Searcher, names: Names, institution: str, since: datetime | None, open_only: bool, limit: int
) -> list[Incident]:
    """The incidents of an institution that have changed since then, the newest change first."""
    where: list[Json] = [{"term": {"institution": institution}}]
    where += [{"range": {"updated": {"gte": _written(since)}}}] if since else []
    without = [{"exists": {"field": "ended"}}] if open_only else []
    query: Json = {"bool": {"filter": where, "must_not": without}}
    order: list[Json] = [{"updated": "desc"}, {"id": "desc"}]
    return [incident_in(h.source) for h in searcher.first(Json, names["alerts"], query, order, limit, AT_ONCE)]


def incident(searcher: Searcher, names: Names, identity: str) -> Incident | None:
    """The incident with that id, as it was told last."""
    address = names["alerts"], identity
    found = documents(searcher.client, Json, [address]).get(address)
    return incident_in(found) if found else None


def acts(searcher: Searcher, names: Names, identities: Sequence[str]) -> list[Act]:
    """What was done about these incidents, in its order; at one moment, in that in which it was kept."""
    found = [
        act for begin in range(0, len(identities), CHUNK) for act in _acts(searcher, names, identities[begin:][:CHUNK])
    ]
    return sorted(found, key=lambda act: act.at)


def _acts(searcher: Searcher, names: Names, identities: Sequence[str]) -> Iterator[Act]:
    body: Json = {
        "query": {"terms": {"incident": list(identities)}},
        "sort": [{"at": "asc"}, {"_seq_no": "asc"}],
        "size": MOST_ACTS,
    }
    return (hit.source for hit in searcher.hits(Act, names["acts"], body))


def drop(searcher: Searcher, names: Names, institution: str, before: datetime) -> None:
    """Delete incidents that were over before that moment; first what was done about them, which is found by them."""
    client = searcher.client
    refresh(client, names, ["alerts", "acts"])
    span: Json = {"range": {"ended": {"lt": _written(before)}}}
    query: Json = {"bool": {"filter": [{"term": {"institution": institution}}, span]}}
    old = [hit.id for hit in searcher.all(msgspec.Raw, names["alerts"], query, False)]
    for begin in range(0, len(old), CHUNK):
        of_them: Json = {"terms": {"incident": old[begin : begin + CHUNK]}}
        done = [hit.id for hit in searcher.all(msgspec.Raw, names["acts"], of_them, False)]
        bulk.every(client, [bulk.delete(names["acts"], i) for i in done])
    bulk.every(client, [bulk.delete(names["alerts"], i) for i in old])
    refresh(client, names, ["alerts", "acts"])


def _written(moment: datetime) -> str:
    """The moment as it is written in documents, so that it is cut to milliseconds as they are."""
    return str(msgspec.to_builtins(moment))
