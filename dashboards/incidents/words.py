"""The words for incidents: the page's catalogues, and what is said of incidents wherever they are shown."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from math import ceil, floor
from pathlib import Path

from dashboards.page.i18n import Texts, entries, texts

EDGE = 1e-9
"""What is nearly whole is whole."""
_CATALOGUES = Path(__file__).parent / "catalogues"


@lru_cache
def words(language: str) -> Texts:
    """The texts of one language. ``name`` knows every ``level``, ``life``, ``change`` and ``channel``."""
    return Texts(language, {**texts(language).entries, **entries(_CATALOGUES / f"{language}.toml")})


def clock(texts: Texts, local: datetime) -> str:
    """A time of day inside a sentence: las 18:10; la 01:10."""
    return texts(f"clock.{'one' if local.hour == 1 else 'many'}", time=f"{local:%H:%M}")


def whole_band(low: float, high: float) -> tuple[int, int]:
    """The least and the most whole voices that are normal, where ``low`` to ``high`` are."""
    most = max(floor(high + EDGE), 0)
    return min(max(ceil(low - EDGE), 0), most), most
