"""Query → query DSL. Pure; the same words, phrases and beginnings as ``corrillo.query.matches``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from corrillo.errors import ConfigError
from corrillo.model import milliseconds
from corrillo.ports import Field, Query
from corrillo.query import All, Node, Not, Phrase, Some, parse
from stores.elasticsearch.documents import LONGEST_WORD, searched_word

Json = dict[str, object]

FIELDS: tuple[Field, ...] = get_args(Field)
EVERY_ENDING = 2**31 - 1
"""A beginning stands for all words that begin so: no limit that would leave some out."""


def compiled(query: Query, *, besides: Sequence[Json] = ()) -> Json:
    """The DSL of ``query``, all in filter context. Raises ConfigError for an unknown field or a query without words."""
    conditions = [_field(name, values) for name, values in query.where.items() if values]
    if query.since is not None or query.until is not None:
        conditions.append(_span(query))
    if query.ids:
        conditions.append({"terms": {"id": list(query.ids)}})
    if query.without:
        conditions.append({"bool": {"must_not": [{"terms": {"id": list(query.without)}}]}})
    if query.text.strip():
        conditions.append(_text(_parsed(query.text)))
    return {"bool": {"filter": [*conditions, *besides]}} if conditions or besides else {"match_all": {}}


def column(name: Field) -> str:
    """The field to count by. Raises ConfigError for one that nobody may count by."""
    if name not in FIELDS:
        raise ConfigError(f"{name!r} is no field to count by", f"use one of: {', '.join(FIELDS)}")
    return name


def _field(name: Field, values: Sequence[str]) -> Json:
    if name not in FIELDS:
        raise ConfigError(f"{name!r} is no field to filter by", f"use one of: {', '.join(FIELDS)}")
    given: Json = {"terms": {name: list(values)}}
    return _some([given, {"bool": {"must_not": [{"exists": {"field": name}}]}}]) if "" in values else given


def _span(query: Query) -> Json:
    bounds: Json = {"format": "epoch_millis"}
    if query.since is not None:
        bounds["gte"] = milliseconds(query.since)
    if query.until is not None:
        bounds["lt"] = milliseconds(query.until)
    return {"range": {"published": bounds}}


def _parsed(text: str) -> Node:
    node = parse(text)
    if node is None:
        raise ConfigError(f"query {text!r}: has no word to look for", "write at least one of letters or digits")
    return node


def _text(node: Node) -> Json:
    match node:
        case Phrase():
            return _phrase(node)
        case Not():
            return {"bool": {"must_not": [_text(node.operand)]}}
        case All():
            return _all(node)
        case Some():
            return _some([_text(n) for n in node.operands])


def _all(node: All) -> Json:
    """What must not be stands beside what must: a level less, and Elasticsearch follows only thirty."""
    wanted = [_text(n) for n in node.operands if not isinstance(n, Not)]
    unwanted = [_text(n.operand) for n in node.operands if isinstance(n, Not)]
    return {"bool": {"filter": wanted, "must_not": unwanted}}


def _some(conditions: Sequence[Json]) -> Json:
    return {"bool": {"should": list(conditions), "minimum_should_match": 1}}


def _phrase(phrase: Phrase) -> Json:
    *head, last = phrase.words
    last = last[:LONGEST_WORD] if phrase.prefix else searched_word(last)
    if not head:
        return {"prefix": {"search": {"value": last}}} if phrase.prefix else {"term": {"search": {"value": last}}}
    said = " ".join([*map(searched_word, head), last])
    if phrase.prefix:
        return {"match_phrase_prefix": {"search": {"query": said, "max_expansions": EVERY_ENDING}}}
    return {"match_phrase": {"search": {"query": said}}}
