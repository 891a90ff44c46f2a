"""What the levels mean, and what came of a fiesta: on the view *Is it a crisis?*."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from starlette.testclient import TestClient

from corrillo.institution import Institution
from dashboards.page.app import create_app

DAY = timedelta(days=1)


def words(html: str) -> str:
    """What can be read of it."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def page(store: Any, town: Institution, now: Any, begin: str, end: str, **given: Any) -> str:
    """The view where a fiesta lasted so long."""
    fiesta = [{"name": "Sant Roc", "from": begin, "to": end}]
    festive = Institution.model_validate(town.model_dump(by_alias=True) | {"fiesta": fiesta})
    app = create_app(store, [festive], lambda: now, coverage=[])
    return words(TestClient(app, headers={"accept-language": "es"}).get("/crisis", params=given).text)


def test_each_level_says_what_it_means_and_for_whom(client: TestClient) -> None:
    """The three that are told, in both languages."""
    said = words(client.get("/crisis").text)
    for level in ("Atención Se habla más", "Aviso Varias personas", "Crisis Muchas, en más de un sitio"):
        assert level in said
    assert "Watch More is said than usual" in words(client.get("/crisis?lang=en").text)


@pytest.mark.parametrize(
    ("level", "said"),
    [
        ("watch", "en esos días nada pasó de Atención."),
        ("warning", "en esos días lo más alto fue Aviso."),
        (None, "en esos días nada llegó a Atención."),
    ],
)
def test_a_fiesta_says_how_high_anything_was(
    store: Any, town: Institution, incident: Any, hour: Any, now: Any, level: str | None, said: str
) -> None:
    """On its days only: what was before or after says nothing of them."""
    store.counts = [hour(back) for back in range(30 * 24, 0, -1)]
    store.known_incidents = [incident("later", level="crisis", opened=now - DAY)]
    if level:
        then = incident("then", opened=now - 10 * DAY, resolved=now - 9 * DAY)
        store.known_incidents.append(replace(then, changes=tuple(replace(c, level=level) for c in then.changes)))
    first, last = now - 11 * DAY, now - 9 * DAY
    told = page(store, town, now, f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}")
    assert f"Fiesta «Sant Roc» ({first.day} nov – {last.day} nov)" in told
    assert said in told


def test_a_fiesta_that_lasts_says_so(store: Any, town: Institution, hour: Any, now: Any) -> None:
    store.counts = [hour(back) for back in range(99, 0, -1)]
    assert "en curso" in page(store, town, now, f"{now - DAY:%m-%d}", f"{now + DAY:%m-%d}")


@pytest.mark.parametrize(("begin", "end"), [("2026-06-01", "2026-06-03"), ("2099-01-01", "2099-01-02")])
def test_of_other_days_and_of_days_that_nobody_counted_nothing_is_said(
    store: Any, town: Institution, hour: Any, now: Any, begin: str, end: str
) -> None:
    """A fiesta of long ago, or to come; and one of last week, where listening began only later."""
    store.counts = [hour(back) for back in range(24, 0, -1)]
    assert "Sant Roc" not in page(store, town, now, begin, end)
    assert "Sant Roc" not in page(store, town, now, f"{now - 9 * DAY:%Y-%m-%d}", f"{now - 8 * DAY:%Y-%m-%d}")
