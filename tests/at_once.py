"""``corrillo`` in this very process: for tests that run many commands, each of which would take a second to start."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corrillo.cli import main


@dataclass
class AtOnce:
    """Runs commands in one folder, with nothing from outside, as ``tests.processes.Commands`` does."""

    folder: Path

    def __call__(self, *args: object, code: int = 0, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command to its end; it must leave with ``code``."""
        out, err, left = io.StringIO(), io.StringIO(), 0
        with _alone(self.folder, args, stdin), redirect_stdout(out), redirect_stderr(err):
            try:
                main()
            except SystemExit as end:
                left = int(end.code or 0)
        said = f"{args}: exit code {left}, not {code}\n{out.getvalue()[-3000:]}\n{err.getvalue()[-3000:]}"
        assert left == code, said
        return subprocess.CompletedProcess(args, left, out.getvalue(), err.getvalue())

    def json(self, *args: object, code: int = 0, stdin: str = "") -> Any:
        """The one JSON document that a command prints with ``--json``."""
        return json.loads(self(*args, "--json", code=code, stdin=stdin).stdout)


@contextmanager
def _alone(folder: Path, args: tuple[object, ...], stdin: str) -> Iterator[None]:
    before = Path.cwd(), dict(os.environ), sys.argv, sys.stdin
    try:
        os.chdir(folder)
        for name in [n for n in os.environ if n.startswith(("CORRILLO", "XDG"))]:
            del os.environ[name]
        os.environ.update({"HOME": str(folder), "COLUMNS": "200", "NO_COLOR": "1", "LOGNAME": "marta"})
        sys.argv = ["corrillo", *map(str, args)]
        sys.stdin = io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8")
        yield
    finally:
        folder_before, environment, sys.argv, sys.stdin = before
        os.chdir(folder_before)
        os.environ.clear()
        os.environ.update(environment)
