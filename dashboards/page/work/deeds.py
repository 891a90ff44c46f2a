"""What somebody does about a mention: a form, read strictly, becomes a deed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import get_args

from corrillo.model import TAG_KINDS, TagKind
from corrillo.work import CaseState, Deed, DeedKind, Standing
from dashboards.page.address import BadFilter, Pairs, single
from dashboards.page.forms import NOTE, WHO, needed, written

FIELDS = ("seal", "who", "what", "note", "whose", "tag", "homonym", "seen", "lang")
WHOSE = 120
"""Characters of who answers for something, and of what a name stands for."""
KINDS: tuple[DeedKind, ...] = get_args(DeedKind)
CASES: Mapping[CaseState, tuple[DeedKind, ...]] = {
    "": ("take", "answered_elsewhere", "not_ours", "done"),
    "taken": ("done", "answered_elsewhere", "not_ours", "release", "take"),
    "answered_elsewhere": ("take", "release"),
    "not_ours": ("take", "release"),
    "done": ("take", "release"),
}
"""What can be done about a case where it stands."""


@dataclass(frozen=True)
class About:
    """The mention that a form is about. ``gone``: its post is not there any more, and only its case is left."""

    mention: str
    institution: str
    tags: tuple[str, ...] = ()
    gone: bool = False


def possible(standing: Standing, gone: bool = False) -> tuple[DeedKind, ...]:
    """Everything that can be done about a mention as it stands."""
    if gone:
        return ("done", "note") if standing.case == "taken" else ("note",)
    about: DeedKind = "about_us" if standing.not_about_us else "not_about_us"
    return (*CASES[standing.case], "note", "correct", about)


def read(given: Pairs, about: About, now: datetime, name: str = "") -> Deed:
    """The deed that a form says, by whoever has logged in, else by whom it names.

    Raises BadFilter for the first field that is missing or cannot be used.
    """
    asked = needed(given, "what", KINDS)
    what = next(kind for kind in KINDS if kind == asked)
    who = name or written(given, "who", WHO, must=True)
    return Deed(
        id=identity(about.mention, now, who, what),
        mention=about.mention,
        institution=about.institution,
        at=now,
        who=who,
        what=what,
        note=written(given, "note", NOTE, must=what == "note"),
        whose=written(given, "whose", WHOSE, must=True) if what == "not_ours" else "",
        tags=_tags(given) if what == "correct" else (),
        was=about.tags if what == "correct" else (),
        homonym=written(given, "homonym", WHOSE) if what == "not_about_us" else "",
    )


def _tags(given: Pairs) -> tuple[TagKind, ...]:
    chosen = [value for name, value in given if name == "tag"]
    for value in chosen:
        if value not in TAG_KINDS:
            raise BadFilter("tag", value, "not_one_of", TAG_KINDS)
    return tuple(kind for kind in TAG_KINDS if kind in chosen)


def identity(mention: str, at: datetime, who: str, what: str) -> str:
    """The id of a deed: the same one done twice at one moment is one."""
    return blake2b("\x1f".join((mention, at.isoformat(), who, what)).encode(), digest_size=16).hexdigest()


def seen(deeds: Sequence[Deed]) -> str:
    """What a form remembers of how a mention stood when it was drawn: the last deed, notes apart."""
    return next((d.id for d in reversed(deeds) if d.what != "note"), "")


def moved(given: Pairs, what: DeedKind, deeds: Sequence[Deed], may: Sequence[DeedKind]) -> bool:
    """Whether the mention stands otherwise than the form says: somebody else was faster. A note is never too late."""
    return what != "note" and (single(given, "seen") != seen(deeds) or what not in may)
