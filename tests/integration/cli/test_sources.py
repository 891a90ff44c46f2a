"""``corrillo sources``: what each network is, what a query would find, and how each source is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from corrillo.registry import source_kinds
from tests.fakes.feed import FakeFeed
from tests.processes import Commands


@pytest.fixture
def paper() -> Iterator[FakeFeed]:
    """A newspaper with something about the town, something about its football club, and something else."""
    with FakeFeed() as server:
        for number, (title, text) in enumerate([
            ("Otra avería", "La farola del Olmo en Valdeprado lleva un mes rota, qué vergüenza, dice @ana_m"),
            ("Deportes", "Gol de Valdeprado en el último minuto, de penalti"),
            ("El tiempo", "Mañana lloverá en la sierra"),
        ]):  # fmt: skip
            at = format_datetime(datetime.now(UTC) - timedelta(hours=number))
            server.entries.publish(title, text, base=server.base, at=at)
        yield server


def test_a_query_can_be_tried_before_it_is_switched_on(own_town: Commands, paper: FakeFeed) -> None:
    """How each post is parsed, matched and tagged; nothing is stored, nobody is named."""
    feed = f"url={paper.url('/feed.xml')}"
    forum = ("--set", "venue=El Eco", "--set", "network=forum", "--set", "venue_kind=forum")
    tried = own_town.json("sources", "try", "feed", "--set", feed, *forum)
    posts = {p["published"]: p for p in tried["posts"]}
    assert len(posts) == 3
    (about,) = [p for p in tried["posts"] if p["mentions"]]
    (mention,) = about["mentions"]
    assert [(r["kind"], r["term"]) for r in mention["reasons"]] == [("alias", "Valdeprado")]
    assert "complaint" in [t["tag"] for t in mention["tags"]]
    assert mention["service"] == "lighting"
    assert about["venue"] == "El Eco"
    assert "ana_m" not in json.dumps(tried)
    said = own_town("sources", "try", "feed", "--set", feed)
    assert "about valdeprado: alias 'Valdeprado'" in said.stdout
    assert said.stdout.count("about nobody: counted, and dropped") == 2
    assert "3 posts, 1 about us, 0 could not be read. Nothing was stored." in said.stderr
    assert list(own_town.folder.glob("*.db")) == []


def test_a_configured_source_is_tried_by_its_name(own_town: Commands) -> None:
    """With what is said of it in the configuration; --about-us leaves out what is about nobody."""
    tried = own_town.json("sources", "try", "old-forum", "--about-us", "--limit", "2")
    assert [len(p["mentions"]) for p in tried["posts"]] == [1, 1]
    assert list(own_town.folder.glob("*.db")) == []


@pytest.mark.parametrize(
    ("args", "code", "named"),
    [
        (("try", "gopher"), 2, "neither a configured source nor a kind"),
        (("try", "feed"), 2, "url: Field required"),
        (("try", "feed", "--set", "url"), 2, "write --set key=value"),
        (("try", "feed", "--set", "url=http://127.0.0.1:9/x"), 1, "cannot be reached"),
        (("try", "youtube"), 1, "CORRILLO_KEY_TRY"),
        (("networks", "--lang", "fr"), 2, "use one of: en, es"),
    ],
)
def test_what_cannot_be_tried_says_why(own_town: Commands, args: tuple[str, ...], code: int, named: str) -> None:
    """With the remedy."""
    answer = own_town("sources", *args, code=code)
    assert named in answer.stderr
    assert "→" in answer.stderr


def test_every_network_says_what_it_takes_and_what_it_gives(fresh: Commands) -> None:
    """In both languages, without a configuration."""
    for language in ("en", "es"):
        told = fresh.json("sources", "networks", "--lang", language)
        assert sorted(told) == list(source_kinds())
        for name, one in told.items():
            assert one["costs"], name
            assert one["hears"], name
            assert one["misses"], name
            assert one["example"].startswith("#"), name
    assert "TikTok" in fresh("sources", "networks").stdout


def test_doctor_says_of_a_network_with_a_key_what_it_takes(own_town: Commands) -> None:
    """Which key is missing and how to give it; what it costs, hears and does not hear; other sources are asked all the same."""
    config = own_town.folder / "corrillo.toml"
    config.write_text(config.read_text("utf-8") + '\n[[source]]\nkind = "youtube"\nname = "tube"\n', "utf-8")
    findings = {f["what"]: f for f in json.loads(own_town("doctor", "--json", code=1).stdout)}
    tube = findings["source tube"]
    assert not tube["ok"]
    assert "CORRILLO_KEY_TUBE" in tube["remedy"]
    assert [word for word in ("needs:", "costs:", "hears:", "does not hear:") if word not in tube["said"]] == []
    assert findings["source old-forum"]["ok"]
