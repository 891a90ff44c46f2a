"""The door: who may come in, by a token that they have shown, or by the word of a proxy that is trusted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network

from starlette.datastructures import Headers

from corrillo.people import LONGEST_NAME, Person, Role, holder
from corrillo.text import clean
from dashboards.page.people.sessions import COOKIE, Sessions
from dashboards.page.people.visitor import ANYBODY, Visitor

BEARER = "bearer "


@dataclass(frozen=True)
class Entrance:
    """How people come in, as it is configured. ``start``: hash of the token that was made at the start, '' where none was."""

    people: tuple[Person, ...] = ()
    proxy_header: str = ""
    trusted_proxies: tuple[str, ...] = ()
    proxy_role: Role = "viewer"
    start: str = ""
    secure: bool = False
    """Whether people reach the page over https: then a cookie goes over nothing else."""

    @property
    def open(self) -> bool:
        """Whether nobody is asked who they are."""
        return not (self.people or self.proxy_header or self.start)

    @property
    def holders(self) -> tuple[Person, ...]:
        """Who can log in with a token."""
        started = (Person.model_construct(name="", role="admin", token_hash=self.start),) if self.start else ()
        return (*self.people, *started)


@dataclass(frozen=True)
class Door:
    """Tells who somebody is."""

    entrance: Entrance
    sessions: Sessions
    clock: Callable[[], datetime]

    def who(self, peer: str, headers: Headers, cookies: Mapping[str, str]) -> Visitor | None:
        """Who asks from the address ``peer``; None where that is not known.

        The proxy's word counts before a cookie: who is somebody else there is somebody else here.
        """
        if self.entrance.open:
            return ANYBODY
        return self._by_proxy(peer, headers) or self._by_bearer(headers) or self._by_cookie(cookies.get(COOKIE, ""))

    def _by_proxy(self, peer: str, headers: Headers) -> Visitor | None:
        if not self.entrance.proxy_header or not trusted(peer, self.entrance.trusted_proxies):
            return None
        said = headers.getlist(self.entrance.proxy_header)
        name = written_name(said[0]) if len(said) == 1 else ""
        if not name:
            return None
        known = self._person(name)
        return Visitor(name, known.role if known else self.entrance.proxy_role, "proxy")

    def _by_bearer(self, headers: Headers) -> Visitor | None:
        """For programs: they show the token each time."""
        said = headers.get("authorization", "")
        person = holder(self.entrance.holders, said[len(BEARER) :].strip()) if said.lower().startswith(BEARER) else None
        return Visitor(person.name, person.role, "token") if person else None

    def _by_cookie(self, cookie: str) -> Visitor | None:
        name = self.sessions.read(cookie, self._hash, self.clock()) if cookie else None
        person = self._person(name) if name is not None else None
        return Visitor(person.name, person.role, "token") if person else None

    def _person(self, name: str) -> Person | None:
        return next((p for p in self.entrance.holders if p.name == name), None)

    def _hash(self, name: str) -> str:
        person = self._person(name)
        return person.token_hash if person else ""


def trusted(peer: str, networks: Sequence[str]) -> bool:
    """Whether an address is in one of these networks; what is no address is in none."""
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    plain = getattr(address, "ipv4_mapped", None) or address
    return any(plain in ip_network(n, strict=False) for n in networks)


def written_name(header: str) -> str:
    """The name in a header, '' where it is none: servers hand bytes on as Latin-1, proxies mean UTF-8."""
    with suppress(UnicodeError):
        header = header.encode("latin-1").decode("utf-8")
    name = header.strip()
    return name if name == clean(name) and len(name) <= LONGEST_NAME else ""
