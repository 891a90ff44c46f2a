"""What is made once and lent to every process of a test session: whoever asks first has it made.

Workers of pytest-xdist come and go; so the process that started them makes and ends what they share, and they ask
it over a socket that nobody else can open.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from multiprocessing.connection import Client, Connection, Listener
from tempfile import TemporaryDirectory
from typing import Any

Make = Callable[[ExitStack], Any]
"""Makes something and leaves on the stack how it ends."""
Desk = tuple[str, bytes]
"""Where a lender is asked, and the key that proves who may."""


class Lender:
    """Lends what ``makes`` makes, each once; ``close`` ends all of it."""

    def __init__(self, makes: Mapping[str, Make]) -> None:
        self._makes = makes
        self._turns = {name: threading.Lock() for name in makes}
        self._made: dict[str, Any] = {}
        self._opened = ExitStack()
        self._listener: Listener | None = None
        self._key = secrets.token_bytes(32)

    def lend(self, name: str) -> Any:
        """What was made under that name; raises what making it raises, and tries again the next time."""
        with self._turns[name]:
            if name not in self._made:
                self._made[name] = self._makes[name](self._opened)
            return self._made[name]

    def desk(self) -> Desk:
        """Where other processes may ``borrow`` from now on."""
        if not self._listener:
            folder = self._opened.enter_context(TemporaryDirectory(prefix="corrillo-"))
            self._listener = Listener(f"{folder}/desk", "AF_UNIX", authkey=self._key)
            threading.Thread(target=self._serve, args=(self._listener,), daemon=True).start()
        return str(self._listener.address), self._key

    def close(self) -> None:
        """End everything, the last that was made first."""
        if self._listener:
            self._listener.close()
        self._opened.close()

    def _serve(self, listener: Listener) -> None:
        with suppress(OSError):  # it is closed
            while True:
                threading.Thread(target=self._answer, args=(listener.accept(),), daemon=True).start()

    def _answer(self, asked: Connection) -> None:
        with asked, suppress(OSError, EOFError):  # whoever asked is gone
            try:
                asked.send((self.lend(asked.recv()), None))
            except Exception as error:
                asked.send((None, error))
            except BaseException as error:  # what a test fails with, which cannot be sent
                asked.send((None, AssertionError(str(error))))


def borrow(desk: Desk, name: str) -> Any:
    """What the lender at that desk has under that name, as a copy; raises what making it raised."""
    address, key = desk
    with Client(address, authkey=key) as asking:
        asking.send(name)
        lent, error = asking.recv()
    if error:
        raise error
    return lent
