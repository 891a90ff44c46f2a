"""What detection tells, for contract suites: of one small town and one island, at fixed times."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from corrillo.alerts import Act, Change, Evidence, HourCount, Incident, Point, Subject, Told
from corrillo.ports import Store
from corrillo.testing.mentions import NOW, TOWN, id_of

HOUR = 498_685
"""The hour since 1970 in which ``NOW`` is."""
WATER = Subject(institution=TOWN, service="water")
RAVAL = Subject(institution=TOWN, district="El Raval")
EVIDENCE = Evidence(
    channel="crisis", minutes=45, voices=11.5, expected=1 / 3, low=0.0, high=2.0, surprise=3.25, word="reventón", count=14, authors=12,
    stories=9, venues=3, networks=(("bluesky", 8), ("press", 3)), tags=(("complaint", 4), ("crisis", 7)), growth=2.5,
    samples=(id_of("1"), id_of("2")), heard=0.75, blind=("fediverse",),
)  # fmt: skip
"""Evidence with something in every field."""


def an_incident(name: str = "1", **given: Any) -> Incident:
    """An open incident of the town's water, of an hour ago, with whatever is ``given`` instead."""
    began = NOW - timedelta(hours=1, microseconds=1)
    change = Change(at=began, what="opened", level="watch", subjects=(WATER,), evidence=EVIDENCE)
    values: dict[str, Any] = {
        "id": f"incident-{name}", "institution": TOWN, "opened": began, "updated": NOW, "level": "warning",
        "peak": "crisis", "leading": WATER, "subjects": (WATER, RAVAL), "evidence": EVIDENCE, "changes": (change,),
        "points": (Point(at=began, count=3, expected=0.5, low=0.0, high=2.0, heard=0.5),), "mentions": (id_of("1"),),
    }  # fmt: skip
    return Incident(**{**values, **given})


def an_hour(hour: int = HOUR, subject: Subject = WATER, **given: Any) -> HourCount:
    """The count of an hour of that subject, with whatever is ``given`` instead."""
    values: dict[str, Any] = {
        "count": 9, "voices": 7.5, "complaints": 2.0, "crises": 1.0, "expected": 1 / 3, "low": 0.0, "high": 2.5, "heard": 0.8,
    }  # fmt: skip
    about = {"institution": subject.institution, "service": subject.service, "district": subject.district}
    return HourCount(hour=hour, **{**about, **values, **given})


def an_act(name: str = "1", **given: Any) -> Act:
    """What somebody did about ``an_incident`` of that name, now, with whatever is ``given`` instead."""
    return Act(**{"incident": f"incident-{name}", "at": NOW, "who": "Nuria", "what": "acknowledge", **given})


def tell(store: Store, *told: Told) -> None:
    """Tell it in one unit of work."""
    with store.unit() as unit:
        unit.tell(told)
