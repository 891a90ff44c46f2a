"""Operations of ``_bulk`` as lines, and what became of each."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from stores.elasticsearch.connection import LONGEST_WAIT, RETRIES, Client
from stores.elasticsearch.errors import TRANSIENT, Cause, ServerError, explained

MOST_BYTES = 8_000_000
MOST = 4_000
"""Of one request: the server holds it in memory as a whole."""

_encode = msgspec.json.encode
_SHORT = {"filter_path": "items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by"}


class Result(msgspec.Struct, frozen=True):
    """What became of one operation: HTTP ``status``, and why where it failed."""

    status: int
    error: Cause | None = None

    @property
    def transient(self) -> bool:
        """Whether it may work later."""
        return self.status in TRANSIENT

    @property
    def done(self) -> bool:
        """Done, or there is nothing to do: deleted already (404), or a newer one stands (409)."""
        return self.status < 300 or self.status == 409 or (self.status == 404 and self.error is None)


class _Answer(msgspec.Struct, frozen=True):
    items: list[dict[str, Result]] = []


def put(index: str, identity: str, document: bytes, version: int | None = None) -> bytes:
    """Store a document; with a ``version``, unless a newer one stands."""
    external = b"" if version is None else b',"version":%d,"version_type":"external_gte"' % version
    return b'{"index":{"_index":%b,"_id":%b%b}}\n%b\n' % (_encode(index), _encode(identity), external, document)


def create(index: str, identity: str, document: bytes) -> bytes:
    """Store a document unless there is one already."""
    return b'{"create":{"_index":%b,"_id":%b}}\n%b\n' % (_encode(index), _encode(identity), document)


def guarded(index: str, identity: str, document: bytes, guard: Mapping[str, int]) -> bytes:
    """Store a document unless it has changed since it was read (409)."""
    action = {"index": {"_index": index, "_id": identity, **guard}}
    return b"%b\n%b\n" % (_encode(action), document)


def create_or_change(index: str, identity: str, document: bytes, change: bytes) -> bytes:
    """Store a document, or where there is one already only change some of its fields."""
    action = b'{"update":{"_index":%b,"_id":%b,"retry_on_conflict":3}}' % (_encode(index), _encode(identity))
    return b'%b\n{"doc":%b,"upsert":%b}\n' % (action, change, document)


def delete(index: str, identity: str, version: int | None = None) -> bytes:
    """Delete a document, with a ``version`` so that no older one comes back."""
    external = b"" if version is None else b',"version":%d,"version_type":"external_gte"' % version
    return b'{"delete":{"_index":%b,"_id":%b%b}}\n' % (_encode(index), _encode(identity), external)


def guarded_delete(index: str, identity: str, guard: Mapping[str, int]) -> bytes:
    """Delete a document unless it has changed since it was read (409)."""
    return _encode({"delete": {"_index": index, "_id": identity, **guard}}) + b"\n"


def once(client: Client, operations: Sequence[bytes]) -> list[Result]:
    """Send the operations in one request; what became of each. Raises ServerError when all are refused."""
    body = client.send("POST", "/_bulk", b"".join(operations), _SHORT)
    return [_result(*item) for answer in msgspec.json.decode(body, type=_Answer).items for item in answer.items()]


def _result(action: str, result: Result) -> Result:
    """What is to be deleted where there is no such index is not there: done."""
    absent = action == "delete" and result.error is not None and result.error.type == "index_not_found_exception"
    return Result(404) if absent else result


def every(client: Client, operations: Sequence[bytes]) -> list[Result]:
    """Send the operations in as many requests as it takes, again those that Elasticsearch had no room for.

    Raises ServerError when one is not done in the end; those before it may be.
    """
    results: list[Result] = []
    for part in portions(operations):
        results += _patiently(client, part)
    return results


def _patiently(client: Client, operations: Sequence[bytes]) -> list[Result]:
    results = once(client, operations)
    wait = 0.1
    for _ in range(RETRIES):
        again = [n for n, result in enumerate(results) if result.transient]
        if not again:
            break
        time.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, no secret
        wait = min(2 * wait, LONGEST_WAIT)
        for n, result in zip(again, once(client, [operations[n] for n in again]), strict=True):
            results[n] = result
    for result in results:
        if not result.done:
            raise refused(client, result)
    return results


def refused(client: Client, result: Result) -> ServerError:
    """The error of an operation that was not done."""
    body = _encode({"error": result.error or ""})
    return explained(client.where, client.user, "a bulk request", result.status, body)


def portions(operations: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """The operations in parts that fit into a request."""
    begin, size = 0, 0
    for n, operation in enumerate(operations):
        if n > begin and (size + len(operation) > MOST_BYTES or n - begin >= MOST):
            yield operations[begin:n]
            begin, size = n, 0
        size += len(operation)
    if begin < len(operations):
        yield operations[begin:]
