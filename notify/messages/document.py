"""What a message says, for programs: plain JSON, the same for webhooks and for the feed. docs/notify.md describes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from corrillo.links import Grant
from corrillo.notices import Delivery, News, Subscriber
from notify.messages.alerts import READ, ordered
from notify.messages.facts import facts
from notify.messages.scene import Facts, Scene
from notify.messages.sheet import Line, Sheet
from notify.messages.words import excerpt

EDITION = 1
"""Raised when a field changes its meaning or goes."""


def document(
    delivery: Delivery, sheet: Sheet, scene: Scene, subscriber: Subscriber, now: datetime
) -> Mapping[str, Any]:
    """Times are ISO 8601 in UTC. Nothing of a post's author is in it."""
    institution = scene.institutions.get(delivery.institution)
    return {
        "corrillo": EDITION,
        "id": delivery.id,
        "what": delivery.what,
        "drill": delivery.what == "drill",
        "made": delivery.made.isoformat(),
        "language": sheet.language,
        "urgency": delivery.urgency,
        "institution": {"id": delivery.institution, "name": institution.name if institution else ""},
        "subject": sheet.subject,
        "said": [*sheet.lead],
        "parts": [
            {"heading": b.heading, "lines": [_line(line) for line in b.lines]} for b in sheet.blocks if not b.quotes
        ],
        "incidents": _incidents(ordered(delivery), scene, subscriber, now),
        "period": delivery.period if delivery.what == "digest" else "",
    }


def _line(line: Line) -> dict[str, str]:
    found = {"label": line.label, "text": line.text, "note": line.note, "url": line.href}
    return {key: value for key, value in found.items() if value}


def _incidents(told: list[News], scene: Scene, subscriber: Subscriber, now: datetime) -> list[dict[str, Any]]:
    """The first ones in full, the others by their names."""
    full = [i for n in told[:READ] if (i := _incident(n, scene, subscriber, now)) is not None]
    return [*full, *({"id": n.incident, "news": n.what, "at": n.at.isoformat(), "level": n.level} for n in told[READ:])]


def _incident(news: News, scene: Scene, subscriber: Subscriber, now: datetime) -> dict[str, Any] | None:
    known = facts(scene, news.incident, now)
    if known is None:
        return None
    incident, row = known.row.incident, known.row
    return {
        "id": incident.id,
        "news": news.what,
        "at": news.at.isoformat(),
        "life": row.life,
        "level": incident.level,
        "peak": incident.peak,
        "opened": incident.opened.isoformat(),
        "resolved": incident.resolved.isoformat() if incident.resolved else None,
        "subjects": [{"service": s.service, "district": s.district} for s in incident.subjects],
        "evidence": _evidence(known),
        "samples": [
            {
                "id": post.id,
                "network": post.network,
                "venue": post.venue,
                "published": post.published.isoformat(),
                "text": excerpt(post.title, post.text),
                "page": scene.links.at("mention", post.id),
            }
            for post in known.posts
        ],
        "page": scene.links.at("crisis", incident.id),
        "acknowledge": scene.links.url(Grant("acknowledge", subscriber.id, incident.id), now) if row.open else "",
        "silence": scene.links.url(Grant("silence", subscriber.id, incident.id), now) if row.open else "",
    }


def _evidence(known: Facts) -> dict[str, Any]:
    e = known.row.telling
    return {
        "channel": e.channel,
        "minutes": e.minutes,
        "voices": round(e.voices, 1),
        "expected": round(e.expected, 2),
        "low": round(e.low, 2),
        "high": round(e.high, 2),
        "mentions": e.count,
        "authors": e.authors,
        "networks": dict(e.networks),
        "heard": round(e.heard, 3),
        "blind": list(e.blind),
    }
