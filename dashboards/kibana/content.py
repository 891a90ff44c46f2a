"""What a saved object says, without what Kibana adds by itself; and where two of them differ. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboards.kibana.answers import Found
from dashboards.lens import SavedObject

Content = dict[str, Any]
SILENT = ("enhancements", "fieldAttrs")
"""What Kibana adds when somebody opens or uses an object; nothing where it is empty."""


@dataclass(frozen=True)
class Difference:
    """A place in an object, with what stands there before and after; None: nothing."""

    place: str
    before: object
    after: object


def written(one: SavedObject) -> Content:
    """What an object of ours says."""
    whole = one.as_json()
    return _content(whole["attributes"], whole["references"])


def read(found: Found) -> Content:
    """What an object of Kibana's says."""
    return _content(found.attributes, found.references)


def differences(before: Content, after: Content) -> list[Difference]:
    """Every place where the two differ, in the order of the places."""
    old, new = dict(_leaves(before)), dict(_leaves(after))
    places = sorted({*old, *new})
    return [Difference(p, old.get(p), new.get(p)) for p in places if old.get(p) != new.get(p)]


def _content(attributes: Any, references: Any) -> Content:
    named = {f"{r.get('type')} {r.get('name')}": r.get("id") for r in references}
    return {"attributes": _plain(attributes), "references": named}


def _plain(value: Any) -> Any:
    """``value`` with the JSON in its strings unpacked, lists by name, and without what appears by looking at it."""
    if isinstance(value, Mapping):
        kept = {key: _plain(_uncounted(value_) if key == "fieldAttrs" else value_) for key, value_ in value.items()}
        return {key: one for key, one in kept.items() if one or key not in SILENT}
    if isinstance(value, str):
        inside = _inside(value)
        return value if inside is None else _plain(inside)
    if isinstance(value, Sequence):
        return _by_panel([_plain(one) for one in value])
    return value


def _uncounted(text: Any) -> Any:
    """``fieldAttrs`` of a data view without how often each field was looked at."""
    fields = _inside(text) if isinstance(text, str) else text
    if not isinstance(fields, dict):
        return text
    told = {name: _without_count(about) for name, about in fields.items()}
    return {name: about for name, about in told.items() if about}


def _without_count(about: Any) -> Any:
    return {k: v for k, v in about.items() if k != "count"} if isinstance(about, dict) else about


def _inside(text: str) -> Any:
    """The object or list in ``text``, None where it is only text."""
    if not text.startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def _by_panel(entries: list[Any]) -> Any:
    """Panels by their own names: another order of them is no difference."""
    names = [str(e["panelIndex"]) for e in entries if isinstance(e, dict) and "panelIndex" in e]
    return dict(zip(names, entries, strict=True)) if names and len(set(names)) == len(entries) else entries


def _leaves(value: Any, place: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, dict | list) and value:
        pairs = value.items() if isinstance(value, dict) else enumerate(value, 1)
        for key, one in pairs:
            yield from _leaves(one, f"{place}.{key}" if place else str(key))
    else:
        yield place, value
