"""Consul against a fake of its GraphQL API: it knows the questions by their shape, and executes no GraphQL."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from corrillo.errors import ParseError, SourceRefused, SourceUnavailable
from corrillo.model import Batch, Cursor, Deletion, Post
from corrillo.registry import SourceContext
from corrillo.testing.recorded import Protected, check
from corrillo.testing.source import SourceContract, SourceWorld, Span, Thread
from ingest import consul
from ingest.consul import Consul, ConsulConfig
from tests.fakes.web import Asked, FakeWeb, Said

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
Make = Callable[..., Consul]
Node = dict[str, Any]


def position(number: int) -> str:
    """A cursor as Consul writes it: the position in the list, in base 64."""
    return base64.b64encode(str(number).encode()).decode()


class FakeConsul:
    """A fake platform: three lists in whatever order a test gives them; positions are its cursors.

    ``newer`` answers 404 for all where one record is missing, as newer versions do; else null.
    """

    def __init__(self) -> None:
        self.lists: dict[str, list[Node]] = {"proposals": [], "debates": [], "comments": []}
        self.newer = True
        self.stuck = False
        self.numbers = 0

    def add(self, kind: str = "proposals", at: datetime = NOW - timedelta(days=2), **fields: Any) -> Node:
        """A new proposal or debate at the end of its list."""
        self.numbers += 1
        record = {
            "__typename": kind[:-1].title(), "id": str(self.numbers), "title": "Fuentes en la rambla",
            "summary": "Dos", "description": "<p>Con agua.</p>", "public_created_at": f"{at:%Y-%m-%d %H:00:00} UTC",
            "cached_votes_up": 4, "comments_count": 0, "public_author": {"username": "pau"}, "geozone": None,
            "tags": {"edges": []},
        }  # fmt: skip
        self.lists[kind].append(record | fields)
        return self.lists[kind][-1]

    def comment(
        self, on: Node, ancestry: str | None = None, at: datetime = NOW - timedelta(days=1), **fields: Any
    ) -> Node:
        """A new comment on a record, under the comments of ``ancestry``."""
        self.numbers += 1
        said = {
            "__typename": "Comment", "id": str(self.numbers), "commentable_id": int(on["id"]),
            "commentable_type": on["__typename"], "body": "Y bancos", "public_created_at": f"{at:%Y-%m-%d %H:00:00} UTC",
            "cached_votes_up": 0, "ancestry": ancestry, "public_author": None,
        }  # fmt: skip
        self.lists["comments"].append(said | fields)
        return self.lists["comments"][-1]

    def answer(self, asked: Asked) -> Any:
        """By the shape of the question: single records, the comments under one, or a page of a list."""
        question = asked.json["query"]
        singles = re.findall(r"(i\d+): (\w+)\(id: (\d+)\)", question)
        if singles:
            found = {alias: self._one(f"{kind}s", number) for alias, kind, number in singles}
            return Said(status=404) if self.newer and None in found.values() else {"data": found}
        under = re.match(r"\{ (\w+)\(id: (\d+)\) \{ comments\((.*?)\)", question)
        if under:
            kind, number, span = under.groups()
            mine = [
                c
                for c in self.lists["comments"]
                if (c["commentable_type"].lower(), c["commentable_id"]) == (kind, int(number))
            ]
            return {"data": {kind: {"comments": self._page(mine, span)}}}
        kind, span = re.findall(r"\{ (\w+)\((.*?)\)", question)[0]
        return {"data": {kind: self._page(self.lists[kind], span)}}

    def _one(self, kind: str, number: str) -> Node | None:
        return next((n for n in self.lists[kind] if n["id"] == number), None)

    def _page(self, records: list[Node], span: str) -> Node:
        size = int(re.findall(r"(?:first|last): (\d+)", span)[0])
        given = re.findall(r'(?:after|before): "(.*?)"', span)
        at = int(base64.b64decode(given[0])) if given else None
        if span.startswith("first"):
            start = at or 0
            end = min(start + size, len(records))
        else:
            end = len(records) if at is None else at - 1
            start = max(end - size, 0)
        info = {
            "hasNextPage": end < len(records), "hasPreviousPage": start > 0 or self.stuck,
            "startCursor": position(start + 1), "endCursor": position(end),
        }  # fmt: skip
        return {"pageInfo": info, "edges": [{"node": r} for r in records[start:end]]}


@pytest.fixture
def platform() -> FakeConsul:
    """What stands on the fake."""
    return FakeConsul()


@pytest.fixture
def web(platform: FakeConsul) -> Iterator[FakeWeb]:
    """The fake on loopback."""
    with FakeWeb({"POST /graphql": platform.answer}) as server:
        yield server


@pytest.fixture
def make(web: FakeWeb, context: Callable[..., SourceContext], monkeypatch: pytest.MonkeyPatch) -> Make:
    """A source that asks the fake without waiting, two records a page, without a sweep unless a test wants it."""
    monkeypatch.setattr(consul, "PACE", 0.0)
    monkeypatch.setattr(consul, "PAGE", 2)
    return lambda **keys: Consul(
        ConsulConfig.model_validate({"kind": "consul", "name": "ours", "url": web.base, "sweep": 0} | keys), context()
    )


async def _read(source: Consul, cursor: Cursor | None = None) -> list[Batch]:
    return [batch async for batch in source.fetch(cursor)]


def _ids(batches: list[Batch]) -> set[str]:
    return {i.native_id.partition("/")[2] for b in batches for i in b.items if isinstance(i, Post)}


class TestConsul(SourceContract):
    """The contract, with more records than pages hold, and a thread three comments deep."""

    @pytest.fixture
    def world(self, platform: FakeConsul, web: FakeWeb, make: Make) -> SourceWorld:
        host = web.base.removeprefix("http://")
        begin = NOW - timedelta(days=6)
        proposals = [platform.add(at=begin + timedelta(hours=n)) for n in range(5)]
        debate = platform.add("debates", at=begin + timedelta(hours=2))
        below: list[Node] = []
        for n in range(3):
            above = "/".join(c["id"] for c in below) or None
            below.append(platform.comment(proposals[1], above, at=begin + timedelta(days=1, hours=n)))
        platform.comment(debate)
        natives = {kind: [f"{host}/{kind}/{n['id']}" for n in listed] for kind, listed in platform.lists.items()}

        def gone() -> str:
            platform.lists["comments"].remove(below[2])
            return natives["comments"][2]

        return SourceWorld(
            open=make,
            native_ids=frozenset(n for listed in natives.values() for n in listed),
            sample=json.dumps(proposals[0]),
            add_post=lambda: f"{host}/comments/{platform.comment(proposals[0])['id']}",
            add_broken=lambda: platform.add("debates", public_created_at="yesterday"),
            cut_off=lambda: setattr(web, "trouble", Said(status=503)),
            thread=Thread(natives["proposals"][1], natives["proposals"][1], frozenset(natives["comments"][:3])),
            gone=gone,
            span=Span(
                begin + timedelta(hours=2),
                begin + timedelta(days=1, hours=1),
                frozenset([*natives["proposals"][2:], *natives["debates"], natives["comments"][0]]),
            ),
        )


class TestWithSweep(TestConsul):
    """The same with the sweep."""

    @pytest.fixture
    def make(self, make: Make) -> Make:  # type: ignore[override]
        return lambda **keys: make(**({"sweep": 2} | keys))


def test_recorded_records_become_what_stands_beside_them(
    context: Callable[..., SourceContext], fixtures: Path, protected: Protected, now: datetime
) -> None:
    """Proposals, debates and comments, on things that the API does not list, too."""
    config = ConsulConfig(kind="consul", name="decide", url="https://decide.comarca.example/", venue="Decide Comarca")
    check(fixtures / "consul.json", Consul(config, context()), protected, now)


@pytest.mark.asyncio
async def test_reading_stops_where_nothing_is_new(platform: FakeConsul, web: FakeWeb, make: Make) -> None:
    """Of a long list only the end is asked for the second time."""
    for _ in range(40):
        platform.add()
    batches = await _read(make(kinds=["proposals"]))
    web.asked.clear()
    new = platform.add()
    assert f"proposals/{new['id']}" in _ids(await _read(make(kinds=["proposals"]), batches[-1].cursor))
    assert len(web.asked) == 1 + consul.QUIET


@pytest.mark.asyncio
async def test_an_interrupted_reading_of_the_end_begins_again(platform: FakeConsul, make: Make) -> None:
    """What lies between the newest page and what was known is not lost with it."""
    batches = await _read(make())
    said = [platform.add() for _ in range(7)]
    first = (await _read(make(), batches[-1].cursor))[0]
    assert len(first.items) == 2
    assert _ids(await _read(make(), first.cursor)) == {f"proposals/{p['id']}" for p in said}


@pytest.mark.asyncio
async def test_the_sweep_finds_what_does_not_stand_at_the_end(platform: FakeConsul, make: Make) -> None:
    """A record that the database put into the middle is found within as many rounds as the list has pages."""
    for _ in range(20):
        platform.add()
    swept = make(sweep=2, kinds=["proposals"])
    cursor = (await _read(swept))[-1].cursor
    new = platform.add()
    platform.lists["proposals"].insert(7, platform.lists["proposals"].pop())
    found: set[str] = set()
    for _ in range(6):
        batches = await _read(swept, cursor)
        cursor = batches[-1].cursor
        found |= _ids(batches)
    assert f"proposals/{new['id']}" in found


@pytest.mark.asyncio
async def test_what_is_older_than_the_backlog_is_left(platform: FakeConsul, make: Make) -> None:
    """Neither the end nor the sweep gives it."""
    platform.add(at=NOW - timedelta(days=60))
    new = platform.add(at=NOW - timedelta(days=3))
    assert _ids(await _read(make(sweep=3))) == {f"proposals/{new['id']}"}
    assert len(_ids(await _read(make(sweep=3, backlog=90)))) == 2


@pytest.mark.parametrize("newer", [True, False])
@pytest.mark.asyncio
async def test_one_missing_record_hides_no_other(platform: FakeConsul, make: Make, newer: bool) -> None:
    """Newer versions answer 404 for the whole question, older ones null for the one."""
    platform.newer = newer
    posts = [platform.add() for _ in range(3)]
    said = [platform.comment(posts[0]) for _ in range(7)]
    source = make()
    refs = [f"{source._host}/{kind}/{n['id']}" for kind, listed in platform.lists.items() for n in listed]
    platform.lists["comments"].remove(said[4])
    platform.lists["proposals"].remove(posts[1])
    found = (await source.recheck([*refs, "elsewhere.example/proposals/1"])).items
    gone = {i.ref for i in found if isinstance(i, Deletion)}
    assert gone == {f"{source._host}/comments/{said[4]['id']}", f"{source._host}/proposals/{posts[1]['id']}"}
    assert {i.ref for i in found} == set(refs)


@pytest.mark.asyncio
async def test_an_api_that_is_gone_deletes_nothing(platform: FakeConsul, web: FakeWeb, make: Make) -> None:
    """404 for everything is trouble with the platform, not with its records."""
    post = platform.add()
    source = make()
    web.trouble = Said(status=404)
    with pytest.raises(SourceRefused):
        await source.recheck([f"{source._host}/proposals/{post['id']}"])
    with pytest.raises(SourceRefused):
        await source.thread(f"{source._host}/proposals/{post['id']}")


@pytest.mark.asyncio
async def test_the_thread_of_a_comment_is_what_stands_under_it(platform: FakeConsul, make: Make) -> None:
    """Neither what it answers nor what is beside it; nothing at all where Consul does not list it."""
    post = platform.add("debates")
    first = platform.comment(post)
    platform.comment(post)
    below = platform.comment(post, first["id"])
    lowest = platform.comment(post, f"/{first['id']}/{below['id']}/")
    elsewhere = platform.comment({"id": "5", "__typename": "Poll"})
    source = make()
    found = (await source.thread(f"{source._host}/comments/{first['id']}")).items
    assert [i.native_id.rpartition("/")[2] for i in found if isinstance(i, Post)] == [
        n["id"] for n in (first, below, lowest)
    ]
    assert isinstance(found[-1], Post)
    assert found[-1].answers == f"{source._host}/comments/{below['id']}"
    assert (await source.thread(f"{source._host}/comments/{elsewhere['id']}")).items == ()
    (gone,) = (await source.thread(f"{source._host}/comments/999")).items
    assert gone == Deletion(network="consul", ref=f"{source._host}/comments/999", at=NOW)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"errors": [{"message": "Query has depth of 9, which exceeds max depth of 8"}]}, SourceRefused),
        ({"errors": [{"message": "Field 'debates' doesn't exist on type 'Query'"}]}, SourceRefused),
        ({"errors": [{"message": "Timeout"}], "data": {"proposals": {"edges": []}}}, SourceUnavailable),
        ({"data": {"proposals": None}}, SourceUnavailable),
        ({"message": "Error parsing JSON"}, SourceUnavailable),
        ("<html>Entra en tu cuenta</html>", SourceUnavailable),
        ("", SourceUnavailable),
    ],
)
@pytest.mark.asyncio
async def test_an_error_with_status_200_is_an_error(
    web: FakeWeb, make: Make, said: Any, error: type[Exception]
) -> None:
    """A question that the platform does not take needs a person; everything else, part of an answer too, is tried again."""
    web.trouble = Said(said)
    with pytest.raises(error):
        await _read(make())


@pytest.mark.asyncio
async def test_browsers_only_is_a_refusal_and_haste_is_waited_for(web: FakeWeb, make: Make) -> None:
    """403 is for a person; 429 names its wait."""
    web.trouble = Said("Forbidden", status=403)
    with pytest.raises(SourceRefused):
        await _read(make())
    web.trouble = Said(status=429, headers={"Retry-After": "30"})
    with pytest.raises(SourceUnavailable) as caught:
        await _read(make())
    assert caught.value.retry_after == pytest.approx(30.0, abs=1.0)


@pytest.mark.asyncio
async def test_a_page_that_names_itself_as_next_is_not_read_for_ever(platform: FakeConsul, make: Make) -> None:
    """It is said, and tried again later."""
    platform.add()
    platform.stuck = True
    with pytest.raises(SourceUnavailable, match="its own next one"):
        await _read(make())


@pytest.mark.asyncio
async def test_questions_keep_the_limits(platform: FakeConsul, web: FakeWeb, make: Make) -> None:
    """At most eight levels and two collections in whatever is asked."""
    post = platform.add()
    said = platform.comment(post)
    source = make(sweep=1)
    await _read(source)
    refs = [f"{source._host}/proposals/{post['id']}", f"{source._host}/comments/{said['id']}"]
    await source.recheck(refs)
    await source.thread(refs[0])
    for question in (a.json["query"] for a in web.asked):
        depths, depth = [0], 0
        for sign in re.findall(r"[{}]", question):
            depth += 1 if sign == "{" else -1
            depths.append(depth)
        assert max(depths) <= 8
        assert question.count("edges") <= 2


@pytest.mark.parametrize(
    "written", ["2026-11-20 10:00:00 +0100", "2026-11-20 09:00:00 UTC", "2026-11-20T09:00:00Z", "2026-11-20 09:00:00"]
)
def test_times_are_read_as_ruby_writes_them(platform: FakeConsul, make: Make, written: str) -> None:
    """With an offset, with UTC in letters, and by ISO 8601."""
    (post,) = make().parse(json.dumps(platform.add(public_created_at=written)))
    assert post.published == datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_other_types_are_not_parsed(platform: FakeConsul, make: Make) -> None:
    """A record that nobody asked for is no post."""
    with pytest.raises(ParseError, match="Geozone"):
        make().parse(json.dumps(platform.add() | {"__typename": "Geozone"}))
