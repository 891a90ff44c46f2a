"""Evidence is marked where it stands, and nothing of a text is ever trusted."""

from __future__ import annotations

import pytest

from dashboards.page.marks import Evidence, mark


def test_marks_every_occurrence_and_names_the_tag() -> None:
    """Each occurrence is marked, whatever its case and accents, with the tag's name as title."""
    marked = mark("Está SUCIO, sucio y rebosando", [Evidence("sucio", "Queja")])
    assert marked == 'Está <mark title="Queja">SUCIO</mark>, <mark title="Queja">sucio</mark> y rebosando'


def test_marks_whole_words_only() -> None:
    """A piece of a longer word is no evidence."""
    assert mark("aguacate y agua", [Evidence("agua", "Pregunta")]) == 'aguacate y <mark title="Pregunta">agua</mark>'


def test_overlaps_become_one_mark_with_all_names() -> None:
    """Stretches that overlap are merged, and the mark names each tag once."""
    marked = mark("sin luz en la calle", [Evidence("sin luz", "Queja"), Evidence("luz en la", "Crítica")])
    assert marked == '<mark title="Queja, Crítica">sin luz en la</mark> calle'


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x onerror=y>', "&lt;b&gt;"])
def test_text_evidence_and_names_are_escaped(hostile: str) -> None:
    """Markup in the text, in the evidence or in a tag's name comes out as text."""
    marked = str(mark(f"{hostile} sucio", [Evidence(hostile, "x"), Evidence("sucio", hostile)]))
    stripped = marked.replace("<mark title=", "").replace("</mark>", "")
    assert "<" not in stripped
    assert "onerror" not in marked or "&gt;&lt;img" in marked


def test_evidence_that_is_not_in_the_text_or_is_blank_marks_nothing() -> None:
    assert mark("todo bien", [Evidence("mal", "Queja"), Evidence(" ", "Queja")]) == "todo bien"
