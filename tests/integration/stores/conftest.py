"""A store on a real file, and processes that work on it."""

from __future__ import annotations

import multiprocessing

import pytest

from corrillo.testing.mentions import NOW, ZONES
from stores.sqlite import SqliteStore


@pytest.fixture
def path(tmp_path):
    """Where the store's file is."""
    return tmp_path / "corrillo.db"


@pytest.fixture
def open_store(path):
    """Opens the store once more; all are closed at the end."""
    opened = []

    def open_it(at=path):
        opened.append(SqliteStore(at, ZONES, lambda: NOW))
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def processes():
    """Starts functions of a module in processes of their own; what still runs at the end is killed."""
    context = multiprocessing.get_context("spawn")
    started = []

    def start(function, *args):
        process = context.Process(target=function, args=args)
        process.start()
        started.append(process)
        return process

    start.context = context
    yield start
    for process in started:
        process.kill()
        process.join()
