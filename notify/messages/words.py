"""The words of messages: those of incidents and of the page, and what only messages say."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from corrillo.model import PSEUDONYM
from corrillo.text import clean
from dashboards.incidents import words as incidents
from dashboards.page.crisis.hour_words import moment
from dashboards.page.i18n import Texts, entries

_CATALOGUES = Path(__file__).parent / "catalogues"
EXCERPT = 220
"""Characters of a post that stand in a message."""


@lru_cache
def words(language: str) -> Texts:
    """The texts of one language."""
    return Texts(language, {**incidents.words(language).entries, **entries(_CATALOGUES / f"{language}.toml")})


def when(texts: Texts, local: datetime, now: datetime) -> str:
    """A moment beside ``now``, both local: hoy, 14:05; sáb 21 nov, 14:05."""
    if local.date() == now.date():
        return texts("tell.today", time=f"{local:%H:%M}")
    return moment(texts, local)


def excerpt(title: str, text: str) -> str:
    """The beginning of a post as it is stored, in one line; whom it names by a pseudonym stays somebody."""
    line = " ".join(clean(PSEUDONYM.sub("@…", f"{title}. {text}" if title and text else title or text)).split())
    return line if len(line) <= EXCERPT else line[:EXCERPT].rsplit(maxsplit=1)[0] + " …"
