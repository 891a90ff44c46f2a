"""What an incident's own posts tell of it."""

from __future__ import annotations

from typing import Any

import pytest

from dashboards.page.crisis.gist import UNKNOWN, gists


@pytest.fixture
def told(store: Any, incident: Any, evidence: Any) -> Any:
    """The gist of an incident that rests on everything in the store."""

    def of(word: str = "", channel: str = "crisis", **given: Any) -> Any:
        one = incident(
            evidence=evidence(word=word, channel=channel, samples=tuple(m.id for m in store.mentions)), **given
        )
        return gists(store, [one]).get(one.id, UNKNOWN)

    return of


def test_the_words_that_at_least_half_of_them_share_are_its_phrase(
    store: Any, told: Any, mention: Any, tags: Any
) -> None:
    """Marks, numbers and short words name nothing; what only one says is said of all by nobody."""
    store.mentions = [
        mention("1", tags=tags("crisis", evidence=("Riada", "112", "⚠️", "se ha"))),
        mention("2", tags=tags("crisis", evidence=("riada", "112", "⚠️", "se ha"))),
        mention("3", tags=tags("crisis", evidence=("bomberos", "112"))),
        mention("4", tags=tags("complaint", evidence=("vergüenza",))),
    ]
    assert told().phrase == "riada"
    assert told(channel="volume").phrase == ""


def test_the_word_that_was_unusual_finds_its_phrase_before_what_is_said_more(
    store: Any, told: Any, mention: Any, tags: Any
) -> None:
    """As people write it; a word that is in no phrase, such as a street, changes nothing."""
    leak = tags("crisis", evidence=("filtración de datos", "vecinos"))
    store.mentions = [mention(str(n), tags=leak) for n in range(2)]
    store.mentions += [mention(str(n), tags=tags("crisis", evidence=("vecinos",))) for n in range(2, 5)]
    assert told("filtracio").phrase == "filtración de datos"
    assert told("avenida").phrase == "vecinos"


def test_services_and_districts_are_those_of_at_least_half(store: Any, told: Any, mention: Any) -> None:
    store.mentions = [mention("1", service="water", district="El Raval"), mention("2", service="water"), mention("3")]
    assert (told().services, told().districts) == (("water",), ())


def test_the_quote_is_the_first_sample_that_is_still_there(store: Any, told: Any, mention: Any) -> None:
    """Shortened at a blank; one line."""
    store.mentions = [mention("1", "Hay agua\nen el garaje " + "y mucha " * 30, language="es")]
    quote = told().quote
    assert quote.startswith("Hay agua en el garaje y mucha")
    assert quote.endswith(" …")
    assert len(quote) <= 142
    store.mentions = []
    assert told() == UNKNOWN


def test_posts_of_many_incidents_are_asked_for_once(store: Any, incident: Any, evidence: Any, mention: Any) -> None:
    store.mentions = [mention("1", "una"), mention("2", "otra")]
    asked = []
    find = store.find
    store.find = lambda query, **how: asked.append(query) or find(query, **how)
    both = [incident(m.id, evidence=evidence(samples=(m.id, "gone"))) for m in store.mentions]
    assert {g.quote for g in gists(store, both).values()} == {"una", "otra"}
    assert len(asked) == 1
