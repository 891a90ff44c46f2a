"""Grouping on a stream: events of one partition → events to tell, and what to remember.

Order of keeping: first what is told is durable, then what is remembered, then the input is
acknowledged. So whatever is killed, the input comes again and the same is told again.
"""

from __future__ import annotations

from collections.abc import Sequence

from corrillo.model import TaggedEvent, TaggedMention, milliseconds
from corrillo.versions import kept_times
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
    taken = _first_times([memory.dated(m) for m in run if memory.takes(m)])
    grouped = group(taken, memory) if taken else []
    for mention in grouped:
        if memory.takes(mention):
            memory.keep(mention)
    return grouped


def _first_times(mentions: Sequence[TaggedMention]) -> list[TaggedMention]:
    """An edit has the times of the original that came before it, also within one run."""
    first: dict[str, tuple[int, int]] = {}
    times = [(milliseconds(m.published), milliseconds(m.first_seen)) for m in mentions]
    return [kept_times(m, *first.setdefault(m.id, t)) for m, t in zip(mentions, times, strict=True)]
