"""X: what is heard, and that its bill never passes the limit. Everything here that calls itself X is a fake."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import pytest
import tweepy
from hypothesis import given, settings
from hypothesis import strategies as st

from corrillo.errors import SourceError, SourceRefused, SourceUnavailable
from corrillo.institution import Institution
from corrillo.model import Batch, Cursor, Deletion, Post
from corrillo.ports import abilities
from corrillo.registry import SourceContext
from corrillo.testing.recorded import Protected, check
from corrillo.testing.source import SourceContract, SourceWorld, Thread
from ingest.http import Answer, PoliteClient
from ingest.x import X, XConfig, XWithLookups
from tests.fakes.web import Asked, FakeWeb, Said

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TOKEN = {"CORRILLO_TOKEN_X": "a token that only tests use"}
POST, AUTHOR = 5_000, 10_000
"""What the fake bills, in millionths of a dollar."""


def id_at(when: datetime, number: int = 0) -> str:
    return str(((round(when.timestamp() * 1000) - 1288834974657) << 22) + number)


class FakeX:
    """A fake of X: what its documentation says of searching, looking up and rules, and a bill without any discount."""

    def __init__(self) -> None:
        self.now = NOW
        self.posts: list[dict[str, Any]] = []
        self.gone: set[str] = set()
        self.people = {"900": "ajbenialba", "501": "rosa_mt"}
        self.rules: list[dict[str, str]] = []
        self.bill: dict[str, int] = {}
        self.answers: dict[str, Callable[[Asked], Any]] = {
            "GET /2/tweets/search/recent": self._for_those_with_a_token(self.search),
            "GET /2/tweets": self._for_those_with_a_token(self.look_up),
            "GET /2/users/by": self._for_those_with_a_token(self.users),
            "GET /2/users/900/tweets": self._for_those_with_a_token(self.timeline),
            "GET /2/tweets/search/stream/rules": lambda _: {"data": self.rules} if self.rules else {"meta": {}},
            "POST /2/tweets/search/stream/rules": self.change_rules,
        }

    def say(self, text: str = "Sin agua en #Benialba", at: datetime | None = None, by: str = "501", **more: Any) -> str:
        number = id_at(at or self.now, len(self.posts))
        said = {
            "id": number,
            "text": text,
            "author_id": by,
            "created_at": f"{at or self.now:%Y-%m-%dT%H:%M:%S.000Z}",
            "conversation_id": number,
            "edit_history_tweet_ids": [number],
        }
        self.posts.append(said | more)
        return number

    def answer_to(self, number: str, text: str = "¿Y cuándo?", **more: Any) -> str:
        parent = next(p for p in self.posts if p["id"] == number)
        refs = [{"type": "replied_to", "id": number}]
        return self.say(text, referenced_tweets=refs, conversation_id=parent["conversation_id"], **more)

    def charge(self, amount: int) -> None:
        month = f"{self.now:%Y-%m}"
        self.bill[month] = self.bill.get(month, 0) + amount

    def _for_those_with_a_token(self, answer: Callable[[Asked], Any]) -> Callable[[Asked], Any]:
        def checked(asked: Asked) -> Any:
            if asked.headers.get("authorization") != f"Bearer {TOKEN['CORRILLO_TOKEN_X']}":
                return Said({"title": "Unauthorized", "type": "about:blank", "status": 401}, 401)
            return answer(asked)

        return checked

    def search(self, asked: Asked) -> Any:
        params, most = asked.params, int(asked.params.get("max_results", 10))
        oldest = int(id_at(self.now - timedelta(days=7)))
        if not 10 <= most <= 100 or int(params.get("since_id", oldest)) < oldest or len(params["query"]) > 512:
            return Said({"title": "Invalid Request", "type": "https://api.x.com/2/problems/invalid-request"}, 400)
        until = int(id_at(self.now + timedelta(milliseconds=1)))
        below = min(until, int(params.get("next_token") or params.get("until_id") or until))
        conversation = re.fullmatch(r"conversation_id:(\d+)", params["query"])
        found = [
            p
            for p in sorted(self.posts, key=lambda p: int(p["id"]), reverse=True)
            if max(oldest, int(params.get("since_id", 0))) < int(p["id"]) < below and p["id"] not in self.gone
            if not conversation or p["conversation_id"] == conversation[1]
        ]
        return self.page(found, most)

    def page(self, found: list[dict[str, Any]], most: int) -> dict[str, Any]:
        given = found[:most]
        meta: dict[str, Any] = {"result_count": len(given)}
        if len(found) > most:
            meta["next_token"] = given[-1]["id"]
        return {"data": given, "includes": self.authors(given), "meta": meta} if given else {"meta": meta}

    def authors(self, given: list[dict[str, Any]]) -> dict[str, Any]:
        users = [
            {"id": u, "username": self.people.get(u, f"u{u}"), "name": "…"}
            for u in sorted({p["author_id"] for p in given})
        ]
        self.charge(len(given) * POST + len(users) * AUTHOR)
        return {"users": users}

    def look_up(self, asked: Asked) -> Any:
        wanted = asked.params["ids"].split(",")
        there = [p for p in self.posts if p["id"] in wanted and p["id"] not in self.gone]
        problem = "https://api.twitter.com/2/problems/resource-not-found"
        errors = [
            {"resource_type": "tweet", "resource_id": w, "title": "Not Found Error", "type": problem}
            for w in wanted
            if w not in {p["id"] for p in there}
        ]
        found = {"data": there, "includes": self.authors(there)} if there else {}
        return found | ({"errors": errors} if errors else {})

    def users(self, asked: Asked) -> Any:
        found = [{"id": i, "username": n} for i, n in self.people.items() if n in asked.params["usernames"].split(",")]
        self.charge(len(found) * AUTHOR)
        return {"data": found}

    def timeline(self, asked: Asked) -> Any:
        below = int(asked.params.get("pagination_token") or 2**63)
        own = [p for p in reversed(self.posts) if p["author_id"] == "900" and int(p["id"]) < below]
        return self.page(own, int(asked.params["max_results"]))

    def change_rules(self, asked: Asked) -> Any:
        stale = asked.json.get("delete", {}).get("ids", [])
        self.rules = [r for r in self.rules if r["id"] not in stale]
        added = [{"id": str(len(self.rules) + n), **r} for n, r in enumerate(asked.json.get("add", []), 1)]
        self.rules += added
        return Said({"data": added}, 201 if added else 200)

    def line(self, number: str) -> str:
        """A post as the stream gives it, and bills it."""
        (said,) = (p for p in self.posts if p["id"] == number)
        return json.dumps({"data": said, "includes": self.authors([said])}, ensure_ascii=False)


@pytest.fixture
def fake() -> FakeX:
    return FakeX()


@pytest.fixture
def web(fake: FakeX) -> Iterator[FakeWeb]:
    with FakeWeb(fake.answers) as server:
        yield server


@pytest.fixture
def opened(fake: FakeX, web: FakeWeb, context: Callable[..., SourceContext]) -> Callable[..., X]:
    """The source on the fake; any key can be given."""

    def make(**keys: Any) -> X:
        config = XConfig(kind="x", name="x", base=f"{web.base}/2", **keys)
        return X(config, context(environment=TOKEN, clock=lambda: fake.now))

    return make


async def read(source: X, cursor: Cursor | None = None, into: list[Batch] | None = None) -> list[Batch]:
    """Everything that it has now; ``into`` holds what came before an error."""
    found: list[Batch] = [] if into is None else into
    async for batch in source.fetch(cursor):
        found.append(batch)
    return found


def ids(batches: list[Batch]) -> list[str]:
    return [i.native_id for b in batches for i in b.items if isinstance(i, Post)]


def spent(batch: Batch) -> float:
    assert batch.budget is not None
    return batch.budget.spent


def world(fake: FakeX, web: FakeWeb, open_: Callable[[], X], **more: Any) -> SourceWorld:
    begin = NOW - timedelta(hours=20)
    said = [fake.say(f"Sin agua {n} en #Benialba", at=begin + timedelta(minutes=n)) for n in range(12)]
    fake.now = NOW

    def cut_off() -> None:
        web.trouble = Said(status=503)

    return SourceWorld(
        open=open_,
        native_ids=frozenset(said),
        sample=json.dumps({"data": fake.posts[0], "includes": {"users": [{"id": "501", "username": "rosa_mt"}]}}),
        add_post=lambda: fake.say("Ya hay agua en #Benialba"),
        add_broken=lambda: (
            fake.say("Sin fecha #Benialba", created_at="yesterday", at=NOW - timedelta(hours=1)) and None
        ),
        cut_off=cut_off,
        **more,
    )


class TestPolled(SourceContract):
    """As it is when nothing but a token is given."""

    @pytest.fixture
    def world(self, fake: FakeX, web: FakeWeb, opened: Callable[..., X]) -> SourceWorld:
        return world(fake, web, opened)


class TestWithLookups(SourceContract):
    """With money for looking posts up, which a first search has set aside."""

    @pytest.fixture
    def world(self, fake: FakeX, web: FakeWeb, opened: Callable[..., X]) -> SourceWorld:
        def open_() -> X:
            source = opened(lookups=200, limit=50.0)
            batches = cast(Any, source.fetch(None))
            for _ in range(2):  # what is set aside is committed, and the source goes on: nothing is awaited yet
                with suppress(StopIteration):
                    batches.__anext__().send(None)
            with suppress(StopIteration):
                batches.aclose().send(None)
            return source

        root = fake.say("Mañana se corta el agua", by="900", at=NOW - timedelta(hours=3))
        first = fake.answer_to(root, at=NOW - timedelta(hours=2))
        below = fake.answer_to(first, "Eso digo yo", at=NOW - timedelta(hours=1))

        def delete() -> str:
            fake.gone.add(root)
            return root

        thread = Thread(ref=root, native_id=root, answers=frozenset([first, below]))
        return world(fake, web, open_, thread=thread, gone=delete, own=frozenset([root]))


# ── what is heard ─────────────────────────────────────────────────────────────────────────
def test_recorded(opened: Callable[..., X], fixtures: Path, protected: Protected) -> None:
    """Recorded posts become what was read by a person before it was kept."""
    check(fixtures / "x.json", opened(), protected, NOW)


async def test_abilities_cost_money_and_are_offered_only_with_some(opened: Callable[..., X]) -> None:
    """Without ``lookups`` nothing can be looked up, with it everything but backfilling."""
    assert abilities(opened()) == ()
    assert set(abilities(opened(lookups=10))) == {"own_posts", "thread", "recheck"}


def queries(web: FakeWeb) -> list[str]:
    return list(dict.fromkeys(a.params["query"] for a in web.asked if a.path.endswith("recent")))


async def test_the_query_holds_what_names_the_institution(web: FakeWeb, opened: Callable[..., X]) -> None:
    """Phrases that hold a shorter one are left out; own accounts are read too; reposts are not."""
    await read(opened(narrow="lang:ca"))
    assert queries(web) == [
        '("Benialba" OR #Benialba OR #RambletaNeta OR @ajbenialba OR from:ajbenialba) lang:ca -is:retweet'
    ]


async def test_many_names_become_several_queries(
    fake: FakeX, web: FakeWeb, opened: Callable[..., X], changed_town: Callable[..., Institution], context: Any
) -> None:
    """None is longer than 512 characters, and no term is lost."""
    tags = [f"#Barrio{n}DeBenialba" for n in range(60)]
    config = XConfig(kind="x", name="x", base=f"{web.base}/2")
    source = X(config, context(environment=TOKEN, institutions=[changed_town(hashtags=tags)]))
    await read(source)
    assert len(queries(web)) > 1
    assert max(map(len, queries(web))) <= 512
    assert all(any(tag in re.split(r"[ ()]", q) for q in queries(web)) for tag in tags)


def test_a_term_that_x_would_refuse_is_refused_at_once(opened: Callable[..., X]) -> None:
    """It says which."""
    with pytest.raises(SourceRefused, match="too long for X"):
        opened(terms=["x" * 600])


async def test_a_token_is_needed(web: FakeWeb, context: Callable[..., SourceContext]) -> None:
    """Without one the source cannot be opened, and the message says where it goes."""
    with pytest.raises(SourceRefused, match="token") as caught:
        X(XConfig(kind="x", name="x", base=web.base), context())
    assert "CORRILLO_TOKEN_X" in caught.value.remedy


@pytest.mark.parametrize(("status", "remedy"), [(401, "Bearer Token"), (402, "credit"), (403, "project")])
async def test_what_a_person_must_do_is_said(web: FakeWeb, opened: Callable[..., X], status: int, remedy: str) -> None:
    """An expired token, no credit, an app without access."""
    web.trouble = Said({"title": "no"}, status)
    with pytest.raises(SourceRefused) as caught:
        await read(opened())
    assert remedy in caught.value.remedy
    assert TOKEN["CORRILLO_TOKEN_X"] not in str(caught.value)


@pytest.mark.parametrize(
    "said", [{"errors": [{"title": "Service Unavailable"}]}, {"data": {"id": "1"}}, [], "<html>log in</html>", {}]
)
async def test_a_good_status_with_something_else_is_an_error(web: FakeWeb, opened: Callable[..., X], said: Any) -> None:
    """A login page, an error with status 200, an answer of another shape."""
    web.trouble = Said(said)
    with pytest.raises(SourceUnavailable):
        await read(opened())


async def test_a_page_that_names_itself_as_the_next_ends(fake: FakeX, web: FakeWeb, opened: Callable[..., X]) -> None:
    """Else it would be paid for until the limit."""
    page = {"data": [fake.posts[0] for _ in [fake.say()]], "meta": {"next_token": "again"}}
    web.answers["GET /2/tweets/search/recent"] = lambda _: page
    with pytest.raises(SourceUnavailable, match="its own next"):
        await read(opened())
    assert len(web.asked) == 2


async def test_what_is_older_than_seven_days_is_said_to_be_missed(fake: FakeX, opened: Callable[..., X]) -> None:
    """After a long pause, what X does not search any more is a gap."""
    fake.say()
    last = (await read(opened()))[-1].cursor
    fake.now = NOW + timedelta(days=8)
    new = fake.say()
    batches = await read(opened(), last)
    (gap,) = (g for b in batches for g in b.missed)
    assert (gap.since, gap.until) == (NOW, fake.now - timedelta(days=7) + timedelta(minutes=10))
    assert ids(batches) == [new]


async def test_a_pause_in_the_middle_of_a_search_is_a_gap_too(fake: FakeX, opened: Callable[..., X]) -> None:
    """What was left to be read is gone; what was said since then is found at once."""
    for n in range(15):
        fake.say(at=NOW - timedelta(minutes=n))
    async with aclosing(cast(Any, opened().fetch(None))) as batches:
        _, middle = [await anext(batches), await anext(batches)]
    fake.now = NOW + timedelta(days=9)
    new = fake.say()
    batches = await read(opened(), middle.cursor)
    assert ids(batches) == [new]
    assert [g.since for b in batches for g in b.missed] == [NOW - timedelta(hours=24)]


async def test_a_new_query_begins_with_the_backlog(fake: FakeX, opened: Callable[..., X]) -> None:
    """Other terms do not go on where the old ones stood."""
    fake.say(at=NOW - timedelta(hours=30))
    old = fake.say(at=NOW - timedelta(hours=2))
    last = (await read(opened(terms=["#Rambleta"])))[-1].cursor
    assert ids(await read(opened(terms=["#Rambleta"]), last)) == []
    assert ids(await read(opened(terms=["#Benialba"]), last)) == [old]


async def test_tweepy_finds_the_same(fake: FakeX, web: FakeWeb, opened: Callable[..., X]) -> None:
    """X's best known client pages through the fake as through X: the fake is true to the protocol."""
    said = [fake.say(at=NOW - timedelta(minutes=n)) for n in range(25)]
    client = tweepy.Client(TOKEN["CORRILLO_TOKEN_X"])
    session: Any = client.session
    asked = session.request
    session.request = lambda how, url, **k: asked(how, web.base + url.removeprefix("https://api.twitter.com"), **k)

    def page_through() -> set[str]:
        pages = tweepy.Paginator(client.search_recent_tweets, "#Benialba", max_results=10, expansions="author_id")
        found = [p for page in pages for p in page.data]
        assert client.get_tweets([said[0], "7"]).errors[0]["resource_id"] == "7"
        return {str(p.id) for p in found}

    assert await asyncio.to_thread(page_through) == set(said) == set(ids(await read(opened())))


# ── money ─────────────────────────────────────────────────────────────────────────────────
async def test_what_is_left_is_told(fake: FakeX, opened: Callable[..., X]) -> None:
    """Posts and authors, until the first of the next month."""
    fake.say()
    fake.say(by="900")
    last = (await read(opened(limit=2.0)))[-1]
    assert last.budget is not None
    assert (last.budget.unit, last.budget.spent, last.budget.limit) == ("USD", 0.03, 2.0)
    assert last.budget.resets == datetime(2026, 12, 1, tzinfo=UTC)


async def test_what_a_request_may_cost_is_in_a_cursor_before_it_is_sent(fake: FakeX, web: FakeWeb, opened: Any) -> None:
    """The first batch holds no post, and nothing has been asked yet."""
    async with aclosing(cast(Any, opened().fetch(None))) as batches:
        first = await anext(batches)
        assert (first.items, spent(first), web.asked) == ((), 0.15, [])


async def test_less_is_asked_for_when_less_is_left(fake: FakeX, web: FakeWeb, opened: Callable[..., X]) -> None:
    """Pages shrink to what can be paid; then it says until when it waits, and what to do."""
    for n in range(100):
        fake.say(at=NOW - timedelta(minutes=n))
    source = opened(limit=0.5, author_price=0.005)
    with pytest.raises(SourceUnavailable, match=r"of 0\.50 USD of 2026-11 are spent") as caught:
        await read(source)
    assert caught.value.retry_after == (datetime(2026, 12, 1, 0, 5, tzinfo=UTC) - NOW).total_seconds()
    assert [int(a.params["max_results"]) for a in web.asked][:2] == [10, 44]


async def test_a_new_month_has_its_own_money(fake: FakeX, opened: Callable[..., X]) -> None:
    """And a clock that is set back finds what the old one has spent."""
    fake.say()
    november = (await read(opened(limit=0.17)))[-1].cursor
    with pytest.raises(SourceUnavailable):
        await read(opened(limit=0.16), november)
    fake.now = datetime(2026, 12, 1, 0, 6, tzinfo=UTC)
    december = (await read(opened(limit=0.16), november))[-1]
    assert spent(december) == 0.0
    fake.now = NOW
    assert spent((await read(opened(limit=1.0), december.cursor))[-1]) == 0.015


@pytest.mark.parametrize("minutes", [-4, 0, 4])
async def test_nothing_is_asked_where_a_month_ends(fake: FakeX, web: FakeWeb, opened: Any, minutes: int) -> None:
    """X could bill it to the other month."""
    fake.now = datetime(2026, 12, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    with pytest.raises(SourceUnavailable, match="month") as caught:
        await read(opened())
    assert caught.value.retry_after == (5 - minutes) * 60
    assert web.asked == []


async def test_an_error_costs_nothing_and_a_silence_may_have(fake: FakeX, web: FakeWeb, opened: Any) -> None:
    """What was reserved comes back after a 503; an answer that cannot be read may have been billed."""
    web.trouble = Said(status=503)
    batches: list[Batch] = []
    with pytest.raises(SourceUnavailable):
        await read(opened(), into=batches)
    assert [spent(b) for b in batches] == [0.15, 0.0]
    web.trouble = Said("not JSON")
    batches.clear()
    with pytest.raises(SourceUnavailable):
        await read(opened(), into=batches)
    assert [spent(b) for b in batches] == [0.15]


async def test_what_is_not_reserved_is_not_looked_up(fake: FakeX, web: FakeWeb, opened: Callable[..., X]) -> None:
    """Before the first search nothing is set aside; afterwards as much as ``lookups`` says, and no more."""
    said = [fake.say(at=NOW - timedelta(minutes=n)) for n in range(9)]
    source = opened(lookups=4)
    assert isinstance(source, XWithLookups)
    with pytest.raises(SourceUnavailable, match="used up"):
        await source.recheck(said)
    assert web.asked == []
    await read(source)
    assert len((await source.recheck(said)).items) == 4
    with pytest.raises(SourceUnavailable, match="used up"):
        await source.thread(said[0])


class Killed(BaseException):
    """The process is gone."""


class NoWire:
    """Stands in for the polite client, on the fake without a network; a request may be billed and never come back."""

    def __init__(self, fake: FakeX, limit: int) -> None:
        self.fake, self.limit = fake, limit
        self.fate: Exception | BaseException | None = None
        self.bursts: list[int] = []
        self.under_way = 0

    def check(self) -> None:
        assert max(self.fake.bill.values(), default=0) <= self.limit

    async def get(self, url: str, *, headers: Mapping[str, str], params: Mapping[str, str]) -> Answer:
        path = url.removeprefix("https://fake.example")
        given = {k.lower(): v for k, v in headers.items()}
        said = self.fake.answers[f"GET {path}"](Asked("GET", path, params, given, b""))
        self.check()
        if self.fate is not None:
            raise self.fate
        assert not isinstance(said, Said), said
        return Answer(200, {}, json.dumps(said).encode(), url)

    async def post(self, url: str, *, headers: Mapping[str, str], json: object) -> Answer:
        return Answer(201, {}, b'{"data": []}', url)

    @asynccontextmanager
    async def lines(self, url: str, **_: Any) -> AsyncIterator[AsyncIterator[list[str]]]:
        ended = []

        async def read() -> AsyncIterator[list[str]]:
            for burst in self.bursts:
                lines = [self.fake.line(self.fake.say()) for _ in range(burst)]
                self.check()
                yield lines or [""]
                await asyncio.sleep(0)
            ended.append("by itself")

        try:
            async with aclosing(cast(Any, read())) as stream:
                yield stream
        finally:
            for _ in range(0 if ended else self.under_way):
                self.fake.line(self.fake.say())
            self.check()


FATES = st.sampled_from([None, None, None, "slow", "killed"])
STEPS = st.lists(
    st.tuples(
        st.integers(0, 60),  # posts that were written meanwhile
        st.integers(0, 12),  # batches that are taken
        st.booleans(),  # whether the last of them is committed
        st.booleans(),  # whether the process starts anew
        FATES,
        st.integers(0, 12),  # posts that are looked up
        st.sampled_from([1, 700, 40_000]),  # minutes until the next step
    ),
    max_size=12,
)


def house(fake: FakeX, wire: NoWire, **keys: Any) -> Callable[[], X]:
    town = Institution.model_validate({"id": "benialba", "name": "Benialba", "hashtags": ["#Benialba"]})
    context = SourceContext([town], lambda: fake.now, wire, TOKEN, "")
    config = XConfig(kind="x", name="x", base="https://fake.example/2", **keys)
    return lambda: X(config, context)


@settings(max_examples=150, deadline=None)
@given(limit=st.integers(2, 20), lookups=st.integers(0, 12), steps=STEPS)
def test_the_bill_never_passes_the_limit(limit: int, lookups: int, steps: list[Any]) -> None:
    """Wherever it is killed, whatever is lost: what X bills in a month stays within the limit."""
    fake = FakeX()
    wire = NoWire(fake, limit * 100_000)
    open_ = house(fake, wire, limit=limit / 10, lookups=lookups)

    async def live() -> None:
        cursor, source = None, open_()
        for posts, taken, committed, anew, fate, looked, minutes in steps:
            for n in range(posts):
                fake.say(by=str(n))  # everybody another: nothing is cheaper than the worst
            source = open_() if anew else source
            wire.fate = {"slow": SourceUnavailable("no answer within 20 s"), "killed": Killed()}.get(fate or "")
            cursor = await _lived(source, cursor, taken, committed)
            if isinstance(source, XWithLookups):
                some = [p["id"] for p in fake.posts[-looked:]] if looked else []
                with suppress(SourceError, Killed):
                    await source.recheck(some)
                    await source.thread(some[0] if some else "1")
            fake.now += timedelta(minutes=minutes)

    asyncio.run(live())
    wire.check()


async def _lived(source: X, cursor: Cursor | None, taken: int, committed: bool) -> Cursor | None:
    """The last cursor that was committed."""
    with suppress(SourceError, Killed):
        async with aclosing(cast(Any, source.fetch(cursor))) as batches:
            for number in range(taken):
                batch = await anext(batches, None)
                if batch is None or (number == taken - 1 and not committed):
                    break
                cursor = batch.cursor
    return cursor


@settings(max_examples=100, deadline=None)
@given(
    limit=st.integers(1, 60),
    rounds=st.lists(
        st.tuples(st.lists(st.integers(0, 8), max_size=30), st.integers(0, 40), st.booleans(), st.integers(0, 12)),
        max_size=6,
    ),
)
def test_the_bill_of_a_stream_never_passes_the_limit(limit: int, rounds: list[Any]) -> None:
    """As long as no more than ``in_flight`` posts are under way when it is closed."""
    fake = FakeX()
    wire = NoWire(fake, limit * 100_000)
    open_ = house(fake, wire, limit=limit / 10, stream=True, in_flight=20, chunk=10)

    async def live() -> None:
        cursor = None
        for bursts, taken, committed, under_way in rounds:
            wire.bursts, wire.under_way = bursts, under_way
            cursor = await _lived(open_(), cursor, taken, committed)
            fake.now += timedelta(minutes=5)

    asyncio.run(live())
    wire.check()


# ── streaming ─────────────────────────────────────────────────────────────────────────────
class FakeStream:
    """A fake of X's filtered stream on a socket: what is put into ``lines`` is sent; None ends it."""

    def __init__(self, fake: FakeX) -> None:
        self.lines: list[bytes | None] = []
        self.more = threading.Condition()
        stream = self

        class Talk(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if not self.path.startswith("/2/tweets/search/stream?"):
                    parts = self.path.partition("?")
                    params = dict(p.split("=") for p in parts[2].split("&") if p)
                    said = fake.answers[f"GET {parts[0]}"](
                        Asked("GET", parts[0], params, {k.lower(): v for k, v in self.headers.items()}, b"")
                    )
                    self._say(200, json.dumps(said).encode())
                    return
                self.send_response(200)
                self.end_headers()
                with suppress(OSError):
                    while (line := stream.next()) is not None:
                        self.wfile.write(line)
                        self.wfile.flush()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                said = fake.change_rules(Asked("POST", self.path, {}, {}, body))
                self._say(said.status, json.dumps(said.body).encode())

            def _say(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nobody reads it."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Talk)
        self.server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"

    def next(self) -> bytes | None:
        with self.more:
            self.more.wait_for(lambda: bool(self.lines))
            return self.lines.pop(0)

    def send(self, *lines: str | bytes | None) -> None:
        with self.more:
            self.lines += [line.encode() + b"\r\n" if isinstance(line, str) else line for line in lines]
            self.more.notify_all()


@pytest.fixture
def stream(fake: FakeX) -> Iterator[FakeStream]:
    server = FakeStream(fake)
    threading.Thread(target=server.server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.send(*[None] * 10)
    server.server.shutdown()
    server.server.server_close()


@pytest.fixture
def streamed(
    fake: FakeX, stream: FakeStream, context: Callable[..., SourceContext], patient_client: PoliteClient
) -> Callable[..., X]:
    def make(**keys: Any) -> X:
        config = XConfig(kind="x", name="x", base=f"{stream.base}/2", stream=True, **keys)
        return X(config, context(environment=TOKEN, clock=lambda: fake.now))

    return make


async def until(source: X, wanted: set[str], cursor: Cursor | None = None) -> list[Batch]:
    found: list[Batch] = []
    async with asyncio.timeout(20), aclosing(cast(Any, source.fetch(cursor))) as batches:
        async for batch in batches:
            found.append(batch)
            if wanted <= set(ids(found)):
                return found
    return found


async def test_a_stream_goes_on_where_the_search_ended(fake: FakeX, stream: FakeStream, streamed: Any) -> None:
    """What was said before is searched, what is said now is streamed; signs of life are empty batches."""
    before = fake.say(at=NOW - timedelta(hours=1))
    now = fake.say("Arde el monte en #Benialba\u2028y no hay agua", at=NOW + timedelta(seconds=9))
    stream.send("", b'{"data": ', fake.line(now)[9:], "")
    batches = await until(streamed(), {before, now})
    assert ids(batches) == [before, now]
    assert [r["tag"] for r in fake.rules] == ["corrillo x"]


async def test_what_falls_between_two_streams_is_searched(fake: FakeX, stream: FakeStream, streamed: Any) -> None:
    """Resumed from any cursor of a stream, nothing that the search has by then is missing."""
    first = fake.say(at=NOW - timedelta(hours=1))
    seen = fake.say(at=NOW + timedelta(minutes=10))
    stream.send(fake.line(seen))
    cursor = (await until(streamed(), {first, seen}))[-1].cursor
    before = fake.say(at=NOW + timedelta(seconds=20))
    after = fake.say(at=NOW + timedelta(minutes=20))
    fake.now = NOW + timedelta(minutes=30)
    stream.send(None)
    assert {before, after} <= set(ids(await until(streamed(), {before, after}, cursor)))


async def test_kinds_of_message_that_nobody_knows_are_let_pass(fake: FakeX, stream: FakeStream, streamed: Any) -> None:
    """A damaged line is rejected and hurts no other."""
    said = fake.say(at=NOW + timedelta(seconds=9))
    stream.send('{"warning": {"code": "?"}}', "[]", '{"data": {"id"', fake.line(said))
    batches = await until(streamed(), {said})
    assert [r.raw for b in batches for r in b.rejected] == ["[]", '{"data": {"id"']


async def test_an_error_in_the_stream_ends_it(fake: FakeX, stream: FakeStream, streamed: Any) -> None:
    """With what X says of it; what was paid ahead comes back but for the margin."""
    stream.send('{"errors": [{"title": "operational-disconnect"}]}')
    batches: list[Batch] = []
    with pytest.raises(SourceUnavailable, match="operational-disconnect"):
        await read(streamed(in_flight=20), into=batches)
    assert spent(batches[-1]) == pytest.approx(21 * 0.015)


async def test_a_stream_that_x_ends_costs_what_it_gave(fake: FakeX, stream: FakeStream, streamed: Any) -> None:
    """Then nothing is under way any more."""
    stream.send(fake.line(fake.say(at=NOW + timedelta(seconds=9))), "", None)
    batches = [batch async for batch in streamed().fetch(None)]
    assert spent(batches[-1]) == pytest.approx(0.015)


async def test_what_is_too_little_for_a_stream_is_searched_with(
    fake: FakeX, stream: FakeStream, streamed: Callable[..., X]
) -> None:
    """The last money of a month is not left over: it polls."""
    said = fake.say(at=NOW - timedelta(hours=1))
    assert ids(await read(streamed(limit=0.3))) == [said]
    assert fake.rules == []


async def test_a_line_without_end_is_not_read(
    fake: FakeX, stream: FakeStream, context: Callable[..., SourceContext], client: PoliteClient
) -> None:
    """Nobody can fill our memory."""
    config = XConfig(kind="x", name="x", base=f"{stream.base}/2", stream=True)
    stream.send(b'{"data": "' + b"a" * 300_000, None)
    with pytest.raises(SourceRefused, match="a line of more than"):
        await read(X(config, context(environment=TOKEN, http=client)))


async def test_rules_of_others_are_left_alone(fake: FakeX, stream: FakeStream, streamed: Any) -> None:
    """Ours are those with our tag; a query that is no longer asked goes."""
    fake.rules = [
        {"id": "7", "value": "cats", "tag": "somebody else"}, {"id": "8", "value": "#old", "tag": "corrillo x"},
    ]  # fmt: skip
    stream.send("", None)
    _ = [batch async for batch in streamed(terms=["#new"]).fetch(None)]
    assert [(r["value"], r["tag"]) for r in fake.rules] == [
        ("cats", "somebody else"), ("(#new) -is:retweet", "corrillo x"),
    ]  # fmt: skip


async def test_a_deleted_post_and_a_hidden_one_are_gone(fake: FakeX, opened: Callable[..., X]) -> None:
    """The others are given as they are now."""
    kept, lost = fake.say(), fake.say()
    source = opened(lookups=20)
    assert isinstance(source, XWithLookups)
    await read(source)
    fake.gone.add(lost)
    post, deletion = (await source.recheck([kept, lost])).items
    assert isinstance(post, Post)
    assert post.native_id == kept
    assert deletion == Deletion(network="x", native_id=lost, ref=lost, at=NOW)
