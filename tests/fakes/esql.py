"""A fake that says it is one: as much of ES|QL as the examples use, over the documents of a real Elasticsearch.

The bare core of the tests has no ES|QL. This reads a query as its reference says it: a pipe of FROM, WHERE, EVAL,
STATS … BY, MV_EXPAND, SORT, LIMIT, KEEP; null is contagious; comparing a field of several values gives null; a column
that no index has is an error. Where a full server is given, the same queries are run there as well (``full_server``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Any

Row = dict[str, Any]
Value = Callable[[Row], Any]

_TOKEN = re.compile(r'\s+|(?P<t>"[^"]*"|`[^`]*`|\?\w+|\d+(?:\.\d+)?|[A-Za-z_][\w.]*|==|!=|<=|>=|[-+*/()<>=,])')
_COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip
_RECKONED: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b,
    "/": lambda a, b: a // b if isinstance(a, int) and isinstance(b, int) else a / b,
}  # fmt: skip
RESERVED = frozenset(
    (
        "AND",
        "ASC",
        "BY",
        "DESC",
        "FALSE",
        "FIRST",
        "IN",
        "IS",
        "LAST",
        "LIKE",
        "NOT",
        "NULL",
        "NULLS",
        "OR",
        "RLIKE",
        "TRUE",
        "WHERE",
    )
)
_FORMATS = {"yyyy-MM": "%Y-%m", "yyyy-MM-dd": "%Y-%m-%d"}
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "ROUND": lambda value, places=0: round(value, places),
    "TO_DOUBLE": float,
    "TO_DATETIME": lambda value: moment(value),
    "DATE_FORMAT": lambda form, value: value.strftime(_FORMATS[form]),
    "DATE_EXTRACT": lambda part, value: {"DAY_OF_WEEK": value.isoweekday()}[part],
    "DATE_DIFF": lambda part, begin, end: int((end - begin).total_seconds() / {"minute": 60}[part]),
}
_AGGREGATES: Mapping[str, Callable[[list[Any]], Any]] = {
    "COUNT": len, "COUNT_DISTINCT": lambda found: len(set(found)), "SUM": sum, "MAX": max, "MIN": min,
    "MEDIAN": median,
}  # fmt: skip


class EsqlError(Exception):
    """What a server would answer 400 to."""


def moment(value: str) -> datetime:
    """A moment or a day in ISO 8601; a day begins at midnight in UTC."""
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


class Esql:
    """Runs queries. ``rows``: what an index holds, a value for each of its ``columns``; dates are datetimes."""

    def __init__(self, rows: Callable[[str], list[Row]], columns: Callable[[str], Iterable[str]]) -> None:
        self._rows, self._columns = rows, columns

    def run(self, query: str, **params: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Columns and rows. Raises EsqlError."""
        first, *commands = re.sub(r"//[^\n]*", "", query).split("|")
        index = first.split()[1]
        columns = list(self._columns(index))
        rows = [{name: row.get(name) for name in columns} for row in self._rows(index)]
        for command in commands:
            verb, _, rest = command.strip().partition(" ")
            columns, rows = getattr(_Command(columns, rows, params), verb.lower())(_Reader(rest))
        return columns, [tuple(row[name] for name in columns) for row in rows]


class _Reader:
    """The tokens that are left."""

    def __init__(self, text: str) -> None:
        self.left = [m["t"] for m in _TOKEN.finditer(text) if m["t"]]
        if len("".join(self.left)) != len(re.sub(r'\s+(?=(?:[^"]*"[^"]*")*[^"]*$)', "", text)):
            raise EsqlError(f"cannot read: {text}")

    def taken(self, *words: str) -> str:
        """The next token where it is one of these words, else ''."""
        return self.left.pop(0) if self.left and self.left[0].upper() in words else ""

    def must(self, word: str) -> None:
        if not self.taken(word):
            raise EsqlError(f"{word} was expected, not {self.left[:3]}")

    def name(self) -> str:
        token = self.left.pop(0)
        if token.upper() in RESERVED:
            raise EsqlError(f"{token} is a word of the language: quote it with `")
        return token.strip("`")

    def many(self, one: Callable[[], Any]) -> list[Any]:
        found = [one()]
        while self.taken(","):
            found.append(one())
        return found


class _Command:
    """One command, over what came out of the one before."""

    def __init__(self, columns: list[str], rows: list[Row], params: Mapping[str, str]) -> None:
        self._columns, self._rows, self._params = columns, rows, params

    def where(self, read: _Reader) -> tuple[list[str], list[Row]]:
        holds = self._value(read)
        return self._columns, [row for row in self._rows if holds(row) is True]

    def eval(self, read: _Reader) -> tuple[list[str], list[Row]]:
        columns, rows = list(self._columns), self._rows
        for name, value in read.many(lambda: self._named(read)):
            rows = [{**row, name: value(row)} for row in rows]
            columns = [*(c for c in columns if c != name), name]
        return columns, rows

    def mv_expand(self, read: _Reader) -> tuple[list[str], list[Row]]:
        name = self._known(read.name())
        return self._columns, [{**row, name: value} for row in self._rows for value in _each(row[name]) or [None]]

    def stats(self, read: _Reader) -> tuple[list[str], list[Row]]:
        measured = read.many(lambda: self._aggregate(read))
        by = [self._known(name) for name in read.many(read.name)] if read.taken("BY") else []
        groups: dict[tuple[Any, ...], list[Row]] = {}
        for row in self._rows:
            groups.setdefault(tuple(row[name] for name in by), []).append(row)
        rows = [
            {**dict(zip(by, key, strict=True)), **{name: of(some) for name, of in measured}}
            for key, some in groups.items()
        ]
        return [*(name for name, _ in measured), *by], rows

    def sort(self, read: _Reader) -> tuple[list[str], list[Row]]:
        wanted = read.many(lambda: (self._known(read.name()), read.taken("DESC", "ASC").upper() == "DESC"))
        rows = self._rows
        for name, down in reversed(wanted):
            known = sorted((r for r in rows if r[name] is not None), key=lambda r: r[name], reverse=down)
            unknown = [r for r in rows if r[name] is None]
            rows = [*unknown, *known] if down else [*known, *unknown]
        return self._columns, rows

    def limit(self, read: _Reader) -> tuple[list[str], list[Row]]:
        return self._columns, self._rows[: int(read.name())]

    def keep(self, read: _Reader) -> tuple[list[str], list[Row]]:
        return [self._known(name) for name in read.many(read.name)], self._rows

    def _known(self, name: str) -> str:
        if name not in self._columns:
            raise EsqlError(f"Unknown column [{name}]")
        return name

    def _named(self, read: _Reader) -> tuple[str, Value]:
        name = read.name()
        read.must("=")
        value = self._value(read)
        self._columns = [*self._columns, name]
        return name, value

    def _aggregate(self, read: _Reader) -> tuple[str, Callable[[list[Row]], Any]]:
        name = read.name()
        read.must("=")
        function = _AGGREGATES[read.name().upper()]
        read.must("(")
        value: Value = (lambda row: True) if read.taken("*") else self._value(read)
        read.must(")")
        holds: Value = self._value(read) if read.taken("WHERE") else (lambda row: True)

        def aggregate(rows: list[Row]) -> Any:
            found = [v for row in rows if holds(row) is True for v in _each(value(row))]
            return function(found) if found or function in (len, sum) else None

        return name, aggregate

    # ── expressions ───────────────────────────────────────────────────────────────────────
    def _value(self, read: _Reader) -> Value:
        found = [self._both(read)]
        while read.taken("OR"):
            found.append(self._both(read))
        return found[0] if len(found) == 1 else lambda row: any(v(row) is True for v in found)

    def _both(self, read: _Reader) -> Value:
        found = [self._not(read)]
        while read.taken("AND"):
            found.append(self._not(read))
        return found[0] if len(found) == 1 else lambda row: all(v(row) is True for v in found)

    def _not(self, read: _Reader) -> Value:
        if not read.taken("NOT"):
            return self._compared(read)
        inner = self._compared(read)
        return lambda row: None if (value := inner(row)) is None else not value

    def _compared(self, read: _Reader) -> Value:
        left = self._sum(read, ("+", "-"))
        if read.taken("IS"):
            wanted = bool(read.taken("NOT"))
            read.must("NULL")
            return lambda row: (left(row) is not None) is wanted
        sign = read.taken(*_COMPARED)
        return _applied(_COMPARED[sign], left, self._sum(read, ("+", "-"))) if sign else left

    def _sum(self, read: _Reader, signs: Sequence[str]) -> Value:
        inner = (lambda: self._sum(read, ("*", "/"))) if "+" in signs else (lambda: self._one(read))
        found = inner()
        while sign := read.taken(*signs):
            found = _applied(_RECKONED[sign], found, inner())
        return found

    def _one(self, read: _Reader) -> Value:
        token = read.left.pop(0)
        if token == "(":
            inner = self._value(read)
            read.must(")")
            return inner
        if token[0] in '"?' or token[0].isdigit():
            literal = self._literal(token)
            return lambda row: literal
        if read.left[:1] == ["("]:
            return self._called(token.upper(), read)
        name = self._known(token.strip("`"))
        return lambda row: row[name]

    def _literal(self, token: str) -> Any:
        if token[0] == "?":
            return self._params[token[1:]]
        return token.strip('"') if token[0] == '"' else float(token) if "." in token else int(token)

    def _called(self, name: str, read: _Reader) -> Value:
        read.must("(")
        given = read.many(lambda: self._value(read))
        read.must(")")
        if name == "CASE":
            return lambda row: _case([v(row) for v in given])
        return _applied(_FUNCTIONS[name], *given)


def _case(values: list[Any]) -> Any:
    pairs, last = values[: len(values) // 2 * 2], values[-1] if len(values) % 2 else None
    return next((value for holds, value in zip(pairs[::2], pairs[1::2], strict=True) if holds is True), last)


def _applied(function: Callable[..., Any], *given: Value) -> Value:
    def apply(row: Row) -> Any:
        values = [value(row) for value in given]
        several = any(value is None or (isinstance(value, list) and len(value) != 1) for value in values)
        return None if several else function(*(v[0] if isinstance(v, list) else v for v in values))

    return apply


def _each(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def flat(document: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """The fields of a document by their dotted names."""
    for name, value in document.items():
        if isinstance(value, dict):
            yield from flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value
