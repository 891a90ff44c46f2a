"""Out of the files: deleted documents stay in Elasticsearch's segments until these are merged.

A shard keeps what was deleted for a while, to be able to tell copies of itself: its *retention
leases* move on every half minute. So we wait for them, and then have the segments merged.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import msgspec

from corrillo.errors import StoreError
from stores.elasticsearch.connection import Client
from stores.elasticsearch.names import Kind, Names

PERSONAL: tuple[Kind, ...] = (
    "mentions", "links", "stories", "quarantine", "detection", "acts", "deeds", "attention", "subscribers", "deliveries",
)  # fmt: skip
"""Indices in which there is something of people."""
PAUSE = 0.5
_THERE = {"ignore_unavailable": "true"}

Shard = tuple[str, str, str]
"""Index, number, allocation: one copy of a shard."""


class _SeqNo(msgspec.Struct, frozen=True):
    max_seq_no: int = -1


class _Lease(msgspec.Struct, frozen=True):
    retaining_seq_no: int


class _Leases(msgspec.Struct, frozen=True):
    leases: list[_Lease] = []


class _Routing(msgspec.Struct, frozen=True):
    node: str | None = None


class _ShardStats(msgspec.Struct, frozen=True):
    routing: _Routing
    seq_no: _SeqNo = _SeqNo()
    retention_leases: _Leases = _Leases()


class _IndexStats(msgspec.Struct, frozen=True):
    shards: dict[str, list[_ShardStats]] = {}


class _Stats(msgspec.Struct, frozen=True):
    indices: dict[str, _IndexStats] = {}


class _Segment(msgspec.Struct, frozen=True):
    deleted_docs: int = 0


class _ShardSegments(msgspec.Struct, frozen=True):
    routing: _Routing
    segments: dict[str, _Segment] = {}


class _IndexSegments(msgspec.Struct, frozen=True):
    shards: dict[str, list[_ShardSegments]] = {}


class _Segments(msgspec.Struct, frozen=True):
    indices: dict[str, _IndexSegments] = {}


def expunge(client: Client, names: Names, patience: float, kinds: Sequence[Kind] = PERSONAL) -> None:
    """Have what is deleted leave the files of these indices, waiting up to ``patience`` seconds (0: do not look).

    Raises StoreError when it is still in them then.
    """
    indices = ",".join(names.pattern(k) for k in kinds)
    deadline = time.monotonic() + patience
    _post(client, indices, "_flush", {"force": "true"})
    if patience:
        _await_leases(client, indices, _latest(client, indices), deadline)
    old = _with_deleted(client, indices) if patience else set()
    _post(client, indices, "_forcemerge", {"only_expunge_deletes": "true"})
    _post(client, indices, "_flush", {"force": "true"})
    _post(client, indices, "_refresh", {})
    while patience and old & _with_deleted(client, indices):
        _wait(client, deadline)


def _post(client: Client, indices: str, what: str, params: Mapping[str, str]) -> None:
    client.send("POST", f"/{indices}/{what}", params={**_THERE, **params})


def _stats(client: Client, indices: str) -> Mapping[Shard, _ShardStats]:
    found = client.ask(_Stats, "GET", f"/{indices}/_stats/docs", params={**_THERE, "level": "shards"}).indices
    return {
        (index, number, copy.routing.node or ""): copy
        for index, stats in found.items()
        for number, copies in stats.shards.items()
        for copy in copies
    }


def _latest(client: Client, indices: str) -> Mapping[Shard, int]:
    """The last operation of each shard."""
    return {shard: stats.seq_no.max_seq_no for shard, stats in _stats(client, indices).items()}


def _await_leases(client: Client, indices: str, latest: Mapping[Shard, int], deadline: float) -> None:
    """Wait until no shard has to keep what came before these operations."""
    while True:
        shards = _stats(client, indices)
        waiting = [
            shard
            for shard, stats in shards.items()
            if any(lease.retaining_seq_no <= latest.get(shard, -1) for lease in stats.retention_leases.leases)
        ]
        if not waiting:
            return
        _wait(client, deadline)


def _with_deleted(client: Client, indices: str) -> set[tuple[str, ...]]:
    """The segments that hold deleted documents."""
    found = client.ask(_Segments, "GET", f"/{indices}/_segments", params=_THERE).indices
    return {
        (index, number, copy.routing.node or "", name)
        for index, segments in found.items()
        for number, copies in segments.shards.items()
        for copy in copies
        for name, segment in copy.segments.items()
        if segment.deleted_docs
    }


def _wait(client: Client, deadline: float) -> None:
    if time.monotonic() > deadline:
        raise StoreError(
            f"{client.where}: it is deleted and cannot be found, but the files still hold it",
            "run the command again in a minute; a copy of a shard that is away, or a long search, may hold it back",
        )
    time.sleep(PAUSE)
