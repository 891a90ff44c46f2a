"""Reading by id what was written a moment ago, whether it can be searched yet or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

import msgspec

from stores.elasticsearch.connection import Client, encode
from stores.elasticsearch.errors import Cause, explained

T = TypeVar("T")

AT_ONCE = 2_000
ABSENT = "index_not_found_exception"

Address = tuple[str, str]
"""Index and id."""


class _Got(msgspec.Struct, Generic[T]):
    index: str = msgspec.field(name="_index")
    id: str = msgspec.field(name="_id")
    found: bool = False
    source: T | None = msgspec.field(name="_source", default=None)
    seq_no: int = msgspec.field(name="_seq_no", default=0)
    primary_term: int = msgspec.field(name="_primary_term", default=0)
    error: Cause | None = None


class _Answer(msgspec.Struct, Generic[T]):
    docs: list[_Got[T]]


def documents(
    client: Client, kind: type[T], addresses: Iterable[Address], leaving: Sequence[str] = ()
) -> dict[Address, T]:
    """The documents that are there, without the fields ``leaving``. Raises ServerError for any other failure."""
    filtered: object = {"excludes": list(leaving)} if leaving else True
    return {
        (got.index, got.id): got.source
        for got in _got(client, kind, addresses, filtered)
        if got.found and got.source is not None
    }


@dataclass(frozen=True)
class Versioned(Generic[T]):
    """A document, and what makes a change of it fail when it has changed since."""

    document: T
    guard: Mapping[str, int]


def versioned(client: Client, kind: type[T], addresses: Iterable[Address]) -> dict[Address, Versioned[T]]:
    """The documents that are there, each to be changed if nobody else does so before."""
    return {
        (got.index, got.id): Versioned(got.source, {"if_seq_no": got.seq_no, "if_primary_term": got.primary_term})
        for got in _got(client, kind, addresses, True)
        if got.found and got.source is not None
    }


def present(client: Client, addresses: Iterable[Address]) -> set[Address]:
    """Which of the documents are there."""
    return {(got.index, got.id) for got in _got(client, msgspec.Raw, addresses, False) if got.found}


def _got(client: Client, kind: type[T], addresses: Iterable[Address], source: object) -> Iterable[_Got[T]]:
    wanted = iter(addresses)
    while some := list(islice(wanted, AT_ONCE)):
        body = {"docs": [{"_index": index, "_id": identity, "_source": source} for index, identity in some]}
        for got in client.ask(_Answer[kind], "POST", "/_mget", body).docs:  # type: ignore[valid-type]
            if got.error is not None and got.error.root.type != ABSENT:
                raise explained(
                    client.where,
                    client.user,
                    "reading by id",
                    _STATUS.get(got.error.type, 500),
                    encode({"error": got.error}),
                )
            yield got


_STATUS = {"security_exception": 403}
