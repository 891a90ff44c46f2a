"""Where each thing that charts count stands in Elasticsearch: the index, its time, and the field of each word of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from dashboards.charts.catalogue import By, Of, Origin

Data = Origin | Literal["links"]
"""What has a data view: what charts count, and where posts are (``links``), which not everyone may read."""


@dataclass(frozen=True)
class Stand:
    """An index: its ``kind`` after the prefix, its own time ('': none, it is always all of it), and the fields of words."""

    kind: str
    time: str
    by: Mapping[By, str] = field(default_factory=dict)
    of: Mapping[Of, str] = field(default_factory=dict)


def _same(*names: By) -> Mapping[By, str]:
    return {name: name for name in names}


STANDS: Mapping[Data, Stand] = {
    "mentions": Stand(
        "mentions", "published",
        {
            **_same("institution", "network", "venue", "source", "place", "service", "district", "language", "tag"),
            **_same("target", "story", "thread", "venue_kind", "author_kind"),
            "time": "day", "account": "author",
        },
        {"authors": "author", "first": "published", "last": "published", "lag": "lag", "lag_within": "lag"},
    ),
    "attention": Stand(
        "attention", "asked",
        {**_same("institution", "network", "venue", "place", "service", "district", "language", "department"), "kind": "kinds", "tag": "tag"},
        {"wait": "wait", "working_wait": "working_wait"},
    ),
    "hours": Stand(
        "hours", "at", {"institution": "institution", "time": "at"},
        {"voices": "voices", "expected": "expected", "low": "low", "high": "high", "heard": "heard"},
    ),
    "incidents": Stand(
        "alerts", "updated",
        {
            "institution": "institution", "incident": "id", "level": "level", "peak": "peak",
            "service": "leading.service", "district": "leading.district",
        },
        {"voices_then": "evidence.voices", "high_then": "evidence.high", "authors_then": "evidence.authors"},
    ),
    "sources": Stand(
        "sources", "", {**_same("network", "source"), "unit": "budget.unit"},
        {
            "read": "last_success", "newest": "newest_post", "failures": "failures", "seen": "seen", "kept": "kept",
            "rejected": "rejected", "spent": "budget.spent", "limit": "budget.limit",
        },
    ),
    "quarantine": Stand("quarantine", "at", _same("source")),
    "deeds": Stand("deeds", "at", {"institution": "institution", "deed": "what", "was": "was", "right": "tags"}),
    "links": Stand("links", "published", _same("institution", "network", "source")),
}  # fmt: skip
TEAM_ONLY: tuple[Data, ...] = ("links",)
"""What leads to people: nothing of it is on a dashboard that everyone opens."""


def index(data: Data, prefix: str) -> str:
    """The index, or the months of the mentions."""
    kind = STANDS[data].kind
    return f"{prefix}-{kind}-*" if kind == "mentions" else f"{prefix}-{kind}"
