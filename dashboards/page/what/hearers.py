"""Who heard a time: what a source that was deaf then has heard since is no news, and no growth."""

from __future__ import annotations

from dataclasses import dataclass, replace

from corrillo.ports import Query
from dashboards.page.frame import Ask
from dashboards.page.sources import SourceRow, sources
from dashboards.page.what.growth import Span

ALL_BUT = 0.05
"""Part of a time that a source may have missed and still be said to have heard it."""
HALF = 0.5
"""Part of what the best of them heard that a source has to have heard, to be compared over a longer time."""


@dataclass(frozen=True)
class Hearers:
    """The sources that heard a time well enough, and those that did not."""

    heard: tuple[str, ...] = ()
    deaf: tuple[SourceRow, ...] = ()

    def of(self, query: Query) -> Query | None:
        """``query`` of what those gave that heard; None where nobody did."""
        if not self.deaf:
            return query
        return replace(query, where={**query.where, "source": self.heard}) if self.heard else None


def who_heard_all(ask: Ask, time: Span) -> Hearers:
    """Those that heard it all, or nearly."""
    return _split([(row, share >= 1 - ALL_BUT) for row, share in _shares(ask, time)])


def who_heard_enough(ask: Ask, time: Span) -> Hearers:
    """Those that heard some of it, and about as much as the others: together they are what was said then."""
    shares = _shares(ask, time)
    best = max((share for _, share in shares), default=0.0)
    return _split([(row, share > 0 and share >= HALF * best) for row, share in shares])


def _split(rows: list[tuple[SourceRow, bool]]) -> Hearers:
    return Hearers(tuple(r.health.source for r, well in rows if well), tuple(r for r, well in rows if not well))


def _shares(ask: Ask, time: Span) -> list[tuple[SourceRow, float]]:
    """Each source and the part (0–1) of the time that it heard."""
    of_ours = [c for c in ask.coverage if c.institution in ("", ask.institution.id)]
    rows = sources(ask.store, of_ours, ask.now, time.since, time.until).rows
    return [(row, 1 - row.unheard / (time.until - time.since)) for row in rows]
