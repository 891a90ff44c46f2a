"""What detection tells, and what people do about it, as documents: incidents, hourly counts, attention, acts. Pure.

An incident's version is the moment of its last change, so an older one never replaces a newer one. Of attention
what was told last holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from corrillo.alerts import Act, HourCount, Incident, Told
from corrillo.attention import Attention
from corrillo.model import from_milliseconds, milliseconds
from stores.detection import ended
from stores.elasticsearch import attention, bulk
from stores.elasticsearch.connection import encode
from stores.elasticsearch.names import Names
from stores.elasticsearch.search import Json

OURS = {"alerts": ("ended",), "hours": ("at",), "acts": ()}
"""Fields of the documents that are not the model's."""
HOUR_MS = 3_600_000


def newest(told: Sequence[Told]) -> list[int]:
    """The positions of those that are to be kept, of several of one thing: the newest, of equal ones the last."""
    last: dict[tuple[object, ...], int] = {}
    for n, one in enumerate(told):
        before = last.get(_key(one))
        if before is None or _moment(one) >= _moment(told[before]):
            last[_key(one)] = n
    return sorted(last.values())


def _key(one: Told) -> tuple[object, ...]:
    if isinstance(one, Incident):
        return (one.id,)
    if isinstance(one, Attention):
        return ("attention", one.mention)
    return (one.institution, one.service, one.district, one.hour)


def _moment(one: Told) -> int:
    return milliseconds(one.updated) if isinstance(one, Incident) else 0


def operations(names: Names, told: Sequence[Told], edition: int | None = None) -> list[bytes]:
    """What keeps the newest of each; attention, unless a later ``edition`` stands."""
    return [operation(names, told[n], edition) for n in newest(told)]


def operation(names: Names, one: Told, edition: int | None = None) -> bytes:
    """What keeps an incident, unless a newer one stands, or the others in place of earlier ones."""
    if isinstance(one, Attention):
        return attention.operation(names, one, edition)
    if isinstance(one, Incident):
        return bulk.put(names["alerts"], one.id, encode(incident_document(one)), _moment(one))
    return bulk.put(names["hours"], _identity("\x1f".join(map(str, _key(one)))), encode(hour_document(one)))


def act_operation(names: Names, act: Act) -> bytes:
    """What keeps an act, once."""
    document = encode(_bare(act))
    return bulk.create(names["acts"], _identity(document.decode()), document)


def incident_document(incident: Incident) -> Json:
    """The document of an incident: what is empty is not in it."""
    over = ended(incident)
    return {**_bare(incident), **({"ended": over} if over else {})}


def hour_document(count: HourCount) -> Json:
    """The document of an hourly count, with the moment at which its hour began."""
    return {**_bare(count), "at": from_milliseconds(count.hour * HOUR_MS)}


def incident_in(document: Json) -> Incident:
    """The incident in a document."""
    return msgspec.convert(_ours_apart("alerts", document), Incident)


def hour_in(document: Json) -> HourCount:
    """The hourly count in a document."""
    return msgspec.convert({"service": "", "district": "", **_ours_apart("hours", document)}, HourCount)


def _ours_apart(kind: str, document: Json) -> Json:
    return {name: value for name, value in document.items() if name not in OURS[kind]}


def _bare(word: msgspec.Struct) -> Json:
    """A word without its kind, which the index says, and without what is empty."""
    bare: Json = _pruned(msgspec.to_builtins(word))
    del bare["kind"]
    return bare


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _pruned(inner) for name, inner in value.items() if inner not in ("", None)}
    return [_pruned(inner) for inner in value] if isinstance(value, list | tuple) else value


def _identity(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
