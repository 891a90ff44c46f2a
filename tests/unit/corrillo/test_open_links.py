"""The key behind the links in messages: its own where there is one, else one that follows from that of the pseudonyms."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from corrillo import bootstrap
from corrillo.errors import SecretMissing
from corrillo.links import BadLink, Grant
from corrillo.settings import Settings, parse

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
GRANT = Grant("acknowledge", "marta", "incident-1")


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(bootstrap, "environment", dict)

    def make(*, pseudonyms: str = "", links: str = "", named: bool = False) -> Settings:
        for name, key in (("corrillo.key", pseudonyms), ("links.key", links)):
            (tmp_path / name).unlink(missing_ok=True)
            if key:
                (tmp_path / name).write_text(key, "ascii")
        notify = {"links_key_file": "links.key"} if named else {}
        page = {"public_url": "https://town.example"}
        return parse(
            {"institution": [{"id": "town", "name": "Town hall"}], "notify": notify, "page": page},
            tmp_path / "corrillo.toml",
        )

    return make


def test_a_link_is_read_by_whoever_has_the_same_key_and_by_nobody_else(configured: Any) -> None:
    token = bootstrap.open_links(configured(pseudonyms="p" * 32)).token(GRANT, NOW)
    assert bootstrap.open_links(configured(pseudonyms="p" * 32)).read(token, NOW) == GRANT
    with pytest.raises(BadLink):
        bootstrap.open_links(configured(pseudonyms="q" * 32)).read(token, NOW)


def test_a_key_of_their_own_needs_none_of_the_pseudonyms(configured: Any) -> None:
    links = bootstrap.open_links(configured(links="l" * 32, named=True))
    assert links.public_url == "https://town.example"
    assert bootstrap.open_links(configured(pseudonyms="p" * 32, links="l" * 32, named=True)) == links


def test_without_any_key_there_are_no_links(configured: Any) -> None:
    with pytest.raises(SecretMissing):
        bootstrap.open_links(configured())
    assert bootstrap.known_links(configured()) is None


def test_a_key_that_could_be_guessed_is_refused(configured: Any) -> None:
    with pytest.raises(SecretMissing, match="5 bytes"):
        bootstrap.open_links(configured(links="short", named=True))
