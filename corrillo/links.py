"""Links that let whoever holds them do one thing, without a login: acknowledge, silence, confirm, unsubscribe.

A token names the purpose, the subscriber, what it is about and until when it holds, and is signed with a key
derived from the installation's own (RFC 5869 is not needed for one derivation: HMAC-SHA-256 of a label). To
follow a link never does anything: programs that check mail follow every link. Only its form does.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import quote

from corrillo.errors import CorrilloError

Purpose = Literal["acknowledge", "silence", "confirm", "unsubscribe"]
PURPOSES: tuple[Purpose, ...] = ("acknowledge", "silence", "confirm", "unsubscribe")
HOLDS: dict[Purpose, timedelta] = {
    "acknowledge": timedelta(days=7), "silence": timedelta(days=7),
    "confirm": timedelta(days=7), "unsubscribe": timedelta(days=3650),
}  # fmt: skip


class BadLink(CorrilloError):
    """A token that is not ours, was changed, or is too old."""


class OldLink(BadLink):
    """A token of ours whose time is over."""


@dataclass(frozen=True)
class Grant:
    """What a token allows: ``about`` is an incident's id (acknowledge, silence) or ``about_way`` (confirm), else ''."""

    purpose: Purpose
    subscriber: str
    about: str = ""


def about_way(number: int, address: str) -> str:
    """What a link to confirm a way is about: its number, and which address it had, so that it confirms no other."""
    return f"{number}-{hashlib.sha256(address.encode()).hexdigest()[:16]}"


@dataclass(frozen=True)
class Links:
    """Makes and reads them. ``key`` is the installation's secret; ``public_url`` where its page is, '' where nobody said."""

    key: bytes
    public_url: str = ""

    def token(self, grant: Grant, now: datetime) -> str:
        """What goes into an address; it holds for ``HOLDS`` from now on."""
        until = int((now + HOLDS[grant.purpose]).timestamp())
        said = "\x1f".join((grant.purpose, grant.subscriber, grant.about, str(until))).encode()
        return _text(self._sign(said) + said)

    def read(self, token: str, now: datetime) -> Grant:
        """What a token allows. Raises BadLink, OldLink."""
        try:
            both = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except ValueError:
            raise _broken() from None
        signed, said = both[:16], both[16:]
        if not hmac.compare_digest(signed, self._sign(said)):
            raise _broken()
        purpose, subscriber, about, until = said.decode().split("\x1f")
        if datetime.fromtimestamp(int(until), UTC) < now:
            raise OldLink("this link is too old", "log in to the page, or use a newer message")
        return Grant(next(p for p in PURPOSES if p == purpose), subscriber, about)

    def url(self, grant: Grant, now: datetime) -> str:
        """The address of the form; '' where nobody said where the page is."""
        return self.at("do", self.token(grant, now))

    def at(self, *parts: str) -> str:
        """An address on the page; '' where nobody said where the page is."""
        return "/".join((self.public_url.rstrip("/"), *(quote(p, safe="") for p in parts))) if self.public_url else ""

    def secret_of(self, subscriber: str) -> str:
        """The secret that signs what is sent to a subscriber's webhooks (HMAC-SHA-256, in hex)."""
        return hmac.digest(self.key, f"webhook\x1f{subscriber}".encode(), "sha256").hex()

    def _sign(self, said: bytes) -> bytes:
        return hmac.digest(hmac.digest(self.key, b"links", "sha256"), said, "sha256")[:16]


def _text(token: bytes) -> str:
    return base64.urlsafe_b64encode(token).decode().rstrip("=")


def _broken() -> BadLink:
    return BadLink("this link is not whole, or not ours", "open it from the message itself, without changing it")
