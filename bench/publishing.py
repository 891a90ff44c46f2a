"""Publishing against kafka-python's own transactional producer with the same records (target: 0.8 or more).

Bare: begin, send each record, commit, with the same settings of the producer; encoding is counted
on both sides. Ours: the sink as an ingestor calls it, which also remembers refs, adds up the
source's health and knows what to do when Kafka does not take it. Fresh topics, in turn.

    python -m bench.publishing                          # starts a broker of its own
    python -m bench.publishing --kafka localhost:9092
"""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import msgspec
from kafka import KafkaProducer

from bench.corpus import median, pipeline_and_mentions
from corrillo.engines import KafkaSettings
from corrillo.health import advanced
from corrillo.messages import encode, headers
from corrillo.model import Batch, Cursor, KnownRef, Mention, mention_id
from corrillo.ports import Outcome, SourceNews
from ingest.kafka.connection import BATCH, Broker
from ingest.kafka.layout import setup
from ingest.kafka.records import INGESTOR, MARK
from ingest.kafka.sink import KafkaSink

COUNT = 20_000
SIZE = 1_000
"""Mentions of one batch, which is one transaction on both sides."""
ROUNDS = 5
SOURCE = "bench"

Taken = tuple[Batch, Outcome[Mention]]
Way = Callable[[Broker, Sequence[Taken]], float]


def bare(broker: Broker, batches: Sequence[Taken]) -> float:
    """Seconds of kafka-python alone."""
    prefix = broker.settings.prefix
    producer = KafkaProducer(
        bootstrap_servers=list(broker.settings.servers), transactional_id=f"{prefix}.bare", **BATCH
    )
    producer.init_transactions()
    known = headers(SOURCE)
    signed = [*known, (INGESTOR, b"a-machine, process 12345, 0123abcd"), (MARK, b"1")]
    begin = perf_counter()
    for batch, outcome in batches:
        producer.begin_transaction()
        for mention in outcome.events:
            assert isinstance(mention, Mention)
            ids = {mention.institution: mention.id}
            ref = KnownRef(SOURCE, mention.network, mention.ref, mention.published, ids, mention.author)
            producer.send(f"{prefix}.mentions", encode(mention), mention.id.encode(), known)
            producer.send(f"{prefix}.refs", encode(ref), f"{mention.network}\x1f{mention.ref}".encode(), signed)
        producer.send(f"{prefix}.sources", encode(advanced(None, outcome.news)), SOURCE.encode(), signed)
        producer.send(f"{prefix}.cursors", encode(batch.cursor), SOURCE.encode(), signed)
        producer.commit_transaction()
    spent = perf_counter() - begin
    producer.close()
    return spent


def ours(broker: Broker, batches: Sequence[Taken]) -> float:
    """Seconds of the sink."""
    sink = KafkaSink(broker, ["benialba"], lambda: datetime.now(UTC), timedelta(days=36500))
    sink.start()
    sink.cursor(SOURCE)
    begin = perf_counter()
    for batch, outcome in batches:
        assert sink.take(batch, outcome).new == len(outcome.events)
    spent = perf_counter() - begin
    sink.close()
    return spent


def batches_of(mentions: Sequence[Mention]) -> list[Taken]:
    """The mentions over and over as different ones, each with a ref, in batches."""
    made: list[Taken] = []
    for start in range(0, COUNT, SIZE):
        events = tuple(_another(mentions[n % len(mentions)], n) for n in range(start, start + SIZE))
        news = SourceNews(SOURCE, "archive", datetime.now(UTC), seen=SIZE, kept=SIZE)
        made.append((Batch(cursor=Cursor(source=SOURCE, state=str(start))), Outcome(events, (), news)))
    return made


def _another(mention: Mention, number: int) -> Mention:
    identity = mention_id(mention.network, f"{mention.id}-{number}", mention.institution)
    return msgspec.structs.replace(mention, id=identity, ref=f"bench.example/{number}")


def round_of(server: str, way: Way, batches: Sequence[Taken]) -> float:
    """Seconds of one way on fresh topics, which are gone afterwards."""
    broker = Broker(KafkaSettings(servers=(server,), prefix=f"bench-{secrets.token_hex(4)}"))
    made = [f.what.removeprefix("topic ") for f in setup(broker)]
    try:
        return way(broker, batches)
    finally:
        with broker.admin() as admin:
            admin.delete_topics(made)


def server_of(opened: ExitStack, given: str) -> str:
    """The broker that is given, or one of our own."""
    if given:
        return given
    from deploy.services import Kafka

    folder = opened.enter_context(TemporaryDirectory(prefix="corrillo-"))
    return opened.enter_context(Kafka(Path(folder))).bootstrap


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kafka", default="")
    batches = batches_of(pipeline_and_mentions()[1])
    ways: dict[str, Way] = {"kafka-python, bare": bare, "the sink": ours}
    spent: dict[str, list[float]] = {name: [] for name in ways}
    with ExitStack() as opened:
        server = server_of(opened, parser.parse_args().kafka)
        for n in range(ROUNDS + 1):
            for name, way in ways.items():
                seconds = round_of(server, way, batches)
                if n:  # the first round warms the broker up
                    spent[name].append(seconds)
    base = median(spent["kafka-python, bare"])
    print(f"{COUNT} mentions in transactions of {SIZE}, median of {ROUNDS} rounds")
    for name, taken in spent.items():
        print(f"{name:20} {COUNT / median(taken):8.0f} mentions a second   ratio {base / median(taken):.2f}")
    print("target for the sink: 0.80")


if __name__ == "__main__":
    main()
