"""The machine for one institution: mentions and time in; what became of each question and complaint out.

What is told of a thread follows from its turns alone, whatever their order and in whatever batches they came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

import msgspec

from corrillo.attention import Attention
from corrillo.model import MentionDeleted, TaggedEvent, TaggedMention, from_milliseconds, milliseconds
from corrillo.versions import version_of
from processors.attend.register import Register
from processors.attend.threads import Turns, answers
from processors.attend.turns import Turn, gone_turn, turn_of

DAY_MS = 86_400_000
GONE, QUIET, CLOSED, OPEN = 2 * DAY_MS, 14 * DAY_MS, 60 * DAY_MS, 120 * DAY_MS
"""How long nothing may be said in a thread until it is forgotten: where all is gone; of one citizen who asks nothing
and whom nobody has answered; where nothing waits; where something does. An answer after that is not noted."""
IMPORT = DAY_MS
"""What was said long ago and is heard now, as of an archive, is remembered for so long, so that it comes together."""
KEY = "t"
"""What the key of a turn's record begins with; the mention's id follows."""


class Attendance:
    """Attends to one institution's threads; made of what an earlier one has kept, it goes on as if it had never ended."""

    def __init__(self, register: Register, records: Mapping[str, Turn]) -> None:
        self._register = register
        self._turns: dict[str, Turn] = {}
        self._threads: defaultdict[str, dict[str, Turn]] = defaultdict(dict)
        for key, turn in records.items():
            self._put(key.removeprefix(KEY), turn)
        self._now = max((turn.seen for turn in self._turns.values()), default=0)
        self._swept = 0
        self._before: dict[str, dict[str, Attention]] = {}
        """By thread that was touched since it was asked last, what had been told of it."""
        self._changes: dict[str, Turn | None] = {}

    # ── in ────────────────────────────────────────────────────────────────────────────────
    def hear(self, event: TaggedEvent) -> None:
        """A mention that is new, or told again, or gone."""
        known = self._turns.get(event.id)
        if isinstance(event, MentionDeleted):
            if not (known and known.gone):
                self._keep(event.id, gone_turn(event, known))
        elif self._takes(event, known):
            self._now = max(self._now, milliseconds(event.first_seen))
            self._keep(event.id, turn_of(event, known))

    def advance(self, now: datetime) -> None:
        """Time has come to ``now``; once a day, threads of which nothing was heard for long are forgotten."""
        at = milliseconds(now)
        self._now = at if at < self._now - DAY_MS else max(at, self._now)  # a clock may have been wrong by days
        if self._now // DAY_MS != self._swept:
            self._swept = self._now // DAY_MS
            self._forget()

    # ── out ───────────────────────────────────────────────────────────────────────────────
    def told(self) -> list[Attention]:
        """What is another thing than when it was asked last."""
        before = {i: one for told in self._before.values() for i, one in told.items()}
        after = {i: one for thread in self._before for i, one in self._attention(thread).items()}
        self._before.clear()
        gone = {i: msgspec.structs.replace(one, gone=True) for i, one in before.items() if i not in after}
        changed = {i: one for i, one in after.items() if before.get(i) != one}
        return [one for _, one in sorted((gone | changed).items())]

    def changed(self) -> dict[str, Turn | None]:
        """What has to be kept since it was asked last, and (None) forgotten."""
        changes, self._changes = self._changes, {}
        return changes

    # ── turns ─────────────────────────────────────────────────────────────────────────────
    def _takes(self, mention: TaggedMention, known: Turn | None) -> bool:
        """Whether it says something new: what was forgotten is not begun anew by being told again."""
        if known is None:
            seen, published = milliseconds(mention.first_seen), milliseconds(mention.published)
            return seen >= self._now - IMPORT or min(seen, published) >= self._now - CLOSED
        return not known.gone and version_of(mention) >= known.version

    def _keep(self, identity: str, turn: Turn) -> None:
        known = self._turns.get(identity)
        if turn == known:
            return
        for thread in {turn.thread, known.thread if known else turn.thread} - {""}:
            if thread not in self._before:
                self._before[thread] = self._attention(thread)
        self._take(identity)
        self._put(identity, turn)
        self._changes[f"{KEY}{identity}"] = turn

    def _put(self, identity: str, turn: Turn) -> None:
        self._turns[identity] = turn
        self._threads[turn.thread][identity] = turn

    def _take(self, identity: str) -> None:
        turn = self._turns.pop(identity, None)
        if turn is not None:
            del self._threads[turn.thread][identity]
            if not self._threads[turn.thread]:
                del self._threads[turn.thread]

    def _forget(self) -> None:
        """Drop threads whole, so that no question outlives its answer, and whatever retention deletes."""
        for thread, turns in list(self._threads.items()):
            if thread not in self._before:
                for identity in self._old(turns):
                    self._take(identity)
                    self._changes[f"{KEY}{identity}"] = None

    def _old(self, turns: Turns) -> list[str]:
        quiet = max(map(_said, turns.values())) < self._now - _kept(turns)
        if quiet and max(turn.seen for turn in turns.values()) < self._now - IMPORT:
            return list(turns)
        return [i for i, turn in turns.items() if turn.seen < self._now - self._register.retention]

    # ── what became of them ───────────────────────────────────────────────────────────────
    def _attention(self, thread: str) -> dict[str, Attention]:
        """All that a thread asks, as it stands."""
        turns = self._threads.get(thread, {})
        found = answers(turns)
        root = turns[thread].looked if thread in turns else 0
        return {i: self._one(i, turn, found.get(i, ""), turns, root) for i, turn in turns.items() if turn.asks}

    def _one(self, identity: str, asked: Turn, answer: str, turns: Turns, root: int) -> Attention:
        own, looked = turns.get(answer), max(asked.looked, root)
        waits = self._register.waits(asked, own) if own else None
        return Attention(
            mention=identity,
            institution=asked.institution,
            thread=asked.thread,
            asked=from_milliseconds(asked.published),
            kinds=asked.asks,
            network=asked.network,
            venue=asked.venue,
            place=asked.place,
            service=asked.service,
            district=asked.district,
            language=asked.language,
            department=self._register.department(asked, own),
            looked=from_milliseconds(looked) if looked else None,
            answered=from_milliseconds(own.published) if own else None,
            answer=answer,
            by=own.own if own else "",
            wait=waits[0] if waits else None,
            working_wait=waits[1] if waits else None,
        )


def _said(turn: Turn) -> int:
    """When a turn was said; never later than it was heard, whatever date it bears."""
    return turn.seen if turn.gone else min(turn.seen, turn.published)


def _kept(turns: Turns) -> int:
    """For how long a thread is remembered after something was said in it."""
    left = [turn for turn in turns.values() if not turn.gone]
    if len(left) == 1 and not any(turn.asks or turn.own for turn in left):
        return QUIET
    waiting = sum(bool(turn.asks) for turn in left) > len(answers(turns))
    return OPEN if waiting else CLOSED if left else GONE
