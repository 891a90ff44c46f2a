"""``corrillo`` as people run it, and waiting for what it does: for tests that start processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

PATIENCE = 120.0
"""Seconds after which what is waited for counts as not coming: generous, machines are shared."""


def until(true: Callable[[], Any], what: Callable[[], str] | str, patience: float = PATIENCE) -> Any:
    """What ``true`` gives as soon as it is something; fails with ``what`` did not come after ``patience`` seconds."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        found = true()
        if found:
            return found
        time.sleep(0.05)
    pytest.fail(f"not within {patience:g} s: {what() if callable(what) else what}")


def get(url: str) -> tuple[int, str]:
    """Status and body of a page on loopback; (0, '') while nobody answers there."""
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode("utf-8")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode("utf-8", "replace")
    except OSError:
        return 0, ""


@dataclass
class Commands:
    """``corrillo`` as a process of its own in one folder, with nothing from outside but PATH."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    program: tuple[str, ...] = ("-m", "corrillo")
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def __call__(self, *args: object, code: int = 0, stdin: str | bytes = "") -> subprocess.CompletedProcess[str]:
        """Run a command to its end; it must leave with ``code``."""
        given = stdin.encode() if isinstance(stdin, str) else stdin
        ran = subprocess.run(
            self._line(args),
            cwd=self.folder,
            env=self._environment(),
            input=given,
            capture_output=True,
            timeout=PATIENCE,
        )
        out, err = ran.stdout.decode(), ran.stderr.decode()
        assert ran.returncode == code, f"{args}: exit code {ran.returncode}, not {code}\n{out[-3000:]}\n{err[-3000:]}"
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(ran.args, ran.returncode, out, err)

    def json(self, *args: object, code: int = 0, stdin: str | bytes = "") -> Any:
        """The one JSON document that a command prints with ``--json``."""
        return json.loads(self(*args, "--json", code=code, stdin=stdin).stdout)

    def start(self, *args: object, log: str = "log") -> subprocess.Popen[str]:
        """Start a command that goes on; what it says to people is added to the file ``log``."""
        with open(self.folder / log, "a", encoding="utf-8") as said:
            process = subprocess.Popen(
                self._line(args), cwd=self.folder, env=self._environment(), stdin=subprocess.DEVNULL, stdout=said,
                stderr=said, text=True,
            )  # fmt: skip
        self.started.append(process)
        return process

    def end(self) -> None:
        """Kill whatever of it is still there."""
        for process in self.started:
            with suppress(OSError):
                process.kill()
            process.wait(PATIENCE)

    def _line(self, args: tuple[object, ...]) -> list[str]:
        return [sys.executable, *self.program, *map(str, args)]

    def _environment(self) -> dict[str, str]:
        passed = {k: v for k, v in os.environ.items() if not k.startswith(("CORRILLO", "XDG", "PYTHONPATH"))}
        return {**passed, "HOME": str(self.folder), "COLUMNS": "200", "NO_COLOR": "1", **self.environment}
