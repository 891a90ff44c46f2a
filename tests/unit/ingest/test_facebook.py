"""A Facebook page on a fake of the Graph API: posts, comments of every depth, tags, and what is gone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from corrillo.errors import SourceRefused
from corrillo.institution import Institution
from corrillo.model import Batch, Cursor, Deletion, Post
from corrillo.registry import SourceContext
from corrillo.testing import recorded
from corrillo.testing.source import SourceContract, SourceWorld, Thread
from ingest import facebook
from ingest.facebook import Facebook, FacebookConfig
from tests.fakes.graph import TOKEN, FakeGraph, error
from tests.fakes.web import Asked, Said

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
PAGE = {"id": "100", "name": "Ajuntament de Benialba"}
LOLA = {"id": "7001", "name": "Lola Marina"}
Make = Callable[..., Facebook]


class FakePage(FakeGraph):
    """A fake of the Graph API with one page: edges are newest first and know ``since``."""

    def __init__(self) -> None:
        super().__init__("v25.0")
        self.objects["100"] = {**PAGE, "username": "ajbenialba"}
        self.posts: dict[str, list[dict[str, Any]]] = {"feed": [], "tagged": []}
        self.edges |= {"100/feed": self._edge("feed"), "100/tagged": self._edge("tagged"), "100/posts": self._own}

    def post(self, text: str, who: dict[str, str], at: datetime, edge: str = "feed", **more: Any) -> str:
        """Add a post; its id."""
        owner = "100" if edge == "feed" else who["id"]
        native_id = f"{owner}_{len(self.objects)}"
        post = {"id": native_id, "message": text, "from": who, "created_time": _time(at), "updated_time": _time(at),
                "permalink_url": f"https://www.facebook.com/{native_id}", "comments": {"data": [], "summary": {"total_count": 0}}}  # fmt: skip
        self.posts[edge].append(post | more)
        self.objects[native_id] = self.posts[edge][-1]
        self.edges[f"{native_id}/comments"] = []
        return native_id

    def comment(self, text: str, to: str, who: dict[str, str] = LOLA, under: str = "", **more: Any) -> str:
        """Add a comment to a post, under another comment if need be; its id."""
        listed = self.edges[f"{to}/comments"]
        assert isinstance(listed, list)
        native_id = f"{to.partition('_')[2]}_{len(self.objects)}"
        comment = {"id": native_id, "message": text, "from": who, "created_time": _time(NOW - timedelta(minutes=9)),
                   "permalink_url": f"https://www.facebook.com/{native_id}", "like_count": 1, "comment_count": 0}  # fmt: skip
        above = self.objects.get(under)
        listed.insert(0, comment | ({"parent": {"id": under, "from": above["from"]}} if above else {}) | more)
        self.objects[native_id] = listed[0]
        self.objects[to]["comments"]["summary"]["total_count"] += 1
        return native_id

    def _edge(self, name: str) -> Callable[[Asked], list[dict[str, Any]]]:
        return lambda asked: [p for p in self.posts[name][::-1] if _since(p, asked)]

    def _own(self, asked: Asked) -> list[dict[str, Any]]:
        return [p for p in self.posts["feed"][::-1] if p["from"] == PAGE and _since(p, asked)]


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}+0000"


def _since(post: dict[str, Any], asked: Asked) -> bool:
    return bool(post["created_time"] >= _time(datetime.fromtimestamp(int(asked.params["since"]), UTC)))


@pytest.fixture
def server() -> Iterator[FakePage]:
    """The fake."""
    with FakePage() as fake:
        yield fake


@pytest.fixture
def town(changed_town: Callable[..., Institution]) -> Institution:
    """The town with its page in the register."""
    return changed_town(account=[{"network": "facebook", "handle": "@ajbenialba"}],
                        platform=[{"network": "facebook", "venue": "Ajuntament de Benialba"}])  # fmt: skip


@pytest.fixture
def make(server: FakePage, context: Callable[..., SourceContext]) -> Make:
    """A source on the fake; keys of the configuration can be given."""

    def made(token: str = TOKEN, **keys: Any) -> Facebook:
        config = FacebookConfig(**({"kind": "facebook", "name": "our-page", "page": "100", "base": server.base} | keys))
        return Facebook(config, context(environment={"CORRILLO_TOKEN_OUR_PAGE": token}))

    return made


class TestContract(SourceContract):
    """A page keeps the contract for sources, in pages of two."""

    @pytest.fixture
    def world(self, server: FakePage, make: Make, monkeypatch: pytest.MonkeyPatch) -> SourceWorld:
        monkeypatch.setattr(facebook, "PAGE", 2)
        begin = NOW - timedelta(days=3)
        own = [server.post(f"Obras {n}", PAGE, begin + timedelta(hours=n)) for n in range(3)]
        told = [server.post("Sin luz", LOLA, begin), server.post("Gracias", LOLA, begin, "tagged")]
        asked = server.comment("¿Y dónde aparcamos?", own[0])
        replied = server.comment("En el polideportivo", own[0], PAGE, under=asked)
        said = {asked, replied, *(server.comment(f"No {n}", own[0]) for n in range(3)), server.comment("Sí", own[2])}
        answers = {c["id"] for c in server.edges[f"{own[0]}/comments"]}  # type: ignore[union-attr]

        def gone() -> str:
            del server.objects[asked]
            return f"{own[0]}/{asked}"

        return SourceWorld(
            open=make,
            native_ids=frozenset({*own, *told, *said}),
            sample=json.dumps({"page": server.objects["100"], "post": server.objects[own[0]]}),
            add_post=lambda: server.comment("Otra vez sin avisar", own[1]),
            add_broken=lambda: server.posts["feed"].append({"id": 7, "created_time": _time(NOW), "from": LOLA}),
            cut_off=lambda: setattr(server, "trouble", Said(status=503)),
            thread=Thread(own[0], own[0], frozenset(answers)),
            gone=gone,
            own=frozenset({*own, replied}),
        )


def test_recorded(fixtures: Path, make: Make, protected: recorded.Protected, now: datetime) -> None:
    """What the API gives becomes the posts and mentions that a person has read."""
    recorded.check(fixtures / "facebook.json", make(), protected, now)


async def _fetched(source: Facebook, cursor: Cursor | None = None) -> list[Batch]:
    return [batch async for batch in source.fetch(cursor)]


def _posts(batches: list[Batch]) -> dict[str, Post]:
    return {i.native_id: i for b in batches for i in b.items if isinstance(i, Post)}


@pytest.mark.asyncio
async def test_comments_are_asked_for_only_where_there_are_new_ones(server: FakePage, make: Make) -> None:
    """A post whose number of comments and last change are known costs nothing."""
    quiet, loud = (server.post(text, PAGE, NOW - timedelta(days=1)) for text in ("Uno", "Dos"))
    server.comment("Bien", quiet)
    first = await _fetched(make())
    server.comment("Mal", loud)
    server.asked.clear()
    await _fetched(make(), first[-1].cursor)
    assert [a.path for a in server.asked if a.path.endswith("/comments")] == [f"/v25.0/{loud}/comments"]


@pytest.mark.asyncio
async def test_a_comment_without_an_author_is_given_all_the_same(server: FakePage, make: Make) -> None:
    """Facebook names only who has allowed it."""
    post = server.post("Uno", PAGE, NOW - timedelta(days=1))
    said = server.comment("Mal", post, {})
    assert _posts(await _fetched(make()))[said].author is None


@pytest.mark.asyncio
async def test_old_posts_leave_the_cursor(server: FakePage, make: Make) -> None:
    """It remembers the posts of the last days alone."""
    server.post("Viejo", PAGE, NOW - timedelta(days=30))
    new = server.post("Nuevo", PAGE, NOW - timedelta(days=1))
    batches = await _fetched(make(), Cursor(source="our-page", state='{"100_0": ["2026-10-01", 3]}'))
    assert json.loads(batches[-1].cursor.state).keys() == {new}


@pytest.mark.asyncio
async def test_a_thread_may_begin_at_a_comment(server: FakePage, make: Make) -> None:
    """It is that comment and what answers it, at any depth, and nothing beside."""
    post = server.post("Uno", PAGE, NOW - timedelta(days=1))
    server.comment("Otra cosa", post)
    asked = server.comment("¿Y dónde aparcamos?", post)
    replied = server.comment("En el polideportivo", post, PAGE, under=asked)
    deeper = server.comment("Está cerrado", post, under=replied)
    found = (await make().thread(f"{post}/{asked}")).items
    assert [i.native_id for i in found] == [asked, replied, deeper]


@pytest.mark.asyncio
@pytest.mark.parametrize("part", ["post", "comment"])
async def test_the_thread_of_what_is_gone_is_its_deletion(server: FakePage, make: Make, part: str) -> None:
    """A post or comment that is not there any more is no refusal."""
    post = server.post("Uno", PAGE, NOW - timedelta(days=1))
    ref = post if part == "post" else f"{post}/{post.partition('_')[2]}_999"
    if part == "post":
        del server.objects[post]
    (gone,) = (await make().thread(ref)).items
    assert isinstance(gone, Deletion)
    assert gone.ref == ref


@pytest.mark.asyncio
async def test_comments_under_posts_elsewhere_are_not_asked_for(server: FakePage, make: Make) -> None:
    """The page's token cannot read them: their thread is unknown, not unanswered."""
    post = server.post("Gracias", LOLA, NOW - timedelta(days=1), "tagged")
    server.comment("De nada", post)
    server.refuse(f"{post}/comments", error(10))
    assert _posts(await _fetched(make())).keys() == {post}
    assert (await make().thread(post)).items == ()


@pytest.mark.asyncio
async def test_a_page_is_called_as_the_register_calls_it(
    server: FakePage, make: Make, changed_town: Callable[..., Institution], context: Callable[..., SourceContext]
) -> None:
    """By user name, by name or by number, whichever is registered."""
    post = server.post("Uno", PAGE, NOW - timedelta(days=1))
    for handle in ("ajbenialba", "Ajuntament de Benialba", "100"):
        town = changed_town(account=[{"network": "facebook", "handle": handle}])
        config = FacebookConfig(kind="facebook", name="our-page", page="100", base=server.base)
        keys = {"CORRILLO_TOKEN_OUR_PAGE": TOKEN}
        author = _posts(await _fetched(Facebook(config, context(institutions=[town], environment=keys))))[post].author
        assert author is not None
        assert author.handle == handle


@pytest.mark.asyncio
async def test_a_token_of_another_page_is_refused_with_what_to_look_at(server: FakePage, make: Make) -> None:
    """The page itself cannot be read."""
    server.refuse("100", error(10))
    with pytest.raises(SourceRefused) as caught:
        await _fetched(make())
    assert "pages_read_user_content" in caught.value.remedy


@pytest.mark.asyncio
async def test_pictures_are_not_called_by_their_title(make: Make) -> None:
    """It names the person: "Photo by …"."""
    attached = {"data": [{"type": "photo", "title": "Foto de Lola Marina"}]}
    post = {"id": "100_1", "created_time": _time(NOW), "from": LOLA, "attachments": attached}
    (found,) = make().parse(json.dumps({"page": PAGE, "post": post}))
    assert found.text == ""
