"""What becomes of the events of a stream: stored, or again, or never."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from stores.elasticsearch.bulk import Result
from stores.elasticsearch.errors import ServerError

MENDED_BY_PEOPLE = frozenset({"strict_dynamic_mapping_exception", "index_not_found_exception"})
"""Errors that every document would meet: the templates are missing, or of another version."""


@dataclass(frozen=True)
class Indexed:
    """What became of the events of one call; positions are theirs in it.

    ``done`` are stored or deleted; ``refused`` have a tombstone; ``stale`` are older than what
    stands: with these three there is nothing more to do. ``transient`` are to be given again, for
    the last ``reason``; ``permanent`` will never be taken, each with why.
    """

    done: int = 0
    refused: int = 0
    stale: int = 0
    transient: tuple[int, ...] = ()
    permanent: Mapping[int, str] = field(default_factory=dict)
    reason: str = ""


class Fates:
    """Gathers what becomes of each event: the worst of its operations."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._transient: set[int] = set()
        self._permanent: dict[int, str] = {}
        self._refused: set[int] = set()
        self._stale: set[int] = set()
        self._reason = ""

    def note(self, position: int, result: Result) -> None:
        """What became of one operation."""
        if result.transient:
            self._transient.add(position)
            self._reason = result.error.said if result.error else f"status {result.status}"
        elif not result.done:
            self._permanent[position] = result.error.said if result.error else f"status {result.status}"
        elif result.status == 409:
            self._stale.add(position)

    def fail(self, positions: Iterable[int], error: ServerError) -> None:
        """A whole request was refused: it may work later, or it is raised."""
        if not error.transient:
            raise error
        self._transient.update(positions)
        self._reason = error.message

    def refuse(self, positions: Iterable[int]) -> None:
        """These have a tombstone."""
        self._refused.update(positions)

    def outdo(self, positions: Iterable[int]) -> None:
        """These are older than others of the same call."""
        self._stale.update(positions)

    def settle(self, positions: Iterable[int]) -> None:
        """These are deletions: what is there already is as good as done."""
        self._stale.difference_update(positions)

    def good(self, positions: Iterable[int]) -> set[int]:
        """Those for which nothing has failed so far."""
        return {p for p in positions if p not in self._transient and p not in self._permanent}

    def indexed(self) -> Indexed:
        """The sum of it."""
        permanent = {p: why for p, why in sorted(self._permanent.items()) if p not in self._transient}
        failed = self._transient | permanent.keys()
        refused, stale = self._refused - failed, self._stale - self._refused - failed
        return Indexed(
            done=self._count - len(failed) - len(refused) - len(stale),
            refused=len(refused),
            stale=len(stale),
            transient=tuple(sorted(self._transient)),
            permanent=permanent,
            reason=self._reason,
        )
