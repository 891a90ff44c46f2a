"""The page as people use it: search, filter, drill, take along, and hear what is new."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from pathlib import Path
from zipfile import ZipFile

from playwright.sync_api import Page, expect

from dashboards.page.taking import EVERY
from tests.browser.conftest import Served, Visiting, follow

CARDS = "article.card"


def number(text: str) -> int:
    """The first number that a text says."""
    return int(re.sub(r"\D", "", re.search(r"\d[\d.,]*", text)[0]))  # type: ignore[index]


def said_found(page: Page) -> int:
    """How many posts the view of posts says that it has."""
    return number(page.locator("h2#posts").inner_text())


def test_a_search_finds_what_the_store_finds(served: Served, visit: Visiting) -> None:
    """Typed into the field; accents and case count for nothing, and the words stay in the address."""
    page = visit().go(f"{served.open}/posts?period=all").page
    page.get_by_role("searchbox").fill("AUTOBÚS")
    page.get_by_role("searchbox").press("Enter")
    page.wait_for_url("**q=AUTOB*")
    assert said_found(page) == served.found("autobus", "-w", "institution=benialba") > 0
    texts = page.locator(CARDS).all_inner_texts()
    assert all(re.search("autob[uú]s", text, re.IGNORECASE) for text in texts)


def test_filters_are_ticked_shown_and_taken_away(served: Served, visit: Visiting) -> None:
    """The address alone says the view: opened elsewhere, it is the same."""
    page = visit().go(f"{served.open}/posts?period=all").page
    everything = said_found(page)
    page.locator("details.more summary").click()
    page.get_by_role("checkbox", name="Reddit", exact=True).check()
    page.get_by_role("checkbox", name="Queja", exact=True).check()
    follow(page.get_by_role("button", name="Aplicar filtros"))
    assert "network=reddit" in page.url
    narrowed = said_found(page)
    assert 0 < narrowed < everything
    assert narrowed == served.found("-w", "network=reddit", "-w", "tag=complaint")
    elsewhere = visit().go(page.url).page
    assert elsewhere.locator(CARDS).all_inner_texts() == page.locator(CARDS).all_inner_texts()
    follow(page.get_by_role("link", name=re.compile("Quitar el filtro.*Queja")))
    assert narrowed < said_found(page) == served.found("-w", "network=reddit")


def test_a_mark_of_a_chart_leads_to_as_many_posts_as_it_says(served: Served, visit: Visiting) -> None:
    page = visit().go(f"{served.open}/where?period=30d").page
    mark = page.locator('figure[data-chart*="networks"] .drawn [aria-label^="Facebook · Fuera"]')
    said = number((mark.get_attribute("aria-label") or "").partition(":")[2])
    mark.click()
    page.wait_for_url("**/posts?*")
    assert said_found(page) == said > 0


def test_a_figure_of_the_first_view_leads_to_as_many_posts(served: Served, visit: Visiting) -> None:
    page = visit().go(served.open).page
    said = number(page.locator(".fig-complaint .value").inner_text())
    follow(page.locator(".fig-complaint a"))
    assert said_found(page) == said > 0


def test_the_other_language_is_the_same_view(served: Served, visit: Visiting) -> None:
    page = visit().go(f"{served.open}/posts?tag=praise").page
    found = said_found(page)
    follow(page.locator("nav.languages a", has_text="English"))
    assert page.locator("html").get_attribute("lang") == "en"
    assert said_found(page) == found
    follow(page.locator("nav.views a", has_text="Where").first)
    assert page.locator("html").get_attribute("lang") == "en"


def test_the_browser_s_language_is_taken(served: Served, visit: Visiting) -> None:
    assert visit(locale="en-GB").go(served.open).page.locator("html").get_attribute("lang") == "en"
    assert visit(locale="es-ES").go(served.open).page.locator("html").get_attribute("lang") == "es"


def downloaded(page: Page, name: str, folder: Path) -> ZipFile:
    """The ZIP behind the first link of that name."""
    with page.expect_download() as waiting:
        page.locator(".use").get_by_role("link", name=name).first.click()
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    return ZipFile(file)


def test_the_posts_of_a_view_are_taken_along(served: Served, visit: Visiting, tmp_path: Path) -> None:
    """A ZIP that opens: a table of as many rows as the view has posts, and a manifest whose hash is the file's."""
    page = visit().go(f"{served.open}/posts?network=reddit&tag=complaint").page
    found = said_found(page)
    packed = downloaded(page, "CSV", tmp_path)
    manifest = json.loads(packed.read("manifest.json"))
    (file,) = manifest["files"]
    content = packed.read(file["name"])
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert file["sha256"] == hashlib.sha256(content).hexdigest()
    assert len(rows) == file["rows"] == found
    assert {row["network"] for row in rows} == {"reddit"}
    assert manifest["query"]["where"]["network"] == ["reddit"]


def test_json_lines_are_the_same_posts(served: Served, visit: Visiting, tmp_path: Path) -> None:
    page = visit().go(f"{served.open}/posts?network=reddit&tag=complaint").page
    packed = downloaded(page, "JSON Lines", tmp_path)
    (name,) = (n for n in packed.namelist() if n != "manifest.json")
    assert len([json.loads(line) for line in packed.read(name).splitlines()]) == said_found(page)


def test_a_new_post_is_told_and_shown_when_the_reader_wants_it(served: Served, visit: Visiting) -> None:
    """A line says that there is one; a click puts it first; what the reader was looking at has not moved."""
    visited = visit()
    page = visited.page
    page.clock.install()
    visited.go(f"{served.open}/posts?network=x")
    first = page.locator(CARDS).nth(4)
    first.scroll_into_view_if_needed()
    page.evaluate("window.scrollTo(0, document.querySelectorAll('article.card')[4].offsetTop)")
    identity, before = first.get_attribute("id"), first.bounding_box()
    served.hear(id="live", text="Hi ha un arbre caigut davant de l'escola de Benialba")
    page.clock.fast_forward(EVERY + 1000)
    told = page.locator(".live [role=status]")
    expect(told).to_have_text("Una mención nueva", timeout=60_000)
    page.locator(".live a").click()
    expect(told).to_have_text("Están arriba de la lista.", timeout=60_000)
    assert "arbre caigut" in page.locator(CARDS).first.inner_text()
    after = page.locator(f"#{identity}").bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 2
    page.locator(".live a").click()
    expect(page.locator(CARDS).first).to_be_in_viewport()
    assert visited.said == []


def test_the_weekly_report_is_one_page_on_paper(served: Served, visit: Visiting, tmp_path: Path) -> None:
    """As the browser prints it, and as the PDF that is handed out."""
    page = visit().go(f"{served.open}/report").page
    assert page.pdf(format="A4").count(b"/Type /Page\n") <= 1
    with page.expect_download() as waiting:
        page.get_by_role("link", name="PDF").click()
    file = tmp_path / "report.pdf"
    waiting.value.save_as(file)
    assert file.read_bytes().startswith(b"%PDF-")
