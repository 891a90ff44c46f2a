"""Messages of the topics: JSON as ``docs/schemas/`` says, schema version and origin in the headers.

A reader takes messages of its own version and of earlier ones; one of a later version is no
message that it may guess at.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

import msgspec

from corrillo.errors import LaterSchema, MessageError
from corrillo.model import SCHEMA_VERSION, MentionEvent, TaggedEvent

SCHEMA, ORIGIN = "schema", "origin"

Header = tuple[str, bytes]
T = TypeVar("T")

encode = msgspec.json.Encoder().encode
"""Any word of ours as a message's value."""


def headers(origin: str) -> list[Header]:
    """The headers of a message that ``origin`` (a source, a step) publishes."""
    return [(SCHEMA, str(SCHEMA_VERSION).encode()), (ORIGIN, origin.encode())]


class Reading(Generic[T]):
    """Reads messages of one kind."""

    def __init__(self, kind: object, what: str) -> None:
        self._decode = msgspec.json.Decoder(kind).decode
        self._what = what

    def __call__(self, value: bytes | None, given: Iterable[Header] = ()) -> T:
        """The word that a message holds. Raises MessageError saying what is wrong with it."""
        _refuse_newer(given)
        if value is None:
            raise MessageError(f"is empty, and should be a {self._what}")
        try:
            read: T = self._decode(value)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise MessageError(f"is no {self._what}: {error}") from None
        schema = getattr(read, "schema", SCHEMA_VERSION)
        if schema > SCHEMA_VERSION:
            raise _newer(schema)
        return read


def _refuse_newer(given: Iterable[Header]) -> None:
    for name, value in given:
        if name == SCHEMA and value.isdigit() and int(value) > SCHEMA_VERSION:
            raise _newer(int(value))


def _newer(schema: int) -> LaterSchema:
    return LaterSchema(
        f"is of schema version {schema}, this Corrillo reads up to {SCHEMA_VERSION}",
        "upgrade the workers, then: corrillo quarantine replay",
    )


read_mention: Reading[MentionEvent] = Reading(MentionEvent, "mention or deletion")
read_tagged: Reading[TaggedEvent] = Reading(TaggedEvent, "tagged mention or deletion")
