"""The newest mentions of a source, as they can be looked up again: their links say how a server calls them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from corrillo.model import KnownRef, from_milliseconds, milliseconds
from stores.elasticsearch.documents import Link
from stores.elasticsearch.names import Names
from stores.elasticsearch.realtime import documents
from stores.elasticsearch.search import Hit, Json, Searcher

_LONG = ("title", "text", "search", "word", "beginning", "tags", "reasons")
"""Of a mention's document what is not read here."""


class _Written(msgspec.Struct, frozen=True):
    """Of a mention: by whom."""

    author: str = ""


def newest(searcher: Searcher, names: Names, source: str, since: int, limit: int) -> Sequence[KnownRef]:
    """Of the posts of a source that have a ref and were published since then (milliseconds), newest first."""
    span: Json = {"range": {"published": {"gte": since, "format": "epoch_millis"}}}
    where: list[Json] = [{"term": {"source": source}}, {"exists": {"field": "ref"}}, span]
    body: Json = {
        "query": {"bool": {"filter": where}},
        "collapse": {"field": "ref"},
        "sort": [{"published": "desc"}, {"ref": "asc"}],
        "size": limit,
    }
    refs = [h.source.ref for h in searcher.hits(Link, names["links"], body)]
    alike: Json = {"bool": {"filter": [*where, {"terms": {"ref": refs}}]}}
    links = list(searcher.all(Link, names["links"], alike)) if refs else []
    known = _together(source, links, _authors(searcher, names, links))
    return sorted(known, key=lambda k: (-milliseconds(k.published), k.ref))[:limit]


def _authors(searcher: Searcher, names: Names, links: Iterable[Hit[Link]]) -> Mapping[str, str]:
    """Who has written each mention, by its id."""
    addresses = [(names.month(h.source.published), h.id) for h in links]
    return {i: found.author for (_, i), found in documents(searcher.client, _Written, addresses, _LONG).items()}


def _together(source: str, links: Iterable[Hit[Link]], authors: Mapping[str, str]) -> Iterator[KnownRef]:
    """The mentions that are the same post, as one."""
    posts: defaultdict[tuple[str, str], list[Hit[Link]]] = defaultdict(list)
    for hit in links:
        posts[hit.source.network, hit.source.ref].append(hit)
    for (network, ref), hits in posts.items():
        yield KnownRef(
            source=source,
            network=network,
            ref=ref,
            published=from_milliseconds(max(h.source.published for h in hits)),
            ids={h.source.institution: h.id for h in hits},
            author=max(authors.get(h.id, "") for h in hits),
        )
