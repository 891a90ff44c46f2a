"""A subscriber's alerts as an Atom feed (RFC 4287): one entry for each state of an incident that concerns them. Pure.

Nothing of a post is in it: sentences are made of counts. What has been in a feed stays the same for good, by its id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

from corrillo.alerts import Change, Incident, rank
from corrillo.duty import concerns
from corrillo.institution import Institution
from corrillo.notices import Subscriber
from corrillo.text import clean
from dashboards.incidents.sentence import reason
from dashboards.page.crisis.words import incident_name
from dashboards.page.i18n import Texts

MOST = 100
"""Entries, the newest ones."""
ATOM = "http://www.w3.org/2005/Atom"
EMPTY = datetime(2026, 1, 1, tzinfo=UTC)
"""When a feed was updated in which there has never been anything."""
Xml.register_namespace("", ATOM)


@dataclass(frozen=True)
class Entry:
    """One state of one incident."""

    incident: Incident
    change: Change
    institution: Institution

    @property
    def identity(self) -> str:
        """The same for ever: it follows from the incident and the moment."""
        named = f"{self.incident.id}\x1f{self.change.at.isoformat()}\x1f{self.change.what}"
        return f"urn:corrillo:{hashlib.sha256(named.encode()).hexdigest()[:32]}"


def entries(incidents: Sequence[Incident], subscriber: Subscriber, institutions: Sequence[Institution]) -> list[Entry]:
    """What concerns a subscriber, newest first: from the first state on that reaches their level."""
    known = {i.id: i for i in institutions}
    found = [
        Entry(incident, change, known[incident.institution])
        for incident in incidents
        if incident.institution in known and concerns(subscriber, incident)
        for change in _from(incident, subscriber)
    ]
    return sorted(found, key=lambda e: (e.change.at, e.identity), reverse=True)[:MOST]


def _from(incident: Incident, subscriber: Subscriber) -> Sequence[Change]:
    least = rank(subscriber.least)
    first = next((n for n, c in enumerate(incident.changes) if rank(c.level) >= least), len(incident.changes))
    return incident.changes[first:]


def atom(found: Sequence[Entry], subscriber: Subscriber, texts: Texts, public: str, address: str) -> bytes:
    """The feed; ``public``: where the page is ('' unknown: no links to it), ``address``: its own, '' as well."""
    feed = Xml.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": texts.language})
    _put(feed, "id", f"urn:corrillo:feed:{hashlib.sha256(subscriber.id.encode()).hexdigest()[:32]}")
    _put(feed, "title", texts("feed.title", who=clean(subscriber.name)))
    _put(feed, "updated", _moment(found[0].change.at if found else EMPTY))
    _put(_under(feed, "author"), "name", "Corrillo")
    if address:
        _link(feed, address, "self")
    for entry in found:
        _entry(feed, entry, texts, public)
    return bytes(Xml.tostring(feed, encoding="utf-8", xml_declaration=True))


def _entry(feed: Xml.Element, entry: Entry, texts: Texts, public: str) -> None:
    under, incident, change = _under(feed, "entry"), entry.incident, entry.change
    name = incident_name(texts, incident, entry.institution)
    what = texts.name("change", change.what)
    _put(under, "id", entry.identity)
    _put(under, "title", texts("feed.entry", level=texts.name("level", change.level), what=what, name=clean(name)))
    _put(under, "updated", _moment(change.at))
    _put(under, "summary", _said(entry, texts))
    if public:
        _link(under, f"{public}/crisis/{incident.id}", "alternate")


def _said(entry: Entry, texts: Texts) -> str:
    change, institution = entry.change, entry.institution
    subject = (*change.subjects, entry.incident.leading)[0]
    level = "calm" if change.what == "resolved" else change.level
    return reason(
        change.evidence, subject, level, texts.language, name=institution.name, zone=institution.zone, at=change.at
    )


def _under(above: Xml.Element, name: str) -> Xml.Element:
    return Xml.SubElement(above, f"{{{ATOM}}}{name}")


def _put(above: Xml.Element, name: str, text: str) -> None:
    _under(above, name).text = text


def _link(above: Xml.Element, address: str, how: str) -> None:
    Xml.SubElement(above, f"{{{ATOM}}}link", {"rel": how, "href": address})


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
