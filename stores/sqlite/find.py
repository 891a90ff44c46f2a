"""Query → SQL. Values are always bound; names come from a table of ours."""

from __future__ import annotations

from collections.abc import Sequence

from corrillo.errors import ConfigError
from corrillo.model import milliseconds
from corrillo.ports import Field, Query
from corrillo.query import All, Node, Not, Phrase, Some, parse
from stores.page import position
from stores.sqlite.rows import marks

Condition = tuple[str, list[object]]

FIELDS: dict[Field, str] = {
    "institution": "m.institution", "network": "m.network", "venue": "m.venue", "venue_kind": "m.venue_kind",
    "source": "m.source", "place": "m.place", "language": "m.language", "tag": "t.tag", "target": "m.target",
    "service": "m.service", "district": "m.district", "story": "m.story", "thread": "m.thread",
    "author_kind": "m.author_kind",
}  # fmt: skip


def condition(query: Query, *, counting: bool = False) -> Condition:
    """The WHERE clause (without the word) and its values. Raises ConfigError for an unknown field.

    ``counting``: rows are wanted in no order, so without a time range reading them all in turn
    beats going through the time index.
    """
    timeless = query.since is None and query.until is None
    selective = bool(query.ids or query.where.get("story") or query.where.get("thread") or (counting and timeless))
    parts: list[Condition] = [_field(name, values, selective) for name, values in query.where.items() if values]
    if query.since is not None:
        parts.append(("m.published >= ?", [milliseconds(query.since)]))
    if query.until is not None:
        parts.append(("m.published < ?", [milliseconds(query.until)]))
    if query.ids:
        parts.append((f"m.id IN ({marks(query.ids)})", list(query.ids)))
    if query.without:
        parts.append((f"m.id NOT IN ({marks(query.without)})", list(query.without)))
    node = parse(query.text) if query.text.strip() else None
    if node is not None:
        parts.append(_text(node))
    elif query.text.strip():
        raise ConfigError(f"query {query.text!r}: has no word to look for", "write at least one of letters or digits")
    return _joined(parts, " AND ") if parts else ("1", [])


def _field(name: Field, values: Sequence[str], selective: bool) -> Condition:
    """``selective``: the time index is no help; the unary plus keeps SQLite from it."""
    if name not in FIELDS:
        raise ConfigError(f"{name!r} is no field to filter by", f"use one of: {', '.join(FIELDS)}")
    if name == "tag":
        inner = f"SELECT 1 FROM mention_tag f WHERE f.mention = m.number AND f.tag IN ({marks(values)})"
        return f"EXISTS ({inner})", list(values)
    column = FIELDS[name]
    if name == "institution" and selective:
        column = f"+{column}"
    return f"{column} IN ({marks(values)})", list(values)


def _text(node: Node) -> Condition:
    match node:
        case Phrase():
            phrase = f'"{" ".join(node.words)}"' + ("*" if node.prefix else "")
            return "m.number IN (SELECT rowid FROM mention_text WHERE mention_text MATCH ?)", [phrase]
        case Not():
            inner, values = _text(node.operand)
            return f"NOT ({inner})", values
        case All():
            return _joined([_text(n) for n in node.operands], " AND ")
        case Some():
            return _joined([_text(n) for n in node.operands], " OR ")


def _joined(parts: Sequence[Condition], by: str) -> Condition:
    return by.join(f"({sql})" for sql, _ in parts), [v for _, values in parts for v in values]


def after(page: str) -> Condition:
    """The condition of what comes after a page's token. Raises ConfigError for one that is not ours."""
    ended = position(page)
    return ("(m.published, m.id) < (?, ?)", list(ended)) if ended else ("1", [])
