"""A trained tagger as one file: a magic line, a header in JSON, plain arrays, a hash over all of it.

    b"corrillo tagger\n" · length of the header (8 bytes) · header · arrays, each at a multiple of 64 · SHA-256

Numbers are little-endian. Nothing in it is executed, and nothing depends on when or where it was
written: the same arrays and the same card are the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from corrillo.errors import CorrilloError
from processors.learned.card import Card

MAGIC = b"corrillo tagger\n"
FORMAT = 1
"""Version of the file; a reader refuses a higher one."""
LIMIT = 20_000_000
"""Bytes that an artefact may have."""
KINDS = ("<f2", "<f4", "<f8", "|i1", "|u1", "<i4")
"""Kinds of numbers that an array may have."""
_LINE, _HASH = 64, 32


class ArtefactError(CorrilloError):
    """A file that is no artefact, is damaged, or is of a newer Corrillo."""


class _Array(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: str
    shape: tuple[int, ...]
    at: int


class _Format(msgspec.Struct, frozen=True):
    """What is read first, and of any version."""

    format: int


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: int
    card: Card
    arrays: dict[str, _Array]


@dataclass(frozen=True)
class Artefact:
    """Named arrays, read-only, and what is known of them. ``identity``: twelve digits of the file's hash."""

    arrays: Mapping[str, NDArray[Any]]
    card: Card
    identity: str = ""

    def array(self, name: str, *shape: int) -> NDArray[Any]:
        """The array of that name; -1 in ``shape`` is any length. Raises ArtefactError when it is not so."""
        found = self.arrays.get(name)
        if found is None or len(found.shape) != len(shape):
            raise ArtefactError(f"the tagger's artefact has no {name} of {len(shape)} dimensions", AGAIN)
        if any(wanted not in (-1, length) for wanted, length in zip(shape, found.shape, strict=True)):
            raise ArtefactError(f"{name} of the tagger's artefact is {found.shape}, not {shape}", AGAIN)
        if found.dtype.kind == "f" and not np.isfinite(found).all():
            raise ArtefactError(f"{name} of the tagger's artefact holds what is no number", AGAIN)
        return found


AGAIN = "install Corrillo again, or train it again with: corrillo train"


def packed(arrays: Mapping[str, NDArray[Any]], card: Card) -> bytes:
    """The artefact as bytes. Raises ArtefactError where it would be larger than ``LIMIT``."""
    listed: dict[str, _Array] = {}
    body = bytearray()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        kind = array.dtype.newbyteorder("<").str
        if kind not in KINDS:
            raise ArtefactError(f"{name} holds {kind}, which an artefact cannot", f"use one of: {', '.join(KINDS)}")
        listed[name] = _Array(kind, array.shape, len(body))
        body += array.astype(kind).tobytes()
        body += bytes(-len(body) % _LINE)
    header = msgspec.json.encode(_Header(FORMAT, card, listed), order="sorted")
    header += b" " * (-(len(MAGIC) + 8 + len(header)) % _LINE)
    whole = MAGIC + len(header).to_bytes(8, "little") + header + bytes(body)
    if len(whole) + _HASH > LIMIT:
        raise ArtefactError(f"the artefact would have {len(whole):,} bytes, of {LIMIT:,}", "use fewer features")
    return whole + hashlib.sha256(whole).digest()


def unpacked(written: bytes, name: str = "the artefact") -> Artefact:
    """What ``packed`` wrote. Raises ArtefactError for anything else, saying what is wrong with ``name``."""
    start = len(MAGIC) + 8
    if not written.startswith(MAGIC):
        raise ArtefactError(f"{name} is no trained tagger", AGAIN)
    length = int.from_bytes(written[len(MAGIC) : start], "little")
    if length > len(written) - start - _HASH:
        raise ArtefactError(f"{name} is cut short", AGAIN)
    header = _header(written[start : start + length], name)
    if hashlib.sha256(written[:-_HASH]).digest() != written[-_HASH:]:
        raise ArtefactError(f"{name} is damaged: its hash is another", AGAIN)
    body = memoryview(written)[start + length : -_HASH]
    arrays = {key: _array(body, spec, key, name) for key, spec in header.arrays.items()}
    return Artefact(arrays, header.card, written[-_HASH:].hex()[:12])


def _header(text: bytes, name: str) -> _Header:
    try:
        version = msgspec.json.decode(text, type=_Format).format
        if version > FORMAT:
            raise ArtefactError(f"{name} was made by a newer Corrillo (format {version})", "update Corrillo")
        return msgspec.json.decode(text, type=_Header)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ArtefactError(f"{name} is damaged: {error}", AGAIN) from None


def _array(body: memoryview, spec: _Array, key: str, name: str) -> NDArray[Any]:
    if spec.kind not in KINDS or spec.at < 0 or any(n < 0 for n in spec.shape):
        raise ArtefactError(f"{name} is damaged: {key} cannot be so", AGAIN)
    count = prod(spec.shape)
    end = spec.at + count * np.dtype(spec.kind).itemsize
    if end > len(body):
        raise ArtefactError(f"{name} is damaged: {key} goes beyond its end", AGAIN)
    return np.frombuffer(body[spec.at : end], spec.kind).reshape(spec.shape)


def read(file: Path) -> Artefact:
    """The artefact in ``file``. Raises ArtefactError."""
    try:
        if file.stat().st_size > LIMIT:
            raise ArtefactError(f"{file} is larger than any trained tagger", AGAIN)
        return unpacked(file.read_bytes(), str(file))
    except OSError as error:
        raise ArtefactError(f"{file} cannot be read: {error.strerror}", AGAIN) from None
