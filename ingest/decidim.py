"""Decidim: proposals, debates and meetings of a participation platform, with all their comments.

Documented endpoint: GraphQL at ``<url>/api``, public, a hundred requests a minute. Read from
Decidim's public sources (0.24 and later): components hold connections of posts in the order of
their ids, 50 a page at most; comments come as a nested list, three levels of answers deep, and with no
filter by time. So a light index of every page (id, change, number of comments) is read each time,
and only pages whose index has changed are read whole. What is hidden from the public is left out
by the platform, with an error beside it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field

from corrillo.errors import ParseError, SourceError, SourceRefused, SourceUnavailable
from corrillo.model import Author, Batch, Cursor, Deletion, Engagement, Items, Post, Rejected, Venue
from corrillo.registry import Access, SourceConfig, SourceContext
from corrillo.text import clean
from ingest.api import MISTAKES, Pages, count, decoded, moment, objects, taken, told, within
from ingest.html import to_text

PACE = 0.7
"""Seconds between requests: a hundred a minute are documented."""
PAGE, TOGETHER = 25, 10
"""Posts a page, and posts that are looked up in one question."""
MOST = 500
"""Items a batch."""
LEVELS = 4
"""Comments and three levels of answers: Decidim allows no more."""
PATHS = {"participatoryProcesses": "processes", "assemblies": "assemblies", "conferences": "conferences"}
_TEXT = "{ translations { locale text } }"
_AUTHOR = "author { __typename name nickname deleted }"
_COMMON = f"id title {_TEXT} createdAt updatedAt totalCommentsCount {_AUTHOR}"
FIELDS = {
    "Proposals": f"{_COMMON} body {_TEXT} publishedAt official voteCount",
    "Debates": f"{_COMMON} description {_TEXT}",
    "Meetings": f"{_COMMON} description {_TEXT}",
}
_INDEX = "id updatedAt totalCommentsCount"
_HIDDEN = re.compile(r"permission|not found|unauthori[sz]ed|not authori[sz]ed", re.I)
_MISFIT = re.compile(r"doesn't exist|doesn't accept|argument|complexity|depth|selections|no such type", re.I)
_TAG = re.compile(r"gid://[^\s/]+/Decidim::Hashtag/\d+/_?(\w+)")

Raw = dict[str, Any]
"""A post or comment as the API gives it (``node``), and where it stands (``at``)."""


class DecidimConfig(SourceConfig):
    """A platform by its address; ``spaces`` are slugs to keep to (none: all), ``locale`` is the language preferred.

    ``backlog``: days that are read the first time. ``ended``: days after its end for which a
    process is still read. ``interval`` in seconds.
    """

    url: Annotated[str, Field(pattern=r"^https?://[^\s?#]+$")]
    where: tuple[Literal["participatoryProcesses", "assemblies", "conferences"], ...] = (
        "participatoryProcesses",
        "assemblies",
    )
    spaces: tuple[str, ...] = ()
    kinds: tuple[Literal["Proposals", "Debates", "Meetings"], ...] = ("Proposals", "Debates", "Meetings")
    locale: str = ""
    interval: Annotated[float, Field(gt=0)] = 900.0
    backlog: Annotated[float, Field(ge=0)] = 30.0
    ended: Annotated[float, Field(ge=0)] = 90.0


@dataclass(frozen=True)
class Place:
    """A component of a participatory space: where posts stand."""

    component: str
    kind: str
    path: str
    title: str

    @property
    def many(self) -> str:
        """The connection, which is also the word in addresses: proposals."""
        return self.kind.lower()


class Decidim:
    """The posts and comments of one platform as a source."""

    Config: ClassVar[type[SourceConfig]] = DecidimConfig
    example: ClassVar[Mapping[str, str]] = {
        "en": """\
# Proposals, debates, meetings and comments of a Decidim platform. Is it your own? Write a
# platform = [{ host = "…" }] for the institution, and all of it is on page; what the organization
# itself publishes is an account with network "decidim" and the platform's host as its handle.
# [[source]]
# kind = "decidim"
# name = "our-decidim"
# url = "https://participa.example.es"
# where = ["participatoryProcesses", "assemblies"]   # and "conferences", where there are any
# spaces = []                  # slugs; none: all
# locale = "es"                # which translation is read, where there are several
# interval = 900               # seconds
# backlog = 30                 # days, the first time
# ended = 90                   # days for which an ended process is still read
""",
        "es": """\
# Propuestas, debates, encuentros y comentarios de una plataforma Decidim. ¿Es la propia? Con
# platform = [{ host = "…" }] en la institución, todo lo de ella es página propia; lo que publica la
# organización es una cuenta de la red "decidim" cuyo nombre es el dominio de la plataforma.
# [[source]]
# kind = "decidim"
# name = "nuestro-decidim"
# url = "https://participa.example.es"
# where = ["participatoryProcesses", "assemblies"]   # y "conferences", donde las haya
# spaces = []                  # identificadores (slugs); ninguno: todos
# locale = "es"                # qué traducción se lee, si hay varias
# interval = 900               # segundos
# backlog = 30                 # días, la primera vez
# ended = 90                   # días durante los que se sigue leyendo un proceso acabado
""",
    }
    access: ClassVar[Mapping[str, Access]] = {
        "en": Access(
            needs="Nothing, unless the platform closes its API: then its administrators must open it to you.",
            costs="Nothing; a hundred requests a minute, one for every 25 posts of the platform each time.",
            hears="Public proposals, debates and meetings of processes and assemblies, with all comments and their answers, votes, and what is deleted; any time back.",
            misses="Initiatives, budgets, surveys and blogs; what is private or awaits moderation; platforms older than Decidim 0.24. An edited comment is noticed when it is looked up again; a process that is withdrawn whole is not noticed.",
        ),
        "es": Access(
            needs="Nada, salvo que la plataforma cierre su API: entonces deben abrirla quienes la administran.",
            costs="Nada; cien peticiones por minuto, una por cada 25 publicaciones de la plataforma en cada lectura.",
            hears="Propuestas, debates y encuentros públicos de procesos y asambleas, con todos los comentarios y sus respuestas, los votos y lo que se borra; de cualquier fecha.",
            misses="Iniciativas, presupuestos, encuestas y blogs; lo privado o pendiente de moderación; plataformas anteriores a Decidim 0.24. Un comentario editado se nota cuando se vuelve a consultar; un proceso retirado entero no se nota.",
        ),
    }
    network = "decidim"

    def __init__(self, config: DecidimConfig, context: SourceContext) -> None:
        self.name, self.interval = config.name, config.interval
        self._config, self._context = config, context
        self._base = config.url.rstrip("/").removesuffix("/api")
        self._api = f"{self._base}/api"
        self._host = urlsplit(self._base).netloc
        self._seen: dict[str, Place] = {}
        context.http.pace(self._api, PACE)

    async def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """Every page whose index has changed since ``cursor``."""
        begin = self._context.clock() - timedelta(days=self._config.backlog)
        state: dict[str, Any] = json.loads(cursor.state) if cursor else {"from": begin.isoformat(), "pages": {}}
        since = moment(state["from"])
        places = await self._places()
        state["pages"] = {p.component: state["pages"].get(p.component, []) for p in places}
        for place in places:
            marks = state["pages"][place.component]
            async for number, mark, after in self._changed(place, marks):
                found, whole = await self._page(place, after, since)
                for some in _cut(found):
                    yield self._batch(some, state)
                marks[number : number + 1] = [mark if whole else ""]
        yield self._batch(Items(), state)

    async def _changed(self, place: Place, marks: list[str]) -> AsyncIterator[tuple[int, str, str]]:
        """Pages whose index is another than its mark: number, new mark, and the cursor before them."""
        number, after, once = 0, "", Pages(self._api)
        while True:
            nodes, following, _ = await self._connection(place, _INDEX, after)
            mark = hashlib.blake2s(json.dumps(nodes, sort_keys=True).encode(), digest_size=4).hexdigest()
            if nodes and marks[number : number + 1] != [mark]:
                yield number, mark, after
            number += 1
            if not following:
                del marks[number:]
                return
            after = once(following)

    async def _page(self, place: Place, after: str, since: datetime) -> tuple[Items, bool]:
        """The posts of a page that are, or were answered, after ``since``; and whether all of it could be read."""
        nodes, _, errors = await self._connection(place, f"{FIELDS[place.kind]} {_comments()}", after)
        items: list[Post | Deletion] = []
        rejected = [Rejected(raw=json.dumps(e), reason=told([e]), origin=self._origin(place)) for e in errors]
        for node in nodes:
            found = self._taken(place, self._flat(place, node))
            rejected += found.rejected
            if any(isinstance(i, Post) and i.published >= since for i in found.items):
                items += found.items
        return Items(items=tuple(items), rejected=tuple(rejected)), not errors

    def _batch(self, found: Items, state: Mapping[str, Any]) -> Batch:
        cursor = Cursor(source=self.name, state=json.dumps(state))
        return Batch(cursor=cursor, items=found.items, rejected=found.rejected, reread=True)

    async def backfill(self, since: datetime, until: datetime) -> AsyncIterator[Items]:
        """What was said in that time; reads the whole platform, as it has no filter for comments."""
        for place in await self._places(ended=True):
            after, once = "", Pages(self._api)
            while True:
                nodes, following, errors = await self._connection(place, f"{FIELDS[place.kind]} {_comments()}", after)
                if errors:
                    raise _failed(self._api, errors)
                found = self._taken(place, (r for n in nodes for r in self._flat(place, n)))
                yield within(found, since, until)
                if not following:
                    break
                after = once(following)

    async def recheck(self, refs: Sequence[str]) -> Items:
        """The posts and comments of ``refs`` as they are now; gone is what its component no longer shows."""
        found, asked = await self._looked_up(refs)
        raws = [(p, r) for p, group in found for r in group if r["at"]["ref"] in asked]
        gone = sorted(asked - {r["at"]["ref"] for _, r in raws})
        parts = [self._taken(place, [raw]) for place, raw in raws]
        return Items(
            items=(*(i for p in parts for i in p.items), *map(self._gone, gone)),
            rejected=tuple(r for p in parts for r in p.rejected),
        )

    async def thread(self, ref: str) -> Items:
        """The post or comment of ``ref`` and everything under it."""
        found, asked = await self._looked_up([ref])
        for place, group in found:
            below = _below(group, ref)
            if below:
                return self._taken(place, below)
        return Items(items=tuple(map(self._gone, asked)))

    def _gone(self, ref: str) -> Deletion:
        return Deletion(network=self.network, ref=ref, at=self._context.clock())

    async def _looked_up(self, refs: Sequence[str]) -> tuple[list[tuple[Place, list[Raw]]], set[str]]:
        """The posts that ``refs`` are of or under, flat; and which refs could be asked for."""
        if not {self._parts(ref)[0] for ref in refs} - {""} <= self._seen.keys():
            await self._places()
        wanted: dict[Place, set[str]] = {}
        asked: set[str] = set()
        for ref in refs:
            component, post = self._parts(ref)
            if component in self._seen:
                wanted.setdefault(self._seen[component], set()).add(post)
                asked.add(ref)
        found: list[tuple[Place, list[Raw]]] = []
        for place, posts in wanted.items():
            each = sorted(posts)
            for start in range(0, len(each), TOGETHER):
                nodes = await self._singly(place, each[start : start + TOGETHER])
                found += [(place, self._flat(place, node)) for node in nodes]
        return found, asked

    async def _singly(self, place: Place, posts: Sequence[str]) -> list[dict[str, Any]]:
        one = place.many.removesuffix("s")
        fields = f"{FIELDS[place.kind]} {_comments()}"
        each = " ".join(f'p{post}: {one}(id: "{post}") {{ {fields} }}' for post in posts)
        found, errors = await self._component(place, each, "")
        if errors or not found:
            raise _failed(self._api, errors)
        return [node for node in (found.get(f"p{post}") for post in posts) if isinstance(node, dict)]

    async def _places(self, *, ended: bool = False) -> list[Place]:
        """The components that are read; with ``ended`` those of processes that are over, too. All are kept in mind."""
        found: list[tuple[Place, bool]] = []
        for where in self._config.where:
            end = "endDate" if where == "participatoryProcesses" else ""
            asked = f"{{ {where} {{ slug title {_TEXT} {end} components {{ id __typename }} }} }}"
            answer, errors = await self._asked(asked)
            if errors:
                raise _failed(self._api, errors)
            for space in objects(answer, where, url=self._api):
                if not self._config.spaces or space.get("slug") in self._config.spaces:
                    found += ((p, self._goes_on(space)) for p in self._components(PATHS[where], space))
        self._seen = {place.component: place for place, _ in found}
        return [place for place, goes_on in found if goes_on or ended]

    def _goes_on(self, space: Mapping[str, Any]) -> bool:
        """Whether a space has not ended, or not long ago."""
        end = str(space.get("endDate") or "")
        last = self._context.clock() - timedelta(days=self._config.ended)
        return not end or end[:10] >= f"{last:%Y-%m-%d}"

    def _components(self, path: str, space: Mapping[str, Any]) -> Iterator[Place]:
        title = self._translated(space.get("title"))[0] or self._host
        for component in _objects(space.get("components")):
            kind, number = component.get("__typename"), str(component.get("id"))
            if kind in self._config.kinds and number.isdecimal():
                yield Place(component=number, kind=str(kind), path=f"{path}/{space.get('slug')}", title=title)

    async def _connection(self, place: Place, fields: str, after: str) -> tuple[list[Raw], str, list[Any]]:
        """The posts of a page, the cursor of the next one ('' at the end), and what was said beside it."""
        order = ', order: { id: "ASC" }' if place.kind == "Proposals" else ""
        asked = (
            f"{place.many}(first: {PAGE}, after: $after{order})"
            f" {{ pageInfo {{ hasNextPage endCursor }} edges {{ node {{ {fields} }} }} }}"
        )
        found, errors = await self._component(place, asked, after)
        if found is None:
            return [], "", errors
        edges = objects(found, place.many, "edges", url=self._api)
        info = found[place.many].get("pageInfo") or {}
        following = str(info.get("endCursor") or "") if info.get("hasNextPage") else ""
        return _objects([e.get("node") for e in edges]), following, errors

    async def _component(self, place: Place, asked: str, after: str) -> tuple[Raw | None, list[Any]]:
        """What a component answers; None where the public does not see it any more. Raises where it fails."""
        variables = "$component: ID!, $after: String" if after or "$after" in asked else "$component: ID!"
        question = f"query({variables}) {{ component(id: $component) {{ ... on {place.kind} {{ {asked} }} }} }}"
        answer, errors = await self._asked(question, component=place.component, after=after or None)
        found = answer.get("component")
        if not isinstance(found, dict) and errors:
            raise _failed(self._api, errors)
        return found if isinstance(found, dict) else None, errors

    async def _asked(self, question: str, **variables: str | None) -> tuple[Mapping[str, Any], list[Any]]:
        """What the platform answers, and what went wrong with some of it; what is only hidden is not wrong."""
        given = {"query": question, "variables": variables}
        answer = decoded(await self._context.http.post(self._api, json=given), "a Decidim platform")
        found = answer if isinstance(answer, Mapping) else {}
        said = found.get("errors")
        errors = [e for e in said if not _HIDDEN.search(told([e]))] if isinstance(said, list) else []
        if not isinstance(found.get("data"), Mapping):
            raise _failed(self._api, said if isinstance(said, list) else [])
        return found["data"], errors

    def _origin(self, place: Place) -> str:
        return f"{self._base}/{place.path}/f/{place.component}"

    def _taken(self, place: Place, raws: Iterable[Raw]) -> Items:
        return taken(self.parse, raws, self._origin(place))

    def _flat(self, place: Place, node: Raw) -> list[Raw]:
        """A post and its comments, each after what it answers, with where it stands beside it."""
        own = f"{self._host}/{place.many}/{node.get('id')}"
        ref = f"{self._host}/{place.component}/{place.many}/{node.get('id')}"
        at = {"kind": place.kind, "url": f"{self._origin(place)}/{place.many}/{node.get('id')}", "venue": place.title}
        top = at | {"ref": ref, "native": own, "thread": "", "answers": "", "author": ""}
        found: list[Raw] = [{"node": _alone(node), "at": top}]
        whom = self._author(node, place.kind)
        waiting = [(c, own, whom) for c in reversed(_objects(node.get("comments")))]
        while waiting:
            comment, answered, whom = waiting.pop()
            native = f"{self._host}/comments/{comment.get('id')}"
            names = {"kind": "Comments", "ref": f"{ref}/comments/{comment.get('id')}", "native": native}
            under = at | names | {"thread": own, "answers": answered, "author": whom.handle if whom else ""}
            found.append({"node": _alone(comment), "at": under})
            waiting += [(c, native, _person(comment)) for c in reversed(_objects(comment.get("comments")))]
        return found

    def _parts(self, ref: str) -> tuple[str, str]:
        """Component and post of a ref of this platform, '' for another."""
        match = re.fullmatch(rf"{re.escape(self._host)}/(\d+)/[a-z]+/(\d+)(?:/comments/\d+)?", ref)
        return (match[1], match[2]) if match else ("", "")

    def parse(self, raw: str) -> Sequence[Post]:
        """One post or comment, with where it stands."""
        try:
            read = json.loads(raw)
            node, at = read["node"], read["at"]
            return [self._comment(node, at) if at["kind"] == "Comments" else self._post(node, at)]
        except MISTAKES as error:
            raise ParseError(f"not a post of Decidim: {type(error).__name__} {error}") from None

    async def close(self) -> None:
        """Nothing to close: the client is the house's."""

    def _post(self, node: Raw, at: Raw) -> Post:
        title, locale = self._translated(node["title"])
        text, spoken = self._translated(node.get("body") or node.get("description"))
        published = moment(node.get("publishedAt") or node["createdAt"])
        changed = moment(node.get("updatedAt") or node["createdAt"])
        return Post(
            **self._common(node, at),
            author=self._author(node, at["kind"]),
            published=published,
            revised=changed if changed > published else None,
            title=to_text(title),
            text=to_text(_TAG.sub(r"#\1", text)),
            language=(spoken or locale)[:2].lower() or "und",
            engagement=Engagement(likes=count(node.get("voteCount")), answers=count(node.get("totalCommentsCount"))),
            url=at["url"],
        )

    def _comment(self, node: Raw, at: Raw) -> Post:
        number = int(node["id"])
        return Post(
            **self._common(node, at),
            author=_person(node),
            published=moment(node["createdAt"]),
            text=to_text(node.get("formattedBody") or node["body"]),
            answers=at["answers"],
            answers_author=at["author"],
            thread=at["thread"],
            engagement=Engagement(likes=count(node.get("upVotes"))),
            url=f"{at['url']}?commentId={number}#comment_{number}",
        )

    def _common(self, node: Raw, at: Raw) -> dict[str, Any]:
        if not str(node["id"]).isdecimal():
            raise ValueError("its id is no number")
        named = all(
            isinstance(at.get(part, ""), str) for part in ("ref", "native", "url", "thread", "answers", "author")
        )
        if not (named and at["ref"] and at["native"] and at["url"].startswith(("https://", "http://"))):
            raise TypeError("where it stands is not said in words")
        venue = Venue(name=clean(at["venue"]) or self._host, kind="participation")
        names = {"native_id": at["native"], "ref": at["ref"]}
        return {"network": self.network, "source": self.name, "venue": venue} | names

    def _author(self, node: Raw, kind: str) -> Author | None:
        """Who wrote a post; the organization itself where nobody else did, by the platform's host."""
        official = bool(node.get("official")) or (kind != "Proposals" and node.get("author") is None)
        return Author(handle=self._host, kind="administration") if official else _person(node)

    def _translated(self, field: Any) -> tuple[str, str]:
        """The text in the language preferred, else in the first one that has any; and which that is."""
        found = {t["locale"]: t["text"] for t in (field or {}).get("translations") or [] if t.get("text")}
        locale = self._config.locale if self._config.locale in found else next(iter(found), "")
        return str(found.get(locale, "")), str(locale)


def _person(node: Raw) -> Author | None:
    """Who wrote it, where the account is still there."""
    author = node.get("author")
    if not isinstance(author, Mapping) or author.get("deleted") or not author.get("nickname"):
        return None
    group = author.get("__typename") == "UserGroup"
    handle = str(author["nickname"]).lstrip("@")
    return Author(handle=handle, name=clean(str(author.get("name") or "")), kind="association" if group else "unknown")


def _comments(levels: int = LEVELS) -> str:
    below = _comments(levels - 1) if levels > 1 else ""
    return f"comments {{ id body formattedBody createdAt upVotes {_AUTHOR} {below} }}"


def _objects(listed: Any) -> list[Raw]:
    """What of a list can be read: the platform puts null where it hides something."""
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _alone(node: Raw) -> Raw:
    return {k: v for k, v in node.items() if k != "comments"}


def _below(group: Sequence[Raw], ref: str) -> list[Raw]:
    """Of a post and its comments, that of ``ref`` and everything under it."""
    natives: set[str] = set()
    found: list[Raw] = []
    for raw in group:
        if raw["at"]["ref"] == ref or raw["at"]["answers"] in natives:
            natives.add(raw["at"]["native"])
            found.append(raw)
    return found


def _cut(found: Items) -> Iterator[Items]:
    """In batches that are not too large; all that was rejected comes with the first."""
    for start in range(0, max(len(found.items), 1), MOST):
        yield Items(items=found.items[start : start + MOST], rejected=() if start else found.rejected)


def _failed(url: str, errors: Sequence[Any]) -> SourceError:
    """What a GraphQL error means: a question that this platform does not take, or trouble that passes."""
    said = told(errors) or "no answer to the question"
    if _MISFIT.search(said):
        remedy = "its Decidim is older than 0.24, or lacks a module: change where or kinds, or ask who runs it"
        return SourceRefused(f"{url}: does not take the question: {said}", remedy)
    return SourceUnavailable(f"{url}: answers with an error: {said}", "it is tried again by itself")
