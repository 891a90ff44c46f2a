"""How early real crises are seen: ``python -m bench.eval_crises DATA [--daily 5 500 50000] [--weeks 6]``.

The tweets of each event of CrisisLexT26 (Olteanu, Vieweg and Castillo 2015) that are related to it are laid,
at the distances that they had, over ordinary talk of a village, a town and a capital, whose detection has
learnt for some weeks. Printed: after how many related posts a warning was given, and how many false ones
the ordinary weeks had. The tagger is the packaged one, which was trained on none of these texts.

Ordinary talk is drawn from texts that are no crises; who says it, where and when is invented.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import exp
from pathlib import Path

import msgspec

from corrillo.alerts import Incident, Level, rank
from corrillo.health import Hearing
from corrillo.institution import Institution
from corrillo.model import Author, Post, TaggedMention, Venue
from corrillo.pipeline import Pipeline
from corrillo.registry import tagger
from ingest.protect import Pseudonyms
from processors.detect.lookout import Lookout, Record, watched
from processors.memory import Memory
from processors.regroup import regroup

TOWN = Institution(id="town", name="Ayuntamiento de Benialba")
LIMITS = {5: 5, 500: 15, 50_000: 60}
"""Mentions a day → after how many related posts a warning has to be there."""
LANGUAGES = frozenset(("es", "en", "pt"))
NETWORKS = ("microblog", "groups", "chat")
ORDINARY = ("es4-plain", "es5-plain", "ca-plain", "gl-plain")
BEGIN = datetime(2026, 1, 12, tzinfo=UTC)
TICK, HOUR = timedelta(minutes=10), timedelta(hours=1)
BUSY = (25, 15, 10, 8, 8, 15, 40, 80, 110, 130, 135, 140, 140, 135, 130, 125, 130, 140, 150, 160, 170, 160, 120, 60)
"""How much is said in each hour of the day."""
BOUTS = 6.0
"""Shape of the Gamma variable by which an hour is busier or calmer than usual."""


def enriched(pipeline: Pipeline, texts: Iterable[tuple[str, datetime]]) -> Iterator[TaggedMention]:
    """Each text as a mention of the town by an author of its own."""
    for number, (text, at) in enumerate(texts):
        author, venue = Author(handle=f"author{number}"), Venue(name="plaza")
        post = Post(network="plaza", native_id=str(number), venue=venue, published=at, text=text, author=author)
        yield from pipeline.mentions(post, at, TOWN.id)


def ordinary_texts(data: Path) -> list[str]:
    """Texts that nobody labelled as crises."""
    files = [data / "corpus" / f"{name}.jsonl" for name in ORDINARY] + [data / "basque-vaxx" / "train.jsonl"]
    lines = (json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines())
    return [line["text"] for line in lines if "crisis" not in line.get("tags", ())]


def event(folder: Path, pipeline: Pipeline) -> list[TaggedMention]:
    """The related tweets of an event, in their order, with their stories; their ids carry their times."""
    rows = csv.DictReader(
        next(folder.glob("*labeled.csv")).read_text(encoding="utf-8").splitlines(), skipinitialspace=True
    )
    related = [(int(r["Tweet ID"]), r["Tweet Text"]) for r in rows if r["Informativeness"].startswith("Related")]
    timed = [(text, datetime.fromtimestamp(((i >> 22) + 1288834974657) / 1000, UTC)) for i, text in sorted(related)]
    memory, told = Memory({}), []
    for mention in enriched(pipeline, timed):
        regrouped = regroup([mention], memory)
        told += [t for t in regrouped if isinstance(t, TaggedMention) and t.id == mention.id]
    return told


@dataclass
class Place:
    """A place of so many mentions a day: what is said there, and what its detection has learnt."""

    daily: int
    pool: Sequence[TaggedMention]
    records: dict[str, Record] = field(default_factory=dict)
    told: dict[str, Incident] = field(default_factory=dict)
    now: datetime = BEGIN

    def learn(self, weeks: float) -> None:
        """Ordinary weeks go by."""
        end = self.now + timedelta(days=round(weeks * 7))
        self.watch(self.ordinary(end, random.Random(self.daily)), end)

    def ordinary(self, until: datetime, chance: random.Random) -> Iterator[TaggedMention]:
        """What is said until then."""
        hour, number = self.now, 0
        while hour < until:
            mean = self.daily * BUSY[hour.hour] / sum(BUSY) * chance.gammavariate(BOUTS, 1 / BOUTS)
            for second in sorted(chance.random() * 3600 for _ in range(_poisson(mean, chance))):
                number += 1
                author = f"~{chance.randrange(max(20, self.daily * 10)):016x}"
                yield said(
                    chance.choice(self.pool),
                    hour + timedelta(seconds=second),
                    f"{hour:%m%d%H}.{number}",
                    author,
                    chance,
                )
            hour += HOUR

    def watch(self, mentions: Iterable[TaggedMention], until: datetime) -> None:
        """Hear them, and keep what is to be kept."""
        lookout, hearing, tick = Lookout(watched([TOWN])[TOWN.id], self.records), Hearing(NETWORKS), self.now
        for mention in mentions:
            while tick < mention.first_seen:
                lookout.advance(tick, hearing)
                tick += TICK
            lookout.hear(mention)
            self._keep(lookout)
        lookout.advance(until, hearing)
        self._keep(lookout)
        self.now = until

    def warned_after(self, posts: Sequence[TaggedMention], limit: int) -> int | None:
        """After how many of an event's ``posts`` there is a warning; None if not after twice the ``limit``."""
        chance, first = random.Random(7), posts[0].published
        begin = (self.now + timedelta(days=1)).replace(hour=first.hour, minute=first.minute)
        laid = [
            said(p, begin + (p.published - first), f"event.{n}", f"~e{n}", chance)
            for n, p in enumerate(posts[: 2 * limit])
        ]
        both = sorted([*self.ordinary(laid[-1].published, chance), *laid], key=lambda m: m.published)
        lookout, tick, related = Lookout(watched([TOWN])[TOWN.id], dict(self.records)), self.now, 0
        for mention in both:
            while tick < mention.first_seen:
                lookout.advance(tick, Hearing(NETWORKS))
                tick += TICK
            lookout.hear(mention)
            related += mention.id.startswith("event.")
            if related and any(isinstance(t, Incident) and rank(t.level) >= rank("warning") for t in lookout.told()):
                return related
            lookout.changed()
        return None

    def _keep(self, lookout: Lookout) -> None:
        self.told |= {t.id: t for t in lookout.told() if isinstance(t, Incident)}
        for key, record in lookout.changed().items():
            if record is None:
                self.records.pop(key, None)
            else:
                self.records[key] = record


def said(text: TaggedMention, at: datetime, identity: str, author: str, chance: random.Random) -> TaggedMention:
    """A text as somebody says it there and then; a story goes on being one where its text tells of trouble."""
    network = chance.choice(NETWORKS)
    trouble = text.service == "emergency" or any(t.kind == "crisis" for t in text.tags)
    return msgspec.structs.replace(
        text, id=identity, thread=identity, institution=TOWN.id, published=at, first_seen=at, author=author, network=network,
        venue=network, source=network, place="off_page", story=text.story or text.id if trouble else identity,
    )  # fmt: skip


def _poisson(mean: float, chance: random.Random) -> int:
    if mean > 50:
        return max(0, round(chance.gauss(mean, mean**0.5)))
    count, left, limit = -1, 1.0, exp(-mean)
    while left > limit:
        left *= chance.random()
        count += 1
    return max(count, 0)


def spoken(posts: Sequence[TaggedMention]) -> bool:
    """Whether an event is mostly in a language that the lexicons were written for."""
    return Counter(p.language for p in posts).most_common(1)[0][0] in LANGUAGES


def main() -> None:
    """Print a line an event, and what came of each place."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--daily", type=int, nargs="+", default=[5, 500], choices=tuple(LIMITS))
    parser.add_argument("--weeks", type=float, default=6)
    options = parser.parse_args()
    pipeline = Pipeline([TOWN], tagger("rules"), Pseudonyms(b"an evaluation needs no secret"))
    folders = sorted(f for f in (options.data / "crisislex-t26").iterdir() if f.is_dir())
    events = {f.name: posts for f in folders if spoken(posts := event(f, pipeline))}
    pool = list(enriched(pipeline, ((text, BEGIN) for text in ordinary_texts(options.data))))
    for daily in options.daily:
        place, limit = Place(daily, pool), LIMITS[daily]
        place.learn(options.weeks)
        peaks = Counter[Level](i.peak for i in place.told.values())
        print(f"{daily} a day, {options.weeks:g} ordinary weeks: {dict(peaks)}", flush=True)
        after = {name: place.warned_after(posts, limit) for name, posts in events.items()}
        for name, count in after.items():
            print(f"  {name:36} {'-' if count is None else count:>4} of {limit}", flush=True)
        in_time = sum(count is not None and count <= limit for count in after.values())
        print(f"  in time: {in_time} of {len(after)}", flush=True)


if __name__ == "__main__":
    main()
