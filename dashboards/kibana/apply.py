"""Put the dashboards of an edition into Kibana, and take them away.

Idempotent, and it may be killed at any moment: what is the same is not sent, what somebody has edited is kept
unless told otherwise, and a file that was cut short is known from Kibana's own moment of its writing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from dashboards.kibana import refusals
from dashboards.kibana.answers import Key
from dashboards.kibana.content import written
from dashboards.kibana.edition import Edition
from dashboards.kibana.errors import KibanaError
from dashboards.kibana.notes import Notes, as_object, of_object
from dashboards.kibana.plan import Standing, key, settled, standings
from dashboards.lens import SavedObject, ndjson

if TYPE_CHECKING:
    from dashboards.kibana.connection import Kibana

How = Literal["made", "updated", "there", "kept", "removed", "refused"]


@dataclass(frozen=True)
class Done:
    """What was done about an object; ``remedy`` where it was refused."""

    key: Key
    title: str
    how: How
    said: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class Look:
    """How everything of an edition stands, and what is noted about it."""

    standing: Sequence[Standing]
    notes: Notes
    noted: bool
    """Whether there are notes."""


def look(kibana: Kibana, edition: Edition) -> Look:
    """See how everything stands; nothing is changed. Raises KibanaError."""
    noted = kibana.found([edition.notes]).get(edition.notes)
    notes = of_object(noted)
    wanted = dict.fromkeys([*(key(one) for one in edition.objects), *notes.done, *notes.begun])
    return Look(standings(edition.objects, kibana.found(list(wanted)), notes), notes, noted is not None)


def apply(kibana: Kibana, edition: Edition, *, force: bool = False) -> list[Done]:
    """Put there what is missing or older, take away what is not made any more. Raises KibanaError.

    What somebody has edited is kept, unless ``force``.
    """
    seen = look(kibana, edition)
    sent = [s for s in seen.standing if s.ours and (s.state in ("missing", "older") or (force and s.state == "edited"))]
    gone = [s for s in seen.standing if not s.ours and (s.state == "left" or force)]
    refused = _put(kibana, edition, seen, sent) if sent else {}
    for one in gone:
        kibana.remove(one.key)
    taken = kibana.found([s.key for s in sent if s.key not in refused])
    left = [s for s in seen.standing if s not in gone]
    _note(kibana, edition, seen, settled(left, seen.notes, taken), bool(sent))
    return [_done(s, s in sent, s in gone, refused.get(s.key)) for s in seen.standing]


def _put(kibana: Kibana, edition: Edition, seen: Look, sent: Sequence[Standing]) -> dict[Key, tuple[str, str]]:
    """Send them with the note that they were sent; what was not taken, and why."""
    ours = [s.ours for s in sent if s.ours]
    before = settled(seen.standing, seen.notes)
    begun = Notes(before.done, {key(one): written(one) for one in ours})
    return _send(kibana, edition, [*ours, as_object(begun, edition.notes, edition.language)])


def _send(kibana: Kibana, edition: Edition, objects: Sequence[SavedObject]) -> dict[Key, tuple[str, str]]:
    """What of them was not taken, and why. Raises KibanaError where it is the notes.

    What Kibana made under another id is taken away again: nobody would find it a second time.
    """
    answer = kibana.send(ndjson(objects))
    copies = [result for result in answer.success_results if result.destination_id not in ("", result.id)]
    for copy in copies:
        kibana.remove(Key(copy.type, copy.destination_id))
    refused = {refusal.key: refusals.explained(refusal) for refusal in answer.errors}
    refused |= {copy.key: refusals.elsewhere(copy) for copy in copies}
    if edition.notes in refused:
        said, remedy = refused[edition.notes]
        raise KibanaError(f"{kibana.where}: takes no notes of what was put there: {said}", remedy)
    return refused


def _note(kibana: Kibana, edition: Edition, seen: Look, now: Notes, begun: bool) -> None:
    """Write down what is there, where that is not noted yet."""
    if begun or not seen.noted or now.done != seen.notes.done:
        _send(kibana, edition, [as_object(now, edition.notes, edition.language)])


def _done(one: Standing, sent: bool, gone: bool, refused: tuple[str, str] | None) -> Done:
    if refused:
        return Done(one.key, one.title, "refused", *refused)
    if gone:
        return Done(one.key, one.title, "removed", "is not made any more")
    if sent:
        return Done(one.key, one.title, "made" if one.state == "missing" else "updated")
    return Done(one.key, one.title, "kept" if one.state == "edited" else "there")


def delete(kibana: Kibana, edition: Edition, *, force: bool = False) -> list[Done]:
    """Take away what is ours; what somebody has edited is kept, unless ``force``. Raises KibanaError.

    The notes go last, so that a deletion that was cut short can be run again.
    """
    seen = look(kibana, edition)
    there = [s for s in reversed(seen.standing) if s.found]
    gone = [s for s in there if force or s.state != "edited"]
    for one in gone:
        kibana.remove(one.key)
    kept = [s for s in there if s not in gone]
    if kept and seen.noted:
        _note(kibana, edition, seen, settled(kept, seen.notes), bool(gone))
    elif seen.noted:
        kibana.remove(edition.notes)
    return [Done(s.key, s.title, "removed" if s in gone else "kept") for s in there]
