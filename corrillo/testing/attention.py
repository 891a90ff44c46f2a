"""Questions and complaints and what became of them, for contract suites."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from corrillo.attention import Attention
from corrillo.testing.mentions import NOW, TOWN, id_of

ANSWERED: dict[str, Any] = {
    "kinds": ("question", "complaint"), "place": "on_page", "service": "water", "district": "El Raval", "language": "ca",
    "department": "Aguas", "looked": NOW, "answered": NOW - timedelta(minutes=10, microseconds=1), "answer": id_of("answer"),
    "by": "@AytoBenialba", "wait": 2999.999999, "working_wait": 1 / 3,
}  # fmt: skip
"""What there is to say of one that was answered: something in every field."""


def an_attention(mention: str = "1", **given: Any) -> Attention:
    """A question of an hour ago in that mention, which nobody has answered, with whatever is ``given`` instead."""
    institution = given.get("institution", TOWN)
    values: dict[str, Any] = {
        "mention": id_of(mention, institution), "institution": institution, "thread": id_of("thread", institution),
        "asked": NOW - timedelta(hours=1), "kinds": ("question",), "network": "town-square", "venue": "plaza.example",
        "place": "off_page",
    }  # fmt: skip
    return Attention(**{**values, **given})
