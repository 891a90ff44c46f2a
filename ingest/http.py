"""The polite client that every source fetches with: one place for limits and manners.

Times out, follows at most five redirects and none from a public to a private address, reads at
most ``max_bytes`` decoded bytes, and says who it is. Status codes become errors: 429 and 5xx are
SourceUnavailable (with ``Retry-After`` in seconds), other 4xx SourceRefused.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import httpx
from httpx_sse import ServerSentEvent, aconnect_sse

from corrillo import __version__
from corrillo.errors import SourceRefused, SourceUnavailable
from corrillo.ports import Clock

MAX_REDIRECTS = 5
MAX_WAIT = 3600.0
"""Seconds: the longest ``Retry-After`` that is believed."""


@dataclass(frozen=True)
class Answer:
    """What came back: status 200 or 304, headers (lower-case names), the decoded body, the last url."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


class PoliteClient:
    """HTTP for sources. ``timeout`` in seconds holds for each read and, tenfold, for the whole answer."""

    def __init__(self, clock: Clock, *, contact: str = "", timeout: float = 20.0, max_bytes: int = 20_000_000) -> None:
        self._clock = clock
        self._timeout = timeout
        self._max_bytes = max_bytes
        agent = f"Corrillo/{__version__} (social listening for public administrations"
        self._client = httpx.AsyncClient(
            timeout=timeout, headers={"User-Agent": f"{agent}; {contact})" if contact else f"{agent})"}
        )

    async def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, params: Mapping[str, str] | None = None
    ) -> Answer:
        """The answer to GET. Raises SourceUnavailable or SourceRefused, naming url and remedy."""
        try:
            full = str(httpx.URL(url, params={**httpx.URL(url).params, **params})) if params else url
            async with asyncio.timeout(self._timeout * 10):
                return await self._followed(full, dict(headers or {}))
        except (httpx.TimeoutException, TimeoutError):
            raise SourceUnavailable(
                f"{url}: no answer within {self._timeout:g} s", "it is tried again by itself"
            ) from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError) as error:
            raise SourceRefused(
                f"{url}: is not a web address: {error}", "write one that begins with https://"
            ) from None
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise SourceUnavailable(
                f"{url}: cannot be reached: {reason}", "check the address and the network"
            ) from None

    async def _followed(self, url: str, headers: dict[str, str]) -> Answer:
        private = await _is_private(url)
        for _ in range(MAX_REDIRECTS + 1):
            async with self._client.stream("GET", url, headers=headers) as response:
                if response.is_redirect and "location" in response.headers:
                    origin, url = url, urljoin(url, response.headers["location"])
                    headers = _without_secrets(headers, origin, url)
                else:
                    return await self._read(url, response)
            target = urlsplit(url)
            if target.scheme not in ("http", "https") or target.port == 0:  # a port that cannot be is a ValueError
                raise SourceRefused(f"{origin}: redirects to {url[:80]}", "use the address of the feed itself")
            if not private and await _is_private(url):
                raise SourceRefused(
                    f"{origin}: redirects to the private address {url}", "use the address of the feed itself"
                )
        raise SourceRefused(
            f"{url}: more than {MAX_REDIRECTS} redirects", "open it in a browser and use the final address"
        )

    async def _read(self, url: str, response: httpx.Response) -> Answer:
        self._check(url, response)
        body = bytearray()
        async for chunk in response.aiter_bytes(65_536):
            body += chunk
            if len(body) > self._max_bytes:
                raise SourceRefused(
                    f"{url}: answers more than {self._max_bytes} bytes", "raise fetch.max_bytes if that is right"
                )
        return Answer(response.status_code, dict(response.headers), bytes(body), url)

    def _check(self, url: str, response: httpx.Response) -> None:
        status = response.status_code
        if status in (200, 304):
            return
        wait = self._retry_after(response.headers.get("retry-after", ""))
        if status == 429:
            raise SourceUnavailable(f"{url}: asks us to slow down (429)", "it is tried again after the wait", wait)
        if status >= 500 or status in (408, 425):
            raise SourceUnavailable(f"{url}: answers {status}", "it is tried again by itself", wait)
        remedy = {
            401: "check the access token", 403: "check the token and what it may read",
            404: "check the address", 410: "it is gone for good: remove the source",
        }.get(status, "check the address")  # fmt: skip
        raise SourceRefused(f"{url}: answers {status}", remedy)

    def _retry_after(self, value: str) -> float | None:
        """Seconds from seconds or a date; None for nonsense."""
        if value.strip().isdecimal():
            return min(float(value), MAX_WAIT)
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, TypeError):
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return min(max((moment - self._clock()).total_seconds(), 0.0), MAX_WAIT)

    @asynccontextmanager
    async def events(
        self, url: str, *, headers: Mapping[str, str], params: Mapping[str, str], silence: float
    ) -> AsyncIterator[AsyncIterator[ServerSentEvent]]:
        """A stream of server-sent events; over ``silence`` seconds without a byte it counts as broken."""
        try:
            limit = httpx.Timeout(self._timeout, read=silence)
            async with aconnect_sse(
                self._client, "GET", url, headers=dict(headers), params=dict(params), timeout=limit
            ) as connection:
                self._check(url, connection.response)
                yield connection.aiter_sse()
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise SourceUnavailable(f"{url}: the stream broke off: {reason}", "it is opened again by itself") from None

    async def close(self) -> None:
        """Drop all connections."""
        await self._client.aclose()


def _without_secrets(headers: dict[str, str], origin: str, target: str) -> dict[str, str]:
    """A token goes to the host that it was meant for, encrypted if it was, and nowhere else."""
    here, there = urlsplit(origin), urlsplit(target)
    if here.netloc == there.netloc and there.scheme in (here.scheme, "https"):
        return headers
    return {k: v for k, v in headers.items() if k.lower() != "authorization"}


async def _is_private(url: str) -> bool:
    """Whether the host of ``url`` is, or resolves to, an address that is not public.

    Raises ValueError for a url whose host or port cannot be.
    """
    parts = urlsplit(url)
    host, _ = parts.hostname or "", parts.port
    try:
        found = [ipaddress.ip_address(host)]
    except ValueError:
        try:
            loop = asyncio.get_running_loop()
            found = [ipaddress.ip_address(i[4][0]) for i in await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
        except (OSError, UnicodeError):
            return False
    return any(not a.is_global for a in found)
