"""What is new since a page was drawn: counted for its script, and shown by the page itself."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from dashboards.page.news import LOOKED, MOST_KNOWN
from tests.unit.dashboards.outline import Outline


@pytest.fixture
def said(store: Any, mention: Any, now: Any) -> list[Any]:
    """Five posts, newest first."""
    store.mentions = [mention(str(n), f"Post {n}", published=now - timedelta(hours=n + 1)) for n in range(5)]
    return list(store.mentions)


def new(client: TestClient, *have: Any, **fields: str) -> int:
    answer = client.get("/news", params={**fields, "have": ",".join(m.id for m in have)})
    assert answer.status_code == 200
    return int(answer.json()["new"])


def test_new_is_what_stands_before_or_between_what_the_page_has(said: list[Any], client: TestClient) -> None:
    """A late one, too; never what is behind the last one that it has."""
    assert new(client, *said) == 0
    assert new(client, *said[2:]) == 2
    assert new(client, said[0], said[2], said[3]) == 1
    assert new(client, *said[:2]) == 0
    assert new(client) == 5


def test_a_filter_holds_for_what_is_new(said: list[Any], client: TestClient, store: Any, mention: Any) -> None:
    store.mentions.append(mention("9", "Otra cosa"))
    assert new(client, *said) == 1
    assert new(client, *said, q="Post") == 0


def test_far_too_many_are_said_to_be_more(store: Any, client: TestClient, mention: Any) -> None:
    store.mentions = [mention(str(n)) for n in range(LOOKED + 1)]
    assert client.get("/news?lang=es").json() == {"new": LOOKED, "said": f"Más de {LOOKED} menciones nuevas"}


@pytest.mark.parametrize(("language", "words"), [("es", "2 menciones nuevas"), ("en", "2 new mentions")])
def test_it_is_said_in_the_language_of_the_page(said: list[Any], client: TestClient, language: str, words: str) -> None:
    have = ",".join(m.id for m in said[2:])
    assert client.get("/news", params={"lang": language, "have": have}).json() == {"new": 2, "said": words}


def test_what_is_known_already_is_not_sent_again(said: list[Any], client: TestClient, store: Any, mention: Any) -> None:
    """304 as long as the answer is the same, the whole answer as soon as it is another."""
    address = "/news?have=" + ",".join(m.id for m in said)
    tag = client.get(address).headers["etag"]
    again = client.get(address, headers={"if-none-match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    store.mentions.append(mention("9"))
    assert client.get(address, headers={"if-none-match": tag}).json()["new"] == 1


@pytest.mark.parametrize("have", ["<script>", "a,,b", "a" * 300, ",".join("a" * (MOST_KNOWN + 1))])
def test_what_no_page_has_is_refused(client: TestClient, have: str) -> None:
    assert client.get("/news", params={"have": have}).status_code == 400


@pytest.mark.parametrize("path", ["/", "/posts"])
def test_a_list_of_posts_hears_of_new_ones(said: list[Any], client: TestClient, path: str) -> None:
    """It names its posts, where to ask, and says it politely; the script is ours, and without it the link still leads there."""
    outline = Outline(client.get(f"{path}?lang=en&q=Post&period=7d").text)
    assert [a["data-id"] for n, a in outline.tags if n == "li" and "data-id" in a] == [m.id for m in said]
    (box,) = [a for _, a in outline.tags if "data-live" in a]
    assert box["data-live"] == "/news?institution=benialba&q=Post&period=7d&lang=en"
    assert [a["aria-live"] for _, a in outline.tags if "aria-live" in a] == ["polite"]
    assert {a["src"] for a in outline.all("script")} >= {"/static/live.js", "/static/link.js"}
    script = client.get("/static/live.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", script.text)


def test_further_pages_and_other_views_do_not_ask(said: list[Any], client: TestClient) -> None:
    assert "data-live=" not in client.get("/posts?page=1").text
    assert "data-live=" not in client.get("/where").text


def test_what_is_shown_when_the_reader_wants_it_is_escaped(store: Any, client: TestClient, mention: Any) -> None:
    """New posts come from the page itself, drawn again: one way to draw a card, and no markup of anybody else's."""
    store.mentions = [mention("1", "<script>alert(1)</script> Benialba", venue='"><img src=x onerror=alert(1)>')]
    for path in ("/", "/posts"):
        page = client.get(path).text
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page
        assert not [a for n, a in Outline(page).tags if n == "img" or "onerror" in a]
    assert json.loads(client.get("/news").text)["new"] == 1


def test_a_view_has_a_link_that_shows_the_same_to_a_colleague_tomorrow(
    said: list[Any], store: Any, now: Any, town: Any
) -> None:
    """By the address under which people reach the page, over the days that it shows, without the page of posts."""
    from dashboards.page.app import create_app

    app = create_app(store, [town], lambda: now, coverage=[], public="https://escucha.benialba.example/")
    outline = Outline(TestClient(app).get("/posts?q=Post&period=7d&lang=en").text)
    (link,) = [a for n, a in outline.tags if n == "a" and "data-copy" in a]
    assert link["href"] == (
        "https://escucha.benialba.example/posts?institution=benialba&q=Post&from=2026-11-15&to=2026-11-21&lang=en"
    )
    (canonical,) = [a for n, a in outline.tags if n == "link" and a["rel"] == "canonical"]
    assert canonical["href"] == "https://escucha.benialba.example/posts?institution=benialba&q=Post&period=7d&lang=en"
