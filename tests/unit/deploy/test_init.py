"""``deploy/compose/init.sh`` makes secrets that nobody has chosen, and never changes what is there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.deployed import EXAMPLE, compose, init


def secrets(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text("ascii") for file in (folder / "deploy" / "compose" / "secrets").iterdir()}


def test_each_secret_of_the_compose_file_is_another_random_one_that_only_its_owner_reads(tmp_path: Path) -> None:
    init(tmp_path)
    made = secrets(tmp_path)
    assert set(made) == set(compose()["secrets"])
    assert all(re.fullmatch("[0-9a-f]{64}", value) for value in made.values())
    assert len(set(made.values())) == len(made)
    folder = tmp_path / "deploy" / "compose" / "secrets"
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o400}
    assert folder.stat().st_mode & 0o777 == 0o700


def test_what_is_there_stays_and_what_is_missing_is_made(tmp_path: Path) -> None:
    init(tmp_path)
    place, before = tmp_path / "deploy" / "compose", secrets(tmp_path)
    (place / "corrillo.toml").write_text("# edited", "utf-8")
    (place / "secrets" / "corrillo_team").unlink()
    assert "made secrets/corrillo_team" in init(tmp_path).stdout
    after = secrets(tmp_path)
    assert {name for name in before if before[name] != after[name]} == {"corrillo_team"}
    assert (place / "corrillo.toml").read_text("utf-8") == "# edited"


def test_the_configuration_begins_as_the_example_and_compose_is_told_where_the_secrets_are(tmp_path: Path) -> None:
    init(tmp_path)
    init(tmp_path)
    assert (tmp_path / "deploy" / "compose" / "corrillo.toml").read_text("utf-8") == EXAMPLE.read_text("utf-8")
    assert (tmp_path / ".env").read_text("utf-8") == "CORRILLO_SECRETS=./deploy/compose/secrets\n"
