"""What the processes of ``test_processes`` do; a module of its own, for a spawned process imports it."""

from __future__ import annotations

import os
import signal
import sqlite3
from pathlib import Path

from corrillo.model import Cursor
from corrillo.ports import SourceNews
from corrillo.testing.mentions import NOW, ZONES, a_mention
from corrillo.testing.notices import a_delivery, sent
from stores.sqlite import SqliteStore


def opened(path):
    return SqliteStore(Path(path), ZONES, lambda: NOW)


def open_together(path, barrier, said):
    """Open the store at the same moment as the others."""
    barrier.wait(60)
    try:
        opened(path).close()
        said.put("opened")
    except Exception as error:
        said.put(f"{type(error).__name__}: {error}")


def write_batches(path, name, first, last):
    """Write numbered mentions, two a batch, the cursor with each; half of them are the other writer's too."""
    store = opened(path)
    for n in range(first, last):
        with store.unit() as unit:
            unit.write([a_mention(f"{name}-{n}", f"aviso {n}"), a_mention(f"both-{n}", f"aviso {n}")])
            unit.advance(Cursor(source=name, state=str(n)), SourceNews(name, "town-square", NOW, seen=2))
    store.close()


def die_inside(path, after):
    """Write and advance in a unit of work, then kill the process before it ends."""
    store = opened(path)
    for n in range(after + 1):
        with store.unit() as unit:
            unit.write([a_mention(f"{n}-{i}", f"aviso {n} " * 200) for i in range(40)])
            unit.advance(Cursor(source="plaza", state=str(n)), SourceNews("plaza", "town-square", NOW, seen=40))
            if n == after:
                os.kill(os.getpid(), signal.SIGKILL)


def die_keeping(path):
    """Keep one delivery, then kill the process when the next ones are written and not yet committed."""
    store = opened(path)
    outbox = store.outbox("dying")
    outbox.claim()
    outbox.keep([a_delivery("1", state="sending")])
    watch = lambda said: said.startswith("COMMIT") and os.kill(os.getpid(), signal.SIGKILL)  # noqa: E731
    store._connections.get().set_trace_callback(watch)
    outbox.keep([sent(a_delivery("1")), a_delivery("2")])


def hold_lock(path, locked, release):
    """Keep the write lock until told."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    locked.set()
    release.wait(120)
    connection.execute("ROLLBACK")
    connection.close()
