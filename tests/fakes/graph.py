"""A fake of Meta's Graph API on loopback, as documented: it is a fake, and knows only what a test puts into it.

    graph = FakeGraph("v25.0")
    graph.objects["1"] = {"id": "1", "name": "…"}
    graph.edges["1/feed"] = [{…}, …]              # or a function of the request that gives such a list
    graph.unnamed.add("1/tags")                   # an edge that names no next page, and always the same cursor
    graph.refuse("1/feed", error(190))            # an error document, with the status that Meta gives it

Objects come with the fields that were asked for, and no other; pages have cursors; a wrong token is code 190.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.fakes.web import Asked, FakeWeb, Said

TOKEN = "EAAB-a-token-that-only-tests-use"
Edge = list[dict[str, Any]] | Callable[[Asked], list[dict[str, Any]]]


def error(
    code: int,
    subcode: int | None = None,
    *,
    message: str = "No",
    status: int = 400,
    headers: Mapping[str, str] | None = None,
) -> Said:
    """An error document."""
    said = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
    return Said({"error": said | ({"error_subcode": subcode} if subcode else {})}, status, headers or {})


class FakeGraph(FakeWeb):
    """The fake server; ``asked`` has every request, those inside a batch too."""

    def __init__(self, version: str) -> None:
        super().__init__({f"GET /{version}/*": self._get, f"POST /{version}": self._batch})
        self._root = f"/{version}/"
        self.objects: dict[str, dict[str, Any]] = {}
        self.edges: dict[str, Edge] = {}
        self.unnamed: set[str] = set()
        self.refused: dict[str, Said] = {}
        self._given: dict[str, int] = {}

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    def refuse(self, path: str, said: Said) -> None:
        """From now on this path answers so."""
        self.refused[path] = said

    def _get(self, asked: Asked) -> Any:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return error(190, message=f"Malformed access token {asked.headers.get('authorization', '')[7:]}")
        return self._told(asked)

    def _told(self, asked: Asked) -> Any:
        path = asked.path.removeprefix(self._root)
        if path in self.refused:
            return self.refused[path]
        fields = _names(asked.params.get("fields", "id"))
        if path in self.edges:
            edge = self.edges[path]
            return self._page(path, edge(asked) if callable(edge) else edge, fields, asked)
        if path in self.objects:
            return _chosen(self.objects[path], fields)
        return error(100, 33, message=f"Object with ID '{path}' does not exist")

    def _page(self, path: str, whole: list[dict[str, Any]], fields: set[str], asked: Asked) -> Any:
        size, after = int(asked.params.get("limit", "25")), asked.params.get("after", "")
        if path in self.unnamed:
            begin = self._given.get(path, 0) if after else 0
            self._given[path] = begin + size
            paging: dict[str, Any] = {"cursors": {"after": "always-the-same"}}
        else:
            begin = int(after[1:]) if after else 0
            paging = {"cursors": {"before": f"c{begin}", "after": f"c{begin + size}"}}
            if begin + size < len(whole):
                paging |= {"next": f"{self.base}{asked.path}?after=c{begin + size}"}
        found = [_chosen(one, fields) for one in whole[begin : begin + size]]
        return {"data": found} | ({"paging": paging} if found else {})

    def _batch(self, asked: Asked) -> Any:
        if asked.form.get("access_token") != TOKEN:
            return error(190)
        parts = []
        for wanted in json.loads(asked.form["batch"]):
            url = urlsplit(wanted["relative_url"])
            inner = Asked("GET", self._root + url.path, dict(parse_qsl(url.query)), asked.headers, b"")
            self.asked.append(inner)
            found = self._told(inner)
            said = found if isinstance(found, Said) else Said(found)
            parts.append({"code": said.status, "body": json.dumps(said.body)})
        return parts


def _names(fields: str) -> set[str]:
    """Names of the outermost fields: ``a,b{c,d},e.limit(0)`` is a, b, e."""
    flat = fields
    while "{" in flat:
        flat = re.sub(r"\{[^{}]*\}", "", flat)
    return {"id"} | {name.partition(".")[0] for name in flat.split(",")}


def _chosen(one: dict[str, Any], fields: set[str]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name in fields}
