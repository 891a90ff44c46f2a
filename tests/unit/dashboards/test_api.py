"""The read API, held against its own description."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from corrillo.attention import Attention
from corrillo.errors import StoreError
from corrillo.model import Gap
from corrillo.people import Person
from corrillo.ports import SourceHealth
from dashboards.api.endpoints import ENDPOINTS
from dashboards.page.address import MAX_VALUE
from dashboards.page.app import create_app
from dashboards.page.people.door import Entrance

ROOT = "/api/v1"
NAMES = [e.name for e in ENDPOINTS]


@pytest.fixture
def api(store: Any, client: TestClient, mention: Any, tags: Any, incident: Any, now: Any) -> TestClient:
    """Something of everything."""
    store.mentions = [
        mention(
            str(n), f"Contenedor {n}", tags=tags("complaint", evidence=("contenedor",)), service="waste",
            network="press" if n % 2 else "x", venue=f"Sitio {n % 3}", place=("off_page", "on_page", "own")[n % 3],
            author_kind="own_account" if n % 3 == 2 else "person", published=now - timedelta(hours=7 * n),
            url=f"https://x.example/{n}", ref=f"ref-{n}", author=f"who-{n}",
        )
        for n in range(9)
    ]  # fmt: skip
    store.attended = [
        Attention(
            mention=f"m{n}", institution="benialba", thread="t", asked=now - timedelta(hours=n), kinds=("question",),
            network="x", venue="x.com", place="off_page", service="waste" if n % 2 else "water",
            looked=now if n else None, answered=now if n == 2 else None,
        )
        for n in range(5)
    ]  # fmt: skip
    store.known_incidents = [incident("burst"), incident("old", resolved=now - timedelta(hours=1))]
    gap = Gap(since=now - timedelta(hours=5), until=now - timedelta(hours=3), why="HTTP 429")
    store.sources = [
        SourceHealth("x-search", "x", newest_post=now, last_success=now, begun=now - timedelta(days=99), gaps=(gap,))
    ]
    return client


@pytest.fixture
def described(api: TestClient) -> Mapping[str, Any]:
    document: Mapping[str, Any] = api.get(f"{ROOT}/openapi.json").json()
    return document


def valid(described: Mapping[str, Any], schema: Mapping[str, Any], answer: Any) -> None:
    Draft202012Validator({**schema, "components": described["components"]}).validate(answer)


def of(described: Mapping[str, Any], name: str, status: str = "200") -> Mapping[str, Any]:
    response = described["paths"][f"/{name}"]["get"]["responses"][status]
    schema: Mapping[str, Any] = response["content"]["application/json"]["schema"]
    return schema


def get(api: TestClient, address: str) -> Any:
    answer = api.get(f"{ROOT}/{address}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


@pytest.mark.parametrize(
    "address",
    [
        "mentions", "mentions?limit=2&links=yes&tag=complaint", "counts", "counts?by=network&by=place&authors=yes",
        "histogram", "histogram?interval=hour&split=network&period=7d", "venues?period=all", "attention",
        "attention?state=unknown&limit=1", "incidents", "incidents?open=yes", "sources?period=1d",
    ],
)  # fmt: skip
def test_every_answer_is_as_it_is_described(api: TestClient, described: Mapping[str, Any], address: str) -> None:
    valid(described, of(described, address.partition("?")[0]), get(api, address))


def test_the_description_is_one_of_openapi_and_has_every_address(described: Mapping[str, Any]) -> None:
    assert described["openapi"] == "3.1.0"
    assert sorted(described["paths"]) == sorted(f"/{name}" for name in NAMES)
    for path in described["paths"].values():
        assert list(path) == ["get"]
        names = [p["name"] for p in path["get"]["parameters"]]
        assert len(names) == len(set(names))
        assert all(p["description"] and p["in"] == "query" for p in path["get"]["parameters"])
    for schema in described["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_described_is_taken_and_nothing_else(api: TestClient, described: Mapping[str, Any], name: str) -> None:
    """Every value that the description allows is understood; every one that it forbids is refused, with what is allowed."""
    for parameter in described["paths"][f"/{name}"]["get"]["parameters"]:
        schema = parameter["schema"].get("items", parameter["schema"])
        field = parameter["name"]
        for value in schema.get("enum", ()):
            assert api.get(f"{ROOT}/{name}", params={field: value}).status_code == 200, (field, value)
        wrong = {"integer": str(schema.get("maximum", 0) + 1)}.get(schema["type"], "nothing-of-the-kind")
        if schema["type"] == "integer" or "enum" in schema or schema.get("format") == "date":
            refused = api.get(f"{ROOT}/{name}", params={field: wrong})
            assert refused.status_code == 400, field
            valid(described, of(described, name, "400"), refused.json())
            assert (refused.json()["field"], refused.json()["value"]) == (field, wrong)
        if schema.get("maxLength"):
            assert api.get(f"{ROOT}/{name}", params={field: "x" * (MAX_VALUE + 1)}).status_code == 400, field
    unknown = api.get(f"{ROOT}/{name}?colour=red")
    assert unknown.status_code == 400
    assert (unknown.json()["field"], unknown.json()["value"], unknown.json()["error"]) == (
        "colour",
        "red",
        "unknown_field",
    )
    assert unknown.json()["allowed"] == [p["name"] for p in described["paths"][f"/{name}"]["get"]["parameters"]]


def test_pages_go_on_until_every_mention_was_there_once(api: TestClient, store: Any) -> None:
    seen, page = [], ""
    while True:
        answer = get(api, f"mentions?period=all&limit=4&page={page}")
        assert answer["total"] == 9
        seen += [m["id"] for m in answer["mentions"]]
        page = answer["next_page"]
        if not page:
            break
    assert seen == [m.id for m in store.mentions]
    assert api.get(f"{ROOT}/mentions?page=nonsense").json()["field"] == "page"


def test_pages_of_attention_do_the_same(api: TestClient) -> None:
    first = get(api, "attention?limit=3")
    rest = get(api, f"attention?limit=3&page={first['next_page']}")
    assert [a["mention"] for a in first["attention"] + rest["attention"]] == ["m0", "m1", "m2", "m3", "m4"]
    assert (first["total"], rest["next_page"]) == (5, "")
    assert api.get(f"{ROOT}/attention?page=gone").status_code == 400


def test_nobody_can_be_followed_and_links_are_asked_for(api: TestClient) -> None:
    """As in an export: own accounts are named, nobody else; links only where somebody asks for them."""
    plain = get(api, "mentions?period=all")["mentions"]
    assert {m["author"] for m in plain if m["author_kind"] != "own_account"} == {""}
    assert {m["author"] for m in plain if m["author_kind"] == "own_account"} == {"who-2", "who-5", "who-8"}
    assert {(m["url"], m["ref"]) for m in plain} == {("", "")}
    assert get(api, "mentions?links=yes")["mentions"][0]["url"] == "https://x.example/0"


def test_counts_are_those_of_the_page(api: TestClient) -> None:
    crossed = get(api, "counts?period=all&by=network&by=place&authors=yes")
    assert (crossed["total"], crossed["by"]) == (9, ["network", "place"])
    assert {tuple(c["values"]): (c["count"], c["authors"]) for c in crossed["counts"]} == {
        ("x", "off_page"): (2, 2), ("x", "on_page"): (1, 1), ("x", "own"): (2, 2),
        ("press", "off_page"): (1, 1), ("press", "on_page"): (2, 2), ("press", "own"): (1, 1),
    }  # fmt: skip
    assert get(api, "counts?q=contenedor&by=tag")["counts"] == [{"values": ["complaint"], "count": 9, "authors": None}]
    assert sum(v["off_page"] + v["on_page"] + v["own"] for v in get(api, "venues?period=all")["venues"]) == 9
    assert sum(c["count"] for c in get(api, "histogram?period=30d")["columns"]) == 9


def test_hours_are_not_counted_over_years(api: TestClient) -> None:
    """A query that a store would sweat over is refused, with what can be had instead."""
    for period in ("period=all", "from=2026-01-01"):
        refused = api.get(f"{ROOT}/histogram?interval=hour&{period}")
        assert (refused.status_code, refused.json()["field"]) == (400, "interval")
        assert refused.json()["allowed"] == ["day", "week", "month"]


def test_what_nobody_looked_for_is_unknown_and_filters_hold(api: TestClient) -> None:
    assert [a["mention"] for a in get(api, "attention?state=unknown")["attention"]] == ["m0"]
    assert [a["mention"] for a in get(api, "attention?state=answered&state=unknown")["attention"]] == ["m0", "m2"]
    assert [a["mention"] for a in get(api, "attention?service=waste")["attention"]] == ["m1", "m3"]
    assert [i["id"] for i in get(api, "incidents?open=yes")["incidents"]] == ["burst"]


def test_what_was_not_heard_stands_beside_the_state_of_a_source(api: TestClient) -> None:
    first, second = sorted(get(api, "sources?period=1d")["sources"], key=lambda s: str(s["source"]))
    assert (first["source"], first["state"], first["listening"]) == ("feed", "blind", False)
    assert (second["unheard_seconds"], second["gaps"][0]["why"]) == (7200.0, "HTTP 429")


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_is_written(api: TestClient, method: str) -> None:
    assert getattr(api, method)(f"{ROOT}/mentions").status_code in (403, 405)


def test_trouble_is_json_too(api: TestClient, store: Any, described: Mapping[str, Any]) -> None:
    missing = api.get(f"{ROOT}/nothing")
    assert (missing.status_code, missing.json()["error"]) == (404, "address")
    store.broken = StoreError("the disk is full")
    broken = api.get(f"{ROOT}/counts")
    assert (broken.status_code, broken.json()["error"]) == (503, "store")
    valid(described, of(described, "counts", "503"), broken.json())
    store.broken = RuntimeError("boom")
    assert api.get(f"{ROOT}/counts").json()["error"] == "broken"


def test_the_examples_of_the_documentation_work(api: TestClient) -> None:
    """Every address in docs/api.md is answered, and its table names every endpoint with every parameter of its own."""
    written = (Path(__file__).parents[3] / "docs" / "api.md").read_text("utf-8")
    addresses = re.findall(r"8400(/api/v1/[^']+)'", written)
    assert len(addresses) == 5
    assert [api.get(address).status_code for address in addresses] == [200] * 5
    rows = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]*)\|$", written, re.MULTILINE))
    assert {name: set(re.findall(r"`(\w+)", own)) for name, own in rows.items()} == {
        e.name: {p.name for p in e.own} for e in ENDPOINTS
    }


def test_a_persons_token_opens_it(api: TestClient, store: Any, town: Any, now: Any) -> None:
    """Any role reads; without a token, or with one of nobody, nothing is answered, the description neither."""
    token = "a-token-of-sufficient-length"
    reader = Person(name="Marta", role="viewer", token_hash=hashlib.sha256(token.encode()).hexdigest())
    closed = TestClient(create_app(store, [town], lambda: now, coverage=[], entrance=Entrance(people=(reader,))))
    for name in (*NAMES, "openapi.json"):
        headers = {"accept": "application/json"}
        assert closed.get(f"{ROOT}/{name}", headers=headers).status_code == 401
        assert closed.get(f"{ROOT}/{name}", headers={**headers, "authorization": "Bearer wrong"}).status_code == 401
        assert closed.get(f"{ROOT}/{name}", headers={**headers, "authorization": f"Bearer {token}"}).status_code == 200
