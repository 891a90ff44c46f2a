"""Sources: where each resumes and how it is. One document each, changed by comparing and setting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import quote

import msgspec

from corrillo.errors import StoreError
from corrillo.model import Cursor, from_milliseconds, milliseconds
from corrillo.ports import SourceHealth
from stores.elasticsearch.connection import Client
from stores.elasticsearch.errors import ServerError

TRIES = 20


class SourceDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of a source; times in milliseconds."""

    network: str = ""
    cursor: str | None = None
    newest_post: int | None = None
    last_success: int | None = None
    last_attempt: int | None = None
    failures: int = 0
    last_error: str = ""
    seen: int = 0
    kept: int = 0
    rejected: int = 0


Change = Callable[[SourceDocument], SourceDocument]


class _Got(msgspec.Struct):
    source: SourceDocument = msgspec.field(name="_source")
    seq_no: int = msgspec.field(name="_seq_no")
    primary_term: int = msgspec.field(name="_primary_term")


def known_source(client: Client, index: str, name: str) -> SourceDocument | None:
    """What is known of the source of that name."""
    got = _got(client, index, name)
    return got.source if got else None


def _got(client: Client, index: str, name: str) -> _Got | None:
    try:
        return client.ask(_Got, "GET", _path(index, name))
    except ServerError as error:
        if error.status == 404:
            return None
        raise


def move(client: Client, index: str, name: str, change: Change) -> None:
    """Change what is known of a source, whoever else does so at the same time."""
    for _ in range(TRIES):
        got = _got(client, index, name)
        known = got.source if got else SourceDocument()
        guard = {"if_seq_no": got.seq_no, "if_primary_term": got.primary_term} if got else {"op_type": "create"}
        try:
            client.send("PUT", _path(index, name), change(known), guard)
        except ServerError as error:
            if error.status != 409:
                raise
        else:
            return
    raise StoreError(f"source {name!r}: others change it all the time", "let only one process listen to a source")


def _path(index: str, name: str) -> str:
    return f"/{index}/_doc/{quote(name, safe='')}"


def advanced(cursor: Cursor, health: SourceHealth) -> Change:
    """Move the source on: counts are added up, a newest post only moves forward, failures are over."""

    def change(known: SourceDocument) -> SourceDocument:
        return SourceDocument(
            network=health.network,
            cursor=cursor.state,
            newest_post=max(filter(None, (known.newest_post, _ms(health.newest_post))), default=None),
            last_success=_ms(health.last_success),
            last_attempt=_ms(health.last_attempt),
            seen=known.seen + health.seen,
            kept=known.kept + health.kept,
            rejected=known.rejected + health.rejected,
        )

    return change


def failed(network: str, at: datetime, error: str) -> Change:
    """One more failure in a row; the cursor stays."""

    def change(known: SourceDocument) -> SourceDocument:
        return msgspec.structs.replace(
            known,
            network=known.network or network,
            last_attempt=milliseconds(at),
            failures=known.failures + 1,
            last_error=error,
        )

    return change


def succeeded(network: str, at: datetime) -> Change:
    """The source answered, though it had nothing new."""

    def change(known: SourceDocument) -> SourceDocument:
        return msgspec.structs.replace(
            known,
            network=known.network or network,
            last_attempt=milliseconds(at),
            last_success=milliseconds(at),
            failures=0,
            last_error="",
        )

    return change


def document_of(health: SourceHealth) -> SourceDocument:
    """All that is known of a source whose cursor is kept elsewhere."""
    return SourceDocument(
        network=health.network,
        newest_post=_ms(health.newest_post),
        last_success=_ms(health.last_success),
        last_attempt=_ms(health.last_attempt),
        failures=health.failures,
        last_error=health.last_error,
        seen=health.seen,
        kept=health.kept,
        rejected=health.rejected,
    )


def health_of(name: str, known: SourceDocument) -> SourceHealth:
    """A source's health as the port has it."""
    return SourceHealth(
        name,
        known.network,
        _moment(known.newest_post),
        _moment(known.last_success),
        _moment(known.last_attempt),
        known.failures,
        known.last_error,
        known.seen,
        known.kept,
        known.rejected,
    )


def healths(found: Sequence[tuple[str, SourceDocument]]) -> list[SourceHealth]:
    """All of them, by name."""
    return [health_of(name, known) for name, known in sorted(found)]


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else milliseconds(moment)


def _moment(value: int | None) -> datetime | None:
    return None if value is None else from_milliseconds(value)
