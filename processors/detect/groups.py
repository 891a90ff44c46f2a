"""Which alerts of one moment tell the same thing.

A mention has one service and one district. So a service and a district show by their mentions whether
they tell the same; two services, or two districts, never share one, and only the institution as a whole
can show that they began as one burst. It contains them all: that it shares their mentions says nothing,
that they explain what is unusual of it says much.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product

from corrillo.alerts import Alert, Subject
from processors.detect.ties import Cluster, IncidentRules, Ties, overlap, since_shared

Group = tuple[Alert, ...]
"""Alerts that tell the same thing, in the order of their subjects."""


def groups(alerts: Sequence[Alert], ties: Ties, rules: IncidentRules) -> list[Group]:
    """``alerts`` (one a subject, of one institution) divided into what they tell, whatever their order."""
    ordered = sorted(alerts, key=lambda a: a.subject)
    parts = _by_mentions([a for a in ordered if is_part(a)], ties, rules)
    wholes = [Cluster(a, ties) for a in ordered if not is_part(a)]
    clusters = _with_whole(parts, wholes[0], ties, rules) if parts and wholes else parts + wholes
    found = [tuple(sorted(c.alerts, key=lambda a: a.subject)) for c in clusters]
    return sorted(found, key=lambda group: group[0].subject)


def is_part(alert: Alert) -> bool:
    """Whether it is about a service or a district, not about the institution as a whole."""
    return bool(alert.subject.service or alert.subject.district)


# ── services and districts ────────────────────────────────────────────────────────────────
def _by_mentions(parts: Sequence[Alert], ties: Ties, rules: IncidentRules) -> list[Cluster]:
    clusters = {a.subject: Cluster(a, ties) for a in parts}
    links = _links(parts, ties, rules)
    while pair := next((p for p in _pairs(clusters, links) if _may_join(*p, ties, rules)), None):
        mine, theirs = pair
        mine.take(theirs)
        clusters.update((a.subject, mine) for a in theirs.alerts)
    return list({id(c): c for c in clusters.values()}.values())


def _pairs(
    clusters: Mapping[Subject, Cluster], links: Sequence[tuple[Subject, Subject]]
) -> Iterator[tuple[Cluster, Cluster]]:
    """The clusters that a link would make one, the surest first."""
    pairs = ((clusters[one], clusters[other]) for one, other in links)
    return (pair for pair in pairs if pair[0] is not pair[1])


def _may_join(one: Cluster, other: Cluster, ties: Ties, rules: IncidentRules) -> bool:
    """An alert that tells the same as two incidents makes them one only where all that they tell is the same."""
    if one.parted(other, ties) or not one.merges(other):
        return not one.parted(other, ties)
    enough = min(len(one.mentions), len(other.mentions)) >= rules.enough
    return enough and overlap(one.mentions, other.mentions) >= rules.same


def _links(parts: Sequence[Alert], ties: Ties, rules: IncidentRules) -> list[tuple[Subject, Subject]]:
    """Pairs that tell the same, the surest first: those that did so before, then by what they share."""
    found = [(_together(a, b, ties), _shared(a, b) or 0.0, a, b) for a, b in combinations(parts, 2)]
    found.sort(key=lambda pair: (not pair[0], -pair[1]))
    return [
        (one.subject, other.subject)
        for owner, shared, one, other in found
        if (owner in ties.young or not _apart(one, other, rules) if owner else shared >= rules.same)
    ]


def _together(one: Alert, other: Alert, ties: Ties) -> str:
    """The incident in which they have been together until now, or ''."""
    mine, theirs = ties.owners.get(one.subject), ties.owners.get(other.subject)
    return mine if mine and mine == theirs else ""


def _shared(one: Alert, other: Alert) -> float | None:
    """Their overlap; None where no mention can be in both."""
    a, b = one.subject, other.subject
    services = a.service and b.service and a.service != b.service
    districts = a.district and b.district and a.district != b.district
    return None if services or districts else overlap(one.mentions, other.mentions)


def _apart(one: Alert, other: Alert, rules: IncidentRules) -> bool:
    """Whether enough mentions, of one time and of kinds that may be the same, show that the two tell different things."""
    kinds = {one.evidence.channel, other.evidence.channel}
    comparable = one.evidence.minutes == other.evidence.minutes and (len(kinds) == 1 or "volume" in kinds)
    enough = min(len(one.mentions), len(other.mentions)) >= rules.enough
    shared = _shared(one, other)
    return comparable and enough and shared is not None and shared < rules.still


# ── the institution as a whole ────────────────────────────────────────────────────────────
def _with_whole(parts: list[Cluster], whole: Cluster, ties: Ties, rules: IncidentRules) -> list[Cluster]:
    """The whole goes to the part that explains most of it, and with it what else is part of that burst."""
    alert = whole.alerts[0]
    ranked = sorted(parts, key=lambda c: -len(c.mentions & whole.mentions))
    main = next((c for c in ranked if _keeps(c, alert, ties, rules)), None)
    main = main or next((c for c in ranked[:1] if _explains(c, whole, ties, rules)), None)
    if main is None:
        return [*parts, whole]
    began = main.since
    main.take(whole)
    rest = [c for c in ranked if c is not main]
    while part := next(
        (c for c in rest if abs(c.since - began) <= rules.together and _of_burst(c, main, alert, ties, rules)), None
    ):
        main.take(part)
        rest.remove(part)
        began = min(began, part.since)
    return [main, *rest]


def _keeps(part: Cluster, whole: Alert, ties: Ties, rules: IncidentRules) -> bool:
    """Whether the whole is one incident with that part, and nothing says clearly that it is not any more."""
    owner = ties.owners.get(whole.subject)
    return owner in part.owners and (owner in ties.young or not _has_left(part, whole, rules))


def _has_left(part: Cluster, whole: Alert, rules: IncidentRules) -> bool:
    """Whether enough mentions, of one time and as wide, show that the part explains nothing of the whole any more."""
    wide = [a for a in part.alerts if a.evidence.channel in ("volume", whole.evidence.channel)]
    told = [a for a in wide if a.evidence.minutes == whole.evidence.minutes and len(a.mentions) >= rules.enough]
    excess = _excess(whole, whole.mentions)
    return bool(told) and excess >= rules.enough and _shared_with(part, whole) < rules.rest * excess


def _explains(part: Cluster, whole: Cluster, ties: Ties, rules: IncidentRules) -> bool:
    """Whether the whole, which is no incident yet or another one, tells the same as that part."""
    if part.parted(whole, ties):
        return False
    return _weighs(part, whole.alerts[0], rules, merges=part.merges(whole))


def _of_burst(part: Cluster, main: Cluster, whole: Alert, ties: Ties, rules: IncidentRules) -> bool:
    """Whether it explains much of the whole too. Only fresh incidents are merged by that: later on, two stay two."""
    merges = part.merges(main)
    if part.parted(main, ties) or (merges and not part.owners | main.owners <= ties.fresh):
        return False
    apart = any(_apart(a, b, rules) for a, b in product(part.alerts, main.alerts) if is_part(b))
    return not apart and _weighs(part, whole, rules, merges=merges)


def _weighs(part: Cluster, whole: Alert, rules: IncidentRules, *, merges: bool) -> bool:
    shared = _shared_with(part, whole)
    excess = _excess(whole, since_shared(whole.mentions, [*part.mentions]))
    return shared >= rules.part * excess and (shared >= rules.enough or not merges)


def _shared_with(part: Cluster, whole: Alert) -> int:
    return len(part.mentions.intersection(whole.mentions))


def _excess(alert: Alert, mentions: Sequence[str]) -> float:
    """How many of these mentions of an alert are more than normal; 1 at least."""
    seen = alert.evidence
    normal = min(1.0, seen.expected / seen.voices) if seen.voices > 0 else 0.0
    return max(1.0, len(mentions) * (1.0 - normal))
