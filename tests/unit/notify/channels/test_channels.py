"""Which channel a way takes, and what the configuration must say for it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from corrillo.errors import ConfigError, SecretMissing
from corrillo.links import Links
from corrillo.notices import Way
from corrillo.notifying import SMTP_PASSWORD
from corrillo.settings import Settings, parse
from notify.channels import Known, channels
from notify.ports import Refused

NOW = datetime(2026, 11, 21, 13, 5, tzinfo=UTC)
MAIL = {"from": "Corrillo <corrillo@town.test>", "smtp": "mail.town.test"}


def settings(folder: Path, **notify: Any) -> Settings:
    town = {"id": "town", "name": "Ayuntamiento de Valdeprado"}
    return parse({"institution": [town], "notify": notify}, folder / "corrillo.toml")


def opened(folder: Path, environment: dict[str, str] | None = None, **notify: Any) -> Known:
    return channels(settings(folder, **notify), Links(b"k"), environment or {}, lambda: NOW)


def a_way(kind: str, address: str = "") -> Way:
    return Way(kind=kind, address=address)  # type: ignore[arg-type]


def test_each_way_has_its_channel(tmp_path: Path) -> None:
    known = opened(tmp_path, **MAIL)
    assert known.of(a_way("email")).name == "email"
    assert known.of(a_way("webhook")).name == "webhook"
    assert known.of(a_way("apprise", "ntfy://our-topic")).name == "ntfy"
    known.close()


def test_without_a_mail_server_mail_is_refused_and_the_rest_works(tmp_path: Path) -> None:
    known = opened(tmp_path)
    with pytest.raises(Refused) as error:
        known.of(a_way("email"))
    assert "[notify] smtp" in error.value.remedy
    assert known.of(a_way("webhook")).name == "webhook"


def test_an_address_that_nothing_of_ours_speaks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        opened(tmp_path).of(a_way("apprise", "pigeon://post"))


def test_the_password_comes_from_its_file_or_the_environment(tmp_path: Path) -> None:
    given = {**MAIL, "smtp_user": "corrillo", "smtp_password_file": "smtp.key"}
    with pytest.raises(SecretMissing, match=r"smtp\.key"):
        opened(tmp_path, **given)
    assert opened(tmp_path, {SMTP_PASSWORD: "hush"}, **given).email is not None
    (tmp_path / "smtp.key").write_text("hush\n")
    assert opened(tmp_path, **given).email is not None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"smtp": "mail.town.test"}, "add: from = "),
        ({"from": "nobody"}, "notify.from: 'nobody' is no address of mail"),
        ({"from": "a@town.test\r\nBcc: b@town.test"}, "is no address of mail"),
        ({**MAIL, "smtp": "https://mail.town.test"}, "is no mail server"),
        ({**MAIL, "smtp": "mail.town.test:99999"}, "is no mail server"),
        ({**MAIL, "smtp_security": "ssl"}, "notify.smtp_security"),
        ({**MAIL, "smtp_password": "hush"}, "a secret stands in the file"),
        ({**MAIL, "smtp_sever": "x"}, "did you mean"),
    ],
)
def test_every_mistake_names_its_field_and_a_remedy(tmp_path: Path, given: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError) as error:
        settings(tmp_path, **given)
    assert said in str(error.value)
    assert "hush" not in str(error.value)


@pytest.mark.parametrize(
    ("smtp", "security", "place"),
    [
        ("mail.town.test", "starttls", ("mail.town.test", 587)),
        ("mail.town.test", "tls", ("mail.town.test", 465)),
        ("127.0.0.1", "none", ("127.0.0.1", 25)),
        ("mail.town.test:2525", "starttls", ("mail.town.test", 2525)),
        ("[::1]:2525", "none", ("::1", 2525)),
    ],
)
def test_a_port_that_is_not_said_is_the_usual_one(
    tmp_path: Path, smtp: str, security: str, place: tuple[str, int]
) -> None:
    given = {**MAIL, "smtp": smtp, "smtp_security": security}
    assert settings(tmp_path, **given).notify.smtp_place == place
