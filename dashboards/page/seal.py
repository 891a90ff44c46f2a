"""Writing from the page only: a form carries a seal, and a browser that says where it comes from must come from here.

Three things have to be so before anything is written, each enough against another site's form:
the seal (what only a page that we drew has in it), Sec-Fetch-Site, and Origin where there is no such
header (browsers send it over https and on loopback only). Names that somebody has pointed here are
refused before (TrustedHost).
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Seal:
    """Marks forms with ``key``: a form of another process, or of this one before it was started again, is refused."""

    key: bytes

    def of(self, subject: str) -> str:
        """The seal of a form about ``subject``."""
        return hmac.digest(self.key, subject.encode(), "sha256").hex()

    def fits(self, subject: str, seal: str) -> bool:
        """Whether a form about ``subject`` was drawn by us."""
        return hmac.compare_digest(self.of(subject).encode(), seal.encode())

    def of_person(self, name: str) -> Seal:
        """The seal of what is drawn for somebody: nobody else can send that form."""
        return Seal(hmac.digest(self.key, f"person\x1f{name}".encode(), "sha256"))


def from_here(headers: Mapping[str, str]) -> bool:
    """Whether a request was sent by a page of this host, as far as the browser says it."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
