"""The words of the page: everything that it says, in one language, so that HTML and PDF say the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from corrillo.institution import Institution
from corrillo.model import TAG_KINDS
from corrillo.text import clean
from dashboards.page.crisis.incidents import IncidentRow
from dashboards.page.crisis.words import incident_name
from dashboards.page.i18n import Texts
from dashboards.page.words import hours_of, place_name
from dashboards.report.picture import Bar, picture
from dashboards.report.waits import told as waits_told
from dashboards.report.week import Pair, Ranked, Week

ENOUGH = 30
"""Mentions of the week before from which on a change is told in percent: below, one more or less would look like much."""
NAMED = 4
"""Incidents and sources that are named; the others are counted."""
LONGEST = 60
"""Characters of a name."""


@dataclass(frozen=True)
class Figure:
    """One number of the top row, what it counts, and what it was before."""

    value: str
    label: str
    before: str


@dataclass(frozen=True)
class Line:
    """One row of a table."""

    name: str
    now: str
    before: str


@dataclass(frozen=True)
class Sheet:
    """All that stands on the page, in its order; nothing in it is a citizen's text or name."""

    language: str
    title: str
    institution: str
    span: str
    headline: str
    figures: tuple[Figure, ...]
    picture: str
    alt: str
    venues: tuple[Line, ...]
    services: tuple[Line, ...]
    tags: tuple[Line, ...]
    waits: tuple[str, ...]
    incidents: tuple[str, ...]
    heard: tuple[str, ...]
    foot: tuple[str, ...]
    words: dict[str, str]
    """Headings."""


def sheet(week: Week, institution: Institution, now: datetime, texts: Texts) -> Sheet:
    """What a week says."""
    say = _Saying(texts, week, institution)
    return Sheet(
        language=texts.language,
        title=texts("report.title", name=institution.name, week=str(week.calendar)),
        institution=_short(institution.name),
        span=say.span(),
        headline=say.headline(),
        figures=say.figures(),
        picture=say.picture(),
        alt=say.alt(),
        venues=tuple(say.line(r, place_name(texts, *r.values)) for r in week.venues),
        services=tuple(say.line(r, texts.name("service", r.values[0])) for r in week.services),
        tags=tuple(
            Line(texts.name("tags", k), say.count(week.tags[k].now), say.known(week.tags[k])) for k in TAG_KINDS
        ),
        waits=waits_told(texts, week, institution, now),
        incidents=say.incidents(),
        heard=say.heard(),
        foot=say.foot(now),
        words={
            key.removeprefix("report.head_"): said
            for key, said in texts.entries.items()
            if key.startswith("report.head_")
        },
    )


@dataclass(frozen=True)
class _Saying:
    texts: Texts
    week: Week
    institution: Institution

    @property
    def least(self) -> str:
        """What stands before a count where not everything was heard."""
        return "≥\u00a0" if self.week.sources.partial else ""

    def count(self, number: int) -> str:
        return self.least + self.texts.number(number)

    def known(self, pair: Pair) -> str:
        """What it was before; at least so much where not all of that week was heard."""
        if pair.before is None:
            return "–"
        return ("≥\u00a0" if self.week.before_partial else "") + self.texts.number(pair.before)

    def line(self, ranked: Ranked, name: str) -> Line:
        return Line(_short(name), self.count(ranked.count.now), self.known(ranked.count))

    def span(self) -> str:
        t, week = self.texts, self.week
        first = t.day(week.calendar.first)
        if week.over:
            return t("report.span", n=week.calendar.number, first=first, last=t.day(week.calendar.last))
        return t("report.span_open", n=week.calendar.number, first=first, moment=t.moment(self._local(week.until)))

    def headline(self) -> str:
        t, mentions, off_page = self.texts, self.week.mentions, self.week.off_page
        if not mentions.now:
            return t("report.nothing_heard" if not self.week.sources.partial else "report.nothing_partial")
        said = t(
            "report.headline_one" if mentions.now == 1 else "report.headline",
            n=self.count(mentions.now),
            share=t.percent(off_page.now / mentions.now),
        )
        return f"{said}{self._change(mentions)}"

    def _change(self, pair: Pair) -> str:
        """Beside the week before: in percent only where there is enough of it, and all of both was heard."""
        t = self.texts
        if pair.before is None:
            return t("report.before_unknown")
        before = self.known(pair)
        if pair.before < ENOUGH or self.week.sources.partial or self.week.before_partial:
            return t("report.before", n=before)
        if pair.now == pair.before:
            return t("report.as_before", n=before)
        more = pair.now > pair.before
        return t("report.more" if more else "report.less", n=before, share=_percent(t, pair.before, pair.now))

    def figures(self) -> tuple[Figure, ...]:
        t, week = self.texts, self.week
        shown = (("mentions", week.mentions), ("authors", week.authors), ("off_page", week.off_page), ("own", week.own))
        return tuple(
            Figure(self.count(p.now), t(f"report.figure_{name}"), t("report.was", n=self.known(p))) for name, p in shown
        )

    def picture(self) -> str:
        days = self.week.days
        bars = [Bar(f"{self.texts.weekday(day)} {day.day}", parts) for day, parts in days]
        return picture(bars, [self.texts.number(sum(parts)) if parts else "" for _, parts in days])

    def alt(self) -> str:
        t = self.texts
        days = [f"{t.weekday(day)} {t.number(sum(parts))}" for day, parts in self.week.days if parts]
        return t("report.alt", days=t.join(days) or "–")

    def incidents(self) -> tuple[str, ...]:
        t, rows = self.texts, self.week.incidents
        if not rows:
            return (t("report.no_incident"),)
        more = (t.count("report.more_incidents", len(rows) - NAMED),) if len(rows) > NAMED else ()
        return (*(self._incident(r) for r in rows[:NAMED]), *more)

    def _incident(self, row: IncidentRow) -> str:
        t, incident = self.texts, row.incident
        key = "report.incident_over" if incident.resolved else "report.incident"
        return t(
            key,
            level=t.name("level", incident.peak),
            name=_short(incident_name(t, incident, self.institution, row.gist)),
            since=t.moment(self._local(incident.opened)),
            until=t.moment(self._local(incident.resolved)) if incident.resolved else "",
            voices=t.number(round(row.telling.voices)),
            normal=t("report.normal", n=t.number(high))
            if (high := round(row.telling.high))
            else t("report.normal_none"),
        )

    def heard(self) -> tuple[str, ...]:
        t, found = self.texts, self.week.sources
        if not found.rows:
            return (t("report.no_sources"),)
        if not found.partial:
            said = [t.count("report.all_heard", len(found.rows))]
        else:
            said = [self._unheard(r.label or r.health.source, r.unheard) for r in found.partial[:NAMED]]
            rest = len(found.partial) - NAMED
            said += [t.count("report.more_unheard", rest)] if rest > 0 else []
        said += [t("report.before_partial")] if self.week.before_partial else []
        return tuple(said)

    def _unheard(self, label: str, lost: timedelta) -> str:
        return self.texts("report.unheard", source=_short(clean(label)), time=hours_of(self.texts, lost))

    def foot(self, now: datetime) -> tuple[str, ...]:
        t, zone = self.texts, self.institution.time_zone
        return (t("coverage.elsewhere"), t("report.foot", moment=t.moment(self._local(now)), zone=zone))

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.institution.zone)


def _percent(texts: Texts, before: int, now: int) -> str:
    return texts.percent(abs(now - before) / before)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1].rstrip() + "…"
