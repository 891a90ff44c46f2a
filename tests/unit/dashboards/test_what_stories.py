"""Stories: nearly the same text in several places."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from corrillo.ports import Query
from dashboards.page.what.stories import LISTED, stories

MADRID = ZoneInfo("Europe/Madrid")
CITIZENS = Query(where={"institution": ("benialba",), "place": ("on_page", "off_page")})
HOUR = timedelta(hours=1)


def test_a_text_that_stands_alone_is_no_story(store: Any, mention: Any) -> None:
    store.mentions = [mention("1"), mention("2")]
    assert stories(store, CITIZENS, MADRID) == ()


def test_a_story_begins_with_its_first_text_and_says_how_far_it_went(store: Any, mention: Any, now: datetime) -> None:
    """Copies, authors, networks and venues, first and last, in the institution's zone."""
    first = mention("1", "Se cae un muro en el Raval", published=now - 9 * HOUR, title="Un muro", language="es")
    store.mentions = [
        first,
        mention("2", "Se cae un muro", story=first.id, published=now - 2 * HOUR, author="ana"),
        mention("3", "Se cae un muro", story=first.id, published=now - HOUR, author="ana"),
        mention("4", "Se cae un muro", story=first.id, published=now - 3 * HOUR, network="facebook", venue="Veïns"),
        mention("5", "otra cosa"),
    ]
    (story,) = stories(store, CITIZENS, MADRID)
    assert (story.id, story.kind, story.title, story.text) == (
        first.id,
        "chain",
        "Un muro",
        "Se cae un muro en el Raval",
    )
    assert (story.copies, story.authors, story.venues, story.networks) == (4, 3, 2, ("x", "facebook"))
    assert story.named == (("x", "x.com"), ("facebook", "Veïns"))
    assert (story.first, story.last) == (now - 9 * HOUR, now - HOUR)
    assert story.last.utcoffset() == HOUR


def test_an_agencys_note_is_told_from_what_people_share(store: Any, mention: Any) -> None:
    """Three newspapers or more, and they are at least half of it; authors of the press are not known."""
    press = {"network": "press", "venue_kind": "newspaper", "author": ""}
    note, shared = mention("n", **press, venue="Agencia"), mention("s")
    store.mentions = [
        note,
        *(mention(f"n{n}", story=note.id, **press, venue=f"Diari {n}") for n in range(19)),
        shared,
        *(mention(f"s{n}", story=shared.id) for n in range(4)),
        mention("sp", story=shared.id, **press, venue="Diari 1"),
    ]
    found = stories(store, CITIZENS, MADRID)
    assert [(s.kind, s.copies, s.venues) for s in found] == [("note", 20, 20), ("chain", 6, 2)]
    assert len(found[0].named) == 3


def test_what_is_shared_on_one_network_is_shared(store: Any, mention: Any) -> None:
    one = mention("1")
    store.mentions = [one, mention("2", story=one.id)]
    assert [s.kind for s in stories(store, CITIZENS, MADRID)] == ["shared"]


def test_our_own_text_is_recognised_when_others_copy_it(store: Any, mention: Any) -> None:
    """Only the copies are counted: what we say ourselves is not what people say."""
    ours = mention("1", "Cortamos el agua", place="own")
    store.mentions = [ours, mention("2", story=ours.id), mention("3", story=ours.id)]
    (story,) = stories(store, CITIZENS, MADRID)
    assert (story.kind, story.copies, story.text) == ("own", 2, "Cortamos el agua")


def test_copies_are_those_of_the_period_and_the_first_is_the_first_of_all(
    store: Any, mention: Any, now: datetime
) -> None:
    old = mention("1", "hace un mes", published=now - timedelta(days=30))
    store.mentions = [old, mention("2", story=old.id), mention("3", story=old.id)]
    (story,) = stories(store, Query(where=CITIZENS.where, since=now - timedelta(days=7)), MADRID)
    assert (story.copies, story.text, story.first) == (2, "hace un mes", old.published)


def test_a_story_whose_first_text_is_gone_is_told_by_the_oldest_copy(store: Any, mention: Any, now: datetime) -> None:
    gone = "0" * 32
    store.mentions = [
        mention("2", "una copia", story=gone, published=now - 2 * HOUR),
        mention("3", "la última copia", story=gone, published=now - HOUR),
    ]
    (story,) = stories(store, CITIZENS, MADRID)
    assert (story.text, story.copies, story.first, story.last) == ("una copia", 2, now - 2 * HOUR, now - HOUR)


def test_when_a_story_was_first_said_is_not_guessed(store: Any, mention: Any, now: datetime) -> None:
    """Its first text is gone, and it has more copies than are read."""
    store.mentions = [mention(f"{n}", story="gone", published=now - n * timedelta(minutes=1)) for n in range(1, 1010)]
    (story,) = stories(store, CITIZENS, MADRID)
    assert (story.copies, story.first) == (1009, None)


def test_the_largest_are_told_first_and_no_more_than_fit(store: Any, mention: Any) -> None:
    for story in range(10):
        store.mentions += [mention(f"{story}-{n}", story=f"story-{story}") for n in range(story + 2)]
    found = stories(store, CITIZENS, MADRID)
    assert [s.copies for s in found] == [11, 10, 9, 8, 7, 6]
    assert len(found) == LISTED
