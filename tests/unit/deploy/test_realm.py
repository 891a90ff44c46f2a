"""The files of the file realm."""

from __future__ import annotations

from base64 import b64decode
from hashlib import pbkdf2_hmac

from deploy.services.realm import roles, users, users_roles

GIVEN = {"ana": ("her password", ("reader", "writer")), "eva": ("another", ("reader",))}


def test_a_role_stands_under_its_name_in_yaml_or_json() -> None:
    bodies = {"reader": "\n    cluster: [monitor]\n    indices:\n      - names: ['a']\n", "none": '{"cluster": []}'}
    assert roles(bodies) == (
        "reader:\n  cluster: [monitor]\n  indices:\n    - names: ['a']\nnone:\n  {\"cluster\": []}\n"
    )


def test_a_role_is_followed_by_who_has_it() -> None:
    assert users_roles(GIVEN) == "reader:ana,eva\nwriter:ana\n"


def test_a_password_stands_only_as_a_salted_hash() -> None:
    name, _, hashed = users(GIVEN).splitlines()[0].partition(":")
    rounds, salt, derived = hashed.removeprefix("{PBKDF2}").split("$")
    assert name == "ana"
    assert b64decode(derived) == pbkdf2_hmac("sha512", b"her password", b64decode(salt), int(rounds), 32)
    assert users(GIVEN) != users(GIVEN)


def test_nobody_makes_empty_files() -> None:
    assert roles({}) + users({}) + users_roles({}) == ""
