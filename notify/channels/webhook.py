"""As signed JSON to a web address: what a message says, for programs.

``Corrillo-Signature: t=<seconds since 1970>,v1=<hex>`` is the HMAC-SHA-256 of ``t``, a full stop and the body, with the
subscriber's own secret; ``Idempotency-Key`` is the same when it is repeated. Redirects are not followed: they
would carry it to somebody whom nobody named. The address may hold a token and is in no error.
"""

from __future__ import annotations

import hmac
import json
import socket
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import httpcore
import httpx

from corrillo import __version__
from corrillo.links import Links
from corrillo.notices import Way
from corrillo.notifying import NotifySettings
from corrillo.ports import Clock
from ingest.dialing import is_public
from ingest.pacing import wait_named
from notify.ports import Message, NotNow, Refused

LATER = (408, 421, 425, 429)
"""Codes below 500 with which a receiver says that it may work later."""
AGAIN = "it is tried again"


class NotPublic(OSError):
    """An address inside the house, where only public ones may be asked."""


class Webhook:
    """Posts documents. ``close`` ends its connections."""

    name = "webhook"

    def __init__(self, settings: NotifySettings, links: Links, clock: Clock) -> None:
        self._links, self._clock = links, clock
        transport = httpx.HTTPTransport(trust_env=False)
        if not settings.private_webhooks:
            transport._pool = httpcore.ConnectionPool(
                ssl_context=httpx.create_ssl_context(trust_env=False), network_backend=_PublicOnly()
            )
        self._client = httpx.Client(
            transport=transport,
            timeout=settings.timeout,
            headers={"User-Agent": f"Corrillo/{__version__}", "Content-Type": "application/json"},
        )

    def send(self, message: Message, way: Way, subscriber: str) -> str:
        """The receiver's status. Raises NotNow, Refused."""
        body = json.dumps(message.document, ensure_ascii=False).encode()
        signed = signature(body, self._links.secret_of(subscriber), int(self._clock().timestamp()))
        headers = {"Corrillo-Signature": signed, "Idempotency-Key": message.identity}
        try:
            with self._client.stream("POST", way.address, content=body, headers=headers) as response:
                return self._judged(response)
        except NotPublic:
            raise Refused("the webhook is inside the house", "allow it with private_webhooks in [notify]") from None
        except (httpx.UnsupportedProtocol, httpx.InvalidURL):
            raise Refused("the webhook has no address of the web", "write https://… for the subscriber") from None
        except httpx.HTTPError as error:
            raise NotNow(f"the webhook cannot be reached: {type(error).__name__}", AGAIN) from None

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def _judged(self, response: httpx.Response) -> str:
        code = response.status_code
        if 200 <= code < 300:
            return str(code)
        if code >= 500 or code in LATER:
            wait = wait_named(response.headers.get("retry-after", ""), self._clock())
            raise NotNow(f"the webhook answers {code}", AGAIN, None if wait is None else timedelta(seconds=wait))
        if response.is_redirect:
            raise Refused(f"the webhook redirects ({code})", "name the address at which it ends for the subscriber")
        raise Refused(f"the webhook answers {code}", "check its address, and whether it is still wanted there")


def signature(body: bytes, secret: str, at: int) -> str:
    """What stands in the header: when, and the proof."""
    return f"t={at},v1={hmac.digest(secret.encode(), f'{at}.'.encode() + body, 'sha256').hex()}"


class _PublicOnly(httpcore.SyncBackend):
    """Looks at the addresses of a name, and connects to the first of those that it has looked at."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"the name is not known: {type(error).__name__}") from None
        if not all(map(is_public, found)):
            raise NotPublic(host)
        return super().connect_tcp(found[0], port, timeout, local_address, socket_options)
