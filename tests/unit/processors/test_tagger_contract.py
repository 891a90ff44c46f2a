"""The tagger by rules keeps the contract of all taggers."""

from __future__ import annotations

import pytest

from corrillo.testing.tagger import TaggerContract
from processors.rules import rule_tagger


class TestRuleTagger(TaggerContract):
    """The packaged lexicons."""

    @pytest.fixture
    def tagger(self):
        return rule_tagger()
