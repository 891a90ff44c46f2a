"""The messages' JSON Schemas, generated from the model: what other programs may rely on."""

from __future__ import annotations

from typing import Any

import msgspec

from corrillo.alerts import Act, HourCount, Incident
from corrillo.attention import Attention
from corrillo.model import SCHEMA_VERSION, Batch, Cursor, KnownRef, Mention, MentionDeleted, Post, TaggedMention
from corrillo.notices import Delivery, Subscriber
from corrillo.ports import DayCount, Quarantined, SourceHealth
from corrillo.work import Deed

PUBLISHED: dict[str, type[Any]] = {
    "post": Post,
    "batch": Batch,
    "mention": Mention,
    "tagged-mention": TaggedMention,
    "deletion": MentionDeleted,
    "cursor": Cursor,
    "known-ref": KnownRef,
    "source-health": SourceHealth,
    "quarantined": Quarantined,
    "day-count": DayCount,
    "incident": Incident,
    "hour-count": HourCount,
    "act": Act,
    "attention": Attention,
    "deed": Deed,
    "subscriber": Subscriber,
    "delivery": Delivery,
}


def schemas() -> dict[str, dict[str, Any]]:
    """Name → JSON Schema (2020-12)."""
    return {
        name: {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "version": SCHEMA_VERSION,
            **msgspec.json.schema(kind),
        }
        for name, kind in PUBLISHED.items()
    }
