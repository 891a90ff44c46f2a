"""Waiting for Kafka: as long as it takes, said aloud, and ended at once when the process is told to end."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from corrillo.errors import BrokerError, BrokerRefused, Fenced

FIRST_WAIT, LONGEST_WAIT = 0.2, 5.0
"""Seconds between tries: doubled each time, with jitter."""
SAY_EVERY = 30.0
"""Seconds between two words about the same trouble."""

T = TypeVar("T")
OnTrouble = Callable[[str, str], None]
"""Told a source and what it waits for; '' when it goes on."""


class Stopped(BrokerError):
    """The process was told to end while it waited."""


class Patience:
    """Shared by everything that waits; ``stop`` ends all of it."""

    def __init__(self, on_trouble: OnTrouble = lambda source, said: None) -> None:
        self._stopped = threading.Event()
        self._on_trouble = on_trouble

    def stop(self) -> None:
        """Whoever waits now or later gets Stopped."""
        self._stopped.set()

    def check(self) -> None:
        """Raise Stopped if we are to end."""
        if self._stopped.is_set():
            raise Stopped("told to end while waiting for Kafka")

    def sleep(self, seconds: float) -> None:
        """Wait, unless told to end."""
        self._stopped.wait(seconds)
        self.check()

    def until(self, work: Callable[[], T]) -> T:
        """What ``work`` gives once it works. Raises Stopped, Fenced and what only a person can mend."""
        trouble = self.trouble("")
        while True:
            try:
                done = work()
            except (Stopped, Fenced, BrokerRefused):
                raise
            except BrokerError as error:
                trouble.wait(error)
            else:
                trouble.over()
                return done

    def trouble(self, source: str) -> Trouble:
        """A place to note what is wrong for one source, and that it is over."""
        return Trouble(self, source, self._on_trouble)


class Trouble:
    """One stretch of failing, from the first failure until ``over``."""

    def __init__(self, patience: Patience, source: str, on_trouble: OnTrouble) -> None:
        self.patience = patience
        self._source = source
        self._on_trouble = on_trouble
        self._began: float | None = None
        self._said_at = 0.0
        self.failures = 0
        self.error = ""
        """What people were told last, '' when nothing is wrong."""

    @property
    def seconds(self) -> float:
        """How long it has lasted."""
        return 0.0 if self._began is None else monotonic() - self._began

    def note(self, error: BrokerError, waited: float = 0.0) -> None:
        """Something does not work, for ``waited`` seconds by now; people are told, when it changes, and now and then again."""
        now = monotonic()
        self._began = self._began or now - waited
        if error.message == self.error and now - self._said_at < SAY_EVERY:
            return
        self.error, self._said_at = error.message, now
        remedy = f" → {error.remedy}" if error.remedy else ""
        self._on_trouble(self._source, f"{error.message}; waiting ({self.seconds:.0f} s){remedy}")

    def wait(self, error: BrokerError) -> None:
        """Note the failure and wait before the next try. Raises Stopped."""
        self.failures += 1
        self.note(error)
        span = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(self.failures - 1, 10))
        self.patience.sleep(span * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, no secret

    def over(self) -> None:
        """It works; people who were told of the trouble are told that too."""
        if self.error:
            self._on_trouble(self._source, "")
        self._began, self.failures, self.error = None, 0, ""
