"""Consul Democracy: proposals, debates and comments of a participation platform (Decide Madrid is one).

Documented endpoint: GraphQL at ``<url>/graphql``, public; 25 records a page, eight levels, two
collections in a question; no rate is documented. Read from Consul's public sources: there is no
filter and no order, only ``first``/``after`` and ``last``/``before``, whose cursors are positions;
new records come last, but a record that is changed may move. So each time the end is read backwards
until nothing is new, and some pages of a sweep over the whole list find what stood elsewhere.
``public_created_at`` is cut to the full hour by the platform, and so is ``published``.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field

from corrillo.errors import ParseError, SourceError, SourceRefused, SourceUnavailable
from corrillo.model import Author, Batch, Cursor, Deletion, Engagement, Items, Post, Venue
from corrillo.registry import Access, SourceConfig, SourceContext
from corrillo.text import clean
from ingest.api import MISTAKES, Pages, count, decoded, moment, objects, taken, told, within
from ingest.html import to_text

PACE = 1.0
"""Seconds between requests: no limit is documented, and a town hall's server is small."""
PAGE = 25
QUIET = 2
"""Pages without anything new after which the end of a list has been read."""
TOGETHER = {"comments": 10, "proposals": 2, "debates": 2}
"""Records in one look-up: each proposal and debate brings a collection, its tags."""
_POST = "__typename id title description public_created_at cached_votes_up comments_count"
_REST = "public_author { username } tags(first: 10) { edges { node { name } } }"
FIELDS = {
    "proposals": f"{_POST} summary geozone {{ name }} {_REST}",
    "debates": f"{_POST} {_REST}",
    "comments": "__typename id commentable_id commentable_type body public_created_at cached_votes_up ancestry"
    " public_author { username }",
}
PATHS = {
    "Proposal": "proposals", "Debate": "debates", "Comment": "comments", "Poll": "polls", "Budget::Investment": "investments",
}  # fmt: skip
_MISFIT = re.compile(r"doesn't exist|doesn't accept|argument|complexity|depth|selections", re.I)
_GONE = (" 404", " 204")
"""How Consul answers a question for one record that is not there: by version, no page or no content."""

Raw = dict[str, Any]


class ConsulConfig(SourceConfig):
    """A platform by its address and, for people, its name (``venue``; none: its host).

    ``backlog``: days that are read the first time. ``sweep``: pages of each list that are read
    again every time. ``interval`` in seconds.
    """

    url: Annotated[str, Field(pattern=r"^https?://[^\s?#]+$")]
    venue: str = ""
    kinds: tuple[Literal["proposals", "debates", "comments"], ...] = ("proposals", "debates", "comments")
    interval: Annotated[float, Field(gt=0)] = 900.0
    backlog: Annotated[float, Field(ge=0)] = 30.0
    sweep: Annotated[int, Field(ge=0)] = 4


class Consul:
    """The proposals, debates and comments of one platform as a source."""

    Config: ClassVar[type[SourceConfig]] = ConsulConfig
    example: ClassVar[Mapping[str, str]] = {
        "en": """\
# Proposals, debates and comments of a Consul Democracy platform. Is it your own? Write a
# platform = [{ host = "…" }] for the institution, and all of it is on page; whoever writes there
# for it is an account with network "consul" and the user name as its handle.
# [[source]]
# kind = "consul"
# name = "our-consul"
# url = "https://decide.example.es"
# venue = "Decide"             # how people call it
# kinds = ["proposals", "debates", "comments"]
# interval = 900               # seconds
# backlog = 30                 # days, the first time
# sweep = 4                    # pages of each list that are read again every time
""",
        "es": """\
# Propuestas, debates y comentarios de una plataforma Consul Democracy. ¿Es la propia? Con
# platform = [{ host = "…" }] en la institución, todo lo de ella es página propia; quien escribe allí
# en su nombre es una cuenta de la red "consul" con su nombre de usuario.
# [[source]]
# kind = "consul"
# name = "nuestro-consul"
# url = "https://decide.example.es"
# venue = "Decide"             # cómo la llama la gente
# kinds = ["proposals", "debates", "comments"]
# interval = 900               # segundos
# backlog = 30                 # días, la primera vez
# sweep = 4                    # páginas de cada lista que se releen cada vez
""",
    }
    access: ClassVar[Mapping[str, Access]] = {
        "en": Access(
            needs="Nothing. Some servers let only browsers in (Madrid's, says Consul's documentation): then ask those who run it to let Corrillo in; it does not pretend to be a browser.",
            costs="Nothing; 25 records a request, one request a second. Filling a gap reads the whole platform.",
            hears="Public proposals, debates and comments (on polls and budget projects, too, where the platform shows them), their votes, districts and tags, and what is deleted; any time back.",
            misses="The projects of participatory budgets, polls and collaborative legislation themselves; who wrote it, where people keep their activity private; the minute: times are cut to the full hour. The API has no order: something that does not stand at the end of its list is found by the sweep, hours later on a large platform.",
        ),
        "es": Access(
            needs="Nada. Algunos servidores solo dejan entrar a navegadores (el de Madrid, según la documentación de Consul): entonces hay que pedir a quienes lo llevan que admitan a Corrillo, que no se hace pasar por uno.",
            costs="Nada; 25 registros por petición, una petición por segundo. Rellenar un hueco lee la plataforma entera.",
            hears="Propuestas, debates y comentarios públicos (también los de votaciones y proyectos de gasto, donde la plataforma los muestra), sus apoyos, distritos y etiquetas, y lo que se borra; de cualquier fecha.",
            misses="Los propios proyectos de presupuestos participativos, votaciones y legislación colaborativa; quién lo escribió, si oculta su actividad; el minuto: las horas vienen sin minutos. La API no tiene orden: lo que no está al final de su lista lo encuentra el repaso, horas después en una plataforma grande.",
        ),
    }
    network = "consul"

    def __init__(self, config: ConsulConfig, context: SourceContext) -> None:
        self.name, self.interval = config.name, config.interval
        self._config, self._context = config, context
        self._base = config.url.rstrip("/").removesuffix("/graphql")
        self._api = f"{self._base}/graphql"
        self._host = urlsplit(self._base).netloc
        context.http.pace(self._api, PACE)

    async def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """What stands new at the end of each list, and the next pages of the sweep."""
        begin = self._context.clock() - timedelta(days=self._config.backlog)
        state: dict[str, Any] = (
            json.loads(cursor.state) if cursor else {"from": begin.isoformat(), "new": {}, "sweep": {}}
        )
        since = moment(state["from"])
        for kind in self._config.kinds:
            async for found in self._new(kind, since, state):
                yield self._batch(found, state, reread=True)
            for _ in range(self._config.sweep):
                found, following = await self._forward(kind, state["sweep"].get(kind, ""))
                state["sweep"][kind] = following
                yield self._batch(within(found, since), state, reread=True)
                if not following:
                    break

    async def _new(self, kind: str, since: datetime, state: Raw) -> AsyncIterator[Items]:
        """The end of a list, backwards; ``state`` moves on when all of it has been given, and not before."""
        known = state["new"].get(kind)
        newest, quiet = known or 0, 0
        async for nodes in self._backwards(kind):
            found = self._taken(kind, nodes)
            fresh = within(found, since)
            last = max(map(_number, nodes), default=0)
            news = bool(fresh.items) if known is None else last > known
            newest, quiet = max(newest, last), 0 if news else quiet + 1
            yield fresh
            if quiet >= QUIET:
                break
        state["new"][kind] = newest
        yield Items()

    async def _backwards(self, kind: str) -> AsyncIterator[list[Raw]]:
        before, once = "", Pages(self._api)
        while True:
            span = f"last: {PAGE}" + (f", before: {json.dumps(before)}" if before else "")
            nodes, info = await self._page(kind, span)
            yield nodes
            if not info.get("hasPreviousPage") or not info.get("startCursor"):
                return
            before = once(str(info["startCursor"]))

    async def _forward(self, kind: str, after: str) -> tuple[Items, str]:
        """A page in the order of the list, and the cursor behind it ('' at the end)."""
        span = f"first: {PAGE}" + (f", after: {json.dumps(after)}" if after else "")
        nodes, info = await self._page(kind, span)
        following = str(info.get("endCursor") or "") if info.get("hasNextPage") else ""
        if following and following == after:
            raise SourceUnavailable(f"{self._api}: names a page as its own next one", "it is tried again by itself")
        return self._taken(kind, nodes), following

    async def _page(self, kind: str, span: str) -> tuple[list[Raw], Raw]:
        found = await self._asked(f"{{ {_listed(kind, span)} }}")
        return self._nodes(found, kind)

    def _nodes(self, found: Mapping[str, Any], kind: str) -> tuple[list[Raw], Raw]:
        edges = objects(found, kind, "edges", url=self._api)
        info = found[kind].get("pageInfo")
        return [e["node"] for e in edges if isinstance(e.get("node"), dict)], info if isinstance(info, dict) else {}

    def _batch(self, found: Items, state: Raw, *, reread: bool = False) -> Batch:
        cursor = Cursor(source=self.name, state=json.dumps(state))
        return Batch(cursor=cursor, items=found.items, rejected=found.rejected, reread=reread)

    async def backfill(self, since: datetime, until: datetime) -> AsyncIterator[Items]:
        """What was said in that time, by the full hour; reads every list whole, as there is no filter."""
        for kind in self._config.kinds:
            after, once = "", Pages(self._api)
            while True:
                found, following = await self._forward(kind, after)
                yield within(found, since, until)
                if not following:
                    break
                after = once(following)

    async def recheck(self, refs: Sequence[str]) -> Items:
        """The records of ``refs`` as they are now; gone is what the platform does not know, if it knows others."""
        wanted: dict[str, list[str]] = {}
        for kind, number in filter(None, map(self._parts, refs)):
            wanted.setdefault(kind, []).append(number)
        nodes: list[Raw] = []
        gone: list[str] = []
        for kind, numbers in wanted.items():
            for start in range(0, len(numbers), TOGETHER[kind]):
                some = numbers[start : start + TOGETHER[kind]]
                found = await self._singly(kind, some)
                nodes += found.values()
                gone += [f"{self._host}/{kind}/{n}" for n in some if n not in found]
        known = taken(self.parse, nodes, self._api)
        return Items(items=(*known.items, *await self._deleted(gone)), rejected=known.rejected)

    async def thread(self, ref: str) -> Items:
        """The record of ``ref`` and all comments under it; nothing where the platform does not list them."""
        parts = self._parts(ref)
        if parts is None:
            return Items()
        kind, number = parts
        node = (await self._singly(kind, [number])).get(number)
        if node is None:
            return Items(items=await self._deleted([ref]))
        if kind != "comments":
            return self._taken(kind, [node, *await self._under(kind, number)])
        root, its = PATHS.get(str(node.get("commentable_type")), ""), str(node.get("commentable_id"))
        if root not in ("proposals", "debates") or not its.isdecimal():
            return Items()
        beside = await self._under(root, its)
        return self._taken(kind, [node, *(c for c in beside if number in _above(c))])

    async def _under(self, kind: str, number: str) -> list[Raw]:
        """All comments of a proposal or debate, at any depth: Consul lists them flat."""
        found: list[Raw] = []
        after, once = "", Pages(self._api)
        while True:
            span = f"first: {PAGE}" + (f", after: {json.dumps(after)}" if after else "")
            answer = await self._asked(f"{{ {kind[:-1]}(id: {number}) {{ {_listed('comments', span)} }} }}")
            nodes, info = self._nodes(answer.get(kind[:-1]) or {}, "comments")
            found += nodes
            if not info.get("hasNextPage"):
                return found
            after = once(str(info.get("endCursor")))

    async def _singly(self, kind: str, numbers: Sequence[str]) -> dict[str, Raw]:
        """Those of some records that are there; newer versions answer for none where one is missing."""
        each = " ".join(f"i{n}: {kind[:-1]}(id: {n}) {{ {FIELDS[kind]} }}" for n in numbers)
        try:
            found = await self._asked(f"{{ {each} }}")
        except SourceRefused as refused:
            if not refused.message.endswith(_GONE):
                raise
            if len(numbers) == 1:
                return {}
            half = len(numbers) // 2
            return await self._singly(kind, numbers[:half]) | await self._singly(kind, numbers[half:])
        return {n: found[f"i{n}"] for n in numbers if isinstance(found.get(f"i{n}"), dict)}

    async def _deleted(self, refs: Sequence[str]) -> tuple[Deletion, ...]:
        """Deletions, once the API has shown that it is there at all."""
        if refs:
            await self._asked("{ proposals(first: 1) { edges { node { id } } } }")
        return tuple(Deletion(network=self.network, ref=ref, at=self._context.clock()) for ref in refs)

    def _parts(self, ref: str) -> tuple[str, str] | None:
        """Kind and number of a ref of this platform."""
        match = re.fullmatch(rf"{re.escape(self._host)}/(proposals|debates|comments)/(\d+)", ref)
        return (match[1], match[2]) if match else None

    async def _asked(self, question: str) -> Mapping[str, Any]:
        """What the platform answers. Raises SourceRefused for a question that it does not take, with status 200, too."""
        answer = await self._context.http.post(self._api, json={"query": question})
        found = decoded(answer, "a Consul platform")
        document = found if isinstance(found, Mapping) else {}
        if document.get("errors") or not isinstance(document.get("data"), Mapping):
            raise _failed(self._api, document.get("errors"))
        return document["data"]  # type: ignore[no-any-return]

    def _taken(self, kind: str, nodes: Iterable[Raw]) -> Items:
        return taken(self.parse, nodes, f"{self._base}/{kind}")

    def parse(self, raw: str) -> Sequence[Post]:
        """One proposal, debate or comment as the API gives it."""
        try:
            node = json.loads(raw)
            return [self._post(node)]
        except MISTAKES as error:
            raise ParseError(f"not a record of Consul: {type(error).__name__} {error}") from None

    async def close(self) -> None:
        """Nothing to close: the client is the house's."""

    def _post(self, node: Raw) -> Post:
        kind = node["__typename"]
        if kind not in ("Proposal", "Debate", "Comment"):
            raise ValueError(f"is a {kind}")
        native = self._native(kind, node["id"])
        author = (node.get("public_author") or {}).get("username")
        on = self._native(node["commentable_type"], node["commentable_id"]) if kind == "Comment" else ""
        above = _above(node)
        return Post(
            network=self.network,
            native_id=native,
            ref=native,
            source=self.name,
            venue=Venue(name=self._config.venue or self._host, kind="participation"),
            author=Author(handle=clean(author)) if author else None,
            published=_moment(node["public_created_at"]),
            title=to_text(node.get("title") or ""),
            text=_text(node),
            url=f"{self._base}/{native.removeprefix(f'{self._host}/')}",
            answers=self._native("Comment", above[-1]) if above else on,
            thread=on,
            engagement=Engagement(likes=count(node.get("cached_votes_up")), answers=count(node.get("comments_count"))),
        )

    def _native(self, kind: str, number: object) -> str:
        return f"{self._host}/{PATHS.get(kind, kind)}/{int(str(number))}"


def _listed(kind: str, span: str) -> str:
    info = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
    return f"{kind}({span}) {{ {info} edges {{ node {{ {FIELDS[kind]} }} }} }}"


def _text(node: Raw) -> str:
    """What was written and, in a last line, the district and the tags that were chosen for it."""
    written = [to_text(node.get(part) or "") for part in ("summary", "description", "body")]
    tags = [e["node"]["name"] for e in (node.get("tags") or {}).get("edges") or []]
    chosen = [(node.get("geozone") or {}).get("name"), *tags]
    return clean("\n\n".join(filter(None, (*written, " · ".join(clean(c) for c in chosen if c)))))


def _above(comment: Raw) -> list[str]:
    """The comments above a comment, outermost first."""
    return [n for n in str(comment.get("ancestry") or "").split("/") if n]


def _number(node: Raw) -> int:
    written = str(node.get("id"))
    return int(written) if written.isdecimal() else 0


def _moment(written: str) -> datetime:
    """A time as Ruby writes it (2026-11-20 10:00:00 +0100, … UTC), or by ISO 8601, in UTC."""
    return moment(re.sub(r" (?=[+-]\d\d:?\d\d$)", "", re.sub(r" UTC$", "+00:00", written)))


def _failed(url: str, errors: Any) -> SourceError:
    """What a GraphQL error means: a question that this platform does not take, or trouble that passes."""
    said = told(errors) or "no answer to the question"
    if _MISFIT.search(said):
        remedy = "see whether it runs Consul Democracy, and with kinds leave out what it does not have"
        return SourceRefused(f"{url}: does not take the question: {said}", remedy)
    return SourceUnavailable(f"{url}: answers with an error: {said}", "it is tried again by itself")
