"""What is to be done so that Kibana has our objects, without overwriting what somebody has edited. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dashboards.kibana.answers import Found, Key
from dashboards.kibana.content import Content, Difference, differences, read, written
from dashboards.kibana.notes import Note, Notes
from dashboards.lens import SavedObject

State = Literal["missing", "same", "older", "edited", "left"]
"""``older``: ours, from before, and unchanged since. ``left``: ours, unchanged, and not made any more."""


@dataclass(frozen=True)
class Standing:
    """How one object stands. ``ours`` is None for what is not made any more, ``found`` for what is not there.

    ``edits``: what somebody has changed since it was put there, where that is known; else where it differs from ours.
    """

    key: Key
    title: str
    state: State
    ours: SavedObject | None = None
    found: Found | None = None
    now: Content | None = None
    """What it says now, None where it is not there."""
    put: Content | None = None
    """What was sent to make it what it is now, None where somebody has edited it since, or it never was ours."""
    edits: tuple[Difference, ...] = ()
    known: bool = True
    """Whether it was us who had put it there once."""

    @property
    def saved(self) -> str:
        """When it was saved last (ISO 8601), '' where it is not there."""
        return self.found.updated_at if self.found else ""


def key(one: SavedObject) -> Key:
    """Which object it is."""
    return Key(one.type, one.id)


def standings(objects: Sequence[SavedObject], found: Mapping[Key, Found], notes: Notes) -> list[Standing]:
    """How each of our objects stands, and each that was ours once."""
    wanted = {key(one) for one in objects}
    gone = [k for k in dict.fromkeys([*notes.done, *notes.begun]) if k not in wanted and k in found]
    return [_standing(one, found.get(key(one)), notes) for one in objects] + [_former(found[k], notes) for k in gone]


def _standing(ours: SavedObject, there: Found | None, notes: Notes) -> Standing:
    which, title = key(ours), _title(ours.attributes)
    if there is None:
        return Standing(which, title, "missing", ours)
    wanted, now = written(ours), read(there)
    put = wanted if now == wanted else _put(there, now, notes)
    if put is not None:
        return Standing(which, title, "same" if put == wanted else "older", ours, there, now, put)
    before = _before(which, notes)
    edits = tuple(differences(wanted if before is None else before, now))
    return Standing(which, title, "edited", ours, there, now, edits=edits, known=before is not None)


def _former(there: Found, notes: Notes) -> Standing:
    now, title = read(there), _title(there.attributes)
    put = _put(there, now, notes)
    edits = () if put is not None else tuple(differences(_before(there.key, notes) or {}, now))
    return Standing(there.key, title, "edited" if put is None else "left", None, there, now, put, edits)


def _before(which: Key, notes: Notes) -> Content | None:
    """What an object said right after it was put there, as far as that is known."""
    note = notes.done.get(which)
    return note.there if note else notes.begun.get(which)


def _title(attributes: Mapping[str, object]) -> str:
    return str(attributes.get("name") or attributes.get("title") or "")


def _put(there: Found, now: Content, notes: Notes) -> Content | None:
    """What was sent to make the object what it is; None where that cannot be known."""
    begun, note = notes.begun.get(there.key), notes.done.get(there.key)
    if begun is not None and (now == begun or _at_once(there, notes.updated)):
        return begun
    if note is not None and (now == note.there or _at_once(there, note.updated)):
        return note.sent
    return None


def _at_once(there: Found, moment: str) -> bool:
    """Whether it was saved last at that moment, and not by somebody later."""
    return there.updated_at == moment != ""


def settled(standing: Sequence[Standing], notes: Notes, written_now: Mapping[Key, Found] | None = None) -> Notes:
    """The notes that hold now; ``written_now`` is what Kibana has of what was just written, all else is as it stood."""
    done: dict[Key, Note] = {}
    for one in standing:
        there = (written_now or {}).get(one.key)
        if one.ours is not None and there is not None:
            done[one.key] = _note(written(one.ours), read(there), there.updated_at)
        elif one.put is not None and one.now is not None:
            done[one.key] = _note(one.put, one.now, one.saved)
        elif one.now is not None and one.key in notes.done:
            done[one.key] = notes.done[one.key]
    return Notes(done)


def _note(put: Content, now: Content, saved: str) -> Note:
    return Note(put, None if now == put else now, saved)
