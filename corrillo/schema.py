"""The messages' JSON Schemas, generated from the model: what other programs may rely on."""

from __future__ import annotations

from typing import Any

import msgspec

from corrillo.model import SCHEMA_VERSION, Batch, Mention, MentionDeleted, Post, TaggedMention

PUBLISHED: dict[str, type[msgspec.Struct]] = {
    "post": Post,
    "batch": Batch,
    "mention": Mention,
    "tagged-mention": TaggedMention,
    "deletion": MentionDeleted,
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
