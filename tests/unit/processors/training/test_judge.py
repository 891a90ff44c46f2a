"""What ``corrillo evaluate`` finds, with a tagger that is a fake and whose mistakes are known."""

from __future__ import annotations

import pytest

from corrillo.errors import ConfigError
from corrillo.model import TAG_KINDS, Tag, Tagging
from processors.training.judge import judged, read_labelled


def fake_tagger(mention):
    """Praise where thanks are given, however they are meant; it knows nothing else."""
    score = 0.9 if "gracias" in mention.text else 0.1
    tags = (Tag(kind="praise", score=score, evidence=("gracias",)),) if score > 0.5 else ()
    return Tagging(tags=tags, scores={**dict.fromkeys(TAG_KINDS, 0.0), "praise": score}, target="administration")


def blind_tagger(mention):
    """It sees nothing in anything."""
    return Tagging(scores=dict.fromkeys(TAG_KINDS, 0.0))


LINES = "\n".join(
    [f'{{"text": "muchas gracias por el parque {n}", "lang": "es", "tags": ["praise"], "target": "administration"}}' for n in range(20)]
    + [f'{{"text": "gracias por nada, {n} días sin agua", "lang": "es", "tags": ["complaint"], "target": "government"}}' for n in range(5)]
    + [f'{{"text": "enhorabuena al equipo {n}", "lang": "ca", "tags": ["praise"]}}' for n in range(5)]
    + [f'{{"text": "mañana hay mercado {n}", "lang": "ca", "tags": []}}' for n in range(20)]
)  # fmt: skip


@pytest.fixture(scope="module")
def verdict():
    """The fake's figures, against those of one that sees nothing."""
    return judged(fake_tagger, read_labelled(LINES, "mine.jsonl"), blind_tagger)


def test_figures_are_of_each_kind_and_language(verdict):
    """Twenty of twenty-five given are right; twenty of twenty-five that are right are given."""
    praise = {q.part: q for q in verdict.quality if q.kind == "praise"}
    assert set(praise) == {"", "es", "ca"}
    assert (praise[""].precision.value, praise[""].recall.value) == (0.8, 0.8)
    assert praise["ca"].precision is None
    (complaint,) = [q for q in verdict.quality if q.kind == "complaint" and not q.part]
    assert (complaint.positives, complaint.average_precision) == (5, None)


def test_the_worst_mistakes_are_shown(verdict):
    """Those that were given wrongly, and those that are missing."""
    praise = [m for m in verdict.mistakes if m.kind == "praise"]
    assert {m.text[:16] for m in praise if m.given} == {"gracias por nada"}
    assert {m.text[:11] for m in praise if not m.given} == {"enhorabuena"}
    assert all(m.score == 0.0 for m in verdict.mistakes if m.kind == "complaint")


def test_a_target_is_judged_where_somebody_is_aimed_at(verdict):
    """Twenty of the twenty-five that are aimed at administration or government."""
    (target,) = verdict.accuracy
    assert (target.what, target.texts, target.right.value) == ("target", 25, 0.8)


def test_another_tagger_is_compared_on_the_same_texts(verdict):
    """The fake is better at praise, beyond doubt, and as blind in complaints."""
    gains = {b.kind: b.by for b in verdict.against}
    assert gains["praise"].low > 0
    assert gains["complaint"].value == 0
    assert "crisis" not in gains


def test_a_table_is_read_like_lines():
    """Tags apart by ; or ,, other columns left alone."""
    found = read_labelled(
        'id,text,tags,lang,votes\n7,"Hola, gracias","praise; question",es,3\n8,Adiós,,,\n', "mine.csv"
    )
    assert [(e.id, e.text, sorted(e.tags), e.language) for e in found] == [
        ("7", "Hola, gracias", ["praise", "question"], "es"),
        ("8", "Adiós", [], "und"),
    ]


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("", "m.jsonl", "no labelled text"),
        ("text,tags\n", "m.csv", "no labelled text"),
        ("texto,tags\nx,y\n", "m.csv", "does not name text and tags"),
        ("text,tags\nx,anger\n", "m.csv", "line 2"),
        ('{"text": 3}', "m.jsonl", "line 1"),
    ],
)
def test_a_file_that_is_none_says_why(text, name, said):
    """And where."""
    with pytest.raises(ConfigError, match=said):
        read_labelled(text, name)
