"""What Kibana would ask Elasticsearch for a Lens layer, and the figures that it would draw: nothing here is Kibana.

Its language of conditions (KQL) is read as far as our dashboards use it; its ``now`` is the one that is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]
TOKEN = re.compile(r'\s*(\(|\)|<=|>=|<|>|:|\*|"[^"]*"|[A-Za-z0-9_.-]+)')
NOW = re.compile(r"now(?:-(\d+)([hd]))?")


@dataclass
class Kql:
    """One condition, read from left to right: ``or`` binds less than ``and``, ``not`` most of all."""

    tokens: list[str]
    now: datetime

    def either(self) -> Json:
        found = [self.both()]
        while self._next("or"):
            found.append(self.both())
        return found[0] if len(found) == 1 else {"bool": {"should": found, "minimum_should_match": 1}}

    def both(self) -> Json:
        found = [self.one()]
        while self._next("and"):
            found.append(self.one())
        return found[0] if len(found) == 1 else {"bool": {"filter": found}}

    def one(self) -> Json:
        if self._next("not"):
            return {"bool": {"must_not": [self.one()]}}
        if self._next("("):
            inside = self.either()
            assert self._next(")")
            return inside
        field, sign = self.tokens.pop(0), self.tokens.pop(0)
        if sign != ":":
            ways = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
            return {"range": {field: {ways[sign]: self._moment(self.tokens.pop(0))}}}
        if self._next("*"):
            return {"exists": {"field": field}}
        if self._next("("):
            values = [self._value()]
            while self._next("or"):
                values.append(self._value())
            assert self._next(")")
            return {"terms": {field: values}}
        return {"term": {field: self._value()}}

    def _next(self, token: str) -> bool:
        if self.tokens and self.tokens[0] == token:
            self.tokens.pop(0)
            return True
        return False

    def _value(self) -> str:
        return self.tokens.pop(0).strip('"')

    def _moment(self, token: str) -> object:
        named = NOW.fullmatch(token.strip('"'))
        if named is None:
            return float(token)
        back = timedelta(**{{"h": "hours", "d": "days"}[named[2]]: int(named[1])}) if named[1] else timedelta()
        return (self.now - back).isoformat()


def condition(kql: str, now: datetime) -> Json:
    """A condition as Elasticsearch is asked it."""
    if not kql:
        return {"match_all": {}}
    read = Kql(TOKEN.findall(kql), now)
    found = read.either()
    assert not read.tokens, f"not read to its end: {kql}"
    return found


@dataclass(frozen=True)
class Asked:
    """A layer and under what it is drawn: the time of the dashboard (on ``time``), what is chosen, the browser's zone."""

    layer: Json
    query: str
    time: str
    since: datetime | None
    until: datetime | None
    chosen: Mapping[str, Sequence[str]]
    zone: str
    now: datetime

    def body(self) -> Json:
        """The request."""
        chosen: list[Json] = [{"terms": {name: list(values)}} for name, values in self.chosen.items()]
        if self.layer.get("ignoreGlobalFilters"):
            chosen = []
        span = {way: at.isoformat() for way, at in (("gte", self.since), ("lt", self.until)) if at}
        timed: list[Json] = [{"range": {self.time: span}}] if self.time and span else []
        where = [condition(self.query, self.now), *chosen, *timed]
        aggs = self._aggs([c for c in self.order if self.columns[c]["isBucketed"]])
        return {"size": 0, "track_total_hits": True, "query": {"bool": {"filter": where}}, "aggs": aggs}

    @property
    def columns(self) -> Mapping[str, Json]:
        return dict(self.layer["columns"])

    @property
    def order(self) -> list[str]:
        return list(self.layer["columnOrder"])

    def _aggs(self, buckets: list[str]) -> Json:
        if not buckets:
            return self._metrics()
        first, *rest = buckets
        return {first: {**self._bucket(self.columns[first]), "aggs": {**self._aggs(rest), **self._ordering(first)}}}

    def _ordering(self, bucket: str) -> Json:
        by = self.columns[bucket].get("params", {}).get("orderBy", {}).get("columnId", "")
        return (
            {by: self._metric(self.columns[by])} if by and self.columns[by]["operationType"] in ("min", "sum") else {}
        )

    def _bucket(self, column: Json) -> Json:
        params, kind = column["params"], column["operationType"]
        if kind == "filters":
            named = {str(n): condition(f["input"]["query"], self.now) for n, f in enumerate(params["filters"])}
            return {"filters": {"filters": named}}
        if kind == "date_histogram":
            asked = {"field": column["sourceField"], "calendar_interval": params["interval"], "time_zone": self.zone}
            return {"date_histogram": {**asked, "min_doc_count": 1}}
        by, way = params["orderBy"], params["orderDirection"]
        counts = by["type"] == "column" and self.columns[by["columnId"]]["operationType"] == "count"
        path = "_key" if by["type"] == "alphabetical" else "_count" if counts else by["columnId"]
        missing = {"missing": "__missing__"} if params["missingBucket"] else {}
        return {"terms": {"field": column["sourceField"], "size": params["size"], "order": {path: way}, **missing}}

    def _metrics(self) -> Json:
        found: Json = {}
        for name in self.order:
            column = self.columns[name]
            if not column["isBucketed"] and column["operationType"] not in ("math", "formula", "last_value"):
                found[name] = self._metric(column)
        return found

    def _metric(self, column: Json) -> Json:
        asked = _taken(column)
        if "filter" in column:
            return {"filter": condition(column["filter"]["query"], self.now), "aggs": {"of": asked}}
        return asked

    def figures(self, aggregations: Json, names: Sequence[str]) -> dict[tuple[str, ...], dict[str, float | None]]:
        """What each column of ``names`` is, by its values; measures by their columns."""
        buckets = [c for c in self.order if self.columns[c]["isBucketed"]]
        found = {}
        for at, leaf in _leaves(aggregations, buckets):
            values = {name: self._key(name, key) for name, key in at.items()}
            found[tuple(values[name] for name in names)] = self._measured(leaf)
        return found

    def _key(self, name: str, key: object) -> str:
        if self.columns[name]["operationType"] != "date_histogram":
            return "" if key == "__missing__" else str(key)
        at = datetime.fromtimestamp(int(str(key)) / 1000, tz=ZoneInfo(self.zone))
        return at.replace(tzinfo=None).isoformat()

    def _measured(self, leaf: Json) -> dict[str, float | None]:
        found: dict[str, float | None] = {}
        for name in self._metrics():
            answer = leaf[name]
            given = answer.get("of", answer)
            found[name] = next(iter(given["values"].values())) if "values" in given else given["value"]
        return found


def _taken(column: Json) -> Json:
    field, kind = column["sourceField"], column["operationType"]
    if kind == "count":
        return {"value_count": {"field": "_index"}}
    if kind in ("median", "percentile"):
        return {"percentiles": {"field": field, "percents": [column.get("params", {}).get("percentile", 50)]}}
    return {{"unique_count": "cardinality", "average": "avg"}.get(kind, kind): {"field": field}}


def _leaves(aggregations: Json, buckets: Sequence[str]) -> Iterator[tuple[dict[str, object], Json]]:
    """The innermost answers with the keys of the buckets that they are in."""
    if not buckets:
        yield {}, aggregations
        return
    found = aggregations[buckets[0]]["buckets"]
    for bucket in [{**b, "key": k} for k, b in found.items()] if isinstance(found, dict) else found:
        if bucket["doc_count"]:
            for at, leaf in _leaves(bucket, buckets[1:]):
                yield {buckets[0]: bucket["key"], **at}, leaf
