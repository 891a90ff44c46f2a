"""Where messages are written from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from corrillo.alerts import Incident
from corrillo.institution import Institution
from corrillo.links import Links
from corrillo.model import TaggedMention
from corrillo.ports import Bucket, Store
from dashboards.page.crisis.incidents import IncidentRow
from dashboards.page.sources import Listening, Sources


@dataclass(frozen=True)
class Facts:
    """``row``: the incident as it stands. ``posts``: a few that are still there, most telling first.

    ``off_page`` and ``on_page``: its posts by network and venue. ``known``: whether the store answered; where it
    did not, only ``row`` is there, as somebody read it last.
    """

    at: datetime
    row: IncidentRow
    posts: tuple[TaggedMention, ...] = ()
    off_page: tuple[Bucket, ...] = ()
    on_page: tuple[Bucket, ...] = ()
    sources: Sources = field(default_factory=Sources)
    known: bool = True


@dataclass(frozen=True)
class Scene:
    """A store, whom it is about, the links of this installation, and who is listened to.

    ``known``: incidents as somebody else read them last, for when the store does not answer. ``kibana``: the
    address of its dashboard, '' where there is none. ``lately``: what was read for one message is good for the
    next of the same incident, for some seconds.
    """

    store: Store
    institutions: Mapping[str, Institution]
    links: Links
    coverage: Sequence[Listening] = ()
    kibana: str = ""
    known: Mapping[str, Incident] = field(default_factory=dict)
    lately: dict[str, Facts] = field(default_factory=dict, compare=False, repr=False)
