"""What our indices are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from corrillo.calendar import SLOT, local_start

Kind = Literal[
    "mentions", "links", "tombstones", "stories", "sources", "quarantine", "counts", "purges",
    "detection", "hours", "alerts", "acts", "deeds", "attention", "days",
    "subscribers", "deliveries",
]  # fmt: skip
KINDS: tuple[Kind, ...] = Kind.__args__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Names:
    """The names under one prefix: ``prefix-kind``, and an index a month for the mentions."""

    prefix: str = "corrillo"

    def __getitem__(self, kind: Kind) -> str:
        """The index of that kind; for the mentions, the alias of all months."""
        return f"{self.prefix}-{kind}"

    def month(self, published: int) -> str:
        """The index of a mention that was published (milliseconds), as first seen, in that month (UTC)."""
        return f"{self.prefix}-mentions-{local_start(published // SLOT, 'month', 'UTC')}"

    def pattern(self, kind: Kind) -> str:
        """What the indices of that kind are called."""
        return f"{self[kind]}-*" if kind == "mentions" else self[kind]
