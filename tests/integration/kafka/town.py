"""A town whose ingestors publish to Kafka: its configuration, and what its processes say of themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from corrillo.messages import read_mention
from corrillo.model import Mention, mention_id
from tests.fakes.neighbours import Neighbours, tell
from tests.processes import Commands, get, until

CONFIG = """
[[institution]]
id = "valdeprado"
name = "Ayuntamiento de Valdeprado"
aliases = ["Valdeprado"]
hashtags = ["#valdeprado"]

[[source]]
kind = "mastodon"
name = "fediverse"
instance = "{mastodon}"
interval = 0.5
backlog = 1000
{token}

[[source]]
kind = "feed"
name = "paper"
url = "{feed}/feed.xml"
venue = "The fake newspaper"
interval = 0.5

[kafka]
servers = ["{server}"]
prefix = "{prefix}"
partitions = {partitions}
"""


@dataclass
class Town:
    """``corrillo`` configured for the fakes and for the topics of ``place``."""

    corrillo: Commands
    place: Any
    mastodon: str
    feed: str

    def configure(self, token: bool = False, **given: object) -> None:
        """With a token Mastodon is streamed; ``given`` stands in for what the place says of Kafka."""
        settings = self.place.settings
        kafka = {"server": settings.servers[0], "prefix": settings.prefix, "partitions": settings.partitions, **given}
        line = 'token_file = "mastodon.token"' if token else ""
        text = CONFIG.format(mastodon=self.mastodon, feed=self.feed, token=line, **kafka)
        (self.corrillo.folder / "corrillo.toml").write_text(text, "utf-8")
        (self.corrillo.folder / "mastodon.token").write_text("a-token\n", "ascii")
        (self.corrillo.folder / "corrillo.key").write_text("a key that is used in tests and nowhere else", "ascii")

    def neighbours(self, seed: int) -> Neighbours:
        return Neighbours(self.mastodon, self.feed, seed)

    def post(self, text: str = "Sin agua en #valdeprado") -> str:
        """Somebody writes; the id of what that is to become."""
        return identity(tell(self.mastodon, "publish", {"text": text})["uri"])

    def log(self, name: str) -> str:
        return (self.corrillo.folder / name).read_text("utf-8")

    def probes(self, log: str) -> str:
        """Where the ingestor with that log tells how it is."""
        found = until(lambda: re.search(r"(http://127\.0\.0\.1:\d+)/readyz", self.log(log)), lambda: self.log(log))
        return str(found[1])

    def ready(self, log: str) -> tuple[int, str]:
        return get(f"{self.probes(log)}/readyz")

    def texts(self) -> dict[str, str]:
        """Mention id → text, as the topic leaves it."""
        events = [read_mention(r.value) for r in self.place.last(self.place.topics.mentions).values()]
        return {e.id: e.text for e in events if isinstance(e, Mention)}


def identity(native_id: str, network: str = "mastodon") -> str:
    return mention_id(network, native_id, "valdeprado")
