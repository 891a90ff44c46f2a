"""What is tried: a case is made from a seed, and ``check`` raises where a rule is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any, Protocol, TypeVar

from corrillo.pipeline import Pipeline
from corrillo.registry import tagger
from ingest.protect import Pseudonyms
from tests.fuzz.listened import Listened
from tests.fuzz.readers import readers
from tests.fuzz.sources import TOWN, recorded

C = TypeVar("C")


class Target(Protocol[C]):
    """Something that reads what others write."""

    name: str

    def every(self) -> Iterator[C]:
        """Cases that are tried once, before chance begins."""
        ...

    def chance(self, random: Random) -> C: ...
    def check(self, case: C) -> None: ...
    def smaller(self, case: C, fails: Callable[[C], bool]) -> C: ...
    def said(self, case: C) -> str: ...


def targets(names: Sequence[str] = ()) -> list[Target[Any]]:
    """All of them, or those of these names."""
    pipeline = Pipeline([TOWN], tagger("learned"), Pseudonyms(b"a key that only tests use"))
    listened: list[Target[Any]] = [Listened(r, pipeline) for r in recorded()]
    found = [*listened, *readers(pipeline)]
    unknown = {*names} - {t.name for t in found}
    if unknown:
        raise LookupError(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(t.name for t in found)}")
    return [t for t in found if not names or t.name in names]
