"""Trying cases one after another, and saying once what is wrong, with the smallest case that shows it."""

from __future__ import annotations

import re
import signal
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from time import process_time
from typing import Any

from tests.fuzz.targets import Target

HANGS = 10.0
"""Seconds of this process's own work after which a case counts as one that never ends."""
SHRINKS = 300
"""Cases that are tried to make one smaller."""


class Hang(BaseException):
    """Raised inside what takes too long; nobody catches it by mistake."""


@dataclass(frozen=True)
class Finding:
    """What is wrong, where, and the smallest case that shows it."""

    target: str
    wrong: str
    case: str

    def __str__(self) -> str:
        return f"{self.target}: {self.wrong}\n    {self.case}"


@dataclass
class Trial:
    """How it went with one target so far."""

    target: Target[Any]
    random: Random
    tried: int = 0
    slowest: float = 0.0
    slowest_case: str = ""
    findings: dict[str, Finding] = field(default_factory=dict)
    again: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._first = self.target.every()

    def turn(self, over: Callable[[], bool]) -> Iterator[Finding]:
        """Try cases until it is over; each fault that is new."""
        while not over():
            case = next(self._first, None)
            if case is None:
                case = self.target.chance(self.random)
            begin = process_time()
            wrong = _wrong(self.target, case)
            spent = process_time() - begin
            self.tried += 1
            if spent > self.slowest:
                self.slowest, self.slowest_case = spent, self.target.said(case)[:200]
            if wrong:
                self.again[wrong] += 1
                if wrong not in self.findings:
                    self.findings[wrong] = self._smallest(case, wrong)
                    yield self.findings[wrong]

    def _smallest(self, case: Any, wrong: str) -> Finding:
        left = SHRINKS

        def fails(smaller: Any) -> bool:
            nonlocal left
            left -= 1
            return left > 0 and _wrong(self.target, smaller) == wrong

        small = case if wrong.startswith("Hang") else self.target.smaller(case, fails)
        return Finding(self.target.name, wrong, self.target.said(small))


def _wrong(target: Target[Any], case: Any) -> str:
    """What is wrong with a case: the error and where it was raised; '' when nothing is."""
    try:
        with _limited(HANGS):
            target.check(case)
    except Hang:
        return f"Hang: over {HANGS:g} s"
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        ours = [f for f in frames if "site-packages" not in f.filename and "/lib/python" not in f.filename][-1]
        said = re.sub(r"got `\w+`|assert .*", "…", str(error).splitlines()[0])[:120] if str(error) else ""
        said = said if isinstance(error, AssertionError) else ""
        return f"{type(error).__name__}{said and ' '}{said} in {ours.filename.rpartition('/')[2]}:{ours.lineno} {ours.name}"
    return ""


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Raise Hang after so much work; time in which others had the machine does not count."""

    def stop(*_: object) -> None:
        raise Hang

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
