"""Learning languages: from what is written here, cut short as posts are, the same each time."""

from __future__ import annotations

import pytest

from corrillo.model import LANGUAGES
from processors.learned.tongues import TONGUES, Tongues
from processors.training import speech
from processors.training.speech import Spoken, cut, described, drawn, fit, ours


@pytest.fixture(scope="module")
def spoken():
    """A fair share of every language, and of others."""
    lists = drawn(7)
    return [s for tongue in TONGUES for s in [s for s in lists if s.tongue == tongue][:40]]


def test_word_lists_speak_every_language_and_others():
    """The same draw for the same seed."""
    assert {s.tongue for s in drawn(7)} == set(TONGUES)
    assert drawn(7) == drawn(7) != drawn(8)


def test_the_corpus_speaks_the_six():
    """And short everyday posts of each."""
    assert {s.tongue for s in ours([])} == set(LANGUAGES)
    assert all(s.text.strip() for s in ours([]))


def test_cuts_are_short_and_of_the_same_language():
    """Every text stays whole, too."""
    whole = [Spoken("una frase con bastantes palabras para cortar por donde sea", "es", "a")] * 20
    short = [s for s in cut(whole, 7) if s not in whole]
    assert short
    assert all(s.tongue == "es" and 2 <= len(s.text.split()) <= 8 for s in short)


def test_what_was_learned_tells_languages_apart(spoken):
    """A few hundred lines are enough for plain sentences, and give the same arrays each time."""
    arrays = fit(spoken, 7)
    assert all((arrays[name] == again).all() for name, again in fit(spoken, 7).items())
    logs = Tongues(speech.artefact(arrays, 7, described(spoken))).logs(
        [
            "moltes gràcies per això que heu fet",
            "eskerrik asko egin duzuen horregatik",
        ]
    )
    assert [TONGUES[n] for n in logs.argmax(axis=1)] == ["ca", "eu"]
