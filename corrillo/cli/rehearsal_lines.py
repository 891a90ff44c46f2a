"""A rehearsal in lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from shlex import quote

from corrillo.alerts import rank
from corrillo.cli.rehearsal_report import ALERTS, Report
from corrillo.rehearsal.replay import Episode
from corrillo.rehearsal.truth import Verdict
from dashboards.page.crisis.words import incident_name

LITTLE, WELL = timedelta(days=2), timedelta(weeks=6)
"""After how long what is normal is usable, and good."""
ENOUGH = timedelta(weeks=2)
"""From how long on a rate means anything."""


def lines(report: Report) -> Iterator[str]:
    """What was replayed, each alert, and how many there were."""
    result, asked = report.result, report.result.asked
    yield report.word(
        "asked", name=report.institution.name, since=report.when(asked.since), until=report.when(asked.until),
        zone=report.institution.time_zone, by=report.word(asked.by),
    )  # fmt: skip
    yield f"  {report.word('replayed', n=result.replayed, learnt=result.learnt)}{_doubt(report)}"
    for episode in result.episodes:
        yield ""
        yield from _episode(report, episode)
    yield ""
    for level in reversed(ALERTS):
        count = len(result.at(level))
        yield f"{report.word('at', level=report.level(level)):<20} {count} ({_often(report, count)})"
    for verdict in reversed(report.verdicts):
        yield from _verdict(report, verdict)
    if report.truth is None:
        yield report.word("no_truth")


def _doubt(report: Report) -> str:
    result = report.result
    if result.first is None:
        return ""
    time = result.asked.since - result.first
    if time >= WELL:
        return ""
    return report.word("days", n=max(time.days, 0), good=report.word("too_little" if time < LITTLE else "usable"))


def _episode(report: Report, episode: Episode) -> Iterator[str]:
    incident = episode.incident
    ended = report.when(incident.resolved) if incident.resolved else "…"
    part = f" · {report.word('part', id=incident.into)}" if incident.into else ""
    what = incident_name(report.texts, incident, report.institution)
    level = report.texts.name("level", incident.peak).upper()
    yield f"{level} · {what} · {report.when(incident.opened)} – {ended}{part} · {incident.id}"
    yield f"    {report.reason(episode)}"
    yield f"    {report.word('first'):<8} {report.when(episode.first)}  {report.word('rests')}"
    for above in ALERTS:
        if (reached := episode.reached(above)) and rank(above) <= rank(incident.peak):
            later = report.word("reached", span=_span(report, reached.after), n=reached.mentions)
            yield f"    {report.level(above):<8} {report.when(reached.at)}  {later}"
    for change in (c for c in incident.changes if c.what in ("eased", "reopened")):
        yield f"    {report.word(change.what, level=report.level(change.level), at=report.when(change.at))}"
    yield f"    {report.word('posts', command=_find(report, episode))}"


def _find(report: Report, episode: Episode) -> str:
    """The command that shows what was said of its subject while it lasted."""
    about, until = episode.incident.leading, episode.incident.resolved or report.result.asked.until
    of = {"institution": about.institution, "service": about.service, "district": about.district}
    where = "".join(f" --where {quote(f'{name}={value}')}" for name, value in of.items() if value)
    begin = min(episode.first, episode.incident.opened)
    return f"corrillo find{where} --since '{report.when(begin)}' --until '{report.when(until)}'"


def _verdict(report: Report, verdict: Verdict) -> Iterator[str]:
    found, missed, false = len(verdict.found), len(verdict.missed), len(verdict.false)
    yield ""
    yield report.word(
        "verdict", level=report.level(verdict.level), found=found, total=found + missed, missed=missed, false=false,
        often=_often(report, false),
    )  # fmt: skip
    for one in verdict.found:
        side = report.word("before" if one.lead < timedelta() else "after")
        span = _span(report, abs(one.lead))
        yield f"    {report.word('found', what=one.real.what, span=span, side=side, id=one.incident)}"
    for real in verdict.missed:
        yield f"    {report.word('missed', what=real.what, at=report.when(real.since))}"


def _often(report: Report, count: int) -> str:
    """As so many a month, where the time is long enough for that to mean anything."""
    asked = report.result.asked
    time = asked.until - asked.since
    if time < ENOUGH:
        return report.word("in", span=_span(report, time))
    return report.word("a_month", n=_one_place(report, report.result.a_month(count)))


def _span(report: Report, time: timedelta) -> str:
    minutes = round(time.total_seconds() / 60)
    if minutes < 120:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{_one_place(report, minutes / 60)} h"
    return report.word("spans_days", n=_one_place(report, minutes / 1440))


def _one_place(report: Report, value: float) -> str:
    return f"{value:.1f}".replace(".", report.texts("number.decimal"))
