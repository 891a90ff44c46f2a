"""One incident's life, step by step: what it is after each, and which steps are worth telling.

Wherever an incident's subjects stand, in itself and in each step, the leading one is the first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from corrillo.alerts import Alert, Change, ChangeKind, Evidence, Incident, Level, Point, Subject, rank
from corrillo.model import milliseconds
from processors.detect.groups import Group, is_part
from processors.detect.ties import IncidentRules

Points = Callable[[Subject], tuple[Point, ...]]
"""A subject's last day, for the picture."""
Step = tuple[ChangeKind, str]
"""What happened, and with which other incident ('' alone)."""


@dataclass(frozen=True)
class Moment:
    """When something happens to incidents, and by which rules."""

    at: datetime
    points: Points
    rules: IncidentRules


def begun(group: Group, now: Moment, step: Step = ("opened", "")) -> Incident:
    """A new incident; ``step`` says so where it was split from another."""
    first = leading(group)
    blank = Incident(
        id=incident_id(first.subject, now.at),
        institution=first.subject.institution,
        opened=now.at,
        updated=now.at,
        level="calm",
        peak="calm",
        leading=first.subject,
        subjects=(),
        evidence=first.evidence,
        changes=(),
    )
    return _after(blank, group, now, [step])


def gone_on(incident: Incident, group: Group, now: Moment, steps: Sequence[Step] = ()) -> Incident:
    """The incident with the alerts that it has now; itself where there is nothing to tell.

    Besides ``steps`` it is told that its level rose or fell, else that something is new; and without any
    step, which subjects it has lost, and every ``refresh`` its evidence as it is now.
    """
    happened = [*steps, *_own_step(incident, group, steps, now.rules)]
    lost = set(incident.subjects) != {a.subject for a in group}
    if happened or lost or _piece(now.at, now.rules.refresh) > _piece(incident.updated, now.rules.refresh):
        return _after(incident, group, now, happened)
    return incident


def ended(incident: Incident, now: Moment, steps: Sequence[Step] = (), into: str = "") -> Incident:
    """All its alerts are calm; or, after ``steps``, it is part of the incident ``into``. Its evidence stays the last it had."""
    at = max(now.at, incident.updated)
    over = replace(incident, updated=at, resolved=at, into=into, points=now.points(incident.leading))
    if into:
        return replace(_noted(over, [*steps, ("merged", into)], now.rules), level="calm")
    return _noted(replace(over, level="calm"), [*steps, ("resolved", "")], now.rules)


def _noted(incident: Incident, steps: Sequence[Step], rules: IncidentRules) -> Incident:
    """With these steps in its history, as it is when it was last updated."""
    changes = [*incident.changes, *(_change(incident, step) for step in steps)]
    return replace(incident, changes=(*changes[:1], *changes[1:][-rules.changes :]))


def leading(group: Group, before: Subject | None = None) -> Alert:
    """The alert that speaks for all: of the highest level, still unusual, of a part before the whole, the one before."""
    return max(group, key=lambda a: _speaks(a, before))


def _speaks(alert: Alert, before: Subject | None) -> tuple[int, bool, bool, bool, float, Subject]:
    surprise = alert.evidence.surprise
    return rank(alert.level), surprise > 0, is_part(alert), alert.subject == before, surprise, alert.subject


def incident_id(subject: Subject, opened: datetime) -> str:
    """Deterministic id of what began there and then: 32 hexadecimal digits (BLAKE2b)."""
    key = "\x1f".join((subject.institution, subject.service, subject.district, str(milliseconds(opened))))
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def formed(incident: Incident) -> datetime:
    """Since when it has been what it is: no subject was new to it, and it was neither merged nor split nor reopened."""
    newest, seen = incident.opened, set(incident.changes[0].subjects)
    for change in incident.changes[1:]:
        if change.what in ("merged", "split", "reopened") or not seen.issuperset(change.subjects):
            newest = change.at
        seen.update(change.subjects)
    return newest


def _after(incident: Incident, group: Group, now: Moment, steps: Sequence[Step]) -> Incident:
    speaks, level = leading(group, incident.leading), _level(group)
    mentions = dict.fromkeys([*incident.mentions, *(m for alert in group for m in alert.mentions)])
    present = replace(
        incident,
        updated=max(now.at, incident.updated),
        level=level,
        peak=max(level, incident.peak, key=rank),
        leading=speaks.subject,
        subjects=(speaks.subject, *(a.subject for a in group if a is not speaks)),
        evidence=speaks.evidence,
        points=now.points(speaks.subject),
        mentions=tuple(mentions)[-now.rules.mentions :],
        resolved=None,
    )
    return _noted(present, steps, now.rules)


def _own_step(incident: Incident, group: Group, steps: Sequence[Step], rules: IncidentRules) -> list[Step]:
    """What its alerts say besides ``steps``: which tell all that is new, except how high it is."""
    if ("reopened", "") in steps:
        return []
    rise = rank(_level(group)) - rank(incident.level)
    if rise:
        return [("escalated" if rise > 0 else "eased", "")]
    return [("changed", "")] if not steps and _is_news(incident, group, rules) else []


def _is_news(incident: Incident, group: Group, rules: IncidentRules) -> bool:
    """Whether a subject was never told before; or, of what is rare still, a network, a channel, or twice the voices."""
    if not {a.subject for a in group} <= {s for c in incident.changes for s in c.subjects}:
        return True
    now: Evidence = leading(group, incident.leading).evidence
    networks = {n for c in incident.changes for n, _ in c.evidence.networks}
    voices = [c.evidence.voices for c in incident.changes if c.evidence.channel == now.channel]
    more = not voices or now.voices >= 2 * max(1.0, *voices)
    return now.surprise >= rules.news and (more or not {n for n, _ in now.networks} <= networks)


def _level(group: Group) -> Level:
    return max((a.level for a in group), key=rank)


def _change(incident: Incident, step: Step) -> Change:
    what, other = step
    return Change(
        at=incident.updated,
        what=what,
        level=incident.level,
        subjects=incident.subjects,
        evidence=incident.evidence,
        other=other,
    )


def _piece(at: datetime, time: timedelta) -> int:
    """Which of the pieces of that length, since 1970, a moment is in."""
    return milliseconds(at) // (time // timedelta(milliseconds=1))
