"""A source's ``parse``, and the whole way of what it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Any

import msgspec

from corrillo.errors import ParseError
from corrillo.model import Batch, Cursor, Deletion, Mention, Post, Rejected
from corrillo.pipeline import Pipeline, checked
from corrillo.testing.source import _check_post
from tests.fuzz.odd import ODD, Change, Path, at, changed, fewest, places, written
from tests.fuzz.sources import NOW, TOWN, Recorded

PLANTED, NUMBER = "zq7planted", "90017700177"
PERSONS = (
    PLANTED, f"did:plc:{PLANTED}", NUMBER, f"@{PLANTED}", f"{PLANTED}@correo.example", f"u/{PLANTED}", f"12345678Z {PLANTED}", f"<b>{PLANTED}</b>",
    f"\u202e{PLANTED}\u202c", f"👩\u200d👧 {PLANTED}", f"{PLANTED}.bsky.example", f"https://x.com/{PLANTED}", f"\ud800{PLANTED}",
)  # fmt: skip
"""How a person may be called whose name must not leave the process."""


OF_THE_PIPELINE = ("is not between", "surrogates not allowed")
"""Reasons for which the pipeline turns posts away for all sources: times that cannot be, half characters."""


@dataclass(frozen=True)
class Item:
    """A recorded raw item and what of it is changed; ``planted``: a change of its that names a person."""

    number: int
    changes: tuple[Change, ...]
    planted: bool = False


class Listened:
    """A source's ``parse``, and the whole way of what it gives: checked, matched, protected, enriched."""

    def __init__(self, of: Recorded, pipeline: Pipeline) -> None:
        self.name = of.kind
        self._source = of.source
        self._private = of.private
        self._pipeline = pipeline
        self._raw = of.raw
        self._places = [list(places(r)) for r in of.raw]
        for number in range(len(of.raw)):
            self._source.parse(self._written(Item(number, ())))
        self._names = [[p for p in listed if self._is_name(n, p)] for n, listed in enumerate(self._places)]

    def every(self) -> Iterator[Item]:
        for number, listed in enumerate(self._places):
            for path, value in product(listed, ODD):
                yield Item(number, (Change(path, value),))
            for path in self._names[number]:
                for name in self._persons(number, path):
                    yield Item(number, (Change(path, name),), planted=True)

    def chance(self, random: Random) -> Item:
        number = random.randrange(len(self._raw))
        listed = self._places[number]
        made = [Change(random.choice(listed[1:] or listed), random.choice(ODD)) for _ in range(random.randint(1, 4))]
        if self._names[number] and random.random() < 0.3:
            path = random.choice(self._names[number])
            made.append(Change(path, random.choice(self._persons(number, path))))
            return Item(number, tuple(made), planted=True)
        return Item(number, tuple(made))

    def check(self, case: Item) -> None:
        raw = self._written(case)
        rejected: tuple[Rejected, ...] = ()
        items: Sequence[Post | Deletion] = ()
        try:
            items = self._source.parse(raw)
        except ParseError as error:
            rejected = (Rejected(raw, error.message, "fuzz", self._private),)
        for item in items:
            _check_item(item, self._source)
        batch = Batch(cursor=Cursor(source="fuzz", state=""), items=tuple(items), rejected=rejected)
        outcome = self._pipeline.run(batch, self._source.network, NOW, everything_about=TOWN.id)
        assert not [q for q in outcome.quarantined if "enriching" in q.origin], "it cannot be enriched"
        told = [msgspec.json.encode(e) for e in outcome.events] + [msgspec.json.encode(q) for q in outcome.quarantined]
        if case.planted:
            for event in outcome.events:
                _check_names_nobody(event)
            for item in outcome.quarantined:
                assert not _names(item.raw), "the name of an author is in quarantine"
        assert told or not items

    def smaller(self, case: Item, fails: Callable[[Item], bool]) -> Item:
        def still(changes: Sequence[Change]) -> bool:
            return fails(Item(case.number, tuple(changes), case.planted))

        return Item(case.number, tuple(fewest(case.changes, still)), case.planted)

    def said(self, case: Item) -> str:
        named = " (names a person)" if case.planted else ""
        return f"item {case.number}: {'; '.join(map(str, case.changes))}{named}"

    def _written(self, case: Item) -> str:
        document = changed(self._raw[case.number], case.changes)
        return document if isinstance(self._raw[case.number], str) and isinstance(document, str) else written(document)

    def _is_name(self, number: int, path: Path) -> bool:
        """Whether what stands there becomes the author's name."""
        return any(
            _names(self._authors(Item(number, (Change(path, name),)))) for name in self._persons(number, path)[:3]
        )

    def _persons(self, number: int, path: Path) -> Sequence[object]:
        """Names to be planted there, of the type of what stands there."""
        return (int(NUMBER),) if type(at(self._raw[number], path)) is int else PERSONS

    def _authors(self, case: Item) -> str:
        """What the authors are called; a page or a channel that speaks itself is a place, and places have names."""
        try:
            items = self._source.parse(self._written(case))
        except ParseError:
            return ""
        posts = [i for i in items if isinstance(i, Post) and i.author and not _names(i.venue.name)]
        return " ".join(f"{p.author.handle} {p.author.name}" for p in posts if p.author)


def _check_item(item: Post | Deletion, source: Any) -> None:
    if isinstance(item, Deletion):
        assert item.network == source.network
        assert item.native_id or item.ref or item.author
        assert msgspec.json.decode(msgspec.json.encode(item), type=Deletion) == item
        return
    wrong = _turned_away(item)
    if not any(reason in wrong for reason in OF_THE_PIPELINE):
        assert not wrong, f"a post that is none: {wrong}"
        _check_post(item, source)


def _turned_away(post: Post) -> str:
    """Why the pipeline would not take it; '' where it would."""
    try:
        checked(post)
    except ParseError as error:
        return error.message
    return ""


def _check_names_nobody(event: Mention | Deletion) -> None:
    """No planted name is in it; addresses may hold one, and are a document of their own."""
    if isinstance(event, Mention):
        event = msgspec.structs.replace(event, url="", ref="", answers_ref="")
    said = msgspec.json.encode(event).decode()
    assert not _names(said), "the name of an author is in a mention"
    assert "12345678Z" not in said, "the DNI of an author is in a mention"


def _names(text: str) -> bool:
    return PLANTED in text.casefold() or NUMBER in text
