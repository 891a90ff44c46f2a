"""Batches as sources give them, and what the pipeline has made of them."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from corrillo.model import Batch, Cursor, Deletion, Mention
from corrillo.ports import Outcome, Quarantined, SourceNews
from corrillo.testing import mentions
from corrillo.testing.mentions import ISLAND as ISLAND
from corrillo.testing.mentions import TOWN as TOWN

SOURCE, NETWORK = "plaza", "town-square"


def mention(native_id="1", text="Benialba despierta con niebla", **given):
    """A mention as it leaves an ingestor: without tags."""
    tagged = mentions.a_mention(native_id, text, **given)
    return Mention(**{name: getattr(tagged, name) for name in Mention.__struct_fields__})


def edited(before, text):
    """The same mention after its author has changed it."""
    return msgspec.structs.replace(before, text=text, revision=before.revision + 1)


def deletion(native_id="", ref="", author=""):
    return Deletion(network=NETWORK, at=datetime.now(UTC), native_id=native_id, ref=ref, author=author)


def item(identity="8f2c51d09a3b7e64", raw='{"text": "roto"}'):
    return Quarantined(identity, SOURCE, datetime.now(UTC), "no date", "page 1", raw)


def batch(at, *events, quarantined=(), source=SOURCE):
    """A batch up to ``at`` and what became of it."""
    now = datetime.now(UTC)
    kept = sum(isinstance(e, Mention) for e in events)
    newest = max((e.published for e in events if isinstance(e, Mention)), default=None)
    news = SourceNews(source, NETWORK, now, newest, seen=len(events), kept=kept, rejected=len(quarantined))
    return Batch(cursor=Cursor(source=source, state=str(at))), Outcome(tuple(events), tuple(quarantined), news)
