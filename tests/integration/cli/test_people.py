"""``corrillo people``."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from corrillo.cli import app
from corrillo.people import hash_of
from corrillo.settings import load

TOML = '# ours\n[[institution]]\nid = "town"   # never change it\nname = "Ajuntament de Benialba"\n'


def run(tmp_path: Path, *args: str, code: int = 0) -> str:
    """What a command says on standard output."""
    ran = CliRunner().invoke(app, [*args, "--config", str(tmp_path / "corrillo.toml")])
    assert ran.exit_code == code, ran.output
    return ran.stdout


def test_a_person_is_added_and_only_the_hash_is_written(tmp_path: Path) -> None:
    """The token is said once; comments stay; who is there is listed without it."""
    file = tmp_path / "corrillo.toml"
    file.write_text(TOML, "utf-8")
    token = run(tmp_path, "people", "add", "Marta Ruiz", "--role", "team", "--write").strip()
    (person,) = load(file).page.people
    assert (person.name, person.role, person.token_hash) == ("Marta Ruiz", "team", hash_of(token))
    assert file.read_text("utf-8").startswith(TOML.rstrip())
    assert token not in file.read_text("utf-8")
    assert run(tmp_path, "people", "list").split(maxsplit=1) == ["team", "Marta Ruiz\n"]
    assert json.loads(run(tmp_path, "people", "list", "--json")) == [{"name": "Marta Ruiz", "role": "team"}]


def test_without_write_the_lines_are_said_and_nothing_changes(tmp_path: Path) -> None:
    """They are the lines that would have been written, and make the same person."""
    file = tmp_path / "corrillo.toml"
    file.write_text(TOML, "utf-8")
    *lines, token = run(tmp_path, "people", "add", "Nuria").strip().splitlines()
    assert file.read_text("utf-8") == TOML
    file.write_text(TOML + "\n".join(lines), "utf-8")
    (person,) = load(file).page.people
    assert (person.name, person.role, person.token_hash) == ("Nuria", "viewer", hash_of(token))


def test_a_second_one_of_that_name_and_a_role_that_is_none_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "corrillo.toml"
    file.write_text(TOML, "utf-8")
    run(tmp_path, "people", "add", "Nuria", "--write")
    before = file.read_text("utf-8")
    for args in (["Nuria"], ["Pepa", "--role", "boss"], [" "], ["x" * 81]):
        run(tmp_path, "people", "add", *args, "--write", code=1)
    assert file.read_text("utf-8") == before
