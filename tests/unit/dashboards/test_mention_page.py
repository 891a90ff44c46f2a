"""The lasting address of a post leads to its conversation, of whichever institution it is."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from corrillo.institution import Institution
from dashboards.page.app import create_app
from tests.unit.dashboards.conftest import NOW, TOWN

OTHER = Institution(id="montblau", name="Ajuntament de Montblau")


@pytest.fixture
def asked(store: Any, mention: Any) -> TestClient:
    store.mentions = [
        mention("1"), mention("2", thread="other-thread"), mention("3", institution="montblau"), mention("4", institution="elsewhere"),
    ]  # fmt: skip
    app = create_app(store, [TOWN, OTHER], lambda: NOW, coverage=())
    return TestClient(app, follow_redirects=False)


def test_it_leads_to_the_thread_in_all_that_is_kept(asked: TestClient, store: Any) -> None:
    ours, threaded, other, _ = store.mentions
    for one, institution in ((ours, TOWN.id), (threaded, TOWN.id), (other, OTHER.id)):
        answer = asked.get(f"/mention/{one.id}")
        assert answer.status_code == 303
        place = answer.headers["location"]
        assert place == f"/posts?institution={institution}&period=all&thread={one.thread}#m-{one.id}"
        assert f'id="m-{one.id}"' in asked.get(place).text


def test_the_language_goes_along(asked: TestClient, store: Any) -> None:
    """One that the page does not speak does not."""
    one = store.mentions[0].id
    assert "lang=en" in asked.get(f"/mention/{one}?lang=en").headers["location"]
    assert "lang" not in asked.get(f"/mention/{one}?lang=xx").headers["location"]


def test_of_what_is_gone_or_of_somebody_else_nothing_is_said(asked: TestClient, store: Any) -> None:
    for identity in ("gone", store.mentions[3].id):
        assert asked.get(f"/mention/{identity}").status_code == 404
