"""Streams that never end: their size is limited event by event."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import cast

import httpx

from corrillo.errors import SourceRefused


def limited(url: str, response: httpx.Response, most: int) -> None:
    """From now on no event of this stream may be longer than ``most`` bytes: the next one raises SourceRefused.

    We ask for streams that are not compressed, so what is counted is what is kept. Raises
    SourceRefused for one that is compressed all the same.
    """
    _not_packed(url, response)
    response.stream = _Limited(url, cast(httpx.AsyncByteStream, response.stream), most)


async def lines_of(url: str, response: httpx.Response, most: int) -> AsyncIterator[list[str]]:
    """Lines as they arrive, split by newlines alone: JSON may hold other characters that Python takes for a line's end.

    Raises SourceRefused for a line of more than ``most`` bytes, and for a stream that is compressed.
    """
    _not_packed(url, response)
    rest = b""
    async for chunk in response.aiter_bytes():
        *whole, rest = (rest + chunk).split(b"\n")
        if len(rest) > most:
            raise SourceRefused(
                f"{url}: sends a line of more than {most} bytes", "raise fetch.max_bytes if that is right"
            )
        if whole:
            yield [line.rstrip(b"\r").decode("utf-8", "replace") for line in whole]


def _not_packed(url: str, response: httpx.Response) -> None:
    packed = response.headers.get("content-encoding", "identity")
    if packed != "identity":
        raise SourceRefused(f"{url}: streams in {packed}, which we did not ask for", "tell its operator")


class _Limited(httpx.AsyncByteStream):
    """The bytes of a stream, as long as a blank line comes in time."""

    def __init__(self, url: str, stream: httpx.AsyncByteStream, most: int) -> None:
        self._url = url
        self._stream = stream
        self._most = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pending = 0
        tail = b""
        async for chunk in self._stream:
            seen = (tail + chunk).replace(b"\r", b"")
            begins, ends = seen.find(b"\n\n"), seen.rfind(b"\n\n")
            whole = pending + (len(chunk) if begins < 0 else begins)
            pending = whole if ends < 0 else len(seen) - ends
            if max(whole, pending) > self._most:
                raise SourceRefused(
                    f"{self._url}: sends an event of more than {self._most} bytes",
                    "raise fetch.max_bytes if that is right",
                )
            tail = seen[-1:]
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()
