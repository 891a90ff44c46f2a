"""When a host may be asked again: at the pace that we keep, and after the waits that it imposes.

Pure but for its memory: it never sleeps. Times are seconds of ``timer``, which only moves forward, so
that a clock set back lengthens no wait. A host is named as in an address, with its port.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

FIRST_WAIT, LONGEST_WAIT = 2.0, 900.0
"""Seconds: what the waits of a host that names none grow from, and up to."""
BELIEVED = 3600.0
"""Seconds: the longest ``Retry-After`` that is believed; then the host is asked once."""
_PORTS = {"http": 80, "https": 443}


class Pacing:
    """The turns and waits of every host. ``chance`` gives numbers from 0 to 1: the jitter."""

    def __init__(self, timer: Callable[[], float], chance: Callable[[], float]) -> None:
        self._timer = timer
        self._chance = chance
        self._paces: dict[str, float] = {}
        self._turns: dict[str, float] = {}
        self._until: dict[str, float] = {}
        self._refusals: dict[str, int] = {}

    def keep(self, host: str, every: float) -> None:
        """From now on at most one request every so many seconds; of several wishes the slowest counts."""
        self._paces[host] = max(every, self._paces.get(host, 0.0))

    def turn(self, host: str) -> float:
        """Take the next turn at the host; the seconds until it comes."""
        if host not in self._paces:
            return 0.0
        now = self._timer()
        turn = max(now, self._turns.get(host, now))
        self._turns[host] = turn + self._paces[host]
        return turn - now

    def held(self, host: str) -> float:
        """The seconds for which the host must not be asked; 0.0 when it may."""
        return max(self._until.get(host, 0.0) - self._timer(), 0.0)

    def refused(self, host: str, asked_for: float | None) -> float:
        """The host told us to slow down: the seconds to wait, as ``asked_for`` or, failing that, growing.

        They grow with full jitter, doubled each time. Refusals of requests that were under way
        together count once.
        """
        if asked_for is None and (left := self.held(host)):
            return left
        self._refusals[host] = refusals = self._refusals.get(host, 0) + 1
        most = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(refusals - 1, 30))
        wait = self._chance() * most if asked_for is None else asked_for
        self._until[host] = max(self._until.get(host, 0.0), self._timer() + wait)
        return max(wait, self.held(host))

    def went_well(self, host: str) -> None:
        """A good answer: the next wait begins small again."""
        self._refusals.pop(host, None)


def host_of(url: str) -> str:
    """Host and port of an address, however they are written. Raises ValueError when they cannot be."""
    parts = urlsplit(url)
    return f"{(parts.hostname or '').rstrip('.')}:{parts.port or _PORTS.get(parts.scheme, 0)}"


def wait_named(value: str, now: datetime) -> float | None:
    """Seconds that a ``Retry-After`` names, as seconds or as a date; None for nonsense."""
    if value.strip().isdecimal():
        return min(float(value), BELIEVED)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 0.0), BELIEVED)
