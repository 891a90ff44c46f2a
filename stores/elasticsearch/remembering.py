"""What one unit of work remembers: gathered under what is stored, and made an edition of when the unit ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from corrillo.alerts import Told
from corrillo.ports import Recollection
from stores.elasticsearch.memory import Changes, Memory


class Remembering:
    """The editions that a unit will make."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._known: dict[str, int] = {}
        self._changes: dict[str, dict[str, bytes | None]] = {}
        self._editions: dict[str, int] = {}

    def recollect(self, institution: str, since: int) -> Recollection | None:
        """What is remembered, under what the unit has changed; None where it is that edition still."""
        changes = self._changes.get(institution)
        if changes is None:
            found = self._memory.recollect(institution, since)
            self._known[institution] = found.edition if found else since
            return found
        edition = self._editions[institution]
        if edition == since:
            return None
        found = self._memory.recollect(institution, -1) or Recollection(0, {})
        records = {**found.records, **changes}
        return Recollection(edition, {key: value for key, value in records.items() if value is not None})

    def remember(self, institution: str, changes: Mapping[str, bytes | None]) -> int:
        """Keep the changes; the edition that they will make. None of them make none."""
        if institution not in self._known:
            self._known[institution] = self._memory.edition(institution)
        known = self._editions.get(institution, self._known[institution])
        if not changes:
            return known
        self._changes.setdefault(institution, {}).update(changes)
        self._editions[institution] = known + 1
        return known + 1

    def store(self, told: Sequence[Told]) -> Sequence[Told]:
        """Make the editions, with what was ``told`` of their institutions; the rest of it. Raises Overtaken."""
        for institution, records in self._changes.items():
            of_it = tuple(one for one in told if one.institution == institution)
            changes = Changes(records, of_it)
            self._memory.commit(institution, self._known[institution], self._editions[institution], changes)
        return [one for one in told if one.institution not in self._changes]
