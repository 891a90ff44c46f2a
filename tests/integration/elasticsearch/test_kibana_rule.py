"""The rule of docs/kibana.md: what Kibana would ask with it, asked of the real server."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from corrillo.testing.incidents import an_incident, tell
from corrillo.testing.mentions import NOW
from stores.elasticsearch.fields import FIELDS

DOCS = Path(__file__).parents[3] / "docs" / "kibana.md"
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@pytest.fixture(scope="module")
def rule() -> dict[str, Any]:
    """The rule as it stands in the docs."""
    [found] = [
        block for block in re.findall(r"```json\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL) if "es-query" in block
    ]
    return json.loads(found)


def asked(params: dict[str, Any]) -> dict[str, Any]:
    """What Kibana asks for such a rule: its query within the window, counted for each value of a field."""
    window = timedelta(**{UNITS[params["timeWindowUnit"]]: params["timeWindowSize"]})
    since = {"range": {params["timeField"]: {"gt": (NOW - window).isoformat(), "lte": NOW.isoformat()}}}
    groups = {"terms": {"field": params["termField"], "size": params["termSize"]}}
    query = {"bool": {"filter": [since, json.loads(params["esQuery"])["query"]]}}
    return {"size": 0, "query": query, "aggs": {"groups": groups}}


def test_each_open_and_serious_incident_is_an_alert_of_its_own(own, store, client, rule):
    """One that ended, one that is only worth a look, and one that became part of another are none."""
    params = rule["params"]
    tell(
        store,
        an_incident("bad"),
        an_incident("worse", level="crisis", opened=NOW - timedelta(days=params["timeWindowSize"] - 1)),
        an_incident("mild", level="watch"),
        an_incident("over", resolved=NOW),
        an_incident("merged", into="incident-bad"),
        an_incident("old", opened=NOW - timedelta(days=params["timeWindowSize"] + 1)),
    )
    [index] = params["index"]
    place = index.replace("corrillo", own.name)
    client.send("POST", f"/{place}/_refresh")
    answer = msgspec.json.decode(client.send("POST", f"/{place}/_search", asked(params)))
    buckets = answer["aggregations"]["groups"]["buckets"]
    assert {b["key"]: b["doc_count"] for b in buckets} == {"incident-bad": 1, "incident-worse": 1}
    assert all(b["doc_count"] > params["threshold"][0] for b in buckets)


def test_what_the_rule_and_the_line_for_discover_name_are_fields_of_incidents(rule):
    """The same condition is written twice: for Discover, and for the rule."""
    fields, query = FIELDS["alerts"], json.loads(rule["params"]["esQuery"])["query"]["bool"]
    assert {rule["params"]["timeField"], rule["params"]["termField"]} <= set(fields)
    line = re.search(r"^level: \((.*)\) and not (\w+): \*$", DOCS.read_text("utf-8"), re.MULTILINE)
    assert line is not None
    assert query["filter"] == [{"terms": {"level": line[1].split(" or ")}}]
    assert query["must_not"] == [{"exists": {"field": line[2]}}]
    assert {"level", line[2]} <= set(fields)
