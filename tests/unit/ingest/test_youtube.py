"""YouTube: videos, their comments, and the day's quotas. What calls itself YouTube here is a fake."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from corrillo.errors import SourceRefused, SourceUnavailable
from corrillo.institution import Institution
from corrillo.model import Batch, Cursor, Deletion, Items, Post
from corrillo.ports import abilities
from corrillo.registry import SourceContext
from corrillo.testing.recorded import Protected, check
from corrillo.testing.source import SourceContract, SourceWorld, Span, Thread
from ingest import youtube
from ingest.youtube import YouTube, YouTubeConfig
from tests.fakes.web import Asked, FakeWeb, Said

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
KEY = {"CORRILLO_KEY_YOUTUBE": "a-key-that-only-tests-use"}
OWN, TELE = "UCajbenialbaxxxxxxxxxxxx", "UCtelebenialbaxxxxxxxxxx"
HANDLES = {OWN: "@ajbenialba", TELE: "@telebenialba"}
SHOWN = 2
"""Replies that the fake shows with a thread."""


def written(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"


def refused(reason: str, status: int = 403) -> Said:
    """An error as the documentation shows it."""
    said = {"code": status, "message": "no", "errors": [{"message": "no", "domain": "youtube", "reason": reason}]}
    return Said({"error": said}, status)


class FakeYouTube:
    """A fake of the Data API: what its documentation says of the seven lists that we read, and the two quotas."""

    def __init__(self) -> None:
        self.now = NOW
        self.page = 3
        self.videos: dict[str, dict[str, Any]] = {}
        self.comments: dict[str, dict[str, Any]] = {}
        self.closed: set[str] = set()
        self.answers: dict[str, Callable[[Asked], Any]] = {
            f"GET /youtube/v3/{name}": self._with_key(answer)
            for name, answer in {
                "search": self.search, "videos": self.list_videos, "channels": self.channels,
                "playlistItems": self.uploads, "commentThreads": self.threads, "comments": self.list_comments,
            }.items()
        }  # fmt: skip

    def publish(self, at: datetime | None = None, channel: str = TELE, title: str = "Sense aigua a Benialba") -> str:
        number = f"video{len(self.videos):06d}"
        self.videos[number] = {
            "id": number,
            "snippet": {
                "publishedAt": written(at or self.now), "channelId": channel, "channelTitle": HANDLES[channel][1:],
                "title": title, "description": "Queixes dels veïns",
            },
        }  # fmt: skip
        return number

    def say(self, under: str, at: datetime | None = None, text: str = "¿Y el agua?", **more: Any) -> str:
        """A comment below a video, or a reply to a comment."""
        reply = under in self.comments
        number = f"{under}.r{len(self.comments)}" if reply else f"Ugx{len(self.comments):020d}"
        video = self.comments[under]["snippet"]["videoId"] if reply else under
        when = written(at or self.now)
        self.comments[number] = {
            "id": number,
            "snippet": {
                "videoId": video, "textDisplay": text, "authorDisplayName": f"@vecina{len(self.comments)}",
                "likeCount": 0, "publishedAt": when, "updatedAt": when, **({"parentId": under} if reply else {}), **more,
            },
        }  # fmt: skip
        return number

    def _with_key(self, answer: Callable[[Asked], Any]) -> Callable[[Asked], Any]:
        def checked(asked: Asked) -> Any:
            assert "key" not in asked.params  # it would stand in the error's address
            known = asked.headers.get("x-goog-api-key") == KEY["CORRILLO_KEY_YOUTUBE"]
            return answer(asked) if known else refused("keyInvalid", 400)

        return checked

    def paged(self, found: list[dict[str, Any]], asked: Asked) -> dict[str, Any]:
        begin = int(asked.params.get("pageToken", 0))
        more = {"nextPageToken": str(begin + self.page)} if len(found) > begin + self.page else {}
        return {"kind": "youtube#…ListResponse", "items": found[begin : begin + self.page], **more}

    def newest(self, some: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
        return sorted(some.values(), key=lambda one: str(one["snippet"]["publishedAt"]), reverse=True)

    def search(self, asked: Asked) -> Any:
        begin, end = asked.params["publishedAfter"], asked.params.get("publishedBefore", "9")
        found = [v for v in self.newest(self.videos) if begin <= v["snippet"]["publishedAt"] < end]
        listed = [{"id": {"kind": "youtube#video", "videoId": v["id"]}, "snippet": v["snippet"]} for v in found]
        return self.paged([v for v in listed if v["snippet"]["channelId"] == TELE], asked)

    def list_videos(self, asked: Asked) -> Any:
        def shown(video: dict[str, Any]) -> dict[str, Any]:
            number = sum(c["snippet"]["videoId"] == video["id"] for c in self.comments.values())
            counts = {"likeCount": "3"} | ({} if video["id"] in self.closed else {"commentCount": str(number)})
            return video | {"statistics": counts}

        return {"items": [shown(self.videos[i]) for i in asked.params["id"].split(",") if i in self.videos]}

    def channels(self, asked: Asked) -> Any:
        wanted = asked.params.get("id", "").split(",")
        found = [c for c, handle in HANDLES.items() if c in wanted or handle == asked.params.get("forHandle")]
        lists = [{"contentDetails": {"relatedPlaylists": {"uploads": "UU" + c[2:]}}} for c in found]
        return {
            "items": [{"id": c, "snippet": {"customUrl": HANDLES[c]}, **x} for c, x in zip(found, lists, strict=True)]
        }

    def uploads(self, asked: Asked) -> Any:
        channel = "UC" + asked.params["playlistId"][2:]
        mine = [v for v in self.newest(self.videos) if v["snippet"]["channelId"] == channel]
        return self.paged(
            [{"contentDetails": {"videoId": v["id"], "videoPublishedAt": v["snippet"]["publishedAt"]}} for v in mine],
            asked,
        )

    def thread(self, top: dict[str, Any]) -> dict[str, Any]:
        replies = [c for c in self.comments.values() if c["snippet"].get("parentId") == top["id"]]
        shown = {"replies": {"comments": replies[:SHOWN]}} if replies else {}
        snippet = {"videoId": top["snippet"]["videoId"], "topLevelComment": top, "totalReplyCount": len(replies)}
        return {"id": top["id"], "snippet": snippet, **shown}

    def threads(self, asked: Asked) -> Any:
        video, numbers = asked.params.get("videoId"), asked.params.get("id", "").split(",")
        if video in self.closed:
            return refused("commentsDisabled")
        tops = [c for c in self.newest(self.comments) if "parentId" not in c["snippet"]]
        found = [self.thread(c) for c in tops if c["snippet"]["videoId"] == video or c["id"] in numbers]
        return self.paged(found, asked) if video else {"items": found}

    def list_comments(self, asked: Asked) -> Any:
        if "id" in asked.params:
            return {"items": [self.comments[i] for i in asked.params["id"].split(",") if i in self.comments]}
        parent = asked.params["parentId"]
        return self.paged([c for c in self.comments.values() if c["snippet"].get("parentId") == parent], asked)


@pytest.fixture
def fake() -> FakeYouTube:
    return FakeYouTube()


@pytest.fixture
def web(fake: FakeYouTube) -> Iterator[FakeWeb]:
    with FakeWeb(fake.answers) as server:
        yield server


@pytest.fixture
def opened(
    fake: FakeYouTube, web: FakeWeb, context: Callable[..., SourceContext], changed_town: Callable[..., Institution]
) -> Callable[..., YouTube]:
    """The source on the fake, with the town's channel in the register; any key can be given."""

    def make(**keys: Any) -> YouTube:
        config = YouTubeConfig(kind="youtube", name="youtube", base=f"{web.base}/youtube/v3", **keys)
        town = changed_town(account=[{"network": "youtube", "handle": "@ajbenialba"}])
        return YouTube(config, context(environment=KEY, clock=lambda: fake.now, institutions=[town]))

    return make


async def read(source: YouTube, cursor: Cursor | None = None) -> list[Batch]:
    return [batch async for batch in source.fetch(cursor)]


def posts(batches: list[Batch] | list[Items]) -> dict[str, Post]:
    return {i.native_id: i for b in batches for i in b.items if isinstance(i, Post)}


def paths(web: FakeWeb) -> list[str]:
    return [a.path.rpartition("/")[2] for a in web.asked]


class TestYouTube(SourceContract):
    """With videos of a search and of the own channel, and threads longer than a page."""

    @pytest.fixture
    def world(self, fake: FakeYouTube, web: FakeWeb, opened: Callable[..., YouTube]) -> SourceWorld:
        begin = NOW - timedelta(days=5)
        videos = [fake.publish(begin + timedelta(hours=n)) for n in range(4)]
        own = fake.publish(begin, OWN, "Ple municipal")
        said = [fake.say(v, begin + timedelta(days=1, hours=n)) for v in (*videos, own) for n in range(2)]
        first = fake.say(own, begin + timedelta(days=2))
        replies = [fake.say(first, begin + timedelta(days=3, hours=n)) for n in range(5)]

        def add() -> str:
            fake.now += timedelta(days=1)
            return fake.say(videos[0])

        def cut_off() -> None:
            web.trouble = Said(status=503)

        def delete() -> str:
            del fake.comments[said[0]]
            return said[0]

        late = begin + timedelta(days=2)
        return SourceWorld(
            open=opened,
            native_ids=frozenset([*videos, own, *said, first, *replies]),
            sample=json.dumps({"video": fake.videos[own], "handle": "@ajbenialba"}),
            add_post=add,
            add_broken=lambda: fake.say(videos[1], publishedAt="yesterday") and None,
            cut_off=cut_off,
            thread=Thread(ref=first, native_id=first, answers=frozenset(replies)),
            gone=delete,
            own=frozenset([own]),
            span=Span(since=late, until=late + timedelta(days=1, hours=2), native_ids=frozenset([first, *replies[:2]])),
        )


def test_recorded(opened: Callable[..., YouTube], fixtures: Path, protected: Protected) -> None:
    """Recorded videos and comments become what was read by a person before it was kept."""
    check(fixtures / "youtube.json", opened(), protected, NOW)


async def test_it_is_able_to_do_everything(opened: Callable[..., YouTube]) -> None:
    """All four abilities, from the same quotas."""
    assert len(abilities(opened())) == 4


async def test_a_comment_answers_the_video_and_a_reply_the_comment(fake: FakeYouTube, opened: Any) -> None:
    """Each says whom it answers; below a video of the institution everything is in its thread."""
    video = fake.publish(channel=OWN)
    top = fake.say(video)
    reply = fake.say(top)
    found = posts(await read(opened()))
    assert (found[top].answers, found[top].answers_author, found[top].thread) == (video, "@ajbenialba", video)
    assert (found[reply].answers, found[reply].answers_author, found[reply].thread) == (top, "@vecina0", video)
    assert found[video].author is not None
    assert found[video].author.handle == "@ajbenialba"


async def test_a_channel_that_has_uploaded_nothing_hides_no_video(fake: FakeYouTube, web: FakeWeb, opened: Any) -> None:
    """Its list of uploads is not there: what is found by words is read all the same."""
    video = fake.publish()
    web.answers["GET /youtube/v3/playlistItems"] = lambda asked: refused("playlistNotFound", 404)
    assert video in posts(await read(opened()))


async def test_the_query_is_made_of_names_and_hashtags(web: FakeWeb, opened: Callable[..., YouTube]) -> None:
    """A name that holds a shorter one is left out; what was configured stands instead of all."""
    await read(opened())
    await read(opened(terms=["pla general"]))
    asked = [a.params["q"] for a in web.asked if a.path.endswith("search")]
    assert asked == ['"Benialba"|#Benialba|#RambletaNeta', "pla general"]


@pytest.mark.parametrize("counted", [True, False])
async def test_closed_comments_are_no_error(fake: FakeYouTube, web: FakeWeb, opened: Any, counted: bool) -> None:
    """Whether the video says so or only the error does; the other videos are read."""
    closed, open_ = fake.publish(), fake.publish()
    fake.say(closed)
    said = fake.say(open_)
    if counted:
        fake.closed.add(closed)
    else:
        threads = fake.threads
        web.answers["GET /youtube/v3/commentThreads"] = lambda a: (
            refused("commentsDisabled") if a.params["videoId"] == closed else threads(a)
        )
    assert posts(await read(opened())).keys() == {closed, open_, said}


async def test_a_video_is_looked_at_less_the_older_it_is(fake: FakeYouTube, web: FakeWeb, opened: Any) -> None:
    """A new one every round, one of ten days every ten hours, one of sixty days never again."""
    fake.publish(NOW - timedelta(days=10))
    cursor = (await read(opened(searches=1)))[-1].cursor
    looked = []
    for hours in (1, 9, 11, 60 * 24):
        web.asked.clear()
        fake.now = NOW + timedelta(hours=hours)
        cursor = (await read(opened(searches=0), cursor))[-1].cursor
        looked.append("videos" in paths(web))
    assert looked == [False, False, True, False]


async def test_comments_are_read_when_their_number_has_changed(fake: FakeYouTube, web: FakeWeb, opened: Any) -> None:
    """Else looking costs one unit for fifty videos."""
    video = fake.publish()
    fake.say(video)
    cursor = (await read(opened()))[-1].cursor
    web.asked.clear()
    fake.now += timedelta(hours=1)
    cursor = (await read(opened(), cursor))[-1].cursor
    assert "commentThreads" not in paths(web)
    new = fake.say(video)
    fake.now += timedelta(hours=1)
    assert new in posts(await read(opened(), cursor))


async def test_replies_to_an_old_comment_are_found(fake: FakeYouTube, opened: Callable[..., YouTube]) -> None:
    """Those that a thread does not show are asked for, but not again while their number is the same."""
    video = fake.publish()
    top = fake.say(video)
    for _ in range(4):
        fake.say(top)
    cursor = (await read(opened()))[-1].cursor
    late = fake.say(top)
    fake.now += timedelta(hours=1)
    assert late in posts(await read(opened(), cursor))


async def test_a_video_that_is_gone_is_a_deletion(fake: FakeYouTube, opened: Callable[..., YouTube]) -> None:
    """And it is not looked at any more."""
    video = fake.publish()
    cursor = (await read(opened()))[-1].cursor
    del fake.videos[video]
    fake.now += timedelta(hours=1)
    batches = await read(opened(), cursor)
    deleted = Deletion(network="youtube", native_id=video, ref=video, at=fake.now)
    assert [i for b in batches for i in b.items] == [deleted]
    assert json.loads(batches[-1].cursor.state)["videos"] == {}


async def test_searches_are_spread_over_the_day(fake: FakeYouTube, web: FakeWeb, opened: Any) -> None:
    """Ninety-five a day at most, whatever the interval: sixteen in four hours."""
    cursor = None
    for _ in range(6 * 4):
        cursor = (await read(opened(), cursor))[-1].cursor
        fake.now += timedelta(minutes=10)
    searches = [path for path in paths(web) if path == "search"]
    assert 10 < len(searches) <= 16


async def test_units_are_counted_and_told(fake: FakeYouTube, web: FakeWeb, opened: Callable[..., YouTube]) -> None:
    """Everything but a search costs one; the day ends at midnight in California."""
    fake.say(fake.publish())
    last = (await read(opened()))[-1]
    assert last.budget is not None
    assert last.budget.spent == len([p for p in paths(web) if p != "search"])
    assert (last.budget.unit, last.budget.limit) == ("units", 9000)
    assert last.budget.resets == datetime(2026, 11, 22, 8, tzinfo=UTC)
    fake.now = datetime(2026, 11, 22, 8, 1, tzinfo=UTC)
    following = (await read(opened(), last.cursor))[0]
    assert following.budget is not None
    assert following.budget.spent < last.budget.spent


async def test_no_unit_is_asked_for_that_is_not_there(fake: FakeYouTube, web: FakeWeb, opened: Any) -> None:
    """Then it waits until midnight in California."""
    fake.say(fake.publish())
    with pytest.raises(SourceUnavailable, match="units are used up") as caught:
        await read(opened(units=3))
    assert caught.value.retry_after == 22 * 3600
    assert len([p for p in paths(web) if p != "search"]) == 3


@pytest.mark.parametrize("ours", [True, False])
async def test_without_searches_it_goes_on_with_what_it_knows(
    fake: FakeYouTube, web: FakeWeb, opened: Any, ours: bool
) -> None:
    """Whether we count them as used up, or YouTube says so; the next day they are made up for."""
    own = fake.publish(channel=OWN)
    found = fake.publish()
    if not ours:
        web.answers["GET /youtube/v3/search"] = lambda _: refused("quotaExceeded")
    batches = await read(opened(searches=0 if ours else 95))
    assert posts(batches).keys() == {own}
    web.answers["GET /youtube/v3/search"] = fake.answers["GET /youtube/v3/search"]
    fake.now += timedelta(days=1)
    assert found in posts(await read(opened(), batches[-1].cursor))


@pytest.mark.parametrize(
    ("said", "error", "text"),
    [
        (refused("quotaExceeded"), SourceUnavailable, "used up"),
        (refused("rateLimitExceeded"), SourceUnavailable, "403"),
        (refused("keyInvalid", 400), SourceRefused, "not valid"),
        (Said({"error": {"details": [{"reason": "API_KEY_INVALID"}]}}, 400), SourceRefused, "not valid"),
        (refused("accessNotConfigured"), SourceRefused, "enable"),
        (refused("ipRefererBlocked"), SourceRefused, "addresses"),
        (Said(b"?", 403), SourceRefused, "403"),
        (Said("<html>log in</html>"), SourceUnavailable, "JSON"),
        (Said({"error": {"code": 403}}), SourceUnavailable, "list"),
        (Said({"items": "none"}), SourceUnavailable, "list"),
    ],
)
async def test_what_youtube_says_no_with_is_told_apart(
    fake: FakeYouTube, web: FakeWeb, opened: Any, said: Said, error: type[Exception], text: str
) -> None:
    """A quota comes back by itself, a key needs a person; the key is never shown."""
    fake.publish()
    web.trouble = said
    with pytest.raises(error) as caught:
        await read(opened())
    assert text in str(caught.value)
    assert KEY["CORRILLO_KEY_YOUTUBE"] not in str(caught.value)


async def test_a_page_that_names_itself_as_the_next_ends(fake: FakeYouTube, web: FakeWeb, opened: Any) -> None:
    """Else the day's searches would be gone."""
    web.answers["GET /youtube/v3/search"] = lambda _: {"items": [], "nextPageToken": "again"}
    with pytest.raises(SourceUnavailable, match="its own next"):
        await read(opened())


async def test_a_long_pause_is_a_gap(fake: FakeYouTube, opened: Callable[..., YouTube]) -> None:
    """Videos that are older than we follow any are not searched."""
    cursor = (await read(opened()))[-1].cursor
    fake.now = NOW + timedelta(days=100)
    missed = [g for b in await read(opened(), cursor) for g in b.missed]
    assert [(g.since, g.until) for g in missed] == [(NOW, NOW + timedelta(days=40))]


async def test_only_the_newest_videos_are_followed(fake: FakeYouTube, opened: Callable[..., YouTube]) -> None:
    """As many as are configured."""
    videos = [fake.publish(NOW - timedelta(hours=n)) for n in range(6)]
    assert posts(await read(opened(videos=4))).keys() == set(videos[:4])


async def test_a_video_is_looked_up_with_its_comments(fake: FakeYouTube, opened: Callable[..., YouTube]) -> None:
    """``thread`` of a video gives both; of a reply, the reply; of what is gone, its deletion."""
    video = fake.publish()
    top = fake.say(video)
    reply = fake.say(top)
    source = opened()
    assert posts([await source.thread(video)]).keys() == {video, top, reply}
    assert posts([await source.thread(reply)])[reply].answers_author == "@vecina0"
    assert isinstance((await source.thread("UgxGone")).items[0], Deletion)


@pytest.mark.parametrize("said", [refused("commentNotFound", 404), Said(status=404)])
async def test_one_comment_that_is_gone_hides_no_other(
    fake: FakeYouTube, web: FakeWeb, opened: Callable[..., YouTube], said: Said
) -> None:
    """YouTube may refuse a whole request for it."""
    video = fake.publish()
    refs = [fake.say(video) for _ in range(7)]
    del fake.comments[refs[4]]
    listed = fake.list_comments
    web.answers["GET /youtube/v3/comments"] = lambda a: said if refs[4] in a.params["id"] else listed(a)
    items = (await opened().recheck(refs)).items
    assert [i.native_id for i in items if isinstance(i, Deletion)] == [refs[4]]
    assert posts([Items(items=items)]).keys() == {*refs} - {refs[4]}


async def test_refs_are_looked_up_fifty_at_a_time(
    fake: FakeYouTube, web: FakeWeb, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Comments and videos in requests of their own."""
    monkeypatch.setattr(youtube, "MANY", 2)
    video = fake.publish()
    refs = [video, *(fake.say(video) for _ in range(3))]
    assert posts([await opened().recheck(refs)]).keys() == set(refs)
    assert len([a for a in web.asked if a.path.endswith("/comments")]) == 2
