"""Which stories are found under a band, in little room: nearly every band has one story."""

from __future__ import annotations

from collections.abc import Iterable


class Bands:
    """Bands → stories, of one institution."""

    def __init__(self) -> None:
        self._one: dict[int, str] = {}
        self._more: dict[int, set[str]] = {}
        """What else there is, of the few bands that several stories share."""

    def add(self, story: str, bands: Iterable[int]) -> None:
        """From now on the story is found under these."""
        for band in bands:
            if self._one.setdefault(band, story) != story:
                self._more.setdefault(band, set()).add(story)

    def drop(self, story: str, bands: Iterable[int]) -> None:
        """From now on it is not; nothing is left of it."""
        for band in bands:
            more = self._more.get(band, set())
            more.discard(story)
            if self._one.get(band) == story:
                del self._one[band]
                if more:
                    self._one[band] = more.pop()
            if not more:
                self._more.pop(band, None)

    def stories(self, bands: Iterable[int]) -> set[str]:
        """The stories that are found under any of these."""
        found: set[str] = set()
        for band in bands:
            if band in self._one:
                found |= {self._one[band], *self._more.get(band, ())}
        return found
