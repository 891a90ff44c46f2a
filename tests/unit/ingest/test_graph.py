"""Meta's Graph API, on a fake of it: errors by their code, limits, pages, many objects at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from corrillo.errors import SourceRefused, SourceUnavailable
from corrillo.registry import SourceContext
from ingest.graph import Graph, Token, waiting
from tests.fakes.graph import TOKEN, FakeGraph, error
from tests.fakes.web import Said

pytestmark = pytest.mark.asyncio


@pytest.fixture
def server() -> Iterator[FakeGraph]:
    """A fake Graph API with one page and its five posts."""
    with FakeGraph("v25.0") as fake:
        fake.objects["1"] = {"id": "1", "name": "Ajuntament de Benialba"}
        fake.edges["1/feed"] = [{"id": f"1_{n}", "message": "Hola"} for n in range(5)]
        yield fake


@pytest.fixture
def graph(server: FakeGraph, context: Callable[..., SourceContext]) -> Graph:
    """That API with a token."""
    return Graph(f"{server.base}/v25.0", Token(TOKEN, ("pages_read_engagement",), "make a new token"), context())


async def _read(graph: Graph, **how: Any) -> list[list[str]]:
    return [[one["id"] for one in page] async for page in graph.pages("1/feed", {"limit": "2"}, **how)]


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    ("code", "remedy"),
    [(190, "make a new token"), (102, "make a new token"), (10, "pages_read_engagement"), (200, "pages_read_engagement"),
     (3, "pages_read_engagement")],
)  # fmt: skip
async def test_what_a_person_must_renew_or_allow_is_named(
    graph: Graph, server: FakeGraph, code: int, remedy: str, status: int
) -> None:
    """An expired token is refused with how to renew it, a missing permission with its name."""
    server.refuse("1", error(code, status=status))
    with pytest.raises(SourceRefused) as caught:
        await graph.get("1")
    assert remedy in caught.value.remedy
    assert f"(code {code})" in caught.value.message


@pytest.mark.parametrize("status", [200, 400, 403])
@pytest.mark.parametrize("code", [4, 17, 32, 341, 613, 80001, 80002])
async def test_a_limit_is_a_wait(graph: Graph, server: FakeGraph, code: int, status: int) -> None:
    """Too many calls are no refusal: it goes on after the wait that Meta names, or a quarter of an hour."""
    server.refuse("1", error(code, status=status))
    with pytest.raises(SourceUnavailable) as caught:
        await graph.get("1")
    assert caught.value.retry_after == 900
    usage = '{"9": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 7}]}'
    server.refuse("1", error(code, status=status, headers={"X-Business-Use-Case-Usage": usage}))
    with pytest.raises(SourceUnavailable) as caught:
        await graph.get("1")
    assert caught.value.retry_after == 420


async def test_a_fault_of_metas_is_tried_again(graph: Graph, server: FakeGraph) -> None:
    """Codes 1 and 2 are nobody's fault here."""
    server.refuse("1", error(2, status=500))
    with pytest.raises(SourceUnavailable):
        await graph.get("1")


async def test_nothing_is_asked_once_the_usage_is_at_its_end(graph: Graph, server: FakeGraph) -> None:
    """The answer that says so is still taken; the next question waits."""
    server.refuse("1", Said({"id": "1"}, headers={"X-App-Usage": '{"call_count": 100, "total_time": 3}'}))
    assert await graph.get("1") == {"id": "1"}
    with pytest.raises(SourceUnavailable) as caught:
        await graph.get("1")
    assert caught.value.retry_after == 900
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "headers", [{}, {"x-app-usage": "nonsense"}, {"x-app-usage": "[]"}, {"x-app-usage": '{"call_count": 99}'},
                {"x-business-use-case-usage": '{"9": null}'}, {"x-business-use-case-usage": '{"9": [null, {"call_count": "many"}]}'}],
)  # fmt: skip
async def test_a_usage_that_leaves_room_or_is_nonsense_is_no_wait(headers: dict[str, str]) -> None:
    """Only a number at its end makes us wait."""
    assert waiting(headers) is None


async def test_the_token_is_in_no_address_and_no_message(
    server: FakeGraph, context: Callable[..., SourceContext]
) -> None:
    """It goes in the header; where Meta repeats a token that it does not like, we do not."""
    graph = Graph(f"{server.base}/v25.0", Token("wrong-token", (), "renew it"), context())
    server.refuse("1", error(190, message="Malformed access token wrong-token"))
    server.answers["GET /v25.0/*"] = server._told
    with pytest.raises(SourceRefused) as caught:
        await graph.get("1")
    assert "wrong-token" not in str(caught.value)
    assert "wrong-token" not in f"{server.asked[0].path} {server.asked[0].params}"


async def test_pages_end_where_no_next_one_is_named(graph: Graph, server: FakeGraph) -> None:
    """Cursors are followed; the last page costs no further question."""
    assert await _read(graph) == [["1_0", "1_1"], ["1_2", "1_3"], ["1_4"]]
    assert len(server.asked) == 3


async def test_an_edge_that_names_no_next_page_is_read_to_the_empty_one(graph: Graph, server: FakeGraph) -> None:
    """Some edges give the same cursor on every page."""
    server.unnamed.add("1/feed")
    assert await _read(graph, to_the_end=True) == [["1_0", "1_1"], ["1_2", "1_3"], ["1_4"]]


async def test_a_page_that_comes_again_is_an_error(graph: Graph, server: FakeGraph) -> None:
    """Else it would be read for ever."""
    same = {"data": [{"id": "1_0"}], "paging": {"cursors": {"after": "x"}, "next": f"{server.base}/v25.0/1/feed"}}
    server.refuse("1/feed", Said(same))
    with pytest.raises(SourceUnavailable):
        await _read(graph)


@pytest.mark.parametrize("body", ["<html>log in</html>", "[]", '{"data": {}}', '{"error": "no"}', '{"data": [1]}'])
async def test_an_answer_of_another_shape_is_an_error(graph: Graph, server: FakeGraph, body: str) -> None:
    """A login page, a list, no list of objects."""
    server.refuse("1/feed", Said(body))
    with pytest.raises((SourceUnavailable, SourceRefused)) as caught:
        await _read(graph)
    assert caught.value.remedy


async def test_many_are_asked_for_at_once(graph: Graph, server: FakeGraph) -> None:
    """What is there comes, what is gone is None, and what cannot be told is left out."""
    server.objects |= {f"c{n}": {"id": f"c{n}"} for n in range(60)}
    server.refuse("c1", error(2))
    del server.objects["c2"]
    found = await graph.each([f"c{n}" for n in range(60)], "id", "1")
    assert {one for one, now in found.items() if now is None} == {"c2"}
    assert found.keys() == {f"c{n}" for n in range(60)} - {"c1"}
    assert sum(asked.method == "POST" for asked in server.asked) == 2


async def test_nothing_is_gone_while_the_witness_cannot_be_read(graph: Graph, server: FakeGraph) -> None:
    """A token that has lost a permission sees nothing: that deletes no posts."""
    server.refuse("1", error(100, 33))
    with pytest.raises(SourceRefused):
        await graph.each(["c1"], "id", "1")


async def test_a_refusal_without_a_document_names_all_that_can_be_looked_at(graph: Graph, server: FakeGraph) -> None:
    """A proxy's 403, say: the token and its permissions."""
    server.refuse("1", Said("<html>", 403))
    with pytest.raises(SourceRefused) as caught:
        await graph.get("1")
    assert "make a new token" in caught.value.remedy
    assert "pages_read_engagement" in caught.value.remedy
