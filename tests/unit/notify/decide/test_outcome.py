"""A failing way is tried again, later and later; then the next one is; and at last it is given up."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from corrillo.alerts import Level
from corrillo.notices import Attempt, Delivery, Subscriber, Way
from notify.decide import confirmation, outcome, way_for
from tests.unit.notify.decide.town import MORNING, a_person

MAIL = Way(kind="email", address="ana@benialba.example", confirmed=MORNING - timedelta(days=9))
HOOK = Way(kind="webhook", address="https://benialba.example/hook", confirmed=MORNING - timedelta(days=9))
ASKED = Way(kind="apprise", address="ntfy://benialba", confirmed=None)
BOTH = a_person("ana", ways=(ASKED, MAIL, HOOK))


def a_delivery(urgency: Level = "warning") -> Delivery:
    return Delivery(id="d", subscriber="ana", institution="benialba", made=MORNING, due=MORNING, urgency=urgency)


def tried(delivery: Delivery, who: Subscriber, now: datetime, **given: object) -> Delivery:
    """After one try, by the way that is its turn; it fails."""
    way = way_for(delivery, who)
    assert way is not None
    attempt = Attempt(**{"at": now, "way": way, "channel": "email", "ok": False, **given})
    return outcome(delivery, attempt, who, now)


def story(delivery: Delivery, who: Subscriber, **given: object) -> list[tuple[int, int]]:
    """Of each try the seconds since the first, and by which way; until it is given up."""
    found, now = [], MORNING
    while delivery.open:
        found.append(((now - MORNING).seconds + 86_400 * (now - MORNING).days, way_for(delivery, who) or 0))
        delivery = tried(delivery, who, now, **given)
        now = delivery.next_try or now
    return found


def test_what_is_accepted_is_sent() -> None:
    sent = tried(a_delivery(), BOTH, MORNING, ok=True, said="250 ok")
    assert (sent.state, sent.sent, sent.next_try) == ("sent", MORNING, None)
    assert sent.attempts[0].said == "250 ok"


def test_a_failing_way_is_tried_later_and_later_then_the_next() -> None:
    """Retried for some minutes, as greylisting needs, then told by another way; and then by turns."""
    assert story(a_delivery(), BOTH)[:7] == [(0, 1), (30, 1), (90, 1), (210, 1), (450, 1), (450, 2), (1350, 1)]


def test_in_a_crisis_the_second_failure_is_enough() -> None:
    assert story(a_delivery("crisis"), BOTH)[:4] == [(0, 1), (15, 1), (15, 2), (75, 2)]


def test_with_one_way_it_goes_on_for_a_day() -> None:
    told = story(a_delivery(), a_person("ana", ways=(MAIL,)))
    assert 86_400 <= told[-1][0] < 86_400 + 1_000
    assert 90 < len(told) < 120


def test_what_refuses_is_not_asked_again() -> None:
    """An address that does not exist: the next way at once; when all refuse, it has failed."""
    once = tried(a_delivery(), BOTH, MORNING, refused=True)
    assert (once.state, once.next_try, way_for(once, BOTH)) == ("waiting", MORNING, 2)
    twice = tried(once, BOTH, MORNING, refused=True)
    assert (twice.state, twice.why) == ("failed", "every way refused it")


def test_a_way_that_was_confirmed_since_may_take_it() -> None:
    once = tried(a_delivery(), BOTH, MORNING, refused=True)
    mended = a_person("ana", ways=(ASKED, Way(kind="email", address="b@x.example", confirmed=MORNING + timedelta(1))))
    assert way_for(once, mended) == 1


def test_who_has_no_way_left_is_not_tried() -> None:
    assert way_for(a_delivery(), a_person("ana", ways=(ASKED,))) is None
    gone = outcome(
        a_delivery(), Attempt(at=MORNING, way=0, channel="email", ok=False), a_person("ana", ways=()), MORNING
    )
    assert (gone.state, gone.why) == ("failed", "no confirmed way")


@pytest.mark.parametrize(("asked", "way", "at"), [(120, 1, 120), (3_600, 2, 0)])
def test_a_channel_that_says_when_is_listened_to(asked: int, way: int, at: int) -> None:
    """Not before that; where that is too long, the next way is tried meanwhile."""
    attempt = Attempt(at=MORNING, way=1, channel="email", ok=False)
    later = outcome(a_delivery(), attempt, BOTH, MORNING, timedelta(seconds=asked))
    assert (way_for(later, BOTH), later.next_try) == (way, MORNING + timedelta(seconds=at))


def test_a_confirmation_goes_to_the_way_that_it_asks_about() -> None:
    asks = confirmation(BOTH, 0, MORNING)
    assert way_for(asks, BOTH) == 0
    refused = tried(asks, BOTH, MORNING, refused=True)
    assert refused.state == "failed"
    assert confirmation(BOTH, 0, MORNING + timedelta(1)).id != asks.id
