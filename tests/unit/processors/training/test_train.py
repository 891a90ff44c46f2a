"""Training: the same from the same, judged on what it has not seen."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from corrillo.errors import MissingExtra
from corrillo.model import LANGUAGES, TAG_KINDS
from corrillo.testing.tagger import said
from processors.learned.tagger import LearnedTagger
from processors.training.examples import described
from processors.training.rows import taken
from processors.training.train import PLACES, fold_of, lesson, trained, unseen


def test_the_same_data_and_seed_give_the_same_bytes(made, few):
    """Nothing of the clock, of the machine or of the order of sets gets into the file."""
    assert trained(few, 7, lambda said: None) == made


def test_the_card_says_what_it_was_made_of(artefact, few, told):
    """Sets with their hashes, the seed, quality for every kind and language, how far scores can be believed."""
    card = artefact.card
    assert card.data == described(few)
    assert (card.seed, card.corrections, card.languages) == (7, 0, LANGUAGES)
    assert {(q.kind, q.part) for q in card.quality} >= {(k, p) for k in TAG_KINDS for p in ("", "es", "ca", "gl", "eu")}
    assert {b.kind for b in card.reliability} == set(TAG_KINDS)
    assert sum(d.texts for d in card.data) == len(few)
    assert told[0].startswith("Reading")


def test_it_learned_something(artefact):
    """Three hundred posts are enough to know a plain question and plain thanks from each other."""
    tagger = LearnedTagger(artefact)
    asked, thanked = tagger.many([said("¿A qué hora abre la piscina?"), said("Muchas gracias por el buen trabajo")])
    assert asked.scores["question"] > thanked.scores["question"]
    assert thanked.scores["praise"] > asked.scores["praise"]


def test_a_group_is_never_on_both_sides(few):
    """Its texts are in one part, whatever the seed, and parts are about as large."""
    parts = [fold_of(e, 3) for e in few]
    by_group = {}
    for example, part in zip(few, parts, strict=True):
        assert by_group.setdefault(example.group, part) == part
    assert len(set(parts)) == 5


def test_what_is_judged_was_not_learned_from(few, monkeypatch):
    """Every part is left out of what its model sees; texts of no part are never judged."""
    seen = []

    class Nothing:
        def points(self, rows):
            return np.zeros((len(rows), len(TAG_KINDS)), np.float32)

    def watched(taught, seed):
        seen.append({e.id for e in taught.examples})
        return Nothing()

    monkeypatch.setattr("processors.training.train.learned", watched)
    points = unseen(lesson(few), lambda e: e.of if e.of in PLACES else "", 1, lambda said: None)
    parts = sorted({e.of for e in few} & set(PLACES))
    assert len(seen) == len(parts) == 3
    for part, shown in zip(parts, seen, strict=True):
        assert shown == {e.id for e in few if e.of != part}
    assert [bool(np.isnan(row).all()) for row in points] == [e.of not in PLACES for e in few]


def test_some_rows_are_the_rows_themselves(few):
    """Each with its own columns and values, none of another's."""
    taught = lesson(few[:20])
    which = np.arange(20) % 3 == 1
    rows = taken(taught.rows, which)
    again = lesson([e for e, wanted in zip(few[:20], which, strict=True) if wanted]).rows
    assert np.array_equal(rows.starts, again.starts)
    assert np.array_equal(rows.indices, again.indices)
    assert np.array_equal(rows.values, again.values)


def test_without_the_extra_it_says_what_to_install(few, monkeypatch):
    """Whoever only listens needs no scikit-learn."""
    for name in ("sklearn", "sklearn.linear_model", "scipy.sparse", "threadpoolctl"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtra, match="Training needs the package") as refused:
        trained(few, 7, lambda said: None)
    assert "corrillo[train]" in refused.value.remedy
