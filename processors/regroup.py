"""Grouping on a stream: events of one partition → events to tell, and what to remember.

Order of keeping: first what is told is durable, then what is remembered, then the input is
acknowledged. So whatever is killed, the input comes again and the same is told again.
"""

from __future__ import annotations

from collections.abc import Sequence

from corrillo.model import TaggedEvent, TaggedMention
from corrillo.versions import keeping, kept_of, version_of
from processors.group import group
from processors.memory import Memory


def regroup(events: Sequence[TaggedEvent], memory: Memory) -> list[TaggedEvent]:
    """``events`` as the store shall have them: grouped, and without what is gone or superseded.

    A deletion ends the run of mentions before it, so that their order holds.
    """
    told: list[TaggedEvent] = []
    run: list[TaggedMention] = []
    for event in events:
        if isinstance(event, TaggedMention):
            run.append(event)
            continue
        told += _run(run, memory)
        run = []
        memory.bury(event)
        told.append(event)
    return told + _run(run, memory)


def _run(run: Sequence[TaggedMention], memory: Memory) -> list[TaggedMention]:
    taken = _in_turn([memory.continued(m) for m in run if memory.takes(m)])
    grouped = group(taken, memory) if taken else []
    for mention in grouped:
        memory.keep(mention)
    return grouped


def _in_turn(mentions: Sequence[TaggedMention]) -> list[TaggedMention]:
    """A run as if it came one by one: an edit keeps what was told before it, an older version is left out."""
    latest: dict[str, TaggedMention] = {}
    kept: list[TaggedMention] = []
    for mention in mentions:
        before = latest.get(mention.id)
        if before and version_of(mention) < version_of(before):
            continue
        if before:
            mention = keeping(mention, kept_of(before))
        latest[mention.id] = mention
        kept.append(mention)
    return kept
