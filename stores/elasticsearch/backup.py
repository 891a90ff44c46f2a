"""Backup: every document of ours as lines of JSON in one compressed file; what it holds is checked before it is taken.

For installations that are too large for a file, Elasticsearch has snapshots (docs/elasticsearch.md).
"""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from itertools import islice
from pathlib import Path

import msgspec

from corrillo.errors import StoreError
from stores.elasticsearch import bulk
from stores.elasticsearch.names import KINDS, Names
from stores.elasticsearch.search import AT_ONCE, Searcher

FORMAT = 1
VERSIONED = ("mentions-", "links", "detection", "alerts", "attention", "days")
"""Indices in which an older version never replaces a newer one."""


class Header(msgspec.Struct, frozen=True):
    """The first line: whose it is."""

    corrillo: str
    format: int
    prefix: str


class Line(msgspec.Struct, frozen=True):
    """A document: its index without the prefix, its id and version."""

    index: str
    id: str
    version: int
    document: msgspec.Raw


class Footer(msgspec.Struct, frozen=True):
    """The last line: how many documents, and the digest of all lines before it."""

    documents: int
    digest: str


_encode = msgspec.json.Encoder().encode
_line = msgspec.json.Decoder(Line).decode


def backup(searcher: Searcher, names: Names, target: Path) -> None:
    """Everything as it stands at one moment. Raises StoreError; an existing backup is replaced only by a good one."""
    _refuse(target)
    partial = target.with_name(f".{target.name}.partial")
    with _files(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            _write(partial, names, _documents(searcher, names))
            verify(partial)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)


def _documents(searcher: Searcher, names: Names) -> Iterator[Line]:
    all_of_them = ",".join(names.pattern(k) for k in KINDS)
    searcher.client.send("POST", f"/{all_of_them}/_refresh", params={"ignore_unavailable": "true"})
    begin = len(names.prefix) + 1
    for hit in searcher.moment(msgspec.Raw, all_of_them, {"size": AT_ONCE, "version": True, "track_total_hits": False}):
        yield Line(hit.index[begin:], hit.id, hit.version, hit.source)


def _write(path: Path, names: Names, lines: Iterator[Line]) -> None:
    digest, count = blake2b(digest_size=16), 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file, gzip.GzipFile(fileobj=file, mode="wb", compresslevel=5) as packed:

        def write(line: msgspec.Struct) -> None:
            written = _encode(line) + b"\n"
            digest.update(written)
            packed.write(written)

        write(Header("backup", FORMAT, names.prefix))
        for line in lines:
            write(line)
            count += 1
        packed.write(_encode(Footer(count, digest.hexdigest())) + b"\n")


def verify(path: Path) -> int:
    """How many documents the backup holds. Raises StoreError when it is damaged, cut off or none of ours."""
    _header(path)
    digest, count, before = blake2b(digest_size=16), -1, b""
    with _files(path), gzip.open(path) as packed:
        for line in packed:
            if before:
                digest.update(before)
                count += 1
            before = line
    try:
        footer = msgspec.json.decode(before, type=Footer)
    except msgspec.DecodeError:
        raise _damaged(path, "its end is missing") from None
    if (footer.documents, footer.digest) != (count, digest.hexdigest()):
        raise _damaged(path, "what it holds is not what was written")
    return count


def _header(path: Path) -> Header:
    try:
        with _files(path), gzip.open(path) as packed:
            header = msgspec.json.decode(packed.readline(1000), type=Header)
    except msgspec.DecodeError:
        raise StoreError(f"{path}: is no backup of a store on Elasticsearch", "choose another file") from None
    if header.format > FORMAT:
        raise StoreError(f"{path}: was written by a newer Corrillo", "upgrade Corrillo")
    return header


def restore(searcher: Searcher, names: Names, path: Path) -> int:
    """Put a backup into a store that holds nothing; how many mentions. Raises StoreError, before it writes, for any other.

    What ends it half way leaves a part of it in the store, which has to be deleted before it is done again.
    """
    count = verify(path)
    client = searcher.client
    _refuse_full(searcher, names)
    with _files(path), gzip.open(path) as packed:
        lines = iter(packed)
        next(lines)
        documents = map(_line, islice(lines, count))
        while some := list(islice(documents, AT_ONCE)):
            bulk.every(client, [_operation(names, line) for line in some])
    client.send("POST", f"/{names.prefix}-*/_refresh")
    return searcher.count(names["mentions"], {"match_all": {}})


def _operation(names: Names, line: Line) -> bytes:
    version = line.version if line.index.startswith(VERSIONED) else None
    return bulk.put(f"{names.prefix}-{line.index}", line.id, bytes(line.document), version)


def _refuse_full(searcher: Searcher, names: Names) -> None:
    searcher.client.send("POST", f"/{names.prefix}-*/_refresh")
    full = [kind for kind in KINDS if searcher.count(names[kind], {"match_all": {}})]
    if full:
        raise StoreError(
            f"{searcher.client.where}: the store under {names.prefix!r} holds {', '.join(full)} already",
            "restore into another prefix (elasticsearch.prefix), or delete its indices first",
        )


def _refuse(target: Path) -> None:
    """Raise StoreError where a copy would destroy something."""
    try:
        if target.exists():
            _header(target)
    except StoreError:
        raise StoreError(f"{target}: is there already and is no backup of a store", "choose another name") from None


def _damaged(path: Path, how: str) -> StoreError:
    return StoreError(f"{path}: is damaged: {how}", "take another backup")


@contextmanager
def _files(path: Path) -> Iterator[None]:
    """Errors of the file and of its compression as StoreError."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _damaged(path, str(error)) from error
    except OSError as error:
        raise StoreError(
            f"{path}: {error.strerror or error}", "check the folder, its permissions and the disk"
        ) from error
