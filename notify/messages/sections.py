"""One institution's part of a digest: what was said and where, what waits, what went well, what nobody heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from corrillo.attention import Attention
from corrillo.institution import Institution
from corrillo.notices import Subscriber
from corrillo.text import clean
from dashboards.page.crisis.incidents import IncidentRow
from dashboards.page.crisis.words import in_short, incident_name
from dashboards.page.i18n import Texts
from dashboards.page.waits.closed import closed
from dashboards.page.waits.words import aged, half_of, kinds
from dashboards.page.words import hours_of, place_name
from dashboards.report.week import Pair, Ranked, Week
from notify.messages.scene import Scene
from notify.messages.sheet import Block, Line

VENUES, SERVICES, WAITING, INCIDENTS, SOURCES = 5, 4, 3, 4, 4
"""How many of each are named."""
LOOKED = timedelta(days=30)
"""How long ago something was asked at most that is listed as waiting."""


@dataclass(frozen=True)
class Section:
    """``week`` may be a day (``daily``)."""

    texts: Texts
    week: Week
    institution: Institution
    subscriber: Subscriber
    scene: Scene
    now: datetime
    daily: bool

    @property
    def tells(self) -> bool:
        """Whether there is anything to say: that nobody could hear is, too."""
        week = self.week
        deaf = bool(week.sources.rows) and len(week.sources.partial) == len(week.sources.rows)
        return bool(week.mentions.now or week.incidents or week.own.now or deaf)

    @property
    def page(self) -> str:
        """Where there is more."""
        if self.daily:
            day, links = str(self.week.calendar), self.scene.links
            return f"{links.at('')}?institution={self.institution.id}&from={day}&to={day}" if links.public_url else ""
        report = self.scene.links.at("report")
        return f"{report}?institution={self.institution.id}&week={self.week.calendar}" if report else ""

    @property
    def title(self) -> str:
        """Such as: Resumen del vie 20 nov; Resumen de la semana 47."""
        t, first = self.texts, self.week.calendar.first
        if self.daily:
            return t("tell.day_title", day=f"{t.weekday(first)} {t.short_day(first)}")
        return t("tell.week_title", n=self.week.calendar.number)

    # ── in a sentence ─────────────────────────────────────────────────────────────────────
    @property
    def gist(self) -> str:
        """For the subject: how many posts, how many wait."""
        t, week = self.texts, self.week
        waiting = week.waits.figures.waiting
        said = t.count("tell.posts", week.mentions.now) if week.mentions.now else t("tell.no_posts")
        return f"{said}, {t.count('tell.wait', waiting)}" if waiting else said

    @property
    def headline(self) -> str:
        """How many, how much of it off page, and beside before."""
        t, mentions = self.texts, self.week.mentions
        if not mentions.now:
            return t("tell.nothing_partial" if self.week.sources.partial else "tell.nothing_heard")
        share = t.percent(self.week.off_page.now / mentions.now)
        said = t.count("tell.headline", mentions.now, least=self._least, share=share)
        before = self._before(mentions)
        return f"{said} {t('tell.before_day' if self.daily else 'tell.before_week', n=before)}" if before else said

    @property
    def _least(self) -> str:
        """What stands before a count where not everything was heard."""
        return self.texts("tell.least") if self.week.sources.partial else ""

    def _before(self, pair: Pair) -> str:
        return "" if pair.before is None else self.texts.number(pair.before)

    # ── parts ─────────────────────────────────────────────────────────────────────────────
    def blocks(self) -> Sequence[Block]:
        """Off page first; what is empty is not there, but for what waits."""
        found = (self.incidents(), self._where(), self._what(), self._waits(), self._well(), self.heard())
        return [b for b in found if b]

    def _where(self) -> Block | None:
        t, week = self.texts, self.week
        lines = [self._ranked(r, place_name(t, *r.values)) for r in week.venues[:VENUES]]
        on_page = week.mentions.now - week.off_page.now
        lines += [Line(t.count("tell.on_page_too", on_page))] if on_page else []
        return Block(t("tell.head_where"), tuple(lines)) if lines else None

    def _what(self) -> Block | None:
        t = self.texts
        lines = tuple(self._ranked(r, t.name("service", r.values[0])) for r in self.week.services[:SERVICES])
        return Block(t("tell.head_what"), lines) if lines else None

    def _ranked(self, ranked: Ranked, name: str) -> Line:
        t, before = self.texts, self._before(ranked.count)
        said = f"{t.number(ranked.count.now)}" + (f" ({t('tell.was', n=before)})" if before else "")
        return Line(said, label=clean(name))

    def incidents(self) -> Block | None:
        """Those that there were."""
        t, rows = self.texts, self.week.incidents
        lines = [self._incident(row) for row in rows[:INCIDENTS]]
        rest = len(rows) - INCIDENTS
        lines += [Line(t.count("report.more_incidents", rest))] if rest > 0 else []
        return Block(t("tell.head_incidents"), tuple(lines)) if lines else None

    def _incident(self, row: IncidentRow) -> Line:
        t, incident = self.texts, row.incident
        name = clean(incident_name(t, incident, self.institution, row.gist))
        return Line(
            t("tell.incident_over" if incident.resolved else "tell.incident_open", name=name, how=in_short(t, row)),
            label=t.name("level", incident.peak),
            href=self.scene.links.at("crisis", incident.id),
        )

    def _waits(self) -> Block | None:
        t, waits = self.texts, self.week.waits
        lines = []
        if waits.figures.waiting:
            lines.append(Line(t.count("tell.wait_now", waits.figures.waiting, of=t.number(waits.figures.asked))))
        if waits.earlier:
            lines.append(Line(t.count("tell.wait_earlier", waits.earlier)))
        lines += [self._waiting(a) for a in self._longest()]
        if waits.figures.unknown:
            lines.append(Line(t.count("tell.wait_unknown", waits.figures.unknown)))
        if not lines and waits.figures.asked:
            lines.append(Line(t("tell.wait_nobody")))
        return Block(t("tell.head_waits"), tuple(lines)) if lines else None

    def _longest(self) -> Sequence[Attention]:
        """Who has waited longest, asked in the last LOOKED."""
        store, institution = self.scene.store, self.institution.id
        found = store.attention(institution, since=self.now - LOOKED, until=self.week.until)
        waiting = [a for a in found if a.state == "waiting" and not a.gone]
        shut = closed(store, institution, waiting)
        return sorted((a for a in waiting if a.mention not in shut), key=lambda a: a.asked)[:WAITING]

    def _waiting(self, one: Attention) -> Line:
        t = self.texts
        return Line(
            t(
                "tell.waiting",
                kind=kinds(t, one),
                service=t.name("service", one.service).lower(),
                place=place_name(t, one.network, one.venue),
            ),
            label=t("tell.ago", age=aged(t, self.now - one.asked)),
            href=self.scene.links.at("mention", one.mention),
        )

    def _well(self) -> Block | None:
        t, figures = self.texts, self.week.waits.figures
        praise = self.week.tags["praise"].now
        lines = []
        if figures.answered:
            median = t("tell.median", time=half_of(t, figures)) if figures.working.half is not None else ""
            lines.append(Line(t.count("tell.answered", figures.answered, median=median)))
        lines += [Line(t.count("tell.praised", praise))] if praise else []
        return Block(t("tell.head_well"), tuple(lines)) if lines else None

    def heard(self) -> Block | None:
        """What of the period nobody heard; None where all was heard."""
        t, found = self.texts, self.week.sources
        if not found.rows:
            return Block(t("tell.head_unheard"), (Line(t("report.no_sources")),))
        lines = [
            Line(t("tell.unheard", time=hours_of(t, r.unheard)), label=clean(r.label or r.health.source))
            for r in found.partial[:SOURCES]
        ]
        rest = len(found.partial) - SOURCES
        lines += [Line(t.count("report.more_unheard", rest))] if rest > 0 else []
        return Block(t("tell.head_unheard"), tuple(lines)) if lines else None
