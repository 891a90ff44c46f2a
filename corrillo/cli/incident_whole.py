"""One incident in lines for a terminal: its evidence, its chart, its life, and the posts that show it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corrillo.cli.blocks import blocks
from corrillo.cli.incident_lines import did, stood, unaddressed, voices, when
from corrillo.cli.incident_words import Speech
from corrillo.text import clean
from dashboards.page.crisis.hour_words import moment
from dashboards.page.crisis.incidents import Step
from dashboards.page.crisis.reasons import reason_of
from dashboards.page.crisis.view import IncidentView
from dashboards.page.crisis.words import (
    growth,
    incident_name,
    names_of,
    news,
    step_voices,
)
from dashboards.page.i18n import Texts
from dashboards.page.words import place_name


def whole(view: IncidentView, s: Speech, width: int) -> Iterator[str]:
    """Everything that is known of an incident; links to posts are not in it."""
    t, row = s.texts, view.row
    incident = row.incident
    yield f"{t.name('level', row.level).upper()} · {stood(row, s)} · {incident.id}"
    yield f"{incident_name(t, incident, s.institution, row.gist)} · {s.institution.name}"
    if incident.resolved and not incident.into:
        yield t("incident.over", moment=t.moment(incident.resolved.astimezone(s.zone)))
    yield reason_of(t, row, s.institution, view.sources)
    yield ""
    yield from _aligned(_facts(view, s))
    yield from _chart(view, s, width)
    yield from ("", f"{t('incident.history')}:")
    yield from (f"  {_step(step, s)}" for step in reversed(row.history))
    yield from ("", f"{t('incident.samples')}:", *_samples(view, s))


def _facts(view: IncidentView, s: Speech) -> Iterator[tuple[str, str]]:
    t, e = s.texts, view.row.telling
    yield t("incident.since"), when(view.row, s)
    name, _, value = voices(view.row, s).partition(": ")
    yield name, value
    yield t("incident.authors"), t.number(e.authors)
    yield t("incident.texts"), f"{t.number(e.stories)} {t('incident.in_posts', n=t.number(e.count))}"
    yield t("incident.networks"), _list([(t.name("network", n), count) for n, count in e.networks], t)
    yield t("incident.venues"), t.number(e.venues)
    yield t("incident.growth"), growth(t, e)
    yield t("incident.tags"), _list([(t.name("tags", tag), count) for tag, count in e.tags], t)
    if e.blind:
        yield s.word("blind"), names_of(view.sources, e.blind)


def _list(pairs: Sequence[tuple[str, int]], t: Texts) -> str:
    return " · ".join(f"{clean(name)} {t.number(count)}" for name, count in pairs) or t("incident.none")


def _aligned(facts: Iterator[tuple[str, str]]) -> Iterator[str]:
    listed = list(facts)
    width = max(len(name) for name, _ in listed)
    yield from (f"{name:<{width}}  {value}" for name, value in listed)


def _chart(view: IncidentView, s: Speech, width: int) -> Iterator[str]:
    drawn = blocks(view.row.incident.points, s.zone, width)
    if drawn:
        yield from ("", f"{s.texts('incident.picture')}:", *drawn, s.word("legend"))


def _step(step: Step, s: Speech) -> str:
    if step.seen is None:
        return did(step, s)
    t, seen = s.texts, step.seen
    other = f" ({seen.other})" if seen.other else ""
    new = f": {said}" if (said := news(t, step, s.institution)) else ""
    what = f"{t.name('change', seen.what)}{new} · {t.name('level', seen.level)}{other}"
    return f"{moment(t, step.at.astimezone(s.zone))}  {what} · {step_voices(t, seen)}"


def _samples(view: IncidentView, s: Speech) -> Iterator[str]:
    t = s.texts
    for card in view.samples:
        mention = card.mention
        when = t.day(card.local.date()) if mention.date_only else moment(t, card.local)
        yield f"  {place_name(t, mention.network, mention.venue)} · {when}"
        yield f"    {unaddressed(clean(mention.text))}"
    gone = len(view.row.telling.samples) - len(view.samples)
    if not view.samples:
        yield f"  {t('incident.samples_none')}"
    elif gone:
        yield f"  {t.count('incident.samples_gone', gone)}"
