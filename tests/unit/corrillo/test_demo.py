"""The demonstration's town: how it is written down, and what of it is laid out."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from corrillo.demo import BLIND, ZONE, build, deeds, first_day, moment, posts, silence
from corrillo.demo.live import PREFIX, listening, servers
from corrillo.errors import ConfigError
from corrillo.settings import Settings

NOW = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
Written = list[dict[str, Any]]


@pytest.fixture(scope="module")
def written() -> Written:
    return list(posts())


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return build(tmp_path_factory.mktemp("town"), NOW)


def _laid_out(town: Settings, source: str) -> Written:
    lines = (town.file.parent / f"{source}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_about_three_thousand_posts_stand_in_more_than_a_dozen_venues(written: Written) -> None:
    assert 2800 <= len(written) <= 3600
    assert len({p["network"] for p in written}) == 12
    assert len({(p["network"], p["venue"]) for p in written}) > 30


def test_no_two_posts_have_the_same_id(written: Written) -> None:
    assert len({p["id"] for p in written}) == len(written)


def test_an_answer_comes_after_what_it_answers_in_the_same_network(written: Written) -> None:
    """Also among the posts of today, which are counted back from now."""
    known, first = {p["id"]: p for p in written}, first_day(NOW)
    answers = [p for p in written if p.get("reply_to")]
    assert len(answers) > 1000
    for answer in answers:
        asked = known[answer["reply_to"]]
        assert asked["network"] == answer["network"], answer["id"]
        assert moment(asked["at"], first, NOW) < moment(answer["at"], first, NOW), answer["id"]
        assert asked["author"] == answer["parent_author"], answer["id"]


def test_the_town_speaks_under_the_handles_of_its_register(town: Settings, written: Written) -> None:
    """Under a name that only looks like one it would be a citizen."""
    registered = {(a.network, a.handle.lstrip("@")) for a in town.institutions[0].accounts}
    spoke = {(p["network"], p["author"].lstrip("@")) for p in written if "ajuntament" in p["author"].casefold()}
    assert len(spoke) > 3
    assert not spoke - registered


def test_today_nothing_is_said_before_it_is_said(town: Settings) -> None:
    """Of the last hours there is something, of the next ones nothing."""
    said = [p for p in _laid_out(town, "x") if p["published"] > (NOW - timedelta(hours=3)).isoformat()]
    assert said
    assert max(p["published"] for p in said) <= NOW.isoformat()


def test_what_was_said_while_a_source_was_silent_was_not_heard(town: Settings, written: Written) -> None:
    """Thirty hours of it: posts were written then, none is laid out; before and after there are."""
    source, gap = silence(NOW)
    assert gap.until is not None
    assert gap.until - gap.since == timedelta(hours=30)
    lost = [
        p for p in written if p["network"] == source and gap.since <= moment(p["at"], first_day(NOW), NOW) < gap.until
    ]
    heard = [datetime.fromisoformat(p["published"]) for p in _laid_out(town, source)]
    assert lost
    assert not [at for at in heard if gap.since <= at < gap.until]
    assert min(heard) < gap.since < gap.until < max(heard)


def test_one_source_has_no_file(town: Settings) -> None:
    """Nobody has brought it: it is the one that cannot be heard."""
    without = [s.name for s in town.sources if not (town.file.parent / f"{s.name}.jsonl").exists()]
    assert without == [BLIND[0]]


def test_the_fiesta_stands_in_the_calendar(town: Settings) -> None:
    (fiesta,) = town.institutions[0].fiestas
    first = NOW.astimezone(ZONE).date() - timedelta(days=14)
    days = [(first + timedelta(days=d)).isoformat() for d in (3, 6)]
    assert [fiesta.begin, fiesta.end] == days


def test_the_team_works_on_posts_that_have_been_written(written: Written) -> None:
    """Never before; what it will do later today is not done yet."""
    said = {p["id"]: moment(p["at"], first_day(NOW), NOW) for p in written}
    done = list(deeds(NOW))
    assert len(done) > 20
    for deed in done:
        assert said[deed.mention] < deed.at <= NOW, deed.id
    assert len(list(deeds(NOW - timedelta(hours=12)))) == len(done) - 1


def test_nothing_of_the_network_is_listened_to_unless_somebody_asks(town: Settings) -> None:
    assert {s.kind for s in town.sources} == {"archive"}
    assert servers(town.sources) == []


def test_live_listens_for_one_institution_in_the_open_networks(tmp_path: Path) -> None:
    """Beside the town, and narrowed to that institution; the servers are known before anything is connected."""
    settings = build(tmp_path, NOW, "Ayuntamiento de Valdeniebla")
    assert [i.id for i in settings.institutions] == ["benialba", "valdeniebla"]
    live = {s.name: s for s in settings.sources if s.name.startswith(PREFIX)}
    assert {s.kind for s in live.values()} == {"bluesky", "mastodon", "gdelt"}
    assert {s.institution for s in live.values()} == {"valdeniebla"}
    assert {"api.gdeltproject.org", "mastodon.social", "public.api.bsky.app"} < set(servers(settings.sources))


def test_a_live_name_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError):
        listening("  ")
