"""Who may do what on the page: people with a role each, known by a token of which only the hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from ipaddress import ip_network
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from corrillo.institution import Name, Strict

Role = Literal["viewer", "team", "admin"]
"""Each may do what those before it may."""
Right = Literal["read", "work", "decide"]
"""To look; to work on cases, corrections and incidents; to change what is listened for, and to see who did what."""
RIGHTS: Mapping[Role, tuple[Right, ...]] = {
    "viewer": ("read",),
    "team": ("read", "work"),
    "admin": ("read", "work", "decide"),
}
LONGEST_NAME = 80
"""Characters."""


def _short(name: str) -> str:
    if len(name) > LONGEST_NAME:
        raise ValueError(f"must have at most {LONGEST_NAME} characters")
    return name


class Person(Strict):
    """Somebody who logs in on the page; ``token_hash`` is the SHA-256 of their token, in hex."""

    name: Annotated[Name, AfterValidator(_short)]
    role: Role = "viewer"
    token_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def network(text: str) -> str:
    """``text`` where it is an address or a network of them; ValueError with a remedy where not."""
    try:
        ip_network(text, strict=False)
    except ValueError:
        raise ValueError("must be an address or a network, such as 127.0.0.1 or 172.18.0.0/16") from None
    return text


def new_token() -> str:
    """A token that nobody guesses: 32 random bytes, as letters and digits."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What is kept of a token. It is random and long, so no slow hash is needed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def holder(people: Iterable[Person], token: str) -> Person | None:
    """Whose token that is; every one is compared, so that time tells nothing."""
    given, found = hash_of(token), None
    for person in people:
        if hmac.compare_digest(given, person.token_hash):
            found = person
    return found
