"""What the demonstration listens to besides, when somebody asks for it: the open networks, which need no key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from urllib.parse import urlsplit

from corrillo.registry import SourceConfig
from corrillo.starter import starter

OPEN = {
    "bluesky": 'kind = "bluesky"',
    "mastodon": 'kind = "mastodon"\ninstance = "https://mastodon.social"',
    "gdelt": 'kind = "gdelt"',
}
"""By the name of the source, minus its beginning: the networks that let everybody listen, and how."""
PREFIX = "live-"
_ADDRESS = re.compile(r"(?:wss?|https?)://")


def listening(name: str) -> str:
    """The configuration of an institution as ``init`` would write it, with a source for each open network.

    Raises ConfigError for a name that cannot be one.
    """
    written = re.split(r"^\[store\]", starter(name, "es"), maxsplit=1, flags=re.MULTILINE)[0]
    (one,) = tomllib.loads(written)["institution"]
    sources = (
        f'\n[[source]]\nname = "{PREFIX}{network}"\ninstitution = "{one["id"]}"\n{how}\n'
        for network, how in OPEN.items()
    )
    return f"\n{written}{''.join(sources)}"


def servers(sources: Iterable[object]) -> list[str]:
    """The servers that the live ones among ``sources`` may connect to, by name."""
    live = (s for s in sources if isinstance(s, SourceConfig) and s.name.startswith(PREFIX))
    written = (v for source in live for v in source.model_dump().values() if isinstance(v, str))
    return sorted({urlsplit(v).hostname or v for v in written if _ADDRESS.match(v)})
