"""What was said in a day or a week, for one person: of all that they asked for, in one message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from corrillo.institution import Institution
from corrillo.notices import Delivery, Subscriber
from dashboards.page.i18n import Texts
from dashboards.report.week import read
from notify.messages.period import CalendarDay, period_of
from notify.messages.scene import Scene
from notify.messages.sections import Section
from notify.messages.sheet import Block, Button, Sheet, short


def digest(texts: Texts, delivery: Delivery, subscriber: Subscriber, scene: Scene, now: datetime) -> Sheet | None:
    """None for days of which there is nothing to say; of a week that is said. StoreError passes through."""
    calendar = period_of(delivery.period)
    daily = isinstance(calendar, CalendarDay)
    sections = [
        Section(texts, read(scene.store, i, calendar, now, scene.coverage), i, subscriber, scene, now, daily)
        for i in _institutions(delivery, subscriber, scene)
    ]
    telling = [s for s in sections if s.tells]
    if not telling and (daily or not sections):
        return None
    return _sheet(texts, telling or sections[:1], quiet=not telling, names=[s.institution.name for s in sections])


def _institutions(delivery: Delivery, subscriber: Subscriber, scene: Scene) -> Sequence[Institution]:
    wanted = (delivery.institution,) if delivery.institution else subscriber.institutions
    return [i for name, i in scene.institutions.items() if not wanted or name in wanted]


def _sheet(texts: Texts, sections: Sequence[Section], *, quiet: bool, names: Sequence[str]) -> Sheet:
    first = sections[0]
    whole = len(sections) == 1
    name = texts.join(names) if len(names) < 3 else texts.count("tell.institutions", len(names))
    if quiet:
        return _quiet(texts, first, name)
    said = first.gist if whole else "; ".join(f"{s.institution.name}: {s.gist}" for s in sections)
    lead = (first.headline,) if whole else ()
    blocks = [b for s in sections for b in _named(s, whole)]
    page = first.page
    return Sheet(
        language=texts.language,
        subject=f"{first.title}: {said} – {name}" if whole else f"{first.title}: {said}",
        title=first.title,
        short=short((f"{first.title}: {said} ({name}).",), page),
        place=name,
        lead=lead,
        blocks=tuple(blocks),
        buttons=(Button(texts("tell.open_day" if first.daily else "tell.open_week"), page),) if page else (),
        foot=(texts("coverage.elsewhere"),),
    )


def _named(section: Section, whole: bool) -> Sequence[Block]:
    """A section's blocks; of several institutions, each under its name."""
    blocks = section.blocks()
    if whole:
        return blocks
    return [replace(b, heading=f"{section.institution.name}: {b.heading[:1].lower()}{b.heading[1:]}") for b in blocks]


def _quiet(texts: Texts, section: Section, name: str) -> Sheet:
    """A week in which there was nothing to say, said once."""
    return Sheet(
        language=texts.language,
        subject=texts("tell.quiet_subject", title=section.title, name=name),
        title=texts("tell.quiet_title"),
        short=short((texts("tell.quiet_subject", title=section.title, name=name),)),
        place=name,
        lead=(texts("tell.quiet_what"),),
        blocks=tuple(b for b in (section.heard(),) if b),
        foot=(texts("coverage.elsewhere"),),
    )
