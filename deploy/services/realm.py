"""The files of Elasticsearch's file realm: pure text, read by the node at its start and while it runs."""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Mapping
from hashlib import pbkdf2_hmac
from textwrap import dedent, indent

User = tuple[str, tuple[str, ...]]
"""The password and the names of the roles of a user."""

ROUNDS = 10_000


def roles(bodies: Mapping[str, str]) -> str:
    """``roles.yml`` from the body of each role, in YAML or JSON."""
    return "".join(f"{name}:\n{indent(dedent(body).strip(), '  ')}\n" for name, body in bodies.items())


def users(given: Mapping[str, User]) -> str:
    """``users``: a name and a hashed password a line."""
    return "".join(f"{name}:{_hashed(password)}\n" for name, (password, _) in given.items())


def users_roles(given: Mapping[str, User]) -> str:
    """``users_roles``: a role and who has it a line."""
    names = dict.fromkeys(role for _, held in given.values() for role in held)
    return "".join(f"{role}:{','.join(n for n, (_, held) in given.items() if role in held)}\n" for role in names)


def _hashed(password: str) -> str:
    """The password in the node's own notation for PBKDF2."""
    salt = secrets.token_bytes(32)
    derived = pbkdf2_hmac("sha512", password.encode(), salt, ROUNDS, 32)
    return f"{{PBKDF2}}{ROUNDS}${b64encode(salt).decode()}${b64encode(derived).decode()}"
