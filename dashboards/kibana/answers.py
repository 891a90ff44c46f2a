"""What Kibana answers, as types; keys that we do not read are left out."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

Json = dict[str, Any]


class Key(NamedTuple):
    """Which saved object: ids are unique within a type."""

    type: str
    id: str


class Found(msgspec.Struct, frozen=True):
    """A saved object as Kibana has it; ``updated_at`` is when somebody saved it last (ISO 8601)."""

    type: str
    id: str
    attributes: Json = {}
    references: list[dict[str, str]] = []
    updated_at: str = ""

    @property
    def key(self) -> Key:
        """Which one it is."""
        return Key(self.type, self.id)


class Missing(msgspec.Struct, frozen=True, rename="camel"):
    """Why one of several objects was not given."""

    status_code: int = 0
    message: str = ""


class Asked(Found, frozen=True):
    """One of several objects that were asked for."""

    error: Missing | None = None


class Several(msgspec.Struct, frozen=True):
    """The answer to several objects that were asked for."""

    saved_objects: list[Asked]


class Cause(msgspec.Struct, frozen=True):
    """Why an object was not imported; ``output`` holds what validation said."""

    type: str
    references: list[dict[str, str]] = []
    message: str = ""
    output: Json = {}

    @property
    def said(self) -> str:
        """What Kibana says about it."""
        return self.message or str(self.output.get("payload", {}).get("message", ""))


class Refusal(msgspec.Struct, frozen=True):
    """An object that was not imported."""

    type: str
    id: str
    error: Cause

    @property
    def key(self) -> Key:
        """Which one it is."""
        return Key(self.type, self.id)


class Result(msgspec.Struct, frozen=True, rename="camel"):
    """An object that was imported; with a ``destination_id`` under that id instead of its own."""

    type: str
    id: str
    destination_id: str = ""

    @property
    def key(self) -> Key:
        """Which one it is."""
        return Key(self.type, self.id)


class Imported(msgspec.Struct, frozen=True, rename="camel"):
    """What became of a file: HTTP says 200 also when nothing of it was taken."""

    success: bool
    success_count: int = 0
    success_results: list[Result] = []
    errors: list[Refusal] = []


class Overall(msgspec.Struct, frozen=True):
    """How Kibana is."""

    level: str = ""
    summary: str = ""


class Statuses(msgspec.Struct, frozen=True):
    """How its parts are."""

    overall: Overall = Overall()


class Version(msgspec.Struct, frozen=True):
    """Which Kibana."""

    number: str = ""


class Status(msgspec.Struct, frozen=True):
    """Which Kibana answers, and how it is; who may see little is told no version."""

    status: Statuses
    version: Version = Version()


class Feature(msgspec.Struct, frozen=True):
    """A part of Kibana that rights are given on."""

    id: str


class Given(msgspec.Struct, frozen=True):
    """Rights on parts of Kibana, in some spaces."""

    spaces: list[str] = []
    feature: dict[str, list[str]] = {}
    base: list[str] = []


class OnIndices(msgspec.Struct, frozen=True):
    """Rights on indices."""

    names: list[str]
    privileges: list[str]


class OnCluster(msgspec.Struct, frozen=True):
    """What a role may do in Elasticsearch."""

    indices: list[OnIndices] = []


class Role(msgspec.Struct, frozen=True):
    """A role, as far as we write it."""

    elasticsearch: OnCluster
    kibana: list[Given]
