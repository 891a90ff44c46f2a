"""Searching: hits as types, all hits of a query in turn, and every bucket of a composite aggregation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

import msgspec

from stores.elasticsearch.connection import Client
from stores.elasticsearch.errors import ServerError
from stores.elasticsearch.names import Kind, Names

T = TypeVar("T")
Json = dict[str, object]
Value = str | int | float | None

AT_ONCE = 5_000
"""Documents of one answer, where all are wanted."""
BUCKETS = 10_000
KEPT = "5m"
"""How long a moment is kept for who reads it."""
_WHOLE = {"allow_partial_search_results": "false"}
"""A shard that does not answer is an error, never a lower number."""


class Hit(msgspec.Struct, Generic[T], frozen=True):
    """A document that was found, and where it stands in the order."""

    index: str = msgspec.field(name="_index")
    id: str = msgspec.field(name="_id")
    source: T = msgspec.field(name="_source", default=None)  # type: ignore[assignment]  # None where none was asked for
    sort: list[Value] = []
    version: int = msgspec.field(name="_version", default=0)


class _Hits(msgspec.Struct, Generic[T], frozen=True):
    hits: list[Hit[T]] = []


class _Found(msgspec.Struct, Generic[T], frozen=True):
    hits: _Hits[T]


class _Moment(msgspec.Struct, frozen=True):
    id: str


class _Total(msgspec.Struct, frozen=True):
    value: int = 0


class _Totalled(msgspec.Struct, frozen=True):
    total: _Total


class _Counting(msgspec.Struct, frozen=True):
    hits: _Totalled


class Number(msgspec.Struct, frozen=True):
    """A single number of an aggregation."""

    value: float = 0


class Cell(msgspec.Struct, frozen=True):
    """A bucket of a composite aggregation: the values, how many, and by how many authors or in sum where asked."""

    key: dict[str, Value]
    doc_count: int
    authors: Number = Number()
    sum: Number = Number()


class _Page(msgspec.Struct, frozen=True):
    buckets: list[Cell] = []
    after_key: dict[str, Value] | None = None


class _Pages(msgspec.Struct, frozen=True):
    cells: _Page


class _Counted(msgspec.Struct, frozen=True):
    aggregations: _Pages | None = None


class _Branch(msgspec.Struct, frozen=True):
    key: str
    authors: Number | None = None
    by: _Branches | None = None


class _Branches(msgspec.Struct, frozen=True):
    buckets: list[_Branch] = []


class _Tree(msgspec.Struct, frozen=True):
    by: _Branches = _Branches()


class _Treed(msgspec.Struct, frozen=True):
    aggregations: _Tree | None = None


class _People(msgspec.Struct, frozen=True):
    authors: Number


class _Distinct(msgspec.Struct, frozen=True):
    aggregations: _People | None = None


class Searcher:
    """Asks one client; an index that is not there yet has nothing in it, once ``prepare`` has seen to it."""

    def __init__(self, client: Client, prepare: Callable[[], None]) -> None:
        self.client = client
        self.prepare = prepare

    def hits(self, kind: type[T], index: str, body: Json) -> list[Hit[T]]:
        """The hits of one search."""
        answer = self._asked(_Found[kind], index, body)  # type: ignore[valid-type]
        return answer.hits.hits if answer else []

    def all(self, kind: type[T], index: str, query: Json, source: object = True) -> Iterator[Hit[T]]:
        """Every hit, in no order; many of them as they stand at one moment."""
        body: Json = {"query": query, "size": AT_ONCE, "_source": source, "sort": ["_doc"], "track_total_hits": False}
        found = self.hits(kind, index, body)
        if len(found) < AT_ONCE:
            yield from found
            return
        yield from self.moment(kind, index, body)

    def moment(self, kind: type[T], indices: str, body: Json) -> Iterator[Hit[T]]:
        """Every hit of a search in these indices, as they stand at one moment; those that are not there hold nothing."""
        params = {"keep_alive": KEPT, "ignore_unavailable": "true", **_WHOLE}
        opened = self.client.ask(_Moment, "POST", f"/{indices}/_pit", params=params)
        try:
            body |= {"pit": {"id": opened.id, "keep_alive": KEPT}, "sort": ["_shard_doc"]}
            while found := self.client.ask(_Found[kind], "POST", "/_search", body, _WHOLE).hits.hits:  # type: ignore[valid-type]
                yield from found
                body["search_after"] = found[-1].sort
        finally:
            self.client.send("DELETE", "/_pit", {"id": opened.id})

    def first(
        self, kind: type[T], index: str, query: Json, sort: Sequence[Json], limit: int, at_once: int = AT_ONCE
    ) -> Iterator[Hit[T]]:
        """The first ``limit`` hits in that order (at least one), asked for so many at once."""
        body: Json = {"query": query, "sort": list(sort), "track_total_hits": False}
        wanted = max(1, limit)
        while wanted > 0:
            size = min(wanted, at_once)
            found = self.hits(kind, index, {**body, "size": size})
            yield from found
            if len(found) < size:
                return
            wanted -= size
            body["search_after"] = found[-1].sort

    def count(self, index: str, query: Json) -> int:
        """How many."""
        answer = self._asked(_Counting, index, {"size": 0, "query": query, "track_total_hits": True})
        return answer.hits.total.value if answer else 0

    def distinct(self, index: str, query: Json, field: str) -> int:
        """How many different values; exact up to some ten thousands."""
        aggregation = {"authors": {"cardinality": {"field": field, "precision_threshold": 40_000}}}
        answer = self._asked(_Distinct, index, {"size": 0, "query": query, "aggs": aggregation})
        return int(answer.aggregations.authors.value) if answer and answer.aggregations else 0

    def cells(
        self,
        index: str,
        query: Json,
        sources: Sequence[Mapping[str, object]],
        inner: Mapping[str, object] | None = None,
        size: int = BUCKETS,
    ) -> Iterator[Cell]:
        """Every bucket of the composite of ``sources``, in the order of its values."""
        composite: Json = {"size": size, "sources": list(sources)}
        while True:
            aggregation: Json = {"cells": {"composite": composite, **({"aggs": inner} if inner else {})}}
            answer = self._asked(_Counted, index, {"size": 0, "query": query, "aggs": aggregation})
            page = answer.aggregations.cells if answer and answer.aggregations else _Page()
            yield from page.buckets
            if page.after_key is None or len(page.buckets) < size:
                return
            composite["after"] = page.after_key

    def leaves(self, index: str, query: Json, by: Json) -> Iterator[tuple[tuple[str, ...], int]]:
        """The authors at the leaves of nested ``terms`` aggregations called ``by``, with the values that lead there."""
        answer = self._asked(_Treed, index, {"size": 0, "query": query, "aggs": by})
        return _leaves(answer.aggregations.by, ()) if answer and answer.aggregations else iter(())

    def _asked(self, kind: type[T], index: str, body: Json) -> T | None:
        try:
            return self.client.ask(kind, "POST", f"/{index}/_search", body, _WHOLE)
        except ServerError as error:
            if not error.absent:
                raise
        self.prepare()
        return None


def _leaves(branches: _Branches, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
    for branch in branches.buckets:
        if branch.by is not None:
            yield from _leaves(branch.by, (*path, branch.key))
        elif branch.authors is not None:
            yield (*path, branch.key), int(branch.authors.value)


def refresh(client: Client, names: Names, kinds: Sequence[Kind]) -> None:
    """Make what was written to these indices searchable; those that are not there yet need it not."""
    if kinds:
        path = f"/{','.join(names.pattern(k) for k in kinds)}/_refresh"
        client.send("POST", path, params={"ignore_unavailable": "true"})
