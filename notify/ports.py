"""What the parts of notification say to each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from corrillo.alerts import Level
from corrillo.errors import CorrilloError
from corrillo.notices import Delivery, Way


@dataclass(frozen=True)
class Picture:
    """A picture that stands in a message: ``name`` is how the HTML refers to it (``cid:name``), ``alt`` what it shows."""

    name: str
    png: bytes
    alt: str


@dataclass(frozen=True)
class Message:
    """What is handed to a channel, written once for all of them.

    ``identity`` (the delivery's id) becomes the Message-ID and the webhook's idempotency key: a repeat carries the same.
    ``thread`` binds what tells of one incident. ``short`` fits into 280 characters, for pushes and SMS. ``document``
    is what the webhook and the feed say: plain JSON. ``unsubscribe``: where one click (RFC 8058) ends it; '' if nowhere.
    """

    identity: str
    subject: str
    text: str
    html: str
    short: str
    urgency: Level
    made: datetime
    document: Mapping[str, Any]
    thread: str = ""
    pictures: Sequence[Picture] = ()
    unsubscribe: str = ""
    language: str = "es"
    drill: bool = False


class NotNow(CorrilloError):
    """A channel could not take it now: try it again, not before ``after`` where it said when."""

    def __init__(self, message: str, remedy: str = "", after: timedelta | None = None) -> None:
        super().__init__(message, remedy)
        self.after = after


class Refused(CorrilloError):
    """A channel will not take it, however often it is tried: the address does not exist, the credentials are wrong."""


class Channel(Protocol):
    """Hands messages over. Its methods block; several threads may call. ``name``: what people call it."""

    @property
    def name(self) -> str: ...

    def send(self, message: Message, way: Way, subscriber: str) -> str:
        """What the other side said when it accepted. Raises NotNow, Refused."""
        ...

    def close(self) -> None:
        """Let go of connections that are kept open."""
        ...


class Channels(Protocol):
    """Which channel a way takes."""

    def of(self, way: Way) -> Channel:
        """Raises Refused where nothing of ours speaks that."""
        ...

    def close(self) -> None: ...


class Outbox(Protocol):
    """Where deliveries are kept: nothing is handed over that is not kept here, and what was is kept at once.

    One office writes it at a time: whoever claims it last; the one before finds out when it keeps something.
    """

    def claim(self) -> Sequence[Delivery]:
        """It is ours now; every delivery that is open, and those made since ``corrillo.notices.REMEMBERED``. Raises StoreError, BrokerError."""
        ...

    def keep(self, deliveries: Sequence[Delivery]) -> None:
        """New, or replaced by id; on disk when this returns. Raises Fenced when another office has claimed it, StoreError."""
        ...

    def forget(self, identities: Sequence[str]) -> None:
        """Delete these deliveries for good: whom they were for is no subscriber any more. Raises as ``keep`` does."""
        ...

    def close(self) -> None:
        """Let go of what is kept open; another office may claim it at any time, also without this."""
        ...
