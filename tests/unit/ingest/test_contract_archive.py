"""The archive keeps the contract for sources, as CSV and as JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from corrillo.registry import SourceContext
from corrillo.testing.source import SourceContract, SourceWorld
from ingest import archive
from ingest.archive import Archive, ArchiveConfig


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "ROWS", 3)


class TestCsv(SourceContract):
    """A CSV file that grows."""

    @pytest.fixture
    def world(self, tmp_path: Path, context: Callable[..., SourceContext]) -> SourceWorld:
        file = tmp_path / "forum.csv"
        rows = [f'{n},"Farola {n} rota, otra vez",2026-11-0{n} 10:00:00,ana' for n in range(1, 9)]
        file.write_text("\n".join(["id,body,when,user", *rows, ""]), encoding="utf-8")

        def append(row: str) -> None:
            with file.open("a", encoding="utf-8") as stream:
                stream.write(row + "\n")

        def add_post() -> str:
            append("99,Sin luz,2026-11-20 10:00:00,pep")
            return "99"

        names = {"text": "body", "published": "when", "author": "user"}
        config = ArchiveConfig(kind="archive", name="forum", path=file.name, map=names, network="forum")
        return SourceWorld(
            open=lambda: Archive(config, context()),
            native_ids=frozenset(str(n) for n in range(1, 9)),
            sample='{"id": "1", "body": "Hola", "when": "2026-11-01 10:00", "user": "ana"}',
            add_post=add_post,
            add_broken=lambda: append("50,Sin fecha,,ana"),
            cut_off=file.unlink,
        )


class TestJsonLines(SourceContract):
    """A JSON Lines file that grows."""

    @pytest.fixture
    def world(self, tmp_path: Path, context: Callable[..., SourceContext]) -> SourceWorld:
        file = tmp_path / "forum.jsonl"

        def line(native_id: str) -> str:
            return json.dumps({"id": native_id, "text": f"Farola {native_id}", "published": "2026-11-02T10:00:00Z"})

        file.write_text("".join(line(f"a{n}") + "\n" for n in range(8)), encoding="utf-8")

        def append(row: str) -> None:
            with file.open("a", encoding="utf-8") as stream:
                stream.write(row + "\n")

        def add_post() -> str:
            append(line("later"))
            return "forum later"

        config = ArchiveConfig(kind="archive", name="forum", path=file.name)
        return SourceWorld(
            open=lambda: Archive(config, context()),
            native_ids=frozenset(f"forum a{n}" for n in range(8)),
            sample=line("a1"),
            add_post=add_post,
            add_broken=lambda: append('{"id": "broken", "text": '),
            cut_off=file.unlink,
        )
