"""Boolean queries over folded words: one grammar for an institution's ``query`` and for searching.

    ayuntamiento alcaldesa        both words
    ayuntamiento OR alcaldesa     either
    agua NOT mineral, agua -mineral
    "corte de agua"               the words in this order
    inunda*                       words that begin so
    (agua OR luz) corte

``AND`` may be written; operators are in capitals. Case and accents do not matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corrillo.errors import ConfigError
from corrillo.text import fold, words

_TOKEN = re.compile(r'"([^"]*)"|(\()|(\))|(-(?=[\w"(#@]))|([^\s()"]+)')
MAX_TERMS = 200
MAX_DEPTH = 10
"""Brackets inside brackets: deeper ones nobody writes, and no store has to follow them."""


@dataclass(frozen=True)
class Phrase:
    """Words in this order; the last one may be only a beginning."""

    words: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True)
class Not:
    """Not this."""

    operand: Node


@dataclass(frozen=True)
class All:
    """All of these."""

    operands: tuple[Node, ...]


@dataclass(frozen=True)
class Some:
    """At least one of these."""

    operands: tuple[Node, ...]


Node = Phrase | Not | All | Some


def parse(text: str) -> Node | None:
    """The query that ``text`` says; None when it has no word.

    Raises ConfigError for unbalanced brackets or quotes, a dangling operator, or over
    ``MAX_TERMS`` terms or ``MAX_DEPTH`` brackets inside each other.
    """
    if text.count('"') % 2:
        raise ConfigError(f"query {text!r}: a quotation mark is not closed", 'write "exact words" with two marks')
    parser = _Parser(text, [m.group() for m in _TOKEN.finditer(text)])
    node = parser.any()
    if parser.rest:
        raise ConfigError(f"query {text!r}: a closing bracket has no opening one", "remove it or open it")
    return node


class _Parser:
    """Recursive descent over the tokens that are left."""

    def __init__(self, text: str, tokens: list[str]) -> None:
        if len(tokens) > MAX_TERMS:
            raise ConfigError(f"query with {len(tokens)} terms", f"use at most {MAX_TERMS}")
        self.text = text
        self.rest = tokens
        self.depth = 0

    def any(self) -> Node | None:
        found = [self.all()]
        while self.rest and self.rest[0] == "OR":
            self.rest.pop(0)
            found.append(self.operand_after("OR", self.all()))
        nodes = tuple(n for n in found if n is not None)
        if len(nodes) < len(found) > 1:
            raise ConfigError(f"query {self.text!r}: OR has nothing before it", "write what either side looks for")
        return nodes[0] if len(nodes) == 1 else Some(nodes) if nodes else None

    def all(self) -> Node | None:
        nodes: list[Node] = []
        while self.rest and self.rest[0] not in ("OR", ")"):
            operator = self.rest.pop(0) if self.rest[0] in ("AND", "NOT", "-") else ""
            if operator == "AND" and self.rest[:1] == ["NOT"]:
                operator = self.rest.pop(0)
            one = self.one() if self.rest else None
            if operator:
                one = self.operand_after(operator, one)
            if one is not None:
                nodes.append(Not(one) if operator in ("NOT", "-") else one)
        return nodes[0] if len(nodes) == 1 else All(tuple(nodes)) if nodes else None

    def one(self) -> Node | None:
        if self.rest[0] in ("OR", "AND", ")"):
            return None
        word = self.rest.pop(0)
        if word == "(":
            return self.bracket()
        found = tuple(words(fold(word)))
        return Phrase(found, prefix=word.endswith("*")) if found else None

    def bracket(self) -> Node | None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ConfigError(f"query with over {MAX_DEPTH} brackets inside each other", "write it with fewer")
        inner = self.any()
        if self.rest[:1] != [")"]:
            raise ConfigError(f"query {self.text!r}: a bracket is not closed", "add the missing ')'")
        self.rest.pop(0)
        self.depth -= 1
        return inner

    def operand_after(self, operator: str, node: Node | None) -> Node:
        if node is None:
            raise ConfigError(f"query {self.text!r}: {operator} has nothing after it", "write what it looks for")
        return node


def matches(node: Node, folded_words: list[str]) -> bool:
    """Whether the words of a folded text satisfy the query."""
    match node:
        case Phrase():
            return _has_phrase(node, folded_words)
        case Not():
            return not matches(node.operand, folded_words)
        case All():
            return all(matches(n, folded_words) for n in node.operands)
        case Some():
            return any(matches(n, folded_words) for n in node.operands)


def _has_phrase(phrase: Phrase, found: list[str]) -> bool:
    size = len(phrase.words)
    *head, last = phrase.words
    for start in range(len(found) - size + 1):
        end = found[start + size - 1]
        if found[start : start + size - 1] == head and (end.startswith(last) if phrase.prefix else end == last):
            return True
    return False
