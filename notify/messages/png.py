"""PNG files, packed as tightly as zlib can: what draws ours packs in haste, and a picture goes to a thousand people. Pure."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_IMAGE = b"IDAT"


def lighter(png: bytes) -> bytes:
    """The same picture in fewer bytes; ``png`` itself where it would not be fewer."""
    chunks = list(_chunks(png))
    packed = b"".join(content for kind, content in chunks if kind == _IMAGE)
    before = chunks[: [kind for kind, _ in chunks].index(_IMAGE)]
    image = (_IMAGE, zlib.compress(zlib.decompress(packed), 9))
    found = _SIGNATURE + b"".join(_written(*chunk) for chunk in (*before, image, (b"IEND", b"")))
    return min(found, png, key=len)


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_SIGNATURE)
    while place < len(png):
        (length,) = struct.unpack_from(">I", png, place)
        yield png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        place += length + 12


def _written(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
