"""``corrillo init`` and ``corrillo doctor``: from nothing to a configuration that holds."""

from __future__ import annotations

import stat

from tests.processes import Commands


def test_what_init_writes_passes_the_doctor(fresh: Commands) -> None:
    """Without a source nothing is wrong, for files can be imported; how to listen is said."""
    fresh("init", "Ayuntamiento de Valdeprado")
    config = fresh.folder / "corrillo.toml"
    config.write_text(config.read_text("utf-8").replace("port = 8400", "port = 0"), "utf-8")
    findings = fresh.json("doctor", "--offline")
    assert all(f["ok"] for f in findings)
    assert "[[source]]" in next(f["said"] for f in findings if f["what"] == "sources")
    assert {"Python", "store engine", "configuration", "key of the pseudonyms", "store", "disk", "page"} < {
        f["what"] for f in findings
    }
    config.write_text(config.read_text("utf-8") + '\n[[source]]\nkind="archive"\nname="a"\npath="a.csv"\n', "utf-8")
    assert all(f["ok"] for f in fresh.json("doctor", "--offline"))


def test_the_key_is_secret_and_survives_a_forced_init(fresh: Commands) -> None:
    """A lost key means that nobody can be erased by handle any more, so init never replaces one."""
    fresh("init", "Concello de Valverde", "--config", "below/corrillo.toml")
    key = fresh.folder / "below" / "corrillo.key"
    written = key.read_text()
    assert len(written.strip()) == 64
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert "is there already" in fresh("init", "Otro", "--config", "below/corrillo.toml", code=2).stderr
    fresh("init", "Ayuntamiento de Otro", "--config", "below/corrillo.toml", "--force")
    assert "Ayuntamiento de Otro" in (fresh.folder / "below" / "corrillo.toml").read_text("utf-8")
    assert key.read_text() == written


def test_the_doctor_names_each_thing_that_is_wrong_with_its_remedy(fresh: Commands) -> None:
    """A key that others can read, a configuration with a mistake: what, and what to do."""
    fresh("init", "Ayuntamiento de Valdeprado")
    (fresh.folder / "corrillo.key").chmod(0o644)
    said = fresh("doctor", "--offline", code=1).stdout
    assert "NO  key of the pseudonyms" in said
    assert "chmod 600" in said
    config = fresh.folder / "corrillo.toml"
    config.write_text(config.read_text("utf-8") + '\ntime_zome = "Europe/Madrid"\n', "utf-8")
    found = fresh.json("doctor", "--offline", code=1)
    assert found[-1]["what"] == "configuration"
    assert "time_zome" in found[-1]["said"]


def test_the_doctor_asks_the_sources_unless_told_not_to(fresh: Commands) -> None:
    """A source that cannot be read is named, and so is one that answers."""
    fresh("init", "Ayuntamiento de Valdeprado")
    config = fresh.folder / "corrillo.toml"
    sources = (
        '\n[[source]]\nkind="archive"\nname="there"\npath="there.jsonl"\n'
        '\n[[source]]\nkind="archive"\nname="missing"\npath="missing.jsonl"\n'
    )
    config.write_text(config.read_text("utf-8").replace("port = 8400", "port = 0") + sources, "utf-8")
    (fresh.folder / "there.jsonl").write_text('{"text": "Hola", "published": "2026-11-02T10:00:00Z"}\n')
    found = {f["what"]: f for f in fresh.json("doctor", code=1)}
    assert found["source there"]["ok"]
    assert "1 posts" in found["source there"]["said"]
    assert not found["source missing"]["ok"]
    assert found["source missing"]["remedy"]
