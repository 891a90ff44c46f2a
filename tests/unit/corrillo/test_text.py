"""Cleaning and folding."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrillo.text import at_word_borders, clean, fold, words

ANY = st.text(st.characters(), max_size=300)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        (" \t\n ", ""),
        ("a  b\t\u00a0 c", "a b c"),
        ("una\r\notra\rmás", "una\notra\nmás"),
        ("párrafo\n \n\n\notro", "párrafo\n\notro"),
        ("alcaldi\u0301a", "alcald\u00eda"),
        ("i\u0301\u200da", "\u00eda"),
        ("Ramo\u202c\u0301n i\x00\u0301", "Ram\u00f3n \u00ed"),
        ("nulo\x00 y \x1bcontrol", "nulo y control"),
        ("\u202egirado\u202c \u2066aparte\u2069", "girado aparte"),
        ("Beni\u200balba Beni\u200dalba Beni\u00adalba", "Benialba Benialba Benialba"),
        ("\ufeffcon marca", "con marca"),
        ("medio \ud83d par", "medio \ufffd par"),
        ("familia 👨\u200d👩\u200d👧", "familia 👨\u200d👩\u200d👧"),
    ],
)
def test_clean_leaves_what_a_reader_sees(text, expected):
    """Composed, without control, direction and zero-width characters; emoji stay whole."""
    assert clean(text) == expected


@pytest.mark.parametrize("size", [9, 10, 11, 39, 41, 10_000])
def test_clean_keeps_so_many_characters(size):
    """What is longer is cut and marked."""
    cleaned = clean("x" * size, limit=10)
    assert cleaned == ("x" * size if size <= 10 else "x" * 9 + "…")


@given(ANY)
def test_cleaning_twice_is_cleaning_once(text):
    """And the result can be written as UTF-8, is composed, and has no blanks around it."""
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    cleaned.encode()
    assert cleaned == cleaned.strip()
    assert unicodedata.is_normalized("NFC", cleaned)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ÀREA Ñ", "area n"),
        ("L'HOSPITALET", "l'hospitalet"),
        ("col·lapse", "col·lapse"),
        ("Çédille ßÆ", "cedille ßæ"),
        ("İstanbul ẞ", "istanbul ß"),
        ("ﬁesta ½ Ⅳ", "festa 1 i"),
        ("B\u0435ni\u0430lb\u0430", "benialba"),
        ("\u0392\u0395\u039f", "\u03b2eo"),
        ("😀 é", "😀 e"),
        ("２０２６", "2026"),
    ],
)
def test_fold_takes_case_accents_and_look_alikes_away(text, folded):
    """One character for each: a position in the folded text is the same position in the text."""
    assert fold(text) == folded
    assert len(folded) == len(text)


@given(ANY)
def test_fold_keeps_the_length_whatever_the_text(text):
    """And folding twice is folding once."""
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@given(ANY)
def test_upper_and_lower_case_of_spanish_fold_alike(text):
    """Where a letter has one capital."""
    plain = "".join(c for c in text if c.lower() in "abcdefghijklmnñopqrstuvwxyzáéíóúàèòüïçâêôãõ ")
    assert fold(plain.upper()) == fold(plain.lower())


def test_words_are_runs_of_letters_digits_and_underscores():
    """Apostrophes, dots and hashes part them."""
    assert words("l'area 51: snake_case #hash 1.200") == ["l", "area", "51", "snake_case", "hash", "1", "200"]


@pytest.mark.parametrize(
    ("text", "word", "whole"),
    [("la riada", "riada", True), ("riadas", "riada", False), ("#riada,", "#riada", True), ("x#riada", "#riada", True), ("arriada", "riada", False)],
)  # fmt: skip
def test_a_word_has_borders(text, word, whole):
    """A piece of a longer word is none."""
    start = text.index(word)
    assert at_word_borders(text, start, start + len(word)) is whole
