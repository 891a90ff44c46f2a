"""How far a long piece of work has come, on standard error: one line on a terminal, every tenth in a log."""

from __future__ import annotations

import sys

LONG = 20_000
"""What is shorter needs no telling."""


class Percent:
    """Told the steps that are done, of how many; says so as ``what`` N %."""

    def __init__(self, what: str, live: bool | None = None) -> None:
        self._what = what
        self._live = sys.stderr.isatty() if live is None else live
        self._said = 0

    def __call__(self, done: int, total: int) -> None:
        """So many of ``total`` steps are done."""
        percent = 100 * done // max(total, 1)
        if total < LONG or percent - self._said < (1 if self._live else 10):
            return
        self._said = percent
        sys.stderr.write(f"\r{self._what} {percent} % " if self._live else f"{self._what} {percent} %\n")
        sys.stderr.write("\n" if self._live and percent == 100 else "")
        sys.stderr.flush()
