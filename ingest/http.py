"""The polite client that every source fetches with: one place for limits and manners.

Says who it is, keeps its pace and the waits that a host asks for (``pacing``), times out, reads at
most ``max_bytes`` decoded bytes, follows at most five redirects and none from a public to a private
address (``dialing``). 429, 5xx and what breaks on the way are SourceUnavailable, other 4xx and
certificates that are not valid SourceRefused (``faults``). Nothing of the process's environment
(proxies, netrc) is used but ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``.
"""

from __future__ import annotations

import asyncio
import random
import ssl
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import httpcore
import httpx
from httpx_sse import ServerSentEvent, aconnect_sse

from corrillo import __version__
from corrillo.errors import SourceError, SourceRefused, SourceUnavailable
from corrillo.ports import Clock
from ingest.answer import CONDITIONS, Answer, Validators
from ingest.dialing import INSIDE, PUBLIC_ONLY, Lines, Resolve, resolved
from ingest.faults import AGAIN, FOREIGN, ITSELF, explained, status_refused, stream_broke, unsendable
from ingest.pacing import Pacing, host_of, wait_named
from ingest.redirects import allowed, next_address
from ingest.streams import limited, lines_of

__all__ = ["Answer", "PoliteClient", "ServerSentEvent", "Validators"]

MAX_REDIRECTS = 5
MAX_EXPLANATION = 65_536
"""Bytes of an error's body that are kept: many APIs say only there what is wrong."""
ENCODINGS = ("", "identity", "gzip", "deflate")
"""What we ask for; a server that packs twice, or otherwise, could hide any size."""


class PoliteClient:
    """HTTP for sources. ``timeout`` in seconds holds for each read and, tenfold, for the whole answer.

    ``proxy`` (http or https, with its credentials) is used for all hosts but this machine and those
    ``past_proxy``; it is the proxy that resolves names then.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        contact: str = "",
        timeout: float = 20.0,
        max_bytes: int = 20_000_000,
        proxy: str = "",
        past_proxy: Sequence[str] = (),
        timer: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
        certificates: ssl.SSLContext | None = None,
        resolve: Resolve = resolved,
        network: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        self._clock = clock
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._pacing = Pacing(timer, chance)
        agent = f"Corrillo/{__version__} (social listening for public administrations"
        context = certificates or httpx.create_ssl_context()
        self._client = httpx.AsyncClient(
            timeout=timeout,
            trust_env=False,
            transport=Lines(context, proxy=proxy, past_proxy=past_proxy, resolve=resolve, network=network),
            headers={
                "User-Agent": f"{agent}; {contact})" if contact else f"{agent})",
                "Accept-Encoding": "gzip, deflate",
            },
        )

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        validators: Validators | None = None,
    ) -> Answer:
        """The answer to GET; 304 if nothing has changed since ``validators``.

        Raises SourceUnavailable or SourceRefused, naming url and remedy.
        """
        known = validators or Validators()
        asked = {**(headers or {}), **known.headers}
        answer = await self._followed(self._address(url, params), asked)
        if answer.status == 304 and not {name.lower() for name in asked} & CONDITIONS:
            raise SourceUnavailable(f"{url}: answers 304, but we hold nothing of it yet", AGAIN)
        return replace(answer, validators=known.after(answer))

    async def post(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        json: object = None,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer to POST of ``json`` or of a ``form``; redirects are refused. Raises as ``get`` does."""
        full = self._address(url, params)
        request = self._request("POST", full, headers=dict(headers or {}), json=json, data=form)
        async with self._sent(full, request) as response:
            if response.is_redirect:
                raise SourceRefused(f"{url}: redirects to another address", "use the address of the API itself")
            return await self._read(full, response)

    @asynccontextmanager
    async def events(
        self, url: str, *, headers: Mapping[str, str], params: Mapping[str, str], silence: float
    ) -> AsyncIterator[AsyncIterator[ServerSentEvent]]:
        """A stream of server-sent events, each of at most ``max_bytes``.

        Over ``silence`` seconds without a byte it counts as broken.
        """
        full = self._address(url, params)
        await self._turn(full)
        wait = httpx.Timeout(self._timeout, read=silence)
        plain = {**headers, "Accept-Encoding": "identity"}
        try:
            async with aconnect_sse(self._client, "GET", full, headers=plain, timeout=wait) as connection:
                self._check(url, connection.response)
                limited(url, connection.response, self._max_bytes)
                yield connection.aiter_sse()
        except FOREIGN as error:
            raise stream_broke(url, error, self._timeout) from None

    @asynccontextmanager
    async def lines(
        self, url: str, *, headers: Mapping[str, str], params: Mapping[str, str], silence: float
    ) -> AsyncIterator[AsyncIterator[list[str]]]:
        """A stream of lines, blank ones too, as many at a time as have arrived together.

        Over ``silence`` seconds without a byte it counts as broken.
        """
        full = self._address(url, params)
        await self._turn(full)
        wait = httpx.Timeout(self._timeout, read=silence)
        plain = {**headers, "Accept-Encoding": "identity"}
        try:
            async with self._client.stream("GET", full, headers=plain, timeout=wait) as response:
                await self._check_all(url, response)
                yield lines_of(url, response, self._max_bytes)
        except FOREIGN as error:
            raise stream_broke(url, error, self._timeout) from None

    def pace(self, url: str, every: float) -> None:
        """From now on at most one request every so many seconds to the host of ``url``."""
        self._pacing.keep(host_of(url), every)

    async def close(self) -> None:
        """Drop all connections."""
        await self._client.aclose()

    def _address(self, url: str, params: Mapping[str, str] | None) -> str:
        try:
            full = httpx.URL(url)
            host_of(url)
        except (httpx.InvalidURL, ValueError) as error:
            raise explained(url, error, self._timeout) from None
        return str(full.copy_merge_params(params)) if params else url

    def _request(self, method: str, url: str, **parts: Any) -> httpx.Request:
        try:
            return self._client.build_request(method, url, **parts)
        except UnicodeError:
            raise unsendable(url) from None

    async def _turn(self, url: str) -> None:
        """Wait until it is our turn at the host. Raises SourceUnavailable while it wants to be left alone."""
        host = host_of(url)
        left = self._pacing.held(host)
        if left:
            raise SourceUnavailable(f"{url}: its host asked us to wait; {left:.0f} s are left", AGAIN, left)
        await asyncio.sleep(self._pacing.turn(host))

    @asynccontextmanager
    async def _sent(self, url: str, request: httpx.Request) -> AsyncIterator[httpx.Response]:
        """The response, to be read; whatever goes wrong, reading included, becomes an error of ours."""
        await self._turn(url)
        try:
            async with asyncio.timeout(self._timeout * 10):
                response = await self._client.send(request, stream=True)
                try:
                    yield response
                finally:
                    await response.aclose()
        except httpx.InvalidURL as error:  # that of the request was well
            raise SourceRefused(f"{url}: redirects to no web address: {error}", ITSELF) from None
        except FOREIGN as error:
            raise explained(url, error, self._timeout) from None

    async def _followed(self, url: str, headers: dict[str, str]) -> Answer:
        """The answer at the end of all redirects; once a public server has sent us on, only public ones are asked."""
        public_only = False
        for _ in range(MAX_REDIRECTS + 1):
            request = self._request("GET", url, headers=headers, extensions={PUBLIC_ONLY: public_only})
            async with self._sent(url, request) as response:
                if not (response.is_redirect and "location" in response.headers):
                    return await self._read(url, response)
                public_only = public_only or not response.extensions.get(INSIDE, False)
                origin, url = url, next_address(url, response.headers["location"])
                headers = allowed(headers, origin, url)
        raise SourceRefused(
            f"{url}: more than {MAX_REDIRECTS} redirects", "open it in a browser and use the final address"
        )

    async def _read(self, url: str, response: httpx.Response) -> Answer:
        await self._check_all(url, response)
        if _packing(response) not in ENCODINGS:
            raise SourceRefused(
                f"{url}: answers in {_packing(response)}, which we did not ask for", "tell its operator"
            )
        body = bytearray()
        async for chunk in response.aiter_bytes(65_536):
            body += chunk
            if len(body) > self._max_bytes:
                raise SourceRefused(
                    f"{url}: answers more than {self._max_bytes} bytes", "raise fetch.max_bytes if that is right"
                )
        return Answer(response.status_code, dict(response.headers), bytes(body), url)

    async def _check_all(self, url: str, response: httpx.Response) -> None:
        """As ``_check``; the error holds what the answer says of it."""
        try:
            self._check(url, response)
        except SourceError as error:
            error.headers = dict(response.headers)
            if _packing(response) in ENCODINGS:
                error.body = await _beginning(response)
            raise

    def _check(self, url: str, response: httpx.Response) -> None:
        """Go on with 200, 201 and 304 alone, and remember how the host is doing."""
        status, host = response.status_code, host_of(url)
        if status in (200, 201, 304):
            self._pacing.went_well(host)
            return
        wait = wait_named(response.headers.get("retry-after", ""), self._clock())
        if status in (429, 503):
            wait = self._pacing.refused(host, wait)
        if status == 429:
            raise SourceUnavailable(f"{url}: asks us to slow down (429)", "it is tried again after the wait", wait)
        if status >= 500 or status in (408, 425):
            raise SourceUnavailable(f"{url}: answers {status}", AGAIN, wait)
        raise status_refused(url, status)


def _packing(response: httpx.Response) -> str:
    return str(response.headers.get("content-encoding", "")).strip().lower()


async def _beginning(response: httpx.Response) -> bytes:
    """As much of an error's body as comes: what it says is worth more than how it says it."""
    with suppress(*FOREIGN):
        async for chunk in response.aiter_bytes(MAX_EXPLANATION):
            return chunk
    return b""
