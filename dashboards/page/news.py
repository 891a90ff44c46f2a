"""What has been said since a page was drawn: asked now and then by its script, shown when the reader wants it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from corrillo.patience import patience
from corrillo.ports import Query, Reader
from dashboards.page.address import BadFilter, single
from dashboards.page.answers import Asking, answered
from dashboards.page.i18n import Texts

LOOKED = 100
"""The newest posts that are compared with what the page has."""
MOST_KNOWN = 30
"""Posts that a page names, its newest."""
PATIENCE = 2.0
"""Seconds that the store has for it: it is asked often, and can wait."""
_KNOWN = re.compile(r"[\w.:-]{1,200}(,[\w.:-]{1,200})*")


@dataclass(frozen=True)
class News:
    """How many posts stand before or between those that a page has. ``more``: there are further ones behind them."""

    count: int = 0
    more: bool = False


def news(reader: Reader, query: Query, known: Collection[str]) -> News:
    """What would be new in the list of ``query`` for somebody who sees those ids, the list's first ones."""
    found = reader.find(query, limit=LOOKED)
    ids = [m.id for m in found.mentions]
    reached = max((n for n, one in enumerate(ids) if one in known), default=-1)
    if reached < 0:
        return News(len(ids), bool(found.next_page))
    return News(sum(one not in known for one in ids[:reached]))


class NewsDesk:
    """Answers /news: JSON for the page's own script."""

    def __init__(self, ask: Asking) -> None:
        self._ask = ask

    def routes(self) -> list[Route]:
        """Where it is."""
        return [Route("/news", self.news)]

    def news(self, request: Request) -> Response:
        """How many are new and the words for it; 304 where that is what the script knows already."""
        return answered(request, lambda texts: self._news(request, texts))

    def _news(self, request: Request, texts: Texts) -> Response:
        known = _known(single(request.query_params.multi_items(), "have"))
        ask = self._ask(request, texts, "posts", ("have",))
        with patience(PATIENCE):
            body = _told(news(ask.store, ask.query, frozenset(known)), texts)
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Cookie, Accept-Language"}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="application/json", headers=headers)


def _told(found: News, texts: Texts) -> bytes:
    said = texts.count("live.more" if found.more else "live.new", found.count) if found.count else ""
    return json.dumps({"new": found.count, "said": said}, ensure_ascii=False).encode()


def _known(given: str) -> Sequence[str]:
    """The ids that a page names. Raises BadFilter for anything else."""
    if not given:
        return ()
    ids = given.split(",")
    if len(ids) > MOST_KNOWN or not _KNOWN.fullmatch(given):
        raise BadFilter("have", given[:40], "too_long" if len(ids) > MOST_KNOWN else "not_one_of", ["id,id,…"])
    return ids
