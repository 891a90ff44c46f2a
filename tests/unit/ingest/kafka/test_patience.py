"""Waiting: said once, said again when it changes, ended at once."""

from __future__ import annotations

import threading

import pytest

from corrillo.errors import BrokerError, BrokerRefused, Fenced
from ingest.kafka import patience as module
from ingest.kafka.patience import Patience, Stopped


@pytest.fixture
def said():
    return []


@pytest.fixture
def patience(said, monkeypatch):
    monkeypatch.setattr(module, "FIRST_WAIT", 0.001)
    return Patience(lambda source, word: said.append((source, word)))


def test_it_is_tried_until_it_works_and_both_are_said_once(patience, said):
    answers = iter([BrokerError("Kafka is away", "start it"), BrokerError("Kafka is away", "start it"), "done"])

    def work():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert patience.until(work) == "done"
    assert said == [("", "Kafka is away; waiting (0 s) → start it"), ("", "")]


def test_nothing_is_said_of_what_works_at_once(patience, said):
    assert patience.until(lambda: 1) == 1
    assert said == []


@pytest.mark.parametrize("error", [BrokerRefused("no topic"), Fenced("taken over")])
def test_what_only_a_person_can_mend_is_not_waited_for(patience, said, error):
    def work():
        raise error

    with pytest.raises(type(error)):
        patience.until(work)
    assert said == []


def test_whoever_waits_is_stopped_from_another_thread(patience, monkeypatch):
    monkeypatch.setattr(module, "FIRST_WAIT", 3600.0)
    monkeypatch.setattr(module, "LONGEST_WAIT", 3600.0)

    def work():
        threading.Thread(target=patience.stop).start()
        raise BrokerError("Kafka is away")

    with pytest.raises(Stopped):
        patience.until(work)
    with pytest.raises(Stopped):
        patience.check()


def test_another_reason_is_said_at_once_with_how_long_it_has_lasted(patience, said):
    trouble = patience.trouble("plaza")
    trouble.note(BrokerError("no leader"), 5.0)
    trouble.note(BrokerError("no leader"))
    trouble.note(BrokerError("does not answer"))
    assert said == [("plaza", "no leader; waiting (5 s)"), ("plaza", "does not answer; waiting (5 s)")]
    trouble.over()
    assert said[-1] == ("plaza", "")
    assert trouble.seconds == 0.0
