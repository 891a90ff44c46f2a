"""Whom a text is aimed at and which service it is about: their columns, and how one answer is chosen."""

from __future__ import annotations

import numpy as np
import pytest

from corrillo.model import SERVICES, TAG_KINDS
from processors.learned.answers import Tags, chosen_service, chosen_target
from processors.learned.beside import (
    NARROW,
    aim_points,
    aims,
    compact,
    service_points,
    services,
    with_aims,
    with_services,
)
from processors.learned.features import PLAIN, WIDTH, Features
from processors.learned.heads import Heads
from processors.learned.lookup import looked_up
from processors.learned.signs import COLUMNS, FIRST

TEXTS = [
    "@psoe_benialba el alcalde miente, que dimita",
    "la farola de la calle Pez lleva un mes fundida @aytobenialba",
    "",
    "buenos días",
]
SPANISH = ["es"] * len(TEXTS)
LOOKED = looked_up(TEXTS, SPANISH)
SCORES = np.full((len(TEXTS), len(TAG_KINDS)), 0.25, np.float32)


@pytest.fixture(scope="module")
def rows():
    """The tagger's features of the texts."""
    return Features().rows(TEXTS, SPANISH)


@pytest.fixture(scope="module")
def chance():
    """Weights of nothing in particular."""
    return np.random.default_rng(3)


def test_their_columns_are_none_of_the_tagger_s(rows):
    """They stand in plain columns that it leaves free, and take away none of its own."""
    begin = FIRST + len(COLUMNS)
    for wider in (with_aims(rows, aims(LOOKED, SCORES)), with_services(rows, services(LOOKED))):
        added = wider.indices[(wider.indices >= begin) & (wider.indices < PLAIN)]
        assert len(added) == len(wider.indices) - len(rows.indices) > 0
        assert len(wider) == len(TEXTS)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("@psoe_benialba", [1, 0, 0]),
        ("@PPdeBenialba", [1, 0, 0]),
        ("@AlcaldeBenialba", [0, 1, 0]),
        ("@AytoBenialba @policialocal", [0, 0, 2]),
        ("@pepa_lopez", [0, 0, 0]),
        ("psoe, alcalde y ayuntamiento", [0, 0, 0]),
    ],
)
def test_handles_say_whose_they_are(text, columns):
    """By their spelling; what is said without one is no handle."""
    assert (aims(looked_up([text], ["es"]), SCORES[:1])[0, 5:8] * 2).tolist() == columns


def test_what_protection_left_is_nobody_s_word():
    """A mark of redaction names no service, and what it stands for is no handle."""
    marked = looked_up(["~0123456789abcdef [policia]", "policia"], ["es", "es"])
    assert services(marked).any(axis=1).tolist() == [False, True]


def test_points_are_those_of_the_wider_rows(rows, chance):
    """The short way gives the same numbers."""
    heads = Heads(chance.normal(size=(WIDTH, 3)).astype(np.float32), np.zeros(3, np.float32))
    table = aims(LOOKED, SCORES)
    assert np.allclose(aim_points(heads, heads.points(rows), table), heads.points(with_aims(rows, table)), atol=1e-4)


def test_columns_that_weigh_nothing_are_left_out_without_a_difference(rows, chance):
    """Services are many."""
    weights = chance.normal(size=(NARROW, len(SERVICES))).astype(np.float32)
    weights[chance.random(NARROW) < 0.9] = 0
    heads = Heads(weights, np.arange(len(SERVICES), dtype=np.float32))
    table = services(LOOKED)
    few = compact(heads)
    assert len(few.heads.weights) < NARROW / 5
    assert np.allclose(service_points(few, rows, table), heads.points(with_services(rows, table)), atol=1e-4)


def given(*kinds):
    """A row of marks for these kinds."""
    return [kind in kinds for kind in TAG_KINDS]


@pytest.mark.parametrize(
    ("points", "kinds", "likely", "target"),
    [
        ((3, -3, 0), (), True, "administration"),
        ((3, 3, 0), (), True, "government"),
        ((-3, 3, 3), (), True, "other"),
        ((-3, 3, -3), (), True, "none"),
        ((-3, 3, 3), ("criticism",), True, "government"),
        ((-3, -3, 3), ("crisis",), True, "other"),
        ((3, 3, 3), (), False, "none"),
        ((3, 3, 3), ("complaint",), False, "government"),
    ],
)
def test_a_target_is_one_of_four(points, kinds, likely, target):
    """What is judged or asked is aimed at one of two; the press and own accounts aim only with a tag."""
    tags = Tags(np.array([given(*kinds)]), np.array([likely]))
    assert chosen_target(np.array([points], np.float32), tags).tolist() == [target]


def test_the_service_with_most_points_is_it():
    """One of the list."""
    points = np.eye(len(SERVICES), dtype=np.float32)
    assert chosen_service(points).tolist() == list(SERVICES)
