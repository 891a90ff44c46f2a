"""Reddit against a fake of its API on loopback, spoken to by the real ``asyncpraw``.

It is a fake, not Reddit: the token endpoint, listings, search, info, threads and what was left out of them, as the
public documentation and ``asyncpraw`` describe them. ``asyncpraw`` drives it by itself in one test, too.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpraw
import pytest
from asyncprawcore.sessions import FiniteRetryStrategy

from corrillo.errors import MissingExtra, ParseError, SourceRefused, SourceUnavailable
from corrillo.model import Batch, Cursor, Deletion, Items, Post
from corrillo.registry import SourceContext
from corrillo.testing.recorded import Protected, check
from corrillo.testing.source import SourceContract, SourceWorld, Thread
from ingest import reddit
from ingest.protect import Pseudonyms, protect_rejected
from ingest.reddit import Reddit, RedditConfig
from tests.fakes.web import Asked, FakeWeb, Said

BEGIN = datetime(2026, 11, 20, 8, 0, tzinfo=UTC).timestamp()
KEYS = {"CORRILLO_CLIENT_ID_REDDIT": "an-id", "CORRILLO_CLIENT_SECRET_REDDIT": "a-secret"}
OWN = {"account": [{"network": "reddit", "handle": "u/ajbenialba"}]}


class FakeReddit:
    """Things by fullname, given out in listings; a comment whose ``hidden`` is true stands behind "more"."""

    def __init__(self) -> None:
        self.things: dict[str, dict[str, Any]] = {}
        self.longest = 1000
        self.closed: dict[str, Said] = {}
        self.token = Said({"access_token": "a-token", "token_type": "bearer", "expires_in": 86400, "scope": "*"})
        self.web = FakeWeb({
            "POST /api/v1/access_token": self._sign_in, "GET /r/*": self._subreddit, "GET /user/*": self._user,
            "GET /api/info/": self._info, "GET /comments/*": self._comments, "POST /api/morechildren/": self._more,
        })  # fmt: skip

    def submit(self, title: str, sub: str = "benialba", **fields: Any) -> str:
        """A new submission; its fullname."""
        return self._add("t3", {"title": title, "selftext": "", "is_self": True, "num_comments": 0}, sub, fields)

    def comment(self, above: str, body: str, **fields: Any) -> str:
        """A new answer; its fullname."""
        parent = self.things[above]
        link = parent.get("link_id") or above
        said = {"body": body, "parent_id": above, "link_id": link, "link_author": self.things[link]["author"]}
        return self._add("t1", said, parent["subreddit"], fields)

    def delete(self, name: str) -> str:
        """As when its author deletes it: the thing stays, without text and author."""
        gone = {"author": "[deleted]", "body": "[deleted]", "selftext": "[deleted]"}
        self.things[name] |= {k: v for k, v in gone.items() if k in self.things[name]}
        return name

    def _add(self, kind: str, said: dict[str, Any], sub: str, fields: dict[str, Any]) -> str:
        number = len(self.things) + 1
        name = f"{kind}_{number:x}"
        link = str(said.get("link_id", name)).removeprefix("t3_")
        self.things[name] = {
            "name": name, "id": f"{number:x}", "subreddit": sub, "author": "vecina_7", "edited": False, "score": 1,
            "created_utc": BEGIN + 60.0 * number, "permalink": f"/r/{sub}/comments/{link}/x/", **said, **fields,
        }  # fmt: skip
        return name

    def _sign_in(self, asked: Asked) -> Any:
        expected = base64.b64encode(b"an-id:a-secret").decode()
        known = asked.headers.get("authorization") == f"Basic {expected}"
        return self.token if known and asked.form["grant_type"] == "client_credentials" else Said({"error": 401}, 401)

    def _subreddit(self, asked: Asked) -> Any:
        _, _, sub, what, *_ = asked.path.split("/")
        if sub in self.closed:
            return self.closed[sub]
        if what == "search":
            words = [w.strip('"').lower() for w in asked.params["q"].split(" OR ")]
            return self._listing(asked, "t3", lambda t: sub in ("all", t["subreddit"]) and _has(t, words))
        return self._listing(asked, "t3" if what == "new" else "t1", lambda t: t["subreddit"] == sub)

    def _user(self, asked: Asked) -> Any:
        _, _, name, what, *_ = asked.path.split("/")
        if name in self.closed:
            return self.closed[name]
        return self._listing(asked, "t3" if what == "submitted" else "t1", lambda t: t["author"] == name)

    def _listing(self, asked: Asked, kind: str, wanted: Callable[[dict[str, Any]], bool]) -> Any:
        if asked.headers.get("authorization") != "bearer a-token":
            return Said({"error": 401}, 401, {"www-authenticate": 'Bearer realm="reddit", error="invalid_token"'})
        newest = [t for n, t in reversed(self.things.items()) if n.startswith(kind) and wanted(t)][: self.longest]
        names = [t["name"] for t in newest]
        start = names.index(asked.params["after"]) + 1 if asked.params.get("after") in names else 0
        page = newest[start : start + min(int(asked.params.get("limit", 25)), 100)]
        return _listed(page, page[-1]["name"] if start + len(page) < len(newest) else None)

    def _info(self, asked: Asked) -> Any:
        return _listed([self.things[n] for n in asked.params["id"].split(",") if n in self.things], None)

    def _below(self, name: str) -> list[dict[str, Any]]:
        """The tree under ``name``: two levels, "continue this thread" below; what is hidden as one "more"."""
        here = [t for t in self.things.values() if t.get("parent_id") == name]
        seen = [{"kind": "t1", "data": {**t, "replies": ""}} for t in here if not t.get("hidden")]
        for one in seen:
            below = self._below(one["data"]["name"])
            deep = one["data"].get("deep")
            more = [{"kind": "more", "data": _more(one["data"]["name"], [])}] if deep and below else below
            one["data"]["replies"] = {"kind": "Listing", "data": {"children": more}} if more else ""
        left = [t["id"] for t in here if t.get("hidden")]
        return [*seen, {"kind": "more", "data": _more(name, left)}] if left else seen

    def _comments(self, asked: Asked) -> Any:
        _, link, *rest = asked.path.strip("/").split("/")
        if f"t3_{link}" not in self.things:
            return Said({"error": 404, "message": "Not Found"}, 404)
        submission = _listed([self.things[f"t3_{link}"]], None)
        if not rest:
            tree = self._below(f"t3_{link}")
        else:
            below = self._below(f"t1_{rest[1]}")
            replies = {"kind": "Listing", "data": {"children": below}} if below else ""
            tree = [{"kind": "t1", "data": {**self.things[f"t1_{rest[1]}"], "replies": replies}}]
        return [submission, {"kind": "Listing", "data": {"children": tree, "after": None, "before": None}}]

    def _more(self, asked: Asked) -> Any:
        things = [
            {"kind": "t1", "data": {**self.things[f"t1_{i}"], "replies": ""}} for i in asked.form["children"].split(",")
        ]
        return {"json": {"errors": [], "data": {"things": things}}}


def _has(thing: dict[str, Any], words: list[str]) -> bool:
    return any(w in f"{thing['title']} {thing['selftext']}".lower() for w in words)


def _more(parent: str, children: list[str]) -> dict[str, Any]:
    first = children[0] if children else "_"
    return {"id": first, "name": f"t1_{first}", "parent_id": parent, "count": len(children), "children": children}


def _listed(things: list[dict[str, Any]], after: str | None) -> dict[str, Any]:
    children = [{"kind": t["name"][:2], "data": t} for t in things]
    return {"kind": "Listing", "data": {"children": children, "after": after, "before": None}}


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeReddit]:
    """The fake API; ``asyncpraw`` tries again without waiting."""
    monkeypatch.setattr(FiniteRetryStrategy, "_sleep_seconds", lambda _: None)
    made = FakeReddit()
    with made.web:
        yield made


@pytest.fixture
def opened(fake: FakeReddit, context: Callable[..., SourceContext], changed_town: Any) -> Callable[..., Reddit]:
    """A source that reads one subreddit of the fake API and searches it all."""

    def make(environment: dict[str, str] = KEYS, **config: object) -> Reddit:
        given: dict[str, object] = {
            "kind": "reddit", "name": "reddit", "subreddits": ["r/benialba"], "contact": "u/ajbenialba",
            "oauth_url": fake.web.base, "reddit_url": fake.web.base,
        }  # fmt: skip
        town = changed_town(**OWN)
        return Reddit(
            RedditConfig.model_validate(given | config), context(environment=environment, institutions=[town])
        )

    return make


class TestReddit(SourceContract):
    """The contract."""

    @pytest.fixture
    def world(self, fake: FakeReddit, opened: Callable[..., Reddit], monkeypatch: pytest.MonkeyPatch) -> SourceWorld:
        """A subreddit with a thread, and a post elsewhere; pages of three."""
        monkeypatch.setattr(reddit, "PAGE", 3)
        asked = fake.submit("¿Cuándo abre la piscina de Benialba?")
        answers = [fake.comment(asked, "El lunes", author="ajbenialba")]
        answers += [fake.comment(answers[0], "Gracias", deep=True)]
        answers += [fake.comment(answers[1], "De nada"), fake.comment(asked, "Ni idea", hidden=True)]
        answers += [fake.comment(asked, "Yo tampoco", hidden=True)]
        said = [fake.submit(f"Aviso {n}", author="ajbenialba" if n == 2 else "otra") for n in range(5)]
        elsewhere = fake.submit("De viaje", sub="spain", selftext="Viva la rambleta neta de Benialba")
        fake.submit("Nada que ver", sub="spain")
        sample = {"kind": "t3", "data": fake.things[asked]}
        return SourceWorld(
            open=opened,
            native_ids=frozenset([asked, *answers, *said, elsewhere]),
            sample=json.dumps(sample),
            add_post=lambda: fake.submit("Ya está abierta"),
            add_broken=lambda: _break(fake),
            cut_off=lambda: setattr(fake.web, "trouble", Said(status=429)),
            thread=Thread(ref=asked, native_id=asked, answers=frozenset(answers)),
            gone=lambda: fake.delete(answers[1]),
            own=frozenset([answers[0], said[2]]),
        )


def _break(fake: FakeReddit) -> None:
    fake.submit("Sin fecha", created_utc="yesterday")


async def read(source: Reddit, cursor: Cursor | None = None) -> list[Batch]:
    """All batches; the source is closed afterwards."""
    try:
        return [b async for b in source.fetch(cursor)]
    finally:
        await source.close()


async def gathered(given: AsyncIterator[Any], into: list[Any]) -> None:
    """All that is given, as far as it comes, in ``into``."""
    async for one in given:
        into.append(one)


def names(batches: Sequence[Items]) -> list[str]:
    """The native ids of all posts, in order."""
    return [i.native_id for b in batches for i in b.items if isinstance(i, Post)]


def test_recorded_things_become_these_posts_and_mentions(
    fixtures: Path, opened: Callable[..., Reddit], protected: Protected, now: datetime
) -> None:
    """Self, link and image posts, a poll, a crosspost, comments, what was deleted, and a deleted account."""
    check(fixtures / "reddit.json", opened(), protected, now)


async def test_the_official_client_finds_what_it_expects(fake: FakeReddit) -> None:
    """The fake is true to the protocol: ``asyncpraw`` lists, searches and replaces "more" by itself."""
    asked = fake.submit("Benialba")
    first = fake.comment(asked, "uno", deep=True)
    expected = {first, fake.comment(first, "dos"), fake.comment(asked, "tres", hidden=True)}
    base = fake.web.base
    async with asyncpraw.Reddit(
        client_id="an-id", client_secret="a-secret", user_agent="a fake's test", oauth_url=base, reddit_url=base
    ) as client:
        subreddit = await client.subreddit("benialba")
        assert [s.fullname async for s in subreddit.new()] == [asked]
        assert [s.fullname async for s in (await client.subreddit("all")).search("Benialba")] == [asked]
        assert [c.fullname async for c in client.info(fullnames=[first])] == [first]
        submission = await client.submission(asked.removeprefix("t3_"))
        await submission.comments.replace_more(limit=None)
        assert {c.fullname for c in submission.comments.list()} == expected


async def test_after_a_night_only_the_last_hour_before_it_is_read_again(
    fake: FakeReddit, opened: Callable[..., Reddit]
) -> None:
    """An hour of overlap, because searches index late and moderators release posts under their old time."""
    old = fake.submit("ayer", created_utc=BEGIN - 86_400)
    fake.submit("ahora")
    (*_, last) = await read(opened(search_in=[]))
    late, new = fake.submit("tarde", created_utc=BEGIN - 1_800), fake.submit("luego")
    given = names(await read(opened(search_in=[]), last.cursor))
    assert {late, new} <= set(given)
    assert old not in given


async def test_the_cursor_does_not_hang_on_a_post_that_was_deleted(
    fake: FakeReddit, opened: Callable[..., Reddit]
) -> None:
    """The newest post disappears from the listing; what comes after it is found all the same."""
    newest = fake.submit("borrada luego")
    (*_, last) = await read(opened())
    later = fake.submit("después")
    del fake.things[newest]
    assert later in names(await read(opened(), last.cursor))


async def test_what_a_listing_does_not_reach_is_said(
    fake: FakeReddit, opened: Callable[..., Reddit], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reddit lists a thousand; between the cursor and the oldest of them nothing was heard."""
    monkeypatch.setattr(reddit, "CAPPED", 4)
    fake.submit("antes")
    (*_, last) = await read(opened(search_in=[]))
    fake.longest = 5
    new = [fake.submit(str(n)) for n in range(8)]
    batches = await read(opened(search_in=[]), last.cursor)
    assert names(batches) == new[3:]
    (gap,) = [g for b in batches for g in b.missed]
    assert gap.since.timestamp() == BEGIN + 60
    assert gap.until is not None
    assert gap.until.timestamp() == fake.things[new[3]]["created_utc"]


async def test_nothing_is_missed_where_a_listing_is_simply_short(
    fake: FakeReddit, opened: Callable[..., Reddit]
) -> None:
    """A young subreddit whose first posts are gone is no gap."""
    first = fake.submit("antes")
    (*_, last) = await read(opened())
    del fake.things[first]
    assert not any(b.missed for b in await read(opened(), last.cursor))


async def test_the_backlog_is_what_is_read_first(fake: FakeReddit, opened: Callable[..., Reddit]) -> None:
    """The newest so many, oldest first; with no backlog, one post to go on from."""
    said = [fake.submit(str(n)) for n in range(5)]
    assert names(await read(opened(backlog=3, search_in=[]))) == said[2:]
    assert names(await read(opened(backlog=0, search_in=[]))) == said[4:]


async def test_a_page_that_names_itself_as_the_next_is_left(fake: FakeReddit, opened: Callable[..., Reddit]) -> None:
    """It is an error that may pass, not a loop."""
    name = fake.submit("a")
    fake.closed["benialba"] = Said(_listed([fake.things[name]], name))
    source = opened()
    with pytest.raises(SourceUnavailable, match="own next"):
        await read(source, Cursor(source="reddit", state='{"r/benialba": 1.0}'))


@pytest.mark.parametrize(
    ("status", "said"), [(403, "private"), (404, "banned"), (302, "not there"), (451, "blocked by law")]
)
async def test_a_closed_subreddit_does_not_silence_the_others(
    fake: FakeReddit, opened: Callable[..., Reddit], status: int, said: str
) -> None:
    """The others are read first; then it is refused by name."""
    heard = fake.submit("sigue aquí")
    fake.closed["secreto"] = Said({"error": status}, status, {"Location": f"{fake.web.base}/subreddits/search"})
    source, batches = opened(subreddits=["secreto", "benialba"]), []
    with pytest.raises(SourceRefused, match=f"r/secreto: .*{said}"):
        await gathered(source.fetch(None), batches)
    await source.close()
    assert heard in names(batches)


async def test_the_wait_of_a_429_is_passed_on(fake: FakeReddit, opened: Callable[..., Reddit]) -> None:
    """In seconds; one that is no number is no wait, and no other error."""
    for header, expected in (("120", 120.0), ("999999", 3600.0), ("Sat, 21 Nov 2026 10:05:00 GMT", None)):
        fake.closed["benialba"] = Said("slow down", 429, {"Retry-After": header})
        with pytest.raises(SourceUnavailable) as caught:
            await read(opened())
        assert caught.value.retry_after == expected


@pytest.mark.parametrize(
    "answer",
    [
        Said({"message": "Unauthorized", "error": 401}, 401),
        Said({"error": "invalid_grant"}),
        Said({"error": "unsupported_grant_type", "error_description": "no"}),
    ],
    ids=["401", "200 with an error", "with a description"],
)
async def test_keys_that_are_not_accepted_are_refused(
    fake: FakeReddit, opened: Callable[..., Reddit], answer: Said
) -> None:
    """At the token endpoint, whatever the status of its answer; the secret is not in the message."""
    fake.token = answer
    with pytest.raises(SourceRefused, match="does not accept the keys") as caught:
        await read(opened())
    assert "a-secret" not in str(caught.value)


async def test_a_token_that_was_taken_back_is_refused(fake: FakeReddit, opened: Callable[..., Reddit]) -> None:
    """With and without the header that says so; a lacking scope is told apart."""
    for headers, said in (
        ({"www-authenticate": 'Bearer realm="reddit", error="invalid_token"'}, "accept the keys"),
        ({}, "accept the keys"),
        ({"www-authenticate": 'Bearer realm="reddit", error="insufficient_scope"'}, "lack the right"),
    ):
        status = 403 if "lack" in said else 401
        fake.closed["benialba"] = Said({"error": status}, status, headers)
        with pytest.raises(SourceRefused, match=said):
            await read(opened())


@pytest.mark.parametrize("body", ["<html>log in</html>", "", {"error": "x"}, [], {"data": {"children": [1]}}, b"{"])
async def test_an_answer_that_is_no_listing_may_change(
    fake: FakeReddit, opened: Callable[..., Reddit], body: Any
) -> None:
    """A login page, an error with status 200, half a document."""
    fake.closed["benialba"] = Said(body)
    with pytest.raises(SourceUnavailable) as caught:
        await read(opened())
    assert caught.value.remedy


async def test_a_server_that_is_gone_is_unavailable(fake: FakeReddit, opened: Callable[..., Reddit]) -> None:
    """No connection: later, by itself."""
    source = opened(oauth_url="http://127.0.0.1:9", reddit_url="http://127.0.0.1:9")
    with pytest.raises(SourceUnavailable, match="cannot be read"):
        await read(source)


async def test_one_client_serves_until_it_is_closed(fake: FakeReddit, opened: Callable[..., Reddit]) -> None:
    """Two rounds sign in once; after closing, a third one signs in again."""
    source = opened()
    for expected in (1, 1):
        await gathered(source.fetch(None), [])
        assert len([a for a in fake.web.asked if a.path.endswith("access_token")]) == expected
    await read(source)
    await read(source)
    assert len([a for a in fake.web.asked if a.path.endswith("access_token")]) == 2


def test_a_rejected_thing_says_which_keys_name_people(fake: FakeReddit, opened: Callable[..., Reddit]) -> None:
    """Whom it answers is protected in quarantine, as its author is."""
    comment = fake.comment(fake.submit("a", author="vecina_7"), "sin fecha", created_utc=None)
    (rejected,) = opened()._taken([{"kind": "t1", "data": fake.things[comment]}], "here").rejected
    protected, _ = protect_rejected(rejected, "reddit", Pseudonyms(b"a key that only tests use"))
    assert "vecina_7" in rejected.raw
    assert "vecina_7" not in protected


async def test_it_says_who_it_is(fake: FakeReddit, opened: Callable[..., Reddit]) -> None:
    """Application, version and the user who answers for it, as Reddit's rules want."""
    await read(opened())
    agents = {a.headers["user-agent"] for a in fake.web.asked}
    assert all(a.startswith("server:corrillo:") and "(by /u/ajbenialba)" in a for a in agents)


async def test_it_signs_in_as_an_application_whatever_the_machine_says(
    fake: FakeReddit, opened: Callable[..., Reddit], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ``praw.ini`` with a user and a password in the folder changes nothing."""
    (tmp_path / "praw.ini").write_text("[DEFAULT]\nusername=somebody\npassword=secret\nrefresh_token=x\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(asyncpraw.config.Config, "CONFIG", None)  # it is read once a process
    await read(opened())
    assert [a.form for a in fake.web.asked if a.path.endswith("access_token")] == [{"grant_type": "client_credentials"}]


async def test_the_names_of_the_institution_are_searched_for(fake: FakeReddit, opened: Callable[..., Reddit]) -> None:
    """Quoted, joined, in queries of at most 512 characters, newest first; a subreddit that is read whole is not."""
    await read(opened(search_in=["all", "r/Spain", "benialba"]))
    asked = {a.path: a.params for a in fake.web.asked if a.path.endswith("/search/")}
    assert asked.keys() == {"/r/all/search/", "/r/spain/search/"}
    assert '"Benialba" OR "ajbenialba" OR "RambletaNeta"' in asked["/r/all/search/"]["q"]
    assert asked["/r/spain/search/"]["restrict_sr"] == "true"
    assert asked["/r/all/search/"]["sort"] == "new"


def test_many_names_make_several_queries(context: Callable[..., SourceContext], changed_town: Any) -> None:
    """None is longer than Reddit reads, and none of the names is left out."""
    aliases = tuple(f"Mancomunitat número {n} de Benialba" for n in range(40))
    queries = reddit._queries(context(institutions=[changed_town(aliases=aliases)]))
    assert len(queries) > 1
    assert max(map(len, queries)) <= 512
    assert all(any(f'"{a}"' in q for q in queries) for a in aliases)


async def test_a_second_look_tells_edits_deletions_and_silence_apart(
    fake: FakeReddit, opened: Callable[..., Reddit], now: datetime
) -> None:
    """Deleted by the author, removed by moderators, account deleted; of what is not given, nothing is said."""
    kept, edited, removed, orphan = (fake.submit(t, selftext=t) for t in ("a", "b", "c", "d"))
    comment = fake.comment(kept, "texto")
    fake.things[edited] |= {"selftext": "b, corregido", "edited": BEGIN + 7200.0}
    fake.things[removed] |= {"removed_by_category": "moderator"}
    fake.things[orphan] |= {"author": "[deleted]"}
    fake.delete(comment)
    source = opened()
    found = (await source.recheck([kept, edited, removed, orphan, comment, "t3_never", "no/ref"])).items
    await source.close()
    posts = {i.native_id: i for i in found if isinstance(i, Post)}
    gone = [i for i in found if isinstance(i, Deletion)]
    assert posts.keys() == {kept, edited, orphan}
    assert posts[edited].text == "b, corregido"
    assert posts[edited].revised == datetime.fromtimestamp(BEGIN + 7200, UTC)
    assert (posts[orphan].author, posts[orphan].text) == (None, "d")
    assert [(g.native_id, g.ref, g.at) for g in gone] == [(removed, removed, now), (comment, comment, now)]


async def test_a_second_look_asks_for_a_hundred_at_once(fake: FakeReddit, opened: Callable[..., Reddit]) -> None:
    """250 posts are three requests."""
    refs = [fake.submit(str(n)) for n in range(250)]
    source = opened()
    assert len((await source.recheck(refs)).items) == 250
    await source.close()
    assert [len(a.params["id"].split(",")) for a in fake.web.asked if a.path == "/api/info/"] == [100, 100, 50]


async def test_a_thread_below_a_comment_is_that_comment_and_its_answers(
    fake: FakeReddit, opened: Callable[..., Reddit]
) -> None:
    """Not the rest of the submission; a deleted parent is a deletion, and its answers stay."""
    asked = fake.submit("pregunta", author="ajbenialba")
    other, comment = fake.comment(asked, "otra cosa"), fake.comment(asked, "respuesta")
    middle = fake.comment(comment, "en medio")
    last = fake.comment(middle, "al final")
    fake.delete(middle)
    source = opened()
    found = {i.native_id: i for i in (await source.thread(comment)).items}
    whole = {i.native_id: i for i in (await source.thread(asked)).items}
    nothing = (await source.thread("t3_never")).items
    await source.close()
    assert found.keys() == {comment, middle, last}
    assert isinstance(found[middle], Deletion)
    assert whole.keys() == {asked, other, comment, middle, last}
    answer = whole[other]
    assert isinstance(answer, Post)
    assert (answer.answers, answer.thread, answer.answers_author) == (asked, asked, "ajbenialba")
    assert nothing == ()


async def test_more_that_leads_back_to_itself_is_left(
    fake: FakeReddit, opened: Callable[..., Reddit], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread whose "continue" gives the same "continue" ends."""
    asked = fake.submit("pregunta")
    first = fake.comment(asked, "uno")
    loop = {"kind": "more", "data": _more(first, [])}
    monkeypatch.setattr(fake, "_below", lambda _: [{"kind": "t1", "data": fake.things[first]}, loop])
    source = opened()
    assert {i.native_id for i in (await source.thread(asked)).items} == {asked, first}
    await source.close()
    assert len([a for a in fake.web.asked if a.path.startswith("/comments/")]) == 2


async def test_a_suspended_own_account_does_not_hide_the_other(
    fake: FakeReddit, opened: Callable[..., Reddit], context: Callable[..., SourceContext], changed_town: Any
) -> None:
    """What the others said is given; then the account is named."""
    said = fake.submit("Aviso", author="ajbenialba")
    fake.closed["antigua"] = Said({"error": 404}, 404)
    accounts = [{"network": "reddit", "handle": h} for h in ("antigua", "ajbenialba")]
    config = opened()._config
    source = Reddit(config, context(environment=KEYS, institutions=[changed_town(account=accounts)]))
    found: list[Items] = []
    with pytest.raises(SourceRefused, match="u/antigua"):
        await gathered(source.own_posts(datetime(2026, 1, 1, tzinfo=UTC)), found)
    await source.close()
    assert names(found) == [said]


async def test_own_posts_begin_where_they_are_wanted_from(fake: FakeReddit, opened: Callable[..., Reddit]) -> None:
    """Oldest first, posts and comments together; nothing from before."""
    old = fake.submit("antes", author="ajbenialba", created_utc=BEGIN - 600)
    new = fake.submit("después", author="ajbenialba")
    said = fake.comment(old, "respuesta", author="ajbenialba")
    since = datetime.fromtimestamp(BEGIN, UTC)
    source = opened()
    found: list[Items] = []
    await gathered(source.own_posts(since), found)
    await source.close()
    assert names(found) == [new, said]


@pytest.mark.parametrize(
    ("config", "environment", "said"),
    [
        ({"contact": ""}, KEYS, "who asks"),
        ({"subreddits": [], "search_in": []}, KEYS, "searches for nothing"),
        ({"oauth_url": "http://oauth.example.org"}, KEYS, "unencrypted"),
        ({}, {}, "client_id, client_secret"),
    ],
    ids=["no contact", "nothing to read", "unencrypted", "no keys"],
)
def test_a_source_that_cannot_be_read_is_refused_at_once(
    opened: Callable[..., Reddit], config: dict[str, object], environment: dict[str, str], said: str
) -> None:
    """With what to do about it."""
    with pytest.raises(SourceRefused, match=said) as caught:
        opened(environment=environment, **config)
    assert caught.value.remedy


def test_without_the_package_it_says_how_to_get_it(
    opened: Callable[..., Reddit], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The extra is named."""
    monkeypatch.setitem(sys.modules, "asyncpraw", None)
    with pytest.raises(MissingExtra, match=r"corrillo\[reddit\]"):
        opened()


@pytest.mark.parametrize(
    "changed",
    [
        {"created_utc": "yesterday"},
        {"created_utc": 1e30},
        {"created_utc": None},
        {"id": "../x"},
        {"id": ""},
        {"subreddit": ...},
        {"poll_data": {"options": [7]}},
    ],
    ids=str,
)
def test_a_thing_of_another_shape_is_a_parse_error(
    fake: FakeReddit, opened: Callable[..., Reddit], changed: dict[str, Any]
) -> None:
    """A time, an id, a subreddit or a poll that cannot be."""
    said = fake.things[fake.submit("a")] | changed
    raw = json.dumps({"kind": "t3", "data": {k: v for k, v in said.items() if v is not ...}})
    with pytest.raises(ParseError):
        opened().parse(raw)


def test_odd_names_and_numbers_do_not_travel(fake: FakeReddit, opened: Callable[..., Reddit]) -> None:
    """Direction marks and lone surrogates go; a hidden score and one that is no number are not given."""
    odd = {"author": "\u202evecina\ud800", "score": "many", "num_comments": True, "link_id": "../../x"}
    said = fake.things[fake.submit("\u202eTítulo", **odd)]
    (post,) = opened().parse(json.dumps({"kind": "t3", "data": said}))
    assert isinstance(post, Post)
    assert post.author is not None
    assert (post.author.handle, post.title, post.thread) == ("vecina\ufffd", "Título", "")
    assert (post.engagement.likes, post.engagement.answers) == (None, None)
