"""The facts of an incident, a line each: since when, how many, where, how it goes."""

from __future__ import annotations

from datetime import timedelta

from corrillo.ports import Bucket
from corrillo.text import clean
from dashboards.page.crisis.hour_words import normal
from dashboards.page.crisis.words import growth, span, stands
from dashboards.page.words import place_name
from notify.messages.sheet import Line
from notify.messages.telling import Telling

NAMED = 3
"""Venues that are named."""


def facts_of(one: Telling) -> tuple[Line, ...]:
    """Since when, how long, by how many, where: a line each."""
    t, row = one.texts, one.facts.row
    lines = [Line(_since(one), label=t("tell.since"))]
    if one.over:
        lines.append(Line(_until(one), label=t("tell.until")))
        lines.append(Line(t.name("level", row.incident.peak), label=t("tell.peak")))
    e = one.evidence
    people = t("tell.people_normal", people=one.people, normal=normal(t, e.low, e.high))
    lines.append(Line(people, label=t("tell.how_many")))
    lines += [Line(text, label=t(f"tell.{key}")) for key, text in _where(one) if text]
    if not one.over:
        lines.append(Line(growth(t, e), label=t("tell.going")))
    if one.facts.known:
        lines.append(Line(stands(t, row, one.institution.zone), label=t("tell.stands")))
    return tuple(lines)


def _since(one: Telling) -> str:
    opened = one.facts.row.incident.opened
    said = one.when(opened)
    ago = span(one.texts, max(1, round((one.now - opened) / timedelta(minutes=1))))
    return said if one.over else one.texts("tell.since_ago", when=said, ago=ago)


def _until(one: Telling) -> str:
    end = one.facts.row.incident.resolved or one.facts.row.incident.updated
    said = one.when(end)
    return one.texts("tell.until_lasted", when=said, lasted=one.lasted)


def _where(one: Telling) -> list[tuple[str, str]]:
    districts = [s.district for s in one.facts.row.incident.subjects if s.district]
    zones = list(dict.fromkeys([*districts, *one.facts.row.gist.districts]))
    networks = one.texts.join(
        [f"{clean(one.texts.name('network', n))} {one.texts.number(count)}" for n, count in one.evidence.networks]
    )
    off_page, on_page = _places(one, one.facts.off_page), _places(one, one.facts.on_page)
    found = [("off_page", off_page), ("on_page", on_page)] if off_page or on_page else [("networks", networks)]
    return [*found, ("zones", one.texts.join([clean(z) for z in zones]))]


def _places(one: Telling, buckets: tuple[Bucket, ...]) -> str:
    named = [f"{place_name(one.texts, *b.values)} {one.texts.number(b.count)}" for b in buckets[:NAMED]]
    return ", ".join(named) + (" …" if len(buckets) > NAMED else "")
