"""What networks are called here, and what people call them besides: prensa, Twitter, reseñas."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from corrillo.text import fold

NAMES: tuple[str, ...] = (
    "archive", "blog", "bluesky", "consul", "decidim", "facebook", "forum", "gdelt", "instagram", "lemmy", "mastodon",
    "press", "reddit", "reviews", "telegram", "threads", "tiktok", "x", "youtube",
)  # fmt: skip
"""Those that the page has a name for, or a source listens to."""
ALIASES: Mapping[str, str] = {
    "prensa": "press", "periodico": "press", "periodicos": "press", "diario": "press", "diarios": "press",
    "newspaper": "press", "premsa": "press", "medios": "press", "noticias": "press", "news": "press",
    "foro": "forum", "foros": "forum", "forums": "forum", "blogs": "blog",
    "resenas": "reviews", "opiniones": "reviews", "google reviews": "reviews", "review": "reviews",
    "twitter": "x", "x com": "x", "fb": "facebook", "ig": "instagram", "insta": "instagram", "yt": "youtube",
    "you tube": "youtube", "archivo": "archive", "fichero": "archive",
}  # fmt: skip
"""Folded names that mean one of NAMES."""


def known_as(name: str) -> str:
    """The name that is used here for what somebody calls ``name``; itself where it is a network of its own."""
    folded = fold(name).replace(".", " ").replace("_", " ").strip()
    return ALIASES.get(folded, folded if folded in NAMES else name)


def meant(name: str) -> str:
    """The network that somebody may have meant by a name that is none of NAMES; '' where it is one, or like none."""
    if name in NAMES:
        return ""
    near = get_close_matches(fold(name), (*NAMES, *ALIASES), n=1, cutoff=0.7)
    return known_as(near[0]) if near else ""
