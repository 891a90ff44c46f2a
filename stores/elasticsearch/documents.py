"""What stands in the indices, as types: a mention without its links, and the small documents beside it.

An empty value is not in a document, so that nothing empty is counted, by us or by Kibana; what the
model requires is always there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from operator import attrgetter
from typing import Any

import msgspec

from corrillo.cells import day_of
from corrillo.model import Engagement, TaggedMention, milliseconds
from corrillo.text import words
from stores.plan import searched

LINKS = ("url", "ref", "answers_ref")
"""What leads to people: not in the mention's document."""
OURS: tuple[tuple[str, Any, object], ...] = (
    ("day", str, ""), ("tag", tuple[str, ...], ()), ("search", str, ""), ("word", tuple[str, ...], ()), ("beginning", str, ""), ("lag", float | None, None),
)  # fmt: skip
"""What a mention's document has besides the mention: its day, the kinds of its tags, its folded words, those of them
that are counted, how it begins, and how late it was heard."""
SHORTEST_WORD = 4
"""Letters of a word that is counted: shorter ones say little."""
BEGINNING = 120
"""Letters of what stands for a mention in a table."""
LONGEST_WORD = 120
"""Letters of a word that are searched as they are: the tokenizer cuts at 255 code units."""

_EMPTY: dict[str, object] = {"engagement": None, "tags": (), "revised": None, "backfilled": False, "looked": None}


def _empty(field: msgspec.structs.FieldInfo) -> object:
    """The value with which a field is left out of a document; NODEFAULT: it is always there."""
    return (
        msgspec.NODEFAULT if field.required else "" if field.type is str else _EMPTY.get(field.name, msgspec.NODEFAULT)
    )


_MODEL = [f for f in msgspec.structs.fields(TaggedMention) if f.name not in LINKS]
_NAMED = sorted(((f.name, Any, _empty(f)) for f in _MODEL), key=lambda named: named[2] is not msgspec.NODEFAULT)
_document: Any = msgspec.defstruct(
    "MentionDocument",
    [
        (name, kind) if default is msgspec.NODEFAULT else (name, kind, default)
        for name, kind, default in [*_NAMED, *OURS]
    ],
    omit_defaults=True,
)
DOCUMENT_FIELDS: tuple[str, ...] = _document.__struct_fields__
_values = attrgetter(*(name for name, _, _ in _NAMED))
_engagement = [name for name, _, _ in _NAMED].index("engagement")
_nothing = Engagement()
_encode = msgspec.json.Encoder().encode


class Link(msgspec.Struct, frozen=True, omit_defaults=True):
    """What leads from a mention to people, and where it stands: times in milliseconds, as first stored.

    A post may be heard on several servers, each of which calls it otherwise: ``refs`` are all.
    """

    institution: str
    network: str
    source: str
    published: int
    first_seen: int
    url: str = ""
    ref: str = ""
    refs: tuple[str, ...] = ()
    answers_ref: str = ""


class Tombstone(msgspec.Struct, frozen=True):
    """An id that does not come back, since when and why: deleted, erased, purged; name: a digest of one."""

    at: int
    reason: str


class StoryDocument(msgspec.Struct, frozen=True):
    """The mark of the story that begins with the mention of the same id."""

    institution: str
    signature: bytes
    bands: tuple[str, ...]
    seen: int


def mention_document(mention: TaggedMention, zones: Mapping[str, str]) -> bytes:
    """The document of a mention, as JSON."""
    return _encode(mention_struct(mention, zones))


def mention_struct(mention: TaggedMention, zones: Mapping[str, str]) -> msgspec.Struct:
    """The document of a mention."""
    values = list(_values(mention))
    if values[_engagement] == _nothing:
        values[_engagement] = None
    tag = tuple(t.kind for t in mention.tags)
    found = words_of(mention)
    ours = (day_of(mention, zones), tag, " ".join(found), counted(found), beginning(mention), lag(mention))
    document: msgspec.Struct = _document(*values, *ours)
    return document


def counted(found: Iterable[str]) -> tuple[str, ...]:
    """The words that can be counted: each once, none that is short or a number."""
    return tuple(dict.fromkeys(w for w in found if len(w) >= SHORTEST_WORD and not w.isdecimal()))


def beginning(mention: TaggedMention) -> str:
    """Its title, else its text, on one line, and not more of it than a table has room for."""
    said = " ".join((mention.title or mention.text).split())
    return said if len(said) <= BEGINNING else said[: BEGINNING - 1].rstrip() + "…"


def lag(mention: TaggedMention) -> float | None:
    """Seconds from its publication to our hearing of it; None where nobody listened then, or only its day is known."""
    if mention.backfilled or mention.date_only:
        return None
    return max(0.0, (mention.first_seen - mention.published).total_seconds())


def link_of(mention: TaggedMention, refs: Iterable[str] = ()) -> Link:
    """The link of a mention that has been called ``refs`` before."""
    return Link(
        mention.institution,
        mention.network,
        mention.source,
        milliseconds(mention.published),
        milliseconds(mention.first_seen),
        mention.url,
        mention.ref,
        tuple(sorted({*refs, mention.ref} - {""})),
        mention.answers_ref,
    )


def words_of(mention: TaggedMention) -> list[str]:
    """The words by which it is found."""
    found = words(searched(mention))
    return found if max(map(len, found), default=0) <= LONGEST_WORD else [searched_word(w) for w in found]


def searched_word(word: str) -> str:
    """``word``; a very long one as its beginning and a digest, so that it is still found whole."""
    if len(word) <= LONGEST_WORD:
        return word
    return f"{word[:LONGEST_WORD]}…{blake2b(word.encode(), digest_size=8).hexdigest()}"


def version(mention: TaggedMention) -> int:
    """Revision and enrichment as one number, for Elasticsearch to compare: it keeps the higher or the later equal one."""
    return min(max(mention.revision, 0), 2**49 - 1) << 12 | min(max(mention.enrichment, 0), 2**12 - 1)


GONE = 2**62
"""Above every version: what is deleted stays so, whoever still holds an older copy."""
