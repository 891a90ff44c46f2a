"""``[[subscriber]]``: strict, without secrets, and naming only what is there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from corrillo.errors import ConfigError
from corrillo.notices import Hours, Way
from corrillo.settings import parse
from corrillo.subscribers import hours_of, said, subscriber, way_of

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
TOWN = {"id": "town", "name": "Ajuntament de Benialba", "district": [{"name": "Raval"}]}


def read(*people: dict[str, Any]) -> Any:
    return parse({"institution": [TOWN], "subscriber": list(people)}, Path("corrillo.toml"))


def test_a_subscriber_of_the_file_has_confirmed_it_by_standing_there() -> None:
    person = {
        "id": "mayor", "name": "Alcaldía", "ways": ["a@town.es", "https://town.es/hook"], "districts": ["Raval"],
        "services": ["water"], "least": "crisis", "quiet": ["22:00-08:00"], "digests": ["weekly"],
    }  # fmt: skip
    (entry,) = read(person).subscribers
    made = subscriber(entry, Path(), {}, NOW)
    assert made.ways == (
        Way(kind="email", address="a@town.es", confirmed=NOW),
        Way(kind="webhook", address="https://town.es/hook", confirmed=NOW),
    )
    assert (made.id, made.least, made.districts, made.services) == ("mayor", "crisis", ("Raval",), ("water",))
    assert (made.quiet, made.digests) == ((Hours(begin="22:00", end="08:00"),), ("weekly",))
    assert (made.origin, made.created) == ("file", NOW)


@pytest.mark.parametrize(
    ("wrong", "what", "remedy"),
    [
        ({"ways": ["nobody"]}, "subscriber[1].ways[1]: 'nobody'", "tgram://…"),
        ({"next": "deputy"}, "subscriber 'mayor': next: 'deputy'", "there is none yet"),
        ({"districts": ["Puerto"]}, "districts: 'Puerto'", "Raval"),
        ({"institutions": ["city"]}, "institutions: 'city'", "town"),
        ({"services": ["agua"]}, "services[1]: 'agua'", "water"),
        ({"quiet": ["at night"]}, "quiet[1]: 'at night'", "22:00-08:00"),
        ({"least": "high"}, "least: 'high'", "crisis"),
        ({"district": ["Raval"]}, "district: is not a key here", "districts"),
    ],
)
def test_a_mistake_is_said_with_its_place_and_what_to_write(wrong: dict[str, Any], what: str, remedy: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read({"id": "mayor", "name": "Alcaldía", **wrong})
    assert what in raised.value.message
    assert remedy in raised.value.message


def test_two_of_one_name_are_refused_for_nobody_would_know_who_acknowledged() -> None:
    with pytest.raises(ConfigError, match="two of \\[\\[subscriber\\]\\] share the name 'Alcaldía'; give each a name"):
        read({"id": "mayor", "name": "Alcaldía"}, {"id": "deputy", "name": "Alcaldía"})


def test_two_of_one_id_are_refused() -> None:
    with pytest.raises(ConfigError, match="two of \\[\\[subscriber\\]\\] are called 'mayor'"):
        read({"id": "mayor", "name": "One"}, {"id": "mayor", "name": "Two"})


@pytest.mark.parametrize("secret", ["tgram://s3cret/1", "https://me:s3cret@town.es/hook", "slack://s3cret/a/b"])
def test_an_address_with_a_secret_does_not_stand_in_the_file_and_is_not_repeated(secret: str) -> None:
    with pytest.raises(ConfigError, match="ways_file") as raised:
        read({"id": "mayor", "name": "Alcaldía", "ways": ["a@town.es", secret]})
    assert "subscriber[1].ways[2]" in raised.value.message
    assert "s3cret" not in str(raised.value)


def test_addresses_with_secrets_come_from_a_file_or_the_environment(tmp_path: Path) -> None:
    (tmp_path / "mayor.ways").write_text("# Telegram\ntgram://token/1\n\n", "utf-8")
    (entry,) = read({"id": "the-mayor", "name": "Alcaldía", "ways_file": "mayor.ways"}).subscribers
    made = subscriber(entry, tmp_path, {"CORRILLO_WAYS_THE_MAYOR": "ntfy://topic tgram://token/1"}, NOW)
    assert [w.address for w in made.ways] == ["ntfy://topic", "tgram://token/1"]


def test_a_file_of_addresses_that_is_not_there_or_is_wrong_is_said_without_what_is_in_it(tmp_path: Path) -> None:
    (entry,) = read({"id": "mayor", "name": "Alcaldía", "ways_file": "mayor.ways"}).subscribers
    with pytest.raises(ConfigError, match=r"mayor\.ways.*cannot be read"):
        subscriber(entry, tmp_path, {}, NOW)
    (tmp_path / "mayor.ways").write_text("s3cret\n", "utf-8")
    with pytest.raises(ConfigError, match=r"an address outside of corrillo\.toml") as raised:
        subscriber(entry, tmp_path, {}, NOW)
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("22:00-08:00", Hours(begin="22:00", end="08:00")),
        ("8:00-15:00", Hours(begin="08:00", end="15:00")),
        ("mon-fri 08:00-15:00", Hours(begin="08:00", end="15:00", days=(0, 1, 2, 3, 4))),
        ("sáb,dom 00:00-24:00", Hours(begin="00:00", end="00:00", days=(5, 6))),
        ("fri-mon 20:00-06:00", Hours(begin="20:00", end="06:00", days=(0, 4, 5, 6))),
    ],
)
def test_hours_are_read_as_people_write_them_and_written_so_that_they_are_read_again(text: str, hours: Hours) -> None:
    assert hours_of(text) == hours
    assert hours_of(said(hours)) == hours


@pytest.mark.parametrize(
    "text", ["", "22-08", "25:00-08:00", "08:00-09:61", "someday 08:00-09:00", "mon- 08:00-09:00x"]
)
def test_what_are_no_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be hours"):
        hours_of(text)


@pytest.mark.parametrize("text", ["", "a@b", "a b@town.es", "https://", "tgram:", "Nuria <n@town.es>"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        way_of(text)
