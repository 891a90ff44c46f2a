"""A replayed fortnight of an invented town, to look around in: Benialba de la Mar.

The texts are written for this project; people, media and parties in them do not exist.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from corrillo.settings import Settings, load
from corrillo.text import fold, words

FILES = ("ordinary.jsonl", "flood.jsonl", "fiesta.jsonl", "water.jsonl")
ZONE = ZoneInfo("Europe/Madrid")
DAYS = 14
FIESTA = (4, 7)
"""First and last of its days."""
_AT = re.compile(r"(?:d(\d\d) |-)(\d\d):(\d\d)")


def build(folder: Path, now: datetime) -> Settings:
    """Lay the town out in ``folder``: configuration, key, one file of posts for each network.

    The fortnight ends on the day before ``now``, in the town's zone; of today there is what was said before ``now``,
    when a water main has been broken for two hours. What was there is replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("demo.db*"):
        old.unlink()
    first = (now.astimezone(ZONE) - timedelta(days=DAYS)).replace(hour=0, minute=0, second=0, microsecond=0)
    text = (files("corrillo.demo") / "town.toml").read_text(encoding="utf-8") + _fiesta(first)
    for (source, network), rows in sorted(_rows(first, now).items()):
        path = folder / f"{source}.jsonl"
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        text += (
            f'\n[[source]]\nkind = "archive"\nname = "{source}"\npath = "{path.name}"\nnetwork = "{network}"\n'
            f'venue = "{rows[0]["venue"] if network == "telegram" else network.capitalize()}"\n'
            'map = { parent = "reply_to", language = "lang" }\n'
        )
    (folder / "corrillo.toml").write_text(text, encoding="utf-8")
    (folder / "demo.key").write_text("a demonstration needs no secret\n", encoding="ascii")
    return load(folder / "corrillo.toml")


def _rows(first: datetime, now: datetime) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """What was said until ``now``, by source, oldest first."""
    said = [(moment(post["at"], first, now), post) for post in posts()]
    rows: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for published, post in sorted(said, key=lambda s: s[0]):
        if published <= now:
            row = post | {"published": published.astimezone(UTC).isoformat()}
            rows.setdefault(source_of(post), []).append(row)
    return rows


def _fiesta(first: datetime) -> str:
    begin, end = ((first + timedelta(days=day - 1)).date().isoformat() for day in FIESTA)
    return f'\n[[institution.fiesta]]\nname = "Moros i Cristians de Sant Roc"\nfrom = "{begin}"\nto = "{end}"\n'


def posts() -> Iterator[dict[str, Any]]:
    """The posts as they are written down, times as ``moment`` reads them; answers name whom they answer."""
    authors: dict[str, str] = {}
    for name in FILES:
        for line in (files("corrillo.demo") / name).read_text(encoding="utf-8").splitlines():
            post = json.loads(line)
            authors[post["id"]] = post["author"]
            yield post | ({"parent_author": authors.get(post["reply_to"], "")} if post.get("reply_to") else {})


def source_of(post: dict[str, Any]) -> tuple[str, str]:
    """Each network is one source, except that each Telegram channel is one of its own."""
    network = post["network"]
    if network == "telegram":
        return "telegram-" + "-".join(words(fold(post["venue"]))), network
    return network, network


def moment(at: str, first: datetime, now: datetime) -> datetime:
    """When that is: on a day of the fortnight that begins at ``first``, in its zone ("d03 10:25"), or before ``now`` ("-01:30")."""
    match = _AT.fullmatch(at)
    if match is None:
        raise ValueError(f"{at!r} is not like d03 10:25 or -01:30")
    day, hour, minute = match.groups()
    if day is None:
        return now - timedelta(hours=int(hour), minutes=int(minute))
    return (first + timedelta(days=int(day) - 1)).replace(hour=int(hour), minute=int(minute))
