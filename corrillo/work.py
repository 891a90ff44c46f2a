"""The words of the team's work: what people did about a mention, kept apart from what the pipeline writes.

Deeds are only ever added: the list of them is the record of who did what and when, and what holds
now follows from it. They join by the mention's id; nothing here is a citizen's text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from corrillo.model import Id, TagKind, Word

DeedKind = Literal[
    "take", "answered_elsewhere", "not_ours", "done", "release", "note", "not_about_us", "about_us", "correct",
]  # fmt: skip
"""Cases: taken by who says so, answered elsewhere, another's (``whose``), done, given back. Any time: a note.
What the pipeline got wrong: it is not about us (or is after all), its tags are others."""
CaseState = Literal["", "taken", "answered_elsewhere", "not_ours", "done"]
_STATES: dict[DeedKind, CaseState] = {
    "take": "taken", "answered_elsewhere": "answered_elsewhere", "not_ours": "not_ours", "done": "done", "release": "",
}  # fmt: skip


class Deed(Word, frozen=True, tag_field="kind", tag="deed"):
    """What somebody did about a mention. ``who``: the name under which the page knows them.

    ``whose``: who answers for it (``not_ours``). ``tags``: the right ones (``correct``), ``was`` the ones
    that the pipeline gave. ``homonym``: what the name stood for (``not_about_us``), where it was said.
    """

    id: Id
    mention: Id
    institution: Id
    at: datetime
    who: str
    what: DeedKind
    note: str = ""
    whose: str = ""
    tags: tuple[TagKind, ...] = ()
    was: tuple[str, ...] = ()
    homonym: str = ""


@dataclass(frozen=True)
class Standing:
    """What holds of a mention after all that was done about it. ``tags``: None where nobody corrected them."""

    case: CaseState = ""
    who: str = ""
    since: datetime | None = None
    whose: str = ""
    tags: tuple[TagKind, ...] | None = None
    not_about_us: bool = False
    notes: tuple[Deed, ...] = ()


def standing(deeds: Iterable[Deed]) -> Standing:
    """What the deeds about one mention amount to, whatever their order."""
    case: Deed | None = None
    tags: tuple[TagKind, ...] | None = None
    away, notes = False, []
    for deed in sorted(deeds, key=lambda d: (d.at, d.id)):
        if deed.what in _STATES:
            case = deed
        elif deed.what == "correct":
            tags = deed.tags
        elif deed.what in ("not_about_us", "about_us"):
            away = deed.what == "not_about_us"
        if deed.note:
            notes.append(deed)
    state = _STATES[case.what] if case else ""
    if case is None or not state:
        return Standing(tags=tags, not_about_us=away, notes=tuple(notes))
    return Standing(state, case.who, case.at, case.whose, tags, away, tuple(notes))
