"""What is opened for listening: everything that can be, and a blind place for what cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from corrillo.bootstrap import open_client, open_listening, open_sources
from corrillo.errors import ConfigError, ParseError, SourceRefused
from corrillo.settings import parse

CONFIG = {
    "institution": [{"id": "benialba", "name": "Ajuntament de Benialba"}],
    "source": [
        {"kind": "youtube", "name": "tube", "key_file": "missing.key"},
        {"kind": "feed", "name": "paper", "url": "https://diari.example/feed.xml"},
    ],
}


async def test_a_source_that_lacks_its_key_stops_no_other(tmp_path: Path) -> None:
    """It is there, and says at every try what is missing and that it has to be started again."""
    settings = parse(CONFIG, tmp_path / "corrillo.toml")
    client = open_client(settings)
    try:
        tube, paper = open_listening(settings, client)
        assert (tube.source.name, tube.source.network, paper.source.name) == ("tube", "youtube", "paper")
        with pytest.raises(SourceRefused, match=r"missing\.key cannot be read") as caught:
            tube.source.fetch(None)
        assert "then start it again" in caught.value.remedy
        with pytest.raises(ParseError):
            tube.source.parse("{}")
        with pytest.raises(SourceRefused):
            open_sources(settings, client)
        with pytest.raises(ConfigError, match="no source is called"):
            open_listening(settings, client, ["tub"])
    finally:
        await client.close()
