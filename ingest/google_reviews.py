"""Google: the reviews of the institution's own places (Business Profile), and its answers to them.

Documented methods: ``accounts.locations.reviews.list`` and ``.get`` (My Business API v4),
``accounts.locations.list`` (Business Information API v1) for the places' titles, and Google's OAuth token
endpoint. A review's time changes when it is edited, not when it is answered, so those of the last
``days`` are read again each time.

The stars are the first line of the text ("★★☆☆☆"), with or without a comment: Google shows them so, and
a rating without words is said nonetheless. The owner's answer is a post of its own by ``handle``. Of a
comment that Google has translated, the original is kept; that format is seen, not documented. A review
has no address of its own: ``url`` is the place on the map.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

from pydantic import Field

from corrillo.errors import ParseError, SourceError, SourceRefused, SourceUnavailable
from corrillo.model import (
    Author,
    Batch,
    Cursor,
    Deletion,
    Items,
    Post,
    Rejected,
    Venue,
    from_milliseconds,
    milliseconds,
)
from corrillo.registry import Access, SourceConfig, SourceContext
from corrillo.text import clean
from ingest.api import MISTAKES, Pages, decoded, moment, objects, taken
from ingest.faults import NotThere
from ingest.keys import required

PAGE, PLACES = 50, 100
"""Reviews and places a page: the most that the methods give."""
STARS = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5}
PACE = 0.25
"""Seconds between requests: 300 a minute are allowed."""
ACCESS = "see that the Google Cloud project was granted access to the Business Profile APIs, that these are enabled, and that the Google account manages the places"
RENEWAL = "make a new refresh token with the scope business.manage (one of an app in testing lasts seven days: publish the app)"

Raw = dict[str, Any]
Base = Annotated[str, Field(pattern=r"^(https://|http://(127\.0\.0\.1|localhost)[:/])")]
"""An address to which keys may go: over a connection that nobody else reads."""


class GoogleReviewsConfig(SourceConfig):
    """The account that the places belong to, and which of them (none: all).

    ``handle`` is how the register calls who answers: [[institution.account]] network = "google".
    ``days``: how old reviews are that are read again, for answers. ``interval`` is in seconds.
    """

    account: Annotated[str, Field(pattern=r"^\d+$")]
    places: tuple[str, ...] = ()
    handle: str = ""
    client_id_file: str = ""
    client_secret_file: str = ""
    refresh_token_file: str = ""
    base: Base = "https://mybusiness.googleapis.com"
    places_base: Base = "https://mybusinessbusinessinformation.googleapis.com"
    token_url: Base = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
    interval: Annotated[float, Field(gt=0)] = 1800.0
    backlog: Annotated[float, Field(gt=0)] = 365.0
    days: Annotated[float, Field(gt=0)] = 30.0


class GoogleReviews:
    """The reviews of the institution's places as a source; a venue is a place's title."""

    Config: ClassVar[type[SourceConfig]] = GoogleReviewsConfig
    example: ClassVar[Mapping[str, str]] = {
        "en": """\
# Google reviews of your own places: town hall, library, swimming pool. Needs Google's approval and the
# consent of the account that manages them (corrillo sources networks google_reviews says how).
# So that they count as on page, add to the institution:
#   [[institution.platform]] network = "google", host = "maps.google.com"
# [[source]]
# kind = "google_reviews"
# name = "reviews"
# account = "100000000000000000001"       # accounts/… of the Business Profile account
# places = []                             # none: all of the account; else numbers of locations
# handle = "Ajuntament de …"              # as in [[institution.account]] network = "google"
# client_id_file = "google.id"            # or CORRILLO_CLIENT_ID_REVIEWS
# client_secret_file = "google.secret"    # or CORRILLO_CLIENT_SECRET_REVIEWS
# refresh_token_file = "google.refresh"   # or CORRILLO_REFRESH_TOKEN_REVIEWS
# interval = 1800                         # seconds
# about = "everything"                    # all reviews of these places are about the institution
""",
        "es": """\
# Reseñas de Google de los lugares propios: ayuntamiento, biblioteca, piscina. Hace falta la aprobación de
# Google y el consentimiento de la cuenta que los gestiona (corrillo sources networks google_reviews).
# Para que cuenten como página propia, añada a la institución:
#   [[institution.platform]] network = "google", host = "maps.google.com"
# [[source]]
# kind = "google_reviews"
# name = "reviews"
# account = "100000000000000000001"       # accounts/… de la cuenta de Perfil de Empresa
# places = []                             # ninguno: todos los de la cuenta; si no, números de ubicación
# handle = "Ajuntament de …"              # como en [[institution.account]] network = "google"
# client_id_file = "google.id"            # o CORRILLO_CLIENT_ID_REVIEWS
# client_secret_file = "google.secret"    # o CORRILLO_CLIENT_SECRET_REVIEWS
# refresh_token_file = "google.refresh"   # o CORRILLO_REFRESH_TOKEN_REVIEWS
# interval = 1800                         # segundos
# about = "everything"                    # todas las reseñas de estos lugares tratan de la institución
""",
    }
    access: ClassVar[Mapping[str, Access]] = {
        "en": Access(
            needs="Places that the institution has verified on Google, and four steps: 1. in Google Cloud create a project, and ask for access to the Business Profile APIs with Google's form (until it is granted the quota is 0); 2. enable “Google My Business API” and “My Business Business Information API”; 3. create an OAuth client: its id and secret; publish the app, or the consent ends after seven days; 4. sign in once with the account that manages the places, consent to business.manage and keep the refresh token.",
            costs="Nothing. 300 requests a minute; one for every 50 reviews.",
            hears="Every review of the own places with its stars, changes of it, and the institution's answers; what is deleted.",
            misses="Reviews of places that the institution does not manage; who wrote an anonymous review; questions on the map; photographs. An answer to a review of more than 30 days is heard only when the own posts are looked for.",
        ),
        "es": Access(
            needs="Lugares verificados en Google por la institución, y cuatro pasos: 1. en Google Cloud, cree un proyecto y pida acceso a las API de Perfil de Empresa con el formulario de Google (mientras no se conceda, la cuota es 0); 2. habilite «Google My Business API» y «My Business Business Information API»; 3. cree un cliente OAuth: su id y su secreto; publique la aplicación, o el consentimiento caduca a los siete días; 4. entre una vez con la cuenta que gestiona los lugares, acepte business.manage y guarde el token de actualización.",
            costs="Nada. 300 peticiones por minuto; una por cada 50 reseñas.",
            hears="Todas las reseñas de los lugares propios con sus estrellas, sus cambios y las respuestas de la institución; lo que se borra.",
            misses="Las reseñas de lugares que la institución no gestiona; quién escribe una reseña anónima; las preguntas del mapa; las fotografías. La respuesta a una reseña de más de 30 días solo se oye al buscar lo propio.",
        ),
    }
    network = "google"

    def __init__(self, config: GoogleReviewsConfig, context: SourceContext) -> None:
        self.name, self.interval = config.name, config.interval
        self._config, self._context = config, context
        self._keys = required(config, context, "client_id", "client_secret", "refresh_token")
        accounts = [a for i in context.institutions for a in i.accounts if a.network == self.network]
        self._handle = config.handle or next((a.handle for a in accounts), "")
        self._account = f"{config.base.rstrip('/')}/v4/accounts/{config.account}"
        self._token, self._valid_until = "", context.clock()
        for base in (config.base, config.places_base):
            context.http.pace(base, PACE)

    async def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """Each place's reviews, last changed first, back to what is known and ``days`` more."""
        reached: dict[str, int] = json.loads(cursor.state) if cursor else {}
        now = self._context.clock()
        for place in await self._places():
            known = reached.get(place["name"])
            since = from_milliseconds(known) - timedelta(days=self._config.days) if known else None
            oldest = since or now - timedelta(days=self._config.backlog)
            async for reviews in self._reviews(place):
                recent = [r for r in reviews if not _before(r, oldest)]
                yield self._batch(place, recent, reached)
                if len(recent) < len(reviews):
                    break
            reached[place["name"]] = milliseconds(now)
            yield self._batch(place, [], reached)

    async def _places(self) -> list[Raw]:
        url = f"{self._config.places_base.rstrip('/')}/v1/accounts/{self._config.account}/locations"
        params = {"readMask": "name,title,metadata", "pageSize": str(PLACES)}
        found = [one async for page in self._pages(url, "locations", params) for one in page]
        wanted = {f"locations/{place.rpartition('/')[2]}" for place in self._config.places}
        places = [
            {"name": str(one["name"]), "title": one.get("title"), "maps": _maps(one.get("metadata"))}
            for one in found
            if one.get("name") and (not wanted or one["name"] in wanted)
        ]
        missing = wanted - {place["name"] for place in places}
        if missing or not places:
            raise SourceRefused(f"{url}: no {', '.join(sorted(missing)) or 'place'}", ACCESS)
        return places

    async def _reviews(self, place: Raw) -> AsyncIterator[list[Raw]]:
        params = {"pageSize": str(PAGE), "orderBy": "updateTime desc"}
        async for page in self._pages(f"{self._account}/{place['name']}/reviews", "reviews", params):
            yield page

    async def _pages(self, url: str, name: str, params: Mapping[str, str]) -> AsyncIterator[list[Raw]]:
        token, new = "", Pages(url)
        while True:
            document = await self._get(url, **params, **({"pageToken": token} if token else {}))
            yield objects({name: []} | document, name, url=url)
            token = str(document.get("nextPageToken") or "")
            if not token:
                return
            new(token)

    async def _get(self, url: str, **params: str) -> Raw:
        headers = {"Authorization": f"Bearer {await self._access()}"}
        try:
            answer = await self._context.http.get(url, params=params, headers=headers)
        except NotThere:
            raise
        except SourceRefused as error:
            self._token = ""  # it may be that: it is fetched anew the next time
            raise SourceRefused(f"{error.message} {_reason(error)}", ACCESS) from None
        document = decoded(answer, "Google's API")
        if not isinstance(document, dict) or "error" in document:
            said = document.get("error") if isinstance(document, dict) else None
            reason = said.get("message") if isinstance(said, dict) else "it is no object"
            raise SourceRefused(f"{url}: {str(reason)[:300]}", ACCESS)
        return document

    async def _access(self) -> str:
        """A token for an hour, from the refresh token."""
        now = self._context.clock()
        if self._token and now < self._valid_until:
            return self._token
        url = self._config.token_url
        try:
            answer = await self._context.http.post(url, form={**self._keys, "grant_type": "refresh_token"})
        except SourceRefused as error:
            raise SourceRefused(f"{error.message} {_reason(error)}", RENEWAL) from None
        found = decoded(answer, "Google's token endpoint")
        try:
            token, seconds = found["access_token"], min(int(found.get("expires_in", 3600)), 3600)
        except MISTAKES:
            raise SourceUnavailable(f"{url}: gives no access_token", RENEWAL) from None
        self._token, self._valid_until = str(token), now + timedelta(seconds=max(seconds - 60, 0))
        return self._token

    def _batch(self, place: Raw, reviews: Sequence[Raw], reached: Mapping[str, int]) -> Batch:
        items = self._taken(place, reviews)
        cursor = Cursor(source=self.name, state=json.dumps(reached, sort_keys=True))
        return Batch(cursor=cursor, items=items.items, rejected=items.rejected, reread=True)

    def _taken(self, place: Raw, reviews: Sequence[Raw]) -> Items:
        raws = [{"place": place, "review": review} for review in reviews]
        return taken(self.parse, raws, f"Google, {place['name']}")

    async def _all(self) -> AsyncIterator[Items]:
        for place in await self._places():
            async for reviews in self._reviews(place):
                yield self._taken(place, reviews)

    async def own_posts(self, since: datetime) -> AsyncIterator[Items]:
        """The answers that the institution has given since then; all reviews are read for it."""
        found = [items async for items in self._all()]
        said = [i for items in found for i in items.items if isinstance(i, Post) and i.answers and i.published >= since]
        rejected = tuple(r for items in found for r in items.rejected)
        said.sort(key=lambda p: p.published)
        yield Items(items=tuple(said), rejected=rejected)

    async def backfill(self, since: datetime, until: datetime) -> AsyncIterator[Items]:
        """What was said from ``since`` to ``until``; all reviews are read for it."""
        async for items in self._all():
            within = tuple(i for i in items.items if isinstance(i, Post) and since <= i.published < until)
            yield Items(items=within, rejected=items.rejected)

    async def thread(self, ref: str) -> Items:
        """A review and its answer; a Deletion when it is gone."""
        return await self._now(ref.removesuffix("/reply"), {p["name"]: p for p in await self._places()})

    async def recheck(self, refs: Sequence[str]) -> Items:
        """The reviews of ``refs``, or those they answer, as they are now, and deletions of what is gone."""
        places = {p["name"]: p for p in await self._places()} if refs else {}
        items: list[Post | Deletion] = []
        rejected: list[Rejected] = []
        for ref in refs:
            now = await self._now(ref.removesuffix("/reply"), places)
            items += now.items
            rejected += now.rejected
            if now.items and ref not in {i.ref for i in now.items}:
                items.append(self._gone(ref))
        return Items(items=tuple(items), rejected=tuple(rejected))

    async def _now(self, ref: str, places: Mapping[str, Raw]) -> Items:
        """A review with its answer, or its deletion; nothing of a place that is not listened to."""
        place = places.get(ref.partition("/reviews/")[0])
        if place is None:
            return Items()
        found = await self._one(ref)
        return Items(items=(self._gone(ref),)) if found is None else self._taken(place, [found])

    async def _one(self, ref: str) -> Raw | None:
        """The review, None when it is gone."""
        try:
            return await self._get(f"{self._account}/{quote(ref, safe='/')}")
        except NotThere:
            return None

    def _gone(self, ref: str) -> Deletion:
        return Deletion(network=self.network, native_id=ref, ref=ref, at=self._context.clock())

    def parse(self, raw: str) -> Sequence[Post]:
        """A review with its place → the review and, if there is one, the answer to it."""
        try:
            item = json.loads(raw)
            review = self._review(item["place"], item["review"])
            answer = item["review"].get("reviewReply")
            return [review, self._answer(review, answer)] if answer else [review]
        except MISTAKES as error:
            raise ParseError(f"not a review: {type(error).__name__} {error}") from None

    async def close(self) -> None:
        """Nothing to close: the client is the house's."""

    def _review(self, place: Raw, review: Raw) -> Post:
        who = review.get("reviewer") or {}
        name = "" if who.get("isAnonymous") else clean(str(who.get("displayName") or ""))
        stars, url = STARS.get(review.get("starRating", "")), str(place.get("maps") or "")
        text = _original(str(review.get("comment") or ""))
        changed, native_id = moment(review["updateTime"]), f"{clean(place['name'])}/reviews/{_id(review)}"
        return Post(
            network=self.network,
            native_id=native_id,
            ref=native_id,
            source=self.name,
            venue=Venue(name=clean(str(place.get("title") or "")) or str(place["name"]), kind="reviews"),
            author=Author(handle=name, name=name) if name else None,
            published=moment(review["createTime"]),
            revised=changed if changed > moment(review["createTime"]) else None,
            text=clean("\n".join(part for part in ("★" * stars + "☆" * (5 - stars) if stars else "", text) if part)),
            url=url if url.startswith("https://") and url.isprintable() else "",
        )

    def _answer(self, review: Post, answer: Raw) -> Post:
        return Post(
            network=self.network,
            native_id=f"{review.native_id}/reply",
            ref=f"{review.ref}/reply",
            source=self.name,
            venue=review.venue,
            author=Author(handle=self._handle or review.venue.name, kind="administration"),
            published=moment(answer["updateTime"]),
            text=_original(str(answer["comment"])),
            url=review.url,
            answers=review.native_id,
            answers_author=review.author.handle if review.author else "",
            thread=review.native_id,
        )


def _original(comment: str) -> str:
    """What was written, where Google sends a translation along."""
    _, marked, original = comment.partition("(Original)")
    kept = original if marked and "(Translated by Google)" in comment else comment
    return clean(re.split(r"\n\s*\(Translated by Google\)", kept)[0])


def _reason(error: SourceError) -> str:
    """What Google itself says of a refusal, '' where it says nothing."""
    try:
        document = json.loads(error.body)
        said = document.get("error_description") or document["error"]["message"]
    except MISTAKES:
        return ""
    return f"({str(said)[:300]})"


def _maps(metadata: object) -> object:
    return metadata.get("mapsUri") if isinstance(metadata, dict) else None


def _id(review: Raw) -> str:
    found = review["reviewId"]
    if not isinstance(found, str) or not found.isascii() or not found.isprintable() or not found:
        raise ValueError("an id that is no plain text")
    return found


def _before(review: Raw, since: datetime) -> bool:
    """Whether it last changed before; what has no time did not, so that it is read and rejected."""
    try:
        return moment(review["updateTime"]) < since
    except MISTAKES:
        return False
