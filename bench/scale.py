"""The pipeline on Kafka, Faust and Elasticsearch: everything that is promised of its speed, in one run.

Publishing and enrichment against bare loops, indexing against the library's helper (as ratios:
``bench.publishing``, ``bench.stream``, ``bench.indexing``); then whole workers as processes: how much one and two
of them get through, how long it takes from published to searchable at three rates, and how long nothing is new
after kill -9.

    python -m bench.scale            # starts servers of its own; some ten minutes
"""

from __future__ import annotations

import asyncio
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from zlib import crc32

import msgspec

from bench.corpus import pipeline_and_mentions
from bench.stream import Silent
from corrillo.engines import Access
from corrillo.errors import StoreError
from corrillo.messages import encode, headers
from corrillo.model import Mention, mention_id
from corrillo.ports import Query, Store
from processors.faust.brokers import Brokers
from processors.faust.publisher import Outgoing, Publisher
from tests.faults.town import Servers, Town
from tests.faults.verdict import servers

COUNT = 20_000
RATES = (200, 1_000, 2_000)
"""Mentions a second."""
SECONDS = 15
"""How long each rate is kept up."""
TICK = 0.05
ATTEMPTS = 3
EVERYTHING = Query()


@dataclass
class Visible:
    """When how many mentions could be found: looked at all the time."""

    store: Store
    seen: list[tuple[float, int]] = field(default_factory=list)

    def watch_until(self, count: int, patience: float = 120.0) -> None:
        """Look until there are so many."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            with suppress(StoreError):  # an index is being made
                self.seen.append((time.monotonic(), self.store.count(EVERYTHING)))
                if self.seen[-1][1] >= count:
                    return
            time.sleep(TICK)
        raise SystemExit(f"only {self.seen[-1][1]} of {count} could be found after {patience:g} s")

    def moment_of(self, number: int) -> float:
        """When the mention of that number (from 1) could be found."""
        return next(at for at, found in self.seen if found >= number)


class Publishing:
    """Publishes different mentions into a town's topic."""

    def __init__(self, town: Town) -> None:
        settings = town.settings
        assert settings.kafka
        self._brokers = Brokers(settings.kafka, Access())
        self._topic = town.topics.mentions
        self._known = pipeline_and_mentions()[1]
        self.times: list[float] = []
        """When each was published."""

    def at_once(self, count: int) -> None:
        """As fast as it goes."""
        asyncio.run(self._run([count], 0.0))

    def steadily(self, rate: int, seconds: float) -> None:
        """So many a second."""
        asyncio.run(self._run([round(rate * TICK)] * round(seconds / TICK), TICK))

    async def _run(self, portions: list[int], tick: float) -> None:
        publisher = Publisher(self._brokers, "bench", Silent())
        await publisher.start()
        begin = time.monotonic()
        for number, portion in enumerate(portions, 1):
            some = [self._outgoing(len(self.times) + n) for n in range(portion)]
            self.times += [time.monotonic()] * portion
            await publisher.publish("bench", self._topic.name, some)
            await asyncio.sleep(max(0.0, begin + number * tick - time.monotonic()))
        await publisher.stop()

    def _outgoing(self, number: int) -> Outgoing:
        mention: Mention = self._known[number % len(self._known)]
        identity = mention_id(mention.network, f"{mention.id}-{number}", mention.institution)
        mention = msgspec.structs.replace(
            mention, id=identity, thread=identity, answers="", first_seen=datetime.now(UTC)
        )
        partition = crc32(identity.encode()) % self._topic.partitions
        return Outgoing(partition, identity, encode(mention), headers("bench"))


@contextmanager
def a_town(given: Servers) -> Iterator[Town]:
    """A fresh installation."""
    with TemporaryDirectory() as folder:
        town = Town(Path(folder), given, f"bench-{secrets.token_hex(3)}")
        town.set_up()
        try:
            yield town
        finally:
            town.corrillo.end()


def throughput(given: Servers, workers: int) -> float:
    """Mentions a second, from published to searchable, once they are at it."""
    with a_town(given) as town, town.store() as store:
        Publishing(town).at_once(COUNT)
        for number in range(workers):
            town.work(f"worker-{number}")
        visible = Visible(store)
        visible.watch_until(COUNT)
        first, last = visible.moment_of(COUNT // 10), visible.moment_of(COUNT)
        return COUNT * 0.9 / (last - first)


def latencies(given: Servers, rate: int) -> tuple[float, float]:
    """Seconds from published to searchable at a steady rate: the middle, and the 99th of a hundred."""
    with a_town(given) as town, town.store() as store:
        publishing, visible = Publishing(town), Visible(store)
        town.work("worker")
        town.until_ready("worker")
        publishing.steadily(rate, 3)  # warms up: indices are made
        visible.watch_until(len(publishing.times))
        warm = len(publishing.times)
        thread = Thread(target=publishing.steadily, args=(rate, SECONDS))
        thread.start()
        visible.watch_until(warm + round(rate * TICK) * round(SECONDS / TICK))
        thread.join()
        spent = sorted(visible.moment_of(n + 1) - publishing.times[n] for n in range(warm, len(publishing.times)))
        return spent[len(spent) // 2], spent[len(spent) * 99 // 100]


def recoveries(given: Servers) -> list[float]:
    """Seconds from kill -9 of the only worker to the first mention that was published afterwards."""
    with a_town(given) as town, town.store() as store:
        publishing, visible, spent = Publishing(town), Visible(store), []
        town.work("worker")
        town.until_ready("worker")
        thread = Thread(target=publishing.steadily, args=(RATES[0], 20 * ATTEMPTS), daemon=True)
        thread.start()
        for _ in range(ATTEMPTS):
            time.sleep(8)
            town.kill("worker")
            killed, number = time.monotonic(), len(publishing.times)
            town.work("worker")
            visible.watch_until(number + 1)
            spent.append(visible.moment_of(number + 1) - killed)
        thread.join()
        return spent


def part(module: str, *args: str) -> None:
    """One of the other benchmarks, on the same servers."""
    print(f"── {module}", flush=True)
    subprocess.run([sys.executable, "-m", module, *args], check=True)


def main() -> None:
    with servers() as (kafka, elasticsearch):
        given = Servers(kafka.bootstrap, elasticsearch.url, elasticsearch.user, elasticsearch.password)
        part("bench.publishing", "--kafka", given.kafka)
        part("bench.stream", "--kafka", given.kafka)
        part("bench.indexing", "--url", given.elasticsearch, "--password-file", str(elasticsearch.password_file))
        print("── whole workers", flush=True)
        alone, two = throughput(given, 1), throughput(given, 2)
        print(f"one worker {alone:.0f} mentions a second, two {two:.0f}: {two / alone:.2f} times", flush=True)
        for rate in RATES:
            middle, most = latencies(given, rate)
            print(f"published to searchable at {rate}/s: p50 {middle:.2f} s, p99 {most:.2f} s", flush=True)
        print("targets: p50 0.80 s, p99 1.50 s")
        print(f"new mentions again after kill -9: {', '.join(f'{s:.1f} s' for s in recoveries(given))} (target 5 s)")


if __name__ == "__main__":
    main()
