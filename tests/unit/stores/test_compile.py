"""Query → query DSL."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from corrillo.errors import ConfigError
from corrillo.ports import Query
from stores.elasticsearch.compile import EVERY_ENDING, compiled

DEEPEST = 30
"""``indices.query.bool.max_nested_depth`` of a server as it comes."""
AGUA, LUZ = {"term": {"search": {"value": "agua"}}}, {"term": {"search": {"value": "luz"}}}


def text(query):
    """The DSL of a text."""
    (condition,) = compiled(Query(text=query))["bool"]["filter"]
    return condition


def depth(found):
    """How many queries stand inside each other."""
    below = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    return max(map(depth, below), default=0) + (isinstance(found, dict) and "bool" in found)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Água", AGUA),
        ("inund*", {"prefix": {"search": {"value": "inund"}}}),
        ('"corte de agua"', {"match_phrase": {"search": {"query": "corte de agua"}}}),
        (
            "corte-de-ag*",
            {"match_phrase_prefix": {"search": {"query": "corte de ag", "max_expansions": EVERY_ENDING}}},
        ),
        ("agua luz", {"bool": {"filter": [AGUA, LUZ], "must_not": []}}),
        ("agua -luz", {"bool": {"filter": [AGUA], "must_not": [LUZ]}}),
        ("-luz", {"bool": {"must_not": [LUZ]}}),
        ("agua OR luz", {"bool": {"should": [AGUA, LUZ], "minimum_should_match": 1}}),
    ],
)
def test_each_way_of_asking_has_one_query(query, expected):
    """All of them exact, none of them scored."""
    assert text(query) == expected


@pytest.mark.parametrize("step", ["(a OR b -(", "(a b (", "-(", "(a OR -(", "(-a OR b (", "a -(", "(a OR ("])
def test_no_query_is_deeper_than_a_server_follows(step):
    """The grammar allows ten brackets inside each other, whatever stands in them."""
    brackets = step.count("(")
    times = 10 // brackets
    assert depth(compiled(Query(text=step * times + "agua" + ")" * brackets * times))) < DEEPEST


def test_conditions_stand_side_by_side():
    """All in filter context; spans in milliseconds, the end not included."""
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    query = Query(where={"service": ("water", "waste"), "district": ()}, since=moment, until=moment, ids=("1",))
    assert compiled(query, besides=[AGUA])["bool"]["filter"] == [
        {"terms": {"service": ["water", "waste"]}},
        {"range": {"published": {"format": "epoch_millis", "gte": 1795219200000, "lt": 1795219200000}}},
        {"terms": {"id": ["1"]}},
        AGUA,
    ]
    assert compiled(Query()) == {"match_all": {}}


def test_asking_for_no_value_finds_what_has_none():
    """An empty value is not in a document."""
    (condition,) = compiled(Query(where={"district": ("", "El Raval")}))["bool"]["filter"]
    assert condition["bool"]["should"] == [
        {"terms": {"district": ["", "El Raval"]}},
        {"bool": {"must_not": [{"exists": {"field": "district"}}]}},
    ]


@pytest.mark.parametrize("query", [Query(text="… 🔥"), Query(text="(agua"), Query(where={"author": ("x",)})])
def test_what_cannot_be_asked_is_a_mistake_of_who_asks(query):
    """With what to do."""
    with pytest.raises(ConfigError) as raised:
        compiled(query)
    assert raised.value.remedy
