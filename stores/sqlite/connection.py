"""Connections to the file: one a thread, with the settings that privacy and speed ask for."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corrillo.calendar import local_start
from corrillo.errors import StoreError
from corrillo.patience import left
from stores.sqlite.schema import migrate

BUSY_SECONDS = 30
STEPS = 10_000
"""Of SQLite's machine, after which it looks at the time: well under a millisecond."""


def engine() -> str:
    """SQLite's version. Raises StoreError when it cannot search text."""
    memory = sqlite3.connect(":memory:")
    (has,) = memory.execute("SELECT sqlite_compileoption_used('ENABLE_FTS5')").fetchone()
    memory.close()
    if not has:
        raise StoreError(f"SQLite {sqlite3.sqlite_version} has no FTS5", "use a Python whose SQLite has it")
    return f"SQLite {sqlite3.sqlite_version}"


class _Held:
    """A thread's connection: closed when the thread ends and lets go of it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


class Connections:
    """Opens a connection for each thread that asks; all are closed together."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.writing = threading.RLock()
        """Writers of this process queue here instead of in SQLite's busy loop."""
        self._local = threading.local()
        self._all: weakref.WeakSet[_Held] = weakref.WeakSet()
        with translated(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            migrate(self.get(), str(path))
            _only_for_the_owner(path)

    def get(self) -> sqlite3.Connection:
        """This thread's connection."""
        held: _Held | None = getattr(self._local, "held", None)
        if held is None:
            held = self._local.held = _Held(self._open())
            self._all.add(held)
        return held.connection

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        _to_wal(connection)
        for pragma in (
            "synchronous = NORMAL", "secure_delete = ON", "foreign_keys = ON",
            "temp_store = MEMORY", "cache_size = -32000", "journal_size_limit = 67108864", "wal_autocheckpoint = 4000",
        ):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}")
        connection.create_function("local_start", 3, local_start, deterministic=True)
        return connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection; SQLite's errors come out as StoreError with a remedy. What takes too long is broken off."""
        with translated(self.path), _patient(self.get()) as connection:
            yield connection

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
        """A write transaction: all of it is committed at the end, or none.

        The last ones may be lost with the machine's power, but for those that are ``durable``.
        """
        with self.writing, translated(self.path), _synchronous(self.get(), durable) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close every thread's connection."""
        for held in list(self._all):
            held.connection.close()
        self._all.clear()
        self._local = threading.local()


@contextmanager
def _synchronous(connection: sqlite3.Connection, durable: bool) -> Iterator[sqlite3.Connection]:
    """The connection, which waits for the disk with every commit where it has to be ``durable``."""
    if not durable:
        yield connection
        return
    connection.execute("PRAGMA synchronous = FULL")
    try:
        yield connection
    finally:
        connection.execute("PRAGMA synchronous = NORMAL")


@contextmanager
def _patient(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """The connection, which gives up (OperationalError: interrupted) when whoever asks waits no longer."""
    seconds = left()
    if seconds is None:
        yield connection
        return
    deadline = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > deadline, STEPS)
    try:
        yield connection
    finally:
        connection.set_progress_handler(None, 0)


def _to_wal(connection: sqlite3.Connection) -> None:
    """Switch the journal; SQLite does not wait here by itself when others open the file at the same time."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """SQLite's and the file system's errors as StoreError: what happened, and what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise _store_error(path, str(error)) from error
    except OSError as error:
        raise StoreError(
            f"{path}: {error.strerror or error}", "check the folder, its permissions and the disk"
        ) from error


def _store_error(path: Path, said: str) -> StoreError:
    for sign, message, remedy in (
        (
            "locked",
            f"has been locked by another process for {BUSY_SECONDS} s",
            "see which one: fuser, or corrillo doctor; then try again",
        ),
        (
            "interrupted",
            "takes longer to answer this than is waited for",
            "ask for a shorter period, or with more filters",
        ),
        (
            "full",
            "the disk is full",
            "free some space; nothing that was stored is lost, and the sources resume where they were",
        ),
        ("readonly", "cannot be written", "check the owner and the permissions of the file and of its folder"),
        ("unable to open", "cannot be opened", "check the path, the owner and the permissions of the folder"),
        ("malformed", "is damaged", "stop Corrillo and put the last backup in its place (corrillo backup made it)"),
        ("not a database", "is not an SQLite file", "check store.path, or put the last backup in its place"),
        (
            "disk I/O",
            "the disk does not read or write",
            "check the disk; then put the last backup in its place if needed",
        ),
    ):
        if sign in said:
            return StoreError(f"{path}: {message} ({said})", remedy)
    return StoreError(f"{path}: {said}", "check the file with: corrillo doctor")


def _only_for_the_owner(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        file = f"{path}{suffix}"
        if os.path.exists(file):
            os.chmod(file, 0o600)
