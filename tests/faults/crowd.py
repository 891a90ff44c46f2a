"""A crowd of invented posts: answers, edits, copies, two institutions; everything follows from a seed.

Texts are words at random, so that two posts are one story only where one copies the other: then
what belongs together does not depend on the order in which a stream brings them.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2026, 10, 20, 6, tzinfo=UTC)
NETWORKS = ["forum", "mastodon", "press"]
TOWNS = ["Valdeprado", "Benialba"]
SAID = [
    "Qué vergüenza, llevan semanas sin arreglar nada",
    "¿Alguien sabe a qué hora abren mañana?",
    "Gracias por lo rápido que lo han resuelto",
    "Se ha inundado la calle y hay gente atrapada",
    "Propongo que pongan más bancos a la sombra",
    "El alcalde y su partido sólo piensan en las elecciones",
    "No hay agua en todo el barrio desde anoche",
    "Mañana toca la orquesta en la plaza",
    "Las farolas de El Arrabal llevan un mes apagadas",
]
REPLIES = "neighbour7"
"""An account of the first of these towns."""
HAPPENED = [
    "Se ha inundado la calle y hay gente atrapada",
    "Se ha inundado el garaje, hay heridos",
    "Evacuan la residencia por la inundación",
]
SYLLABLES = [
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "la",
    "me",
    "ni",
    "po",
    "ru",
    "sa",
    "te",
    "vi",
    "xo",
    "zu",
    "bro",
    "cle",
    "tri",
]


@dataclass
class Crowd:
    """The rows of a file that ``corrillo replay`` reads, and which of their ids stand alone (nothing follows them)."""

    rows: list[dict[str, str]] = field(default_factory=list)
    alone: list[tuple[str, str]] = field(default_factory=list)

    def joined_by(self, rows: list[dict[str, str]]) -> Crowd:
        """The same with these rows among the others, each at its time."""
        return Crowd(sorted([*self.rows, *rows], key=lambda r: r["published"]), self.alone)

    def write(self, file: Path) -> Path:
        """Write the rows as JSON Lines; gives the file."""
        file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in self.rows), "utf-8")
        return file


def crowd(seed: int, posts: int) -> Crowd:
    """``posts`` different posts, and edits of some: one in ten answers, one in ten copies, one in thirty is edited."""
    chance, made = random.Random(seed), Crowd()
    moment, known, original = START, [], ""
    followed: set[str] = set()
    for number in range(posts):
        moment += timedelta(seconds=chance.uniform(0, 130))
        row = _row(chance, number, moment)
        what = chance.random()
        if known and what < 0.1:
            parent = chance.choice(known[-400:])
            row |= {"parent": parent["id"], "network": parent["network"], "venue": parent["venue"]}
            followed |= {row["id"], parent["id"]}
        elif number % 500 == 0:
            original = row["text"]
            followed.add(row["id"])
        elif what < 0.2:
            row["text"] = original
            followed.add(row["id"])
        known.append(row)
        made.rows.append(row)
        if what > 0.97:
            made.rows.append(_edited(chance, row, moment))
    made.alone = [(r["network"], r["id"]) for r in known if r["id"] not in followed]
    return made


def outbreak(seed: int, begins: datetime, posts: int = 60) -> list[dict[str, str]]:
    """A crisis in one town: within an hour, everybody says what has happened to him."""
    chance, made = random.Random(f"outbreak {seed}"), []
    for number in range(posts):
        row = _row(chance, 1_000_000 + number, begins + timedelta(hours=1) * number / posts)
        text = f"{TOWNS[0]}: {chance.choice(HAPPENED)}. {' '.join(_words(chance, 14))}"
        made.append(row | {"author": f"witness{number}", "text": text})
    return made


def replies(seed: int, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """What one account answers to every third question and complaint of the forum, within a day, while the others speak."""
    chance, asked = random.Random(f"replies {seed}"), [r for r in rows if r["network"] == "forum" and _asks(r)]
    made, last = [], max(r["published"] for r in rows)
    for number, parent in enumerate(chance.sample(asked, len(asked) // 3)):
        moment = datetime.fromisoformat(parent["published"]) + timedelta(hours=chance.uniform(0, 24))
        row = _row(chance, 2_000_000 + number, moment)
        said = {"author": REPLIES, "text": f"Tomamos nota. {' '.join(_words(chance, 14))}", "parent": parent["id"]}
        made.append(row | said | {"id": f"forum://{2_000_000 + number}", "network": "forum", "venue": parent["venue"]})
    return [row for row in made if row["published"] < last]


def _asks(row: dict[str, str]) -> bool:
    return SAID[0] in row["text"] or SAID[1] in row["text"]


def _row(chance: random.Random, number: int, moment: datetime) -> dict[str, str]:
    network = chance.choice(NETWORKS)
    return {
        "id": f"{network}://{number}",
        "network": network,
        "venue": f"{network} {chance.randrange(4)}",
        "published": moment.isoformat(),
        "author": f"neighbour{chance.randrange(3000)}",
        "text": f"{_towns(chance)}: {chance.choice(SAID)}. {' '.join(_words(chance, 14))}",
        "url": f"https://{network}.example/{number}",
    }


def _edited(chance: random.Random, row: dict[str, str], moment: datetime) -> dict[str, str]:
    return {
        **row,
        "text": f"{row['text']} {' '.join(_words(chance, 2))}",
        "revised": (moment + timedelta(hours=1)).isoformat(),
    }


def _towns(chance: random.Random) -> str:
    return " y ".join(TOWNS) if chance.random() < 0.05 else chance.choice(TOWNS)


def _words(chance: random.Random, count: int) -> Iterator[str]:
    return ("".join(chance.choices(SYLLABLES, k=3)) for _ in range(count))
