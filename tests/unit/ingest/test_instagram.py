"""Instagram on a fake of its API: hashtags and their limits, own media with comments, photo tags, what is gone."""

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
from ingest import instagram
from ingest.instagram import Instagram, InstagramConfig
from tests.fakes.graph import TOKEN, FakeGraph, error
from tests.fakes.web import Asked, Said

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
Make = Callable[..., Instagram]


class FakeInstagram(FakeGraph):
    """A fake of the API with one account; a hashtag's media come without user names, of 24 hours, in no sure order."""

    def __init__(self) -> None:
        super().__init__("v25.0")
        self.clock = NOW
        self.objects["900"] = {"id": "900", "username": "ajbenialba"}
        self.hashtags: dict[str, list[dict[str, Any]]] = {}
        self.edges |= {"ig_hashtag_search": self._hashtag, "900/media": [], "900/tags": []}
        self.unnamed.add("900/tags")

    def publish(self, caption: str, edge: str, at: datetime = NOW - timedelta(minutes=9), user: str = "lola") -> str:
        """Add media to an edge, or to a hashtag; its id."""
        native_id = str(17_000 + len(self.objects))
        media = {"id": native_id, "caption": caption, "media_type": "IMAGE", "timestamp": _time(at), "username": user,
                 "permalink": f"https://www.instagram.com/p/{native_id}/", "like_count": 1, "comments_count": 0}  # fmt: skip
        if edge.startswith("#"):
            self.hashtags.setdefault(edge[1:], []).insert(0, {k: v for k, v in media.items() if k != "username"})
        else:
            listed = self.edges[edge]
            assert isinstance(listed, list)
            listed.insert(0, media)
            self.edges[f"{native_id}/comments"] = []
        self.objects[native_id] = media
        return native_id

    def comment(self, text: str, media: str, user: str = "lola", under: str = "") -> str:
        """Add a comment to own media, or a reply to one; its id."""
        native_id = str(18_000 + len(self.objects))
        comment: dict[str, Any] = {
            "id": native_id,
            "text": text,
            "username": user,
            "timestamp": _time(NOW),
            "like_count": 0,
        }
        if under:
            self.objects[under].setdefault("replies", {"data": []})["data"].append(comment)
        else:
            listed = self.edges[f"{media}/comments"]
            assert isinstance(listed, list)
            listed.insert(0, comment)
        self.objects[native_id] = comment
        self.objects[media]["comments_count"] += 1
        return native_id

    def _hashtag(self, asked: Asked) -> list[dict[str, Any]]:
        assert asked.params["user_id"] == "900"
        tag = asked.params["q"]
        self.edges[f"h-{tag}/recent_media"] = lambda _: [
            m
            for m in self.hashtags.get(tag, [])
            if not m["timestamp"].startswith("2") or m["timestamp"] >= _time(self.clock - timedelta(hours=24))
        ]
        self.unnamed.add(f"h-{tag}/recent_media")
        return [{"id": f"h-{tag}"}] if tag in self.hashtags else []


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}+0000"


@pytest.fixture
def server() -> Iterator[FakeInstagram]:
    """The fake."""
    with FakeInstagram() as fake:
        yield fake


@pytest.fixture
def town(changed_town: Callable[..., Institution]) -> Institution:
    """The town with its account here."""
    return changed_town(account=[{"network": "instagram", "handle": "ajbenialba"}])


@pytest.fixture
def make(server: FakeInstagram, context: Callable[..., SourceContext]) -> Make:
    """A source on the fake; keys of the configuration, the token and the clock can be given."""

    def made(token: str = TOKEN, now: datetime = NOW, **keys: Any) -> Instagram:
        config = InstagramConfig(**({"kind": "instagram", "name": "ig", "account": "900", "base": server.base} | keys))
        return Instagram(config, context(environment={"CORRILLO_TOKEN_IG": token}, clock=lambda: now))

    return made


class TestContract(SourceContract):
    """Instagram keeps the contract for sources, in pages of two."""

    @pytest.fixture
    def world(self, server: FakeInstagram, make: Make, monkeypatch: pytest.MonkeyPatch) -> SourceWorld:
        monkeypatch.setattr(instagram, "PAGE", 2)
        begin = NOW - timedelta(hours=12)
        found = [server.publish(f"Acera {n}", "#rambletaneta", begin + timedelta(hours=n)) for n in range(5)]
        own = [server.publish(f"Obras {n}", "900/media", begin + timedelta(hours=n), "ajbenialba") for n in range(3)]
        tagged = [server.publish(f"Parque {n}", "900/tags", begin + timedelta(hours=n)) for n in range(3)]
        asked = server.comment("¿Y dónde aparcamos?", own[0])
        replied = server.comment("En el polideportivo", own[0], "ajbenialba", under=asked)
        others = [server.comment(f"No {n}", own[0]) for n in range(3)]

        def gone() -> str:
            del server.objects[asked]
            return f"{own[0]}/{asked}"

        return SourceWorld(
            open=make,
            native_ids=frozenset([*found, *own, *tagged, asked, replied, *others]),
            sample=json.dumps({"own": "ajbenialba", "media": server.objects[own[0]]}),
            add_post=lambda: server.comment("Otra vez sin avisar", own[1]),
            add_broken=lambda: server.hashtags["rambletaneta"].append({"id": 7, "timestamp": "yesterday"}),
            cut_off=lambda: setattr(server, "trouble", Said(status=503)),
            thread=Thread(own[0], own[0], frozenset([asked, replied, *others])),
            gone=gone,
            own=frozenset([*own, replied]),
        )


def test_recorded(fixtures: Path, make: Make, protected: recorded.Protected, now: datetime) -> None:
    """What the API gives becomes the posts and mentions that a person has read."""
    recorded.check(fixtures / "instagram.json", make(), protected, now)


async def _fetched(source: Instagram, cursor: Cursor | None = None) -> list[Batch]:
    return [batch async for batch in source.fetch(cursor)]


def _posts(batches: list[Batch]) -> dict[str, Post]:
    return {i.native_id: i for b in batches for i in b.items if isinstance(i, Post)}


def test_more_than_thirty_hashtags_are_refused(make: Make) -> None:
    """The 31st is named, before anything is asked."""
    with pytest.raises(SourceRefused, match="#t30"):
        make(hashtags=[f"t{n}" for n in range(31)])


@pytest.mark.asyncio
async def test_the_hashtags_of_seven_days_are_counted(server: FakeInstagram, make: Make) -> None:
    """One too many is told when all others are read; it is heard once the first is seven days old."""
    asked = {f"t{n}": round((NOW - timedelta(days=6)).timestamp() * 1000) for n in range(29)}
    cursor = Cursor(source="ig", state=json.dumps({"asked": asked}))
    for tag in ("a", "b"):
        server.publish("Sin luz", f"#{tag}")
    found: list[Batch] = []
    source = make(hashtags=["a", "b"]).fetch(cursor)
    with pytest.raises(SourceRefused, match="#b is one more") as caught:  # noqa: PT012 - what came before it counts
        async for batch in source:
            found.append(batch)
    assert "22.11.2026 10:00" in caught.value.remedy
    assert {p.venue.name for p in _posts(found).values()} == {"#a"}
    budget = found[-1].budget
    assert budget is not None
    assert (budget.unit, budget.spent, budget.limit) == ("hashtags", 30, 30)
    assert budget.resets == NOW + timedelta(days=1)
    later = NOW + timedelta(days=1)
    await _fetched(make(hashtags=["a", "b"], now=later), found[-1].cursor)


@pytest.mark.asyncio
async def test_a_hashtag_does_not_say_who_published(server: FakeInstagram, make: Make) -> None:
    """There is no author, and the venue is the hashtag."""
    post = server.publish("Sin luz", "#benialba")
    found = _posts(await _fetched(make()))[post]
    assert found.author is None
    assert (found.venue.name, found.venue.kind) == ("#benialba", "hashtag")


@pytest.mark.asyncio
async def test_media_with_two_hashtags_are_given_once(server: FakeInstagram, make: Make) -> None:
    """They stand under the first, so that they do not move about."""
    post = server.publish("Sin luz", "#benialba")
    server.hashtags["rambletaneta"] = list(server.hashtags["benialba"])
    batches = await _fetched(make())
    found = [i for b in batches for i in b.items if isinstance(i, Post) and i.native_id == post]
    assert [i.venue.name for i in found] == ["#benialba"]


@pytest.mark.asyncio
async def test_what_is_older_than_a_day_cannot_be_heard_any_more(server: FakeInstagram, make: Make) -> None:
    """After a longer pause the time between is a gap; none after a short one."""
    server.publish("Sin luz", "#benialba")
    first = await _fetched(make(hashtags=["benialba"]))
    server.clock = NOW + timedelta(days=2)
    late = await _fetched(make(hashtags=["benialba"], now=server.clock), first[-1].cursor)
    (gap,) = [gap for b in late for gap in b.missed]
    assert (gap.since, gap.until) == (NOW, NOW + timedelta(days=1))
    soon = await _fetched(make(hashtags=["benialba"], now=NOW + timedelta(hours=2)), first[-1].cursor)
    assert [gap for b in (*first, *soon) for gap in b.missed] == []


@pytest.mark.asyncio
async def test_a_hashtag_that_instagram_refuses_makes_us_deaf_to_no_other(server: FakeInstagram, make: Make) -> None:
    """It is told at the end."""
    server.publish("Sin luz", "#benialba")
    server.refuse("h-benialba/recent_media", error(24))
    own = server.publish("Obras", "900/media", user="ajbenialba")
    found: list[Batch] = []
    with pytest.raises(SourceRefused):  # noqa: PT012 - what came before it counts
        async for batch in make().fetch(None):
            found.append(batch)
    assert own in _posts(found)


@pytest.mark.asyncio
async def test_whom_a_picture_tags_is_part_of_what_it_says(server: FakeInstagram, make: Make) -> None:
    """The account's handle is added where the caption lacks it; the post is not on page."""
    silent, saying = (server.publish(text, "900/tags") for text in ("Parque cerrado", "Hola @AjBenialba"))
    found = _posts(await _fetched(make()))
    assert found[silent].text == "Parque cerrado\n@ajbenialba"
    assert found[saying].text == "Hola @AjBenialba"
    assert found[silent].venue.kind == "other"


@pytest.mark.asyncio
async def test_comments_are_asked_for_only_where_their_number_has_changed(server: FakeInstagram, make: Make) -> None:
    """Own media whose comments are known cost nothing."""
    quiet, loud = (server.publish(text, "900/media", user="ajbenialba") for text in ("Uno", "Dos"))
    server.comment("Bien", quiet)
    first = await _fetched(make())
    server.comment("Mal", loud)
    server.asked.clear()
    await _fetched(make(), first[-1].cursor)
    assert [a.path for a in server.asked if a.path.endswith("/comments")] == [f"/v25.0/{loud}/comments"]


@pytest.mark.asyncio
async def test_more_replies_than_come_along_are_asked_for(server: FakeInstagram, make: Make) -> None:
    """A comment brings its first replies; where it names a next page, all are read."""
    media = server.publish("Uno", "900/media", user="ajbenialba")
    asked = server.comment("¿Y el agua?", media)
    replies = [server.comment(f"Eso {n}", media, under=asked) for n in range(3)]
    whole = server.objects[asked]["replies"]["data"]
    server.edges[f"{asked}/replies"] = list(whole)
    server.objects[asked]["replies"] = {"data": whole[:1], "paging": {"next": "https://graph.facebook.com/…"}}
    assert set(replies) < _posts(await _fetched(make())).keys()


@pytest.mark.asyncio
async def test_a_thread_may_begin_at_a_comment(server: FakeInstagram, make: Make) -> None:
    """It is that comment and its replies; of one that is gone, its deletion."""
    media = server.publish("Uno", "900/media", user="ajbenialba")
    server.comment("Otra cosa", media)
    asked = server.comment("¿Y el agua?", media)
    replied = server.comment("Mañana", media, "ajbenialba", under=asked)
    assert [i.native_id for i in (await make().thread(f"{media}/{asked}")).items] == [asked, replied]
    (gone,) = (await make().thread(f"{media}/999")).items
    assert isinstance(gone, Deletion)


@pytest.mark.asyncio
async def test_a_missing_permission_is_named(server: FakeInstagram, make: Make) -> None:
    """Code 10: the feature for hashtags was not granted."""
    server.refuse("ig_hashtag_search", error(10))
    with pytest.raises(SourceRefused) as caught:
        await _fetched(make())
    assert "Instagram Public Content Access" in caught.value.remedy
