"""A process group is ended as a whole, and never outlives who started it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.services import ServiceError
from deploy.services.process import Process, alive, free_port, require_free

FAMILY = 'echo ready; sleep 1000 & echo $$ > "$0"; wait'
"""A leader with a child, that says in a file which group it is."""

ORPHANS = """
import os, signal, sys
from pathlib import Path
from deploy.services.process import Process
file = Path(sys.argv[1])
Process("fake", file.with_name("log")).start(["sh", "-c", sys.argv[2], file], os.environ, lambda: file.exists() and file.read_text())
{leave}
"""


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    made = Process("A fake", tmp_path / "log")
    yield made
    made.end(signal.SIGKILL)


@pytest.fixture
def group(process: Process, tmp_path: Path) -> Callable[[], int]:
    """Start the family and say which group it is."""

    def start() -> int:
        file = tmp_path / "group"
        process.start(["sh", "-c", FAMILY, file], os.environ, lambda: file.exists() and file.read_text() != "")
        return int(file.read_text())

    return start


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_children_end_with_the_leader(process: Process, group: Callable[[], int], how: signal.Signals) -> None:
    started = group()
    assert alive(started)
    process.end(how)
    assert not alive(started)


def test_what_hangs_is_ended_too(process: Process, group: Callable[[], int]) -> None:
    started = group()
    process.send(signal.SIGSTOP)
    process.end(signal.SIGTERM)
    assert not alive(started)


def test_ending_what_is_not_there_does_nothing(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a start and after an end: no group is sent a signal, for its number may be somebody else's by then."""
    sent: list[tuple[int, int]] = []
    process.start(["sleep", "1000"], os.environ, lambda: True)
    process.end(signal.SIGKILL)
    monkeypatch.setattr(os, "killpg", lambda *signalled: sent.append(signalled))
    for one in (process, Process("Never started", process.log)):
        one.end(signal.SIGTERM)
        one.send(signal.SIGSTOP)
    assert sent == []


def test_what_leaves_at_its_start_is_quoted(process: Process) -> None:
    with pytest.raises(ServiceError, match="A fake left with exit code 3:\nno disk"):
        process.start(["sh", "-c", "echo no disk; exit 3"], os.environ, lambda: False)


def test_what_never_answers_is_ended(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.services.process.PATIENCE", 0.3)
    with pytest.raises(ServiceError, match=r"does not answer after 0\.3 s:\nwaiting"):
        process.start(["sh", "-c", "echo waiting; sleep 1000"], os.environ, lambda: False)


@pytest.mark.parametrize("leave", ["os.kill(os.getpid(), signal.SIGKILL)", "sys.exit()", "raise KeyboardInterrupt"])
def test_it_does_not_outlive_who_started_it(tmp_path: Path, leave: str) -> None:
    file = tmp_path / "group"
    subprocess.run([sys.executable, "-c", ORPHANS.format(leave=leave), file, FAMILY], capture_output=True)
    started, deadline = int(file.read_text()), time.monotonic() + 30
    while alive(started) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(started)


def test_a_port_that_is_free_may_be_taken_and_one_that_is_taken_may_not() -> None:
    require_free(free_port())
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ServiceError, match="is taken"):
        require_free(taken.getsockname()[1])
