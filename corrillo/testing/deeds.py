"""What the team does about mentions, for contract suites."""

from __future__ import annotations

from typing import Any

from corrillo.testing.mentions import NOW, TOWN, id_of
from corrillo.work import Deed


def a_deed(name: str = "1", mention: str = "1", **given: Any) -> Deed:
    """Marta takes the mention with that native id now, or whatever is ``given`` instead."""
    institution = given.get("institution", TOWN)
    values: dict[str, Any] = {
        "id": f"deed-{name}", "mention": id_of(mention, institution), "institution": institution, "at": NOW,
        "who": "Marta", "what": "take",
    }  # fmt: skip
    return Deed(**{**values, **given})
