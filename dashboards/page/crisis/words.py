"""Names and sentences of incidents, put together from values in the page's language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from corrillo.alerts import Act, Change, Evidence, Incident, Subject
from corrillo.institution import Institution
from corrillo.text import clean
from dashboards.page.crisis.acts import next_morning
from dashboards.page.crisis.fiestas import Festive
from dashboards.page.crisis.gist import UNKNOWN, Gist
from dashboards.page.crisis.hour_words import moment, normal
from dashboards.page.crisis.imported import Imported
from dashboards.page.crisis.incidents import IncidentRow, Step
from dashboards.page.i18n import Texts
from dashboards.page.sources import Sources

NAMED = 3
"""Subjects that stand in the title of an incident, at most."""
GROWING, FADING = 1.5, 0.67
"""From which growth on it goes up, and below which down."""
NOTHING = 0.05
"""A growth that would be written as none."""


def subject_name(texts: Texts, subject: Subject, institution: Institution) -> str:
    """Such as Agua; El Raval; the institution's own name for all of it."""
    if subject.service:
        return texts.name("service", subject.service)
    return clean(subject.district) or institution.name


def incident_name(texts: Texts, incident: Incident, institution: Institution, gist: Gist = UNKNOWN) -> str:
    """What it is about, and where: the words that its posts share, its services, its districts.

    They are its subjects, the leading one before others; those that it had in its life, and then what most of its
    posts are about, where there is nothing closer now. The institution's own name only where nothing is known.
    """
    parts = [s for s in _parts(incident, gist) if not (gist.phrase and s.service == "emergency")]
    shown = sorted(parts[: NAMED - bool(gist.phrase)], key=lambda s: not s.service)
    names = [gist.phrase[:1].upper() + gist.phrase[1:]] if gist.phrase else []
    names += [subject_name(texts, s, institution) for s in shown]
    return (" · ".join(names) or institution.name) + (" …" if len(parts) > len(shown) else "")


def _parts(incident: Incident, gist: Gist) -> list[Subject]:
    now = [incident.leading, *incident.subjects]
    ever = Counter(s for c in incident.changes for s in c.subjects)
    said = [*(Subject(incident.institution, service=s) for s in gist.services)]
    said += [Subject(incident.institution, district=d) for d in gist.districts]
    for some in (now, [s for s, _ in ever.most_common()], said):
        if close := [s for s in dict.fromkeys(some) if s.service or s.district]:
            return close
    return []


def growth(texts: Texts, evidence: Evidence) -> str:
    """Whether it goes up or down, in words."""
    if FADING <= evidence.growth < GROWING:
        return texts("incident.steady")
    if evidence.growth < NOTHING:
        return texts("incident.over_half")
    times = f"{evidence.growth:.1f}".replace(".", texts("number.decimal"))
    return texts("incident.growing" if evidence.growth >= GROWING else "incident.fading", n=times)


def decided(texts: Texts, row: IncidentRow) -> str:
    """What raised it, where that is not how many voices there are in all: of what kind, how many, in what time."""
    e = row.telling
    if e.channel == "volume" and not e.word:
        return ""
    about = texts.name("tags", e.channel) if e.channel != "volume" else clean(row.gist.phrase or e.word)
    what = f"{about} («{clean(row.gist.phrase)}»)" if row.gist.phrase and e.channel != "volume" else about
    return texts(
        "incident.decided",
        level=texts.name("level", row.level),
        what=what,
        voices=texts.number(round(e.voices)),
        span=span(texts, e.minutes),
        normal=normal(texts, e.low, e.high),
    )


def rehearse_command(imported: Imported, language: str) -> str:
    """What shows the alerts that there would have been over what was imported."""
    after = imported.last + timedelta(days=1)
    return f"corrillo rehearse --from {imported.first} --to {after} --lang {language}"


def span(texts: Texts, minutes: int) -> str:
    """A time scale in words: 45 min; 1 h 30 min; 6 h."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return texts("span.minutes", n=rest)
    return texts("span.hours_minutes", hours=hours, minutes=rest) if rest else texts.count("span.hours", hours)


def stands(texts: Texts, row: IncidentRow, zone: ZoneInfo) -> str:
    """Where an incident stands, and by whom: acknowledged by Marta."""
    act = row.standing
    if act is None:
        return texts.name("life", row.life)
    if row.life == "acknowledged":
        return texts("life.acknowledged_by", who=clean(act.who))
    until = moment(texts, act.until.astimezone(zone)) if act.until else ""
    return texts("life.silenced_until", until=until) if until else texts("life.silenced")


def done(texts: Texts, act: Act, zone: ZoneInfo) -> str:
    """What somebody did, as a sentence."""
    who = clean(act.who)
    if act.what == "silence" and act.until:
        return texts("act.done_silence", who=who, until=moment(texts, act.until.astimezone(zone)))
    return texts("act.done_silence_open" if act.what == "silence" else f"act.done_{act.what}", who=who)


def morning(texts: Texts, now: datetime, zone: ZoneInfo) -> str:
    """The morning until which an incident may be silenced."""
    return moment(texts, next_morning(now, zone).astimezone(zone))


def blind_now(texts: Texts, sources: Sources) -> str:
    """What is not heard now, in a sentence."""
    blind, known = sources.not_listening, len(sources.rows)
    names = ", ".join(clean(r.label or r.health.source) for r in blind)
    if known == 1:
        return texts("crisis.blind_only", names=names)
    return texts.count("crisis.blind", len(blind), of=texts.number(known), names=names)


def fiesta_line(texts: Texts, fiesta: Festive) -> str:
    """A fiesta of the last weeks, and how high anything was on its days."""
    ends = [texts.short_day(day) for day in dict.fromkeys((fiesta.first, fiesta.last))]
    key = "levels.festive_lasts" if fiesta.lasts else "levels.festive"
    return texts(key, name=clean(fiesta.name), days=" – ".join(ends), peak=texts(f"levels.peak_{fiesta.peak}"))


def names_of(sources: Sources, names: Sequence[str]) -> str:
    """Sources as their people call them; by their own name those that are not known any more."""
    labels = {r.health.source: r.label for r in sources.rows}
    return ", ".join(clean(labels.get(name) or name) for name in names)


def subject_names(texts: Texts, subjects: Sequence[Subject], institution: Institution) -> str:
    """Several subjects, the institution as a whole last."""
    order = sorted(subjects, key=lambda s: not (s.service or s.district))
    return " · ".join(subject_name(texts, s, institution) for s in order)


def step_voices(texts: Texts, change: Change) -> str:
    """How many voices there were at a step of the history, and how many are normal."""
    usual = normal(texts, change.evidence.low, change.evidence.high)
    return texts.count("incident.step_voices", round(change.evidence.voices), normal=usual)


def in_short(texts: Texts, row: IncidentRow) -> str:
    """How many voices it has, and how many are normal: where there is no room for the reason."""
    e = row.telling
    return texts.count("incident.step_voices", round(e.voices), normal=normal(texts, e.low, e.high))


def news(texts: Texts, step: Step, institution: Institution) -> str:
    """What a step has that none before it had: also Water; also on Facebook. '' where it is only more or less."""
    said = []
    if step.subjects:
        said.append(texts("incident.also", what=subject_names(texts, step.subjects, institution)))
    if step.networks:
        names = [clean(texts.name("network", name)) for name in step.networks]
        said.append(texts("incident.also_on", networks=texts.join(names)))
    return "; ".join(said)
