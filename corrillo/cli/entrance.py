"""Who may come in to the page that a command serves: whoever sits at the machine, people, a proxy; never just anybody."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from corrillo.ops.serving import address
from corrillo.people import hash_of, new_token
from corrillo.settings import PageSettings
from dashboards.page.people.door import Entrance
from dashboards.page.people.login import token_address


@dataclass(frozen=True)
class Doorway:
    """How people come in, and the address to say: with a token where one was made for this start."""

    entrance: Entrance
    address: str


def doorway(page: PageSettings, bound: socket.socket) -> Doorway:
    """As it is configured. Where nobody is, and others than this machine reach the page, a token is made."""
    secure = urlsplit(page.public_url).scheme == "https"
    if page.people or page.proxy_header or _is_loopback(bound):
        entrance = Entrance(page.people, page.proxy_header, page.trusted_proxies, page.proxy_role, "", secure)
        return Doorway(entrance, address(bound))
    token = new_token()
    reached = page.public_url or address(bound)
    return Doorway(Entrance(start=hash_of(token), secure=secure), token_address(reached, token))


def _is_loopback(bound: socket.socket) -> bool:
    return ipaddress.ip_address(str(bound.getsockname()[0])).is_loopback
