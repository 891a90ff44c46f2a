"""What ``corrillo doctor`` says of one thing that it looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: ``ok``, what was seen, and what to do where it is not ok."""

    what: str
    ok: bool
    said: str
    remedy: str = ""
