"""The whole of Bluesky past fifty institutions on one core: does it keep up with 2,000 posts a second?

A hundred thousand frames, made as they are needed, in batches of 500 as the source gives them.
``parse`` is what the source does with a frame, ``hear`` the pipeline up to protected mentions;
bare is the same frames decoded by msgspec and nothing else. Counted is the work of this process,
so that others on the machine do not matter; memory is looked at on the way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from time import process_time

import msgspec

from bench.network import BEGIN, frames, institutions
from corrillo.model import Batch, Cursor, Deletion, Post
from corrillo.pipeline import Pipeline
from corrillo.registry import tagger
from ingest.bluesky_records import NETWORK, Event, Reader, frame
from ingest.protect import Pseudonyms

COUNT, BATCH, RATE, TARGET = 100_000, 500, 2_000, 4_000


@dataclass
class Spent:
    """Seconds of work so far, and megabytes in memory at some of the frames."""

    bare: float = 0.0
    parse: float = 0.0
    hear: float = 0.0
    kept: int = 0
    memory: dict[int, float] = field(default_factory=dict)


def parsed(raws: list[bytes], reader: Reader) -> list[Post | Deletion]:
    """The items of these frames, as the source makes them."""
    items: list[Post | Deletion] = []
    for raw in raws:
        event = frame(raw)
        if isinstance(event, Event):
            items += reader.heard(event)
    return items


def run(count: int = COUNT) -> Spent:
    """All of them once through each."""
    pipeline = Pipeline(institutions(), tagger("rules"), Pseudonyms(b"a key for benchmarks"))
    reader, spent, stream, decode = Reader("bluesky", {}), Spent(), frames(count), msgspec.json.Decoder().decode
    done = 0
    while raws := list(islice(stream, BATCH)):
        begin = process_time()
        for raw in raws:
            decode(raw)
        decoded = process_time()
        items = parsed(raws, reader)
        made = process_time()
        outcome = pipeline.hear(Batch(cursor=Cursor("bluesky", str(done)), items=tuple(items)), NETWORK, BEGIN)
        spent.bare, spent.parse = spent.bare + decoded - begin, spent.parse + made - decoded
        spent.hear, spent.kept = spent.hear + process_time() - made, spent.kept + outcome.news.kept
        done += len(raws)
        if done in (count // 10, count // 2, count):
            spent.memory[done] = resident()
    return spent


def resident() -> float:
    """Megabytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096 / 1e6


def main() -> None:
    spent = run()
    whole = spent.parse + spent.hear
    print(f"{COUNT} frames, {len(institutions())} institutions, {spent.kept} mentions, batches of {BATCH}, one core")
    print(f"frames decoded and nothing else  {COUNT / spent.bare:9.0f} a second")
    print(
        f"parse                            {COUNT / spent.parse:9.0f} a second   ratio {spent.bare / spent.parse:.3f}"
    )
    print(
        f"parse and hear                   {COUNT / whole:9.0f} a second   ratio {spent.bare / whole:.3f}   (target {TARGET})"
    )
    print(f"share of one core at {RATE} a second: {RATE * whole / COUNT:.0%}")
    print("memory  " + "   ".join(f"{m:.0f} MB at {n / COUNT:.0%}" for n, m in spent.memory.items()))


if __name__ == "__main__":
    main()
