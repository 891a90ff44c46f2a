"""What a batch of events comes to: one pass over them, the same for every store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from corrillo.model import MentionDeleted, TaggedEvent, TaggedMention
from corrillo.text import fold
from corrillo.versions import Version, keeping, kept_of, version_of


@dataclass
class Plan:
    """What has to be done; what is in ``delete`` may be in ``update`` too, and is deleted."""

    insert: dict[str, TaggedMention] = field(default_factory=dict)
    update: dict[str, TaggedMention] = field(default_factory=dict)
    delete: dict[str, MentionDeleted] = field(default_factory=dict)
    unchanged: int = 0
    refused: list[str] = field(default_factory=list)
    """Ids of mentions that have a tombstone."""


def planned(events: Sequence[TaggedEvent], stored: Mapping[str, Version], buried: Collection[str]) -> Plan:
    """What ``events``, in their order, do to a store that holds these versions and tombstones."""
    plan = Plan()
    for event in events:
        if isinstance(event, MentionDeleted):
            plan.delete[event.id] = event
            plan.insert.pop(event.id, None)
        elif event.id in buried or event.id in plan.delete:
            plan.refused.append(event.id)
        else:
            _place(event, stored.get(event.id), plan)
    return plan


def _place(mention: TaggedMention, before: Version | None, plan: Plan) -> None:
    target = plan.update if before else plan.insert
    earlier = target.get(mention.id)
    known = max(before or (-1, -1), version_of(earlier) if earlier else (-1, -1))
    if version_of(mention) < known:
        plan.unchanged += 1
    elif earlier:
        target[mention.id] = keeping(mention, kept_of(earlier))
    else:
        target[mention.id] = mention


def searched(mention: TaggedMention) -> str:
    """The folded text that every store must answer alike: title and text."""
    return fold(f"{mention.title}\n{mention.text}" if mention.title else mention.text)
