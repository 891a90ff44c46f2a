"""``make faults SEED=…``: every scenario on servers of its own, as a table.

python -m tests.faults --seed 7 worker_killed poison
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.beside import Beside
from tests.faults.scenarios import SCENARIOS
from tests.faults.verdict import Verdict, servers, try_out, where

COLUMNS = [field.name for field in fields(Verdict)]


def main() -> None:
    """Run them and print a row each; exit code 1 when something was lost, doubled, resurrected or wrong."""
    parser = argparse.ArgumentParser(prog="make faults", description="What is left after kills, outages and poison.")
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"of: {', '.join(SCENARIOS)} (default: all)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--posts", type=int, default=20_000)
    given = parser.parse_args()
    bad = False
    with servers() as own, TemporaryDirectory(prefix="corrillo-faults-") as name:
        beside = Beside(given.seed, given.posts, Path(name))
        print(f"seed {given.seed}, {len(beside.crowd.rows)} rows")
        print("  ".join(COLUMNS))
        for scenario in given.scenarios or SCENARIOS:
            verdict = try_out(scenario, where(*own), own, beside, Path(name) / scenario)
            bad = bad or bool(verdict.faults)
            print("  ".join(_shown(getattr(verdict, c)).rjust(len(c)) for c in COLUMNS), flush=True)
    sys.exit(bad)


def _shown(value: object) -> str:
    return f"{value:.0f}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
