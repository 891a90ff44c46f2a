"""Who waits, in the sentences of the weekly page."""

from __future__ import annotations

from datetime import datetime

from corrillo.institution import Institution
from dashboards.page.i18n import Texts
from dashboards.page.waits.words import aged, half_of
from dashboards.page.words import place_name
from dashboards.report.week import Week


def told(texts: Texts, week: Week, institution: Institution, now: datetime) -> tuple[str, ...]:
    """What was asked in the week and what became of it; then who waits longest, asked whenever."""
    found, longest = week.waits.figures, week.waits.longest
    said = []
    if not found.asked:
        said.append(texts("report.nothing_asked"))
    else:
        states = {"answered": found.answered, "waiting": found.waiting, "unknown": found.unknown}
        parts = [texts.count(f"report.{name}", n) for name, n in states.items() if n]
        said.append(texts.count("report.asked", found.asked) + " " + texts.join(parts) + ".")
        said.append(texts("report.half", time=half_of(texts, found)))
    if longest is not None:
        said.append(
            texts(
                "report.longest",
                place=place_name(texts, longest.network, longest.venue),
                service=texts.name("service", longest.service).lower(),
                day=texts.day(longest.asked.astimezone(institution.zone).date()),
                age=aged(texts, now - longest.asked),
            )
        )
    if week.waits.earlier:
        said.append(texts.count("report.earlier", week.waits.earlier))
    return tuple(said)
