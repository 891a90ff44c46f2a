"""Features: the same text gives the same columns everywhere, and each column says what it says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.learned.features import PLAIN, WIDTH, Features, Sparse
from processors.learned.grams import characters, pairs, words
from processors.learned.letters import page
from processors.learned.lookup import looked_up
from processors.learned.signs import COLUMNS, FIRST, LABELS, SENSES, Signs, signs
from processors.learned.style import NAMES, style
from processors.terms import lexicon_terms

POSTS = (
    "@ayto ¿A qué hora abre la piscina de la Fuentecilla? https://t.co/abc",
    "",
    "Llevamos TRES semanas sin luz!!! 😡😡 y el alcalde de foto en foto...",
    "RT @vecina: gracias",
    "🔴",
    "ja som nou a l’ajuntament; 12:30 h",
)


def row(rows: Sparse, number: int) -> dict[int, float]:
    part = slice(rows.starts[number], rows.starts[number + 1])
    return dict(zip(rows.indices[part].tolist(), rows.values[part].tolist(), strict=True))


def pieces(text: str) -> list[str]:
    letters = page([text])
    found = words(letters)
    return [text[letters.begin[a] : letters.end[b]] for a, b in zip(found.first, found.last, strict=True)]


def marks(text: str) -> set[str]:
    letters = page([text])
    return {name for name, value in zip(NAMES, style(letters, words(letters))[0], strict=True) if value}


def read_signs(text: str, language: str = "es") -> Signs:
    return signs([text], [language], looked_up([text], [language]))


def found(text: str, language: str = "es") -> set[str]:
    return {COLUMNS[number] for number in np.flatnonzero(read_signs(text, language).table[0])}


def test_a_text_has_the_same_row_alone_and_among_others() -> None:
    together = Features().rows(POSTS, ["es"] * len(POSTS))
    for number, text in enumerate(POSTS):
        assert row(together, number) == row(Features().rows([text], ["es"]), 0)


def test_many_texts_are_read_in_parts_that_do_not_show() -> None:
    many = Features().rows(POSTS * 400, ["es"] * len(POSTS) * 400)
    assert len(many) == len(POSTS) * 400
    assert row(many, len(POSTS) * 399) == row(many, 0)


def test_rows_of_no_text_are_none() -> None:
    assert len(Features().rows([], [])) == 0


@given(st.lists(st.text(), max_size=6))
def test_whatever_is_written_has_columns_in_range_and_each_once(texts: list[str]) -> None:
    rows = Features().rows(texts, ["und"] * len(texts))
    assert len(rows) == len(texts)
    assert ((rows.indices >= 0) & (rows.indices < WIDTH)).all()
    assert np.isfinite(rows.values).all()
    for number in range(len(texts)):
        columns = rows.indices[rows.starts[number] : rows.starts[number + 1]]
        plain = columns[columns < PLAIN]
        assert len(set(plain.tolist())) == len(plain)


@given(st.text())
def test_places_point_into_the_text_as_written(text: str) -> None:
    letters = page([text])
    assert ((letters.begin <= letters.end) & (letters.end <= len(text))).all()


def test_hashes_are_these_on_every_machine() -> None:
    letters = page(["la farola"])
    assert words(letters).hashes.tolist() == list(WORD_HASHES)
    assert int(pairs(letters, words(letters)).hashes[0]) == PAIR_HASH


def test_a_handle_a_link_and_a_redaction_are_one_letter_whatever_they_name() -> None:
    first = page(["@uno mira https://a.es/b?c=1 [telefono]"])
    second = page(["@otra_persona mira www.x.org [email]"])
    assert first.lowered.tolist() == second.lowered.tolist()
    assert pieces("@uno mira https://a.es/b") == ["@uno", "mira", "https://a.es/b"]


def test_case_accents_digits_and_drawn_out_letters_do_not_split_words() -> None:
    one, two = (words(page([text])).hashes.tolist() for text in ("POLÍTICOOOO 2024", "politicoo 1999"))
    assert one == two


def test_no_piece_reaches_over_the_end_of_a_word_or_of_a_text() -> None:
    letters = page(["sol y", "mar"])
    for gram in characters(letters):
        for first, last in zip(gram.first, gram.last, strict=True):
            assert 0x20 not in letters.lowered[first + 1 : last].tolist()
    assert pairs(letters, words(letters)).hashes.size == 1


def test_style_says_how_a_text_begins_and_ends() -> None:
    said = marks("@a @b ¿Y la farola? https://t.co/x")
    assert {"starts with two handles", "links 1", "said ends ?", "opens asking 1"} <= said
    assert "ends ?" not in said
    assert {"ends with two handles", "starts small"} <= marks("hoy concierto @a @b")
    assert {"shouted words 3", "three stops", "rages 1"} <= marks("NO PUEDE SEGUIR TODO ASÍ... 😡")
    assert marks("") == set()


def test_every_class_of_the_lexicons_has_its_column() -> None:
    sections = {label.partition(".")[0] for label in LABELS}
    assert {term.label for term in lexicon_terms(*sections)} <= set(LABELS)
    assert len(NAMES) == FIRST
    assert FIRST + len(COLUMNS) < PLAIN


def test_the_rules_scores_stand_beside_what_they_found() -> None:
    said = found("¿Alguien sabe a qué hora abre el polideportivo?")
    assert {"rules question", "sense ask_info"} <= said
    assert not any(name in said for name in ("rules crisis", "sense insult"))


@pytest.mark.parametrize("name", SENSES)
def test_every_class_of_words_is_found_in_a_text_of_its_words(name: str) -> None:
    assert f"sense {name}" in found(SAMPLES[name]), SAMPLES[name]


def test_classes_side_by_side_are_a_feature_that_those_far_apart_are_not() -> None:
    near = read_signs("no funciona la farola")
    apart = read_signs("no funciona, " + "y eso que lo dije " * 3 + "la farola")
    defect, things = SENSES.index("defect"), SENSES.index("things")
    beside = defect * len(SENSES) + things
    assert beside in near.pair.tolist()
    assert beside not in apart.pair.tolist()


def test_redacted_words_are_nobodys() -> None:
    assert found("[telefono]") == found("")


WORD_HASHES = (0x8DE3358609B2AE1B, 0xD15534C8AFB70E80)
PAIR_HASH = 0xE49FBC522D2ED152
SAMPLES = {
    "bad": "una gestión pésima", "anger": "estoy harta", "insult": "sois unos payasos", "graft": "puestos a dedo",
    "waste_of_money": "qué despilfarro", "lies": "todo mentiras", "duty": "que dimita", "defect": "la baldosa rota",
    "dirt": "huele fatal", "noise": "no podemos dormir", "danger": "es un peligro", "delay": "llevamos meses",
    "lack": "no hay bancos", "no_answer": "nadie contesta", "my_own": "en mi calle", "good": "una maravilla",
    "thanks": "moltes gràcies", "cheers": "enhorabuena", "helped": "me atendieron enseguida", "irony": "qué nivel",
    "rhetoric": "hasta cuándo", "ask_info": "alguien sabe algo", "ask_word": "cuándo", "modal": "deberían",
    "propose": "propongo un carril bici", "wish": "ojalá", "order": "arreglad la acera", "you_plural": "sois",
    "they": "les da igual", "politics": "la alcaldesa", "institution": "el ayuntamiento", "things": "la farola",
    "news": "rueda de prensa", "agenda": "concierto en la plaza", "sport": "gol en el último minuto",
    "talk": "feliz cumpleaños", "sale": "oferta de empleo", "contrast": "sin embargo", "negated": "nunca",
    "strongly": "demasiado", "emergency": "incendio en el monte", "happening": "ahora mismo",
    "storm": "les onades al passeig", "damage": "s'ha emportat la platja", "warning": "no us acosteu al mar",
    "agree": "me parece muy bien", "disagree": "no estoy de acuerdo", "decided": "han quitado los bancos",
    "compare": "en otras ciudades", "civics": "los dueños de perros",
}  # fmt: skip
