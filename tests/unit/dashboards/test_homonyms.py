"""What else the name stands for: an admin confirms it, and it is written into corrillo.toml, or shown to be."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from corrillo.people import Person, hash_of
from dashboards.page.app import create_app
from dashboards.page.people.door import Entrance

TOML = '# ours\n[[institution]]\nid = "benialba"   # keep\nname = "Ajuntament de Benialba"\n\n[page]\nport = 8401\n'
ADMIN = {"authorization": "Bearer n", "accept-language": "es"}
ASKED = {"institution": "benialba", "name": "Benialba CF", "phrases": "CF Benialba, los del Benialba", "context": "gol, \"penalti\""}  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "corrillo.toml"
    found.write_text(TOML, "utf-8")
    return found


@pytest.fixture
def admin(store: Any, town: Any, now: Any, file: Path) -> TestClient:
    """The page as Nuria, an admin, sees it."""
    people = Entrance((Person(name="Nuria", role="admin", token_hash=hash_of("n")),))
    app = create_app(store, [town], lambda: now, coverage=[], entrance=people, file=file)
    return TestClient(app, headers=ADMIN)


def form_in(page: str) -> dict[str, str]:
    """The hidden fields of the form that writes."""
    form = re.search(r'<form method="post" action="/homonym.*?</form>', page, re.DOTALL).group(0)  # type: ignore[union-attr]
    return {k: v.replace("&#34;", '"') for k, v in re.findall(r'name="(\w+)" value="([^"]*)"', form)}


def test_the_exact_lines_are_shown_first_and_then_written(admin: TestClient, file: Path) -> None:
    """Everything else of the file stays; a running listener does not know it yet, and that is said."""
    shown = admin.get("/homonym", params=ASKED).text
    assert file.read_text("utf-8") == TOML
    lines = re.search(r"<code>(.*?)</code>", shown, re.DOTALL).group(1).replace("&#34;", '"')  # type: ignore[union-attr]
    done = admin.post("/homonym", data=form_in(shown)).text
    assert file.read_text("utf-8") == f"{TOML}\n{lines}"
    (homonym,) = tomllib.loads(file.read_text("utf-8"))["institution"][0]["homonym"]
    assert homonym == {
        "name": "Benialba CF", "phrases": ["CF Benialba", "los del Benialba"], "context": ["gol", '"penalti"']
    }  # fmt: skip
    assert "Escrito en corrillo.toml." in done
    assert "la próxima vez que arranque" in done


def test_where_the_file_cannot_be_written_the_lines_are_to_be_pasted(admin: TestClient, file: Path) -> None:
    """And where: also when that turns out only afterwards."""
    form = form_in(admin.get("/homonym", params=ASKED).text)
    file.write_text(TOML.replace("name =", 'homonym = [{ name = "x" }]\nname ='), "utf-8")
    before = file.read_text("utf-8")
    for page in (admin.get("/homonym", params=ASKED).text, admin.post("/homonym", data=form).text):
        assert "Las líneas, para pegarlas" in page
        assert "id = &#34;benialba&#34;" in page
        assert '<form method="post" action="/homonym' not in page
    assert file.read_text("utf-8") == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"name": "Ajuntament de Benialba"}, {"name": "AJUNTAMENT de  benialba"}, {"phrases": "gol, Ajuntament de Benialba"},
        {"context": "…"}, {"name": "x" * 301}, {"institution": "elsewhere"}, {"other": "x"},
    ],
)  # fmt: skip
def test_what_would_make_us_deaf_is_refused(admin: TestClient, file: Path, wrong: dict[str, str]) -> None:
    """The institution's own name is nobody else's."""
    assert admin.get("/homonym", params={**ASKED, **wrong}).status_code == 400
    form = form_in(admin.get("/homonym", params=ASKED).text)
    assert admin.post("/homonym", data={**form, **wrong}).status_code == 400
    assert file.read_text("utf-8") == TOML


def test_only_a_form_of_ours_is_taken(admin: TestClient, file: Path) -> None:
    form = form_in(admin.get("/homonym", params=ASKED).text)
    assert admin.post("/homonym", data={**form, "seal": "0" * 64}).status_code == 403
    assert admin.post("/homonym", data=form, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert file.read_text("utf-8") == TOML


def test_an_admin_is_offered_the_names_that_were_said(admin: TestClient, store: Any, mention: Any) -> None:
    """With a form that leads to the lines; nothing is offered where nobody has said one."""
    store.mentions = [mention("1")]
    page = admin.get("/posts").text
    seal = re.search(r'/deeds">\s*<input type="hidden" name="seal" value="(\w+)"', page).group(1)  # type: ignore[union-attr]
    form = {"seal": seal, "what": "not_about_us", "seen": ""}
    admin.post(f"/mention/{store.mentions[0].id}/deeds", data={**form, "homonym": "Benialba CF <b>"})
    work = admin.get("/work").text
    assert 'value="Benialba CF &lt;b&gt;"' in work
    assert "<b>" not in work
