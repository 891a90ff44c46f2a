"""Roles and accounts on a full server: one account for each of our roles, and the password of Kibana's own account.

The account of a role is called as the role (``corrillo_writer``). ``kibana_system`` is built in and
only gets its password. A bare core takes accounts from files only (``elasticsearch-users``).
"""

from __future__ import annotations

from collections.abc import Mapping

from corrillo.errors import StoreError
from stores.elasticsearch.connection import Client
from stores.elasticsearch.errors import ServerError
from stores.elasticsearch.names import Names
from stores.elasticsearch.roles import ROLES, api_body, role_name
from stores.elasticsearch.setup import Done

KIBANA = "kibana_system"
SHORTEST = 6
"""Elasticsearch takes no shorter password."""


def accounts(names: Names) -> Mapping[str, str]:
    """The accounts that can be set up: name → what it is for."""
    return {role_name(names, role): ROLES[role].says for role in ROLES} | {KIBANA: "Kibana itself."}


def setup_roles(client: Client, names: Names) -> list[Done]:
    """Make the roles. Raises StoreError where the server takes them from a file only, with what to do."""
    done = []
    for role in ROLES:
        name = role_name(names, role)
        try:
            client.send("PUT", f"/_security/role/{name}", api_body(names, role))
        except ServerError as error:
            if error.status not in (400, 405, 500):
                raise
            raise StoreError(
                f"{client.where}: takes no roles by its API ({error.message})",
                "write them into config/roles.yml of each node: corrillo setup elasticsearch --roles",
            ) from error
        done.append(Done(f"role {name}", "made"))
    return done


def setup_accounts(client: Client, names: Names, passwords: Mapping[str, str]) -> list[Done]:
    """Make the roles, and the accounts with these passwords; those that are there get theirs. Raises StoreError."""
    for name, password in passwords.items():
        if len(password) < SHORTEST:
            raise StoreError(f"the password of {name} has {len(password)} characters", f"use at least {SHORTEST}")
    return [*setup_roles(client, names), *(_account(client, name, passwords[name]) for name in sorted(passwords))]


def _account(client: Client, name: str, password: str) -> Done:
    try:
        if name == KIBANA:
            client.send("POST", f"/_security/user/{KIBANA}/_password", {"password": password})
        else:
            client.send("PUT", f"/_security/user/{name}", {"password": password, "roles": [name]})
    except ServerError as error:
        if error.status not in (400, 405, 500):
            raise
        raise StoreError(
            f"{client.where}: takes no accounts by its API ({error.message})",
            "make them on each node: elasticsearch-users useradd",
        ) from error
    return Done(f"account {name}", "made")
