"""A fake of what Bluesky's public servers answer about the posts of a fake Jetstream.

It is a fake: ``com.atproto.identity.resolveHandle``, ``com.atproto.server.createSession`` and of
``app.bsky.feed`` getPosts, getPostThread, getAuthorFeed, searchPosts, with pages of three posts.

    with network_of(context, town) as network:
        network.jetstream.publish("Sin agua en Benialba")
        network.source()                               # a source that listens to both fakes
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

from corrillo.institution import Institution
from corrillo.registry import SourceContext
from ingest.bluesky import Bluesky, BlueskyConfig
from tests.fakes.jetstream import FakeJetstream
from tests.fakes.jetstream_frames import did, written
from tests.fakes.web import Asked, FakeWeb, Said

BEGIN = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
ACCOUNT = {"network": "bluesky", "handle": "@ajuntament.benialba.example"}
OWN = did("ajuntament")
KEYS = {"CORRILLO_IDENTIFIER_SKY": "@team.example", "CORRILLO_APP_PASSWORD_SKY": "abcd-efgh"}
PAGE = 3


@dataclass
class FakeAppView:
    """A fake of what Bluesky's public servers answer about the posts of a fake stream."""

    jetstream: FakeJetstream
    handles: dict[str, str] = field(default_factory=lambda: {"ajuntament.benialba.example": OWN})
    sessions: int = 0
    uris: list[list[str]] = field(default_factory=list)

    def served(self) -> FakeWeb:
        answers = (self.resolveHandle, self.createSession, self.getPosts, self.getPostThread, self.getAuthorFeed,
                   self.searchPosts)  # fmt: skip
        rooms = {"resolveHandle": "com.atproto.identity", "createSession": "com.atproto.server"}
        web = _Web({}, self.uris)
        for answer in answers:
            name = answer.__name__
            verb = "POST" if name == "createSession" else "GET"
            web.answers[f"{verb} /xrpc/{rooms.get(name, 'app.bsky.feed')}.{name}"] = answer
        return web

    def resolveHandle(self, asked: Asked) -> Any:
        found = self.handles.get(asked.params["handle"])
        return {"did": found} if found else _error("InvalidRequest", "Unable to resolve handle")

    def createSession(self, asked: Asked) -> Any:
        if asked.json != {"identifier": "team.example", "password": "abcd-efgh"}:
            return _error("AuthenticationRequired", "Invalid identifier or password", 401)
        self.sessions += 1
        return {"accessJwt": f"jwt-{self.sessions}", "refreshJwt": "r", "did": did("team"), "handle": "team.example"}

    def getPosts(self, asked: Asked) -> Any:
        return {"posts": [self.view(u) for u in self.uris[-1] if u in self.jetstream.archive.records]}

    def getPostThread(self, asked: Asked) -> Any:
        uri = asked.params["uri"]
        if uri not in self.jetstream.archive.records:
            return _error("NotFound", f"Post not found: {uri}")
        return {"thread": self._node(uri, int(asked.params["depth"]))}

    def getAuthorFeed(self, asked: Asked) -> Any:
        mine = [u for u in self._newest_first() if u.startswith(f"at://{asked.params['actor']}/")]
        begin = int(asked.params.get("cursor", 0))
        listed: list[dict[str, Any]] = [{"post": self.view(u)} for u in mine[begin : begin + PAGE]]
        others = [u for u in self._newest_first() if u not in mine]
        if not begin and others:
            listed.append({"post": self.view(others[0]), "reason": {"$type": "app.bsky.feed.defs#reasonRepost"}})
        return {"feed": listed} | ({"cursor": str(begin + PAGE)} if begin + PAGE < len(mine) else {})

    def searchPosts(self, asked: Asked) -> Any:
        begin, allowed = int(asked.params.get("cursor", 0)), f"Bearer jwt-{self.sessions}"
        if begin and not asked.headers.get("authorization"):
            return Said("<html>Request forbidden by administrative rules.</html>", 403)
        if asked.headers.get("authorization", allowed) != allowed:
            return _error("ExpiredToken", "Token has expired")
        wanted, since, until = asked.params["q"].strip('"').lower(), asked.params["since"], asked.params["until"]
        found = [
            u for u, (record, came) in reversed(self.jetstream.archive.records.items())
            if wanted in str(record["text"]).lower() and _moment(since) <= came < _moment(until)
        ]  # fmt: skip
        more = {"cursor": str(begin + PAGE)} if begin + PAGE < len(found) else {}
        return {"posts": [self.view(u) for u in found[begin : begin + PAGE]]} | more

    def view(self, uri: str) -> dict[str, Any]:
        record, came = self.jetstream.archive.records[uri]
        author = {"did": uri.split("/")[2], "handle": "somebody.example", "displayName": "Somebody"}
        counts = {"likeCount": 4, "repostCount": 2, "replyCount": len(self._answers(uri)), "quoteCount": 1}
        return {"$type": "app.bsky.feed.defs#postView", "uri": uri, "cid": "bafyrei", "author": author,
                "record": record, "indexedAt": written(came), **counts}  # fmt: skip

    def _node(self, uri: str, depth: int) -> dict[str, Any]:
        answers = [self._node(u, depth - 1) for u in self._answers(uri)] if depth else None
        more = {} if answers is None else {"replies": [*answers, {"uri": "at://x/y/z", "notFound": True}]}
        return {"$type": "app.bsky.feed.defs#threadViewPost", "post": self.view(uri)} | more

    def _answers(self, uri: str) -> list[str]:
        records = self.jetstream.archive.records
        return [u for u, (r, _) in records.items() if r.get("reply", {}).get("parent", {}).get("uri") == uri]

    def _newest_first(self) -> list[str]:
        return list(reversed(self.jetstream.archive.records))


class _Web(FakeWeb):
    """Remembers repeated parameters, too."""

    def __init__(self, answers: dict[str, Any], uris: list[list[str]]) -> None:
        super().__init__(answers)
        self._uris = uris

    def _answer(self, talk: Any) -> None:
        self._uris.append(parse_qs(urlsplit(talk.path).query).get("uris", []))
        super()._answer(talk)


def _error(name: str, said: str, status: int = 400) -> Said:
    return Said({"error": name, "message": said}, status)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@dataclass
class Network:
    """The fakes, and sources that listen to them."""

    jetstream: FakeJetstream
    view: FakeAppView
    web: FakeWeb
    context: Callable[..., SourceContext]
    town: Institution

    def source(self, environment: dict[str, str] | None = None, **changed: Any) -> Bluesky:
        given = {"jetstream": self.jetstream.base, "appview": self.web.base, "login": self.web.base, "interval": 0.2,
                 "silence": 30.0}  # fmt: skip
        config = BlueskyConfig(kind="bluesky", name="sky", **(given | changed))
        return Bluesky(config, self.context(institutions=[self.town], environment=environment or {}))

    def answer(self, to: str, root: str, text: str = "I ara?") -> str:
        links = {"parent": {"uri": to, "cid": "b"}, "root": {"uri": root, "cid": "b"}}
        return self.jetstream.publish(text, did("pep"), reply=links)


@contextmanager
def network_of(context: Callable[..., SourceContext], town: Institution) -> Iterator[Network]:
    """An empty network, in which every event comes a second after the one before."""
    seconds = count()
    with FakeJetstream(lambda: BEGIN + timedelta(seconds=next(seconds))) as jetstream:
        view = FakeAppView(jetstream)
        with view.served() as web:
            yield Network(jetstream, view, web, context, town)
