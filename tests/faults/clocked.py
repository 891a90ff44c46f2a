"""``corrillo`` by a clock of the test's own: python clocked.py work …

The clock is the file ``clock`` in the working folder: a moment in ISO form. As long as it is not there,
the clock is the real one, and time passes for detection by what is heard alone.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from corrillo import bootstrap
from corrillo.health import Hearing
from processors.faust import detect, peers

CLOCK = Path("clock")
EVERY = 0.25
"""Seconds between two rounds in which time goes on."""


def now() -> datetime:
    """What the file says."""
    return datetime.fromisoformat(CLOCK.read_text("ascii")) if CLOCK.exists() else real_now()


async def advance(step: detect.Detect, partition: int, moment: datetime, heard: Hearing) -> None:
    """Let time go on, when there is a clock."""
    if CLOCK.exists():
        await real_advance(step, partition, moment, heard)


if __name__ == "__main__":
    real_now, bootstrap.now = bootstrap.now, now
    real_advance, detect.Detect.advance = detect.Detect.advance, advance
    detect.EVERY = peers.EVERY = EVERY
    from corrillo.cli import main  # it takes the clock when it is imported

    main()
