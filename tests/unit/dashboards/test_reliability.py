"""The picture of how far scores can be believed."""

from __future__ import annotations

import pytest

from corrillo.model import TAG_KINDS
from dashboards.vega.reliability import NAMES, drawn, spec
from processors.learned.card import Bin

BINS = [Bin(kind=kind, said=n / 10, true=n / 12, texts=50) for kind in TAG_KINDS for n in range(10)]


def test_each_kind_has_a_picture_with_the_line_on_which_scores_are_true():
    """Six of them, with every point that was measured."""
    pictures = spec(BINS, "es")["concat"]
    assert [p["title"]["text"] for p in pictures] == [
        "Queja",
        "Consulta",
        "Crítica",
        "Elogio",
        "Propuesta",
        "Emergencia",
    ]
    for picture in pictures:
        line, points = (layer["data"]["values"] for layer in picture["layer"])
        assert all(point["said"] == point["true"] for point in line)
        assert [p["said"] for p in points] == [n / 10 for n in range(10)]


@pytest.mark.parametrize("language", NAMES)
def test_it_is_drawn_in_either_language(language):
    """As text that can be read, and without a network."""
    picture = drawn(BINS, ".svg", language).decode()
    assert NAMES[language]["crisis"] in picture
    assert NAMES[language]["said"] in picture


def test_it_is_drawn_as_pixels_too():
    """For documents that take no SVG."""
    assert drawn(BINS, ".png").startswith(b"\x89PNG")
