"""Serving HTTP inside a process that does something else: sockets, names, signals."""

from __future__ import annotations

import asyncio
import ipaddress
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from corrillo.errors import ConfigError

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def bind(host: str, port: int, remedy: str = "choose another port with --port (make demo PORT=…)") -> socket.socket:
    """A listening socket; port 0 is any. Raises ConfigError when the port is taken or not allowed."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(128)
    except OSError as error:
        bound.close()
        raise ConfigError(f"{host}:{port}: {error.strerror}", remedy) from None
    return bound


def address(bound: socket.socket) -> str:
    """The address as people type it."""
    host, port = bound.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def names(bound: socket.socket, known: Sequence[str] = (), public: str = "") -> Sequence[str]:
    """The host names to answer to, against foreign names that somebody points here (DNS rebinding).

    On loopback its own, the ``known`` ones and the ``public`` one, under which a proxy shows it.
    Elsewhere whatever is asked for, unless some are ``known``: then as on loopback.
    """
    host = str(bound.getsockname()[0])
    if not known and not ipaddress.ip_address(host).is_loopback:
        return ["*"]
    return [*LOOPBACK, f"[{host}]" if ":" in host else host, *known, *([public] if public else [])]


class InnerServer(uvicorn.Server):
    """Leaves signals alone: uvicorn would raise SIGTERM again when it has stopped, and nothing would be closed."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def server(application: Starlette) -> uvicorn.Server:
    """A server for the running loop, quiet and quick to stop."""
    return InnerServer(
        uvicorn.Config(
            application,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=3,
            server_header=False,
            proxy_headers=False,  # an address is whom we talk to, not what somebody writes into a header
            lifespan="off",
        )
    )


@contextmanager
def told_to_end(end: Callable[[], object]) -> Iterator[None]:
    """SIGINT and SIGTERM call ``end``, so that what is open is closed before the process leaves."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
