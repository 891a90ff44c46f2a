"""A post that would like to be a script stays what it is: text."""

from __future__ import annotations

import csv
import io
from zipfile import ZipFile

import pytest

from dashboards.page.render import NAVIGATION
from tests.browser.conftest import HOSTILE, Served, Visiting, follow

FOREIGN = "document.querySelectorAll('main script, main img:not([src^=\"/\"]), [onerror], a[href^=javascript]').length"


@pytest.mark.parametrize("view", [*NAVIGATION, "report", "posts?q=biblioteca", "waits?network=x&q=biblioteca"])
def test_nothing_of_it_runs_anywhere(served: Served, visit: Visiting, view: str) -> None:
    """No element comes of it, no script runs, no address of its own is asked; and the policy had nothing to stop."""
    visited = visit().go(f"{served.open}/{view}")
    assert visited.page.evaluate(FOREIGN) == 0
    assert visited.page.title() != "taken"
    assert visited.said == []
    assert not [address for address in visited.asked if address.endswith("/x")]


def test_it_can_be_read_as_it_was_written(served: Served, visit: Visiting) -> None:
    """All that somebody wrote is shown, letter by letter; the author is a pseudonym, and the address no link."""
    page = visit().go(f"{served.open}/posts?q=biblioteca&network=x").page
    card = page.locator("article.card", has_text="onerror").first
    shown = card.inner_text()
    for part in (HOSTILE["title"], "<img src=x onerror=document.title='taken'>", HOSTILE["venue"]):
        assert part in shown, part
    assert HOSTILE["author"] not in shown.replace(HOSTILE["title"], "", 1) or "autor ~" in shown
    assert card.locator("a.original").count() == 0


def test_a_note_about_it_is_text_as_well(served: Served, visit: Visiting) -> None:
    """What somebody of the team writes is escaped like anything else."""
    page = visit().go(f"{served.open}/posts?q=biblioteca&network=x").page
    card = page.locator("article.card", has_text="onerror").first
    card.locator("details.working summary").click()
    card.get_by_label("Su nombre").fill("<b>Marta</b>")
    card.get_by_label("Nota (visible").fill(HOSTILE["title"])
    follow(card.locator("button[value=note]"))
    for address in ("/posts?q=biblioteca&network=x", "/work"):
        visited = visit().go(f"{served.open}{address}")
        assert HOSTILE["title"] in visited.page.locator("main").inner_text()
        assert visited.page.locator("main b").count() == 0
        assert visited.page.title() != "taken"
        assert visited.said == []


def test_in_a_table_it_is_no_formula(served: Served, visit: Visiting) -> None:
    """A cell of the export does not begin as spreadsheets' commands do; the text is whole."""
    answer = visit().page.request.get(f"{served.open}/export.csv.zip?q=biblioteca&network=x")
    packed = ZipFile(io.BytesIO(answer.body()))
    (name,) = (n for n in packed.namelist() if n.endswith(".csv"))
    rows = list(csv.DictReader(io.StringIO(packed.read(name).decode("utf-8-sig"))))
    (row,) = (r for r in rows if "onerror" in r["text"])
    assert "<img src=x onerror=document.title='taken'>" in row["text"]
    assert not [cell for cell in row.values() if cell and cell[0] in "=+-@\t\r"]
