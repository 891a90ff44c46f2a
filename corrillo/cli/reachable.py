"""What ``corrillo doctor`` finds about telling people: the mail server, who can be reached, and who at night."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from corrillo.bootstrap import environment, known_links, now, open_channels, open_store
from corrillo.duty import Clocks
from corrillo.errors import CorrilloError, StoreError
from corrillo.findings import Finding
from corrillo.institution import Institution
from corrillo.notices import Subscriber
from corrillo.settings import Settings
from corrillo.subscribers import subscriber
from notify.channels.email import Email
from notify.ports import Channels

WEEK = 7 * 24


def telling(settings: Settings, offline: bool) -> Iterator[Finding]:
    """Nothing is sent. ``offline``: the mail server is not asked either."""
    try:
        people = _people(settings)
    except StoreError:  # said of the store itself
        return
    except CorrilloError as error:
        yield Finding("telling people", False, error.message, error.remedy)
        return
    if not people and not settings.notify.smtp:
        yield Finding("telling people", True, "nobody is subscribed: somebody has to look at the page by themselves")
        return
    try:
        channels = open_channels(settings)
    except CorrilloError as error:
        yield Finding("telling people", False, error.message, error.remedy)
        return
    try:
        yield from _found(settings, people, channels, offline)
    finally:
        channels.close()


def _people(settings: Settings) -> Sequence[Subscriber]:
    """Those of the store, and those of the file as they will be."""
    store = open_store(settings)
    try:
        known = {s.id: s for s in store.subscribers() if s.origin != "file"}
    finally:
        store.close()
    entries = [subscriber(e, settings.file.parent, environment(), now()) for e in settings.subscribers]
    return list((known | {s.id: s for s in entries}).values())


def _found(settings: Settings, people: Sequence[Subscriber], channels: Channels, offline: bool) -> Iterator[Finding]:
    yield _reached(people)
    email = getattr(channels, "email", None)
    if isinstance(email, Email) and not offline:
        yield _mail(email)
    yield from (f for one in people for f in _ways(one, channels))
    yield _links(settings)
    yield from (_night(people, i) for i in settings.institutions)


def _reached(people: Sequence[Subscriber]) -> Finding:
    never = [p.name for p in people if not any(w.confirmed for w in p.ways) and not p.feed]
    said = f"{len(people) - len(never)} of {len(people)} subscribers can be told"
    remedy = "let them answer the question, or: corrillo subscribe confirm …"
    return Finding("telling people", not never, said + (f", not: {', '.join(never)}" if never else ""), remedy)


def _mail(email: Email) -> Finding:
    try:
        return Finding("mail server", True, email.greet())
    except CorrilloError as error:
        return Finding("mail server", False, error.message, error.remedy)


def _ways(one: Subscriber, channels: Channels) -> Iterator[Finding]:
    """Ways that no channel of ours takes."""
    for way in one.ways:
        try:
            channels.of(way)
        except CorrilloError as error:
            yield Finding(f"{one.id}, {way.masked}", False, error.message, error.remedy)


def _links(settings: Settings) -> Finding:
    links = known_links(settings)
    if links is None or not links.public_url:
        return Finding(
            "links in messages",
            False,
            "there are none: nobody can acknowledge or silence from a message",
            'write under [page]: public_url = "https://…", the address under which people reach the page',
        )
    return Finding("links in messages", True, f"lead to {links.public_url}")


def _night(people: Sequence[Subscriber], about: Institution) -> Finding:
    """Whether in every hour of the week to come somebody is on duty; where not, a crisis wakes all whom it concerns."""
    mine = [p for p in people if any(w.confirmed for w in p.ways) and about.id in (p.institutions or (about.id,))]
    what = f"on duty for {about.name}"
    if not mine:
        return Finding(what, False, "nobody", "corrillo subscribe add")
    free = _unwatched(mine, Clocks(about), now())
    if free is None:
        return Finding(what, True, "somebody at every hour of the week")
    at = f"{free.astimezone(about.zone):%A %H:%M}".lower()
    return Finding(what, True, f"not at every hour ({at}, for one): a crisis is told to everybody then, the rest waits")


def _unwatched(people: Sequence[Subscriber], clocks: Clocks, moment: datetime) -> datetime | None:
    hours = (moment + timedelta(hours=n) for n in range(WEEK))
    return next((h for h in hours if not any(clocks.on_duty(p, h) for p in people)), None)
