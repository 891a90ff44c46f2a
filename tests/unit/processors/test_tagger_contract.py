"""The packaged taggers keep the contract of all taggers, and so does a heavier one that is plugged in."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from corrillo import registry
from corrillo.errors import ConfigError
from corrillo.model import TAG_KINDS, Tag, Tagging
from corrillo.ports import TaggerWishes
from corrillo.registry import tagger as installed
from corrillo.testing.tagger import TaggerContract
from processors.rules import rule_tagger


class TestRuleTagger(TaggerContract):
    """The packaged lexicons."""

    @pytest.fixture
    def tagger(self):
        return rule_tagger()


class TestLearnedTagger(TaggerContract):
    """The packaged artefact, by its entry point."""

    @pytest.fixture
    def tagger(self):
        return installed("learned")


class HeavyModel:
    """A fake of what somebody hosts elsewhere: a score for each sentence, the best sentence as evidence."""

    def scores(self, sentences):
        """As a transformer would give them, a row for each sentence and a column for each kind."""
        return [[min(1.0, len(sentence) / 80) if "!" in sentence else 0.1 for _ in TAG_KINDS] for sentence in sentences]


class HeavyTagger:
    """How such a model becomes a tagger: this is all that a package of its own has to contain."""

    def __init__(self, wishes: TaggerWishes) -> None:
        self._model, self.wishes = HeavyModel(), wishes

    def __call__(self, mention):
        return self.many([mention])[0]

    def many(self, mentions):
        """One call of the model for all of them."""
        return [self._one(mention) for mention in mentions]

    def _one(self, mention):
        sentences = [s for part in (mention.title, mention.text) for s in part.splitlines() if s.strip()]
        scores = dict.fromkeys(TAG_KINDS, 0.0)
        if mention.place == "own" or not sentences:
            return Tagging(scores=scores)
        table = self._model.scores(sentences)
        best = max(range(len(sentences)), key=lambda n: max(table[n]))
        scores |= dict(zip(TAG_KINDS, table[best], strict=True))
        given = [kind for kind in TAG_KINDS if scores[kind] >= 0.5]
        tags = (Tag(kind=kind, score=scores[kind], evidence=(sentences[best].strip(),)) for kind in given)
        return Tagging(tags=tuple(tags), scores=scores)


@pytest.fixture
def plugged(monkeypatch):
    """The entry point that the package of its own would have."""
    entry = EntryPoint("heavy", f"{__name__}:HeavyTagger", registry.TAGGERS)
    monkeypatch.setattr(EntryPoint, "load", lambda self: HeavyTagger)
    monkeypatch.setattr(registry, "_installed", lambda group: {"heavy": entry})


class TestHeavyTagger(TaggerContract):
    """One that brings a model of its own, and knows nothing of ours."""

    @pytest.fixture
    def tagger(self, plugged):
        return installed("heavy")


def test_a_plugged_in_tagger_is_told_what_is_wished(plugged, tmp_path):
    """Its model's file and the costs, by the same section of the configuration."""
    wishes = TaggerWishes(tmp_path / "weights", {"crisis": 9.0})
    assert installed("heavy", wishes).wishes == wishes


def test_a_tagger_without_settings_refuses_wishes():
    """Costs that nobody heeds would be believed to hold."""
    with pytest.raises(ConfigError, match="takes no settings"):
        installed("rules", TaggerWishes(missed={"crisis": 9.0}))
