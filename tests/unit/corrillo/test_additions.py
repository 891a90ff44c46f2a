"""Lines that are added to corrillo.toml: nothing else of it changes, and what cannot be added so is said."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from corrillo import additions
from corrillo.errors import ConfigError

TWO = """# ours
[[institution]]
id = "town"   # do not change
name = "Ajuntament de Benialba"

  [[institution.homonym]]
  name = "Benialba CF"

[[institution]]
id = "island"
name = "Cabildo"

[page]
port = 8401
"""
ORCHARD = {"name": 'Benialba "la huerta"', "phrases": ("huerta de Benialba",), "context": ()}


def homonyms(text: str, number: int) -> list[str]:
    """The names of the homonyms of an institution."""
    return [h["name"] for h in tomllib.loads(text)["institution"][number].get("homonym", [])]


@pytest.mark.parametrize(("institution", "names"), [("town", (["Benialba CF", ORCHARD["name"]], [])), ("island", (["Benialba CF"], [ORCHARD["name"]]))])  # fmt: skip
def test_a_homonym_comes_to_its_own_institution(institution: str, names: tuple[list[str], list[str]]) -> None:
    """Before the next one, or at the end; every line that was there is there still, in its order."""
    after = additions.with_homonym(TWO, institution, ORCHARD)
    assert (homonyms(after, 0), homonyms(after, 1)) == names
    left = iter(after.splitlines())
    assert all(line in left for line in TWO.splitlines() if line.strip())
    assert "context" not in after


def test_a_person_comes_at_the_end() -> None:
    after = additions.with_person(TWO, {"name": "Marta", "role": "team", "token_hash": "a" * 64})
    assert after.startswith(TWO.rstrip())
    assert tomllib.loads(after)["page"] == {"port": 8401, "person": [{"name": "Marta", "role": "team", "token_hash": "a" * 64}]}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        TWO.replace('name = "Cabildo"', 'name = "Cabildo"\nhomonym = [{ name = "Otro" }]'),
        'institution = [{ id = "island", name = "Cabildo" }]',
        'x = """\n[[institution]]\n"""\n' + 'institution = [{ id = "island", name = "Cabildo" }]',
        "[[institution]]\nid = 'town'\nname = 'x'\n",
        "[[institution\n",
    ],
)
def test_what_cannot_be_added_is_left_to_people(text: str) -> None:
    """A list written another way, another institution, a file that is no TOML: an error with a remedy, and no text."""
    with pytest.raises(ConfigError) as raised:
        additions.with_homonym(text, "island", ORCHARD)
    assert raised.value.remedy


def test_a_header_inside_a_text_is_no_header() -> None:
    """What is written is compared with what was meant before anything is kept."""
    text = '[[institution]]\nid = "island"\nname = """Cabildo\n[[institution]]\n"""\n'
    assert homonyms(additions.with_homonym(text, "island", ORCHARD), 0) == [ORCHARD["name"]]


def test_line_ends_and_marks_of_other_editors_stay() -> None:
    text = "\ufeff" + TWO.replace("\n", "\r\n")
    after = additions.with_person(text, {"name": "Marta", "token_hash": "a" * 64})
    assert after.startswith("\ufeff# ours\r\n")
    assert after.count("\n") == after.count("\r\n")


def test_a_file_is_replaced_in_one_step_and_keeps_its_permissions(tmp_path: Path) -> None:
    """Also through a link; nothing is left beside it."""
    file, link = tmp_path / "real.toml", tmp_path / "corrillo.toml"
    file.write_text(TWO, "utf-8")
    file.chmod(0o640)
    link.symlink_to(file)
    additions.write(link, "new")
    assert (link.is_symlink(), additions.read(file), file.stat().st_mode & 0o777) == (True, "new", 0o640)
    assert sorted(os.listdir(tmp_path)) == ["corrillo.toml", "real.toml"]


def test_a_file_that_cannot_be_written_is_said_and_stays(tmp_path: Path) -> None:
    """A folder in its place stands for a file system that says no."""
    (tmp_path / "corrillo.toml").mkdir()
    with pytest.raises(ConfigError, match="cannot be written") as raised:
        additions.write(tmp_path / "corrillo.toml", "new")
    assert raised.value.remedy
    assert os.listdir(tmp_path) == ["corrillo.toml"]
    with pytest.raises(ConfigError, match="cannot be read"):
        additions.read(tmp_path / "corrillo.toml")
    assert not additions.writable(tmp_path / "nowhere" / "corrillo.toml")
