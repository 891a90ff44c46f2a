"""Which subscriber a command is about."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from corrillo.errors import ConfigError
from corrillo.notices import Subscriber
from corrillo.ports import Subscriptions
from corrillo.text import fold, words


def somebody(store: Subscriptions, asked: str) -> Subscriber:
    """The one of that id, or of that name. Raises ConfigError."""
    people = store.subscribers()
    found = [p for p in people if p.id == asked] or [p for p in people if fold(p.name) == fold(asked)]
    if len(found) == 1:
        return found[0]
    ids = [p.id for p in people]
    if found:
        raise ConfigError(f"several are called {asked!r}", f"use one of: {', '.join(p.id for p in found)}")
    close = difflib.get_close_matches(asked, ids, n=1)
    remedy = f"did you mean {close[0]!r}?" if close else f"use one of: {', '.join(ids) or 'nobody is there yet'}"
    raise ConfigError(f"no subscriber is called {asked!r}", remedy)


def free_id(asked: str, name: str, people: Sequence[Subscriber]) -> str:
    """``asked``, else an id of the name that nobody has. Raises ConfigError."""
    taken = {p.id for p in people}
    wanted = asked or "-".join(words(fold(name)))[:50].strip("-") or "subscriber"
    if asked and ("-".join(words(fold(asked))) != asked or asked in taken):
        what = "is taken" if asked in taken else "is no id"
        raise ConfigError(f"--id {asked!r}: {what}", "use another one, of small letters, digits and -")
    return next(i for i in (wanted, *(f"{wanted}-{n}" for n in range(2, 10_000))) if i not in taken)


def one_of(option: str, value: str, known: Sequence[str]) -> str:
    """``value`` where it is one of those. Raises ConfigError."""
    if value not in known:
        raise ConfigError(f"{option} {value!r}: is none", f"use one of: {', '.join(known)}")
    return value
