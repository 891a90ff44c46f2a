"""A rehearsal as JSON for other programs; times are in UTC, spans in seconds."""

from __future__ import annotations

from typing import Any

import msgspec

from corrillo.cli.rehearsal_report import ALERTS, Report
from corrillo.rehearsal.replay import Episode
from corrillo.rehearsal.truth import Verdict

Record = dict[str, Any]


def as_record(report: Report) -> Record:
    """The same as one JSON object; times are in UTC, spans in seconds."""
    result, asked = report.result, report.result.asked
    counted = {level: len(result.at(level)) for level in ALERTS}
    return {
        "institution": result.institution,
        "from": asked.since,
        "to": asked.until,
        "by": asked.by,
        "first": result.first,
        "learnt": result.learnt,
        "replayed": result.replayed,
        "alerts": counted,
        "a_month": {level: round(result.a_month(count), 3) for level, count in counted.items()},
        "incidents": [_record(report, e) for e in result.episodes],
        "truth": None if report.truth is None else [_judged(report, v) for v in report.verdicts],
    }


def _record(report: Report, episode: Episode) -> Record:
    incident = episode.incident
    reached = {level: r for level in ALERTS if (r := episode.reached(level))}
    return {
        "id": incident.id,
        "leading": msgspec.to_builtins(incident.leading),
        "peak": incident.peak,
        "first": episode.first,
        "opened": incident.opened,
        "resolved": incident.resolved,
        "into": incident.into,
        "reached": {
            level: {"at": r.at, "after": r.after.total_seconds(), "mentions": r.mentions}
            for level, r in reached.items()
        },
        "changes": [
            {"at": c.at, "what": c.what, "level": c.level, "voices": c.evidence.voices} for c in incident.changes
        ],
        "reason": report.reason(episode),
    }


def _judged(report: Report, verdict: Verdict) -> Record:
    return {
        "level": verdict.level,
        "found": [
            {"what": f.real.what, "incident": f.incident, "at": f.at, "lead": f.lead.total_seconds()}
            for f in verdict.found
        ],
        "missed": [r.what for r in verdict.missed],
        "false": list(verdict.false),
        "false_a_month": round(report.result.a_month(len(verdict.false)), 3),
    }
