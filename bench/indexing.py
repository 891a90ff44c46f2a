"""Indexing against elasticsearch-py's own ``streaming_bulk`` of the same documents (target: 1.5 times).

Each mention is two documents: itself and its link. ``streaming_bulk`` gets them as a user of the
library would write them, as dictionaries, in chunks of the same size; encoding is counted on both
sides, and so are the tombstones that only ours looks up. Fresh indices with the same templates, in turn.

    python -m bench.indexing                      # starts a server of its own
    python -m bench.indexing --url http://… --user elastic --password-file …
"""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import msgspec
from elasticsearch import Elasticsearch as Library
from elasticsearch.helpers import streaming_bulk

from bench.corpus import many, median, pipeline_and_mentions
from corrillo.model import TaggedMention, milliseconds
from stores.elasticsearch import Client, Indexer, connect
from stores.elasticsearch.documents import link_of, mention_struct, version
from stores.elasticsearch.names import Names
from stores.elasticsearch.setup import setup
from stores.elasticsearch.templates import Shape

COUNT = 20_000
BATCH = 2_000
CHUNK = 1_000
"""Operations of one request, on both sides."""
ROUNDS = 5
ZONES = {"benialba": "Europe/Madrid"}

Way = Callable[[Names, list[TaggedMention]], float]


def streaming(library: Library) -> Way:
    """Seconds of the library's helper."""

    def actions(names: Names, mentions: list[TaggedMention]) -> Iterator[dict[str, Any]]:
        for mention in mentions:
            common = {"_id": mention.id, "version": version(mention), "version_type": "external_gte"}
            document = msgspec.to_builtins(mention_struct(mention, ZONES))
            yield {"_index": names.month(milliseconds(mention.published)), **common, "_source": document}
            yield {"_index": names["links"], **common, "_source": msgspec.to_builtins(link_of(mention))}

    def run(names: Names, mentions: list[TaggedMention]) -> float:
        begin = perf_counter()
        for _ in streaming_bulk(library, actions(names, mentions), chunk_size=CHUNK):
            pass
        return perf_counter() - begin

    return run


def ours(client: Client) -> Way:
    """Seconds of the indexer, in batches as a worker takes them."""

    def run(names: Names, mentions: list[TaggedMention]) -> float:
        indexer = Indexer(client, ZONES, names.prefix)
        begin = perf_counter()
        for start in range(0, len(mentions), BATCH):
            became = indexer.index(mentions[start : start + BATCH])
            assert became.done == len(mentions[start : start + BATCH]), became
        spent = perf_counter() - begin
        indexer.close()
        return spent

    return run


def round_of(client: Client, way: Way, mentions: list[TaggedMention]) -> float:
    """Seconds of one way on fresh indices, which are gone afterwards."""
    names = Names(f"bench-{secrets.token_hex(4)}")
    setup(client, names, Shape(settings={"index.refresh_interval": "1s"}))
    try:
        way(names, mentions[:10])  # makes the indices
        return way(names, mentions)
    finally:
        made = msgspec.json.decode(client.send("GET", f"/{names.prefix}-*"))
        client.send("DELETE", f"/{','.join(made)}")
        client.send("DELETE", f"/_index_template/{names.prefix}-*")
        client.send("DELETE", f"/_component_template/{names.prefix}-*")


def server(opened: ExitStack, given: argparse.Namespace) -> tuple[str, str, str]:
    """Address, user and password: of the server that is given, or of one of our own."""
    if given.url:
        return given.url, given.user, Path(given.password_file).read_text().strip()
    from deploy.services import Elasticsearch

    folder = opened.enter_context(TemporaryDirectory(prefix="corrillo-"))
    started = opened.enter_context(Elasticsearch(Path(folder)))
    return started.url, started.user, started.password


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url")
    parser.add_argument("--user", default="elastic")
    parser.add_argument("--password-file")
    given = parser.parse_args()
    pipeline, found = pipeline_and_mentions()
    mentions = many([pipeline.enrich(m) for m in found], COUNT)
    with ExitStack() as opened:
        url, user, password = server(opened, given)
        client = opened.enter_context(connect([url], user, password, timeout=120))
        library = opened.enter_context(Library(url, basic_auth=(user, password), request_timeout=120))
        ways = {"streaming_bulk": streaming(library), "the indexer": ours(client)}
        spent: dict[str, list[float]] = {name: [] for name in ways}
        for n in range(ROUNDS + 1):
            for name, way in ways.items():
                seconds = round_of(client, way, mentions)
                if n:  # the first round warms the server up
                    spent[name].append(seconds)
    base = median(spent["streaming_bulk"])
    print(f"{COUNT} mentions ({2 * COUNT} documents), median of {ROUNDS} rounds")
    for name, seconds_of in spent.items():
        print(f"{name:16} {COUNT / median(seconds_of):8.0f} mentions a second   ratio {base / median(seconds_of):.2f}")
    print("target for the indexer: 1.50")


if __name__ == "__main__":
    main()
