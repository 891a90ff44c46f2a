"""Every kind of source that is installed or has something recorded, opened as its own example says."""

from __future__ import annotations

import inspect
import json
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from telethon.crypto import AuthKey
from telethon.sessions import StringSession

from corrillo.institution import Institution
from corrillo.ports import Source
from corrillo.registry import SourceContext, SourceKind, source_kind, source_kinds
from ingest.feed_documents import entries
from ingest.http import Answer, PoliteClient
from ingest.tables import rows

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
FIXTURES = Path(__file__).parents[1] / "unit" / "ingest" / "fixtures"
TOWN = Institution.model_validate({
    "id": "benialba", "name": "Ajuntament de Benialba de la Mar", "aliases": ["Benialba"], "handles": ["@ajbenialba"],
    "hashtags": ["#Benialba"], "query": '("corte de agua" OR apagón) -mineral',
    "homonym": [{"name": "CF Benialba", "phrases": ["Marc Benialba"], "context": ["gol"]}],
    "account": [{"network": n, "handle": "ajbenialba"} for n in ("bluesky", "x", "youtube", "mastodon")],
    "platform": [{"host": "participa.benialba.example"}],
})  # fmt: skip


OURS = {"cuerpo": "text", "usuario": "author", "responde": "parent", "votos": "likes", "fecha": "published"}
"""What the columns of the recorded archive are called here."""


class AnyKey(dict[str, str]):
    """An environment in which every key is set."""

    def get(self, name: str, default: Any = "") -> Any:
        if name.startswith("CORRILLO_SESSION_"):
            session = StringSession()
            session.set_dc(2, "127.0.0.1", 1)
            session.auth_key = AuthKey(b"1" * 256)
            return session.save()
        return "12345" if name.startswith("CORRILLO_") else default


@dataclass(frozen=True)
class Recorded:
    """A source and raw items as its ``parse`` takes them."""

    kind: str
    source: Source
    raw: tuple[Any, ...]

    @property
    def private(self) -> tuple[str, ...]:
        """Keys that the source says to hold names, beyond those that everyone knows."""
        said = getattr(self.source, "_private", tuple)()
        return (*said, *getattr(sys.modules[type(self.source).__module__], "PRIVATE", ()))


def recorded() -> Iterator[Recorded]:
    """All kinds of which something is recorded."""
    for kind in sorted(_kinds() - unrecorded()):
        yield Recorded(kind, _opened(kind), tuple(_raw(kind)))


def unrecorded() -> set[str]:
    """Kinds that are installed, and of which nothing is recorded."""
    return {kind for kind in _kinds() if not _raw(kind)}


def _kinds() -> set[str]:
    return {*source_kinds(), *_with_fixture()}


def _with_fixture() -> Iterator[str]:
    for file in FIXTURES.glob("*.json"):
        if (Path("ingest") / f"{file.stem}.py").exists() and "raw" in (json.loads(file.read_bytes()) or ()):
            yield file.stem


def _opened(kind: str) -> Source:
    made: Any = source_kind(kind) if kind in source_kinds() else _in_module(kind)
    plain = {"map": {}} if kind == "archive" else {}
    config = made.Config.model_validate(_example(made) | {"name": f"fuzzed-{kind}", "kind": kind} | plain)
    source: Source = made(config, SourceContext([TOWN], lambda: NOW, PoliteClient(lambda: NOW), AnyKey(), "."))
    return source


def _in_module(kind: str) -> SourceKind:
    module = import_module(f"ingest.{kind}")
    classes = [c for _, c in inspect.getmembers(module, inspect.isclass) if c.__module__ == module.__name__]
    return next(c for c in classes if hasattr(c, "Config"))  # type: ignore[return-value]


def _example(kind: SourceKind) -> dict[str, Any]:
    """The keys of the commented ``[[source]]`` of a kind."""
    lines = kind.example["en"].replace("{id}", TOWN.id).splitlines()
    begin = lines.index("# [[source]]")
    listed = tomllib.loads("\n".join(line.removeprefix("# ") for line in lines[begin:]))["source"]
    return dict(listed[0])


def _raw(kind: str) -> list[Any]:
    if kind == "feed":
        return [one for name in ("rss.xml", "atom.xml", "feed.json") for one in _entries(name)]
    if kind == "archive":
        with open(FIXTURES / "archive.csv", encoding="utf-8", newline="") as stream:
            return [{OURS.get(k, k): v for k, v in json.loads(r).items()} for r in rows(stream, "", lambda *_: None)]
    if not (FIXTURES / f"{kind}.json").exists():
        return []
    document = json.loads((FIXTURES / f"{kind}.json").read_bytes())
    return list(document["raw"] if isinstance(document, dict) else document)


def _entries(name: str) -> Iterator[dict[str, Any]]:
    for one in entries(Answer(200, {}, (FIXTURES / name).read_bytes(), f"https://feeds.example/{name}")):
        yield {**one, "fetched": NOW.isoformat(), "changed": False}
