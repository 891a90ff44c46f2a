"""What every outbox has to keep: inherit ``OutboxRules`` and say how an office opens yours."""

from __future__ import annotations

from datetime import timedelta

import pytest

from corrillo.errors import Fenced
from corrillo.notices import REMEMBERED
from corrillo.testing.mentions import NOW
from corrillo.testing.notices import a_delivery, sent


class OutboxRules:
    """Marta is a subscriber; it is ``NOW``. ``office(name)`` opens the outbox once more, for the office of that name."""

    def test_a_new_outbox_is_empty(self, office):
        assert list(office("first").claim()) == []

    def test_what_was_kept_is_there_for_the_next_office(self, office):
        """To the last field, oldest first, each as it was kept last, also in one breath."""
        first = office("first")
        first.claim()
        made = [a_delivery(str(n), made=NOW - timedelta(minutes=n)) for n in range(3)]
        first.keep(made)
        first.keep([])
        first.keep([sent(made[1]), sent(made[2]), sent(made[2], why="twice")])
        first.close()
        assert list(office("second").claim()) == [sent(made[2], why="twice"), sent(made[1]), made[0]]

    def test_what_is_over_is_remembered_for_so_long_and_what_is_open_as_long_as_it_is(self, office):
        first = office("first")
        first.claim()
        edge, old = NOW - REMEMBERED, NOW - REMEMBERED - timedelta(seconds=1)
        open_one, kept = a_delivery("open", made=old), sent(a_delivery("edge", made=edge))
        first.keep([sent(a_delivery("over", made=old)), open_one, kept])
        assert list(first.claim()) == [open_one, kept]

    def test_an_office_that_was_overtaken_hears_of_it_when_it_keeps_something(self, office):
        """And nothing of that is there; whoever took over goes on."""
        first, second = office("first"), office("second")
        first.claim()
        first.keep([a_delivery("1")])
        assert list(second.claim()) == [a_delivery("1")]
        with pytest.raises(Fenced, match="another office") as raised:
            first.keep([sent(a_delivery("1"))])
        assert raised.value.remedy
        second.keep([a_delivery("2", made=NOW + timedelta(minutes=1))])
        with pytest.raises(Fenced):
            first.keep([a_delivery("3")])
        first.close()
        assert [d.id for d in second.claim()] == ["delivery-1", "delivery-2"]

    def test_whoever_was_overtaken_may_take_over_again(self, office):
        """By claiming: then the other one hears of it."""
        first, second = office("first"), office("second")
        for one in (first, second, first):
            one.claim()
        first.keep([a_delivery("1")])
        with pytest.raises(Fenced):
            second.keep([a_delivery("2")])
        assert [d.id for d in first.claim()] == ["delivery-1"]

    def test_what_is_forgotten_is_not_there_for_the_next_office(self, office):
        """Whoever it was for wants nothing to be kept of them; to forget it twice does no harm."""
        first = office("first")
        first.claim()
        first.keep([a_delivery("1"), a_delivery("2")])
        first.forget(["delivery-1", "delivery-9"])
        first.forget(["delivery-1"])
        first.forget([])
        first.close()
        assert list(office("second").claim()) == [a_delivery("2")]
