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

import msgspec

from corrillo.demo.live import listening
from corrillo.health import REASONS
from corrillo.model import Gap
from corrillo.settings import Settings, load
from corrillo.text import fold, words
from corrillo.work import Deed

FILES = (
    "ordinary.jsonl", "flood.jsonl", "fiesta.jsonl", "water.jsonl",
    "leak.jsonl", "agency.jsonl", "threads.jsonl", "government.jsonl", "places.jsonl", "days.jsonl", "days2.jsonl", "late.jsonl",
)  # fmt: skip
TOWN = "benialba"
ZONE = ZoneInfo("Europe/Madrid")
DAYS = 14
FIESTA = (4, 7)
"""First and last of its days."""
SILENCE = ("mastodon", "d10 21:00", timedelta(hours=30))
"""A source, and since when and for how long nothing came of it; what was said then was never heard."""
BLIND = ("telegram-veinat-de-montblau", "telegram", timedelta(hours=20))
"""A source that has been away for so long: its file is gone, and it cannot be heard."""
_AT = re.compile(r"(?:d(\d\d) |-)(\d\d):(\d\d)")


def build(folder: Path, now: datetime, live: str = "") -> Settings:
    """Lay the town out in ``folder``: configuration, key, one file of posts for each network.

    The fortnight ends on the day before ``now``, in the town's zone; of today there is what was said before ``now``,
    when a water main has been broken for two hours. What was there is replaced. ``live``: an institution that is
    listened for in the open networks besides.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("demo.db*"):
        old.unlink()
    first = first_day(now)
    text = (files("corrillo.demo") / "town.toml").read_text(encoding="utf-8") + _fiesta(first)
    for (source, network), rows in sorted(_rows(first, now).items()):
        path = folder / f"{source}.jsonl"
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        text += _archive(source, network, rows[0]["venue"] if network == "telegram" else network.capitalize())
    text += _archive(*BLIND[:2], "Veïnat de Montblau") + (listening(live) if live else "")
    (folder / "corrillo.toml").write_text(text, encoding="utf-8")
    (folder / "demo.key").write_text("a demonstration needs no secret\n", encoding="ascii")
    return load(folder / "corrillo.toml")


def first_day(now: datetime) -> datetime:
    """When the fortnight begins that is told at ``now``: a midnight of the town."""
    return (now.astimezone(ZONE) - timedelta(days=DAYS)).replace(hour=0, minute=0, second=0, microsecond=0)


def silence(now: datetime) -> tuple[str, Gap]:
    """The source that fell silent and came back, and the time of which nothing is known."""
    source, since, lasted = SILENCE
    begin = moment(since, first_day(now), now).astimezone(UTC)
    return source, Gap(since=begin, until=begin + lasted, why=REASONS["unusual_silence"])


def _archive(source: str, network: str, venue: str) -> str:
    return (
        f'\n[[source]]\nkind = "archive"\nname = "{source}"\npath = "{source}.jsonl"\nnetwork = "{network}"\n'
        f'venue = "{venue}"\nmap = {{ parent = "reply_to", language = "lang" }}\n'
    )


def _rows(first: datetime, now: datetime) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """What was said until ``now`` and was heard, by source, oldest first."""
    said = [(moment(post["at"], first, now), post) for post in posts()]
    silent, unheard = silence(now)
    rows: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for published, post in sorted(said, key=lambda s: s[0]):
        lost = source_of(post)[0] == silent and unheard.until and unheard.since <= published < unheard.until
        if published <= now and not lost:
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


def deeds(now: datetime) -> Iterator[Deed]:
    """What the town's team did until ``now``, each about the post of that id."""
    written = (files("corrillo.demo") / "team.jsonl").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(written, 1):
        row = json.loads(line)
        at = moment(row.pop("at"), first_day(now), now).astimezone(UTC)
        deed = row | {"kind": "deed", "id": f"demo-{number}", "institution": TOWN, "mention": row.pop("post"), "at": at}
        if at <= now:
            yield msgspec.convert(deed, Deed)


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
