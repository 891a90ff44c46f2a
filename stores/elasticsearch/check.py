"""What ``corrillo doctor`` looks at on the server; each thing with what to do where it is not well."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from corrillo.errors import StoreError
from corrillo.findings import Finding
from corrillo.model import milliseconds
from corrillo.ports import Clock
from stores.elasticsearch.connection import Client
from stores.elasticsearch.errors import NO_TRUST, NOT_OURS, SETUP, ServerError
from stores.elasticsearch.names import Names
from stores.elasticsearch.setup import missing

OLDEST = 9
"""The server's major version from which on Corrillo runs on it."""
APART_MS = 60_000
"""Between the server's clock and ours."""
NOBODY = frozenset({0, 401, NOT_OURS, NO_TRUST})
"""Statuses after which there is nothing to ask."""


class _Node(msgspec.Struct, frozen=True):
    version: str


class _Nodes(msgspec.Struct, frozen=True):
    nodes: dict[str, _Node] = {}


class _Epoch(msgspec.Struct, frozen=True):
    epoch: str


class _Health(msgspec.Struct, frozen=True):
    status: str = "green"
    unassigned_shards: int = 0


class _Block(msgspec.Struct, frozen=True):
    description: str
    levels: tuple[str, ...] = ()


class _Blocks(msgspec.Struct, frozen=True):
    whole: dict[str, _Block] = msgspec.field(name="global", default_factory=dict)
    indices: dict[str, dict[str, _Block]] = {}


class _State(msgspec.Struct, frozen=True):
    blocks: _Blocks = _Blocks()


def check(client: Client, names: Names, clock: Clock) -> Iterator[Finding]:
    """Everything worth knowing before it goes wrong. Never raises: a server that is away is a finding."""
    for look in (_version, _clock, _templates, _shards, _blocks):
        try:
            yield look(client, names, clock)
        except StoreError as error:
            yield Finding("Elasticsearch", False, error.message, error.remedy)
            if isinstance(error, ServerError) and error.status in NOBODY:
                return


def _version(client: Client, names: Names, clock: Clock) -> Finding:
    nodes = client.ask(_Nodes, "GET", "/_nodes", params={"filter_path": "nodes.*.version"}).nodes.values()
    versions = sorted({n.version for n in nodes})
    good = all(int(v.split(".")[0]) >= OLDEST for v in versions)
    return Finding(
        "Elasticsearch", good, f"{client.where}: {len(nodes)} nodes of {', '.join(versions)}", f"upgrade to {OLDEST}"
    )


def _clock(client: Client, names: Names, clock: Clock) -> Finding:
    (theirs,) = client.ask(list[_Epoch], "GET", "/_cat/health", params={"format": "json", "h": "epoch"})
    apart = abs(int(theirs.epoch) * 1000 - milliseconds(clock()))
    return Finding(
        "Elasticsearch's clock",
        apart <= APART_MS,
        f"{apart // 1000} s from ours",
        "set both by NTP: retention and alerts go by the time",
    )


def _templates(client: Client, names: Names, clock: Clock) -> Finding:
    wanted = missing(client, names)
    said = f"not there, or of an older version: {', '.join(wanted)}" if wanted else f"set up under {names.prefix!r}"
    return Finding("Elasticsearch's templates", not wanted, said, SETUP)


def _shards(client: Client, names: Names, clock: Clock) -> Finding:
    health = client.ask(_Health, "GET", f"/_cluster/health/{names.prefix}-*")
    remedies = {
        "red": "mentions are missing from what is found: see why with GET _cluster/allocation/explain",
        "yellow": "copies have no node to stand on: add one, or set elasticsearch.replicas = 0",
    }
    said = f"{health.status}, {health.unassigned_shards} shards without a node"
    return Finding("Elasticsearch's indices", health.status == "green", said, remedies.get(health.status, ""))


def _blocks(client: Client, names: Names, clock: Clock) -> Finding:
    found = client.ask(_State, "GET", f"/_cluster/state/blocks/{names.prefix}-*").blocks
    # It tells of the blocks of every index, whichever was asked for.
    ours = {name: blocks for name, blocks in found.indices.items() if name.startswith(f"{names.prefix}-")}
    blocked = {
        f"{where} ({block.description})"
        for where, blocks in {"the cluster": found.whole, **ours}.items()
        for block in blocks.values()
        if "write" in block.levels
    }
    said = f"no writes: {', '.join(sorted(blocked))}" if blocked else "take writes"
    return Finding(
        "Elasticsearch's blocks",
        not blocked,
        said,
        "free the disk if it is full (flood stage, allow delete); otherwise take away what was set: PUT …/_settings",
    )
