"""What Kibana is given: saved objects with the stamps that 8.12 and everything later read, and the file that carries them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Json = dict[str, object]
Kind = Literal["dashboard", "index-pattern", "search", "tag", "visualization"]
CORE = "8.8.0"
"""``coreMigrationVersion`` of every object: a newer one is refused by 8.12, without one it runs old migrations."""
STAMPS: Mapping[Kind, str] = {
    "dashboard": "8.9.0",
    "index-pattern": "8.0.0",
    "search": "8.0.0",
    "tag": "8.0.0",
    "visualization": "8.5.0",
}
"""``typeMigrationVersion``, for the same reason."""


@dataclass(frozen=True, order=True)
class Reference:
    """Another object that one names; ``name`` is where in it."""

    type: Kind
    id: str
    name: str


@dataclass(frozen=True)
class SavedObject:
    """One object as it is imported; its id is the same each time, so that importing again changes it in place."""

    type: Kind
    id: str
    attributes: Mapping[str, object]
    references: tuple[Reference, ...] = field(default=())

    def as_json(self) -> Json:
        """The object as a line of the file has it."""
        return {
            "type": self.type,
            "id": self.id,
            "attributes": dict(self.attributes),
            "references": references_as_json(self.references),
            "coreMigrationVersion": CORE,
            "typeMigrationVersion": STAMPS[self.type],
        }


def references_as_json(references: Iterable[Reference]) -> list[Json]:
    """References as objects and panels hold them."""
    return [{"type": one.type, "id": one.id, "name": one.name} for one in references]


def written(value: object) -> str:
    """A value as the JSON string that Kibana keeps inside of an object: a broken one would import, and not open."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    json.loads(text)
    return text


def ndjson(objects: Iterable[SavedObject]) -> bytes:
    """The file that is imported: an object a line, each ending with a newline."""
    return "".join(written(one.as_json()) + "\n" for one in objects).encode("utf-8")
