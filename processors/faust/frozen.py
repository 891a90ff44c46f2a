"""A process that stood still for longer than a session is no longer who it was: it ends, and starts anew.

Others have its partitions by then. What it would still publish (a batch that it was in the middle of)
could overwrite what they have remembered since.
"""

from __future__ import annotations

import os
import time
from threading import Thread

from processors.faust.application import SESSION

FROZEN = 75
"""Exit code (EX_TEMPFAIL): start it again."""
BEAT = 1.0
"""Seconds between two looks at the clock."""


def end_when_frozen() -> None:
    """End the process as soon as it moves again after it was stopped, or its machine was, for a session or longer.

    The clock is looked at from a thread of its own: an event loop that is only busy does not count.
    """
    Thread(target=_watch, name="frozen", daemon=True).start()


def _watch() -> None:
    while True:
        before = time.clock_gettime(time.CLOCK_BOOTTIME)  # goes on while the machine sleeps
        time.sleep(BEAT)
        if time.clock_gettime(time.CLOCK_BOOTTIME) - before > SESSION:
            os._exit(FROZEN)
