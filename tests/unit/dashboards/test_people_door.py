"""Who comes in: by a token, a cookie, a trusted proxy; and who does not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from starlette.datastructures import Headers

from corrillo.people import Person, hash_of
from dashboards.page.people.door import Door, Entrance, trusted, written_name
from dashboards.page.people.sessions import LASTS, Sessions
from dashboards.page.people.tries import FORGOTTEN, FREE, LONGEST_WAIT, Tries
from dashboards.page.people.visitor import ANYBODY, Visitor

MARTA = Person(name="Marta", role="team", token_hash=hash_of("m"))
PROXY = Entrance((MARTA,), "X-User", ("10.0.0.0/8", "::1"), "viewer")
SESSIONS = Sessions(b"k" * 32)


def asked(entrance: Entrance, now: Any, peer: str = "10.1.2.3", cookie: str = "", **headers: str) -> Visitor | None:
    """Who that is."""
    raw = [(name.replace("_", "-").lower().encode(), value.encode("utf-8")) for name, value in headers.items()]
    return Door(entrance, SESSIONS, lambda: now).who(peer, Headers(raw=raw), {"corrillo": cookie} if cookie else {})


def cookie(now: Any, person: Person = MARTA, sessions: Sessions = SESSIONS) -> str:
    """What somebody has in the browser after logging in."""
    return sessions.begin(person.name, person.token_hash, now)


def test_where_nobody_is_configured_whoever_comes_may_do_everything_under_no_name(now: Any) -> None:
    assert asked(Entrance(), now) == ANYBODY
    assert Entrance().open
    for shut in (Entrance((MARTA,)), Entrance(proxy_header="X-User", trusted_proxies=("::1",)), Entrance(start="a")):
        assert not shut.open
        assert asked(shut, now) is None


def test_a_cookie_is_good_for_twelve_hours_and_only_as_we_wrote_it(now: Any) -> None:
    ours = cookie(now)
    known = Visitor("Marta", "team", "token")
    assert asked(Entrance((MARTA,)), now, cookie=ours) == known
    assert asked(Entrance((MARTA,)), now + LASTS - timedelta(seconds=2), cookie=ours) == known
    assert asked(Entrance((MARTA,)), now + LASTS, cookie=ours) is None
    name, ends, signature = ours.split(".")
    later = f"{name}.{int(ends) + 9}.{signature}"
    admin = f"{cookie(now, Person(name='Nuria', role='admin', token_hash='b' * 64)).split('.')[0]}.{ends}.{signature}"
    for forged in (later, admin, ours[:-1], ours + "x", "", "..", "a.b.c", "ñ.1.x", f"{name}.{ends}.", "." * 5000):
        assert asked(Entrance((MARTA,)), now, cookie=forged) is None
    assert asked(Entrance((MARTA,)), now, cookie=cookie(now, sessions=Sessions(b"x" * 32))) is None


def test_who_gets_another_token_or_is_taken_out_is_logged_out_and_a_role_holds_at_once(now: Any) -> None:
    ours = cookie(now)
    assert asked(Entrance((MARTA.model_copy(update={"token_hash": "c" * 64}),)), now, cookie=ours) is None
    assert asked(Entrance((Person(name="Nuria", token_hash="c" * 64),)), now, cookie=ours) is None
    assert asked(Entrance((MARTA.model_copy(update={"role": "viewer"}),)), now, cookie=ours) == Visitor("Marta", "viewer", "token")  # fmt: skip


def test_a_program_shows_its_token_each_time(now: Any) -> None:
    assert asked(Entrance((MARTA,)), now, authorization="Bearer m") == Visitor("Marta", "team", "token")
    for wrong in ("Bearer x", "Bearer ", "m", "Basic m", f"Bearer {MARTA.token_hash}"):
        assert asked(Entrance((MARTA,)), now, authorization=wrong) is None


def test_a_trusted_proxy_says_who_it_is_and_the_configuration_what_they_may(now: Any) -> None:
    """Also with accents, as proxies write them; who stands in no [[page.person]] has the proxy's role."""
    assert asked(PROXY, now, x_user="Marta") == Visitor("Marta", "team", "proxy")
    assert asked(PROXY, now, x_user="Íñigo Peña") == Visitor("Íñigo Peña", "viewer", "proxy")
    assert asked(PROXY, now, peer="::1", x_user="Marta") == Visitor("Marta", "team", "proxy")
    assert asked(PROXY, now, peer="::ffff:10.1.2.3", x_user="Marta") == Visitor("Marta", "team", "proxy")


@pytest.mark.parametrize("peer", ["192.168.1.5", "127.0.0.1", "11.0.0.1", "testclient", "", "10.1.2.3, 8.8.8.8"])
def test_the_same_header_from_anywhere_else_is_nothing(now: Any, peer: str) -> None:
    """Also with another header that says where it came from."""
    assert asked(PROXY, now, peer=peer, x_user="Marta", x_forwarded_for="10.1.2.3") is None
    assert asked(PROXY, now, peer=peer, cookie=cookie(now), x_user="Nuria") == Visitor("Marta", "team", "token")
    assert not trusted(peer, PROXY.trusted_proxies)


def test_a_proxy_that_names_nobody_or_two_lets_nobody_in(now: Any) -> None:
    door = Door(PROXY, SESSIONS, lambda: now)
    twice = Headers(raw=[(b"x-user", b"Marta"), (b"x-user", b"Nuria")])
    assert door.who("10.1.2.3", twice, {}) is None
    assert [asked(PROXY, now, x_user=name) for name in ("", "  ", "x" * 81)] == [None] * 3
    assert [written_name(h) for h in ("Peña", "Pe\xc3\xb1a", "a\x00b")] == ["Peña", "Peña", ""]


def test_wrong_tokens_make_an_address_wait_longer_and_longer_and_are_forgotten(now: Any) -> None:
    """Others do not wait for it; who is right after all begins anew."""
    tries = Tries()
    for n in range(FREE):
        assert tries.wait("a", now) == timedelta()
        assert tries.failed("a", now) == n + 1
    waits = []
    for _ in range(12):
        waits.append(tries.wait("a", now))
        tries.failed("a", now)
    assert waits == sorted(waits)
    assert (waits[0], waits[-1], tries.wait("b", now)) == (timedelta(seconds=1), LONGEST_WAIT, timedelta())
    assert tries.wait("a", now + LONGEST_WAIT) == timedelta()
    assert tries.wait("a", now + FORGOTTEN + LONGEST_WAIT) == timedelta()
    assert tries.failed("a", now + 2 * FORGOTTEN) == 1
    tries.failed("c", now)
    tries.forget("c")
    assert tries.failed("c", now) == 1


def test_addresses_that_are_remembered_are_few(now: Any) -> None:
    """Who comes from everywhere fills no memory."""
    tries = Tries()
    for n in range(10_050):
        tries.failed(str(n), now)
    assert (tries.failed("10049", now), tries.failed("0", now)) == (2, 1)
