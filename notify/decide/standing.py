"""An incident as it stands for everybody: its life, and what people have done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from corrillo.alerts import Act, Incident, Level, Life, life, rank
from notify.decide.told import BEGINNING

OLD = timedelta(days=1)
"""What had not risen for that long when notification began is nobody's news."""
RISES = ("opened", "escalated", "reopened", "split")


@dataclass(frozen=True)
class Standing:
    """``answered``: when somebody last acknowledged or silenced it. ``spoke_again``: when a silence last ended by itself
    or by somebody. ``speaks``: when the silence that is on will end; None: none is, or it has no end."""

    incident: Incident
    life: Life
    answered: datetime = BEGINNING
    spoke_again: datetime = BEGINNING
    speaks: datetime | None = None

    @property
    def over(self) -> bool:
        return self.incident.resolved is not None

    @property
    def crisis(self) -> bool:
        """Whether it is one at this moment."""
        return self.incident.level == "crisis"

    def reached(self, after: datetime) -> Level:
        """The highest level since then, the present one included."""
        return max((self.incident.level, *(c.level for c in self.incident.changes if c.at > after)), key=rank)

    def is_old(self, since: datetime) -> bool:
        """Whether it has only gone on since long before ``since``."""
        return max((c.at for c in self.incident.changes if c.what in RISES), default=self.incident.opened) < since - OLD


def standing(incident: Incident, acts: Sequence[Act], elsewhere: Sequence[Act], now: datetime) -> Standing:
    """``acts`` are its own, ``elsewhere`` those of what has become part of it."""
    done = sorted((a for a in acts if a.what != "note"), key=lambda a: a.at)
    stands = life(incident, acts, now)
    answers = (a.at for a in (*acts, *elsewhere) if a.what in ("acknowledge", "silence"))
    ends = [_end(incident, done, n) for n, a in enumerate(done) if a.what == "silence"]
    return Standing(
        incident,
        stands,
        max(answers, default=BEGINNING),
        max((end for end in ends if end is not None and end <= now), default=BEGINNING),
        done[-1].until if stands == "silenced" else None,
    )


def _end(incident: Incident, done: Sequence[Act], number: int) -> datetime | None:
    """When that silence ends: by its time, the next act, or because it rises."""
    silence = done[number]
    rises = (c.at for c in incident.changes if c.what in ("escalated", "reopened") and c.at > silence.at)
    ends = (silence.until, *(a.at for a in done[number + 1 : number + 2]), *rises)
    return min((end for end in ends if end is not None), default=None)
