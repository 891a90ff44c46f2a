"""The documented endpoints of Mastodon's API that a listener needs, and paging through them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any
from urllib.parse import quote

from corrillo.errors import SourceUnavailable
from ingest.api import decoded
from ingest.http import PoliteClient, ServerSentEvent
from ingest.mastodon_statuses import Status, order

PAGE = 40
"""Statuses a page: the most that the API gives."""

Ask = Callable[..., Awaitable[list[Status]]]
"""Asks for a page; ``max_id`` and the like say which."""


class Api:
    """One instance, asked with its ``token`` ('' for none). Raises SourceUnavailable, SourceRefused, NotThere."""

    def __init__(self, base: str, token: str, http: PoliteClient) -> None:
        self._base = base
        self._token = token
        self._http = http

    async def timeline(self, tag: str, **where: str) -> list[Status]:
        """A page of a hashtag's timeline, newest first."""
        return await self._page(f"timelines/tag/{quote(tag, safe='')}", where)

    async def status(self, status: str) -> Status:
        """One status."""
        return await self._object(f"statuses/{quote(status, safe='')}", "id")

    async def context(self, status: str) -> tuple[list[Status], list[Status]]:
        """What a status answers, from the top, and all answers to it, at any depth.

        Without a token at most 40 and 60, twenty deep.
        """
        found = await self._object(f"statuses/{quote(status, safe='')}/context", "ancestors", "descendants")
        return found["ancestors"], found["descendants"]

    async def account(self, acct: str) -> Status:
        """The account of that name, if the instance knows it."""
        return await self._object("accounts/lookup", "id", acct=acct)

    async def said_by(self, account: str, **where: str) -> list[Status]:
        """A page of what an account has said itself, newest first."""
        return await self._page(f"accounts/{quote(account, safe='')}/statuses", {"exclude_reblogs": "true"} | where)

    def events(self, tag: str, silence: float) -> AbstractAsyncContextManager[AsyncIterator[ServerSentEvent]]:
        """The stream of a hashtag."""
        url = f"{self._base}/api/v1/streaming/hashtag"
        return self._http.events(url, headers=self._authorization(), params={"tag": tag}, silence=silence)

    async def _page(self, path: str, where: dict[str, str]) -> list[Status]:
        found = await self._get(path, {"limit": str(PAGE)} | where)
        if not isinstance(found, list) or not all(isinstance(s, dict) and "id" in s for s in found):
            raise self._odd(path)
        return found

    async def _object(self, path: str, *keys: str, **params: str) -> Status:
        found = await self._get(path, params)
        if not isinstance(found, dict) or any(k not in found for k in keys):
            raise self._odd(path)
        return found

    async def _get(self, path: str, params: dict[str, str]) -> Any:
        url = f"{self._base}/api/v1/{path}"
        answer = await self._http.get(url, params=params, headers=self._authorization())
        return decoded(answer, "a Mastodon instance")

    def _odd(self, path: str) -> SourceUnavailable:
        return SourceUnavailable(
            f"{self._base}/api/v1/{path}: does not answer with statuses",
            "check that the instance speaks Mastodon's API",
        )

    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}


async def paged_back(ask: Ask, before: str = "") -> AsyncGenerator[list[Status], None]:
    """Page after page from the newest, or from ``before`` an id, until there is none or nothing new in one."""
    seen: set[str] = set()
    while page := [s for s in await ask(**({"max_id": before} if before else {})) if str(s["id"]) not in seen]:
        yield page
        seen |= {str(s["id"]) for s in page}
        before = min((str(s["id"]) for s in page), key=order)


async def paged_on(ask: Ask, after: str) -> AsyncGenerator[list[Status], None]:
    """Page after page of what came after an id, each oldest first, until there is none or nothing new in one."""
    while page := await ask(min_id=after):
        yield page[::-1]
        newest = max((str(s["id"]) for s in page), key=order)
        if order(newest) <= order(after):
            return
        after = newest
