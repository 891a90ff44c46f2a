"""What could be heard in each slot of the last day, as a share of what is usually said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corrillo.health import Hearing
from processors.detect.ears import Ears, silent_in
from processors.detect.slots import hour_of_slot


class Exposure:
    """Follows from the ears and the hearing; ``shares`` are those of the slots in which it was not all."""

    def __init__(self, ears: Ears, hearing: Hearing) -> None:
        self.ears, self.hearing = ears, hearing
        self.shares: dict[int, float] = {}

    def renewed(self, first: int, last: int) -> Iterator[tuple[int, float]]:
        """The slots from ``first`` to ``last`` whose share is another than before."""
        if not self.hearing.unheard and not self.shares and self._share((), hour_of_slot(last)) == 1.0:
            return
        known: dict[tuple[str, ...], float] = {}
        for slot in range(first, last + 1):
            silent = tuple(silent_in(slot, self.hearing))
            if silent not in known:
                known[silent] = self._share(silent, hour_of_slot(last))
            share = known[silent]
            if share != self.shares.get(slot, 1.0):
                self.shares[slot] = share
                yield slot, share

    def forget(self, before: int) -> None:
        """Drop earlier slots."""
        self.shares = {slot: share for slot, share in self.shares.items() if slot >= before}

    def _share(self, silent: Sequence[str], hour: int) -> float:
        if self.hearing.sources and len(silent) == len(self.hearing.sources):
            return 0.0
        return round(self.ears.share(silent, hour), 2)
