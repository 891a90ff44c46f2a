"""What grouping remembers, in dictionaries: a fake of the state that stores keep."""

from __future__ import annotations

from corrillo.ports import Conversation


class FakeGroups:
    """A fake GroupState: mentions and stories in memory; ``write`` puts what ``group`` gave into it."""

    def __init__(self):
        self.mentions = {}
        self.marks = {}

    def write(self, mentions):
        self.mentions |= {m.id: m for m in mentions}

    def stories(self, institution, bands):
        return [m for (about, _), m in self.marks.items() if about == institution and set(bands) & set(m.bands)]

    def begin_story(self, institution, mark, seen):
        self.marks[institution, mark.story] = mark

    def conversations(self, ids):
        known = [self.mentions[i] for i in ids if i in self.mentions]
        return {m.id: Conversation(m.thread, self._place(m.thread), m.story, m.place) for m in known}

    def _place(self, identity):
        return self.mentions[identity].place if identity in self.mentions else ""

    def waiting_for(self, roots):
        return [m for m in self.mentions.values() if m.thread in roots and m.id != m.thread]

    def resolve(self, network, refs):
        found = {}
        for m in self.mentions.values():
            if m.network == network and m.ref and m.ref in refs:
                found.setdefault(m.ref, {})[m.institution] = m.id
        return found

    def written_by(self, network, author):
        return [
            (m.institution, m.id)
            for m in self.mentions.values()
            if author and (m.network, m.author) == (network, author)
        ]
