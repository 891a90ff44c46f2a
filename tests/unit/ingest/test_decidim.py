"""Decidim against a fake of its GraphQL API: it knows the questions by their shape, and executes no GraphQL."""

from __future__ import annotations

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
from ingest import decidim
from ingest.decidim import Decidim, DecidimConfig
from tests.fakes.web import Asked, FakeWeb, Said

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
Make = Callable[..., Decidim]
Node = dict[str, Any]
NEIGHBOUR = {"__typename": "User", "name": "Lluna Mas", "nickname": "@lluna", "deleted": False}


def both(text: str) -> Node:
    """A translated field with one translation."""
    return {"translations": [{"locale": "es", "text": text}]}


class FakeDecidim:
    """A fake platform: one process with proposals, one assembly with a debate; comments are nested lists."""

    def __init__(self) -> None:
        self.posts: dict[str, list[Node]] = {"7": [], "9": []}
        self.errors: list[Node] = []
        self.end = "2026-12-31"
        self.stuck = False
        self.numbers = 100

    def add(self, component: str = "7", at: datetime = NOW - timedelta(days=2), **fields: Any) -> Node:
        """A new proposal (component 7) or debate (9)."""
        self.numbers += 1
        body = {"7": "body", "9": "description"}[component]
        post = {
            "id": str(self.numbers), "title": both("Sombra en la rambla"), body: both("<p>Plantad árboles</p>"),
            "createdAt": at.isoformat(), "updatedAt": at.isoformat(), "publishedAt": at.isoformat(),
            "official": False, "voteCount": 3, "totalCommentsCount": 0, "author": NEIGHBOUR, "comments": [],
        }  # fmt: skip
        self.posts[component].append(post | fields)
        return self.posts[component][-1]

    def comment(self, under: Node, root: Node, at: datetime = NOW - timedelta(days=1), **fields: Any) -> Node:
        """A new answer to a post or a comment; ``root`` counts it."""
        self.numbers += 1
        root["totalCommentsCount"] += 1
        said = {
            "id": str(self.numbers), "body": "Aquí también", "formattedBody": "<p>Aquí también</p>",
            "createdAt": at.isoformat(), "upVotes": 1, "author": NEIGHBOUR | {"nickname": "@pau"}, "comments": [],
        }  # fmt: skip
        under["comments"].append(said | fields)
        return dict(under["comments"][-1])

    def answer(self, asked: Asked) -> Any:
        """By the shape of the question: the list of spaces, a page of a component, or single posts of one."""
        question, given = asked.json["query"], asked.json["variables"]
        if "component(id" not in question:
            return {"data": self._spaces(question)}
        kind, one = {"7": ("proposals", "proposal"), "9": ("debates", "debate")}[given["component"]]
        posts = self.posts[given["component"]]
        if f"{kind}(first:" in question:
            size = int(re.findall(r"first: (\d+)", question)[0])
            page = {kind: self._page(posts, size, int(given["after"] or 0), "comments" in question)}
            return {"data": {"component": page}, **({"errors": self.errors} if self.errors else {})}
        wanted = re.findall(rf'(p\d+): {one}\(id: "(\d+)"\)', question)
        return {"data": {"component": {p: next((n for n in posts if n["id"] == i), None) for p, i in wanted}}}

    def _spaces(self, question: str) -> Node:
        space = {"slug": "rambla-neta", "title": both("Rambla neta"), "endDate": self.end}
        council = {"slug": "consell", "title": both("Consell de barri")}
        listed: Node = {
            "participatoryProcesses": [
                space
                | {"components": [{"id": "7", "__typename": "Proposals"}, {"id": "8", "__typename": "Pages"}, None]}
            ],
            "assemblies": [council | {"components": [{"id": "9", "__typename": "Debates"}]}],
        }
        return {name: spaces for name, spaces in listed.items() if name in question}

    def _page(self, posts: list[Node], size: int, after: int, whole: bool) -> Node:
        found = posts[after : after + size]
        index = ("id", "updatedAt", "totalCommentsCount")
        nodes = found if whole else [{k: n[k] for k in index} for n in found]
        end = after if self.stuck else after + len(found)
        info = {"hasNextPage": self.stuck or end < len(posts), "endCursor": str(end)}
        return {"pageInfo": info, "edges": [{"node": n} for n in nodes]}


@pytest.fixture
def platform() -> FakeDecidim:
    """What stands on the fake."""
    return FakeDecidim()


@pytest.fixture
def web(platform: FakeDecidim) -> Iterator[FakeWeb]:
    """The fake on loopback."""
    with FakeWeb({"POST /api": platform.answer}) as server:
        yield server


@pytest.fixture
def make(web: FakeWeb, context: Callable[..., SourceContext], monkeypatch: pytest.MonkeyPatch) -> Make:
    """A source that asks the fake without waiting, two posts a page."""
    monkeypatch.setattr(decidim, "PACE", 0.0)
    monkeypatch.setattr(decidim, "PAGE", 2)
    return lambda **keys: Decidim(
        DecidimConfig.model_validate({"kind": "decidim", "name": "ours", "url": web.base} | keys), context()
    )


async def _read(source: Decidim, cursor: Cursor | None = None) -> list[Batch]:
    return [batch async for batch in source.fetch(cursor)]


def _posts(batches: list[Batch]) -> dict[str, Post]:
    return {i.native_id.partition("/")[2]: i for b in batches for i in b.items if isinstance(i, Post)}


class TestDecidim(SourceContract):
    """The contract, with five proposals, a debate and answers three levels deep."""

    @pytest.fixture
    def world(self, platform: FakeDecidim, web: FakeWeb, make: Make) -> SourceWorld:
        host = web.base.removeprefix("http://")
        begin = NOW - timedelta(days=6)
        proposals = [platform.add(at=begin + timedelta(hours=n)) for n in range(5)]
        debate = platform.add("9", at=begin + timedelta(days=1))
        under: Node = proposals[1]
        answers = []
        for n in range(4):
            platform.comment(under, proposals[1], at=begin + timedelta(days=2, hours=n))
            under = under["comments"][-1]
            answers.append(f"{host}/comments/{under['id']}")
        other = platform.comment(debate, debate)
        native = [f"{host}/proposals/{p['id']}" for p in proposals]
        root = f"{host}/7/proposals/{proposals[1]['id']}"

        def gone() -> str:
            platform.posts["7"].remove(proposals[4])
            return f"{host}/7/proposals/{proposals[4]['id']}"

        at = {
            "kind": "Proposals",
            "ref": "h/7/proposals/1",
            "native": "h/proposals/1",
            "url": "https://h/1",
            "venue": "Rambla",
        }
        return SourceWorld(
            open=make,
            native_ids=frozenset([*native, *answers, f"{host}/debates/{debate['id']}", f"{host}/comments/{other['id']}"]),
            sample=json.dumps({"node": proposals[0], "at": at}),
            add_post=lambda: f"{host}/comments/{platform.comment(proposals[2], proposals[2])['id']}",
            add_broken=lambda: platform.add(createdAt="yesterday", publishedAt=None),
            cut_off=lambda: setattr(web, "trouble", Said(status=503)),
            thread=Thread(root, native[1], frozenset(answers)),
            gone=gone,
            span=Span(begin + timedelta(hours=3), begin + timedelta(days=2, hours=2), frozenset([*native[3:], f"{host}/debates/{debate['id']}", *answers[:2]])),
        )  # fmt: skip


def test_recorded_posts_become_what_stands_beside_them(
    context: Callable[..., SourceContext], fixtures: Path, protected: Protected, now: datetime
) -> None:
    """Proposals, an official debate, comments and the answers to them, with where they stand."""
    config = DecidimConfig(kind="decidim", name="ours", url="https://participa.benialba.example/", locale="ca")
    check(fixtures / "decidim.json", Decidim(config, context()), protected, now)


@pytest.mark.asyncio
async def test_what_has_not_changed_is_not_read_again(platform: FakeDecidim, web: FakeWeb, make: Make) -> None:
    """The second time only indexes are asked for; a new comment makes its page be read whole."""
    posts = [platform.add() for _ in range(6)]
    batches = await _read(make())
    web.asked.clear()
    again = await _read(make(), batches[-1].cursor)
    assert _posts(again) == {}
    assert not [a for a in web.asked if "comments" in a.json["query"]]
    said = platform.comment(posts[3], posts[3])
    found = _posts(await _read(make(), batches[-1].cursor))
    assert set(found) == {f"proposals/{posts[2]['id']}", f"proposals/{posts[3]['id']}", f"comments/{said['id']}"}


@pytest.mark.asyncio
async def test_an_edited_post_is_given_again(platform: FakeDecidim, make: Make) -> None:
    """Its change is in the index, and its revision is later."""
    post = platform.add()
    batches = await _read(make())
    post["body"], post["updatedAt"] = both("Plantad olmos"), NOW.isoformat()
    (found,) = _posts(await _read(make(), batches[-1].cursor)).values()
    assert (found.text, found.revised) == ("Plantad olmos", NOW)


@pytest.mark.asyncio
async def test_old_threads_are_left_until_somebody_answers(platform: FakeDecidim, make: Make) -> None:
    """What is older than the backlog is not given, unless it is answered: then all of it is."""
    old = platform.add(at=NOW - timedelta(days=400))
    batches = await _read(make())
    assert _posts(batches) == {}
    said = platform.comment(old, old)
    assert set(_posts(await _read(make(), batches[-1].cursor))) == {f"proposals/{old['id']}", f"comments/{said['id']}"}


@pytest.mark.asyncio
async def test_ended_processes_and_other_spaces_are_not_read(platform: FakeDecidim, make: Make) -> None:
    """``ended`` and ``spaces`` say what is read; what is known of it can still be looked up."""
    post = platform.add()
    debate = platform.add("9")
    assert set(_posts(await _read(make(spaces=["consell"])))) == {f"debates/{debate['id']}"}
    platform.end = "2026-01-31"
    assert set(_posts(await _read(make()))) == {f"debates/{debate['id']}"}
    source = make()
    (found,) = (await source.recheck([f"{source._host}/7/proposals/{post['id']}"])).items
    assert isinstance(found, Post)


@pytest.mark.asyncio
async def test_an_answer_names_whom_it_answers(platform: FakeDecidim, make: Make) -> None:
    """The author of the post or comment above it; of an official post the platform itself."""
    debate = platform.add("9", author=None)
    first = platform.comment(debate, debate)
    second = platform.comment(debate["comments"][0], debate, author=NEIGHBOUR | {"deleted": True, "nickname": ""})
    source = make()
    found = _posts(await _read(source))
    one, two = found[f"comments/{first['id']}"], found[f"comments/{second['id']}"]
    assert (one.answers_author, two.answers_author) == (source._host, "pau")
    assert (two.answers, two.thread) == (one.native_id, one.answers)
    assert two.author is None
    assert (official := found[f"debates/{debate['id']}"].author) is not None
    assert (official.handle, official.kind) == (source._host, "administration")


@pytest.mark.asyncio
async def test_a_deleted_comment_is_found_gone_and_its_post_is_not(platform: FakeDecidim, make: Make) -> None:
    """A comment is looked up in the thread of its post."""
    post = platform.add()
    said = platform.comment(post, post)
    source = make()
    refs = [
        f"{source._host}/7/proposals/{post['id']}",
        f"{source._host}/7/proposals/{post['id']}/comments/{said['id']}",
    ]
    post["comments"].clear()
    kept, gone = (await source.recheck([*refs, "elsewhere.example/1", f"{source._host}/7/proposals/1) evil"])).items
    assert isinstance(kept, Post)
    assert gone == Deletion(network="decidim", ref=refs[1], at=NOW)
    assert (await source.thread(refs[1])).items == (gone,)


@pytest.mark.asyncio
async def test_the_thread_of_a_comment_is_what_stands_under_it(platform: FakeDecidim, make: Make) -> None:
    """Neither the post above nor the comments beside it."""
    post = platform.add()
    first = platform.comment(post, post)
    platform.comment(post, post)
    below = platform.comment(post["comments"][0], post)
    source = make()
    found = await source.thread(f"{source._host}/7/proposals/{post['id']}/comments/{first['id']}")
    assert [i.native_id.rpartition("/")[2] for i in found.items if isinstance(i, Post)] == [first["id"], below["id"]]


@pytest.mark.asyncio
async def test_a_component_that_is_not_listed_says_nothing_of_its_posts(platform: FakeDecidim, make: Make) -> None:
    """A whole process out of sight may be an accident: nothing is deleted for it."""
    post = platform.add()
    source = make()
    assert (await source.recheck([f"{source._host}/77/proposals/{post['id']}"])).items == ()


@pytest.mark.asyncio
async def test_partial_answers_are_taken_and_asked_for_again(platform: FakeDecidim, make: Make) -> None:
    """What came is given, the error is shown, and the page is read whole the next time."""
    post = platform.add()
    platform.errors = [{"message": "Timeout on Proposal.comments", "path": ["component", "proposals"]}]
    (batch, last) = await _read(make())
    assert len(batch.items) == 1
    assert [r.reason for r in batch.rejected] == ["Timeout on Proposal.comments"]
    with pytest.raises(ParseError):
        make().parse(batch.rejected[0].raw)
    platform.errors = []
    assert set(_posts(await _read(make(), last.cursor))) == {f"proposals/{post['id']}"}


@pytest.mark.asyncio
async def test_what_is_hidden_from_the_public_is_no_error(platform: FakeDecidim, make: Make) -> None:
    """The platform says beside its answer that it left something out."""
    platform.add()
    platform.errors = [{"message": "An object of type Proposal was hidden due to permissions"}]
    (batch, last) = await _read(make())
    assert batch.rejected == ()
    assert _posts(await _read(make(), last.cursor)) == {}


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"errors": [{"message": "Field 'debates' doesn't exist on type 'Debates'"}]}, SourceRefused),
        (
            {"errors": [{"message": "Query has complexity of 6000, which exceeds max complexity of 5000"}]},
            SourceRefused,
        ),
        ({"errors": [{"message": "Internal error"}], "data": None}, SourceUnavailable),
        ({"data": {"participatoryProcesses": None}}, SourceUnavailable),
        ([], SourceUnavailable),
        ("<html>Maintenance</html>", SourceUnavailable),
        ("", SourceUnavailable),
    ],
)
@pytest.mark.asyncio
async def test_an_error_with_status_200_is_an_error(
    web: FakeWeb, make: Make, said: Any, error: type[Exception]
) -> None:
    """A question that the platform does not take needs a person; everything else is tried again."""
    web.trouble = Said(said)
    with pytest.raises(error):
        await _read(make())


@pytest.mark.asyncio
async def test_a_page_that_names_itself_as_next_is_not_read_for_ever(platform: FakeDecidim, make: Make) -> None:
    """It is said, and tried again later."""
    platform.add()
    platform.stuck = True
    with pytest.raises(SourceUnavailable, match="its own next one"):
        await _read(make())


@pytest.mark.asyncio
async def test_too_many_requests_are_waited_for(web: FakeWeb, make: Make) -> None:
    """429 with Retry-After; 403 is for a person."""
    web.trouble = Said(status=403)
    with pytest.raises(SourceRefused):
        await _read(make())
    web.trouble = Said(status=429, headers={"Retry-After": "60"})
    with pytest.raises(SourceUnavailable) as caught:
        await _read(make())
    assert caught.value.retry_after == pytest.approx(60.0, abs=1.0)


def test_the_preferred_translation_is_read_else_the_first(make: Make) -> None:
    """A citizen's text has one language, the organization's may have several."""
    at = {"kind": "Debates", "ref": "h/9/debates/1", "native": "h/debates/1", "url": "https://h/1", "venue": ""}
    texts = {
        "translations": [
            {"locale": "es", "text": "Agua"},
            {"locale": "ca", "text": "Aigua"},
            {"locale": "eu", "text": ""},
        ]
    }
    node = {"id": "1", "title": texts, "description": texts, "createdAt": "2026-11-20T10:00:00Z"}
    read = [make(locale=locale).parse(json.dumps({"node": node, "at": at}))[0] for locale in ("ca", "eu", "")]
    assert [(p.text, p.language) for p in read] == [("Aigua", "ca"), ("Agua", "es"), ("Agua", "es")]


def test_names_with_markup_and_signs_become_plain(make: Make) -> None:
    """A direction mark or an emoji in a name hurts nobody."""
    at = {
        "kind": "Comments",
        "ref": "h/9/debates/1/comments/2",
        "native": "h/comments/2",
        "url": "https://h/1",
        "venue": "x",
    }
    author = {"__typename": "UserGroup", "name": "AVV\u202e <b>Raval</b> 🌳", "nickname": "avv_raval", "deleted": False}
    node = {"id": "2", "body": "Sí & no", "createdAt": "2026-11-20T10:00:00Z", "author": author, "upVotes": 0}
    raw = {"node": node, "at": at | {"thread": "h/debates/1", "answers": "h/debates/1", "author": "lluna"}}
    (post,) = make().parse(json.dumps(raw))
    assert post.author is not None
    assert (post.author.handle, post.author.name, post.author.kind) == (
        "avv_raval",
        "AVV <b>Raval</b> 🌳",
        "association",
    )
    assert post.text == "Sí & no"
