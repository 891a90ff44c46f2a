"""What the store knows of an incident at the moment of sending."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from corrillo.alerts import Incident, life
from corrillo.errors import CorrilloError
from corrillo.model import TaggedMention
from corrillo.ports import Bucket, Query
from dashboards.page.crisis.incidents import IncidentRow, posts_of, row
from dashboards.page.sources import sources
from notify.messages.scene import Facts, Scene

FRESH = timedelta(seconds=5)
"""How long what was read for one message is good for the next."""
MERGED = 5
"""How many times an incident is followed into the one that it was merged with."""
SAMPLES = 3
PLACES = 6
"""Venues that are asked for, on page and off."""


def facts(scene: Scene, identity: str, now: datetime) -> Facts | None:
    """What is known; of one that was merged with another, of that one. None where nobody knows it. Never raises StoreError."""
    found = _facts(scene, identity, now)
    for _ in range(MERGED):
        if found is None or not found.row.incident.into:
            break
        found = _facts(scene, found.row.incident.into, now)
    return found


def _facts(scene: Scene, identity: str, now: datetime) -> Facts | None:
    lately = scene.lately.get(identity)
    if lately is not None and timedelta() <= now - lately.at < FRESH:
        return lately
    try:
        incident = _newest(scene.store.incident(identity), scene.known.get(identity))
        found = None if incident is None else _read(scene, incident, now)
    except CorrilloError:
        return _last_known(scene, identity, now)
    if found is not None:
        _remember(scene, identity, found)
    return found


def _newest(stored: Incident | None, known: Incident | None) -> Incident | None:
    """At scale the store may learn of an incident later than whoever tells of it."""
    if stored is None or known is None:
        return stored or known
    return known if known.updated > stored.updated else stored


def _remember(scene: Scene, identity: str, found: Facts) -> None:
    for key, one in list(scene.lately.items()):
        if found.at - one.at >= FRESH:
            scene.lately.pop(key, None)
    scene.lately[identity] = found


def _read(scene: Scene, incident: Incident, now: datetime) -> Facts:
    found = row(scene.store, incident, now)
    about = [c for c in scene.coverage if c.institution in ("", incident.institution)]
    return Facts(
        at=now,
        row=found,
        posts=_samples(scene, found),
        off_page=_places(scene, incident, "off_page"),
        on_page=_places(scene, incident, "on_page"),
        sources=sources(scene.store, about, now),
    )


def _last_known(scene: Scene, identity: str, now: datetime) -> Facts | None:
    incident = scene.known.get(identity)
    if incident is None:
        return None
    return Facts(now, IncidentRow(incident, life(incident, (), now)), known=False)


def _samples(scene: Scene, found: IncidentRow) -> tuple[TaggedMention, ...]:
    """Citizens' posts: the samples of its evidence first, then its newest."""
    incident = found.incident
    wanted = list(dict.fromkeys([*found.telling.samples, *reversed(incident.mentions)]))[: SAMPLES * 5]
    if not wanted:
        return ()
    query = Query(where={"institution": (incident.institution,)}, ids=tuple(wanted))
    there = {m.id: m for m in scene.store.find(query, limit=len(wanted)).mentions}
    return _different([there[one] for one in wanted if one in there and there[one].place != "own"])


def _different(posts: Sequence[TaggedMention]) -> tuple[TaggedMention, ...]:
    """One of each story: three copies of one text say no more than one."""
    kept: dict[str, TaggedMention] = {}
    for post in posts:
        kept.setdefault(post.story or post.id, post)
    return tuple(kept.values())[:SAMPLES]


def _places(scene: Scene, incident: Incident, place: str) -> tuple[Bucket, ...]:
    query = Query(where={"institution": (incident.institution,), "place": (place,)}, ids=posts_of(incident))
    return tuple(scene.store.terms(query, ("network", "venue"), limit=PLACES, authors=False))
