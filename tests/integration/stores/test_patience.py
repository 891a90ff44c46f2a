"""A question that takes longer than whoever asks is ready to wait is broken off; the store goes on."""

from __future__ import annotations

import pytest

from corrillo.errors import StoreError
from corrillo.patience import left, patience
from corrillo.ports import Query
from corrillo.testing.mentions import a_mention, write
from stores.sqlite.connection import Connections

ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT MAX(x) FROM n"


def test_a_question_without_end_is_broken_off(path) -> None:
    """Without a limit it would run for ever; the connection is as before afterwards, and nobody else is hurried."""
    connections = Connections(path)
    with (
        pytest.raises(StoreError, match="takes longer to answer this than is waited for"),
        patience(0.05),
        connections.reading() as connection,
    ):
        connection.execute(ENDLESS).fetchone()
    with connections.reading() as connection:
        assert connection.execute("SELECT COUNT(*) FROM (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 200000) SELECT x FROM n)").fetchone() == (200_000,)  # fmt: skip
    connections.close()


def test_all_questions_share_the_time(open_store) -> None:
    """What is left becomes less, is never below nothing, and is unlimited outside."""
    store = open_store()
    write(store, a_mention("one", "agua"))
    assert left() is None
    with patience(60):
        first = left()
        assert store.count(Query(text="agua")) == 1
        assert 0 < left() < first <= 60
    with patience(0):
        assert left() == 0
    assert left() is None
