"""What is told of each question, and when: late answers, edits, deletions, what is forgotten, how long it took."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from corrillo.attention import Attention
from corrillo.testing.mentions import tagged
from tests.fakes import conversation
from tests.fakes.conversation import TOWN, at, gone, heard, own, said

HOUR = 3600.0
DAY = timedelta(days=1)


def changed(mention, **given):
    return msgspec.structs.replace(mention, **given)


# ── what is told ──────────────────────────────────────────────────────────────────────────
def test_everything_that_is_known_of_a_question_is_told():
    question = said(
        "q", "9:00", "root", asks="complaint question", place="on_page", service="water", district="El Raval",
        language="ca", looked=at("11:00"), venue="Plaça",
    )  # fmt: skip
    town = heard(own("root", "8:00", looked=at("11:30")), question, own("a", "10:30", "q", "root", author="@Aguas"))
    assert town.told == [
        Attention(
            mention="q", institution="benialba", thread="root", asked=at("9:00"), kinds=("question", "complaint"),
            network="town-square", venue="Plaça", place="on_page", service="water", district="El Raval", language="ca",
            department="Aguas", looked=at("11:30"), answered=at("10:30"), answer="a", by="@Aguas",
            wait=1.5 * HOUR, working_wait=1.5 * HOUR,
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("service", "author", "department"),
    [
        ("parks", "", "Jardines"),
        ("other", "", ""),
        ("parks", "@Ayto", "Comunicación"),
        ("parks", "@Buzón", "Atención al vecino"),
        ("parks", "@Other", "Jardines"),
        ("other", "@Other", ""),
    ],
)
def test_the_department_is_of_who_answers_else_of_the_service(service, author, department):
    events = [said("q", "9:00", asks="question", service=service)]
    events += [own("a", "10:00", "q", author=author)] if author else []
    assert heard(*events).stands["q"].department == department


def test_an_answer_that_comes_late_updates_the_thread():
    town = heard(said("q", "2026-11-02T09:00", asks="question", looked=at("2026-11-02T10:00")))
    assert (town.stands["q"].state, town.stands["q"].wait) == ("waiting", None)
    town.hear(own("a", "2026-11-20T09:00", "q"))
    assert [(t.mention, t.state, t.wait) for t in town.told] == [("q", "answered", 18 * 24 * HOUR)]


def test_what_is_told_again_tells_nothing_anew():
    """A mention that is given twice, or in an older version; an answer to what was answered."""
    question, answer = said("q", "9:00", asks="question", revision=5), own("a", "10:00", "q")
    town = heard(question, answer)
    for event in (question, answer, changed(question, revision=4, tags=()), own("b", "11:00", "q"), said("x", "8:00")):
        assert town.hear(event).told == []


def test_when_answers_were_looked_for_is_told_and_never_forgotten():
    """The newest time that its thread or it was looked for; a copy that was not looked for takes nothing away."""
    town = heard(said("root", "8:00"), said("q", "9:00", "root", asks="question"))
    assert town.stands["q"].state == "unknown"
    town.hear(said("root", "8:00", looked=at("10:00")))
    assert (town.stands["q"].state, town.stands["q"].looked) == ("waiting", at("10:00"))
    town.hear(said("q", "9:00", "root", asks="question", looked=at("12:00")))
    town.hear(said("q", "9:00", "root", asks="question"))
    assert town.stands["q"].looked == at("12:00")


def test_a_question_that_is_tagged_anew():
    """It asks no more, then complains; what was answered stays answered."""
    question = said("q", "9:00", asks="question")
    town = heard(question, own("a", "10:00", "q"))
    town.hear(changed(question, tags=tagged("praise"), enrichment=2))
    assert ([(t.mention, t.gone) for t in town.told], town.stands) == ([("q", True)], {})
    town.hear(changed(question, tags=tagged("complaint"), enrichment=3))
    assert (town.stands["q"].kinds, town.stands["q"].answer) == (("complaint",), "a")


def test_an_edit_changes_what_is_told_but_not_when_it_was_asked():
    question = said("q", "9:00", asks="question")
    town = heard(question, own("a", "10:00", "q"))
    town.hear(changed(question, revision=9, published=at("9:30"), service="water", first_seen=at("20:00")))
    assert (town.stands["q"].asked, town.stands["q"].service, town.stands["q"].wait) == (at("9:00"), "water", HOUR)


def test_a_thread_whose_beginning_is_heard_late_takes_its_answers_along():
    """Until then they were a thread of their own."""
    town = heard(said("q", "9:00", "root", "root", asks="question"), said("x", "9:10", "q", "q"))
    town.hear(own("a", "10:00", "x", "q"))
    assert town.answers() == {"q": "unknown"}
    town.hear(said("x", "9:10", "q", "root"), own("a", "10:00", "x", "root"))
    assert (town.answers(), town.stands["q"].thread) == ({"q": "a"}, "root")
    town.hear(said("q", "9:00", "root", "top", asks="question"))
    assert [(t.mention, t.thread, t.gone) for t in town.told] == [("q", "top", False)]


def test_an_answer_that_is_deleted_was_none():
    town = heard(said("q", "9:00", asks="question", looked=at("9:30")), own("a", "10:00", "q"), gone("a", "11:00"))
    assert (town.answers(), town.stands["q"].by, town.stands["q"].wait) == ({"q": "waiting"}, "", None)


def test_what_is_deleted_does_not_come_back():
    """Nor does what is deleted before it is heard; and it is told once that it is gone."""
    question = said("q", "9:00", asks="question")
    town = heard(question).hear(gone("q", "9:30"))
    assert [(t.mention, t.gone) for t in town.told] == [("q", True)]
    for event in (question, gone("q", "9:30"), gone("other", "9:30"), said("other", "9:00", asks="question")):
        assert town.hear(event).told == []
    assert town.stands == {}


# ── how long it took ──────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("asked", "answered", "wait", "working"),
    [
        ("2026-11-17T09:00", "2026-11-17T10:30", 1.5, 1.5),
        ("2026-11-17T14:30", "2026-11-18T08:15", 17.75, 0.75),
        ("2026-11-20T14:00", "2026-11-23T09:00", 67, 2),  # over a weekend
        ("2026-11-21T12:00", "2026-11-21T13:00", 1, 0),  # somebody answered on a Saturday
        ("2026-12-04T14:00", "2026-12-09T09:00", 115, 9),  # over a weekend, a working Monday and the 8th, a holiday
        ("2026-10-09T14:00", "2026-10-13T09:00", 91, 2),  # the 12th is a holiday
        ("2026-10-23T14:00", "2026-10-26T09:00", 68, 2),  # clocks go back in between
        ("2026-03-27T14:00", "2026-03-30T09:00", 66, 2),  # and forward
    ],
)
def test_waits_by_the_clock_and_in_opening_hours(asked, answered, wait, working):
    stands = heard(said("q", asked, asks="question"), own("a", answered, "q")).stands["q"]
    assert (stands.wait, stands.working_wait) == (wait * HOUR, working * HOUR)


def test_where_only_the_day_is_known_so_is_not_the_wait():
    """Of the question or of the answer; that it was answered is known."""
    for given in ({"date_only": True}, {}):
        question = said("q", "9:00", asks="question", **given)
        answer = own("a", "10:00", "q", date_only=not given)
        stands = heard(question, answer).stands["q"]
        assert (stands.state, stands.wait, stands.working_wait) == ("answered", None, None)


def test_nobody_waits_for_less_than_no_time():
    stands = heard(said("q", "9:00", asks="question"), own("a", "8:59", "q")).stands["q"]
    assert (stands.answered, stands.wait, stands.working_wait) == (at("8:59"), 0, 0)


# ── what is remembered ────────────────────────────────────────────────────────────────────
def test_nothing_of_a_text_or_a_person_is_remembered():
    mention = said(
        "q", "9:00", asks="question", text="¿Y el agua?", author="~0123456789abcdef", url="https://x.example"
    )
    kept = b"".join(map(msgspec.json.encode, heard(mention, said("x", "9:10", "q")).kept.values()))
    assert not [word for word in (b"agua", b"~0123", b"x.example") if word in kept]


@pytest.mark.parametrize(
    ("events", "days"),
    [
        ([said("x", "9:00")], 14),
        ([gone("x", "9:00")], 2),
        ([said("x", "9:00"), gone("x", "9:00")], 2),
        ([said("x", "9:00"), said("y", "9:00", "x")], 60),
        ([own("p", "9:00")], 60),
        ([said("q", "9:00", asks="question"), own("a", "9:00", "q")], 60),
        ([said("q", "9:00", asks="question")], 120),
        (
            [said("q", "9:00", asks="question"), own("a", "9:00", "q"), said("q2", "9:00", "a", "q", asks="question")],
            120,
        ),
    ],
)
def test_a_thread_is_forgotten_when_nothing_was_heard_of_it_for_long(events, days):
    """Whole, without a word."""
    town = heard(*events)
    kept = len(town.kept)
    town.advance(at("9:00") + days * DAY)
    assert len(town.kept) == kept
    town.advance(at("9:02") + (days + 1) * DAY)
    assert (town.kept, town.told) == ({}, [])


def test_a_thread_in_which_somebody_speaks_is_remembered():
    """However old its questions are."""
    town = heard(said("q", "2026-01-07T09:00", asks="question"))
    for month in range(2, 10):
        town.hear(said(f"x{month}", f"2026-0{month}-07T09:00", "q")).advance(at(f"2026-0{month}-07T10:00"))
    assert town.hear(own("a", "2026-10-07T09:00", "q")).answers() == {"q": "a"}


def test_no_mention_is_remembered_for_longer_than_its_institution_keeps_it(monkeypatch):
    """Though its thread goes on."""
    monkeypatch.setattr(conversation, "TOWN", TOWN.model_copy(update={"retention_days": 30}))
    town = heard(said("q", "2026-10-01T09:00", asks="question"), said("x", "2026-10-20T09:00", "q"))
    town.advance(at("2026-11-02T09:00"))
    assert (set(town.kept), town.told) == ({"tx"}, [])


def test_what_was_forgotten_is_not_begun_anew():
    """What was told of it stands; its thread may go on."""
    question, answer = said("q", "2026-01-07T09:00", asks="question"), own("a", "2026-01-07T10:00", "q")
    town = heard(question, answer).advance(at("2026-06-01T09:00"))
    town.begin_again()
    town.hear(said("x", "2026-06-01T10:00", "q", asks="question"))
    assert town.hear(changed(question, enrichment=2)).told == []
    assert town.answers() == {"q": "a", "x": "unknown"}


def test_what_is_imported_is_as_good_as_what_was_heard_when_it_was_said():
    """An archive of two years ago, read today."""
    old = {"first_seen": at("2026-11-17T09:00")}
    town = heard(said("q", "2024-01-08T09:00", asks="question", **old), own("a", "2024-01-08T12:00", "q", **old))
    assert (town.answers(), town.stands["q"].working_wait) == ({"q": "a"}, 3 * HOUR)


def test_what_is_imported_is_forgotten_a_day_later():
    """It was said long ago; what waits for an answer still is remembered as ever, and what is told again begins nothing."""
    old = {"first_seen": at("2026-11-17T09:00")}
    question = said("q", "2026-01-08T09:00", asks="question", **old)
    town = heard(
        question, own("a", "2026-01-08T12:00", "q", **old), said("w", "2026-10-08T09:00", asks="question", **old)
    )
    assert len(town.advance(at("2026-11-18T08:00")).kept) == 3
    assert set(town.advance(at("2026-11-19T09:00")).kept) == {"tw"}
    assert town.hear(changed(question, enrichment=2)).told == []
    assert town.answers() == {"q": "a", "w": "unknown"}


def test_what_bears_a_date_to_come_is_forgotten_like_what_is_said_now():
    town = heard(said("x", "2030-01-01T09:00", first_seen=at("9:00")))
    assert town.advance(at("9:00") + 16 * DAY).kept == {}


def test_a_clock_that_was_wrong_by_years_loses_nothing_that_comes_later():
    town = heard(said("x", "2036-01-01T09:00")).advance(at("2026-11-17T08:00"))
    assert town.hear(said("q", "2026-11-17T09:00", asks="question")).answers() == {"q": "unknown"}
