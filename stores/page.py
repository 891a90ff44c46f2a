"""Tokens of pages: where the last one ended. Times and ids do not move, so nothing is skipped or repeated."""

from __future__ import annotations

import base64
import binascii

from corrillo.errors import ConfigError


def token(published: int, identity: str) -> str:
    """The token of a page that ended with this mention (milliseconds, id)."""
    return base64.urlsafe_b64encode(f"{published}:{identity}".encode()).decode()


def position(page: str) -> tuple[int, str] | None:
    """Where the page before ended; None for the first. Raises ConfigError for a token that is not ours."""
    if not page:
        return None
    try:
        published, identity = base64.urlsafe_b64decode(page.encode()).decode().split(":", 1)
        return _long(published), identity
    except (ValueError, binascii.Error):
        raise ConfigError(f"page {page[:40]!r} is no token of ours", "start from the first page") from None


def _long(written: str) -> int:
    value = int(written)
    if not -(2**63) <= value < 2**63:
        raise ValueError("stores' integers have 64 bits")
    return value
