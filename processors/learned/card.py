"""What an artefact says of itself: what it was trained on, how, and how good it is."""

from __future__ import annotations

import msgspec


class Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of what stands in an artefact's header."""


class DataSet(Strict, frozen=True):
    """A set of texts that was trained on: how many, their licence, and a hash of texts and labels (SHA-256)."""

    name: str
    texts: int
    licence: str
    sha256: str


class Interval(Strict, frozen=True):
    """A figure and between what it lies in 95 of 100 samples drawn again by group."""

    value: float
    low: float
    high: float


class Quality(Strict, frozen=True):
    """How good one tag is in one part (a language, a set of texts, '' for all) that training did not see.

    ``positives`` of ``texts`` have the tag. What cannot be measured, because there are too few of them, is None.
    """

    kind: str
    part: str
    texts: int
    positives: int
    precision: Interval | None = None
    recall: Interval | None = None
    f1: Interval | None = None
    average_precision: Interval | None = None
    calibration_error: float | None = None


class Bin(Strict, frozen=True):
    """Of ``texts`` with scores about ``said``, the share ``true`` has the tag."""

    kind: str
    said: float
    true: float
    texts: int


class Accuracy(Strict, frozen=True):
    """Of how many texts the one right answer of several (target, service, language) was given; ``part`` as in Quality."""

    what: str
    part: str
    texts: int
    right: Interval


class Card(Strict, frozen=True):
    """All that is known of an artefact. ``corrections``: of an institution's people, learned on top of ``based_on``.

    ``thresholds``: the score from which a kind becomes a tag, where nobody sets other costs.
    """

    recipe: int
    features: int
    seed: int
    languages: tuple[str, ...]
    data: tuple[DataSet, ...] = ()
    thresholds: dict[str, float] = {}
    quality: tuple[Quality, ...] = ()
    reliability: tuple[Bin, ...] = ()
    accuracy: tuple[Accuracy, ...] = ()
    corrections: int = 0
    based_on: str = ""
