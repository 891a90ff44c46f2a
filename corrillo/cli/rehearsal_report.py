"""What a rehearsal came to, ready to be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from corrillo.alerts import LEVELS, Level
from corrillo.cli.rehearsal_words import WORDS
from corrillo.institution import Institution
from corrillo.rehearsal.replay import Episode
from corrillo.rehearsal.run import Rehearsed
from corrillo.rehearsal.truth import Real, Verdict, judge
from dashboards.page.crisis.incidents import IncidentRow
from dashboards.page.crisis.reasons import reason_of
from dashboards.page.i18n import Texts

ALERTS: tuple[Level, ...] = LEVELS[1:]


@dataclass(frozen=True)
class Report:
    """What a rehearsal of one institution came to. ``truth``: what really happened, None where nobody said so."""

    result: Rehearsed
    institution: Institution
    texts: Texts
    truth: Sequence[Real] | None

    @property
    def verdicts(self) -> list[Verdict]:
        """How each level stands against what really happened, as far as it was in that time."""
        asked = self.result.asked
        real = [r for r in self.truth or () if r.since < asked.until and r.until > asked.since]
        return [] if self.truth is None else [judge(self.result.at(level), real, level) for level in ALERTS]

    def when(self, moment: datetime) -> str:
        """In the institution's own zone."""
        return f"{moment.astimezone(self.institution.zone):%Y-%m-%d %H:%M}"

    def word(self, key: str, **values: object) -> str:
        """What only a rehearsal says."""
        return WORDS[self.texts.language][key].format(**values)

    def level(self, level: Level) -> str:
        """A level in the middle of a line, as the page calls it."""
        return self.texts.name("level", level).lower()

    def reason(self, episode: Episode) -> str:
        """Why it would have been one, when it was highest."""
        return reason_of(self.texts, _as_over(episode), self.institution)


def _as_over(episode: Episode) -> IncidentRow:
    """As something that is over: what it came to is looked at, not where it stands."""
    return IncidentRow(episode.incident, "resolved")
