"""Rules that hold whatever happens, whoever listens, and however often the office looks or begins anew."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from corrillo.alerts import LEVELS, Level, life, rank
from corrillo.notices import Delivery, Hours, Subscriber
from notify.decide import World, decide
from tests.unit.notify.decide.town import ISLAND, NIGHT, OFFICE_HOURS, RAVAL, TOWN, WATER, WHOLE, Office, a_person

SUBJECTS = {"fire": WHOLE, "leak": WATER, "noise": RAVAL}


class Step(NamedTuple):
    """After so many minutes, something happens to an incident."""

    minutes: int
    name: str
    what: str


WHATS = ("up", "up", "down", "news", "over", "acknowledge", "silence", "reopen", "merge")
STEPS = st.lists(
    st.builds(
        Step, st.sampled_from([0, 1, 2, 9, 31, 90, 400]), st.sampled_from(sorted(SUBJECTS)), st.sampled_from(WHATS)
    ),
    max_size=25,
)
LISTENING = st.fixed_dictionaries(
    {
        "least": st.sampled_from(["watch", "warning", "crisis"]),
        "quiet": st.sampled_from([(), NIGHT]),
        "shifts": st.sampled_from([(), (), OFFICE_HOURS, (Hours(begin="15:00", end="08:00"),)]),
        "services": st.sampled_from([(), (), ("water",)]),
        "per_hour": st.sampled_from([1, 2, 6]),
        "next": st.sampled_from(["", "ana", "blas", "carla"]),
        "after": st.sampled_from([1, 15, 120]),
    }
)
PEOPLE = st.tuples(LISTENING, LISTENING, LISTENING).map(
    lambda three: [a_person(name, **given) for name, given in zip(("ana", "blas", "carla"), three, strict=True)]
)


def happens(office: Office, step: Step) -> None:
    """The step, where it is one that can happen to how the incident stands."""
    known = office.incidents.get(step.name)
    subjects = (SUBJECTS[step.name],)
    if known is None or known.resolved:
        if step.what == "up" and not (known and known.into):
            office.happens(step.name, "reopened" if known else "opened", "warning", subjects=subjects)
        return
    level = rank(known.level)
    if step.what == "up" and level < 3:
        office.happens(step.name, "escalated", LEVELS[level + 1], subjects=subjects)
    elif step.what == "down" and level > 1:
        office.happens(step.name, "eased", LEVELS[level - 1], subjects=subjects)
    elif step.what == "news":
        office.happens(step.name, "changed", known.level, subjects=subjects)
    elif step.what == "over":
        office.happens(step.name, "resolved", "calm", subjects=subjects)
    elif step.what == "silence":
        office.does(step.name, "silence", office.now + timedelta(hours=1))
    elif step.what in ("acknowledge", "reopen"):
        office.does(step.name, "acknowledge" if step.what == "acknowledge" else "reopen")
    elif step.what == "merge" and step.name != "fire" and is_open(office, "fire"):
        office.happens(step.name, "merged", "calm", other="fire", subjects=subjects)
        office.happens("fire", "merged", office.incidents["fire"].level, other=step.name)


def is_open(office: Office, name: str) -> bool:
    return name in office.incidents and office.incidents[name].resolved is None


def live(office: Office, steps: list[Step], every: float) -> Office:
    """All of it, and the day after."""
    for step in steps:
        office.wait(step.minutes, every)
        happens(office, step)
    office.round()
    office.wait(60 * 24 * 3, 60)
    return office


def world(office: Office) -> World:
    return World(
        office.now,
        {i.id: i for i in (TOWN, ISLAND)},
        list(office.incidents.values()),
        office.acts,
        list(office.people.values()),
        list(office.kept.values()),
    )


def learnt(office: Office, person: str) -> dict[str, list[tuple[str, Level]]]:
    """What somebody was told of each incident, in that order."""
    found: dict[str, list[tuple[str, Level]]] = {name: [] for name in office.incidents}
    for delivery in office.sent(person):
        for news in delivery.news:
            found[news.incident].append((news.what, news.level))
    return found


class Eyewitness(Office):
    """An office at which every round is looked at."""

    def round(self) -> list[Delivery]:
        out = {d.id for d in self.kept.values() if d.state != "dropped" and not d.open}
        made = super().round()
        assert not out & {d.id for d in made}, "made again though it was sent"
        assert decide(world(self)) == [], "asked with its own result it gives nothing"
        self._nobody_waits_for_the_first_word_of_a_crisis()
        return made

    def _nobody_waits_for_the_first_word_of_a_crisis(self) -> None:
        for incident in self.incidents.values():
            if incident.level == "crisis" and life(incident, self.acts, self.now) == "open":
                for person in self.people.values():
                    if not person.shifts and not person.services:
                        told = learnt(self, person.id)[incident.id]
                        last_end = max((n for n, (what, _) in enumerate(told) if what == "resolved"), default=-1)
                        assert (
                            any(level == "crisis" for _, level in told[last_end + 1 :])
                            or incident.into
                            or any(other.into == incident.id for other in self.incidents.values())
                        )


@settings(max_examples=20, deadline=None)
@given(STEPS, PEOPLE, st.sampled_from([1, 7, 60]))
def test_whatever_happens_it_is_told_once_and_in_time(
    steps: list[Step], people: list[Subscriber], every: float
) -> None:
    office = live(Eyewitness(*people), steps, every)
    for person in people:
        for name, told in learnt(office, person.id).items():
            check_story(office, name, told)
            check_end(office, person, name, told)


def check_story(office: Office, name: str, told: list[tuple[str, Level]]) -> None:
    """It opens, rises by steps, and is over once."""
    knows, level, merged = False, 0, any(i.into == name for i in office.incidents.values())
    for what, at in told:
        if what == "resolved":
            assert knows
            knows, level = False, 0
            continue
        assert knows or what in ("opened", "unacknowledged") or merged
        assert not (knows and what == "opened")
        assert what != "escalated" or rank(at) > level
        knows, level = True, max(level, rank(at))


def check_end(office: Office, person: Subscriber, name: str, told: list[tuple[str, Level]]) -> None:
    """In the end everybody knows what is open, and that what they knew of is over."""
    incident = office.incidents[name]
    if incident.resolved and not incident.into and told:
        assert told[-1][0] == "resolved"
    listens = not person.services or SUBJECTS[name].service in person.services or name == "fire"
    if not incident.resolved and listens and rank(incident.level) >= rank(person.least):
        assert told
        assert told[-1][0] != "resolved"


@settings(max_examples=15, deadline=None)
@given(STEPS, PEOPLE)
def test_to_look_at_what_changed_is_to_look_at_everything(steps: list[Step], people: list[Subscriber]) -> None:
    """An office that begins anew before every round tells the same people the same things at the same moments."""
    once, again = live(Office(*people), steps, 5), live(Office(*people, restarts=True), steps, 5)
    assert sorted(once.kept.values(), key=lambda d: d.id) == sorted(again.kept.values(), key=lambda d: d.id)


@settings(max_examples=10, deadline=None)
@given(STEPS, st.integers(1, 4))
def test_however_seldom_it_looks_everybody_knows_in_the_end(steps: list[Step], hours: int) -> None:
    people = [a_person("ana"), a_person("blas", least="crisis", quiet=NIGHT)]
    for every in (1, 60 * hours):
        office = live(Office(*people), steps, every)
        for person in people:
            for name, told in learnt(office, person.id).items():
                check_story(office, name, told)
                check_end(office, person, name, told)
