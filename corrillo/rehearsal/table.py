"""A CSV file with a header → its rows by line, strictly."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from corrillo.errors import ParseError


class Table:
    """A file whose columns are named in its first line, in any case; separated by comma, semicolon or tab.

    Raises ParseError naming the line of what cannot be read; ``shape`` is the remedy.
    """

    def __init__(self, lines: Iterable[str], shape: str) -> None:
        rest = iter(lines)
        first = next(rest, "").lstrip("\ufeff")
        self._shape = shape
        self.delimiter = max(",;\t", key=first.count)
        self._reader = csv.reader(chain([first], rest), delimiter=self.delimiter, strict=True)
        header = self._next(1) or []
        self.names = [name.strip().casefold() for name in header]

    def column(self, *names: str) -> int:
        """Where the column stands that has one of these names; the first of them is the one to use."""
        for name in names:
            if self.names.count(name) == 1:
                return self.names.index(name)
            if name in self.names:
                raise ParseError(f"line 1: two columns are called {name!r}", "give each a name of its own")
        there = f", only {', '.join(map(repr, self.names))}" if any(self.names) else ""
        raise ParseError(f"line 1: no column is called {names[0]!r}{there}", self._shape)

    def rows(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Each row that is not empty, and the line in which it begins."""
        while True:
            line = self._reader.line_num + 1
            row = self._next(line)
            if row is None:
                return
            if any(cell.strip() for cell in row):
                yield line, self._whole(line, row)

    def _next(self, line: int) -> list[str] | None:
        try:
            return next(self._reader, None)
        except csv.Error as error:
            raise ParseError(f"line {line}: {error}", self._shape) from None

    def _whole(self, line: int, row: list[str]) -> list[str]:
        if len(row) < len(self.names):
            raise ParseError(f"line {line}: has {len(row)} cells, the header has {len(self.names)}", self._shape)
        return row
