"""A word that reports of trouble share, and that nobody used before, makes one thing of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from corrillo.testing.mentions import a_mention, tagged
from processors.detect.recent import Heard, Recent, heard
from processors.detect.slots import slot_of
from processors.detect.words import BUCKETS, HALF_LIFE, Known, Words, independent, most_unusual, telling

BEGUN = datetime(2026, 10, 5, 9, tzinfo=UTC)
SLOT = slot_of(BEGUN) + 12
HOUR = int(BEGUN.timestamp() // 3600)


def report(number: int, text: str, *kinds: str, **given: object) -> Heard:
    at = BEGUN + timedelta(minutes=number)
    mention = a_mention(str(number), text, published=at, first_seen=at, tags=tagged(*(kinds or ("crisis",))), **given)
    return heard(mention, slot_of(at), int(at.timestamp() * 1000), telling(mention))


def those(*texts: str, **given: object) -> Recent:
    recent = Recent()
    for number, text in enumerate(texts):
        recent.add(str(number), report(number, text, story=f"s{number}", **given), frozenset())
    return recent


def surprise(recent: Recent, word: str, known: Known) -> float:
    found = most_unusual(recent, [word], known, SLOT, 1.0)
    return found[1].surprise if found else float("-inf")


def known(since: int = HOUR - 1000) -> Known:
    """Nothing was heard since that hour."""
    return Known("benialba", [Words("benialba", b, since) for b in BUCKETS])


USED = known()


def test_only_reports_of_trouble_tell_words():
    text = "Arde la refinería de Alcoleja"
    assert telling(a_mention("1", text, tags=tagged("crisis"))) == ("refineria", "alcoleja")
    assert telling(a_mention("1", text, service="emergency")) == ("refineria", "alcoleja")
    assert telling(a_mention("1", text, tags=tagged("complaint"))) == ()
    assert telling(a_mention("1", text, service="emergency", tags=tagged("praise"))) == ()


@pytest.mark.parametrize(
    "text", ["desde la calle del ayuntamiento", "y en el de la", "https://noticias.example/incendio @bomberos", "24h 112 2026"]
)  # fmt: skip
def test_common_and_short_words_numbers_links_and_names_tell_nothing(text):
    assert telling(a_mention("1", text, tags=tagged("crisis"))) == ()


def test_each_word_counts_once_in_a_text_and_case_and_accents_are_nothing():
    assert telling(a_mention("1", "REFINERÍA refineria Refinería", tags=tagged("crisis"))) == ("refineria",)


def test_three_who_share_a_new_word_are_unusual_and_more_are_more_so():
    two, three, five = (those(*[f"refinería {n}" for n in range(n)]) for n in (2, 3, 5))
    assert surprise(two, "refineria", USED) < surprise(three, "refineria", USED) < surprise(five, "refineria", USED)
    assert surprise(three, "refineria", USED) > 1.5


def test_a_word_that_is_heard_every_day_is_no_news():
    daily = known()
    for hour in range(HOUR - 900, HOUR):
        daily.learn(hour, {"incendio": 1} if hour % 8 == 0 else {})
    assert daily.daily("incendio", HOUR) == pytest.approx(3.0, rel=0.3)
    three = those("incendio uno", "incendio dos", "incendio tres")
    assert surprise(three, "incendio", daily) + 2 < surprise(three, "incendio", USED)


def test_one_author_and_one_text_are_one_voice():
    assert (
        len(independent([report(n, f"refinería {n}", author="~aaaaaaaaaaaaaaaa", story=f"s{n}") for n in range(9)]))
        == 1
    )
    assert len(independent([report(n, "refinería", story="note") for n in range(9)])) == 1
    assert len(independent([report(n, f"refinería {n}", story=f"s{n}") for n in range(9)])) == 9


def test_one_who_is_alone_with_a_word_says_nothing():
    assert most_unusual(those("refinería"), ["refineria"], USED, SLOT, 1.0) is None


def test_in_a_town_of_many_words_one_is_shared_by_chance():
    few = those("refinería a", "refinería b", "refinería c")
    many = those(
        "refinería a", "refinería b", "refinería c", *("palabra" + "abcdefghij"[n % 10] * (n + 1) for n in range(50))
    )
    assert surprise(many, "refineria", USED) < surprise(few, "refineria", USED)


def test_what_was_heard_fades_and_is_forgotten():
    heard = known()
    heard.learn(HOUR, {"refineria": 1})
    assert heard.daily("refineria", HOUR + HALF_LIFE) < heard.daily("refineria", HOUR)
    later = (HOUR + 2 * HALF_LIFE) // 24 * 24
    assert not any(bucket.heard for bucket in heard.learn(later, {}))


def test_no_word_can_be_read_in_what_is_kept():
    kept = known().learn(HOUR, {"refineria": 1})
    assert [len(bucket.heard) for bucket in kept if bucket.heard] == [1]
    assert "refineria" not in str(kept)


def test_it_is_the_same_made_again_of_its_records():
    heard, records = Known("benialba"), {}
    for hour in range(HOUR, HOUR + 60):
        records |= {b.key: b for b in heard.learn(hour, {f"palabra{hour % 7}": 2})}
    again = Known("benialba", records.values())
    assert [again.daily(f"palabra{n}", HOUR + 60) for n in range(9)] == [
        heard.daily(f"palabra{n}", HOUR + 60) for n in range(9)
    ]
    assert len(records) == len(BUCKETS)
