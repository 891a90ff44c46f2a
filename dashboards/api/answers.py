"""What the API answers: frozen words, from which its JSON and the schemas of its JSON are both made."""

from __future__ import annotations

from datetime import datetime

from corrillo.alerts import Incident
from corrillo.attention import Attention
from corrillo.health import Proof, State
from corrillo.model import Budget, Gap, TaggedMention, Word


class Answer(Word, frozen=True):
    """What every answer says of itself: about whom, read when, of which period (``until`` is not included)."""

    institution: str
    read: datetime
    since: datetime | None
    until: datetime | None


class Mentions(Answer, frozen=True):
    """One page of mentions, newest first; ``next_page`` continues it ('' at the end).

    ``author`` is there for own accounts only. ``url`` and ``ref`` lead to people: they are '' unless asked for.
    """

    total: int
    mentions: tuple[TaggedMention, ...]
    next_page: str


class Count(Word, frozen=True):
    """How many mentions have these ``values`` of the fields in ``by``, by how many distinct authors (None: not asked)."""

    values: tuple[str, ...]
    count: int
    authors: int | None = None


class Counts(Answer, frozen=True):
    """How many mentions there are in all, and by the fields in ``by``, most first; one with two tags is in two counts."""

    total: int
    by: tuple[str, ...]
    counts: tuple[Count, ...]


class Column(Word, frozen=True):
    """One span of time with mentions: its ``start`` (ISO, local) and how many; ``value`` of the field it is split by."""

    start: str
    count: int
    value: str = ""


class Histogram(Answer, frozen=True):
    """Mentions over time in ``zone``, earliest first. A span that is missing had none — or was not heard: see sources."""

    interval: str
    zone: str
    split: str
    columns: tuple[Column, ...]


class VenueCount(Word, frozen=True):
    """What was said in one venue; ``authors``: distinct ones who are not the institution."""

    network: str
    venue: str
    off_page: int
    on_page: int
    own: int
    authors: int


class Venues(Answer, frozen=True):
    """Every venue, most mentions first."""

    venues: tuple[VenueCount, ...]


class Attentions(Answer, frozen=True):
    """One page of questions and complaints, newest first, and what became of each.

    ``answered`` null and ``looked`` null: nobody looked for answers, so whether there is one is unknown.
    """

    total: int
    attention: tuple[Attention, ...]
    next_page: str


class Incidents(Answer, frozen=True):
    """Incidents that have changed in the period, the newest change first; of ``open`` ones all, whenever they changed."""

    incidents: tuple[Incident, ...]


class Source(Word, frozen=True):
    """How one source is: calm (fresh, quiet) or not heard, and what of the period it did not hear."""

    source: str
    network: str
    label: str
    state: State
    proof: Proof
    listening: bool
    newest_post: datetime | None
    last_success: datetime | None
    failures: int
    seen: int
    kept: int
    rejected: int
    unheard_seconds: float
    gaps: tuple[Gap, ...]
    budget: Budget | None


class Sources(Answer, frozen=True):
    """All sources, worst first. While one is not listening, every count is at least what it says."""

    sources: tuple[Source, ...]
    quarantined: int


class Refusal(Word, frozen=True):
    """Why a request was not answered: the ``field`` and ``value`` that cannot be used, and what is ``allowed``."""

    error: str
    message: str
    field: str = ""
    value: str = ""
    allowed: tuple[str, ...] = ()
