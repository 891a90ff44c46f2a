"""The accessibility statement says what is so, and whose it is."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from starlette.testclient import TestClient

from corrillo.people import Person, hash_of
from dashboards.page.app import create_app
from dashboards.page.people.door import Entrance
from dashboards.page.statement import Responsible


def told(store: Any, now: Any, town: Any, responsible: Responsible = Responsible(), address: str = "") -> str:
    """The statement, as HTML, for somebody who has not logged in."""
    people = Entrance((Person(name="Vera", token_hash=hash_of("v")),))
    app = create_app(store, [town], lambda: now, coverage=[], entrance=people, responsible=responsible)
    answer = TestClient(app).get(f"/accessibility?lang=es{address}")
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize(
    ("language", "title"), [("es", "Declaración de accesibilidad"), ("en", "Accessibility statement")]
)
def test_it_has_what_the_model_asks_for(client: Any, language: str, title: str) -> None:
    """Commitment, scope, status, what is not accessible, how it was prepared, contact and enforcement."""
    answer = client.get(f"/accessibility?lang={language}")
    assert f"<h1>{title}</h1>" in answer.text
    assert answer.text.count("<h2>") == 5
    for part in ("1112/2018", "301", "12.5", "390", "Chromium"):
        assert part in answer.text, part


def test_it_says_that_nobody_has_reviewed_it(store: Any, now: Any, town: Any) -> None:
    """Until the institution says when it has."""
    assert "todavía no ha revisado esta declaración" in told(store, now, town)
    reviewed = told(store, now, town, Responsible(reviewed=date(2026, 12, 1)))
    assert "todavía no" not in reviewed.replace("No hay todavía", "")
    assert "1 dic 2026" in reviewed


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("accesibilidad@benialba.example", "mailto:accesibilidad@benialba.example"),
        ("https://benialba.example/contacte", "https://benialba.example/contacte"),
        ("teléfono 965 000 000", ""),
        ("javascript:alert(1)@x", ""),
        ("a@b?cc=somebody@else", ""),
        ("", ""),
    ],
)
def test_a_contact_leads_where_it_can(contact: str, link: str) -> None:
    assert Responsible(contact).link == link


def test_without_a_contact_it_says_so(store: Any, now: Any, town: Any) -> None:
    assert "accessibility_contact" in told(store, now, town)
    assert 'href="mailto:a@b.example"' in told(store, now, town, Responsible("a@b.example"))


def test_every_page_leads_to_it(client: Any) -> None:
    """Views, and what says that something is wrong."""
    for address in ("/", "/where", "/crisis", "/sources", "/work", "/nowhere", "/?period=never"):
        assert 'href="/accessibility?' in client.get(address).text, address


def test_what_it_is_asked_is_read_strictly(client: Any) -> None:
    assert client.get("/accessibility?institution=nowhere").status_code == 400
    assert client.get("/accessibility?that=this").status_code == 400
