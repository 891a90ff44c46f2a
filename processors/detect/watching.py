"""Every institution of one partition under watch, over one set of records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from corrillo.alerts import Told
from corrillo.health import Hearing
from corrillo.model import TaggedEvent
from processors.detect.lookout import Lookout, Record, Watched, watched
from processors.detect.order import order

__all__ = ["Record", "Watched", "Watching", "watched"]


class Watching:
    """A lookout for each institution; one that is not ``watched`` here is left alone.

    ``told`` comes first, then what has ``changed`` is kept: so that whoever is killed between the
    two tells it again, under the same names.
    """

    def __init__(self, records: Mapping[str, Record], watched: Mapping[str, Watched]) -> None:
        by_institution: defaultdict[str, dict[str, Record]] = defaultdict(dict)
        for key, record in records.items():
            by_institution[record.institution][key] = record
        self._watched = watched
        self._lookouts = {i: Lookout(watched[i], some) for i, some in by_institution.items() if i in watched}

    def hear(self, events: Sequence[TaggedEvent]) -> None:
        """Grouped mentions and deletions, in whatever order they come; what was heard before changes nothing."""
        for event in sorted(events, key=order):
            if event.institution in self._watched:
                self._of(event.institution).hear(event)

    def listen(self, hearing: Hearing) -> None:
        """What could be heard lately; time stands."""
        for lookout in self._lookouts.values():
            lookout.listen(hearing)

    def advance(self, now: datetime, hearing: Hearing) -> None:
        """Time has come to ``now`` for all: call it once a minute or so, with what could be heard."""
        for lookout in self._lookouts.values():
            lookout.advance(now, hearing)

    def told(self) -> list[Told]:
        """Incidents and hours that are new or changed since it was asked last."""
        return [told for lookout in self._lookouts.values() for told in lookout.told()]

    def changed(self) -> dict[str, Record | None]:
        """The records to keep, and (None) to forget, since it was asked last."""
        return {key: record for lookout in self._lookouts.values() for key, record in lookout.changed().items()}

    def _of(self, institution: str) -> Lookout:
        if institution not in self._lookouts:
            self._lookouts[institution] = Lookout(self._watched[institution], {})
        return self._lookouts[institution]
