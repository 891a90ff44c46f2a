"""The Atom feed of a subscriber: read as feed readers read it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import feedparser
import pytest
from starlette.testclient import TestClient

from corrillo.alerts import Change, Subject
from corrillo.people import hash_of
from dashboards.page.app import create_app
from tests.unit.dashboards.subscribing import a_subscriber

FEED = "/feed/a-long-token.atom"
PAGE = "https://corrillo.benialba.example"


@pytest.fixture
def followed(store: Any, incident: Any) -> Any:
    """Ana follows warnings; there is one, which began as something to look at."""
    store.known_incidents = [incident()]
    store.known_subscribers = [a_subscriber(feed=hash_of("a-long-token")), a_subscriber("bea")]
    return store


@pytest.fixture
def reader(followed: Any, town: Any, now: Any) -> TestClient:
    return TestClient(create_app(followed, [town], lambda: now, coverage=[], public=PAGE))


def read(client: TestClient) -> Any:
    answer = client.get(FEED)
    assert answer.status_code == 200
    found = feedparser.parse(answer.content, response_headers={"content-type": answer.headers["content-type"]})
    assert not found.bozo
    assert found.version == "atom10"
    return found


def titles(client: TestClient) -> list[str]:
    return [entry.title for entry in read(client).entries]


def test_each_state_of_an_incident_is_an_entry(reader: TestClient, followed: Any, now: Any) -> None:
    """From the first that reaches the subscriber's level on; with when, why, and where it is on the page."""
    found = read(reader)
    assert (found.feed.title, found.feed.language) == ("Avisos de Corrillo para Ana", "es")
    (entry,) = found.entries
    assert entry.title == "[Aviso] Agua · El Raval: Sube de nivel"
    assert entry.link == f"{PAGE}/crisis/burst"
    assert "12 personas" in entry.summary or "12 voces" in entry.summary
    assert entry.updated == (now - timedelta(minutes=100)).isoformat().replace("+00:00", "Z")


def test_ids_stay_and_what_is_new_comes_first(reader: TestClient, followed: Any, incident: Any, now: Any) -> None:
    """A reader shows nothing twice, and nothing that it has shown changes."""
    before = read(reader).entries
    over = Change(at=now, what="resolved", level="calm", subjects=(), evidence=incident().evidence)
    followed.known_incidents = [incident(changes=(*incident().changes, over), resolved=now)]
    after = read(reader).entries
    assert after[1:] == before
    assert after[0].title == "[En calma] Agua · El Raval: Termina"
    assert read(reader).feed.updated == after[0].updated


@pytest.mark.parametrize(
    ("wishes", "concerned"),
    [
        ({"services": ("water",)}, True), ({"services": ("noise",)}, False), ({"districts": ("El Raval",)}, True),
        ({"services": ("noise",), "districts": ("El Raval",)}, True), ({"institutions": ("altea",)}, False),
        ({"least": "crisis"}, False), ({"least": "watch"}, True),
    ],
)  # fmt: skip
def test_only_what_concerns_somebody_is_in_their_feed(
    reader: TestClient, followed: Any, wishes: dict[str, Any], concerned: bool
) -> None:
    followed.known_subscribers = [a_subscriber(feed=hash_of("a-long-token"), **wishes)]
    assert bool(read(reader).entries) is concerned


def test_what_is_of_the_whole_institution_concerns_everybody(
    reader: TestClient, followed: Any, incident: Any, town: Any
) -> None:
    followed.known_subscribers = [a_subscriber(feed=hash_of("a-long-token"), services=("noise",))]
    followed.known_incidents = [incident(subjects=(Subject(institution=town.id),))]
    assert titles(reader) == ["[Aviso] Agua: Sube de nivel"]


def test_no_post_is_in_it(reader: TestClient, followed: Any, mention: Any, incident: Any) -> None:
    """So nothing of what is deleted or erased later stays in anybody's feed reader."""
    followed.mentions = [mention("1", "a secret text", id="m1")]
    followed.known_incidents = [incident(mentions=("m1",))]
    assert b"secret" not in reader.get(FEED).content


def test_a_reader_that_has_it_is_told_so(reader: TestClient, followed: Any, now: Any) -> None:
    answer = reader.get(FEED)
    tag = answer.headers["etag"]
    assert "no-store" not in answer.headers["cache-control"]
    again = reader.get(FEED, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    followed.known_incidents = []
    assert reader.get(FEED, headers={"if-none-match": tag}).status_code == 200


def test_a_feed_without_entries_is_one(reader: TestClient, followed: Any) -> None:
    followed.known_incidents = []
    assert read(reader).entries == []


def test_an_address_that_is_nobody_s_tells_nothing(reader: TestClient, followed: Any) -> None:
    """Neither one that was changed nor the one that those have who have none; and who guesses has to wait."""
    for token in ("another", hash_of("a-long-token"), "x"):
        assert reader.get(f"/feed/{token}.atom").status_code == 404
    assert [reader.get("/feed/guess.atom").status_code for _ in range(3)] == [404, 404, 429]
    assert reader.get(FEED).status_code == 200


def test_what_people_write_is_text(reader: TestClient, followed: Any) -> None:
    followed.known_subscribers = [a_subscriber(name="<Ana> & Co\x0b", feed=hash_of("a-long-token"), language="en")]
    found = read(reader)
    assert found.feed.title_detail.value == "Corrillo's alerts for <Ana> & Co"
    assert [e.title for e in found.entries] == ["[Warning] Water · El Raval: Rises in level"]
