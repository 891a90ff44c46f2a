"""``make fuzz MINUTES=…``: everything that reads what others write is given what nobody should send.

Each place of each recorded item is once gone, doubled and replaced by everything in ``odd.ODD``;
then chance goes on, from a seed, until the time is up. Thousands of cases a second are worth more
here than a clever choice of each, which is what Hypothesis does in the unit tests.

python -m tests.fuzz --minutes 5 --seed 7 mastodon html
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from random import Random
from time import monotonic

from tests.fuzz.sources import unrecorded
from tests.fuzz.targets import targets
from tests.fuzz.trying import Trial

TURN = 2.0
"""Seconds a target has before the next one's turn comes."""


def main() -> None:
    """Try them all in turns; each finding once, a row for each target; exit code 1 when there is a finding."""
    parser = argparse.ArgumentParser(prog="make fuzz", description="Gives every parser what nobody should send.")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="a kind of source or a reader (default: all)")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=Random().randrange(10_000))
    given = parser.parse_args()
    trials = [Trial(t, Random(f"{given.seed} {t.name}")) for t in targets(given.targets)]
    print(f"seed {given.seed}, {given.minutes:g} minutes for {', '.join(t.target.name for t in trials)}", flush=True)
    end = monotonic() + 60 * given.minutes
    while monotonic() < end:
        for trial in trials:
            for finding in trial.turn(_after(min(end, monotonic() + TURN))):
                print(finding, flush=True)
    for trial in trials:
        found = ", ".join(f"{n}×" for n in trial.again.values()) or "nothing"
        print(f"{trial.target.name:14} {trial.tried:9} cases, slowest {trial.slowest * 1000:6.0f} ms, found: {found}")
        if trial.slowest > 1:
            print(f"{'':14} slowest: {trial.slowest_case}")
    for kind in sorted(unrecorded()):
        print(f"{kind:14} is not tried: it needs tests/unit/ingest/fixtures/{kind}.json with raw items")
    sys.exit(any(t.findings for t in trials) or bool(unrecorded()))


def _after(moment: float) -> Callable[[], bool]:
    return lambda: monotonic() >= moment


if __name__ == "__main__":
    main()
