"""What is told of incidents: the most urgent one in full, the others in a line each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from corrillo.alerts import rank
from corrillo.errors import CorrilloError
from corrillo.institution import Institution
from corrillo.notices import Delivery, News, Subscriber
from corrillo.text import clean
from dashboards.page.crisis.words import incident_name, span
from dashboards.page.i18n import Texts
from notify.messages.facts import facts
from notify.messages.figures import facts_of
from notify.messages.parts import blocks
from notify.messages.scene import Facts, Scene
from notify.messages.sheet import Block, Line, Sheet, short
from notify.messages.telling import Telling

LISTED = 12
"""Other incidents that have a line."""
READ = 1 + LISTED
"""Incidents that are read for one message; of more it is said how many there are."""
URGENT = ("escalated", "unacknowledged", "opened", "changed", "kept_back", "resolved")
"""Of two of one level, which comes first."""


@dataclass(frozen=True)
class Told:
    """One piece of news with what is known of its incident now."""

    news: News
    facts: Facts
    institution: Institution


def alert(texts: Texts, delivery: Delivery, subscriber: Subscriber, scene: Scene, now: datetime) -> Sheet | None:
    """None where nobody knows any of its incidents, and the store says so."""
    told = _told(delivery, scene, now)
    if not told:
        return _blank(texts, delivery, scene)
    first, *others = told
    said = Telling(texts, first.news, first.facts, first.institution, scene, subscriber, now)
    name, level = said.name, said.level
    unread = max(len(ordered(delivery)) - READ, 0)
    more = texts.count("tell.and_more", len(others) + unread) if others else ""
    gist = texts(f"tell.subject_{said.what}", level=level, name=name, people=said.people, lasted=said.lasted)
    return Sheet(
        language=texts.language,
        subject=f"{gist}{more} – {first.institution.name}",
        title=name[:1].upper() + name[1:],
        short=short((f"{gist} ({first.institution.name}).", said.usual, more.strip()), said.page),
        level=said.shown,
        badge=said.badge,
        place=first.institution.name,
        lead=said.lead(),
        buttons=said.buttons(),
        facts=facts_of(said),
        picture=said.picture(),
        caption=said.caption(),
        blocks=(*blocks(said), *_others(texts, others, unread, scene, first.institution)),
        links=said.links(),
        see=texts("tell.see"),
    )


def ordered(delivery: Delivery) -> list[News]:
    """One piece of news of each incident, the most urgent first."""
    found: dict[str, News] = {}
    for news in sorted(delivery.news, key=lambda n: (-rank(n.level), URGENT.index(n.what), n.at)):
        found.setdefault(news.incident, news)
    return list(found.values())


def _told(delivery: Delivery, scene: Scene, now: datetime) -> list[Told]:
    """Of the first ones, what is known."""
    found: dict[str, Told] = {}
    for news in ordered(delivery)[:READ]:
        known = facts(scene, news.incident, now)
        institution = scene.institutions.get(known.row.incident.institution) if known else None
        if known and institution:
            found.setdefault(known.row.incident.id, Told(news, known, institution))
    return list(found.values())


def _others(texts: Texts, others: list[Told], unread: int, scene: Scene, of: Institution) -> tuple[Block, ...]:
    if not others:
        return ()
    lines = [_line(texts, one, scene, of) for one in others]
    lines += [Line(texts.count("tell.others_more", unread))] if unread else []
    return (Block(texts("tell.others"), tuple(lines)),)


def _line(texts: Texts, told: Told, scene: Scene, of: Institution) -> Line:
    row = told.facts.row
    name = incident_name(texts, row.incident, told.institution, row.gist)
    evidence = row.telling
    people = texts.count("tell.people", round(evidence.voices), span=span(texts, evidence.minutes))
    key = "line" if row.open else "over"
    level = texts.name("level", row.level)
    return Line(
        texts(f"tell.others_{key}", level=level, name=clean(name), people=people),
        href=scene.links.at("crisis", row.incident.id),
        note="" if told.institution.id == of.id else told.institution.name,
    )


def _blank(texts: Texts, delivery: Delivery, scene: Scene) -> Sheet | None:
    """What is left where neither the store answers nor anybody remembers: that there is something, and how high."""
    highest = max(delivery.news, key=lambda n: rank(n.level))
    if highest.what == "resolved" or _answers(scene, highest):
        return None
    level = texts.name("level", highest.level)
    link = scene.links.at("crisis", highest.incident)
    return Sheet(
        language=texts.language,
        subject=texts("tell.blank_subject", level=level),
        title=texts("tell.blank_title"),
        short=short((texts("tell.blank_subject", level=level),), link),
        level=highest.level,
        badge=level,
        lead=(texts("tell.blank_what"),),
        links=(Line(texts("tell.open_page"), href=link),) if link else (),
    )


def _answers(scene: Scene, news: News) -> bool:
    """Whether the store says that there is no such incident (any more)."""
    try:
        return scene.store.incident(news.incident) is None
    except CorrilloError:
        return False
