"""Threads on a fake of its API: search by words and tags, the budget of queries, own posts and conversations."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from corrillo.errors import SourceRefused, SourceUnavailable
from corrillo.institution import Institution
from corrillo.model import Batch, Cursor, Post
from corrillo.registry import SourceContext
from corrillo.testing import recorded
from corrillo.testing.source import SourceContract, SourceWorld, Span, Thread
from ingest import threads
from ingest.threads import Threads, ThreadsConfig
from tests.fakes.graph import TOKEN, FakeGraph, error
from tests.fakes.web import Asked, Said

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
Make = Callable[..., Threads]


class FakeThreads(FakeGraph):
    """A fake of the Threads API with one account; its search finds every word of the query, newest first."""

    def __init__(self) -> None:
        super().__init__("v1.0")
        self.posts: list[dict[str, Any]] = []
        self.objects["me"] = {"id": "me", "username": "ajbenialba"}
        self.edges |= {"keyword_search": self._search, "me/threads": self._own(False), "me/replies": self._own(True)}

    def say(self, text: str, at: datetime = NOW - timedelta(minutes=1), user: str = "lola", **more: Any) -> str:
        """Add a post; its id."""
        native_id = str(18_000 + len(self.posts))
        post = {"id": native_id, "text": text, "media_type": "TEXT_POST", "username": user, "is_reply": False,
                "permalink": f"https://www.threads.net/@{user}/post/{native_id}", "timestamp": f"{at:%Y-%m-%dT%H:%M:%S}+0000"}  # fmt: skip
        self.posts.append(post | more)
        self.objects[native_id] = self.posts[-1]
        if user == "ajbenialba":
            self.edges[f"{native_id}/conversation"] = lambda _: [
                p for p in self.posts if p.get("root_post") == {"id": native_id}
            ]
        return native_id

    def answer(self, text: str, to: str, root: str, user: str = "lola") -> str:
        """Add a reply; its id."""
        return self.say(text, user=user, is_reply=True, replied_to={"id": to}, root_post={"id": root})

    def _search(self, asked: Asked) -> list[dict[str, Any]]:
        wanted = asked.params["q"].casefold()
        if asked.params["search_mode"] == "TAG":
            found = [p for p in self.posts if wanted == p.get("topic_tag", "").casefold()]
        else:
            found = [p for p in self.posts if wanted in p["text"].casefold()]
        return _within(found, asked)[: int(asked.params["limit"])]

    def _own(self, replies: bool) -> Callable[[Asked], list[dict[str, Any]]]:
        return lambda asked: _within(
            [p for p in self.posts if p["username"] == "ajbenialba" and p["is_reply"] is replies], asked
        )


def _within(posts: list[dict[str, Any]], asked: Asked) -> list[dict[str, Any]]:
    since, until = int(asked.params["since"]), int(asked.params.get("until", 2**40))
    assert 1_688_540_400 <= since < until
    return sorted((p for p in posts if since <= _seconds(p, since) <= until), key=lambda p: -_seconds(p, 2**40))


def _seconds(post: dict[str, Any], otherwise: int) -> int:
    try:
        return int(datetime.fromisoformat(post["timestamp"]).timestamp())
    except ValueError:
        return otherwise


@pytest.fixture
def server() -> Iterator[FakeThreads]:
    """The fake."""
    with FakeThreads() as fake:
        yield fake


@pytest.fixture
def town(changed_town: Callable[..., Institution]) -> Institution:
    """The town with its account here."""
    return changed_town(account=[{"network": "threads", "handle": "ajbenialba"}])


@pytest.fixture
def make(server: FakeThreads, context: Callable[..., SourceContext]) -> Make:
    """A source on the fake; keys of the configuration can be given."""

    def made(token: str = TOKEN, **keys: Any) -> Threads:
        config = ThreadsConfig(**({"kind": "threads", "name": "threads", "base": server.base} | keys))
        return Threads(config, context(environment={"CORRILLO_TOKEN_THREADS": token}))

    return made


class TestContract(SourceContract):
    """Threads keeps the contract for sources, in pages of three."""

    @pytest.fixture
    def world(self, server: FakeThreads, make: Make, monkeypatch: pytest.MonkeyPatch) -> SourceWorld:
        monkeypatch.setattr(threads, "PAGE", 3)
        begin = NOW - timedelta(hours=20)
        found = {server.say(f"Sin agua {n} en Benialba", begin + timedelta(hours=n)) for n in range(7)}
        found |= {server.say("Basura", begin, topic_tag="RambletaNeta")}
        root = server.say("Mañana no hay clase en Benialba", begin, user="ajbenialba")
        one = server.answer("¿Y el comedor?", root, root)
        two = server.answer("Tampoco", one, root, user="ajbenialba")
        until = begin + timedelta(hours=4)
        span = {p["id"] for p in server.posts if p["id"] in found | {root} and _seconds(p, 0) < until.timestamp()}
        return SourceWorld(
            open=make,
            native_ids=frozenset(found | {root}),
            sample=json.dumps(server.posts[0]),
            add_post=lambda: server.say("Ya hay agua en Benialba"),
            add_broken=lambda: server.posts.append({"id": "1", "text": "Benialba", "username": "x", "is_reply": False, "timestamp": "yesterday"}),
            cut_off=lambda: setattr(server, "trouble", Said(status=503)),
            thread=Thread(root, root, frozenset([one, two])),
            own=frozenset([root, two]),
            span=Span(begin, until, frozenset(span)),
        )  # fmt: skip


def test_recorded(fixtures: Path, make: Make, protected: recorded.Protected, now: datetime) -> None:
    """What the API gives becomes the posts and mentions that a person has read."""
    recorded.check(fixtures / "threads.json", make(), protected, now)


pytestmark = pytest.mark.filterwarnings("error")


async def _fetched(source: Threads, cursor: Cursor | None = None) -> list[Batch]:
    return [batch async for batch in source.fetch(cursor)]


@pytest.mark.asyncio
async def test_only_queries_that_find_something_are_counted(server: FakeThreads, make: Make) -> None:
    """The budget says how many of the day's queries are spent; the oldest comes back a day later."""
    server.say("Sin agua en Benialba")
    batches = await _fetched(make(queries=["Benialba", "nadie"], tags=["nada"]))
    assert [b.budget.spent for b in batches if b.budget] == [1, 1, 1]
    budget = batches[-1].budget
    assert budget is not None
    assert (budget.unit, budget.limit, budget.resets) == ("queries", 2200, datetime(2026, 11, 22, 11, tzinfo=UTC))


@pytest.mark.asyncio
async def test_what_is_spent_is_remembered_and_stops_the_search(server: FakeThreads, make: Make) -> None:
    """With the budget spent nothing is asked; it goes on by itself when the first query is a day old."""
    server.say("Sin agua en Benialba")
    keys: dict[str, Any] = {"queries": ["Benialba"], "tags": ["nada"], "queries_a_day": 1}
    first = await anext(aiter(make(**keys).fetch(None)))
    before = len(server.asked)
    with pytest.raises(SourceUnavailable) as caught:
        await _fetched(make(**keys), first.cursor)
    assert caught.value.retry_after == 25 * 3600
    assert len(server.asked) == before


@pytest.mark.asyncio
async def test_the_interval_keeps_within_the_queries_of_a_day(make: Make) -> None:
    """More terms are asked less often."""
    assert make(queries=["a", "b"], tags=["c"], interval=60, queries_a_day=30).interval == 3 * 86_400 / 30


@pytest.mark.asyncio
async def test_more_posts_in_a_second_than_a_page_holds_are_a_gap(
    server: FakeThreads, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search has no cursor: what is behind such a second cannot be reached, and that is said."""
    monkeypatch.setattr(threads, "PAGE", 2)
    at = NOW - timedelta(hours=1)
    for n in range(3):
        server.say(f"Benialba {n}", at)
    batches = await _fetched(make(queries=["Benialba"], tags=["nada"]))
    (gap,) = [gap for batch in batches for gap in batch.missed]
    assert gap.until == at
    assert "nada" not in gap.why


@pytest.mark.asyncio
async def test_a_search_that_broke_off_is_finished_before_the_next(
    server: FakeThreads, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cursor of a page in the middle knows down to where it was read."""
    monkeypatch.setattr(threads, "PAGE", 2)
    said = {server.say(f"Benialba {n}", NOW - timedelta(hours=n + 1)) for n in range(6)}
    keys: dict[str, Any] = {"queries": ["Benialba"], "tags": ["nada"]}
    first = await anext(aiter(make(**keys).fetch(None)))
    rest = await _fetched(make(**keys), first.cursor)
    later = {i.native_id for b in rest for i in b.items if isinstance(i, Post)}
    assert {i.native_id for i in first.items if isinstance(i, Post)} | later == said


@pytest.mark.asyncio
async def test_nothing_is_known_of_answers_to_other_peoples_posts(server: FakeThreads, make: Make) -> None:
    """The API gives conversations of own posts alone: that is neither an answer nor none."""
    other = server.say("Sin agua en Benialba")
    assert (await make().thread(other)).items == ()


@pytest.mark.asyncio
async def test_a_token_that_has_expired_is_no_missing_conversation(server: FakeThreads, make: Make) -> None:
    """It is refused, with how to renew it."""
    with pytest.raises(SourceRefused) as caught:
        await make(token="old").thread("1")
    assert "60 days" in caught.value.remedy


@pytest.mark.asyncio
async def test_a_missing_permission_is_named(server: FakeThreads, make: Make) -> None:
    """Code 10: the search is not allowed."""
    server.refuse("keyword_search", error(10))
    with pytest.raises(SourceRefused) as caught:
        await _fetched(make())
    assert "threads_keyword_search" in caught.value.remedy


@pytest.mark.asyncio
async def test_whom_an_answer_answers_is_known_within_the_conversation(server: FakeThreads, make: Make) -> None:
    """So that it stands on page by itself."""
    root = server.say("Mañana no hay clase", user="ajbenialba")
    answer = server.answer("¿Y el comedor?", root, root)
    found = {i.native_id: i for i in (await make().thread(root)).items if isinstance(i, Post)}
    assert found[answer].answers_author == "ajbenialba"


def test_a_token_goes_nowhere_unencrypted(make: Make) -> None:
    """But to this machine."""
    with pytest.raises(ValueError, match="base"):
        make(base="http://graph.threads.net")


def test_without_a_token_it_says_how_to_give_one(make: Make) -> None:
    """The remedy names the variable and the key."""
    with pytest.raises(SourceRefused, match="token"):
        make(token="")


@pytest.mark.asyncio
async def test_own_posts_and_replies_come_oldest_first(server: FakeThreads, make: Make) -> None:
    """Mixed as they were said."""
    said = [server.say(f"Uno {n}", NOW - timedelta(hours=9 - n), "ajbenialba", is_reply=n % 2 == 1) for n in range(4)]
    found = [i.native_id async for items in make().own_posts(NOW - timedelta(days=1)) for i in items.items]
    assert found == said
