"""Contents by chance, the same each time, with something of all that charts count: for stores that are compared."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec

from corrillo.alerts import HourCount, Incident, Subject
from corrillo.attention import Attention
from corrillo.model import Budget, Cursor, TaggedMention
from corrillo.ports import Quarantined, SourceNews
from corrillo.testing.incidents import EVIDENCE, HOUR, an_hour, an_incident
from corrillo.testing.mentions import NOW, TOWN, a_mention, pseudonym, tagged
from corrillo.work import Deed

PLACES = {"press": ("El Eco", "La Voz"), "plaza": ("Ágora", "El Eco"), "foro": ("Foro 1", "Foro 2", "Foro 3")}
DAY = timedelta(days=1)
WHOLE = Subject(institution=TOWN)
LEVELS = (("watch", "warning"), ("warning", "warning"), ("crisis", "crisis"))


def mention(rnd: random.Random, number: int) -> TaggedMention:
    """Any mention of 120 days, over a change of clocks; what is said in the last forum was said this week."""
    network = rnd.choice(list(PLACES))
    venue = rnd.choice(PLACES[network])
    published = NOW - timedelta(minutes=rnd.randint(1, (6 if venue == "Foro 3" else 120) * 24 * 60))
    place = rnd.choice(["own", "on_page", "off_page", "off_page"])
    author = rnd.choice(["@town", "@mayor"]) if place == "own" else pseudonym(str(rnd.randint(0, 40)))
    return a_mention(
        str(number), "agua", network=network, venue=venue, published=published, place=place, author=author,
        first_seen=published + timedelta(seconds=rnd.randint(1, 5000)), backfilled=rnd.random() < 0.1,
        district=rnd.choice(["", "El Raval", "Centro"]), service=rnd.choice(["water", "waste", "other"]),
        target=rnd.choice(["none", "government"]), language=rnd.choice(["es", "ca"]), story=f"s{rnd.randint(0, 30)}",
        tags=tagged(*rnd.sample(["complaint", "question", "praise", "crisis"], k=rnd.randint(0, 3))),
    )  # fmt: skip


def attention(rnd: random.Random, number: int) -> Attention:
    wait = rnd.choice([None, float(rnd.randint(60, 400_000))])
    return Attention(
        mention=f"m{number}", institution=TOWN, thread="t", asked=NOW - timedelta(minutes=rnd.randint(1, 40 * 24 * 60)),
        kinds=rnd.choice([("question",), ("complaint",), ("question", "complaint")]), network=rnd.choice(list(PLACES)),
        venue="El Eco", place="off_page", service=rnd.choice(["water", "other"]), department=rnd.choice(["", "Aguas"]),
        looked=rnd.choice([None, NOW]), answered=NOW if wait else None, wait=wait, working_wait=wait and wait / 3,
    )  # fmt: skip


def hours() -> Sequence[HourCount]:
    """Of the whole institution, some of them heard in part or not at all; and some of one service."""
    whole = [an_hour(HOUR - n, WHOLE, voices=n % 7 + 0.5, heard=n % 3 / 2) for n in range(200)]
    return [*whole, *(an_hour(HOUR - n) for n in range(20))]


def incidents() -> Sequence[Incident]:
    """Open and over, of a service and of no one."""
    return [
        an_incident(
            str(n), level=LEVELS[n % 3][0], peak=LEVELS[n % 3][1], resolved=NOW - n * DAY if n % 4 == 0 else None,
            updated=NOW - n * DAY, evidence=msgspec.structs.replace(EVIDENCE, voices=n + 0.5, authors=n),
            leading=WHOLE if n % 5 == 0 else Subject(institution=TOWN, service="water"),
        )
        for n in range(12)
    ]  # fmt: skip


def keep_the_rest(store: Any, about: Sequence[TaggedMention]) -> None:
    """What is no mention and no question: hours, incidents, sources in every state, what was set aside and done."""
    with store.unit() as unit:
        unit.tell([*hours(), *incidents()])
        unit.quarantine([Quarantined(f"q{n}", f"paper-{n % 3}", NOW - n * DAY, "?", "1", "{}") for n in range(9)])
        for n in range(5):
            unit.advance(Cursor(source=f"paper-{n}", state="1"), _news(n))
    store.note_failure("paper-1", "press", NOW, "503")
    store.note_failure("paper-2", "press", NOW, "401", refused=True)
    store.note_failure("never", "forum", NOW, "404")
    for n in range(6):
        store.do(_deed(n, about[n].id))


def _deed(n: int, mention: str) -> Deed:
    deed = Deed(id=f"d{n}", mention=mention, institution=TOWN, at=NOW - n * DAY, who="Marta", what="take")
    right = ("question", "praise")[: n % 3]
    return msgspec.structs.replace(deed, what="correct", was=("complaint",), tags=right) if n % 2 else deed


def _news(n: int) -> SourceNews:
    """The last one was read long ago, the one before it is read only once; the first has a budget."""
    at = NOW - (DAY if n >= 3 else timedelta(minutes=n))
    budget = Budget(unit="USD", spent=1.5, limit=5.0, resets=NOW + DAY) if n == 0 else None
    every = 0.0 if n == 3 else 300.0
    return SourceNews(
        f"paper-{n}", "press", at, newest_post=at, seen=10 * n, kept=n, rejected=n, every=every, budget=budget
    )
