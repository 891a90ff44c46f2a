"""The words of the report: everything that it says, in one language, so that HTML and PDF say the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from corrillo.institution import Institution
from corrillo.text import clean
from dashboards.page.crisis.incidents import Step
from dashboards.page.crisis.reasons import picture_of, reason_of
from dashboards.page.crisis.words import done, incident_name, news, step_voices
from dashboards.page.i18n import Texts
from dashboards.page.waits.words import half_of, lasts
from dashboards.page.words import hours_of, place_name
from dashboards.report.after.facts import After, Milestone
from dashboards.report.sheet import Figure

STEPS = 60
"""Steps of the history that are told, the newest ones."""


@dataclass(frozen=True)
class Happened:
    """One line of what happened: when, what, and how long after the first post, or what was noted then."""

    when: str
    what: str
    more: str


@dataclass(frozen=True)
class Place:
    """One place where it was said, and how often."""

    name: str
    count: str


@dataclass(frozen=True)
class AfterSheet:
    """All that stands in the report, in its order; nothing in it is a citizen's text or name."""

    language: str
    title: str
    institution: str
    span: str
    headline: str
    reason: str
    figures: tuple[Figure, ...]
    picture: str
    alt: str
    milestones: tuple[Happened, ...]
    answers: tuple[str, ...]
    places: tuple[Place, ...]
    told: tuple[str, ...]
    heard: tuple[str, ...]
    history: tuple[Happened, ...]
    foot: tuple[str, ...]
    words: dict[str, str]
    """Headings."""


def after_sheet(after: After, institution: Institution, now: datetime, texts: Texts) -> AfterSheet:
    """What is known, said."""
    say = _Saying(texts, after, institution)
    name = say.name()
    return AfterSheet(
        language=texts.language,
        title=texts("after.title", name=name, institution=institution.name),
        institution=institution.name,
        span=say.span(),
        headline=texts("after.headline", level=texts.name("level", after.row.incident.peak), name=name),
        reason=reason_of(texts, after.row, institution, after.sources),
        figures=say.figures(),
        picture=picture_of(texts, after.row, institution) if after.row.incident.points else "",
        alt=texts("incident.picture_of", what=name),
        milestones=tuple(say.milestone(*one) for one in after.milestones()),
        answers=say.answers(),
        places=tuple(Place(place_name(texts, *b.values), texts.number(b.count)) for b in after.places),
        told=say.told(),
        heard=say.heard(),
        history=tuple(say.step(s) for s in reversed(after.row.history[:STEPS])),
        foot=say.foot(now),
        words={k.removeprefix("after.head_"): v for k, v in texts.entries.items() if k.startswith("after.head_")},
    )


@dataclass(frozen=True)
class _Saying:
    texts: Texts
    after: After
    institution: Institution

    def name(self) -> str:
        return clean(incident_name(self.texts, self.after.row.incident, self.institution, self.after.row.gist))

    def span(self) -> str:
        incident = self.after.row.incident
        since = self._moment(incident.opened)
        if incident.resolved is None:
            return self.texts("after.span_open", since=since)
        return self.texts("after.span", since=since, until=self._moment(incident.resolved))

    def figures(self) -> tuple[Figure, ...]:
        """How early we knew, were told and acted; and how long it was. What did not happen is said so, never as 0."""
        t, after, first = self.texts, self.after, self.after.first_said
        found = []
        for what in ("opened", "first_told", "first_taken"):
            at = after.moment(what)
            value = t("after.not_known") if first is None or after.date_only else t("after.never")
            if at is not None and first is not None and not after.date_only:
                value = lasts(t, (at - first).total_seconds()) if at >= first else self._after(at - first)
            found.append(Figure(value, t(f"after.figure_{what}"), self._moment(at) if at else ""))
        resolved, opened = after.moment("resolved"), after.row.incident.opened
        lasted = lasts(t, (resolved - opened).total_seconds()) if resolved else t("after.goes_on")
        return (*found, Figure(lasted, t("after.figure_lasted"), ""))

    def milestone(self, what: Milestone, at: datetime) -> Happened:
        t, first = self.texts, self.after.first_said
        if what == "first_said" and self.after.date_only:
            return Happened(t.day(at.astimezone(self.institution.zone).date()), t(f"after.{what}"), "")
        lag = self._after(at - first) if first and what != "first_said" and not self.after.date_only else ""
        return Happened(self._moment(at), t(f"after.{what}", level=t.name("level", self.after.row.incident.peak)), lag)

    def answers(self) -> tuple[str, ...]:
        t, found = self.texts, self.after.asked
        if not found.asked:
            return (t("after.nothing_asked"),)
        states = {"answered": found.answered, "waiting": found.waiting, "unknown": found.unknown}
        parts = [t.count(f"report.{name}", n) for name, n in states.items() if n]
        return (
            t.count("after.asked", found.asked) + " " + t.join(parts) + ".",
            t("report.half", time=half_of(t, found)),
        )

    def told(self) -> tuple[str, ...]:
        t, found = self.texts, self.after.told
        if not found.rows:
            return (t("after.told_nobody"),)
        said = [t.count("room.reached", found.reached) if found.reached else t("room.reached_nobody")]
        said += [t.count("room.failed", found.failed)] if found.failed else []
        took = [r for r in found.rows if r.acknowledged]
        said += [t("after.took", who=t.join([clean(r.name) for r in took]))] if took else [t("after.took_nobody")]
        return tuple(said)

    def heard(self) -> tuple[str, ...]:
        t, found = self.texts, self.after.sources
        if not found.rows:
            return (t("report.no_sources"),)
        if not found.partial:
            return (t.count("after.all_heard", len(found.rows)),)
        return tuple(
            t("report.unheard", source=clean(r.label or r.health.source), time=hours_of(t, r.unheard))
            for r in found.partial
        )

    def step(self, step: Step) -> Happened:
        t, when = self.texts, self._moment(step.at)
        if step.done is not None:
            return Happened(when, done(t, step.done, self.institution.zone), clean(step.done.note))
        if step.seen is None:
            return Happened(when, "", "")
        more = news(t, step, self.institution)
        what = f"{t.name('change', step.seen.what)} ({t.name('level', step.seen.level)})"
        return Happened(when, f"{what}: {more}" if more else what, step_voices(t, step.seen))

    def foot(self, now: datetime) -> tuple[str, ...]:
        t, zone, after = self.texts, self.institution.time_zone, self.after
        kept = t("after.kept", posts=t.number(after.posts), authors=t.number(after.authors))
        return (kept, t("coverage.elsewhere"), t("after.foot", moment=self._moment(now), zone=zone))

    def _after(self, time: timedelta) -> str:
        """How long after the first post; what was before it, as that."""
        key = "after.later" if time >= timedelta() else "after.sooner"
        return self.texts(key, time=lasts(self.texts, abs(time.total_seconds())))

    def _moment(self, at: datetime) -> str:
        return self.texts.moment(at.astimezone(self.institution.zone))
