"""A rehearsal in lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from corrillo.alerts import rank
from corrillo.cli.rehearsal_report import ALERTS, Report
from corrillo.rehearsal.replay import Episode
from corrillo.rehearsal.run import Rehearsed
from corrillo.rehearsal.truth import Verdict
from dashboards.page.crisis.words import incident_name

LITTLE, WELL = timedelta(days=2), timedelta(weeks=6)
"""After how long what is normal is usable, and good."""
ENOUGH = timedelta(weeks=2)
"""From how long on a rate means anything."""


def lines(report: Report) -> Iterator[str]:
    """What was replayed, each alert, and how many there were."""
    result, asked = report.result, report.result.asked
    yield f"{report.institution.name}: {report.when(asked.since)} – {report.when(asked.until)} ({report.institution.time_zone}), by the time mentions were {asked.by}"
    yield f"  {result.replayed} mentions replayed, {result.learnt} before them to learn from{_doubt(result)}"
    for episode in result.episodes:
        yield ""
        yield from _episode(report, episode)
    yield ""
    for level in reversed(ALERTS):
        count = len(result.at(level))
        yield f"{'at or above ' + level:<20} {count} ({_often(result, count)})"
    for verdict in reversed(report.verdicts):
        yield from _verdict(report, verdict)
    if report.truth is None:
        yield "Nothing says which of them were false: --truth FILE (from,to,what) does."


def _doubt(result: Rehearsed) -> str:
    if result.first is None:
        return ""
    time = result.asked.since - result.first
    if time >= WELL:
        return ""
    days = max(time.days, 0)
    good = "too little: the first two days of alerts are guesses" if time < LITTLE else "usable; good after six weeks"
    return f" ({days} days: {good})"


def _episode(report: Report, episode: Episode) -> Iterator[str]:
    incident = episode.incident
    ended = report.when(incident.resolved) if incident.resolved else "…"
    part = f" · part of {incident.into} in the end" if incident.into else ""
    what = incident_name(report.texts, incident, report.institution)
    yield f"{incident.peak.upper()} · {what} · {report.when(incident.opened)} – {ended}{part} · {incident.id}"
    yield f"    {report.reason(episode)}"
    yield f"    {'first':<8} {report.when(episode.first)}  mention that it rests on"
    for level in ALERTS:
        if (reached := episode.reached(level)) and rank(level) <= rank(incident.peak):
            yield f"    {level:<8} {report.when(reached.at)}  {_span(reached.after)} later, mentions by then: {reached.mentions}"
    eased = [c for c in incident.changes if c.what in ("eased", "reopened")]
    for change in eased:
        yield f"    {change.what} to {change.level} {report.when(change.at)}"


def _verdict(report: Report, verdict: Verdict) -> Iterator[str]:
    total, false = len(verdict.found) + len(verdict.missed), len(verdict.false)
    often = _often(report.result, false)
    yield ""
    yield f"{verdict.level}: {len(verdict.found)} of {total} found, {len(verdict.missed)} missed, {false} false ({often})"
    for found in verdict.found:
        side = "before" if found.lead < timedelta() else "after"
        yield f"    found   {found.real.what}: {_span(abs(found.lead))} {side} its beginning ({found.incident})"
    for real in verdict.missed:
        yield f"    missed  {real.what} ({report.when(real.since)})"


def _often(result: Rehearsed, count: int) -> str:
    """As so many a month, where the time is long enough for that to mean anything."""
    time = result.asked.until - result.asked.since
    return f"in {_span(time)}" if time < ENOUGH else f"{result.a_month(count):.1f} a month"


def _span(time: timedelta) -> str:
    minutes = round(time.total_seconds() / 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes / 60:.1f} h" if minutes < 48 * 60 else f"{minutes / 1440:.1f} days"
