"""Having logged in: a cookie that says who and until when, sealed so that nobody else can write it.

Nothing is kept on our side. A person whose token changes, or who is taken out of the configuration,
is logged out by it; whoever starts the page again logs everybody out.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

COOKIE = "corrillo"
LASTS = timedelta(hours=12)
LONGEST = 1_000
"""Characters of a cookie that is looked at."""


@dataclass(frozen=True)
class Sessions:
    """Writes and reads the cookie with ``key``."""

    key: bytes

    def begin(self, name: str, token_hash: str, now: datetime) -> str:
        """The cookie of who has just shown the token with that hash."""
        ends = int((now + LASTS).timestamp())
        written = name.encode().hex()
        return f"{written}.{ends}.{self._sign(written, ends, token_hash)}"

    def read(self, cookie: str, hash_of: Callable[[str], str], now: datetime) -> str | None:
        """Whose cookie it is, where it is ours, has not ended, and the person's token is the same; else None.

        ``hash_of`` gives the hash of a person's token, '' of nobody.
        """
        try:
            written, ends, signature = cookie[:LONGEST].split(".")
            name, until = bytes.fromhex(written).decode(), int(ends)
        except ValueError:
            return None
        known = hash_of(name)
        if not known or until <= now.timestamp():
            return None
        expected = self._sign(written, until, known)
        return name if hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")) else None

    def _sign(self, name: str, ends: int, token_hash: str) -> str:
        return hmac.digest(self.key, f"session\x1f{name}\x1f{ends}\x1f{token_hash}".encode(), "sha256").hex()
