"""A tagger made an institution's own: it follows corrections, and forgets nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from corrillo.errors import ConfigError
from corrillo.testing.tagger import said
from processors.learned.artefact import unpacked
from processors.learned.tagger import LearnedTagger
from processors.training import adapt
from processors.training.adapt import LEAST, adapted
from processors.training.examples import parsed
from processors.training.quality import average_precision

STREETS = ("Olmo", "Mayor", "Nueva", "Sol", "Luna", "Real", "Fuente", "Huerta", "Ronda", "Pozo", "Arco", "Cruz")


def corrections(count=24):
    """The people of a town with a bus called la Golondrina, about which they complain in words of their own."""
    lines = (
        f'{{"text": "La golondrina ni asomarse por la calle {STREETS[n % 12]}, {n + 5} minutos de plantón", "lang": "es", "tags": ["complaint"]}}'
        for n in range(count)
    )
    return parsed("\n".join(lines), "corrections of the town")


@pytest.fixture(scope="module")
def own(artefact):
    """The small tagger with the town's corrections."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(adapt, "ANCHORS", 300)
        return unpacked(adapted(artefact, corrections(), lambda said: None))


def test_what_people_corrected_is_known_afterwards(artefact, own):
    """Also in a text that nobody has corrected."""
    text = said("Otra tarde de plantón, la golondrina ni asomarse por la plaza")
    before, after = LearnedTagger(artefact)(text), LearnedTagger(own)(text)
    assert after.scores["complaint"] > max(0.6, before.scores["complaint"] + 0.2)
    (tag,) = [t for t in after.tags if t.kind == "complaint"]
    assert {"plantón", "golondrina", "ni", "asomarse"} & set(" ".join(tag.evidence).split())


def test_nothing_else_is_forgotten(artefact, own, few):
    """On the posts that it was trained on it orders complaints as well as before, and calls no more of them so."""
    right = np.array(["complaint" in e.tags for e in few])
    texts = [said(e.text, e.language) for e in few]
    before, after = (np.array([t.scores["complaint"] for t in LearnedTagger(a).many(texts)]) for a in (artefact, own))
    assert average_precision(after, right) > average_precision(before, right) - 0.02
    assert abs(after.mean() - before.mean()) < 0.05


def test_the_card_says_that_it_is_an_institution_s_own(artefact, own):
    """How many corrections, on top of what, and their hash."""
    assert (own.card.corrections, own.card.based_on) == (24, artefact.identity)
    assert own.card.data[-1].name == "corrections of the town"
    assert own.identity != artefact.identity


def test_a_handful_of_corrections_teaches_nothing(artefact):
    """It says how many there are and how many are needed."""
    with pytest.raises(ConfigError, match=f"corrected {LEAST - 1} mentions") as refused:
        adapted(artefact, corrections(LEAST - 1), lambda said: None)
    assert "page" in refused.value.remedy
