"""Why it is an incident, in one plain sentence; and in a short second one, what cannot be heard.

All numbers are of evidence: whole voices, and what is normal for those hours or that day. How rare it is
is said as the longest usual time (a day, a week, … ten years) in which chance alone would not bring it once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from math import log10
from types import MappingProxyType

from corrillo.alerts import Evidence, Incident, Level, Subject, rank
from corrillo.text import clean
from dashboards.incidents.naming import network_name, subject_parts
from dashboards.incidents.words import clock, whole_band, words
from dashboards.page.i18n import Texts

NAMED_NETWORKS, NAMED_BLIND = 2, 3
"""Up to how many are called by their names."""
A_DAY = 720
"""From so many minutes on it is no longer a matter of hours."""
PERIODS = ((3652, "decade"), (365, "year"), (30, "month"), (7, "week"), (1, "day"))
"""Days, and how it is said that chance does not bring something once in them; the longest that is true is said."""
ALL_HEARD, NONE_HEARD = 0.995, 0.005
NO_NAMES: Mapping[str, str] = MappingProxyType({})


def told(
    incident: Incident,
    lang: str,
    *,
    name: str,
    zone: tzinfo,
    services: Mapping[str, str] = NO_NAMES,
    phrase: str = "",
) -> str:
    """The reason of an incident as it is now; of one that is over, in the past, as it was at its height."""
    if incident.resolved is None:
        about, at, level, evidence = incident.leading, incident.updated, incident.level, incident.evidence
    else:
        height = max(incident.changes, key=lambda c: (rank(c.level), c.evidence.voices))
        about, at, level, evidence = (*height.subjects, incident.leading)[0], height.at, "calm", height.evidence
    return reason(evidence, about, level, lang, name=name, zone=zone, services=services, at=at, phrase=phrase)


def reason(
    evidence: Evidence,
    subject: Subject,
    level: Level,
    lang: str,
    *,
    name: str,
    zone: tzinfo,
    services: Mapping[str, str] = NO_NAMES,
    at: datetime | None = None,
    phrase: str = "",
) -> str:
    """The sentence. ``name`` is the institution's; ``services`` names those that the catalogue does not know.

    ``phrase``: words that make it a possible emergency. ``at`` is the moment of the evidence: without it no clock time is said. What is calm again is told in the past.
    """
    t, tense = words(lang), "past" if level == "calm" else "now"
    parts = subject_parts(t, subject, name, services) | {
        "phrase": t("about_incident.phrase", words=phrase) if phrase else ""
    }
    said = _when(t, evidence.minutes, tense, at and at.astimezone(zone))
    said += f", {_who(t, evidence)} {_what(t, evidence, subject, tense, parts)}"
    return f"{said}{_usual(t, evidence, tense)}{_chance(t, evidence)}.{_blind(t, evidence, tense)}"


# ── when ──────────────────────────────────────────────────────────────────────────────────
def _when(t: Texts, minutes: int, tense: str, last: datetime | None) -> str:
    if last is None:
        return _span(t, minutes, "last" if tense == "now" else "within")
    first = (last.astimezone(UTC) - timedelta(minutes=minutes)).astimezone(last.tzinfo)
    same = first.date() == last.date()
    key = ("since" if same else "since_day") if tense == "now" else ("between" if same else "between_days")
    return t(
        f"when.{key}",
        first=clock(t, first),
        last=clock(t, last),
        first_day=t.short_day(first.date()),
        last_day=t.short_day(last.date()),
    )


def _span(t: Texts, minutes: int, key: str) -> str:
    hours, rest = divmod(minutes, 60)
    if rest:
        return t(f"when.{key}_minutes", n=t.number(minutes))
    return t(f"when.{key}_hour") if hours == 1 else t(f"when.{key}_hours", n=t.number(hours))


# ── who, and about what ───────────────────────────────────────────────────────────────────
def _voices(evidence: Evidence) -> int:
    """Whole voices: one at least where there is something of one."""
    return max(round(evidence.voices), 1 if evidence.voices > 0 else 0)


def _who(t: Texts, evidence: Evidence) -> str:
    voices, networks = _voices(evidence), evidence.networks
    said = t.count("voices", voices) if voices else t("voices.none")
    if len(networks) > NAMED_NETWORKS:
        return said + t("spread.many", n=t.number(len(networks)))
    return said + t("spread.named", networks=t.join([network_name(t, n) for n, _ in networks])) if networks else said


def _what(t: Texts, evidence: Evidence, subject: Subject, tense: str, parts: Mapping[str, str]) -> str:
    channel, which = evidence.channel, parts["which"]
    if channel == "crisis" and subject.service in ("emergency", "other"):  # an emergency to do with emergencies
        which = "district" if subject.district else "whole"
    verb = t(f"verb.{channel}.{tense}.{'many' if _voices(evidence) > 1 else 'one'}")
    return f"{verb} {t(f'about_incident.{channel}.{which}', **parts)}"


# ── how unusual ───────────────────────────────────────────────────────────────────────────
def _usual(t: Texts, evidence: Evidence, tense: str) -> str:
    low, high = whole_band(evidence.low, evidence.high)
    time = t(f"usual.{'day' if evidence.minutes >= A_DAY else 'hours'}.{tense}")
    said = t(f"range.{_range(low, high)}.{tense}", low=t.number(low), high=t.number(high))
    return t(f"usual.{'more' if _is_more(evidence) else 'same'}", time=time, range=said)


def _is_more(evidence: Evidence) -> bool:
    return _voices(evidence) > whole_band(evidence.low, evidence.high)[1]


def _range(low: int, high: int) -> str:
    if high <= 1:
        return "none" if not high else "one" if low else "to_one"
    return "many" if low == high else "range"


def _chance(t: Texts, evidence: Evidence) -> str:
    """How rarely chance alone brings as much; '' where that is every day, or where it is no more than normal."""
    period = next((name for days, name in PERIODS if evidence.surprise >= log10(days)), "")
    return t(f"chance.{period}") if period and _is_more(evidence) else ""


# ── what cannot be heard ──────────────────────────────────────────────────────────────────
def _blind(t: Texts, evidence: Evidence, tense: str) -> str:
    """The second sentence; '' where everything is heard."""
    if not evidence.blind:
        heard = t.percent(max(evidence.heard, 0.0))
        return "" if evidence.heard >= ALL_HEARD else f" {t(f'blind.unnamed.{tense}', heard=heard)}."
    number = "one" if len(evidence.blind) == 1 else "many"
    said = t(f"blind.{tense}.{number}", names=_named(t, evidence.blind))
    if evidence.heard <= NONE_HEARD:
        return f" {said}{t(f'blind.all.{tense}')}."
    if evidence.heard < ALL_HEARD:
        return f" {said}{t('blind.share', share=t.percent(1 - evidence.heard))}."
    return f" {said}{t(f'blind.more.{tense}')}."


def _named(t: Texts, sources: Sequence[str]) -> str:
    more = len(sources) - NAMED_BLIND
    names = [clean(name) for name in (sources if more <= 0 else sources[:NAMED_BLIND])]
    return t.join([*names, t.count("blind.others", more)] if more > 0 else names)
