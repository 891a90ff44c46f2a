"""A fake past of the invented town Valdeprado: some weeks of ordinary talk, and one evening without water."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from corrillo.model import TaggedMention
from corrillo.testing.mentions import a_mention, tagged

BEGIN = datetime(2025, 3, 3, tzinfo=UTC)
"""A Monday."""
DAYS = 14
BURST = BEGIN + timedelta(days=11, hours=18)
"""When the water main bursts."""
END = BEGIN + timedelta(days=DAYS)
WAKING = range(7, 22)
SOURCE = "plaza"


def weeks(imported: datetime | None = None, seed: int = 7) -> Sequence[TaggedMention]:
    """The mentions in the order of their publication, each seen within two minutes, or all when they were ``imported``."""
    chance = random.Random(seed)
    said = sorted([*_talk(chance), *_no_water()], key=lambda m: m[0])
    return [_mention(number, at, text, imported, given) for number, (at, text, given) in enumerate(said)]


Said = tuple[datetime, str, dict[str, object]]


def _talk(chance: random.Random) -> Iterator[Said]:
    """About twenty ordinary mentions a day, by day, of many people on two networks."""
    for day in range(DAYS):
        for hour in WAKING:
            for _ in range(chance.choice((0, 1, 1, 2, 3))):
                at = BEGIN + timedelta(days=day, hours=hour, seconds=chance.randrange(3600))
                service = chance.choice(("culture", "parks", "sport", "other"))
                tags = tagged(*chance.choice(((), (), (), ("praise",), ("complaint",))))
                where = chance.choice((("mastodon", "mastodon.example"), ("forum", "foro.example")))
                yield (
                    at,
                    "Cosas de Valdeprado",
                    {"service": service, "tags": tags, "network": where[0], "venue": where[1]},
                )


def _no_water() -> Iterator[Said]:
    """Thirty neighbours in an hour and a half."""
    for number in range(30):
        network, venue = (("mastodon", "mastodon.example"), ("forum", "foro.example"))[number % 2]
        given = {"service": "water", "tags": tagged("crisis", "complaint"), "network": network, "venue": venue}
        yield BURST + timedelta(minutes=3 * number, seconds=number), "Sin agua y la calle inundada", given


def _mention(
    number: int, at: datetime, text: str, imported: datetime | None, given: dict[str, object]
) -> TaggedMention:
    seen = imported or at + timedelta(seconds=30 + number % 90)
    own = {"published": at, "first_seen": seen, "institution": "valdeprado", "source": SOURCE}
    return a_mention(f"{number}", f"{text} ({number})", **{**own, **given})
