"""Frames of the fake Jetstream v2: single ones, and many as the whole network's stream has them. They are invented.

for frame in frames(100_000, about=["Benialba"]): …
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

STREAM = "network.bsky.jetstream.subscribeEvents"
POSTS = "app.bsky.feed.post"


def did(name: str) -> str:
    """The DID of an invented person."""
    return "did:plc:" + base64.b32encode(hashlib.sha256(name.encode()).digest())[:24].decode().lower()


def written(moment: datetime) -> str:
    """A time as the stream writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def message(kind: str, **payload: Any) -> str:
    """A frame."""
    carried = {"$type": f"{STREAM}#{kind}", **payload}
    return json.dumps({"$type": "message", "payload": carried}, ensure_ascii=False, separators=(",", ":"))


SAID = [
    ("en", "good morning everyone, coffee first and then we will see"), ("en", "lol"),
    ("en", "I cannot believe they cancelled it again after two seasons, this was the one show I actually waited for every week"),
    ("en", "new post on my blog about type systems, feedback welcome"), ("en", "Thread 🧵 on why trains are always late here 1/7"),
    ("es", "Otra vez sin agua en el barrio y nadie contesta al teléfono"), ("es", "¿Alguien sabe a qué hora abre la biblioteca mañana?"),
    ("es", "Gracias al servicio de limpieza, la plaza ha quedado como nueva después de las fiestas"), ("es", "jajaja qué grande"),
    ("ca", "Bon dia! Avui toca pluja i jo sense paraigua, com sempre"), ("pt", "Bom dia, grupo. O ônibus atrasou de novo e eu já estou cansado"),
    ("pt", "não aguento mais essa chuva"), ("ja", "おはようございます。今日も一日がんばりましょう"), ("ja", "ねむい"),
    ("de", "Der Zug fällt heute leider aus, danke für nichts"), ("fr", "Le marché de ce matin était magnifique, allez-y"), ("en", ""),
]  # fmt: skip
"""What strangers say: language and text, short and long, in proportion."""


def frames(count: int, *, seed: int = 1, about: Sequence[str] = (), every: int = 500) -> Iterator[str]:
    """So many frames: 88 % posts (a third of them answers), 9 % deletions, some edits, accounts, other kinds.

    One post in ``every`` says one of ``about``. The same ``seed`` gives the same frames.
    """
    chance, begin = random.Random(seed), datetime(2026, 11, 21, 10, tzinfo=UTC)
    people = [did(f"person {n}") for n in range(5000)]
    for number in range(count):
        moment = written(begin + timedelta(milliseconds=number))
        author, rkey = chance.choice(people), f"3m{number:011d}"
        common = {"seq": 10_000 + number, "did": author, "time": moment, "witnessedAt": moment}
        drawn = chance.random()
        if drawn > 0.99:
            yield message(
                "account", **common, account={"did": author, "active": drawn < 0.997, "status": "deactivated"}
            )
            continue
        operation = "delete" if drawn > 0.9 else "update" if drawn > 0.88 else "create"
        fields = {"rev": rkey, "operation": operation, "collection": POSTS, "rkey": rkey}
        said = {} if operation == "delete" else {"cid": f"bafyrei{rkey}", "record": _said(chance, people, moment)}
        if said and about and number % every == 0:
            said["record"]["text"] += f" {chance.choice(about)}"
        yield message("commit", **common, **fields, **said)


def _said(chance: random.Random, people: Sequence[str], moment: str) -> dict[str, Any]:
    language, text = chance.choice(SAID)
    record: dict[str, Any] = {"$type": POSTS, "text": text, "createdAt": moment, "langs": [language]}
    other = f"at://{chance.choice(people)}/{POSTS}/3m{chance.randrange(10**11):011d}"
    if chance.random() < 0.33:
        record["reply"] = {
            "parent": {"uri": other, "cid": "bafyreiparent"},
            "root": {"uri": other, "cid": "bafyreiroot"},
        }
    if chance.random() < 0.12:
        begin = len(text.encode()) + 1
        record["text"] = f"{text} example.org/news/a-long-addr..."
        place = {"byteStart": begin, "byteEnd": len(record["text"].encode())}
        link = {"$type": "app.bsky.richtext.facet#link", "uri": "https://example.org/news/a-long-address-of-today"}
        record["facets"] = [{"index": place, "features": [link]}]
    drawn = chance.random()
    if drawn < 0.25:
        picture = {
            "alt": "A dog in the rain" if drawn < 0.1 else "",
            "image": _blob(),
            "aspectRatio": {"width": 4, "height": 3},
        }
        record["embed"] = {"$type": "app.bsky.embed.images", "images": [picture]}
    elif drawn < 0.35:
        card = {
            "uri": "https://example.org/news",
            "title": "Rain for the weekend",
            "description": "And more",
            "thumb": _blob(),
        }
        record["embed"] = {"$type": "app.bsky.embed.external", "external": card}
    elif drawn < 0.42:
        record["embed"] = {"$type": "app.bsky.embed.record", "record": {"uri": other, "cid": "bafyreiquoted"}}
    return record


def _blob() -> dict[str, Any]:
    return {"$type": "blob", "ref": {"$link": "bafkrei" + "a" * 52}, "mimeType": "image/jpeg", "size": 123_456}
