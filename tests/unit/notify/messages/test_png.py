"""A picture that is packed anew is the same picture."""

from __future__ import annotations

import struct
import zlib

import vl_convert

from notify.messages.png import lighter

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"><rect width="150" height="60" fill="#c8641b"/></svg>'


def dots(png: bytes) -> bytes:
    """Its rows, unpacked; every chunk's sum is looked at."""
    found, place = b"", 8
    while place < len(png):
        (length,) = struct.unpack_from(">I", png, place)
        chunk, (said,) = png[place + 4 : place + 8 + length], struct.unpack_from(">I", png, place + 8 + length)
        assert zlib.crc32(chunk) == said
        found += chunk[4:] if chunk[:4] == b"IDAT" else b""
        place += length + 12
    return zlib.decompress(found)


def test_it_is_lighter_and_has_the_same_dots() -> None:
    drawn = vl_convert.svg_to_png(SVG)
    packed = lighter(drawn)
    assert len(packed) < len(drawn)
    assert packed[:29] == drawn[:29]  # signature, width, height, kind of dots
    assert dots(packed) == dots(drawn)


def test_what_is_packed_tightly_stays_as_it_is() -> None:
    packed = lighter(vl_convert.svg_to_png(SVG))
    assert lighter(packed) == packed
