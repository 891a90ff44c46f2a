"""A server as a process group of its own that never outlives who started it."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from deploy.services.errors import ServiceError

PATIENCE = 180.0
"""Seconds that a server may take to answer or to leave: generous, machines are shared."""


def require_free(port: int) -> None:
    """Raises ``ServiceError`` if somebody listens on that port of loopback: their answers would pass for ours."""
    with socket.socket() as asked:
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            asked.bind(("127.0.0.1", port))
        except OSError:
            raise ServiceError(f"Port {port} is taken: end who listens there, or choose another") from None


def free_port() -> int:
    """A port of loopback that nobody listens on now.

    It lies below those that outgoing connections are given: none of them takes it while a killed server is away.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        with suppress(ServiceError):
            require_free(port)
            return port


class Process:
    """One server process with its children, and the file that all they say is added to."""

    def __init__(self, name: str, log: Path) -> None:
        self.name, self.log = name, log
        self._leader: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None

    def start(self, line: Sequence[str | Path], environment: Mapping[str, str], answers: Callable[[], bool]) -> None:
        """Start it and come back when it ``answers``; what is left of an earlier start is killed before.

        Raises ``ServiceError`` with the end of the log when it leaves before, or does not answer in ``PATIENCE``.
        """
        self.end(signal.SIGKILL)
        with open(self.log, "ab") as said:
            self._leader = subprocess.Popen(
                line, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
            )
        self._guard = _guard(self._leader.pid)
        try:
            self._await(answers)
        except BaseException:
            self.end(signal.SIGKILL)
            raise

    def end(self, how: signal.Signals) -> None:
        """Send ``how`` to the whole group and come back when none of it is left; nothing to do if it is not there."""
        if not self._leader:
            return
        group, deadline = self._leader.pid, time.monotonic() + PATIENCE
        self.send(how)
        self.send(signal.SIGCONT)
        while self._leader.poll() is None or alive(group):
            if time.monotonic() > deadline:
                self.send(signal.SIGKILL)
            time.sleep(0.02)
        self._leader = None
        if self._guard:
            self._guard.kill()
            self._guard.communicate()

    def send(self, what: signal.Signals) -> None:
        """Send a signal to the whole group, if it is there."""
        if self._leader:
            with suppress(ProcessLookupError):
                os.killpg(self._leader.pid, what)

    def _await(self, answers: Callable[[], bool]) -> None:
        assert self._leader
        deadline = time.monotonic() + PATIENCE
        while not answers():
            if self._leader.poll() is not None:
                raise ServiceError(f"{self.name} left with exit code {self._leader.returncode}:\n{self._last_words()}")
            if time.monotonic() > deadline:
                raise ServiceError(f"{self.name} does not answer after {PATIENCE:g} s:\n{self._last_words()}")
            time.sleep(0.1)

    def _last_words(self, lines: int = 30) -> str:
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])


def _guard(group: int) -> subprocess.Popen[bytes]:
    """A shell that kills the group once this process is gone, however it went: its end of the pipe closes then."""
    return subprocess.Popen(
        ["sh", "-c", 'read -r _; kill -s KILL -- "-$0"', str(group)],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def alive(group: int) -> bool:
    """Whether a process of the group still runs; one that is dead and only not yet collected does not.

    A process of many threads looks dead as soon as its first one is, while the others still hold ports and locks.
    """
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            said = stat.read_text("ascii", "replace").rpartition(")")[2].split()
            state, belongs, threads = said[0], int(said[2]), int(said[17])
            if belongs == group and (state not in "ZX" or threads > 1):
                return True
    return False
