"""What was counted lately, slot by slot, beside what was normal there.

Sums run over the same slots in the same order whatever came before, so that they are the same to the
last bit after a restart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from processors.detect.slots import SLOTS_AN_HOUR

UNHEARD = 0.01
"""A share below which nothing could be heard."""
_NOTHING = 1e-9
"""What is left of an expectation when all of it has been taken away."""


class Recently:
    """Counts, expectation and the share heard of the last ``kept`` slots and more; ``usual_of`` an hour, all heard."""

    def __init__(self, usual_of: Callable[[int], float], kept: int) -> None:
        self._usual_of = usual_of
        self._kept = -(-kept // SLOTS_AN_HOUR) * SLOTS_AN_HOUR
        self._first = 0
        self._counts: list[float] = []
        self._heard: list[float] = []
        self._known: list[float] = []
        """Counts where something could be heard."""
        self._usual: list[float] = []
        """What is normal of what could be heard."""

    def add(self, slot: int, voices: float) -> None:
        """So many more in a slot; in one that is long over they are no longer wanted."""
        if (at := self._at(slot)) >= 0:
            self._counts[at] += voices
            if self._heard[at]:
                self._known[at] = self._counts[at]

    def expose(self, slot: int, heard: float) -> None:
        """So much could be heard in a slot."""
        if (at := self._at(slot)) >= 0:
            self._heard[at] = heard if heard >= UNHEARD else 0.0
            self._known[at] = self._counts[at] if self._heard[at] else 0.0
            self._usual[at] = self._usual_of(slot // SLOTS_AN_HOUR) / SLOTS_AN_HOUR * self._heard[at]

    def window(self, last: int, slots: int) -> tuple[float, float]:
        """Count and expectation of so many slots, of which ``last`` is the last."""
        end = self._at(last) + 1
        if slots == 1 and end > 0:
            return self._known[end - 1], self._usual[end - 1]
        begin, end = max(end - slots, 0), max(end, 0)
        return sum(self._known[begin:end]), sum(self._usual[begin:end])

    def nested(self, last: int, widths: Sequence[int]) -> list[tuple[float, float]]:
        """The same of several widths, rising; a wider window is the narrower one and what comes before it."""
        end = begin = self._at(last) + 1
        known, usual = self._known, self._usual
        count = expected = 0.0
        found = []
        for width in widths:
            wider = max(end - width, 0)
            count += sum(known[wider:begin])
            expected += sum(usual[wider:begin])
            begin = wider
            found.append((count, expected))
        return found

    def windows(self, slots: range, width: int) -> list[tuple[float, float]]:
        """The same of the windows that end with each of these slots, in turn; the first slot begins an hour."""
        count, expected = self.window(slots[0], width)
        found = [(count, expected)]
        at = self._at(slots[-1]) - len(slots) + 1
        known, usual = self._known, self._usual
        for new in range(at + 1, at + len(slots)):
            count += known[new] - known[new - width]
            expected += usual[new] - usual[new - width]
            found.append((count, expected) if expected > _NOTHING else (0.0, 0.0))
        return found

    def heard(self, last: int, slots: int) -> float:
        """The share of so many slots that could be heard."""
        end = max(self._at(last) + 1, 0)
        return sum(self._heard[max(end - slots, 0) : end]) / slots

    def renew(self, since: int) -> None:
        """What is normal has changed from that slot on."""
        at = max(since - self._first, 0)
        while at < len(self._usual):
            usual = self._usual_of((self._first + at) // SLOTS_AN_HOUR) / SLOTS_AN_HOUR
            for i in range(at, min(at + SLOTS_AN_HOUR - (self._first + at) % SLOTS_AN_HOUR, len(self._usual))):
                self._usual[i] = usual * self._heard[i]
                at = i + 1

    def _at(self, slot: int) -> int:
        """Where a slot stands; negative for one that is long over. Room is made for one that is new."""
        at = slot - self._first
        if at < len(self._counts):
            return at
        self._make_room(slot)
        return slot - self._first

    def _make_room(self, slot: int) -> None:
        """Whole hours, so that ``_first`` begins one; nothing is kept that is twice as old as it must be."""
        if not self._counts or slot - self._first >= len(self._counts) + self._kept:
            self._first = (slot // SLOTS_AN_HOUR) * SLOTS_AN_HOUR - self._kept
            self._counts, self._heard, self._known, self._usual = [], [], [], []
        while self._first + len(self._counts) <= slot:
            hour = (self._first + len(self._counts)) // SLOTS_AN_HOUR
            usual = self._usual_of(hour) / SLOTS_AN_HOUR
            self._counts += [0.0] * SLOTS_AN_HOUR
            self._heard += [1.0] * SLOTS_AN_HOUR
            self._known += [0.0] * SLOTS_AN_HOUR
            self._usual += [usual] * SLOTS_AN_HOUR
        if len(self._counts) > 2 * self._kept:
            self._drop(len(self._counts) - self._kept)

    def _drop(self, slots: int) -> None:
        slots = slots // SLOTS_AN_HOUR * SLOTS_AN_HOUR
        for kept in (self._counts, self._heard, self._known, self._usual):
            del kept[:slots]
        self._first += slots
