"""What is known of an incident afterwards, read from the store before anything is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from corrillo.alerts import Incident, rank
from corrillo.institution import Institution
from corrillo.marked import away
from corrillo.opening import Opening
from corrillo.ports import Bucket, Query, Store
from dashboards.page.crisis.incidents import IncidentRow, posts_of, row
from dashboards.page.room.told import Told, told
from dashboards.page.room.view import MOST_TOLD, asked_in
from dashboards.page.sources import Listening, Sources, sources
from dashboards.page.waits.figures import Figures, figures, known

OLDEST = 50
"""Posts among which the first one is looked for: they stand in the order in which they were heard."""
PLACES = 8
Milestone = Literal["first_said", "opened", "warned", "peak", "first_told", "first_taken", "resolved"]


@dataclass(frozen=True)
class After:
    """One incident. ``first_said``: when the oldest of its posts that is kept was published; None where none is.

    ``date_only``: of that one only the day is known. ``places``: where it was said, off page first.
    """

    row: IncidentRow
    first_said: datetime | None
    date_only: bool
    posts: int
    authors: int
    places: tuple[Bucket, ...]
    asked: Figures
    told: Told
    sources: Sources

    def milestones(self) -> list[tuple[Milestone, datetime]]:
        """What happened when, in its order; what did not happen, or is not known, is not in it."""
        incident = self.row.incident
        warned = next((c.at for c in incident.changes if rank(c.level) >= rank("warning")), None)
        peak = next((c.at for c in incident.changes if c.level == incident.peak), None)
        taken = min((a.at for a in self.row.acts if a.what == "acknowledge"), default=None)
        found: list[tuple[Milestone, datetime | None]] = [
            ("first_said", self.first_said), ("opened", incident.opened),
            ("warned", warned if warned != incident.opened else None), ("peak", peak if peak not in (warned, incident.opened) else None),
            ("first_told", self.told.first), ("first_taken", taken), ("resolved", incident.resolved),
        ]  # fmt: skip
        return sorted(((what, at) for what, at in found if at is not None), key=lambda one: one[1])

    def moment(self, what: Milestone) -> datetime | None:
        """When it happened; None where it did not, or is not known."""
        return dict(self.milestones()).get(what)


def read(
    store: Store, institution: Institution, incident: Incident, now: datetime, coverage: Sequence[Listening]
) -> After:
    """Ask the store for it; what is marked as not about the institution is left out. StoreError passes through."""
    out = away(store, institution.id, None).ids
    query = Query(where={"institution": (institution.id,)}, ids=posts_of(incident), without=out)
    oldest = Query(where=query.where, ids=posts_of(incident)[:OLDEST], without=out)
    first = min(store.find(oldest, limit=OLDEST).mentions, key=lambda m: m.published, default=None)
    found = row(store, incident, now)
    asked = [a for a in asked_in(store, incident) if a.mention not in out]
    deliveries = store.deliveries(incident=incident.id, since=incident.opened, limit=MOST_TOLD)
    listened = [c for c in coverage if c.institution in ("", institution.id)]
    return After(
        row=found,
        first_said=first.published if first else None,
        date_only=first.date_only if first else False,
        posts=store.count(query),
        authors=store.distinct_authors(query),
        places=tuple(store.terms(query, ["network", "venue"], limit=PLACES, authors=False)),
        asked=figures(known(asked, Opening(institution))),
        told=told(incident.id, deliveries, found.acts, store.subscribers()),
        sources=sources(store, listened, now, incident.opened, incident.resolved),
    )
