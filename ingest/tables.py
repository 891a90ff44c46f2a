"""CSV and JSON Lines files → rows as JSON, whatever their encoding, delimiter and faults."""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TextIO

FAULT = "(fault)"
"""Where it is said what is wrong with a CSV row as a whole."""
Look = Callable[[Sequence[str], bool], None]
"""Is shown the columns before any row is given, and whether those are all that there can be."""
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
EXTRA = "(beyond the header)"
"""Where the cells of a CSV row go that is longer than its header."""


def rows(stream: TextIO, delimiter: str, look: Look) -> Iterator[str]:
    """Each row as JSON of its columns under their own names; a line of JSON Lines as it stands.

    ``delimiter`` '' is guessed from a CSV's header, at which ``look`` may look before any row is given.
    """
    first = next((line for line in stream if line.strip("\ufeff \r\n\t")), "")
    if not first:
        return
    if first.lstrip("\ufeff ").startswith("{"):
        if keys := _keys(first):
            look(keys, False)
        yield from _json_lines(first, stream)
    else:
        yield from _csv_rows(first, stream, delimiter, look)


def _csv_rows(first: str, stream: TextIO, delimiter: str, look: Look) -> Iterator[str]:
    csv.field_size_limit(16_000_000)
    first = first.lstrip("\ufeff")
    delimiter = delimiter or max(",;\t|", key=first.count)
    header = next(csv.reader([first], delimiter=delimiter))
    look(header, True)
    lines = _Lines(stream)
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        begin = reader.line_num + 2
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield json.dumps({FAULT: f"line {begin}: {error}"})
            continue
        if row:
            extra = {EXTRA: row[len(header) :]} if any(row[len(header) :]) else {}
            fault = {FAULT: f"line {begin}: a quotation mark is never closed"} if lines.ended else {}
            yield json.dumps(dict(zip(header, row, strict=False)) | extra | fault, ensure_ascii=False)


class _Lines:
    """The lines of a stream. A reader that asks for more than there is stands inside a quotation."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        for line in self._stream:
            return line
        self.ended = True
        raise StopIteration


def _keys(line: str) -> list[str]:
    """The columns of a line of JSON Lines; none where it cannot be read."""
    try:
        return list(json.loads(line.lstrip("\ufeff")))
    except ValueError:
        return []


def _json_lines(first: str, stream: TextIO) -> Iterator[str]:
    yield first.lstrip("\ufeff").strip()
    for line in stream:
        if line.strip():
            yield line.strip()


def encoding_of(path: str) -> str:
    """UTF-16 where a mark says so, UTF-8, or Windows-1252 where most of what is not ASCII is no UTF-8."""
    with open(path, "rb") as file:
        head = file.read(1 << 20)
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    read = head.decode("utf-8", "replace")
    broken = read.count("\ufffd")
    return "cp1252" if broken > 1 and 2 * broken > len(_NOT_ASCII.findall(read)) else "utf-8-sig"
