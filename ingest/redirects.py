"""Where redirects lead, and what may go along. Pure."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import httpx

from corrillo.errors import SourceRefused
from ingest.answer import CONDITIONS
from ingest.faults import ITSELF

TRAVEL = frozenset({"accept", "accept-language"}) | CONDITIONS
"""Headers that go along when a redirect leads to another host: none of them can be a key."""


def next_address(origin: str, location: str) -> str:
    """Where a redirect leads. Raises SourceRefused when that is nowhere in the web."""
    try:
        url = urljoin(origin, location)
        target = httpx.URL(url)
        if target.scheme in ("http", "https") and target.host and urlsplit(url).port != 0:
            return url
    except (httpx.InvalidURL, ValueError):
        pass
    raise SourceRefused(f"{origin}: redirects to {location[:80]!r}", ITSELF)


def allowed(headers: dict[str, str], origin: str, target: str) -> dict[str, str]:
    """What goes along: a key only to the host that it was meant for, and encrypted if it was."""
    here, there = urlsplit(origin), urlsplit(target)
    if here.netloc == there.netloc and there.scheme in (here.scheme, "https"):
        return headers
    return {name: value for name, value in headers.items() if name.lower() in TRAVEL}
