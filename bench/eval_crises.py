"""How early real crises are seen: ``python -m bench.eval_crises DATA [--only village town capital] [--weeks 6]``.

The tweets of each event of CrisisLexT26 (Olteanu, Vieweg and Castillo 2015) that are related to it are laid,
at the distances that they had, over ordinary talk of a village, a town and a capital, whose detection has
learnt for some weeks. Printed as it is known: after how many related posts a warning was given (- : not within
the limit, at which an event ends), and how many false ones the ordinary weeks had.

The tagger has never seen the event that it tags, nor the ordinary text: it is trained without the fifth of all
texts that they are in (``bench.unseen``; a minute each). ``--tagger rules`` needs no training.
``--events 2013_Spain_train_crash`` replays only some. Ordinary talk is drawn from texts that are no crises; who
says it, where and when is invented.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import merge
from math import exp
from pathlib import Path

import msgspec

from bench.unseen import Unseen
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
from processors.training.examples import Example, licensed, written

SET = "crisislex-t26"
TOWN = Institution(id="town", name="Ayuntamiento de Benialba")
PLACES = {"village": (5, 5), "town": (500, 15), "capital": (50_000, 60)}
"""Mentions a day, and after how many related posts a warning has to be there."""
LANGUAGES = frozenset(("es", "en", "pt"))
NETWORKS = ("microblog", "groups", "chat")
ORDINARY = ("es4-plain", "es5-plain", "ca-plain", "gl-plain", "basque-vaxx")
BEGIN = datetime(2026, 1, 12, tzinfo=UTC)
TICK, HOUR = timedelta(minutes=10), timedelta(hours=1)
BUSY = (25, 15, 10, 8, 8, 15, 40, 80, 110, 130, 135, 140, 140, 135, 130, 125, 130, 140, 150, 160, 170, 160, 120, 60)
"""How much is said in each hour of the day."""
BOUTS = 6.0
"""Shape of the Gamma variable by which an hour is busier or calmer than usual."""


def enriched(pipeline: Pipeline, name: str, texts: Iterable[tuple[str, datetime]]) -> Iterator[TaggedMention]:
    """Each text as a mention of the town by an author of its own; ``name`` tells these from others."""
    for number, (text, at) in enumerate(texts):
        author, venue = Author(handle=f"{name}{number}"), Venue(name="plaza")
        post = Post(network="plaza", native_id=f"{name}{number}", venue=venue, published=at, text=text, author=author)
        yield from pipeline.mentions(post, at, TOWN.id)


@dataclass(frozen=True)
class Taggers:
    """Who tags what: ``unseen`` where it is trained on everything else, None for the rules."""

    data: Path
    unseen: Unseen | None

    def event(self, name: str) -> Pipeline:
        """For an event."""
        example = Example(name, "", "und", frozenset(), SET, f"{SET}-{name}")
        return self._pipeline(self.unseen.part(example) if self.unseen else "")

    def ordinary(self) -> Iterator[TaggedMention]:
        """Texts that somebody judged, and nobody labelled as crises."""
        examples = self.unseen.examples if self.unseen else [*written(), *licensed(self.data)]
        plain = [e for e in examples if e.of in ORDINARY and "crisis" not in e.tags]
        parts = {e.id: self.unseen.part(e) if self.unseen else "" for e in plain}
        for part in sorted(set(parts.values())):
            texts = ((e.text, BEGIN) for e in plain if parts[e.id] == part)
            yield from enriched(self._pipeline(part), part, texts)

    def _pipeline(self, part: str) -> Pipeline:
        tags = self.unseen.without(part) if self.unseen else tagger("rules")
        return Pipeline([TOWN], tags, Pseudonyms(b"an evaluation needs no secret"))


def event(folder: Path, pipeline: Pipeline) -> list[TaggedMention]:
    """The related tweets of an event, in their order, with their stories; their ids carry their times."""
    rows = csv.DictReader(
        next(folder.glob("*labeled.csv")).read_text(encoding="utf-8").splitlines(), skipinitialspace=True
    )
    related = [(int(r["Tweet ID"]), r["Tweet Text"]) for r in rows if r["Informativeness"].startswith("Related")]
    timed = [(text, datetime.fromtimestamp(((i >> 22) + 1288834974657) / 1000, UTC)) for i, text in sorted(related)]
    memory, told = Memory({}), []
    for mention in enriched(pipeline, folder.name, timed):
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
        """After how many of an event's ``posts`` there is a warning; None if not after ``limit``, where it ends."""
        chance, first = random.Random(7), posts[0].published
        begin = (self.now + timedelta(days=1)).replace(hour=first.hour, minute=first.minute)
        laid = [
            said(p, begin + (p.published - first), f"event.{n}", f"~e{n}", chance) for n, p in enumerate(posts[:limit])
        ]
        both = merge(self.ordinary(laid[-1].published, chance), laid, key=lambda m: m.published)
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
    """Print what ordinary weeks gave, and a line an event as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", nargs="+", default=["village", "town"], choices=tuple(PLACES))
    parser.add_argument("--weeks", type=float, default=6)
    parser.add_argument("--events", nargs="+", default=())
    parser.add_argument("--tagger", default="learned", choices=("learned", "rules"))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    unseen = Unseen(options.data, options.seed, say) if options.tagger == "learned" else None
    taggers = Taggers(options.data, unseen)
    events = dict(told_of(options.data / SET, taggers, options.events))
    pool = list(taggers.ordinary())
    say(f"{len(events)} events, {len(pool)} ordinary texts")
    for name in options.only:
        daily, limit = PLACES[name]
        place = Place(daily, pool)
        place.learn(options.weeks)
        peaks = Counter[Level](i.peak for i in place.told.values())
        say(f"{name}, {daily} a day, {options.weeks:g} ordinary weeks: {dict(peaks)}")
        in_time = sum([place_and_event(place, posts, event, limit) for event, posts in events.items()])
        say(f"  in time: {in_time} of {len(events)}")


def place_and_event(place: Place, posts: Sequence[TaggedMention], name: str, limit: int) -> bool:
    """Print whether an event was warned of in time."""
    after = place.warned_after(posts, limit)
    say(f"  {name:36} {'-' if after is None else after:>4} of {limit}")
    return after is not None


def told_of(folder: Path, taggers: Taggers, only: Sequence[str]) -> Iterator[tuple[str, list[TaggedMention]]]:
    """The events that are spoken of in our languages, each with its posts."""
    for one in sorted(f for f in folder.iterdir() if f.is_dir() and (f.name in only or not only)):
        posts = event(one, taggers.event(one.name))
        if spoken(posts):
            yield one.name, posts


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
