"""A fake internet: names and public addresses that lead to servers on loopback. It is a fake; nothing leaves this machine.

    internet = FakeInternet({"diari.example": ["93.184.216.34"]}, {"93.184.216.34": server.port})
    PoliteClient(clock, resolve=internet.resolve, network=internet)
    internet.dialed                                   # every address that somebody connected to

A name may have several answers, a list each: the first is given first, the last for ever (rebinding).
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import httpcore

from ingest.dialing import NoSuchName

Answers = Sequence[str] | Sequence[Sequence[str]]


class FakeInternet(httpcore.AsyncNetworkBackend):
    """Resolves ``names``; connects to ``servers``, the port on loopback of each address."""

    def __init__(self, names: Mapping[str, Answers], servers: Mapping[str, int]) -> None:
        self._names = {name: self._listed(answers) for name, answers in names.items()}
        self._servers = servers
        self._wires = httpcore.AnyIOBackend()
        self.dialed: list[str] = []
        self.asked: list[str] = []

    @staticmethod
    def _listed(answers: Answers) -> list[Sequence[str]]:
        return [answers] if isinstance(answers[0], str) else list(answers)  # type: ignore[list-item]

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        """What ``names`` say; an address that is written out, in any way, is itself."""
        self.asked.append(host)
        if host in self._names:
            answers = self._names[host]
            return answers.pop(0) if len(answers) > 1 else answers[0]
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        except OSError:
            raise NoSuchName(f"the name {host} is not known: it is not in this fake internet") from None
        return [str(one[4][0]) for one in found]

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the server that stands for that address."""
        self.dialed.append(host)
        if host not in self._servers:
            raise httpcore.ConnectError(f"nobody is at {host}")
        stream = await self._wires.connect_tcp("127.0.0.1", self._servers[host], timeout)
        return _Seeming(stream, host, port)


class _Seeming(httpcore.AsyncNetworkStream):
    """A connection that says of its peer what it would be in the real internet."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, host: str, port: int) -> None:
        self._stream, self._peer = stream, (host, port)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(self, *given: Any, **named: Any) -> httpcore.AsyncNetworkStream:
        return _Seeming(await self._stream.start_tls(*given, **named), *self._peer)

    def get_extra_info(self, info: str) -> Any:
        return self._peer if info == "server_addr" else self._stream.get_extra_info(info)
