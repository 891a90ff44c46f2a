"""Whether it is a crisis, in lines for a terminal: the page's words, drawn in characters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corrillo.cli.incident_words import Speech
from corrillo.text import clean
from dashboards.page.crisis.hour_words import counted, last_hour, learnt, moment, normal
from dashboards.page.crisis.incidents import IncidentRow, Step
from dashboards.page.crisis.reasons import reason_of
from dashboards.page.crisis.view import CrisisView
from dashboards.page.crisis.words import (
    blind_now,
    done,
    incident_name,
    rehearse_command,
    span,
    stands,
)
from dashboards.page.i18n import Texts
from dashboards.page.sources import Sources

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")


def overview(view: CrisisView, over: Sequence[IncidentRow], everything: bool, s: Speech) -> Iterator[str]:
    """What is blind first, then the answer, what is open, and what is ``over``."""
    t = s.texts
    yield hearing(view.sources, s)
    yield f"{s.institution.name}: {t(f'answer.{view.standing.answer}')}"
    facts = [last_hour(t, view.hours), learnt(t, view.hours) if view.hours.hours else _uncounted(view, t)]
    facts += [counted(t, view.hours)] if view.hours.behind else []
    yield from (f"  {fact}" for fact in facts if fact)
    yield ""
    none_open = [] if view.imported else [s.word("none_open")]
    yield from [line for row in view.incidents.open for line in _row(row, view.sources, s)] or none_open
    yield ""
    title = s.word("all") if everything else t("crisis.over_title")
    yield f"{title}:"
    none = s.word("all_none") if everything else t("crisis.over_none")
    none = t("crisis.over_imported") if view.imported else none
    yield from [line for row in over for line in _row(row, view.sources, s)] or [f"  {none}"]


def _uncounted(view: CrisisView, t: Texts) -> str:
    if view.imported is None:
        return t("hours.empty_remedy")
    first, last = t.day(view.imported.first), t.day(view.imported.last)
    return f"{t('hours.imported_remedy', first=first, last=last)} {rehearse_command(view.imported, t.language)}"


def hearing(sources: Sources, s: Speech) -> str:
    """What cannot be heard now; that nothing can, or that everything can."""
    blind, known = len(sources.not_listening), len(sources.rows)
    if not known:
        return s.texts("crisis.blind_none")
    if not blind:
        return s.word(f"all_heard.{'one' if known == 1 else 'many'}", n=known)
    return f"{blind_now(s.texts, sources)} {s.word('deceptive')}"


def _row(row: IncidentRow, sources: Sources, s: Speech) -> Iterator[str]:
    incident = row.incident
    level = s.texts.name("level", row.level).upper() if row.open else s.texts.name("level", row.level)
    yield f"{level} · {incident_name(s.texts, incident, s.institution, row.gist)} · {when(row, s)} · {stood(row, s)} · {s.ids[incident.id]}"
    yield f"    {reason_of(s.texts, row, s.institution, sources)}"
    yield f"    {voices(row, s)}"
    if row.gist.quote:
        yield f"    «{unaddressed(row.gist.quote)}»"
    yield from (f"    {did(step, s)}" for step in row.history if step.done and row.open)


def unaddressed(text: str) -> str:
    """What somebody wrote, without the links in it."""
    return _ADDRESS.sub("[…]", text)


def when(row: IncidentRow, s: Speech) -> str:
    """Since when it has been open, and until when, where it is over."""
    since = moment(s.texts, row.incident.opened.astimezone(s.zone))
    if row.incident.resolved is None:
        return since
    return f"{since} – {moment(s.texts, row.incident.resolved.astimezone(s.zone))}"


def stood(row: IncidentRow, s: Speech) -> str:
    """Who has taken or silenced it; of which it is a part."""
    if row.incident.into:
        return s.word("part", id=s.ids.get(row.incident.into, row.incident.into))
    return stands(s.texts, row, s.zone)


def voices(row: IncidentRow, s: Speech) -> str:
    """How many voices it has, and how many are normal."""
    t, e = s.texts, row.telling
    usual = t("incident.voices_normal", normal=normal(t, e.low, e.high))
    return (
        f"{t('incident.voices')}: {t.number(round(e.voices))} {t('incident.within', span=span(t, e.minutes))} ({usual})"
    )


def did(step: Step, s: Speech) -> str:
    """What somebody did, when, and the note that goes with it."""
    assert step.done is not None, "only what people did"
    at = moment(s.texts, step.at.astimezone(s.zone))
    note = f": {clean(step.done.note)}" if step.done.note else ""
    return f"{at}  {done(s.texts, step.done, s.zone)}{note}"
