"""``corrillo purge``, ``backup``, ``sources`` and ``schema``."""

from __future__ import annotations

import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

from corrillo.schema import PUBLISHED
from tests.processes import Commands


def rows(store: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(store)) as connection:
        return connection.execute(statement).fetchall()


def test_purge_deletes_what_is_past_retention_and_keeps_the_daily_counts(
    own_town: Commands, replay: tuple[str, ...]
) -> None:
    """What was seen today is within retention; with --days 0 nothing is, and only numbers are left."""
    own_town(*replay)
    counts = rows(own_town.folder / "corrillo.db", "SELECT day, tag, count FROM day_count ORDER BY day, tag")
    assert sum(int(str(n)) for _, tag, n in counts if tag == "") == 7
    assert "valdeprado: 0 mentions first seen over 730 days ago deleted" in own_town("purge").stderr
    assert own_town.json("find")["total"] == 7
    assert "7 mentions" in own_town("purge", "--yes", "--days", 0).stderr
    assert own_town.json("find")["total"] == 0
    assert rows(own_town.folder / "corrillo.db", "SELECT day, tag, count FROM day_count ORDER BY day, tag") == counts
    files = b"".join(f.read_bytes() for f in own_town.folder.glob("corrillo.db*"))
    assert [t for t in ("vergüenza", "foro.example", "~") if t.encode() in files] == []


def test_a_backup_put_in_the_store_s_place_is_the_store_again(own_town: Commands, replay: tuple[str, ...]) -> None:
    """Taken while it is in use, private like the store, and equal to it; a failed one replaces nothing."""
    own_town(*replay)
    before = own_town.json("find")
    assert "copied and checked" in own_town("backup", "kept/copy.db").stderr
    copy = own_town.folder / "kept" / "copy.db"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [f.name for f in copy.parent.iterdir()] == ["copy.db"]
    kept = copy.read_bytes()
    own_town("erase", "--handle", "roque", "--yes")
    (own_town.folder / "a-file").write_text("not a folder")
    assert "→" in own_town("backup", "a-file/copy.db", code=1).stderr
    assert copy.read_bytes() == kept
    assert "holds mention" in own_town("restore", "kept/copy.db", code=1).stderr
    for file in own_town.folder.glob("corrillo.db*"):
        file.unlink()
    assert "7 mentions put back" in own_town("restore", "kept/copy.db").stderr
    assert own_town.json("find") == before
    for file in own_town.folder.glob("corrillo.db*"):
        file.unlink()
    copy.rename(own_town.folder / "corrillo.db")
    assert own_town.json("find") == before


def test_sources_say_how_they_are(own_town: Commands, replay: tuple[str, ...]) -> None:
    """A configured source that was never asked is there as such; after a replay, what it has given."""
    (never,) = own_town.json("sources")
    assert (never["source"], never["network"], never["last_attempt"], never["seen"]) == ("old-forum", "forum", None, 0)
    own_town(*replay)
    (known,) = own_town.json("sources")
    assert (known["seen"], known["kept"], known["rejected"], known["failures"]) == (7, 7, 0, 0)
    assert known["newest_post"].startswith("2026-11-07T18:00:00")
    assert known["last_success"] == known["last_attempt"] is not None
    assert "old-forum  (forum)" in own_town("sources").stdout
    assert "7 posts seen, 7 about us, 0 in quarantine" in own_town("sources").stdout


def test_schemas_are_written_for_every_message(fresh: Commands) -> None:
    """Each is a JSON Schema with the version of the messages; no configuration is needed."""
    assert f"{len(PUBLISHED)} schemas written" in fresh("schema", "deep/down").stderr
    written = {f.stem: json.loads(f.read_text("utf-8")) for f in (fresh.folder / "deep" / "down").iterdir()}
    assert set(written) == set(PUBLISHED)
    assert {s["version"] for s in written.values()} == {1}
    assert {s["$schema"] for s in written.values()} == {"https://json-schema.org/draft/2020-12/schema"}


def test_a_backup_never_takes_the_place_of_something_else(own_town: Commands, replay: tuple[str, ...]) -> None:
    """Not of the store, its log, the key or the configuration; an older backup is replaced."""
    own_town(*replay)
    before = {f.name: f.read_bytes() for f in own_town.folder.glob("corrillo.*") if f.suffix in (".key", ".toml")}
    for target in ("corrillo.db", "./corrillo.db-wal", "corrillo.key", "corrillo.toml"):
        assert "choose another name" in own_town("backup", target, code=1).stderr
    assert {name: (own_town.folder / name).read_bytes() for name in before} == before
    own_town("backup", "copy.db")
    own_town("backup", "copy.db")
    assert own_town.json("find")["total"] == 7


def test_what_destroys_asks_or_is_told(own_town: Commands, replay: tuple[str, ...]) -> None:
    """``purge --days`` asks; ``quarantine drop`` wants ids or --all."""
    own_town(*replay)
    assert "Delete for good" in own_town("purge", "--days", 0, code=1).stderr
    assert own_town.json("find")["total"] == 7
    assert "--all" in own_town("quarantine", "drop", code=2).stderr


def test_a_value_that_no_mention_can_have_is_refused(own_town: Commands) -> None:
    """It would silently find nothing."""
    assert "did you mean 'complaint'" in own_town("find", "-w", "tag=complaints", code=2).stderr
    assert "off_page" in own_town("find", "-w", "place=fuera", code=2).stderr
