"""The network that CONTRIBUTING builds in an afternoon keeps the contract for sources, as it stands there."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest
import pytest_asyncio

from corrillo.institution import Institution
from corrillo.registry import SourceContext
from corrillo.testing.source import SourceContract, SourceWorld
from ingest.http import PoliteClient
from tests.deployed import ROOT
from tests.fakes.web import Asked, FakeWeb, Said

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def example() -> str:
    """The first block of Python in CONTRIBUTING."""
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    return dedent(page.partition("   ```python\n")[2].partition("   ```\n")[0])


@pytest.fixture
def agora(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The example as a module."""
    module = ModuleType("agora_example")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(example(), "CONTRIBUTING.md", "exec"), module.__dict__)
    return module


class Forum:
    """A fake forum: posts with growing numbers, given from ``since`` on."""

    def __init__(self) -> None:
        self.posts: list[dict] = []

    def say(self, text: str, **given: object) -> str:
        number = len(self.posts) + 1
        time = (NOW - timedelta(hours=9) + timedelta(minutes=number)).isoformat()
        self.posts.append({"id": number, "user": "mpvidal", "time": time, "body": text} | given)
        return str(number)

    def listed(self, asked: Asked) -> list[dict]:
        return [p for p in self.posts if p["id"] > int(asked.params["since"])]


@pytest.fixture
def forum() -> Forum:
    return Forum()


@pytest.fixture
def web(forum: Forum) -> Iterator[FakeWeb]:
    with FakeWeb({"GET /posts": forum.listed}) as server:
        yield server


@pytest_asyncio.fixture
async def client() -> AsyncIterator[PoliteClient]:
    polite = PoliteClient(lambda: NOW)
    yield polite
    await polite.close()


class TestAgora(SourceContract):
    """The example of CONTRIBUTING."""

    @pytest.fixture
    def world(self, agora: ModuleType, forum: Forum, web: FakeWeb, client: PoliteClient, tmp_path: Path) -> SourceWorld:
        town = Institution(id="benialba", name="Ajuntament de Benialba")
        config = agora.AgoraConfig(kind="agora", name="our-forum", url=f"{web.base}/posts")
        context = SourceContext([town], lambda: NOW, client, {}, str(tmp_path))
        native_ids = frozenset(forum.say(f"El agua sale turbia {n}") for n in range(4))

        def cut_off() -> None:
            web.trouble = Said("<html>Please log in</html>")

        return SourceWorld(
            open=lambda: agora.Agora(config, context),
            native_ids=native_ids,
            sample=json.dumps(forum.posts[0]),
            add_post=lambda: forum.say("Ya sale clara"),
            add_broken=lambda: forum.say("Sin hora", time="ayer"),
            cut_off=cut_off,
        )
