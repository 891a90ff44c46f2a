"""The outbox on the store's file."""

from __future__ import annotations

import signal
from contextlib import suppress

import pytest

from corrillo.errors import Fenced
from corrillo.testing.notices import a_delivery, a_subscriber, sent
from stores.sqlite.connection import Connections
from tests.integration.stores import workers
from tests.outbox import OutboxRules


class TestSqliteOutbox(OutboxRules):
    """Each office has opened the file for itself, as a process does."""

    @pytest.fixture
    def office(self, open_store):
        open_store().subscribe(a_subscriber())
        return lambda name: open_store().outbox(name)

    def test_what_is_kept_is_what_the_store_tells(self, office, open_store):
        """There is one table: what is for nobody known is left out, and who unsubscribes takes theirs along."""
        outbox, store = office("first"), open_store()
        outbox.claim()
        outbox.keep([a_delivery("1"), a_delivery("2", "nobody")])
        assert list(store.deliveries()) == [a_delivery("1")]
        store.unsubscribe("subscriber-marta")
        outbox.keep([sent(a_delivery("1"))])
        assert list(outbox.claim()) == []

    def test_nothing_is_kept_before_it_is_claimed(self, office):
        with pytest.raises(Fenced, match="nobody"):
            office("first").keep([a_delivery()])


def test_an_office_killed_while_it_keeps_leaves_all_or_nothing(path, processes, open_store):
    """What it had kept before is there; of what was half written nothing is."""
    open_store().subscribe(a_subscriber())
    process = processes(workers.die_keeping, path)
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert list(open_store().outbox("next").claim()) == [a_delivery("1", state="sending")]


@pytest.mark.parametrize("fails", [False, True])
def test_what_is_kept_is_on_the_disk_and_mentions_do_not_wait_for_it(path, fails):
    """SQLite's 2 is to wait for the disk with each commit, 1 is not to; so it is again whatever became of it."""
    connections, waits = Connections(path), []
    with suppress(RuntimeError), connections.transaction(durable=True) as connection:
        waits.append(connection.execute("PRAGMA synchronous").fetchone()[0])
        if fails:
            raise RuntimeError("half way")
    with connections.transaction() as connection:
        waits.append(connection.execute("PRAGMA synchronous").fetchone()[0])
    connections.close()
    assert waits == [2, 1]
