"""Who wants to be told, and what was told to whom: one document each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from corrillo.notices import Delivery, Subscriber
from stores.elasticsearch import bulk
from stores.elasticsearch.connection import encode
from stores.elasticsearch.expunge import expunge
from stores.elasticsearch.names import Kind, Names
from stores.elasticsearch.realtime import present
from stores.elasticsearch.search import Json, Searcher, refresh


class _Subscriber(msgspec.Struct, frozen=True):
    subscriber: Subscriber


class _Delivery(msgspec.Struct, frozen=True):
    delivery: Delivery


class ElasticSubscriptions:
    """``Subscriptions`` in two indices."""

    def __init__(self, searcher: Searcher, names: Names) -> None:
        self._searcher, self._names = searcher, names

    def subscribers(self) -> Sequence[Subscriber]:
        """All of them, by name."""
        hits = self._searcher.all(_Subscriber, self._names["subscribers"], {"match_all": {}})
        return sorted((hit.source.subscriber for hit in hits), key=lambda s: (s.name, s.id))

    def subscribe(self, subscriber: Subscriber) -> None:
        """Keep somebody; the same id is replaced."""
        document: Json = {"id": subscriber.id, "name": subscriber.name, "subscriber": subscriber}
        self._store([bulk.put(self._names["subscribers"], subscriber.id, encode(document))], "subscribers")

    def unsubscribe(self, identity: str) -> bool:
        """Delete somebody, with everything that was told to them; out of the files with the next purge at the latest."""
        (gone,) = self._store([bulk.delete(self._names["subscribers"], identity)], "subscribers")
        refresh(self._searcher.client, self._names, ["deliveries"])
        told = self._found({"term": {"subscriber": identity}})
        self._store([bulk.delete(self._names["deliveries"], i) for i in told], "deliveries")
        expunge(self._searcher.client, self._names, 0, ["subscribers", "deliveries"])
        return gone.status == 200

    def deliveries(
        self,
        *,
        subscriber: str = "",
        incident: str = "",
        since: datetime | None = None,
        open_only: bool = False,
        limit: int = 200,
    ) -> Sequence[Delivery]:
        """What was told or waits to be told, made since then, newest first."""
        where: list[Json] = [{"term": {"subscriber": subscriber}}] if subscriber else []
        where += [{"term": {"incidents": incident}}] if incident else []
        where += [{"range": {"made": {"gte": _written(since)}}}] if since else []
        where += [{"terms": {"state": ["waiting", "sending"]}}] if open_only else []
        order: list[Json] = [{"made": "desc"}, {"id": "desc"}]
        query: Json = {"bool": {"filter": where}}
        hits = self._searcher.first(_Delivery, self._names["deliveries"], query, order, limit)
        return [hit.source.delivery for hit in hits]

    def deliver(self, deliveries: Sequence[Delivery]) -> None:
        """Keep deliveries, new or replaced by id; those of nobody known are left out."""
        known = present(self._searcher.client, {(self._names["subscribers"], d.subscriber) for d in deliveries})
        people, index = {identity for _, identity in known}, self._names["deliveries"]
        kept = [bulk.put(index, d.id, encode(_document(d))) for d in deliveries if d.subscriber in people]
        self._store(kept, "deliveries")

    def purge_deliveries(self, before: datetime) -> int:
        """Forget deliveries that were made before that moment, and what was kept of somebody while they unsubscribed.

        Out of the files they go with the next purge.
        """
        refresh(self._searcher.client, self._names, ["deliveries"])
        people: Json = {"terms": {"subscriber": [s.id for s in self.subscribers()]}}
        old: Json = {"range": {"made": {"lt": _written(before)}}}
        gone = self._found({"bool": {"should": [old, {"bool": {"must_not": people}}]}})
        return len(self._store([bulk.delete(self._names["deliveries"], i) for i in gone], "deliveries"))

    def _found(self, query: Json) -> list[str]:
        """The ids of deliveries."""
        return [hit.id for hit in self._searcher.all(msgspec.Raw, self._names["deliveries"], query, False)]

    def _store(self, operations: Sequence[bytes], kind: Kind) -> list[bulk.Result]:
        """Do it, so that it is found at once."""
        if not operations:
            return []
        self._searcher.prepare()
        done = bulk.every(self._searcher.client, operations)
        refresh(self._searcher.client, self._names, [kind])
        return done


def _document(delivery: Delivery) -> Json:
    told = {"incidents": [news.incident for news in delivery.news]} if delivery.news else {}
    where = {"institution": delivery.institution} if delivery.institution else {}
    own = {name: getattr(delivery, name) for name in ("id", "subscriber", "made", "state")}
    return {**own, **where, **told, "delivery": delivery}


def _written(moment: datetime) -> str:
    """The moment as it is written in documents, so that it is cut to milliseconds as they are."""
    return str(msgspec.to_builtins(moment))
