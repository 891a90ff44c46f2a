"""From surprise and voices to a level, and back."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from processors.detect.gauge import NOTHING, Reading
from processors.detect.levels import CALM, RULES, Readings, Stage, Voices, leading, score, stage


def reading(surprise: float, *, expected: float = 2.0, heard: float = 1.0) -> Reading:
    return Reading(surprise, 60, 20.0, expected, 0.0, 5.0, heard)


def readings(
    volume: float = NOTHING, complaint: float = NOTHING, crisis: float = NOTHING, heard: float = 1.0
) -> Readings:
    return Readings(
        volume=reading(volume, heard=heard),
        complaint=reading(complaint, expected=0.2, heard=heard),
        crisis=reading(crisis, expected=0.02, heard=heard),
    )


def plain(volume: float, heard: float = 1.0) -> Readings:
    return Readings(volume=reading(volume, heard=heard), complaint=None, crisis=None)


NOBODY = Voices(authors=0, stories=0, venues=0, networks=0, voices=0.0, complaint=0.0, crisis=0.0)
CROWD = Voices(authors=200, stories=150, venues=9, networks=3, voices=300.0, complaint=3.0, crisis=0.0, leisure=200.0)
"""A match: many, of whom hardly anybody complains."""
FEW = Voices(authors=3, stories=3, venues=1, networks=1, voices=3.0, complaint=0.0, crisis=3.0)
MANY = Voices(authors=25, stories=20, venues=4, networks=2, voices=25.0, complaint=4.0, crisis=25.0)


def level(found: Readings, voices: Voices | None, *, festive: bool = False) -> str:
    return stage(CALM, found, voices, 100, festive=festive).level


def test_what_is_normal_is_calm():
    assert level(readings(0.5, 0.2), NOBODY) == level(plain(0.5), None) == "calm"


def test_volume_whose_tags_show_nothing_bad_stays_at_watch():
    assert level(readings(RULES.alone - 0.1), replace(CROWD, leisure=0.0)) == "watch"
    assert level(readings(9.0), CROWD) == "watch"


def test_so_many_that_something_must_have_happened_warn_whatever_they_say():
    found = replace(CROWD, leisure=0.0, complaint=0.0)
    assert level(readings(RULES.alone), found) == "warning"
    assert level(readings(RULES.alone), found, festive=True) == "watch"
    assert level(readings(RULES.alone), replace(found, voices=RULES.alone_voices - 1)) == "watch"


def test_where_severity_is_unknown_volume_alone_is_at_most_a_warning():
    assert level(plain(RULES.plain), None) == "warning"
    assert level(plain(30.0), None) == "warning"


def test_on_a_fiesta_volume_alone_is_only_watched():
    assert level(plain(30.0), None, festive=True) == "watch"
    assert level(readings(9.0), CROWD, festive=True) == "watch"
    assert level(readings(9.0, crisis=9.0), MANY, festive=True) == "crisis"


def test_three_who_do_not_copy_each_other_warn_of_a_crisis():
    found = readings(0.5, crisis=RULES.warning)
    assert level(found, FEW) == "warning"
    assert level(found, replace(FEW, authors=2)) == "watch"
    assert level(found, replace(FEW, stories=1)) == "watch"
    assert level(found, replace(FEW, crisis=2.0)) == "watch"


def test_complaints_must_be_very_unusual_to_warn():
    angry = Voices(authors=6, stories=6, venues=2, networks=1, voices=60.0, complaint=6.0, crisis=0.0)
    assert level(readings(0.2, complaint=RULES.complaints), angry) == "warning"
    assert level(readings(0.2, complaint=RULES.complaints - 0.5), angry) == "watch"
    assert level(readings(0.2, complaint=RULES.complaints), replace(angry, authors=4)) == "watch"


def test_unusual_volume_of_which_much_more_than_normal_is_bad_warns():
    upset = replace(CROWD, complaint=150.0)
    assert level(readings(RULES.bad_volume), upset) == "warning"
    usually = Readings(reading(RULES.bad_volume), reading(NOTHING, expected=1.0), reading(NOTHING, expected=0.02))
    assert level(usually, upset) == "watch"


def test_one_author_and_one_text_never_warn():
    alone = Voices(authors=1, stories=1, venues=1, networks=1, voices=1.0, complaint=1.0, crisis=1.0)
    copied = Voices(authors=200, stories=1, venues=30, networks=4, voices=1.0, complaint=0.0, crisis=1.0)
    assert level(readings(9.0, crisis=9.0), alone) == "watch"
    assert level(readings(9.0, crisis=9.0), copied) == "watch"


@pytest.mark.parametrize(
    "less",
    [
        {"authors": RULES.crisis_authors - 1},
        {"stories": RULES.crisis_stories - 1},
        {"venues": 1, "networks": 1},
        {"crisis": RULES.crisis_authors - 1.0},
    ],
)
def test_a_crisis_needs_many_texts_of_many_in_more_than_one_place(less):
    found = readings(3.0, crisis=RULES.crisis_fast)
    assert level(found, MANY) == "crisis"
    assert level(found, replace(MANY, **less)) == "warning"


def test_a_crisis_is_fast_or_big():
    assert level(readings(3.0, crisis=RULES.crisis), MANY) == "crisis"
    assert level(readings(3.0, crisis=RULES.crisis), replace(MANY, crisis=RULES.crisis_big - 1)) == "warning"


def ended(begin: Stage, found: Readings, voices: Voices | None, slots: int) -> list[str]:
    now, levels = begin, []
    for slot in range(101, 101 + slots):
        now = stage(now, found, voices, slot)
        levels.append(now.level)
    return levels


def test_a_level_goes_down_only_after_a_calm_while():
    begin = stage(CALM, plain(4.0), None, 100)
    levels = ended(begin, plain(NOTHING), None, RULES.calm)
    assert levels[:-1] == ["warning"] * (RULES.calm - 1)
    assert levels[-1] == "calm"


def test_a_level_lasts_while_it_is_nearly_as_unusual():
    begin = stage(CALM, plain(4.0), None, 100)
    assert set(ended(begin, plain(RULES.plain - RULES.ease / 2), None, 200)) == {"warning"}
    assert ended(begin, plain(RULES.watch), None, 200)[-1] == "watch"


def test_unknown_is_not_calm():
    begin = stage(CALM, plain(4.0), None, 100)
    assert set(ended(begin, plain(NOTHING, heard=0.0), None, 500)) == {"warning"}


def test_looking_often_at_a_slot_makes_no_calm_while():
    now = stage(CALM, plain(4.0), None, 100)
    for _ in range(100):
        now = stage(now, plain(NOTHING), None, 101)
    assert now.level == "warning"


def test_a_subject_that_is_calm_has_nothing_to_remember():
    assert stage(CALM, plain(0.1), None, 12345) == CALM


def test_a_stage_survives_a_restart():
    begin = stage(CALM, readings(3.0, crisis=4.0), MANY, 100)
    assert msgspec.json.decode(msgspec.json.encode(begin), type=Stage) == begin


def test_an_alert_that_closed_can_open_again_and_an_open_one_scores_once():
    begin = stage(CALM, plain(1.5), None, 100)
    assert score(CALM, begin, plain(1.5)) > 0
    risen = stage(begin, plain(4.0), None, 101)
    assert (risen.level, score(begin, risen, plain(4.0))) == ("warning", 0.0)
    assert score(CALM, CALM, plain(0.1)) == 0.0
    assert risen.since == begin.since == 100


def test_a_score_rises_with_surprise_and_stays_below_one():
    scores = [score(CALM, stage(CALM, plain(s), None, 1), plain(s)) for s in (1.0, 2.0, 5.0, 50.0)]
    assert scores == sorted(set(scores))
    assert scores[-1] < 1


def test_the_gravest_unusual_channel_speaks():
    assert leading(readings(9.0, 9.0, RULES.watch)) == "crisis"
    assert leading(readings(9.0, RULES.watch)) == "complaint"
    assert leading(readings(0.1)) == leading(plain(3.0)) == "volume"
