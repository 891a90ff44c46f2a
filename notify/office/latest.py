"""What has to be looked at again and again, read in a thread of its own: who waits for nobody knows the last answer."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import Generic, TypeVar

from corrillo.errors import CorrilloError

T = TypeVar("T")


class Latest(Generic[T]):
    """Calls ``read`` every so many seconds. ``value``: what it gave last, None before the first time; it holds while
    reading fails, and ``trouble`` says why ('' when all is well). ``told`` is called after each time that went well."""

    def __init__(self, name: str, read: Callable[[], T], every: float, told: Callable[[], None]) -> None:
        self.value: T | None = None
        self.trouble = f"{name}: was not read yet"
        self._name, self._read, self._every, self._told = name, read, every, told
        self._end = Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)  # a server that hangs holds no process back

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """Read no more; nothing is waited for."""
        self._end.set()

    def _run(self) -> None:
        while not self._end.is_set():
            try:
                self.value = self._read()
                self.trouble = ""
                self._told()
            except CorrilloError as error:
                self.trouble = f"{self._name}: {error.message}"
            except Exception as error:  # whatever it is, the last answer holds; what it says may hold anything
                self.trouble = f"{self._name}: {type(error).__name__}"
            self._end.wait(self._every)
