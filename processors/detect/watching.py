"""Every institution of one partition under watch, over one set of records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from corrillo.alerts import Told
from corrillo.health import Hearing
from corrillo.model import TaggedEvent
from processors.attend.attendance import Attendance
from processors.attend.turns import Turn
from processors.detect.lookout import Lookout, Watched, watched
from processors.detect.lookout import Record as Kept
from processors.detect.order import order

__all__ = ["Record", "Watched", "Watching", "watched"]

Record = Kept | Turn


class Watching:
    """A lookout for each institution, and who attends to its threads; one that is not ``watched`` here is left alone.

    ``told`` comes first, then what has ``changed`` is kept: so that whoever is killed between the
    two tells it again, under the same names.
    """

    def __init__(self, records: Mapping[str, Record], watched: Mapping[str, Watched]) -> None:
        by_institution: defaultdict[str, dict[str, Record]] = defaultdict(dict)
        for key, record in records.items():
            by_institution[record.institution][key] = record
        self._watched = watched
        self._lookouts: dict[str, Lookout] = {}
        self._attendances: dict[str, Attendance] = {}
        for institution, some in by_institution.items():
            if institution in watched:
                self._begin(institution, some)

    def hear(self, events: Sequence[TaggedEvent]) -> None:
        """Grouped mentions and deletions, in whatever order they come; what was heard before changes nothing."""
        for event in sorted(events, key=order):
            if event.institution in self._watched:
                if event.institution not in self._lookouts:
                    self._begin(event.institution, {})
                for machine in self._of(event.institution):
                    machine.hear(event)

    def listen(self, hearing: Hearing) -> None:
        """What could be heard lately; time stands."""
        for lookout in self._lookouts.values():
            lookout.listen(hearing)

    def advance(self, now: datetime, hearing: Hearing) -> None:
        """Time has come to ``now`` for all: call it once a minute or so, with what could be heard."""
        for lookout in self._lookouts.values():
            lookout.advance(now, hearing)
        for attendance in self._attendances.values():
            attendance.advance(now)

    def told(self) -> list[Told]:
        """Incidents, hours and what is attended to, new or changed since it was asked last."""
        return [told for i in self._lookouts for machine in self._of(i) for told in machine.told()]

    def changed(self) -> dict[str, Record | None]:
        """The records to keep, and (None) to forget, since it was asked last."""
        return {
            key: record for i in self._lookouts for machine in self._of(i) for key, record in machine.changed().items()
        }

    def _begin(self, institution: str, records: Mapping[str, Record]) -> None:
        about = self._watched[institution]
        turns = {key: record for key, record in records.items() if isinstance(record, Turn)}
        others = {key: record for key, record in records.items() if not isinstance(record, Turn)}
        self._lookouts[institution] = Lookout(about, others)
        if about.register is not None:
            self._attendances[institution] = Attendance(about.register, turns)

    def _of(self, institution: str) -> Iterator[Lookout | Attendance]:
        yield self._lookouts[institution]
        if institution in self._attendances:
            yield self._attendances[institution]
