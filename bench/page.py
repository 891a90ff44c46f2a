"""The page on a big store: a million mentions of one institution over two years.

    python -m bench.page [--mentions 1000000] [--folder var/bench]

The store is made once (some minutes, some 2 kB a mention) and kept in the folder. ``corrillo page`` serves it as a
process of its own; each address is asked once to warm up and then twenty times, one after the other. Ratios are
against a bare question to the same file: one count by network of the same days, one count of what the words find.
Targets: 0.3 s for the first view of the last 30 days, 1 s for a search of everything; memory that does not grow.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sqlite3
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import msgspec

from bench.corpus import pipeline_and_mentions
from corrillo.attention import ASKING, Attention
from corrillo.demo import TOWN, build
from corrillo.model import Cursor, TaggedMention, mention_id
from corrillo.ports import SourceNews
from stores.sqlite import SqliteStore
from tests.processes import Commands, until

DAYS = 730
BATCH = 5_000
TIMES = 20
WORDS = "agua"
"""Many have said it."""
RARE = '"corte de agua" calle4321'
ASKED = {
    "the first view, 30 days": "/?period=30d",
    "the first view, a fortnight": "/",
    "the first view, all": "/?period=all",
    f"posts of all, {WORDS}": f"/posts?period=all&q={WORDS}",
    "posts of all, few": "/posts?period=all&q=%22corte+de+agua%22+calle4321",
    f"the first view of all, {WORDS}": f"/?period=all&q={WORDS}",
    "where, 30 days": "/where?period=30d",
    "what, 30 days": "/what?period=30d",
    "waits, 30 days": "/waits?period=30d",
    "posts, 30 days": "/posts?period=30d",
    "sources, 30 days": "/sources?period=30d",
    "news": "/news?period=30d",
}
TARGETS = {"the first view, 30 days": 0.3, f"posts of all, {WORDS}": 1.0, "posts of all, few": 1.0}


@dataclass(frozen=True)
class Spent:
    """Seconds that the same thing took, shortest first."""

    seconds: list[float]

    @property
    def half(self) -> float:
        """The middle one."""
        return self.seconds[len(self.seconds) // 2]

    @property
    def most(self) -> float:
        """95 of a hundred are not longer."""
        return self.seconds[(len(self.seconds) * 95 + 99) // 100 - 1]


def made(folder: Path, count: int) -> Path:
    """The configuration of the town whose store has so many mentions; made where it is not there yet."""
    finished = folder / "finished"
    if not finished.exists():
        begun = perf_counter()
        now = datetime.now(UTC)
        settings = build(folder, now)
        store = SqliteStore(settings.store_path, {TOWN: settings.institutions[0].time_zone}, lambda: now)
        written = 0
        for batch in batches(count, now):
            with store.unit() as unit:
                unit.write(batch)
                unit.tell([asked for asked in map(attended, batch) if asked])
                for source, network in {(m.source, m.network) for m in batch}:
                    unit.advance(
                        Cursor(source=source, state="0"),
                        SourceNews(source, network, now, max(m.published for m in batch), every=300.0, read_to=now),
                    )
            written += len(batch)
            print(f"\r{written} of {count} mentions, {written / (perf_counter() - begun):.0f}/s", end="", flush=True)
        store.close()
        print()
        finished.write_text(now.isoformat(), "ascii")
    return folder / "corrillo.toml"


def batches(count: int, now: datetime) -> Iterator[list[TaggedMention]]:
    """Different mentions, evenly over two years, oldest first."""
    pipeline, found = pipeline_and_mentions()
    known = [pipeline.enrich(m) for m in found]
    step = timedelta(days=DAYS) / count
    for begin in range(0, count, BATCH):
        numbers = range(begin, min(begin + BATCH, count))
        yield [another(known[n * 7 % len(known)], n, now - (count - n) * step) for n in numbers]


def another(mention: TaggedMention, number: int, published: datetime) -> TaggedMention:
    """The same text, a few words longer, of somebody else at another time."""
    identity = mention_id(mention.network, f"{mention.id}-{number}", mention.institution)
    return msgspec.structs.replace(
        mention,
        id=identity,
        thread=identity,
        story=identity,
        answers="",
        text=f"{mention.text} calle{number % 9973}",
        author=mention.author and f"{mention.author}{number % 97}",
        published=published,
        first_seen=published,
    )


def attended(mention: TaggedMention) -> Attention | None:
    """What waits for an answer, as it is told of a mention: every other one is answered after a while."""
    kinds = tuple(kind for kind in ASKING if any(t.kind == kind for t in mention.tags))
    if not kinds or mention.place == "own":
        return None
    wait = float(int(mention.id[:6], 16) % 200_000) if int(mention.id[6:8], 16) % 2 else None
    return Attention(
        mention=mention.id, institution=mention.institution, thread=mention.thread, asked=mention.published,
        kinds=kinds, network=mention.network, venue=mention.venue, place=mention.place, service=mention.service,
        district=mention.district, language=mention.language, looked=mention.published,
        answered=mention.published + timedelta(seconds=wait) if wait else None, answer=mention.id if wait else "",
        by="@ajbenialba" if wait else "", wait=wait, working_wait=wait and wait / 4,
    )  # fmt: skip


def timed(what: object) -> Spent:
    """Call it once, and then so many times."""
    assert callable(what)
    what()
    spent = []
    for _ in range(TIMES):
        begun = perf_counter()
        what()
        spent.append(perf_counter() - begun)
    return Spent(sorted(spent))


def bare(store: Path, now: datetime) -> dict[str, Spent]:
    """What the file itself takes for the least that the first view and the search ask of it."""
    connection = sqlite3.connect(store)
    since = int((now - timedelta(days=30)).timestamp() * 1000)
    by_network = "SELECT network, COUNT(*) FROM mention WHERE institution = ? AND published >= ? GROUP BY network"
    found = "SELECT COUNT(*) FROM mention_text WHERE mention_text MATCH ?"
    spent = {
        "counted by network, 30 days": timed(lambda: connection.execute(by_network, [TOWN, since]).fetchall()),
        f"counted, {WORDS}": timed(lambda: connection.execute(found, [f'"{WORDS}"']).fetchall()),
    }
    connection.close()
    return spent


def memory(process: int) -> tuple[int, int]:
    """Megabytes that a process has now, and the most that it has had."""
    said = Path(f"/proc/{process}/status").read_text("ascii")
    now, most = (int(re.search(rf"{key}:\s+(\d+)", said)[1]) for key in ("VmRSS", "VmHWM"))  # type: ignore[index]
    return now // 1000, most // 1000


def read(address: str) -> None:
    """The whole answer."""
    with urllib.request.urlopen(address, timeout=600) as answer:
        answer.read()


def measure(config: Path) -> None:
    """Serve the page, ask everything, and print it."""
    corrillo = Commands(config.parent)
    log = config.parent / "page.log"
    log.unlink(missing_ok=True)
    process = corrillo.start("page", "--config", config, "--port", 0, log=log.name)
    try:
        said = until(lambda: re.search(r"The page: (http://\S+?)/ ", log.read_text("utf-8")), "the page's address")
        page = str(said[1])
        until(lambda: answers(page), "the page")
        against = bare(config.with_name("demo.db"), datetime.now(UTC))
        ways = list(against.values())
        for name, spent in against.items():
            print(f"bare: {name:32} p50 {spent.half * 1000:7.1f} ms")
        print(f"memory after the start: {memory(process.pid)[0]} MB", flush=True)
        for name, path in ASKED.items():
            spent = timed(lambda path=path: read(page + path))
            ratio = spent.half / ways["q=" in path].half
            target = f"   target {TARGETS[name] * 1000:.0f} ms" if name in TARGETS else ""
            line = f"{name:32} p50 {spent.half * 1000:7.0f} ms   p95 {spent.most * 1000:7.0f} ms   {ratio:6.1f} × bare"
            print(f"{line}   {memory(process.pid)[0]} MB{target}", flush=True)
        print("memory now {} MB, at most {} MB".format(*memory(process.pid)))
    finally:
        corrillo.end()


def answers(page: str) -> bool:
    """Whether somebody answers there."""
    try:
        read(f"{page}/healthz")
    except OSError:
        time.sleep(0.2)
        return False
    return True


def machine() -> str:
    """What it was measured on."""
    named = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text("utf-8"))
    cpu = named[1] if named else platform.processor()
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} × {cpu}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, load {load:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mentions", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path("var/bench"))
    options = parser.parse_args()
    config = made((options.folder / f"page-{options.mentions}").absolute(), options.mentions)
    print(f"{options.mentions} mentions over {DAYS} days; {machine()}")
    measure(config)


if __name__ == "__main__":
    main()
