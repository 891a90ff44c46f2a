"""What a view says when the store does not answer, or not in time."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from corrillo.errors import StoreError
from dashboards.page.answers import answered
from dashboards.page.i18n import Texts
from stores.sqlite.connection import Connections

ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT MAX(x) FROM n"


def request(language: str) -> Request:
    return Request(
        {"type": "http", "method": "GET", "path": "/", "query_string": f"lang={language}".encode(), "headers": []}
    )


@pytest.mark.parametrize(
    ("language", "remedy"), [("es", "Elija un periodo más corto"), ("en", "Choose a shorter period")]
)
def test_too_much_to_read_is_said_with_what_helps(tmp_path: Path, language: str, remedy: str) -> None:
    """It is no failure of the store: a shorter period is what helps."""
    connections = Connections(tmp_path / "store.db")

    def draw(texts: Texts) -> Response:
        with connections.reading() as connection:
            return Response(str(connection.execute(ENDLESS).fetchone()))

    said = answered(request(language), draw, longest=0.05)
    connections.close()
    assert said.status_code == 503
    assert remedy in bytes(said.body).decode()


@pytest.mark.parametrize("longest", [None, 20.0])
def test_a_store_that_fails_is_told_from_one_that_is_slow(longest: float | None) -> None:
    """What it said stands there."""

    def draw(texts: Texts) -> Response:
        raise StoreError("the file is damaged", "restore a backup")

    said = answered(request("en"), draw, longest)
    assert said.status_code == 503
    assert "the file is damaged" in bytes(said.body).decode()
    assert "Choose a shorter period" not in bytes(said.body).decode()
