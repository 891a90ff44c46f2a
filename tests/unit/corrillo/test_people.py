"""People of the page: tokens, of which only hashes are kept, and what the configuration says of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from corrillo.errors import ConfigError
from corrillo.people import RIGHTS, Person, hash_of, holder, new_token
from corrillo.settings import PageSettings, parse


def page(**given: Any) -> PageSettings:
    """What a configuration says of the page."""
    town = {"id": "benialba", "name": "Ajuntament de Benialba"}
    return parse({"institution": [town], "page": given}, Path("corrillo.toml")).page


def test_a_token_is_long_random_and_known_by_its_hash_only() -> None:
    tokens = [new_token() for _ in range(3)]
    people = [Person(name=str(n), role="team", token_hash=hash_of(token)) for n, token in enumerate(tokens)]
    assert len(set(tokens)) == 3
    assert all(len(token) >= 43 for token in tokens)
    assert [holder(people, token) for token in tokens] == people
    assert [holder(people, wrong) for wrong in ("", tokens[0][:-1], tokens[0] + "x", people[0].token_hash, "ñ\udcff")] == [None] * 5  # fmt: skip
    assert not [p for p, t in zip(people, tokens, strict=True) if t in repr(p)]


def test_each_role_may_do_what_the_one_before_it_may() -> None:
    viewer, team, admin = (set(RIGHTS[role]) for role in ("viewer", "team", "admin"))
    assert viewer < team < admin


def test_people_stand_in_the_configuration_with_their_role() -> None:
    said = page(person=[{"name": "Marta", "token_hash": "a" * 64}, {"name": "Nuria", "role": "admin", "token_hash": "b" * 64}])  # fmt: skip
    assert [(p.name, p.role) for p in said.people] == [("Marta", "viewer"), ("Nuria", "admin")]
    assert (page().people, page().proxy_header, page().trusted_proxies, page().proxy_role) == ((), "", (), "viewer")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"person": [{"name": "Marta", "role": "boss", "token_hash": "a" * 64}]}, "role"),
        ({"person": [{"name": "Marta", "token_hash": "secret"}]}, "token_hash"),
        ({"person": [{"name": "Marta", "token": "secret", "token_hash": "a" * 64}]}, "a secret stands in the file"),
        ({"person": [{"name": "x" * 81, "token_hash": "a" * 64}]}, "80 characters"),
        ({"person": [{"name": "A", "token_hash": "a" * 64}, {"name": "A", "token_hash": "b" * 64}]}, "two of"),
        ({"proxy_header": "X-User"}, "hold together"),
        ({"trusted_proxies": ["127.0.0.1"]}, "hold together"),
        ({"proxy_header": "X-User", "trusted_proxies": ["proxy.example"]}, "an address or a network"),
        ({"proxy_header": "X User", "trusted_proxies": ["127.0.0.1"]}, "proxy_header"),
    ],
)
def test_what_cannot_be_right_is_said_and_no_secret_with_it(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said) as raised:
        page(**given)
    assert "'secret'" not in str(raised.value) or "token_hash" in said
