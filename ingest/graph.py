"""Meta's Graph API, which Facebook, Instagram and Threads share: asking with a token, errors, pages, many at once.

Errors are documents ``{"error": {"message", "code", "error_subcode", …}}``, most with status 400;
an expired token and a full quota have the same status, so only the document tells them apart. Where
a refusal comes without one, everything is named that a person can look at.

Documented: Graph API → Handling Errors, Rate Limits, Paginated Results, Batch Requests.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import Field

from corrillo.errors import SourceError, SourceRefused, SourceUnavailable
from corrillo.registry import SourceContext
from ingest.api import MISTAKES, Pages, decoded, inner, objects
from ingest.http import Answer

EXPIRED = frozenset([102, 190, 463, 467])
"""Codes of a token that has expired, was revoked or never was one."""
TOO_MANY = frozenset([4, 17, 32, 341, 613])
"""Codes of a limit that was reached; codes from 80000 to 80014 are those of a business use case."""
FAULTS = frozenset([1, 2])
"""Codes of a fault on Meta's side."""
GONE = (100, 33)
"""Code and subcode of an object that is not there, or that the token must not see: the API tells no difference."""
WAIT, LONGEST_WAIT = 900.0, 3600.0
"""Seconds to wait at a limit for which no time is named, and the longest that is believed."""
MANY = 50
"""Objects that can be asked for in one batch."""


Base = Annotated[str, Field(pattern=r"^(https://|http://(127\.0\.0\.1|localhost)[:/])")]
"""An address to which a token may go: over a connection that nobody else reads."""


@dataclass(frozen=True)
class Token:
    """A key, what it must be allowed to do, and how a person renews it: the remedies name these."""

    key: str
    permissions: tuple[str, ...]
    renewal: str


class Graph:
    """One token at one of the Graph APIs; ``base`` is an address with the version."""

    def __init__(self, base: str, token: Token, context: SourceContext) -> None:
        self._base = base.rstrip("/")
        self._token = token
        self._context = context
        self._rests_until: datetime | None = None

    async def get(self, path: str, **params: str) -> dict[str, Any]:
        """The object at ``path``. Raises SourceRefused or SourceUnavailable with the remedy for its code."""
        url = f"{self._base}/{path}"
        headers = {"Authorization": f"Bearer {self._token.key}"}
        return self._object(await self._asked(self._context.http.get, url, headers=headers, params=params), url)

    async def pages(
        self, path: str, params: Mapping[str, str], *, to_the_end: bool = False
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """Pages of the edge at ``path``, by the cursor ``after``; none is empty.

        ``to_the_end``: for edges that never name a next page; they end with an empty one. The cursor may
        be the same on every page, so a page is known by what it holds: one that comes again is an error.
        """
        url, after, new = f"{self._base}/{path}", "", Pages(f"{self._base}/{path}")
        while True:
            document = await self.get(path, **params, **({"after": after} if after else {}))
            found = objects(document, "data", url=url)
            if not found:
                return
            new(json.dumps([one.get("id") for one in found]))
            yield found
            after = _after(document, to_the_end)
            if not after:
                return

    async def each(self, ids: Sequence[str], fields: str, witness: str) -> Mapping[str, dict[str, Any] | None]:
        """Every object of ``ids`` as it is now, None where it is gone; one that cannot be told is left out.

        ``witness`` is asked with them: when even that cannot be read, nothing can be said of the others.
        """
        found: dict[str, dict[str, Any] | None] = {}
        for begin in range(0, len(ids), MANY - 1):
            asked = [witness, *ids[begin : begin + MANY - 1]]
            parts = await self._batch([f"{one}?{urlencode({'fields': fields})}" for one in asked[1:]], witness)
            for one, part in zip(asked[1:], parts, strict=True):
                found |= {one: part} if part is None or part else {}
        return found

    async def _batch(self, paths: Sequence[str], witness: str) -> list[dict[str, Any] | None]:
        asked = [{"method": "GET", "relative_url": path} for path in (f"{witness}?fields=id", *paths)]
        form = {"batch": json.dumps(asked), "include_headers": "false", "access_token": self._token.key}
        answer = await self._asked(self._context.http.post, self._base, form=form)
        parts = decoded(answer, "Meta's Graph API")
        if isinstance(parts, Mapping):
            raise self._refusal(parts, self._base, answer.headers)
        if not isinstance(parts, list) or len(parts) != len(asked):
            raise SourceUnavailable(f"{self._base}: answers only a part of a batch", "it is tried again by itself")
        read = [_part(part) for part in parts]
        if "error" in read[0]:
            raise self._refusal(read[0], f"{self._base}/{witness}", answer.headers)
        return [_standing(one) for one in read[1:]]

    async def _asked(self, ask: Any, url: str, **how: Any) -> Answer:
        now = self._context.clock()
        if self._rests_until is not None and now < self._rests_until:
            left = (self._rests_until - now).total_seconds()
            raise SourceUnavailable(f"{url}: Meta's limit is reached", "it is tried again after the wait", left)
        try:
            answer: Answer = await ask(url, **how)
        except SourceError as error:
            raise self._told(error, url) from None
        wait = waiting(answer.headers)
        if wait is not None:
            self._rests_until = now + timedelta(seconds=wait)
        return answer

    def _object(self, answer: Answer, url: str) -> dict[str, Any]:
        document = decoded(answer, "Meta's Graph API")
        if not isinstance(document, dict):
            raise SourceUnavailable(f"{url}: does not answer with an object", "see whether the API has changed")
        if "error" in document:
            raise self._refusal(document, url, answer.headers)
        return document

    def _told(self, error: SourceError, url: str) -> SourceError:
        """What the answer's document says, or, where it is not known, what a person can look at."""
        try:
            document = json.loads(error.body)
        except (ValueError, RecursionError):
            document = None
        if isinstance(document, Mapping) and "error" in document:
            return self._refusal(document, url, error.headers)
        if isinstance(error, SourceRefused):
            return SourceRefused(error.message, f"{self._renew()}; it must have {self._permissions()}")
        return error

    def _refusal(self, document: Mapping[str, Any], url: str, headers: Mapping[str, str]) -> SourceError:
        error = inner(document, "error")
        code, said = _number(error.get("code")), str(error.get("message") or "no reason given")
        told = f"{url}: {said.replace(self._token.key, '…')[:300]} (code {code})"
        if code in TOO_MANY or 80_000 <= code <= 80_014:
            return SourceUnavailable(told, "it is tried again after the wait", waiting(headers) or WAIT)
        if code in FAULTS or error.get("is_transient") is True:
            return SourceUnavailable(told, "it is tried again by itself")
        if code in EXPIRED:
            return SourceRefused(told, self._renew())
        if code in (3, 10) or 200 <= code <= 299:
            return SourceRefused(told, f"the token lacks a permission: it must have {self._permissions()}")
        return SourceRefused(told, "check the ids in the source and the version of the API")

    def _renew(self) -> str:
        return f"the token has expired or is not valid: {self._token.renewal}"

    def _permissions(self) -> str:
        return ", ".join(self._token.permissions)


def waiting(headers: Mapping[str, str]) -> float | None:
    """Seconds that the usage headers tell us to wait, None where there is room left.

    ``X-Business-Use-Case-Usage`` names minutes; ``X-App-Usage`` and ``X-Page-Usage`` only percentages.
    """
    listed = _usage(headers, "x-business-use-case-usage").values()
    cases = [case for found in listed if isinstance(found, list) for case in found if isinstance(case, dict)]
    minutes = max((_number(case.get("estimated_time_to_regain_access")) for case in cases), default=0)
    if minutes > 0:
        return min(minutes * 60.0, LONGEST_WAIT)
    shares = [*cases, _usage(headers, "x-app-usage"), _usage(headers, "x-page-usage")]
    names = ("call_count", "total_time", "total_cputime")
    return WAIT if any(_number(share.get(name)) >= 100 for share in shares for name in names) else None


def identity(found: Mapping[str, Any]) -> str:
    """The id of an object: Meta's are plain text. Raises KeyError or ValueError for none."""
    named = found["id"]
    if not isinstance(named, str) or not named.isascii() or not named.isprintable() or not named:
        raise ValueError("an id that is no plain text")
    return named


def _usage(headers: Mapping[str, str], name: str) -> dict[str, Any]:
    try:
        found = json.loads(headers.get(name, "{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _after(document: Mapping[str, Any], to_the_end: bool) -> str:
    try:
        paging = document["paging"]
        return str(paging["cursors"]["after"]) if to_the_end or paging.get("next") else ""
    except MISTAKES:
        return ""


def _part(part: object) -> dict[str, Any]:
    """The document of one answer in a batch; {} for one that was not finished or is none."""
    try:
        found = json.loads(part["body"])  # type: ignore[index]
    except MISTAKES:
        return {}
    return found if isinstance(found, dict) else {}


def _standing(document: dict[str, Any]) -> dict[str, Any] | None:
    """The object; None when it is gone, {} when that cannot be told."""
    error = document.get("error")
    if error is None:
        return document
    gone = isinstance(error, Mapping) and (error.get("code"), error.get("error_subcode")) == GONE
    return None if gone else {}
