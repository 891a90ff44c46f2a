"""GDELT DOC 2.0: the world's press, by the names of the institution.

Documented endpoint: ``api/v2/doc/doc?mode=artlist&format=json``. It gives title, address, domain,
language and the moment at which GDELT saw an article (in steps of a quarter of an hour), which is
what ``published`` says here; no text and no author. It searches a machine translation into English,
three months back, gives 250 articles at most for a span of time, which is halved then, and asks for
five seconds between requests. What it cannot do it says in plain text with status 200: as public
code has recorded, not its documentation; every such answer is an error here, never "nothing".
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar

from pydantic import Field

from corrillo.errors import ParseError, SourceRefused, SourceUnavailable
from corrillo.model import Batch, Cursor, Gap, Items, Post, Venue
from corrillo.registry import Access, SourceConfig, SourceContext
from corrillo.text import clean, words
from ingest.api import MISTAKES, decoded, objects, taken
from ingest.http import Answer

PACE = 5.0
"""Seconds between requests, as GDELT asks."""
MOST = 250
"""Articles that it gives at most for one question."""
LONGEST = 200
"""Characters of a question: longer ones than about 250 are refused."""
SHORTEST_TERM = 3
STEP = timedelta(minutes=15)
"""GDELT sees the press in steps of a quarter of an hour: a shorter span cannot be halved."""
OVERLAP = timedelta(hours=2)
"""Read again every time: articles are listed some time after they were seen."""
KEPT = timedelta(days=88)
"""How far back it can be asked: three months, the shortest of them."""
STAMP = "%Y%m%d%H%M%S"
LANGUAGES = {
    "spanish": "es", "catalan": "ca", "galician": "gl", "basque": "eu", "portuguese": "pt", "english": "en",
}  # fmt: skip
_REFUSALS = re.compile(r"too (short|long|common)|invalid|unsupported|parenthes|OR'd|must be|phrase|keyword", re.I)
_LONE_BACKSLASH = re.compile(rb'\\(\\|["/bfnrt]|u[0-9a-fA-F]{4})?')
_BEFORE_MARK = re.compile(r" +(?=[,.;:!?»)](?:\s|$))")


class GdeltConfig(SourceConfig):
    """What to search for and where; ``terms`` (none: the institution's names and aliases) as GDELT's English has them.

    ``sourcelang`` and ``country`` narrow it (as GDELT writes them: spanish, SP). ``interval`` in
    seconds, ``backlog`` in days. ``url`` is another address of the same API.
    """

    terms: tuple[str, ...] = ()
    sourcelang: Annotated[str, Field(pattern=r"^[A-Za-z]*$")] = ""
    country: Annotated[str, Field(pattern=r"^[A-Za-z]*$")] = ""
    url: str = "https://api.gdeltproject.org/api/v2/doc/doc"
    interval: Annotated[float, Field(gt=0)] = 900.0
    backlog: Annotated[float, Field(ge=0, le=85)] = 7.0


class Gdelt:
    """The articles that GDELT finds for some names, as a source."""

    Config: ClassVar[type[SourceConfig]] = GdeltConfig
    example: ClassVar[Mapping[str, str]] = {
        "en": """\
# The world's press by GDELT: headlines of articles that name the institution. GDELT searches the
# whole article but gives only its headline; about = "everything" keeps those, too, that name the
# institution in the text alone. Use it with terms that nobody else is called by.
# [[source]]
# kind = "gdelt"
# name = "world-press"
# institution = "{id}"
# about = "everything"
# terms = []                   # none: names and aliases; English ones are found best
# sourcelang = "spanish"       # only in this language
# country = "SP"               # only media of this country, by its FIPS code: SP is Spain
# interval = 900               # seconds
# backlog = 7                  # days, the first time
""",
        "es": """\
# La prensa del mundo según GDELT: titulares de artículos que nombran a la institución. GDELT busca
# en todo el artículo, pero solo da el titular; about = "everything" conserva también los que solo
# la nombran en el texto. Conviene con términos que no designen a nadie más.
# [[source]]
# kind = "gdelt"
# name = "prensa-mundial"
# institution = "{id}"
# about = "everything"
# terms = []                   # ninguno: los nombres y alias; los ingleses se encuentran mejor
# sourcelang = "spanish"       # solo en este idioma
# country = "SP"               # solo medios de este país, por su código FIPS: SP es España
# interval = 900               # segundos
# backlog = 7                  # días, la primera vez
""",
    }
    access: ClassVar[Mapping[str, Access]] = {
        "en": Access(
            needs="",
            costs="Nothing. One request every five seconds; 250 articles for a span of time, which Corrillo halves then.",
            hears="Headline, address, medium and language of online news in 65 languages, up to three months back; the time is when GDELT saw the article, to a quarter of an hour.",
            misses='The text: an article that names you only there is dropped unless about = "everything". Paper editions, readers\' comments, small local media that GDELT does not read, later changes. It searches a translation into English: a name that gets translated ("Town Hall of …") is found only by its English words.',
        ),
        "es": Access(
            needs="",
            costs="Nada. Una petición cada cinco segundos; 250 artículos por tramo de tiempo, que Corrillo parte entonces en dos.",
            hears="Titular, dirección, medio e idioma de noticias en línea en 65 idiomas, hasta tres meses atrás; la hora es la de cuando GDELT vio el artículo, con un cuarto de hora de precisión.",
            misses='El texto: un artículo que solo allí nombra a la institución se descarta, salvo con about = "everything". Ediciones en papel, comentarios de lectores, pequeños medios locales que GDELT no lee, cambios posteriores. Busca en una traducción al inglés: un nombre que se traduce («Town Hall of …») solo se encuentra por sus palabras inglesas.',
        ),
    }
    network = "press"

    def __init__(self, config: GdeltConfig, context: SourceContext) -> None:
        self.name, self.interval = config.name, config.interval
        self._url, self._context = config.url, context
        self._backlog = timedelta(days=config.backlog)
        self._questions = _questions(config, context)
        context.http.pace(config.url, PACE)

    async def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """What GDELT has seen since ``cursor``, question by question, oldest first."""
        now = self._context.clock()
        state: dict[str, str] = json.loads(cursor.state) if cursor else {}
        reached = {q: _read(state[q]) if q in state else now - self._backlog for q in self._questions}
        for question in self._questions:
            since, missed = _begin(reached[question], now)
            async for until, found, full in self._spans(question, since, now):
                reached[question] = until
                gaps = (*missed, *full)
                missed = ()
                yield self._batch(found, reached, gaps)

    async def _spans(
        self, question: str, since: datetime, until: datetime
    ) -> AsyncIterator[tuple[datetime, Items, tuple[Gap, ...]]]:
        """The whole time in spans that GDELT gives completely: each one's end, articles, and what it held back."""
        waiting = [(since, until)]
        while waiting:
            start, end = waiting.pop()
            listed = await self._asked(question, start, end)
            full = len(listed) >= MOST
            if full and end - start > STEP:
                middle = start + (end - start) / 2
                waiting += [(middle, end), (start, middle)]
                continue
            held = (Gap(since=start, until=end, why=f"GDELT gives {MOST} articles at most"),) if full else ()
            yield end, taken(self.parse, listed, f"{self._url} {question}"), held

    async def _asked(self, question: str, since: datetime, until: datetime) -> list[dict[str, Any]]:
        """The articles of a span. Raises SourceRefused for a question that GDELT will not take."""
        params = {
            "query": question, "mode": "artlist", "format": "json", "maxrecords": str(MOST), "sort": "dateasc",
            "startdatetime": f"{since:{STAMP}}", "enddatetime": f"{until:{STAMP}}",
        }  # fmt: skip
        answer = await self._context.http.get(self._url, params=params)
        document = _document(answer)
        return objects(document, "articles", url=self._url) if document != {} else []

    def _batch(self, found: Items, reached: Mapping[str, datetime], missed: tuple[Gap, ...]) -> Batch:
        state = json.dumps({q: f"{t:{STAMP}}" for q, t in reached.items()}, sort_keys=True)
        return Batch(
            items=found.items,
            rejected=found.rejected,
            cursor=Cursor(source=self.name, state=state),
            missed=missed,
            read_to=min(reached.values()),
        )

    async def backfill(self, since: datetime, until: datetime) -> AsyncIterator[Items]:
        """What GDELT saw in that time. Raises SourceRefused for what it no longer has, or does not give whole."""
        if since < self._context.clock() - KEPT:
            raise SourceRefused(f"{self._url}: gives the last three months only", "ask for less")
        for question in self._questions:
            async for _, found, held in self._spans(question, since, until):
                inside = (i for i in found.items if isinstance(i, Post) and since <= i.published < until)
                yield Items(items=tuple(inside), rejected=found.rejected)
                if held:
                    raise SourceRefused(
                        f"{self._url}: gives {MOST} articles at most, and had more at {held[0].since:%Y-%m-%d %H:%M}",
                        "narrow the source with terms, sourcelang or country",
                    )

    def parse(self, raw: str) -> Sequence[Post]:
        """One article of a list."""
        try:
            return [self._post(json.loads(raw))]
        except MISTAKES as error:
            raise ParseError(f"not an article: {type(error).__name__} {error}") from None

    async def close(self) -> None:
        """Nothing to close: the client is the house's."""

    def _post(self, article: dict[str, Any]) -> Post:
        url = article["url"].strip()
        if not url.startswith(("http://", "https://")):
            raise ValueError("its url is no web address")
        return Post(
            network=self.network,
            native_id=url,
            source=self.name,
            venue=Venue(name=clean(article["domain"]) or url.split("/")[2], kind="newspaper"),
            published=datetime.strptime(article["seendate"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC),
            text=_BEFORE_MARK.sub("", clean(article.get("title") or "")),
            url=url,
            language=LANGUAGES.get(str(article.get("language")).casefold(), "und"),
        )


def _begin(reached: datetime, now: datetime) -> tuple[datetime, tuple[Gap, ...]]:
    """From when to read on, and what can no longer be read."""
    since, kept = min(reached, now) - OVERLAP, now - KEPT
    if since >= kept:
        return since, ()
    return kept, (Gap(since=reached, until=kept, why="GDELT gives the last three months only"),)


def _read(stamp: str) -> datetime:
    return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)


def _questions(config: GdeltConfig, context: SourceContext) -> tuple[str, ...]:
    """The terms as questions that GDELT takes. Raises SourceRefused where none is left."""
    named = (
        n for i in context.institutions for n in (i.name, *(n for all_ in i.names.values() for n in all_), *i.aliases)
    )
    terms = [t for t in map(_term, config.terms or named) if t]
    if not terms:
        raise SourceRefused(
            f"source {config.name!r} has nothing to search for",
            f"write terms of more than {SHORTEST_TERM - 1} letters, or names for the institution",
        )
    narrowed = f" sourcelang:{config.sourcelang.lower()}" if config.sourcelang else ""
    narrowed += f" sourcecountry:{config.country}" if config.country else ""
    groups: list[list[str]] = [[]]
    for term in dict.fromkeys(terms):
        if len(" OR ".join([*groups[-1], term])) + len(narrowed) > LONGEST and groups[-1]:
            groups.append([])
        groups[-1].append(term)
    return tuple((f"({' OR '.join(g)})" if len(g) > 1 else g[0]) + narrowed for g in groups)


def _term(written: str) -> str:
    """A term as GDELT takes it: several words in quotes, one word without; '' where it is too short."""
    found = words(clean(written))
    if len("".join(found)) < SHORTEST_TERM:
        return ""
    return f'"{" ".join(found)}"' if len(found) > 1 else found[0]


def _document(answer: Answer) -> Any:
    """The JSON of an answer; titles in it may hold bare backslashes and control characters.

    Raises SourceRefused where it says that the question is wrong, SourceUnavailable for all else.
    """
    if answer.body.lstrip()[:1] in (b"{", b"["):
        mended = _LONE_BACKSLASH.sub(lambda m: m.group() if m.group(1) else rb"\\", answer.body)
        try:
            return json.loads(mended, strict=False)
        except (ValueError, RecursionError):
            return decoded(answer, "GDELT")
    said = " ".join(answer.body[:200].decode("utf-8", "replace").split())
    if "limit requests" in said.casefold():
        raise SourceUnavailable(f"GDELT says: {said}", "it is tried again after the wait", 60.0)
    if _REFUSALS.search(said) and not said.startswith("<"):
        raise SourceRefused(f"GDELT refuses the question: {said}", "change terms, sourcelang or country")
    return decoded(answer, "GDELT")
