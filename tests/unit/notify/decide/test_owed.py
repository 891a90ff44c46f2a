"""Who is told what of one incident: once that it is there, when something is new, and that it is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from corrillo.alerts import Subject
from corrillo.notices import Way
from tests.unit.notify.decide.town import MORNING, RAVAL, WATER, WHOLE, Office, a_person


@pytest.fixture(params=[False, True], ids=["runs on", "restarts"])
def office(request: pytest.FixtureRequest) -> Office:
    """With Ana, who is told of warnings; it may begin anew before every round."""
    return Office(a_person("ana"), restarts=request.param)


def test_an_opening_is_told_once_and_its_end_once(office: Office) -> None:
    """Two hundred e-mails after a restart: none is sent again, however often it is asked and whatever is forgotten."""
    office.happens("fire", "opened", "warning")
    office.wait(30)
    office.happens("fire", "resolved", "calm")
    office.wait(30)
    assert office.told("ana") == [["fire opened warning"], ["fire resolved calm"]]


def test_who_has_no_confirmed_way_is_told_nothing(office: Office) -> None:
    office.people["ana"] = a_person("ana", ways=(Way(kind="email", address="ana@benialba.example"),))
    office.happens("fire", "opened", "crisis")
    office.wait(30)
    assert not office.kept


@pytest.mark.parametrize(
    ("wants", "subject", "is_told"),
    [
        ({}, WATER, True),
        ({"services": ("water",)}, WATER, True),
        ({"services": ("waste",)}, WATER, False),
        ({"services": ("waste",)}, WHOLE, True),
        ({"districts": ("El Raval",)}, RAVAL, True),
        ({"districts": ("El Raval",)}, WATER, False),
        ({"services": ("water",), "districts": ("El Raval",)}, RAVAL, True),
        ({"institutions": ("isla-garza",)}, WHOLE, False),
        ({"institutions": ("isla-garza",)}, Subject(institution="isla-garza", service="waste"), True),
    ],
)
def test_each_is_told_of_what_they_listen_to(
    office: Office, wants: dict[str, tuple[str, ...]], subject: Subject, is_told: bool
) -> None:
    """What is about the institution as a whole is everybody's."""
    office.people["ana"] = a_person("ana", **wants)
    office.happens("leak", "opened", "warning", subjects=(subject,))
    office.round()
    assert bool(office.told("ana")) == is_told


def test_an_incident_of_several_subjects_is_one_message(office: Office) -> None:
    """One message, not a storm: a person who wants all of them gets one."""
    office.people["ana"] = a_person("ana", services=("water",), districts=("El Raval",))
    office.happens("leak", "opened", "warning", subjects=(WATER, RAVAL, WHOLE))
    office.round()
    assert office.told("ana") == [["leak opened warning"]]


def test_what_is_below_their_level_waits_until_it_rises(office: Office) -> None:
    office.happens("fire", "opened", "watch")
    office.wait(20)
    assert office.told("ana") == []
    office.happens("fire", "escalated", "warning")
    office.round()
    assert office.told("ana") == [["fire opened warning"]]


def test_a_rise_is_told_at_once(office: Office) -> None:
    office.happens("fire", "opened", "warning")
    office.round()
    office.wait(1)
    office.happens("fire", "escalated", "crisis")
    office.round()
    assert office.told("ana")[1:] == [["fire escalated crisis"]]


def test_a_peak_between_two_rounds_is_not_missed(office: Office) -> None:
    office.happens("fire", "opened", "warning")
    office.round()
    office.now += timedelta(minutes=5)
    office.happens("fire", "escalated", "crisis")
    office.now += timedelta(minutes=5)
    office.happens("fire", "eased", "warning")
    office.round()
    assert office.told("ana")[1:] == [["fire escalated crisis"]]


def test_an_update_is_told_only_when_something_is_new(office: Office) -> None:
    """Summary only if something is new: figures that move on are none."""
    office.happens("fire", "opened", "warning")
    office.wait(90)
    assert len(office.told("ana")) == 1
    office.happens("fire", "changed", "warning")
    office.round()
    assert office.told("ana")[1:] == [["fire changed warning"]]


def test_updates_are_half_an_hour_apart_and_come_as_one(office: Office) -> None:
    office.happens("fire", "opened", "warning")
    office.round()
    for _ in range(5):
        office.wait(2)
        office.happens("fire", "changed", "warning")
    office.wait(60)
    assert office.times("ana") == ["11-18 10:00", "11-18 10:30"]


def test_updates_of_a_crisis_are_ten_minutes_apart(office: Office) -> None:
    office.happens("fire", "opened", "crisis")
    office.round()
    office.wait(1)
    office.happens("fire", "changed", "crisis")
    office.wait(30)
    assert office.times("ana") == ["11-18 10:00", "11-18 10:10"]


def test_ten_thousand_updates_in_a_day_are_a_handful_of_messages(office: Office) -> None:
    """A storm of alerts: each message about what is new makes the next one come later."""
    office.happens("fire", "opened", "warning")
    office.round()
    for _ in range(10_000 // 8):
        for _ in range(8):
            office.now += timedelta(seconds=8.64)
            office.happens("fire", "changed", "warning")
        fire = office.incidents["fire"]
        office.incidents["fire"] = replace(fire, changes=fire.changes[:1] + fire.changes[-8:])
        office.round()
    office.happens("fire", "resolved", "calm")
    office.wait(5)
    assert 5 <= len(office.told("ana")) <= 9
    assert office.told("ana")[-1] == ["fire resolved calm"]


def test_what_eases_below_their_level_is_quiet_until_it_is_over(office: Office) -> None:
    office.happens("fire", "opened", "warning")
    office.round()
    office.wait(60)
    office.happens("fire", "eased", "watch")
    office.wait(60)
    office.happens("fire", "resolved", "calm")
    office.round()
    assert office.told("ana") == [["fire opened warning"], ["fire resolved calm"]]


def test_a_crisis_that_eases_to_their_level_is_told(office: Office) -> None:
    office.happens("fire", "opened", "crisis")
    office.wait(60)
    office.happens("fire", "eased", "warning")
    office.wait(1)
    assert office.told("ana")[1:] == [["fire changed warning"]]


def test_what_comes_back_is_told_again_but_not_with_every_flicker(office: Office) -> None:
    office.happens("fire", "opened", "warning")
    office.round()
    for _ in range(10):
        office.wait(3)
        office.happens("fire", "resolved", "calm")
        office.wait(3)
        office.happens("fire", "reopened", "warning")
    office.wait(60)
    assert office.told("ana")[:3] == [["fire opened warning"], ["fire resolved calm"], ["fire opened warning"]]
    assert len(office.told("ana")) <= 6


def test_what_was_acknowledged_speaks_again_only_when_it_rises_or_is_over(office: Office) -> None:
    """Acknowledge: those who know it are left to work."""
    office.happens("fire", "opened", "warning")
    office.wait(5)
    office.does("fire", "acknowledge")
    office.wait(60)
    office.happens("fire", "changed", "warning")
    office.wait(60)
    assert len(office.told("ana")) == 1
    office.happens("fire", "escalated", "crisis")
    office.wait(60)
    office.does("fire", "acknowledge")
    office.happens("fire", "resolved", "calm")
    office.wait(60)
    assert office.told("ana")[1:] == [["fire escalated crisis"], ["fire resolved calm"]]


def test_what_happened_while_it_was_silenced_is_told_afterwards_once(office: Office) -> None:
    """What happened while muted: one message when the silence ends, none where nothing did."""
    office.happens("fire", "opened", "warning")
    office.happens("leak", "opened", "warning")
    office.wait(5)
    for name in ("fire", "leak"):
        office.does(name, "silence", until=office.now + timedelta(hours=2))
    office.wait(40)
    office.happens("fire", "changed", "warning")
    office.wait(40)
    office.happens("fire", "changed", "warning")
    office.wait(39)
    assert len(office.told("ana")) == 1
    office.wait(60)
    assert office.told("ana")[1:] == [["fire kept_back warning"]]


def test_a_silence_is_broken_by_a_rise_and_ended_by_the_end(office: Office) -> None:
    office.happens("fire", "opened", "warning")
    office.wait(5)
    office.does("fire", "silence", until=office.now + timedelta(days=2))
    office.wait(5)
    office.happens("fire", "escalated", "crisis")
    office.wait(5)
    office.happens("fire", "resolved", "calm")
    office.wait(5)
    assert office.told("ana")[1:] == [["fire escalated crisis"], ["fire resolved calm"]]


def test_after_a_broken_silence_updates_are_updates_again(office: Office) -> None:
    office.happens("fire", "opened", "warning")
    office.wait(5)
    office.does("fire", "silence", until=office.now + timedelta(minutes=50))
    office.wait(5)
    office.happens("fire", "escalated", "crisis")
    office.wait(30)
    office.happens("fire", "changed", "crisis")
    office.wait(60)
    assert office.told("ana")[1:] == [["fire escalated crisis"], ["fire changed crisis"]]


def test_merged_incidents_are_told_under_the_one_that_they_became(office: Office) -> None:
    """Nobody hears that a part is over: it goes on, and ends, with the whole."""
    office.happens("fire", "opened", "warning")
    office.happens("smoke", "opened", "warning")
    office.round()
    office.wait(60)
    office.happens("smoke", "merged", "calm", other="fire")
    office.happens("fire", "merged", "warning", other="smoke")
    office.wait(60)
    office.happens("fire", "resolved", "calm")
    office.wait(5)
    assert office.told("ana")[1:] == [["fire changed warning"], ["fire resolved calm"]]


def test_who_only_knew_the_part_hears_the_end_of_the_whole(office: Office) -> None:
    office.people["ana"] = a_person("ana", services=("water",))
    office.happens("fire", "opened", "warning", subjects=(RAVAL,))
    office.happens("leak", "opened", "warning", subjects=(WATER,))
    office.wait(60)
    office.happens("leak", "merged", "calm", other="fire", subjects=(WATER,))
    office.happens("fire", "merged", "warning", other="leak", subjects=(RAVAL, WATER))
    office.wait(60)
    office.happens("fire", "resolved", "calm", subjects=(RAVAL,))
    office.wait(5)
    assert office.told("ana") == [["leak opened warning"], ["fire changed warning"], ["fire resolved calm"]]


def test_what_splits_from_something_known_is_no_new_alarm(office: Office) -> None:
    office.happens("fire", "opened", "warning")
    office.wait(60)
    office.happens("smoke", "split", "warning", other="fire")
    office.happens("fire", "split", "warning", other="smoke")
    office.wait(60)
    assert [sorted(m) for m in office.told("ana")[1:]] == [["fire changed warning", "smoke changed warning"]]


def test_a_new_subscriber_is_told_of_what_is_open_as_it_stands(office: Office) -> None:
    """Once, and not of a peak that was over before they came."""
    office.happens("fire", "opened", "crisis")
    office.happens("leak", "opened", "crisis")
    office.wait(30)
    office.happens("leak", "eased", "warning")
    office.people["blas"] = a_person("blas", least="crisis", created=office.now + timedelta(seconds=1))
    office.wait(120)
    assert office.told("blas") == [["fire opened crisis"]]


def test_what_is_old_when_notification_begins_is_told_only_if_it_rises() -> None:
    """The first start is no flood: what has stood unchanged for more than a day is nobody's news."""
    office = Office(now=MORNING - timedelta(days=3))
    office.happens("old", "opened", "warning")
    office.now = MORNING - timedelta(hours=2)
    office.happens("young", "opened", "warning")
    office.now = MORNING
    office.people["ana"] = a_person("ana", created=MORNING)
    office.wait(30)
    assert office.told("ana") == [["young opened warning"]]
    office.happens("old", "escalated", "crisis")
    office.round()
    assert office.told("ana")[1:] == [["old opened crisis"]]


def test_a_changed_level_or_subject_holds_from_the_next_round_on(office: Office) -> None:
    office.happens("fire", "opened", "watch")
    office.round()
    office.people["ana"] = a_person("ana", least="watch")
    office.round()
    assert office.told("ana") == [["fire opened watch"]]


def test_who_unsubscribes_in_a_crisis_hears_nothing_more_and_others_go_on(office: Office) -> None:
    office.people["blas"] = a_person("blas")
    office.happens("fire", "opened", "crisis")
    office.round()
    del office.people["blas"]
    office.wait(5)
    office.happens("fire", "resolved", "calm")
    office.wait(5)
    assert len(office.told("ana")) == 2
    assert len(office.told("blas")) == 1
