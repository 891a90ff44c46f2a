"""Story and thread: the steps that have to remember earlier mentions, one institution at a time.

What is remembered comes through ``GroupState``, so that the same function runs on SQLite and on
a stream's state. Giving a mention again gives the same groups.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from corrillo.model import Place, TaggedMention
from corrillo.ports import Conversation, GroupState
from processors.story import nearest, story_mark

Known = Mapping[str, Conversation]


def group(mentions: Sequence[TaggedMention], state: GroupState) -> list[TaggedMention]:
    """``mentions`` with story, thread and place; then the earlier ones that these change.

    An answer is in the thread of what it answers. Everything in a thread that the institution
    began, or that began on its platform, is on page. When the beginning of a thread arrives after
    its answers, they follow.
    """
    ordered = sorted(_with_answers(mentions, state), key=lambda m: m.published)
    known = dict(state.conversations({r for m in ordered for r in (m.answers, m.thread, m.repeats) if r}))
    placed = []
    for mention in ordered:
        joined = _joined(mention, known)
        joined = msgspec.structs.replace(joined, story=_story(joined, known, state))
        began = joined.place if joined.thread == joined.id else _began(joined, known)
        known[joined.id] = Conversation(thread=joined.thread, began=began, story=joined.story)
        placed.append(joined)
    late = state.waiting_for([m.id for m in placed])
    followers = [f for m in late if m.id not in known and (f := _joined(m, known)) != m]
    return [_joined(m, known) for m in placed] + followers


def _with_answers(mentions: Sequence[TaggedMention], state: GroupState) -> list[TaggedMention]:
    """What a mention answers, where the network gave a ref only."""
    wanted = [m for m in mentions if m.answers_ref and not m.answers]
    if not wanted:
        return list(mentions)
    ids = {(m.ref, m.institution): m.id for m in mentions if m.ref}
    for network in {m.network for m in wanted}:
        for ref, by_institution in state.resolve(network, [m.answers_ref for m in wanted]).items():
            ids |= {(ref, institution): found for institution, found in by_institution.items()}
    return [
        msgspec.structs.replace(m, answers=above, thread=above)
        if (above := ids.get((m.answers_ref, m.institution), "")) and not m.answers
        else m
        for m in mentions
    ]


def _joined(mention: TaggedMention, known: Known) -> TaggedMention:
    """``mention`` in the thread of what is known of its conversation, and placed as that began."""
    above = _above(mention, known)
    if above is None:
        return mention
    place: Place = mention.place
    if above.began and place != "own":
        place = "on_page" if above.began in ("own", "on_page") else "off_page"
    return msgspec.structs.replace(mention, thread=above.thread, place=place)


def _above(mention: TaggedMention, known: Known) -> Conversation | None:
    if mention.thread == mention.id:
        return None
    return known.get(mention.answers) or known.get(mention.thread)


def _began(mention: TaggedMention, known: Known) -> str:
    above = _above(mention, known)
    return above.began if above else ""


def _story(mention: TaggedMention, known: Known, state: GroupState) -> str:
    repeated = known.get(mention.repeats)
    if repeated is not None:
        return repeated.story
    mark = story_mark(mention)
    if mark is None:
        return mention.repeats or mention.id
    found = nearest(mark, state.stories(mention.institution, mark.bands))
    if not found:
        state.begin_story(mention.institution, mark, mention.published)
    return found or mention.id
