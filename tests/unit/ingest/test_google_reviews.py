"""Google reviews on a fake of the Business Profile APIs: stars, answers, edits, the keys, and what is gone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest

from corrillo.errors import SourceRefused, SourceUnavailable
from corrillo.institution import Institution
from corrillo.model import Batch, Cursor, Deletion, Post
from corrillo.registry import SourceContext
from corrillo.testing import recorded
from corrillo.testing.source import SourceContract, SourceWorld, Span, Thread
from ingest import google_reviews
from ingest.google_reviews import GoogleReviews, GoogleReviewsConfig
from tests.fakes.web import Asked, FakeWeb, Said

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
KEYS = {
    "CORRILLO_CLIENT_ID_REVIEWS": "id",
    "CORRILLO_CLIENT_SECRET_REVIEWS": "secret",
    "CORRILLO_REFRESH_TOKEN_REVIEWS": "refresh",
}
Make = Callable[..., GoogleReviews]


class FakeGoogle(FakeWeb):
    """A fake of Google's token endpoint and of the methods for places and reviews, of one account."""

    def __init__(self) -> None:
        super().__init__(
            {
                "POST /token": self._token,
                "GET /v1/accounts/1/locations": self._places,
                "GET /v4/accounts/1/locations/*": self._reviews,
            }
        )
        self.places = [
            {
                "name": "locations/55",
                "title": "Piscina Municipal",
                "metadata": {"mapsUri": "https://maps.google.com/maps?cid=55"},
            },
            {"name": "locations/56", "title": "Biblioteca Central"},
        ]
        self.reviews: dict[str, list[dict[str, Any]]] = {"55": [], "56": []}
        self.token = "an-hour"

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    def review(self, comment: str, at: datetime = NOW - timedelta(minutes=9), place: str = "55", **more: Any) -> str:
        """Add a review; its id."""
        name = f"R{sum(map(len, self.reviews.values()))}"
        review = {"name": f"accounts/1/locations/{place}/reviews/{name}", "reviewId": name, "reviewer": {"displayName": "Marta Peris"},
                  "starRating": "TWO", "comment": comment, "createTime": _time(at), "updateTime": _time(at)}  # fmt: skip
        self.reviews[place].append(review | more)
        return f"locations/{place}/reviews/{name}"

    def reply(self, review: str, comment: str, at: datetime = NOW - timedelta(minutes=3)) -> str:
        """Answer a review; the answer's id."""
        found = self._one(review.split("/")[1], review.split("/")[3])
        assert found is not None
        found["reviewReply"] = {"comment": comment, "updateTime": _time(at)}
        return f"{review}/reply"

    def _one(self, place: str, name: str) -> dict[str, Any] | None:
        return next((r for r in self.reviews[place] if r.get("reviewId") == name), None)

    def _token(self, asked: Asked) -> Any:
        wanted = {
            "client_id": "id",
            "client_secret": "secret",
            "refresh_token": "refresh",
            "grant_type": "refresh_token",
        }
        if asked.form != wanted:
            return Said({"error": "invalid_grant", "error_description": "Token has been expired or revoked."}, 400)
        return {"access_token": self.token, "expires_in": 3599, "token_type": "Bearer"}

    def _places(self, asked: Asked) -> Any:
        assert asked.params["readMask"] == "name,title,metadata"
        return self._allowed(asked) or {"locations": self.places}

    def _reviews(self, asked: Asked) -> Any:
        _, _, _, _, _, place, _, *name = asked.path.split("/")
        if refused := self._allowed(asked):
            return refused
        if name:
            return self._one(place, name[0]) or Said({"error": {"code": 404, "status": "NOT_FOUND"}}, 404)
        assert asked.params["orderBy"] == "updateTime desc"
        whole = sorted(self.reviews[place], key=lambda r: str(r["updateTime"]), reverse=True)
        begin, size = int(asked.params.get("pageToken", "0")), int(asked.params["pageSize"])
        found = {"reviews": whole[begin : begin + size]} if whole else {}
        return found | ({"nextPageToken": str(begin + size)} if begin + size < len(whole) else {})

    def _allowed(self, asked: Asked) -> Said | None:
        right = asked.headers.get("authorization") == f"Bearer {self.token}"
        return None if right else Said({"error": {"code": 401, "status": "UNAUTHENTICATED"}}, 401)


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}Z"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGoogle]:
    """The fake, which may be asked as often as one likes."""
    monkeypatch.setattr(google_reviews, "PACE", 0.0)
    with FakeGoogle() as fake:
        yield fake


@pytest.fixture
def town(changed_town: Callable[..., Institution]) -> Institution:
    """The town with its account here."""
    return changed_town(account=[{"network": "google", "handle": "Ajuntament de Benialba"}],
                        platform=[{"network": "google", "host": "maps.google.com"}])  # fmt: skip


@pytest.fixture
def make(server: FakeGoogle, context: Callable[..., SourceContext]) -> Make:
    """A source on the fake; keys of the configuration, secrets and the clock can be given."""

    def made(now: datetime = NOW, secrets: dict[str, str] = KEYS, **keys: Any) -> GoogleReviews:
        given = {"kind": "google_reviews", "name": "reviews", "account": "1", "base": server.base,
                 "places_base": server.base, "token_url": f"{server.base}/token"}  # fmt: skip
        return GoogleReviews(GoogleReviewsConfig(**(given | keys)), context(environment=secrets, clock=lambda: now))

    return made


class TestContract(SourceContract):
    """Google reviews keep the contract for sources, in pages of two."""

    @pytest.fixture
    def world(self, server: FakeGoogle, make: Make, monkeypatch: pytest.MonkeyPatch) -> SourceWorld:
        monkeypatch.setattr(google_reviews, "PAGE", 2)
        begin = NOW - timedelta(days=20)
        said = [server.review(f"Cerrada {n}", begin + timedelta(days=n)) for n in range(5)]
        said.append(server.review("Tranquila", begin, "56"))
        reply = server.reply(said[2], "Se repara esta semana")

        def gone() -> str:
            server.reviews["55"].pop(0)
            return said[0]

        return SourceWorld(
            open=make,
            native_ids=frozenset([*said, reply]),
            sample=json.dumps({"place": {"name": "locations/55"}, "review": server.reviews["55"][0]}),
            add_post=lambda: server.reply(said[4], "Gracias"),
            add_broken=lambda: server.reviews["56"].append({"reviewId": 7, "updateTime": "yesterday"}),
            cut_off=lambda: setattr(server, "trouble", Said(status=503)),
            thread=Thread(said[2], said[2], frozenset([reply])),
            gone=gone,
            own=frozenset([reply]),
            span=Span(begin, begin + timedelta(days=2), frozenset([said[0], said[1], said[5]])),
        )


def test_recorded(fixtures: Path, make: Make, protected: recorded.Protected, now: datetime) -> None:
    """What the API gives becomes the posts and mentions that a person has read."""
    recorded.check(fixtures / "google_reviews.json", make(), protected, now)


async def _fetched(source: GoogleReviews, cursor: Cursor | None = None) -> list[Batch]:
    return [batch async for batch in source.fetch(cursor)]


def _posts(batches: list[Batch]) -> dict[str, Post]:
    return {i.native_id: i for b in batches for i in b.items if isinstance(i, Post)}


@pytest.mark.asyncio
async def test_only_what_changed_or_is_recent_is_read_again(
    server: FakeGoogle, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old reviews are not read at every fetch; one that is edited comes again, as revised."""
    monkeypatch.setattr(google_reviews, "PAGE", 2)
    old = [server.review(f"Vieja {n}", NOW - timedelta(days=60 + n)) for n in range(6)]
    first = await _fetched(make())
    server.reviews["55"][5] |= {"comment": "Y ahora también", "updateTime": _time(NOW)}
    again = _posts(await _fetched(make(), first[-1].cursor))
    assert again.keys() == {old[5]}
    assert again[old[5]].revised == NOW


@pytest.mark.asyncio
async def test_a_late_answer_is_found_among_own_posts(server: FakeGoogle, make: Make) -> None:
    """An answer does not change the review's time: one to an old review is not fetched, but looked for."""
    old = server.review("Vieja", NOW - timedelta(days=60))
    first = await _fetched(make())
    reply = server.reply(old, "Gracias")
    assert _posts(await _fetched(make(), first[-1].cursor)) == {}
    found = [i async for items in make().own_posts(NOW - timedelta(days=1)) for i in items.items]
    assert [i.ref for i in found] == [reply]


@pytest.mark.asyncio
async def test_an_hours_token_is_asked_for_once_an_hour(server: FakeGoogle, make: Make) -> None:
    """The refresh token goes in a form, and is used again only when the hour is over."""
    source = make()
    await _fetched(source)
    await _fetched(source)
    (asked,) = [a for a in server.asked if a.path == "/token"]
    assert asked.params == {}


@pytest.mark.asyncio
async def test_a_withdrawn_consent_is_refused_with_what_to_renew(make: Make) -> None:
    """invalid_grant: the refresh token."""
    with pytest.raises(SourceRefused) as caught:
        await _fetched(make(secrets=KEYS | {"CORRILLO_REFRESH_TOKEN_REVIEWS": "old"}))
    assert "refresh token" in caught.value.remedy
    assert "expired or revoked" in caught.value.message


@pytest.mark.asyncio
async def test_a_token_that_is_not_believed_any_more_is_asked_for_anew(server: FakeGoogle, make: Make) -> None:
    """The next fetch after a 401 works by itself."""
    source = make()
    await _fetched(source)
    server.token = "another-hour"
    with pytest.raises(SourceRefused):
        await _fetched(source)
    await _fetched(source)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "said",
    [Said({"error": {"message": "API disabled"}}, 403), Said({"error": {"message": "no"}}), Said([])],
)
async def test_an_api_that_was_not_granted_is_refused_with_what_to_see(
    server: FakeGoogle, make: Make, said: Said
) -> None:
    """403, an error with status 200, or no object."""
    server.answers["GET /v1/accounts/1/locations"] = lambda _: said
    with pytest.raises(SourceRefused) as caught:
        await _fetched(make())
    assert "access to the Business Profile APIs" in caught.value.remedy


@pytest.mark.asyncio
async def test_a_full_quota_is_a_wait(server: FakeGoogle, make: Make) -> None:
    """429 with Retry-After."""
    server.trouble = Said({"error": {"status": "RESOURCE_EXHAUSTED"}}, 429, {"Retry-After": "70"})
    with pytest.raises(SourceUnavailable) as caught:
        await _fetched(make())
    assert caught.value.retry_after == pytest.approx(70, abs=5)


@pytest.mark.asyncio
async def test_a_token_endpoint_that_gives_none_is_an_error(server: FakeGoogle, make: Make) -> None:
    """A 200 without a token."""
    server.answers["POST /token"] = lambda _: {"token_type": "Bearer"}
    with pytest.raises(SourceUnavailable):
        await _fetched(make())


@pytest.mark.asyncio
async def test_a_place_that_is_not_there_is_named(server: FakeGoogle, make: Make) -> None:
    """A wrong number in places is not passed over."""
    with pytest.raises(SourceRefused, match="locations/99"):
        await _fetched(make(places=["55", "locations/99"]))


@pytest.mark.asyncio
async def test_only_the_chosen_places_are_read(server: FakeGoogle, make: Make) -> None:
    """With places the others are left alone."""
    server.review("Cerrada")
    quiet = server.review("Tranquila", place="56")
    assert _posts(await _fetched(make(places=["56"]))).keys() == {quiet}


@pytest.mark.asyncio
async def test_a_page_that_names_itself_as_next_is_an_error(server: FakeGoogle, make: Make) -> None:
    """Else it would be read for ever."""
    server.answers["GET /v4/accounts/1/locations/*"] = lambda _: {"reviews": [], "nextPageToken": "x"}
    with pytest.raises(SourceUnavailable):
        await _fetched(make())


@pytest.mark.asyncio
async def test_an_answer_that_was_withdrawn_is_gone_and_its_review_is_not(server: FakeGoogle, make: Make) -> None:
    """The review comes as it is now, the answer as a deletion."""
    review = server.review("Cerrada")
    reply = server.reply(review, "Se repara")
    assert {i.ref for i in (await make().recheck([reply])).items if isinstance(i, Post)} == {review, reply}
    del server.reviews["55"][0]["reviewReply"]
    still, gone = (await make().recheck([reply])).items
    assert isinstance(still, Post)
    assert isinstance(gone, Deletion)
    assert (still.native_id, gone.native_id) == (review, reply)


@pytest.mark.asyncio
async def test_nothing_is_said_of_a_place_that_is_not_listened_to(server: FakeGoogle, make: Make) -> None:
    """Its reviews are not gone because it was taken out of the configuration."""
    review = server.review("Tranquila", place="56")
    assert (await make(places=["55"]).recheck([review])).items == ()


@pytest.mark.parametrize(
    ("stars", "line"), [("ONE", "★☆☆☆☆"), ("FIVE", "★★★★★"), ("STAR_RATING_UNSPECIFIED", ""), ("TEN", "")]
)
def test_stars_are_the_first_line(make: Make, stars: str, line: str) -> None:
    """With or without a comment; what is no rating adds nothing."""
    review = {"reviewId": "R", "createTime": _time(NOW), "updateTime": _time(NOW), "starRating": stars}
    place = {"name": "locations/55", "title": "Piscina"}
    bare, said = (
        make().parse(json.dumps({"place": place, "review": review | c}))[0] for c in ({}, {"comment": "Bien"})
    )
    assert bare.text == line
    assert said.text == f"{line}\nBien".strip()
