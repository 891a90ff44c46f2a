"""The situation room and who is told, as they are used: it lives while somebody writes in it; a form makes a subscriber."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from corrillo.bootstrap import open_links
from corrillo.links import Grant, about_way
from corrillo.settings import load
from dashboards.page.room.desk import EVERY
from tests.browser.conftest import Served, Visit, Visiting, follow
from tests.browser.test_people import logged_in
from tests.browser.test_views import looked_at


def room(served: Served, visit: Visiting, language: str = "es") -> Visit:
    """The room of an incident, reached as people reach it."""
    visited = visit().go(f"{served.open}/crisis?lang={language}")
    follow(visited.page.locator(".over-list a").first)
    follow(visited.page.locator(".rooms a").first)
    assert re.search("/incident/.+/room", visited.page.url)
    return visited


def note(page: Page, who: str, text: str) -> None:
    """Write a note, as somebody in the room does."""
    form = page.locator("section[aria-labelledby=notes] form")
    form.locator("[name=who]").fill(who)
    form.locator("[name=note]").fill(text)
    follow(form.locator("button"))


def test_the_room_and_the_report_are_whole_and_accessible(served: Served, visit: Visiting) -> None:
    """axe finds nothing, nothing is wider than the window, the browser complains of nothing."""
    visited = room(served, visit)
    assert looked_at(visited) == []
    assert visited.page.locator("h1").count() == 1
    follow(visited.page.get_by_role("link", name="Informe", exact=True).first)
    assert looked_at(visited) == []
    assert visited.said == []
    assert [a for a in visited.asked if not a.startswith((served.open, "data:"))] == []


def test_what_happens_elsewhere_comes_into_the_room_and_what_is_written_stays(served: Served, visit: Visiting) -> None:
    visited = visit()
    visited.page.clock.install()
    visited.go(f"{served.open}/crisis")
    follow(visited.page.locator(".over-list a").first)
    follow(visited.page.locator(".rooms a").first)
    writing = visited.page.locator("section[aria-labelledby=notes] [name=note]")
    writing.fill("half a sent")
    note(visit().go(visited.page.url).page, "Marta", "La brigada ha llegado <script>document.title='taken'</script>")
    visited.page.clock.fast_forward(EVERY + 1000)
    expect(visited.page.locator(".notes")).to_contain_text("La brigada ha llegado", timeout=60_000)
    assert writing.input_value() == "half a sent"
    assert visited.page.title() != "taken"
    assert visited.said == []


def test_a_room_that_cannot_refresh_says_so(served: Served, visit: Visiting) -> None:
    """Twice in a row: one answer that is lost is nothing to talk about."""
    visited = visit()
    page = visited.page
    page.clock.install()
    visited.go(f"{served.open}/crisis")
    follow(page.locator(".over-list a").first)
    follow(page.locator(".rooms a").first)
    page.route("**/room*", lambda route: route.abort())
    trouble = page.locator(".room-trouble")
    for _ in range(3):
        with page.expect_event("requestfailed"):
            page.clock.fast_forward(EVERY + 1000)
    expect(trouble).to_contain_text("No se puede actualizar", timeout=60_000)
    page.unroute("**/room*")
    page.clock.fast_forward(EVERY + 1000)
    expect(trouble).to_be_hidden(timeout=60_000)


def test_an_admin_adds_somebody_who_confirms_on_a_phone(served: Served, visit: Visiting) -> None:
    """The form, the list and the page behind a link are accessible; the team sees the list and changes nothing."""
    visited = logged_in(served, visit, "admin", "/subscribers/new")
    page = visited.page
    assert looked_at(visited) == []
    page.get_by_label("Nombre o cargo").fill("Guardia <b>de noche</b>")
    page.get_by_label("Dirección 1").fill("guardia@benialba.example")
    page.get_by_label("Horas tranquilas").fill("22:00-08:00; sáb,dom 00:00-24:00")
    follow(page.get_by_role("button", name="Añadir y pedir confirmación"))
    assert "No ha confirmado ninguna dirección" in page.locator("main").inner_text()
    assert page.get_by_label("Horas tranquilas").input_value() == "22:00-08:00; sáb,dom 00:00-24:00"
    identity = re.findall(r"/subscribers/([^?]+)", page.url)[0]
    grant = Grant("confirm", identity, about_way(0, "guardia@benialba.example"))
    link = f"{served.open}/do/{open_links(load(served.config)).token(grant, datetime.now(UTC))}"
    phone = visit(viewport={"width": 390, "height": 800}, java_script_enabled=False).go(link)
    phone.page.get_by_role("button", name="Confirmar la dirección").click()
    expect(phone.page.get_by_role("status")).to_contain_text("Confirmado")
    on_the_link = visit().go(link)
    assert looked_at(on_the_link) == []
    team = logged_in(served, visit, "team", "/subscribers")
    assert "Guardia <b>de noche</b>" in team.page.locator(".subscribers").inner_text()
    assert "No ha confirmado" not in team.page.locator(".subscribers").inner_text()
    assert team.page.locator("main form, main .add").count() == 0
    assert looked_at(team) == []
    assert [v.said for v in (visited, on_the_link, team)] == [[], [], []]
