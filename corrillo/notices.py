"""The words of notification: who wants to be told what, and what was told to whom, when and how.

Nothing here is a citizen's: no text, no author. What is here of a subscriber goes with the subscriber.
Times are aware and in UTC; hours of the day are clocks in the institution's own zone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec

from corrillo.alerts import Level
from corrillo.model import Id, Word

WayKind = Literal["email", "webhook", "apprise"]
"""By mail; as signed JSON to a web address; whatever Apprise speaks (Telegram, Matrix, Slack, Teams, ntfy, SMS …)."""
Period = Literal["daily", "weekly"]
Clock = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
WeekdayNumber = Annotated[int, msgspec.Meta(ge=0, le=6)]
EVERY_DAY: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
REMEMBERED = timedelta(days=60)
"""How far back what was told is known: an incident that is older than that is told as new."""


class Way(Word, frozen=True):
    """One way to reach somebody. ``address``: of mail, of the web, or as Apprise writes it (may hold a token: never shown whole).

    ``confirmed``: since when we know that who reads there wants it; until then only the question is sent there.
    """

    kind: WayKind
    address: str
    confirmed: datetime | None = None

    @property
    def masked(self) -> str:
        """How an address is shown: enough to tell whose it is, never enough to use it."""
        if self.kind == "email":
            name, _, host = self.address.rpartition("@")
            return f"{name[:1]}…@{host}"
        kind, _, rest = self.address.partition("://")
        return f"{kind}://{rest.partition('/')[0].rpartition('@')[2]}/…" if self.kind == "webhook" else f"{kind}://…"


class Hours(Word, frozen=True):
    """Hours of the week: on these days (0 is Monday) from ``begin`` to ``end``; over midnight where ``end`` is not later."""

    begin: Clock
    end: Clock
    days: tuple[WeekdayNumber, ...] = EVERY_DAY


class Subscriber(Word, frozen=True, kw_only=True, tag_field="kind", tag="subscriber"):
    """Somebody who wants to be told.

    ``ways`` in their order: the next one is tried where one fails. ``institutions``: about which; none stands
    for all. ``services``, ``districts``: about these only; where neither names any, about everything; an incident
    of the whole institution matches always.
    ``least``: from which level on. ``quiet``: hours (with ``quiet_holidays`` public holidays too) whose
    messages wait for their end, but for a crisis. ``shifts``: hours of duty; outside of them nothing is
    sent, and what is open when one begins is told then; none: always on duty. ``next`` (a subscriber's id)
    is told what this one has not acknowledged ``after`` minutes later. ``per_hour``: messages at most; the
    first word of a crisis is never held up by it. ``digests`` come at ``digest_at``, weekly ones on Mondays.
    ``feed``: the hash of the token under which their Atom feed is read; '' where they have none.
    """

    id: Id
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    ways: tuple[Way, ...] = ()
    institutions: tuple[Id, ...] = ()
    services: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    least: Level = "warning"
    language: Literal["es", "en"] = "es"
    quiet: tuple[Hours, ...] = ()
    quiet_holidays: bool = False
    shifts: tuple[Hours, ...] = ()
    next: str = ""
    after: Annotated[int, msgspec.Meta(ge=1, le=1440)] = 15
    per_hour: Annotated[int, msgspec.Meta(ge=1, le=60)] = 6
    digests: tuple[Period, ...] = ()
    digest_at: Clock = "08:00"
    feed: str = ""
    origin: Literal["file", "page", "command"] = "command"
    created: datetime


NewsKind = Literal["opened", "escalated", "changed", "resolved", "unacknowledged", "kept_back"]
"""Of an incident: it is there (for this person); it is higher; something is new; it is over; whoever was told first has
not acknowledged it; what has happened while it was silenced."""
DeliveryKind = Literal["alert", "digest", "drill", "confirmation"]
DeliveryState = Literal["waiting", "sending", "sent", "failed", "dropped"]
"""It waits for its time; it may have been handed over; a channel has accepted it; all ways refused it, or too long;
there is no need for it any more (``why``)."""


class News(Word, frozen=True):
    """What is told of one incident: ``at`` the moment of its change that this tells of (and all before it)."""

    incident: Id
    what: NewsKind
    level: Level
    at: datetime


class Attempt(Word, frozen=True):
    """One try to hand a message over: ``way`` is its number among the subscriber's ways, ``channel`` what people call it
    (email, webhook, telegram …; never an address), ``said`` what it answered. ``refused``: it will not take it however
    often it is tried; ``again``: not before then, where it said when."""

    at: datetime
    way: int
    channel: str
    ok: bool
    said: str = ""
    refused: bool = False
    again: datetime | None = None


class Delivery(Word, frozen=True, kw_only=True, tag_field="kind", tag="delivery"):
    """One message to one person. ``id`` follows from whom it is for and what it tells of: the same is never made twice.

    ``due``: not before. ``urgency``: the highest level in it; more urgent ones go first. ``period``: a digest's day
    (2026-11-22) or week (2026-W47); a drill's id. ``next_try`` after failures; ``attempts`` oldest first.
    """

    id: Id
    subscriber: Id
    institution: str
    what: DeliveryKind = "alert"
    made: datetime
    due: datetime
    urgency: Level = "calm"
    news: tuple[News, ...] = ()
    period: str = ""
    state: DeliveryState = "waiting"
    next_try: datetime | None = None
    attempts: tuple[Attempt, ...] = ()
    sent: datetime | None = None
    why: str = ""

    @property
    def open(self) -> bool:
        """Whether something has still to be done about it."""
        return self.state in ("waiting", "sending")
