"""What setting up asks for at the same time."""

from __future__ import annotations

import threading

import pytest

from corrillo.errors import StoreError
from corrillo.patience import left, patience
from stores.elasticsearch.setup import AT_ONCE, Done, at_once


def test_it_is_asked_at_the_same_time_and_told_in_its_order() -> None:
    """Each waits for the others to be asked, too."""
    together = threading.Barrier(AT_ONCE, timeout=30)
    names = [str(number) for number in range(AT_ONCE)]

    def ask(name: str) -> Done:
        together.wait()
        return Done(name, "made")

    assert [done.what for done in at_once(ask, names)] == names


def test_it_is_as_patient_as_whoever_asks() -> None:
    with patience(0):
        assert {done.what for done in at_once(lambda name: Done(str(left()), "made"), ["a", "b"])} == {"0.0"}
    assert [done.what for done in at_once(lambda name: Done(str(left()), "made"), ["a"])] == ["None"]


def test_what_one_of_them_is_refused_comes_out() -> None:
    def refused(name: str) -> Done:
        if name == "b":
            raise StoreError("b: may not")
        return Done(name, "made")

    with pytest.raises(StoreError, match="b: may not"):
        at_once(refused, ["a", "b", "c"])
