"""Whose words a text is."""

from __future__ import annotations

import pytest

from processors.learned.voices import own_words, reports, says_something


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("RT @vecina: otra vez sin agua", "otra vez sin agua"),
        ("RT @~0123456789abcdef: otra vez", "otra vez"),
        (" RT vecina.bsky.social otra vez", "otra vez"),
        ("otra vez sin agua RT @vecina: sí", "otra vez sin agua RT @vecina: sí"),
        ("RTVE informa de un corte", "RTVE informa de un corte"),
        ("", ""),
    ],
)
def test_the_mark_of_sharing_is_no_word_of_the_text(text, own):
    """Only where it stands first, and is one."""
    assert own_words(text) == own


@pytest.mark.parametrize(
    "text", ["", "😀", "@ayto", "https://t.co/x", "#benialba #fiestas", "!!!", "…", "[email] ~0123456789abcdef", "8:30"]
)
def test_names_and_marks_say_nothing(text):
    """A hashtag names what others speak about."""
    assert not says_something(text)


@pytest.mark.parametrize("text", ["no", "Vergonzoso", "@ayto sin luz", "ez da hala"])
def test_a_word_says_something(text):
    """In any language."""
    assert says_something(text)


@pytest.mark.parametrize(
    "text",
    [
        "«La gestión del alcalde es vergonzosa», denuncia la oposición",
        'La oposición denuncia "una gestión vergonzosa del alcalde" https://t.co/x',
        "La alcaldesa: «No subiremos el recibo del agua»",
        "“Aquest govern no sap què fa”, diuen els veïns",
    ],
)
def test_a_quotation_with_who_said_it_is_a_report(text):
    """In either order, and in more than one language."""
    assert reports(text)


@pytest.mark.parametrize(
    "text",
    [
        "La gestión del alcalde es vergonzosa, dicen todos",
        "«Barrio tranquilo» con tres hoteles y una obra que no acaba nunca, para los que dicen que aquí se vive bien",
        "La concejala: «no hay ningún robo». A mí me han reventado la puerta dos veces este mes.",
        "Esta noche actúan «Las muñecas de Famosa»",
        "",
    ],
)
def test_an_answer_to_a_quotation_is_the_author_s_own(text):
    """So is a word in quotation marks, and a title."""
    assert not reports(text)
