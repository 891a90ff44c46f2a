"""Trained taggers that have seen nothing of what they judge: one for each part of the texts that there are to learn from.

A part holds whole groups (an event, a thread, near twins), so that an event and what was written about it are in one.
Learned anew without the part is what knows single texts: the tags, and whom they are aimed at. The two numbers for
each kind of tag by which points become likelihoods are the packaged tagger's; so are services, which no licensed text
has taught anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import msgspec
import numpy as np

from corrillo.model import TAG_KINDS
from processors.learned.answers import NAMES
from processors.learned.features import VERSION
from processors.learned.heads import calibrated
from processors.learned.tagger import LearnedTagger, packaged
from processors.training.answers import learned_aims
from processors.training.examples import Example, licensed, written
from processors.training.train import fold_of, learned, lesson

SERVICES = tuple(name for name in NAMES if name.startswith("service/"))


class Unseen:
    """What there is to learn from in ``data`` and in the package, and the tagger of each part, made when it is asked for."""

    def __init__(self, data: Path, seed: int, say: Callable[[str], None]) -> None:
        self.examples: Sequence[Example] = [*written(), *licensed(data)]
        assert all(e.service == "" for e in licensed(data)), "a licensed set teaches services: learn them anew, too"
        say(f"Reading {len(self.examples):,} texts …")
        self._taught, self._seed, self._say = lesson(self.examples), seed, say
        self._parts = np.array([self.part(e) for e in self.examples])
        self.without = cache(self._without)

    def part(self, example: Example) -> str:
        """The part that a text is in."""
        return fold_of(example, self._seed)

    def _without(self, part: str) -> LearnedTagger:
        """The tagger that has learned from all other parts."""
        self._say(f"Learning without {part} …")
        taught, known = self._taught.of(self._parts != part), packaged()
        heads, curve = learned(taught, self._seed), known.array("tags/curve", len(TAG_KINDS), 2)
        alone = calibrated(heads.points(taught.rows), curve)
        aims = learned_aims(taught.examples, taught.rows, alone, self._seed)
        arrays = {name: known.arrays[name] for name in ("tags/curve", *SERVICES)}
        arrays |= {"tags/weights": heads.weights, "tags/intercepts": heads.intercepts}
        arrays |= {"target/weights": aims.weights, "target/intercepts": aims.intercepts}
        return LearnedTagger(replace(known, arrays=arrays, card=msgspec.structs.replace(known.card, features=VERSION)))
