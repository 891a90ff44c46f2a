"""Templates on the server: made once, replaced by newer ones, never by older ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from typing import Literal

import msgspec

from corrillo.errors import StoreError
from stores.elasticsearch.connection import Client
from stores.elasticsearch.errors import SETUP, ServerError
from stores.elasticsearch.lifecycle import has_lifecycles, policy, policy_name
from stores.elasticsearch.names import KINDS, Names
from stores.elasticsearch.templates import (
    LANGUAGES,
    PRIORITY,
    VERSION,
    Json,
    Shape,
    component_templates,
    index_templates,
    mapping,
)

AT_ONCE = 8
"""Requests at the same time; the client has ten connections."""


@dataclass(frozen=True)
class Done:
    """What was done to a thing on the server."""

    what: str
    how: Literal["made", "updated", "there", "left to who writes first"]


class _Meta(msgspec.Struct, frozen=True):
    written: str = ""


class _Template(msgspec.Struct, frozen=True):
    version: int = 0
    meta: _Meta = msgspec.field(name="_meta", default_factory=_Meta)


class _Named(msgspec.Struct, frozen=True):
    name: str
    index_template: _Template = msgspec.field(default_factory=_Template)
    component_template: _Template = msgspec.field(default_factory=_Template)


class _Templates(msgspec.Struct, frozen=True):
    index_templates: list[_Named] = []
    component_templates: list[_Named] = []


def languages(client: Client, names: Names) -> bool:
    """Whether the server can analyze languages: the bare core cannot. Asked as who may manage templates, and no more."""
    properties = {"text": {"type": "text", "analyzer": LANGUAGES["es"]}}
    asked = {
        "index_patterns": [f"{names.prefix}-languages"],
        "priority": PRIORITY + 1,
        "template": {"mappings": {"properties": properties}},
    }
    try:
        client.send("POST", "/_index_template/_simulate", asked)
    except ServerError as error:
        if error.status == 400 and LANGUAGES["es"] in error.message:
            return False
        raise
    return True


def setup(client: Client, names: Names, shape: Shape) -> list[Done]:
    """Make the templates, or bring them to today's version; indices that are there get new fields and the number of copies.

    Where the server knows lifecycles it gets a policy for the longest retention. Raises StoreError
    when newer templates are there, or the user may not.
    """
    done: list[Done] = []
    shape = replace(shape, full=shape.full or languages(client, names))
    there = _there(client, names)
    _refuse_newer(client, there)
    if shape.retention_days and has_lifecycles(client):
        shape = replace(shape, lifecycle=policy_name(names))
        client.send("PUT", f"/_ilm/policy/{shape.lifecycle}", policy(shape.retention_days))
        done.append(Done(f"lifecycle policy {shape.lifecycle}", "made"))
    for what, templates in _wanted(names, shape).items():
        done += _put_all(client, what, templates, there)
    if any(one.how == "updated" for one in done):
        for kind in KINDS:
            _bring(client, f"/{names.pattern(kind)}/_mapping", {"properties": mapping(kind, shape.full)["properties"]})
            _bring(client, f"/{names.pattern(kind)}/_settings", {"index.number_of_replicas": shape.replicas})
    return done


def _bring(client: Client, path: str, body: Json) -> None:
    """Give what is new to indices that are there."""
    try:
        client.send("PUT", path, body)
    except ServerError as error:
        if not error.absent:
            raise


def at_once(do: Callable[[str], Done], names: Sequence[str]) -> list[Done]:
    """What became of each; asked for at the same time, for the server makes many in one go; as patient as whoever asks."""
    contexts = [copy_context() for _ in names]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda context, name: context.run(do, name), contexts, names))


def _wanted(names: Names, shape: Shape) -> Mapping[str, Mapping[str, Json]]:
    return {
        "component_template": component_templates(names, shape),
        "index_template": index_templates(names, shape),
    }


def _put_all(client: Client, what: str, templates: Mapping[str, Json], there: Mapping[str, _Template]) -> list[Done]:
    return at_once(lambda name: _put(client, what, name, templates[name], there), list(templates))


def _put(client: Client, what: str, name: str, body: Json, there: Mapping[str, _Template]) -> Done:
    before, said = there.get(f"{what}/{name}"), f"{what.replace('_', ' ')} {name}"
    if before and before.meta.written == msgspec.convert(body["_meta"], _Meta).written:
        return Done(said, "there")
    client.send("PUT", f"/_{what}/{name}", body)
    return Done(said, "updated" if before else "made")


def _there(client: Client, names: Names) -> dict[str, _Template]:
    """The templates on the server, by kind and name."""
    index = _listed(client, f"/_index_template/{names.prefix}-*").index_templates
    component = _listed(client, f"/_component_template/{names.prefix}-*").component_templates
    return {f"index_template/{t.name}": t.index_template for t in index} | {
        f"component_template/{t.name}": t.component_template for t in component
    }


def _listed(client: Client, path: str) -> _Templates:
    try:
        return client.ask(_Templates, "GET", path)
    except ServerError as error:
        if error.status == 404:  # none of them is there
            return _Templates()
        raise


def _refuse_newer(client: Client, there: Mapping[str, _Template]) -> None:
    newest = max((t.version for t in there.values()), default=0)
    if newest > VERSION:
        raise StoreError(
            f"{client.where}: was set up by a newer Corrillo (version {newest}, this one knows {VERSION})",
            "upgrade Corrillo",
        )


def missing(client: Client, names: Names) -> Sequence[str]:
    """The kinds of indices whose template is not there or of an older version."""
    there = _there(client, names)
    _refuse_newer(client, there)
    found = {name: t.version for name, t in there.items()}
    return [kind for kind in KINDS if found.get(f"index_template/{names[kind]}", -1) < VERSION]


def ensure(client: Client, names: Names, shape: Shape) -> None:
    """Set up what is missing. Raises StoreError when the user may not."""
    wanted = missing(client, names)
    if not wanted:
        return
    try:
        setup(client, names, shape)
    except ServerError as error:
        if error.status != 403:
            raise
        raise StoreError(
            f"{client.where}: is not set up for {', '.join(wanted)}, and {client.user or 'nobody'} may not do it",
            f"{SETUP} (as one who may manage index templates: CORRILLO_ELASTICSEARCH_USER=…)",
        ) from error
