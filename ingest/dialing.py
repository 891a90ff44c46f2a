"""Connections: a name is resolved once, its addresses are looked at, and one of these is connected to.

So a name that means another address a moment later (DNS rebinding) leads nowhere else. Through a
proxy it is the proxy that resolves: then only addresses that are written out can be looked at.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import httpcore
import httpx

PUBLIC_ONLY = "corrillo.public_only"
"""Extension of a request: whatever it resolves to, nothing inside the house is asked."""
INSIDE = "corrillo.inside"
"""Extension of a response: whether it came from an address that is not public."""
TRIED = 4
"""Addresses of one name that are tried, each with its share of the time."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class NoSuchName(Exception):
    """The name of a host is not known, or the DNS does not answer."""


class NotPublic(Exception):
    """An address inside the house, where only public ones may be asked."""


async def resolved(host: str, port: int) -> Sequence[str]:
    """The addresses of a host, best first. Raises NoSuchName."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it cannot be a name"
        raise NoSuchName(f"the name {host} is not known: {reason}") from None
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def is_public(address: str) -> bool:
    """Whether an address is one of the internet, also as IPv6 wraps it."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if inner is None and found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None and not inner.is_global:
            return False
    return found.is_global and not found.is_multicast


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class Dialer(httpcore.AsyncNetworkBackend):
    """Connects to the addresses that it has looked at. Raises NoSuchName, NotPublic."""

    def __init__(self, public_only: bool, resolve: Resolve, network: httpcore.AsyncNetworkBackend) -> None:
        self._public_only = public_only
        self._resolve = resolve
        self._network = network

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection; certificate and ``Host`` stay those of the name."""
        async with asyncio.timeout(timeout):
            addresses = (await self._resolve(host, port))[:TRIED]
        if self._public_only and not all(map(is_public, addresses)):
            raise NotPublic(host)
        share = timeout and timeout / len(addresses)
        for address in addresses[:-1]:
            try:
                return await self._network.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._network.connect_tcp(addresses[-1], port, share, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        """As every backend does."""
        await self._network.sleep(seconds)


class _Direct(httpx.AsyncHTTPTransport):
    """httpx's own transport over a dialer of ours; httpx has no other place for one."""

    def __init__(self, dialer: Dialer, context: ssl.SSLContext) -> None:
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(ssl_context=context, max_connections=None, network_backend=dialer)


class Lines(httpx.AsyncBaseTransport):
    """The ways out: to any address, to public ones alone, and through a proxy (not for the hosts ``past_proxy``).

    Names in ``past_proxy`` stand for themselves and all below them; this machine is always among them.
    """

    def __init__(
        self,
        context: ssl.SSLContext,
        *,
        proxy: str = "",
        past_proxy: Sequence[str] = (),
        resolve: Resolve = resolved,
        network: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        wires = network or httpcore.AnyIOBackend()
        self._anywhere = _Direct(Dialer(False, resolve, wires), context)
        self._public = _Direct(Dialer(True, resolve, wires), context)
        self._proxied = httpx.AsyncHTTPTransport(verify=context, trust_env=False, proxy=proxy) if proxy else None
        self._past = tuple(name.lower().strip(".") for name in ("localhost", *past_proxy))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, and in its extensions whether it came from inside."""
        public_only = bool(request.extensions.get(PUBLIC_ONLY))
        if self._proxied is not None and not self._goes_past(request.url.host):
            inside = _is_written_inside(request.url.host)
            if public_only and inside:
                raise NotPublic(request.url.host)
            response = await self._proxied.handle_async_request(request)
        else:
            response = await (self._public if public_only else self._anywhere).handle_async_request(request)
            peer = response.extensions["network_stream"].get_extra_info("server_addr")
            inside = bool(peer) and not is_public(str(peer[0]))
        response.extensions[INSIDE] = inside
        return response

    def _goes_past(self, host: str) -> bool:
        named = host.lower().rstrip(".")
        return _is_loopback(named) or any(named == name or named.endswith(f".{name}") for name in self._past)

    async def aclose(self) -> None:
        """Drop all connections."""
        for line in (self._anywhere, self._public, self._proxied):
            if line is not None:
                await line.aclose()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_written_inside(host: str) -> bool:
    """Whether a host is an address, written out in any way, that is not public."""
    try:
        return not is_public(socket.inet_ntoa(socket.inet_aton(host)) if ":" not in host else host)
    except (OSError, ValueError):
        return False
