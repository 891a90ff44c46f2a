"""Story and thread: the steps that have to remember earlier mentions, one institution at a time.

What is remembered comes through ``GroupState``, so that the same function runs on SQLite and on
a stream's state. Giving a mention again gives the same groups, in whatever order mentions came,
also when what it answers has been deleted; only an answer that is known by a server's ref waits to be given again when it came before what it
answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from corrillo.model import Place, TaggedMention
from corrillo.ports import Conversation, GroupState
from processors.story import nearest, story_mark


def group(mentions: Sequence[TaggedMention], state: GroupState) -> list[TaggedMention]:
    """``mentions`` with story, thread and place; then the earlier ones that these change.

    An answer is in the thread of what it answers. Everything in a thread that the institution
    began, or that began on its platform, is on page. When the beginning of a thread arrives after
    its answers, they follow.
    """
    ordered = sorted(_with_answers(mentions, state), key=lambda m: m.published)
    given = {m.id: m for m in ordered}
    known = state.conversations({r for m in ordered for r in (m.id, m.answers, m.thread, m.repeats) if r})
    late = [m for m in state.waiting_for(list(given)) if m.id not in given]
    threads = _Threads({m.id: m for m in late} | given, known)
    stories = {identity: conversation.story for identity, conversation in known.items()}
    grouped = []
    for mention in ordered:
        stories[mention.id] = _story(mention, stories, state)
        grouped.append(msgspec.structs.replace(threads.joined(mention), story=stories[mention.id]))
    return grouped + [f for m in late if (f := threads.joined(m)) != m]


def _with_answers(mentions: Sequence[TaggedMention], state: GroupState) -> list[TaggedMention]:
    """What a mention answers, where the network gave a ref only."""
    wanted = [m for m in mentions if m.answers_ref and not m.answers]
    if not wanted:
        return list(mentions)
    ids = {(m.network, m.ref, m.institution): m.id for m in mentions if m.ref}
    for network in {m.network for m in wanted}:
        refs = [m.answers_ref for m in wanted if m.network == network]
        for ref, by_institution in state.resolve(network, refs).items():
            ids |= {(network, ref, institution): found for institution, found in by_institution.items()}
    return [
        msgspec.structs.replace(m, answers=above, thread=above)
        if (above := ids.get((m.network, m.answers_ref, m.institution), "")) and not m.answers
        else m
        for m in mentions
    ]


class _Threads:
    """Where each conversation begins, as far as it can be followed upwards."""

    def __init__(self, mentions: Mapping[str, TaggedMention], known: Mapping[str, Conversation]) -> None:
        self._mentions = mentions
        self._known = known
        self._begins: dict[str, tuple[str, str]] = {}

    def joined(self, mention: TaggedMention) -> TaggedMention:
        """``mention`` in the thread of what it answers, and placed as that began."""
        above, before = self._above(mention), self._before(mention)
        if above:
            thread, began = self._beginning(above)
        elif before:
            thread, began = before.thread, before.began
        else:
            return mention
        place: Place = mention.place
        if place != "own" and began:
            place = "on_page" if began in ("own", "on_page") else "off_page"
        elif place != "own" and before:
            place = before.place
        return msgspec.structs.replace(mention, thread=thread, place=place)

    def _above(self, mention: TaggedMention) -> str:
        """What it answers, else where its thread begins; '' where neither is known."""
        if mention.thread == mention.id:
            return ""
        before = self._before(mention)
        begins = before.thread if before and before.thread in self._mentions else ""
        ways = (mention.answers, mention.thread, begins)
        return next((i for i in ways if i in self._mentions or i in self._known), "")

    def _before(self, mention: TaggedMention) -> Conversation | None:
        """Where an answer was when it came before: what it answers may have been deleted since."""
        return self._known.get(mention.id) if mention.thread != mention.id else None

    def _beginning(self, identity: str) -> tuple[str, str]:
        """Id and place of the first mention of the thread that ``identity`` is in; place '' while not known."""
        path: dict[str, None] = {}
        begin: tuple[str, str] | None = None
        while begin is None:
            if identity in path:  # a circle: no network means that, some archives do
                begin = (min(list(path)[list(path).index(identity) :]), "")
                break
            path[identity] = None
            begin = self._begins.get(identity)
            if begin is None:
                identity, begin = self._step(identity)
        self._begins |= dict.fromkeys(path, begin)
        return begin

    def _step(self, identity: str) -> tuple[str, tuple[str, str] | None]:
        """What stands above ``identity``, or, where nothing does, where its thread begins."""
        mention = self._mentions.get(identity)
        if mention is None:
            known = self._known[identity]
            if known.thread != identity and known.thread in self._mentions:
                return known.thread, None
            return identity, (known.thread, known.began)
        above, before = self._above(mention), self._before(mention)
        if above:
            return above, None
        if before:
            return identity, (before.thread, before.began)
        return identity, (mention.thread, mention.place if mention.thread == mention.id else "")


def _story(mention: TaggedMention, stories: Mapping[str, str], state: GroupState) -> str:
    """The story it is already in, that of what it repeats, the nearest one, or one that begins here."""
    for known in (mention.id, mention.repeats):
        if known in stories:
            return stories[known]
    mark = story_mark(mention)
    if mark is None:
        return mention.repeats or mention.id
    found = nearest(mark, state.stories(mention.institution, mark.bands))
    if not found:
        state.begin_story(mention.institution, mark, mention.first_seen)
    return found or mention.id
