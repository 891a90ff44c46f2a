"""Alerts that tell the same thing are one incident, and its life is told when something is new."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import msgspec
import pytest

from corrillo.alerts import LEVELS, Alert, Evidence, Incident, Point, Subject, rank
from processors.detect.incidents import IncidentRules, Incidents
from processors.detect.lives import incident_id

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TOWN = Subject(institution="valdeprado")
WATER = Subject(institution="valdeprado", service="water")
CLEANING = Subject(institution="valdeprado", service="cleaning")
ROADS = Subject(institution="valdeprado", service="roadworks")
TRIANA = Subject(institution="valdeprado", district="Triana")
CENTRO = Subject(institution="valdeprado", district="Centro")


def alert(subject, mentions, level="watch", *, voices=None, expected=0.0, since=NOON, channel="volume", **evidence):
    """A subject above calm; ``mentions`` are numbers."""
    ids = tuple(f"m{n}" for n in mentions)
    seen = {"minutes": 60, "low": 0.0, "high": 2.0, "surprise": 2.0, "networks": (("x", 3),), **evidence}
    voices = float(len(ids)) if voices is None else voices
    proof = Evidence(channel=channel, voices=voices, expected=expected, **seen)
    return Alert(subject=subject, level=level, since=since, at=NOON, evidence=proof, mentions=ids)


def points(subject):
    return (Point(at=NOON, count=3.0, expected=1.0, low=0.0, high=2.0),)


class Town:
    """Incidents of a town, one moment after the other; each moment begins from what was kept as JSON."""

    def __init__(self) -> None:
        self.incidents = Incidents()
        self.kept: dict[str, bytes] = {}
        self.told: list[Incident] = []

    def at(self, minutes, *alerts):
        """What is told when these are the alerts, so many minutes after noon."""
        self.incidents.update(alerts, NOON + minutes * MINUTE, points)
        self.told = self.incidents.told()
        self.kept |= {i.id: msgspec.json.encode(i) for i in self.told}
        known = [msgspec.json.decode(self.kept[i], type=Incident) for i in self.incidents.known()]
        assert known == list(self.incidents._known.values())
        self.incidents = Incidents(known)
        return self.told

    @property
    def open(self):
        return self.incidents.open()

    @property
    def all(self):
        return [msgspec.json.decode(i, type=Incident) for i in self.kept.values()]


@pytest.fixture
def town():
    return Town()


def life(incident):
    return [c.what for c in incident.changes]


def subjects(incidents):
    return [set(i.subjects) for i in incidents]


# ── what is one incident ──────────────────────────────────────────────────────────────────
def test_a_service_and_a_district_with_the_same_mentions_are_one_incident(town):
    """Half of the smaller one's are enough; it is told once."""
    (one,) = town.at(0, alert(WATER, range(10)), alert(TRIANA, range(8, 12)))
    assert set(one.subjects) == {WATER, TRIANA}
    assert life(one) == ["opened"]


def test_a_service_and_a_district_with_other_mentions_are_two(town):
    assert len(town.at(0, alert(WATER, range(10)), alert(TRIANA, range(9, 13)))) == 2


def test_the_whole_is_one_with_the_part_that_explains_what_is_unusual_of_it(town):
    """20 of the 60 are usual; the other 40 are explained by 12."""
    whole = alert(TOWN, range(60), expected=20.0)
    assert subjects(town.at(0, whole, alert(WATER, range(40, 52)))) == [{TOWN, WATER}]


def test_the_whole_is_compared_with_a_part_in_the_time_of_both(town):
    """All that was said of it today, and the last minutes of a service."""
    assert len(town.at(0, alert(TOWN, range(100), minutes=1440), alert(WATER, range(90, 99), minutes=5))) == 1


def test_the_whole_is_apart_where_its_parts_explain_little(town):
    """That it shares their mentions says nothing: it has everybody's."""
    told = town.at(0, alert(TOWN, range(60)), alert(WATER, range(6)), alert(CLEANING, range(6, 12)))
    assert len(told) == 3


def test_services_that_began_together_and_explain_the_whole_are_one_burst(town):
    whole = alert(TOWN, range(60))
    assert len(town.at(0, whole, alert(WATER, range(30)), alert(ROADS, range(30, 50)))) == 1


def test_services_that_began_hours_apart_are_two_though_the_whole_has_both(town):
    water, roads = alert(WATER, range(30)), alert(ROADS, range(30, 50), since=NOON - 2 * HOUR)
    assert {TOWN, WATER} in subjects(town.at(0, alert(TOWN, range(60)), water, roads))
    assert len(town.open) == 2


def test_it_is_led_by_the_highest_level_then_by_the_most_specific_subject(town):
    (one,) = town.at(0, alert(TOWN, range(20), surprise=4.0), alert(WATER, range(20), surprise=3.0))
    assert (one.leading, one.evidence.surprise) == (WATER, 3.0)
    (one,) = town.at(5, alert(TOWN, range(20), "crisis"), alert(WATER, range(20)))
    assert (one.leading, one.level, one.points) == (TOWN, "crisis", points(TOWN))


def test_the_one_that_leads_goes_on_leading_among_equals(town):
    town.at(0, alert(WATER, range(9), surprise=3.0), alert(TRIANA, range(9), surprise=2.9))
    (one,) = town.at(20, alert(WATER, range(9), surprise=3.0), alert(TRIANA, range(9), surprise=3.1))
    assert one.leading == WATER


def test_what_is_only_held_above_calm_does_not_lead(town):
    """It has no evidence any more."""
    town.at(0, alert(WATER, range(9)), alert(TOWN, range(9)))
    (one,) = town.at(60, alert(WATER, (), surprise=-9.0), alert(TOWN, range(9)))
    assert (one.leading, one.subjects) == (TOWN, (TOWN, WATER))


def test_ids_follow_from_what_began_where_and_when(town):
    (one,) = town.at(0, alert(WATER, range(9)))
    assert one.id == incident_id(WATER, NOON)
    others = [
        incident_id(WATER, NOON + timedelta(milliseconds=1)),
        incident_id(CLEANING, NOON),
        incident_id(TOWN, NOON),
    ]
    assert len({one.id, *others}) == 4
    assert len(one.id) == 32


# ── a life ────────────────────────────────────────────────────────────────────────────────
def test_a_life_opens_rises_falls_and_ends(town):
    for minute, level in ((0, "watch"), (5, "crisis"), (10, "warning")):
        town.at(minute, alert(WATER, range(9), level))
    (one,) = town.at(15)
    assert life(one) == ["opened", "escalated", "eased", "resolved"]
    assert [c.level for c in one.changes] == ["watch", "crisis", "warning", "calm"]
    assert (one.level, one.peak, one.opened, one.resolved) == ("calm", "crisis", NOON, NOON + 15 * MINUTE)
    assert one.evidence.voices == 9
    assert town.open == []


def test_nothing_is_told_while_nothing_is_new(town):
    town.at(0, alert(WATER, range(9)))
    assert [town.at(n, alert(WATER, range(9 + n), voices=9.0 + n)) for n in range(1, 8)] == [[]] * 7


def test_every_quarter_of_an_hour_the_evidence_is_told_without_a_step(town):
    town.at(1, alert(WATER, range(9)))
    assert town.at(14, alert(WATER, range(10))) == []
    (one,) = town.at(15, alert(WATER, range(11)))
    assert (life(one), one.evidence.voices, len(one.mentions)) == (["opened"], 11, 11)
    assert one.updated == NOON + 15 * MINUTE


@pytest.mark.parametrize(
    "then",
    [
        alert(WATER, range(9), voices=18.0),
        alert(WATER, range(9), networks=(("x", 3), ("press", 1))),
        alert(WATER, range(9), channel="complaint"),
    ],
    ids=["twice the voices", "another network", "another channel leads"],
)
def test_what_is_new_is_told_once(town, then):
    """Going back and forth tells nothing more."""
    before = alert(WATER, range(9))
    town.at(0, before)
    (one,) = town.at(1, then)
    assert life(one) == ["opened", "changed"]
    assert [town.at(2 + n, (before, then)[n % 2]) for n in range(6)] == [[]] * 6


def test_what_is_not_rare_any_more_is_no_news(town):
    """It is above calm only because it was."""
    town.at(0, alert(WATER, range(9)))
    assert town.at(1, alert(WATER, range(9), channel="complaint", networks=(("press", 1),), surprise=0.8)) == []


def test_a_new_subject_is_told_and_its_coming_back_is_not(town):
    both = alert(WATER, range(9)), alert(TRIANA, range(9))
    town.at(0, both[0])
    town.at(1, *both)
    town.at(2, both[0])
    (one,) = town.at(3, *both)
    assert life(one) == ["opened", "changed"]
    assert set(one.subjects) == {WATER, TRIANA}


def test_what_was_lost_is_kept_without_a_step(town):
    town.at(0, alert(WATER, range(9)), alert(TRIANA, range(9)))
    (one,) = town.at(1, alert(TRIANA, range(9)))
    assert (one.subjects, one.leading, life(one)) == ((TRIANA,), TRIANA, ["opened"])


def test_rising_says_what_is_new_too(town):
    town.at(0, alert(WATER, range(9)))
    (one,) = town.at(1, alert(WATER, range(30), "warning", networks=(("press", 9),)), alert(TRIANA, range(9)))
    assert life(one) == ["opened", "escalated"]
    assert town.at(2, alert(WATER, range(30), "warning"), alert(TRIANA, range(9))) == []


def test_what_comes_back_with_the_same_mentions_is_the_same_incident(town):
    (first,) = town.at(0, alert(WATER, range(10)))
    town.at(30)
    (again,) = town.at(60, alert(TRIANA, range(5, 15), "warning"))
    assert (again.id, life(again)) == (first.id, ["opened", "resolved", "reopened"])
    assert (again.resolved, again.level, again.changes[-1].level) == (None, "warning", "warning")


def test_a_few_of_the_same_mentions_will_do_for_the_same_subject(town):
    (first,) = town.at(0, alert(WATER, range(10)))
    town.at(30)
    assert town.at(60, alert(WATER, range(7, 17)))[0].id == first.id


@pytest.mark.parametrize(("minutes", "mentions"), [(30 + 361, range(10)), (60, range(20, 30))], ids=["later", "other"])
def test_much_later_or_with_other_mentions_it_is_a_new_one(town, minutes, mentions):
    (first,) = town.at(0, alert(WATER, range(10)))
    town.at(30)
    (other,) = town.at(minutes, alert(WATER, mentions))
    assert other.id != first.id
    assert life(other) == ["opened"]


def test_what_has_been_over_for_long_need_not_be_kept(town):
    town.at(0, alert(WATER, range(10)))
    town.at(30)
    town.at(30 + 360)
    assert len(town.incidents.known()) == 1
    town.at(30 + 361)
    assert town.incidents.known() == ()


def test_time_that_goes_back_does_not_move_an_incident_back(town):
    town.at(30, alert(WATER, range(9)))
    (one,) = town.at(0, alert(WATER, range(9), "warning"))
    assert one.updated == one.changes[-1].at == NOON + 30 * MINUTE


# ── merging and splitting ─────────────────────────────────────────────────────────────────
def merged(town):
    """Water, and half an hour later a district; then they have the same mentions."""
    town.at(0, alert(WATER, range(10)))
    town.at(30, alert(WATER, range(10)), alert(TRIANA, range(20, 30), "warning"))
    return town.at(40, alert(WATER, range(25)), alert(TRIANA, range(15, 30), "warning"))


def test_two_that_grew_together_are_the_older_one_and_both_histories_say_so(town):
    older, younger = merged(town)
    assert life(older) == ["opened", "merged", "escalated"]
    assert life(younger) == ["opened", "merged"]
    assert (younger.into, younger.resolved, younger.level, younger.peak) == (
        older.id, NOON + 40 * MINUTE, "calm", "warning",
    )  # fmt: skip
    assert (older.changes[1].other, younger.changes[1].other) == (younger.id, older.id)
    assert {"m0", "m29"} <= set(older.mentions)
    assert subjects(town.open) == [{WATER, TRIANA}]


def test_two_are_not_merged_on_a_handful_of_mentions(town):
    town.at(0, alert(WATER, range(10)), alert(TRIANA, range(20, 30)))
    town.at(5, alert(WATER, range(10)), alert(TRIANA, range(3, 10)))
    assert len(town.open) == 2


def test_a_new_alert_makes_no_two_incidents_one(town):
    """It joins the one with which it shares most."""
    water, cleaning = alert(WATER, range(12)), alert(CLEANING, range(12, 24))
    town.at(0, water, cleaning)
    town.at(1, water, cleaning, alert(TRIANA, range(7, 17)))
    assert sorted(map(len, subjects(town.open))) == [1, 2]


def test_one_whose_subjects_tell_different_things_becomes_two_and_both_histories_say_so(town):
    merged(town)
    town.at(99, alert(WATER, range(40, 60)), alert(TRIANA, range(60, 80), "warning"))
    assert len(town.open) == 1
    older, part = town.at(100, alert(WATER, range(40, 60)), alert(TRIANA, range(60, 80), "warning"))
    assert (life(older)[-1], life(part)) == ("split", ["split"])
    assert (older.changes[-1].other, part.changes[0].other) == (part.id, older.id)
    assert subjects([older, part]) == [{TRIANA}, {WATER}]
    assert (part.opened, part.level) == (NOON + 100 * MINUTE, "watch")


def test_what_was_split_stays_two_for_a_while(town):
    merged(town)
    town.at(100, alert(WATER, range(40, 60)), alert(TRIANA, range(60, 80)))
    same = alert(WATER, range(40, 60)), alert(TRIANA, range(40, 60))
    assert {len((town.at(n, *same), town.open)[1]) for n in range(101, 160)} == {2}
    town.at(160, *same)
    assert len(town.open) == 1


def test_few_mentions_split_nothing(town):
    town.at(0, alert(WATER, range(9)), alert(TRIANA, range(9)))
    town.at(100, alert(WATER, range(20, 40)), alert(TRIANA, range(40, 47)))
    assert len(town.open) == 1


def test_complaints_and_crises_are_other_mentions_of_one_thing(town):
    town.at(0, alert(WATER, range(9)), alert(TRIANA, range(9)))
    town.at(100, alert(WATER, range(20, 40), channel="crisis"), alert(TRIANA, range(40, 60), channel="complaint"))
    assert len(town.open) == 1


def test_alerts_of_different_times_split_nothing(town):
    """An hour of a service, and six hours of a district that is held above calm though nobody speaks of it now."""
    town.at(0, alert(WATER, range(9)), alert(TRIANA, range(9)), alert(TOWN, range(20)))
    for minute in range(60, 300, 5):
        held = alert(TRIANA, range(9), minutes=360, surprise=-9.0), alert(TOWN, range(100, 140), minutes=1440)
        town.at(minute, alert(WATER, range(60, 80)), *held)
    assert len(town.open) == 1


def test_parts_of_one_burst_stay_one_when_the_whole_is_calm_again(town):
    water, roads = alert(WATER, range(30)), alert(ROADS, range(30, 50))
    town.at(0, alert(TOWN, range(60)), water, roads)
    for minute in range(5, 600, 5):
        town.at(minute, water, roads)
    assert subjects(town.open) == [{WATER, ROADS}]


def test_the_whole_leaves_a_part_that_explains_nothing_of_it_any_more(town):
    """Something else is going on; the part keeps the incident."""
    (first,) = town.at(0, alert(TOWN, range(30)), alert(WATER, range(20)))
    town.at(100, alert(TOWN, range(200, 400)), alert(WATER, range(200, 210)))
    kept, left = town.open
    assert (kept.id, kept.subjects, left.subjects) == (first.id, (WATER,), (TOWN,))


# ── whatever happens ──────────────────────────────────────────────────────────────────────
def test_an_incident_keeps_its_beginning_and_its_newest_steps_and_mentions(town):
    rules = IncidentRules()
    for n in range(300):
        town.at(n, alert(WATER, range(n * 5, n * 5 + 9), ("watch", "warning")[n % 2]))
    (one,) = town.open
    assert len(one.changes) == rules.changes + 1
    assert (life(one)[0], one.changes[-1].at) == ("opened", one.updated)
    assert (len(one.mentions), one.mentions[-1]) == (rules.mentions, "m1503")


def walk(seed):
    """A day in which anything happens: moments, each with its alerts."""
    chance, minutes = Random(seed), 0
    for _ in range(chance.randint(1, 12)):
        minutes += chance.randint(1, 90)
        chosen = chance.sample((TOWN, WATER, CLEANING, TRIANA, CENTRO), chance.randint(0, 5))
        yield minutes, [whatever(chance, subject) for subject in chosen]


def whatever(chance, subject):
    first, count = chance.randint(0, 40), chance.randint(3, 40)
    return alert(
        subject,
        range(first, first + count),
        chance.choice(LEVELS[1:]),
        channel=chance.choice(["volume", "complaint", "crisis"]),
        since=NOON - chance.randint(0, 3) * HOUR,
        expected=count / 4,
    )


@pytest.mark.parametrize("seed", range(0, 400, 40))
def test_whatever_happens_every_alert_is_in_one_incident_and_histories_agree(seed):
    """With a restart after every moment, and every moment twice, the same is told as without."""
    for day in range(seed, seed + 40):
        town, never_ended, told = Town(), Incidents(), {}
        for minutes, alerts in walk(day):
            town.at(minutes, *alerts)
            assert town.at(minutes, *alerts) == []
            assert sorted(s for i in town.open for s in i.subjects) == sorted(a.subject for a in alerts)
            for one in town.open:
                assert one.level == max((a.level for a in alerts if a.subject in one.subjects), key=rank)
            never_ended.update(list(reversed(alerts)), NOON + minutes * MINUTE, points)
            told |= {i.id: i for i in never_ended.told()}
        assert {i.id: i for i in town.all} == told
        for incident in told.values():
            check(incident, told)


def check(incident, told):
    """Its steps stand in order, its end is its last one, and whom it was merged with or split from says so too."""
    times = [c.at for c in incident.changes]
    assert times == sorted(times)
    assert incident.updated >= times[-1]
    assert incident.changes[0].what in ("opened", "split")
    assert (incident.resolved is None) == (incident.level != "calm")
    assert incident.peak == max((c.level for c in incident.changes), key=rank)
    for change in incident.changes:
        if change.other:
            others = told[change.other].changes
            assert (change.what, incident.id, change.at) in [(c.what, c.other, c.at) for c in others]


@pytest.mark.parametrize("seed", range(20))
def test_what_wavers_is_not_merged_and_split_again_and_again(seed):
    """Whatever two subjects share from moment to moment: an hour lies between such steps."""
    town, chance = Town(), Random(seed)
    for n in range(60):
        some = chance.sample(range(12), chance.randint(0, 12))
        town.at(10 * n, alert(WATER, range(12)), alert(TRIANA, [*some, *range(20, 20 + chance.randint(0, 12))]))
    moments = sorted({c.at for i in town.all for c in i.changes if c.what in ("merged", "split")})
    assert all(after - before >= IncidentRules().settled for before, after in pairwise(moments))
