"""Subscribers and what they were told, in lines for a terminal. An address is never shown whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from corrillo.notices import Delivery, Subscriber
from corrillo.subscribers import said


def as_json(one: Subscriber) -> dict[str, Any]:
    """Everything but the addresses and the feed's token."""
    known = msgspec.to_builtins(one)
    ways = [{"kind": w.kind, "address": w.masked, "confirmed": w.confirmed} for w in one.ways]
    return {k: v for k, v in known.items() if k not in ("kind", "feed")} | {"ways": ways, "has_feed": bool(one.feed)}


def line(one: Subscriber) -> str:
    """Somebody in one line."""
    return f"{one.id:20} {one.least:8} {one.name} · {ways(one)} · {about(one)}"


def ways(one: Subscriber) -> str:
    """Their ways in order; ? after one that nobody has confirmed."""
    return ", ".join(f"{w.masked}{'' if w.confirmed else ' ?'}" for w in one.ways) or "no way to reach them"


def about(one: Subscriber) -> str:
    """What they want to hear of."""
    named = (*one.institutions, *one.services, *one.districts)
    return ", ".join(named) if named else "everything"


def whole(one: Subscriber, told: Sequence[Delivery], zone: ZoneInfo) -> Iterator[str]:
    """Everything about somebody."""
    yield f"{one.name} ({one.id}), by {one.origin}, since {one.created.astimezone(zone):%Y-%m-%d}"
    yield f"  from {one.least} on, about {about(one)}; in {one.language}; at most {one.per_hour} messages an hour"
    yield f"  ways: {ways(one)}{' · Atom feed' if one.feed else ''}"
    holidays = "; public holidays" if one.quiet_holidays else ""
    yield f"  quiet: {'; '.join(map(said, one.quiet)) or 'never'}{holidays} (a crisis breaks through)"
    yield f"  on duty: {'; '.join(map(said, one.shifts)) or 'always'}"
    if one.next:
        yield f"  not acknowledged after {one.after} minutes: {one.next} is told"
    if one.digests:
        yield f"  digests: {', '.join(one.digests)}, at {one.digest_at}"
    yield "told lately:" if told else "told lately: nothing"
    yield from (f"  {delivery(d, zone)}" for d in told)


def delivery(one: Delivery, zone: ZoneInfo) -> str:
    """A message in one line: when, what, to whom, how, with which result."""
    last = one.attempts[-1] if one.attempts else None
    how = f"{last.channel}: {last.said}" if last else ""
    news = ", ".join(f"{n.what} {n.incident[:8]}" for n in one.news)
    at = (one.sent or one.made).astimezone(zone)
    what = " ".join(filter(None, (one.what, one.period, one.urgency if one.news else "", news)))
    waits = f"until {one.due.astimezone(zone):%d %b %H:%M}" if one.state == "waiting" else ""
    return " · ".join(filter(None, (f"{at:%Y-%m-%d %H:%M:%S}", one.subscriber, what, one.state, one.why or waits, how)))
