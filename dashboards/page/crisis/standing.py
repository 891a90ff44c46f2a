"""Is it a crisis? The answer in a word, which never says calm where nobody could have heard otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from corrillo.alerts import Level
from dashboards.page.crisis.hours import USABLE, Hours
from dashboards.page.crisis.incidents import Incidents
from dashboards.page.sources import Sources

Answer = Literal["watch", "warning", "crisis", "calm", "calm_in_part", "deaf", "behind", "learning"]
ANSWERS: tuple[Answer, ...] = ("watch", "warning", "crisis", "calm", "calm_in_part", "deaf", "behind", "learning")
"""A level above calm; calm; calm as far as can be heard; and three ways of not knowing."""


@dataclass(frozen=True)
class Standing:
    """The answer, the level behind it, and how many sources are not heard now, of how many."""

    answer: Answer
    level: Level
    blind: int
    sources: int


def standing(incidents: Incidents, hours: Hours, sources: Sources) -> Standing:
    """What is known now: an open incident first, then what keeps us from knowing, then calm."""
    blind = len(sources.not_listening)
    heard = 0 if sources.imported else len(sources.rows) - blind
    return Standing(_answer(incidents.level, hours, heard, blind), incidents.level, blind, len(sources.rows))


def _answer(level: Level, hours: Hours, heard: int, blind: int) -> Answer:
    if level != "calm":
        return level
    if not heard:
        return "deaf"
    if hours.learnt < USABLE:
        return "learning"
    if hours.behind:
        return "behind"
    newest = hours.hours[-1]
    return "calm_in_part" if blind or newest.partial or not newest.known else "calm"
