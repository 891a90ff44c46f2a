"""The dashboards of one language as they stand in one space. Pure.

Kibana lets an id be in one space only, and gives what comes second a random one. So everywhere but in the
default space the ids end with the space's name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from dashboards.kibana.answers import Key
from dashboards.lens import SavedObject, saved_objects

Language = Literal["es", "en"]
DEFAULT_SPACE = "default"
_IDS = re.compile(r'(\\*"id\\*": ?\\*"|#/view/)([\w-]+)')


@dataclass(frozen=True)
class Edition:
    """What stands in a space: its objects, and where the notes about them are."""

    language: Language
    objects: tuple[SavedObject, ...]
    notes: Key


def edition(language: Language, space: str = "", prefix: str = "corrillo", page_url: str = "") -> Edition:
    """The objects of a language for a space ('': the default one)."""
    end = f"-{space}" if space not in ("", DEFAULT_SPACE) else ""
    objects = saved_objects(language, prefix, page_url)
    return Edition(language, _ending(objects, end), Key("visualization", f"{prefix}-applied-{language}{end}"))


def _ending(objects: Sequence[SavedObject], end: str) -> tuple[SavedObject, ...]:
    """The objects with ``end`` after their ids, wherever one of them names another."""
    names = {one.id: f"{one.id}{end}" for one in objects}
    return tuple(
        replace(
            one,
            id=names[one.id],
            attributes=_named(one.attributes, names),
            references=tuple(replace(r, id=names.get(r.id, r.id)) for r in one.references),
        )
        for one in objects
    )


def _named(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {k: names.get(v, v) if k == "id" else _named(v, names) for k, v in value.items()}
    if isinstance(value, str):
        return _IDS.sub(lambda found: found[1] + names.get(found[2], found[2]), value)
    if isinstance(value, list | tuple):
        return [_named(one, names) for one in value]
    return value
