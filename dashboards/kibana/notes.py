"""What was put into Kibana, kept in Kibana: so that any machine knows whether somebody has edited it since.

The notes are a saved object of the same space, sent in the same file as the dashboards. So they come and go
with them, need no other right and no other server, and carry Kibana's own moment of the same writing: whatever
was killed, the next apply can tell what that file wrote from what a person has saved.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from dashboards.kibana.answers import Found, Key
from dashboards.kibana.content import Content
from dashboards.lens import SavedObject
from dashboards.lens.objects import written

FORM = 1
"""Of the notes; those in another form are as good as none."""


class Note(msgspec.Struct, frozen=True):
    """An object as it was sent, as Kibana had it right after that (None: the same), and when that was written."""

    sent: Content
    kept: Content | None
    updated: str

    @property
    def there(self) -> Content:
        """The object as Kibana had it right after it was written."""
        return self.sent if self.kept is None else self.kept


@dataclass(frozen=True)
class Notes:
    """``done``: what was put there. ``begun``: what a file held of which nobody has noted yet what became of it.

    ``updated``: when Kibana wrote these notes; what was begun was written at the same moment.
    """

    done: Mapping[Key, Note] = field(default_factory=dict)
    begun: Mapping[Key, Content] = field(default_factory=dict)
    updated: str = ""


class _Kept(msgspec.Struct, frozen=True):
    form: int
    done: list[tuple[str, str, Note]]
    begun: list[tuple[str, str, Content]]


def as_object(notes: Notes, at: Key, language: str) -> SavedObject:
    """The notes as a saved object: a text for whoever opens it, and what was put there, packed."""
    kept = _Kept(FORM, [(*k, n) for k, n in notes.done.items()], [(*k, c) for k, c in notes.begun.items()])
    packed = base64.b85encode(zlib.compress(msgspec.json.encode(kept), 9)).decode("ascii")
    title, text = _SAYS[language]
    params = {"markdown": text, "fontSize": 12, "openLinksInNewTab": False, "corrillo": packed}
    return SavedObject(
        "visualization",
        at.id,
        {
            "title": title,
            "description": text,
            "version": 1,
            "uiStateJSON": "{}",
            "visState": written({"title": title, "type": "markdown", "aggs": [], "params": params}),
            "kibanaSavedObjectMeta": {
                "searchSourceJSON": written({"query": {"query": "", "language": "kuery"}, "filter": []})
            },
        },
    )


def of_object(found: Found | None) -> Notes:
    """The notes in a saved object; none where there is none, or nobody can read them any more."""
    if found is None:
        return Notes()
    try:
        params = msgspec.json.decode(found.attributes["visState"])["params"]
        kept = msgspec.json.decode(zlib.decompress(base64.b85decode(params["corrillo"])), type=_Kept)
    except (KeyError, TypeError, ValueError, zlib.error, msgspec.MsgspecError):
        return Notes()
    if kept.form != FORM:
        return Notes()
    done = {Key(type_, id_): note for type_, id_, note in kept.done}
    return Notes(done, {Key(type_, id_): content for type_, id_, content in kept.begun}, found.updated_at)


_SAYS: Mapping[str, tuple[str, str]] = {
    "es": (
        "Corrillo: lo que se ha puesto aquí",
        "Corrillo anota aquí qué paneles ha puesto, para no pisar los que alguien haya cambiado. "
        "No hace falta abrirlo ni cambiarlo; si se borra, el siguiente «corrillo dashboards apply» no pisa nada distinto.",
    ),
    "en": (
        "Corrillo: what was put here",
        "Corrillo notes here which dashboards it has put there, so that it does not overwrite those that somebody has "
        "changed. Nothing to open or change; if it is deleted, the next 'corrillo dashboards apply' overwrites nothing that differs.",
    ),
}
