"""Offices that are killed: each is a process of its own, forked from one that has imported everything already.

``python -m tests.integration.notify.forked FOLDER MAIL`` forks one for each line that it reads, and says its number.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[3]


class Forks:
    """At most one office at a time, on the store in ``folder``, whose mails go to ``mail``."""

    def __init__(self, folder: Path, mail: str) -> None:
        line = [sys.executable, "-m", "tests.integration.notify.forked", str(folder), mail]
        self._folder = folder
        self._log = open(folder / "offices.log", "a", encoding="utf-8")  # noqa: SIM115 - as long as the processes
        self._nursery = subprocess.Popen(
            line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True
        )
        self._office = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.kill()
        self._nursery.communicate()
        self._log.close()

    def begin(self) -> None:
        """An office opens."""
        assert self._nursery.stdin
        assert self._nursery.stdout
        self._nursery.stdin.write("begin\n")
        self._nursery.stdin.flush()
        self._office = int(self._nursery.stdout.readline())

    def said(self) -> str:
        """What the offices have said, at the end."""
        return (self._folder / "offices.log").read_text("utf-8")[-3000:]

    def alive(self) -> bool:
        """Whether the office is at work; AssertionError where it has ended by itself."""
        state = Path(f"/proc/{self._office}/stat").read_text("ascii").rpartition(")")[2].split()[0]
        assert state != "Z", self.said()
        return True

    def kill(self) -> None:
        """It is gone at once, whatever it was doing."""
        if self._office:
            os.kill(self._office, signal.SIGKILL)
            assert self._nursery.stdin
            assert self._nursery.stdout
            self._nursery.stdin.write("gone\n")
            self._nursery.stdin.flush()
            self._nursery.stdout.readline()
        self._office = 0


def main(folder: Path, mail: str) -> None:
    from tests.integration.notify.house import House

    office = 0
    for line in sys.stdin:
        if line == "gone\n":
            os.waitpid(office, 0)
            print(flush=True)
            continue
        office = os.fork()
        if not office:
            House(folder, mail).stay()
            os._exit(0)
        print(office, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
