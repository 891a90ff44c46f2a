"""A real Bluesky server (PDS), people who have accounts on it, and what it says as a stream."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from atproto import Client, models

from tests.fakes.jetstream import FakeJetstream
from tests.peers.bridge import Bridge
from tests.peers.fetch import FOLDER, node
from tests.processes import PATIENCE, until

START = Path(__file__).parent / "start.mjs"
ADMIN = base64.b64encode(b"admin:admin-pass").decode()
NUMBERS = count()


@dataclass
class Person:
    """Somebody with an account; ``client`` is theirs, of ``atproto``."""

    handle: str
    client: Client
    server: str
    cids: dict[str, str]
    """Of all posts that anybody has said here."""

    @property
    def did(self) -> str:
        assert self.client.me is not None
        return self.client.me.did

    def say(self, text: str, **more: Any) -> str:
        """Post; the uri."""
        said = self.client.send_post(text, langs=["es"], **more)
        self.cids[said.uri] = said.cid
        return said.uri

    def answer(self, to: str, root: str, text: str) -> str:
        """Answer a post; the uri."""
        parent, first = (models.ComAtprotoRepoStrongRef.Main(uri=u, cid=self.cids[u]) for u in (to, root))
        return self.say(text, reply_to=models.AppBskyFeedPost.ReplyRef(parent=parent, root=first))

    def write(self, record: dict[str, Any], **more: Any) -> str:
        """Write a record that the server does not look at; the uri."""
        data = {"repo": self.did, "collection": "app.bsky.feed.post", "validate": False, "record": record, **more}
        method = "putRecord" if "rkey" in more else "createRecord"
        return str(self._asked(f"com.atproto.repo.{method}", data)["uri"])

    def leave(self) -> None:
        """Deactivate the account."""
        self._asked("com.atproto.server.deactivateAccount", {})

    def end(self) -> None:
        """The server deletes the account."""
        self._asked("com.atproto.admin.deleteAccount", {"did": self.did}, f"Basic {ADMIN}")

    def _asked(self, method: str, data: dict[str, Any], authorization: str = "") -> Any:
        headers = {"Authorization": authorization or f"Bearer {self.client._session.access_jwt}"}  # type: ignore[union-attr]
        answer = httpx.post(f"{self.server}/xrpc/{method}", json=data, headers=headers, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        return answer.json() if answer.content else {}


@dataclass
class Square:
    """A real server, and the fake Jetstream to which all that happens there is carried."""

    server: str
    jetstream: FakeJetstream
    bridge: Bridge
    people: list[Person] = field(default_factory=list)
    cids: dict[str, str] = field(default_factory=dict)

    def person(self) -> Person:
        """Somebody new."""
        handle = f"person{next(NUMBERS)}.test"
        client = Client(self.server)
        created = {"handle": handle, "email": f"{handle}@mail.test", "password": "a password of tests"}
        httpx.post(
            f"{self.server}/xrpc/com.atproto.server.createAccount", json=created, timeout=PATIENCE
        ).raise_for_status()
        session = client._get_and_set_session(handle, created["password"])
        client.me = models.AppBskyActorDefs.ProfileViewDetailed(did=session.did, handle=handle)  # no AppView to ask
        self.people.append(Person(handle, client, self.server, self.cids))
        return self.people[-1]

    def carried(self, true: Callable[[], Any]) -> None:
        """Wait until it has come through the firehose."""
        until(true, lambda: f"it came through the firehose; failed: {self.bridge.failed}")

    def there(self, *uris: str) -> None:
        """Wait until these posts have come through."""
        self.carried(lambda: set(uris) <= self.jetstream.archive.records.keys())


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server in a process of its own."""
    program = node() / "bin" / "node"
    assert program.exists(), "the server is not there: make test-peers brings it (python -m tests.peers.fetch)"
    folder = tmp_path_factory.mktemp("pds")
    with open(folder / "log", "w+", encoding="utf-8") as log:
        process = subprocess.Popen(
            [program, START, FOLDER.resolve()], stdin=subprocess.PIPE, stdout=log, stderr=log,
            env=os.environ | {"TMPDIR": str(folder), "LOG_ENABLED": "false"},
        )  # fmt: skip
        try:
            said = until(lambda: [s for s in _lines(folder / "log") if s.startswith("{")], lambda: _all(folder / "log"))
            yield json.loads(said[0])["pds"]
        finally:
            process.kill()
            process.wait(PATIENCE)


@pytest.fixture
def square(server: str) -> Iterator[Square]:
    """The server, and what happens there from now on as a stream."""
    with FakeJetstream() as jetstream, Bridge(server, jetstream) as bridge:
        yield Square(server, jetstream, bridge)
        assert bridge.failed == []


def _all(log: Path) -> str:
    return log.read_text("utf-8")


def _lines(log: Path) -> list[str]:
    return _all(log).splitlines()
