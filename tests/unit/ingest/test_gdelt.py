"""GDELT against a fake of its DOC API: a list of articles by the moment it saw them, 250 at most, errors in plain text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from corrillo.errors import ConfigError, ParseError, SourceRefused, SourceUnavailable
from corrillo.institution import Institution
from corrillo.model import Batch, Cursor, Post
from corrillo.registry import SourceContext
from corrillo.testing.recorded import Protected, check
from corrillo.testing.source import SourceContract, SourceWorld, Span
from ingest import gdelt
from ingest.gdelt import Gdelt, GdeltConfig
from ingest.http import PoliteClient
from tests.fakes.web import Asked, FakeWeb, Said

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
NAMES = '("Ajuntament de Benialba de la Mar" OR "Ayuntamiento de Benialba" OR Benialba)'
Make = Callable[..., Gdelt]


class FakeGdelt:
    """A fake: it knows spans, order and the limit of the list, and finds every article for every question."""

    def __init__(self, most: int = 250) -> None:
        self.most = most
        self.articles: list[dict[str, Any]] = []
        self.said: str | None = None

    def add(self, seen: datetime, title: str = "Benialba pide agua", **fields: Any) -> str:
        """A new article; its address."""
        number = len(self.articles)
        article = {
            "url": f"https://diari.example/{number}", "url_mobile": "", "title": title, "socialimage": "",
            "seendate": f"{seen:%Y%m%dT%H%M%SZ}", "domain": "diari.example", "language": "Spanish", "sourcecountry": "Spain",
        }  # fmt: skip
        self.articles.append(article | fields)
        return str((article | fields).get("url"))

    def answer(self, asked: Asked) -> Any:
        """Articles of the span as GDELT lists them; an empty object where there is none."""
        if self.said is not None:
            return Said(self.said)
        since, until = (f"{p[:8]}T{p[8:]}Z" for p in (asked.params["startdatetime"], asked.params["enddatetime"]))
        found = sorted((a for a in self.articles if since <= a["seendate"] <= until), key=lambda a: str(a["seendate"]))
        return {"articles": found[: self.most]} if found else {}


@pytest.fixture
def press() -> FakeGdelt:
    """What the fake has seen."""
    return FakeGdelt()


@pytest.fixture
def web(press: FakeGdelt) -> Iterator[FakeWeb]:
    """The fake on loopback."""
    with FakeWeb({"GET /api/v2/doc/doc": press.answer}) as server:
        yield server


@pytest.fixture
def make(web: FakeWeb, context: Callable[..., SourceContext], monkeypatch: pytest.MonkeyPatch) -> Make:
    """A source that asks the fake without waiting."""
    monkeypatch.setattr(gdelt, "PACE", 0.0)

    def source(institutions: list[Institution] | None = None, **keys: Any) -> Gdelt:
        changed = {"institutions": institutions} if institutions else {}
        config = GdeltConfig(kind="gdelt", name="world", url=f"{web.base}/api/v2/doc/doc", **keys)
        return Gdelt(config, context(**changed))

    return source


async def _read(source: Gdelt, cursor: Cursor | None = None) -> list[Batch]:
    return [batch async for batch in source.fetch(cursor)]


def _ids(batches: list[Batch]) -> list[str]:
    return [i.native_id for b in batches for i in b.items if isinstance(i, Post)]


class TestGdelt(SourceContract):
    """The contract; lists are cut at four articles, so that spans are halved."""

    @pytest.fixture
    def world(self, press: FakeGdelt, web: FakeWeb, make: Make, monkeypatch: pytest.MonkeyPatch) -> SourceWorld:
        monkeypatch.setattr(gdelt, "MOST", 4)
        press.most = 4
        begin = NOW - timedelta(days=5)
        seen = [begin + timedelta(hours=7 * n) for n in range(11)]
        urls = [press.add(s) for s in seen]
        return SourceWorld(
            open=make,
            native_ids=frozenset(urls),
            sample=json.dumps(press.articles[0]),
            add_post=lambda: press.add(NOW - timedelta(minutes=30)),
            add_broken=lambda: press.add(NOW - timedelta(hours=3), url="no address"),
            cut_off=lambda: setattr(web, "trouble", Said(status=503)),
            span=Span(seen[2], seen[7], frozenset(urls[2:7])),
        )


def test_recorded_articles_become_what_stands_beside_them(
    make: Make, fixtures: Path, protected: Protected, now: datetime
) -> None:
    """Title is the text, the domain is the newspaper, GDELT's moment is the time."""
    check(fixtures / "gdelt.json", make(), protected, now)


@pytest.mark.asyncio
async def test_the_question_is_built_from_the_names(press: FakeGdelt, web: FakeWeb, make: Make) -> None:
    """Several words in quotes, one word without, OR in brackets; language and country behind it."""
    await _read(make(sourcelang="Spanish", country="SP"))
    (asked,) = web.asked
    assert asked.params["query"] == f"{NAMES} sourcelang:spanish sourcecountry:SP"
    assert asked.params["maxrecords"] == "250"
    assert asked.params["sort"] == "dateasc"


@pytest.mark.asyncio
async def test_a_single_term_stands_without_brackets(web: FakeWeb, make: Make) -> None:
    """GDELT refuses brackets around what is no OR."""
    await _read(make(terms=("Benialba Town Hall",)))
    assert web.asked[0].params["query"] == '"Benialba Town Hall"'


@pytest.mark.asyncio
async def test_what_is_too_long_for_one_question_becomes_several(web: FakeWeb, make: Make) -> None:
    """Each question stays below what GDELT takes, and together they hold every term."""
    terms = tuple(f"Mancomunidad de municipios de la comarca número {n}" for n in range(100, 112))
    await _read(make(terms=terms))
    asked = [a.params["query"] for a in web.asked]
    assert len(asked) > 1
    assert max(map(len, asked)) <= gdelt.LONGEST + 2
    assert all(sum(f'"{t}"' in q for q in asked) == 1 for t in terms)


@pytest.mark.asyncio
async def test_a_batch_of_one_question_does_not_move_the_other(press: FakeGdelt, make: Make) -> None:
    """Left after the first question, the second is still read from its own beginning."""
    press.add(NOW - timedelta(days=6))
    source = make(terms=tuple(f"Mancomunidad de municipios de la comarca número {n}" for n in range(100, 106)))
    batches = await _read(source)
    state = json.loads(batches[0].cursor.state)
    assert sorted(state.values()) == ["20261114100000", "20261121100000"]


def test_terms_that_are_too_short_are_a_refusal(make: Make) -> None:
    """Nothing to search for is said at once, with what to do."""
    with pytest.raises(SourceRefused, match="nothing to search for") as caught:
        make(terms=("…", "Ai"))
    assert "terms" in caught.value.remedy


@pytest.mark.parametrize(
    "said",
    [
        "Your query was too short or too long.",
        "The specified phrase is too short.",
        "Queries containing OR'd terms must be surrounded by ().",
        "Invalid/Unsupported Country.",
    ],
)
@pytest.mark.asyncio
async def test_a_refusal_with_status_200_is_no_silence(press: FakeGdelt, make: Make, said: str) -> None:
    """GDELT says in plain text that the question is wrong: a person must change it."""
    press.said = said
    with pytest.raises(SourceRefused, match="GDELT refuses") as caught:
        await _read(make())
    assert said in caught.value.message


@pytest.mark.asyncio
async def test_being_too_fast_with_status_200_is_waited_for(press: FakeGdelt, make: Make) -> None:
    """The text that asks to slow down is not an empty list."""
    press.said = "Please limit requests to one every 5 seconds or contact us for larger queries."
    with pytest.raises(SourceUnavailable) as caught:
        await _read(make())
    assert caught.value.retry_after == 60.0


@pytest.mark.parametrize(
    "said", ["", "<html><body>You must be logged in</body></html>", '{"articles": [', '{"a": 1}', "[]"]
)
@pytest.mark.asyncio
async def test_what_is_no_list_is_tried_again(press: FakeGdelt, make: Make, said: str) -> None:
    """An empty body, a page, half a document, another document."""
    press.said = said
    with pytest.raises(SourceUnavailable):
        await _read(make())


@pytest.mark.asyncio
async def test_slowing_down_by_status_is_waited_for_as_it_says(web: FakeWeb, make: Make) -> None:
    """429 with Retry-After."""
    web.trouble = Said("Please limit requests", status=429, headers={"Retry-After": "17"})
    with pytest.raises(SourceUnavailable) as caught:
        await _read(make())
    assert caught.value.retry_after == pytest.approx(17.0, abs=1.0)


@pytest.mark.asyncio
async def test_titles_with_bare_backslashes_are_read(press: FakeGdelt, make: Make) -> None:
    """GDELT sends titles that JSON does not allow; what it escapes rightly stays."""
    press.said = (
        '{"articles": [{"url": "https:\\/\\/diari.example\\/1", "title": "L\\\'aigua \t de \\"Benialba\\" \\u00e9s",'
        ' "seendate": "20261120T101500Z", "domain": "diari.example", "language": "Catalan"}]}'
    )
    (post,) = [i for b in await _read(make()) for i in b.items]
    assert isinstance(post, Post)
    assert post.text == 'L\\\'aigua de "Benialba" és'
    assert post.url == "https://diari.example/1"


@pytest.mark.asyncio
async def test_more_than_a_list_holds_in_a_quarter_of_an_hour_is_said(
    press: FakeGdelt, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where halving ends, what was held back is a gap."""
    monkeypatch.setattr(gdelt, "MOST", 4)
    press.most = 4
    at = NOW - timedelta(hours=5)
    for _ in range(6):
        press.add(at)
    (gap,) = {g for b in await _read(make()) for g in b.missed}
    assert gap.since <= at <= (gap.until or NOW)
    assert gap.until is not None
    assert gap.until - gap.since <= gdelt.STEP
    with pytest.raises(SourceRefused, match="at most"):
        [items async for items in make().backfill(at - timedelta(hours=1), NOW)]


@pytest.mark.asyncio
async def test_a_cursor_older_than_three_months_says_what_is_missed(press: FakeGdelt, make: Make) -> None:
    """GDELT cannot be asked for it any more."""
    (batch,) = await _read(make())
    old = dict.fromkeys(json.loads(batch.cursor.state), "20260601000000")
    (batch,) = await _read(make(), Cursor(source="world", state=json.dumps(old)))
    (gap,) = batch.missed
    assert (gap.since, gap.until) == (datetime(2026, 6, 1, tzinfo=UTC), NOW - gdelt.KEPT)
    assert batch.read_to == NOW


@pytest.mark.asyncio
async def test_asking_afterwards_for_what_is_gone_is_refused(make: Make) -> None:
    """Backfilling never gives less than it seems to."""
    with pytest.raises(SourceRefused, match="three months"):
        [items async for items in make().backfill(NOW - timedelta(days=120), NOW)]


@pytest.mark.asyncio
async def test_late_listings_are_found(press: FakeGdelt, make: Make) -> None:
    """An article that is listed an hour after it was seen is still given."""
    (batch,) = await _read(make())
    late = press.add(NOW - timedelta(hours=1))
    assert late in _ids(await _read(make(), batch.cursor))


def test_a_request_waits_five_seconds_for_the_one_before(
    context: Callable[..., SourceContext], patient_client: PoliteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The documented pace is asked of the client."""
    paces: list[tuple[str, float]] = []
    monkeypatch.setattr(patient_client, "pace", lambda url, every: paces.append((url, every)))
    Gdelt(GdeltConfig(kind="gdelt", name="world"), context())
    assert paces == [("https://api.gdeltproject.org/api/v2/doc/doc", 5.0)]


def test_an_unreadable_language_is_unknown_and_not_an_error(make: Make) -> None:
    """Languages that are not told apart here are left to the text."""
    raw = {
        "url": "https://diari.example/1",
        "title": "Benialba",
        "seendate": "20261120T101500Z",
        "domain": "diari.example",
    }
    (post,) = make().parse(json.dumps(raw | {"language": "Norwegian"}))
    assert post.language == "und"
    with pytest.raises(ParseError):
        make().parse(json.dumps(raw | {"seendate": "yesterday"}))


def test_a_country_is_a_word(context: Callable[..., SourceContext]) -> None:
    """Nothing can be smuggled into the question by it."""
    with pytest.raises((ValueError, ConfigError)):
        GdeltConfig(kind="gdelt", name="world", country="SP theme:TERROR")
