"""A process that stood still for longer than a session ends when it moves again."""

from __future__ import annotations

from itertools import accumulate, chain

import pytest

from processors.faust import frozen
from processors.faust.application import SESSION


class Ended(BaseException):
    """The process has ended, in a test."""


def ends_after(monkeypatch, *naps):
    """The code with which the process ends, when it sleeps so long each time; a clock that is a fake."""
    codes, clock = [], iter([0.0, *chain.from_iterable((t, t) for t in accumulate(naps))])

    def fake_exit(code):
        codes.append(code)
        raise Ended

    monkeypatch.setattr("os._exit", fake_exit)
    monkeypatch.setattr(frozen.time, "sleep", lambda _: None)
    monkeypatch.setattr(frozen.time, "clock_gettime", lambda _: next(clock))
    with pytest.raises((Ended, StopIteration)):
        frozen._watch()
    return codes


def test_who_slept_through_a_session_ends(monkeypatch):
    """Others have its partitions by then."""
    assert ends_after(monkeypatch, 1.0, 1.0, SESSION + 1.0) == [frozen.FROZEN]


def test_who_is_slow_goes_on(monkeypatch):
    """As long as each nap is shorter than a session, however long they are together."""
    assert ends_after(monkeypatch, *[SESSION - 1.0] * 5) == []
