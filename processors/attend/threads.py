"""By which turn of a thread another one is answered.

A citizen's turn is answered by the first turn of an own account that stands below it: that answers it, or an answer
to it, however deep. Whether an own account answered the citizen or their neighbour who asked the same underneath, the
institution has spoken there, to be read by who asked.

Two things are known less well, and decided for the institution. Who began the thread is answered by whatever
an own account says in it later, also where a link of the chain was not heard. And where a thread is flat, because
nobody in it answers an answer (many networks and forums know nothing else), an own account that answers the same post
later answers all who asked before. In a thread that is not flat it does not: there it could have answered them.

A turn of an own account that begins a thread answers nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from processors.attend.turns import Turn

Turns = Mapping[str, Turn]
"""The turns of one thread, by the ids of their mentions."""


def answers(turns: Turns) -> dict[str, str]:
    """By the id of each turn that asks and is answered, the id of the first answer."""
    found: dict[str, str] = {}
    asking = [i for i, turn in turns.items() if turn.asks]
    if not asking:
        return found
    flat = is_flat(turns)
    for identity in sorted(_own(turns), key=lambda i: (turns[i].published, i)):
        above = frozenset(_above(turns, identity))
        for asked in asking:
            if asked not in found and (asked in above or _beside(turns, asked, identity, flat)):
                found[asked] = identity
    return found


def is_flat(turns: Turns) -> bool:
    """Whether nobody answers an answer: all stand below the beginning of the thread, and nothing stands below them."""
    return all(turn.answers in ("", turn.thread) for turn in turns.values())


def _own(turns: Turns) -> Iterator[str]:
    """Turns of own accounts that answer something."""
    return (i for i, turn in turns.items() if turn.own and turn.answers)


def _above(turns: Turns, identity: str) -> Iterator[str]:
    """What a turn answers, what that answers, and so on, as far as it was heard."""
    passed = {identity}
    above = turns[identity].answers
    while above and above not in passed:
        yield above
        passed.add(above)
        above = turns[above].answers if above in turns else ""


def _beside(turns: Turns, asked: str, identity: str, flat: bool) -> bool:
    """Whether an own turn answers one that it does not stand below, as far as anybody can see."""
    one, own = turns[asked], turns[identity]
    if own.published <= one.published:
        return False
    return asked == one.thread or (flat and one.answers == own.answers)
