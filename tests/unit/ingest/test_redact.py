"""Personal data goes, whatever it is written with; what only looks like it stays."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.redact import redact


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        (written, mark)
        for mark, writings in {
            "[DNI]": "12345678Z|12345678z|12.345.678-Z|12 345 678 Z|12345678 - Z|12.345.678 z|1234567L",
            "[NIE]": "X1234567L|X-1234567-L|x 1.234.567 l|Y1234567X",
            "[CIF]": "A58818501|A-58818501|A58.818.501",
            "[IBAN]": (
                "ES9121000418450200051332|ES91 2100 0418 4502 0005 1332|es91-2100-0418-4502-0005-1332"
                "|ES91.2100.0418.4502.0005.1332|GB82 WEST 1234 5698 7654 32"
            ),
            "[teléfono]": (
                "612345678|612 34 56 78|612-345-678|612.345.678|612/345/678|+34 612 345 678|0034 612345678"
                "|(+34) 612 34 56 78|96 123 45 67|961234567|900 123 456"
            ),
            "[e-mail]": "ana.perez@example.com|ANA+x@mail.example.es|ana.perez @ example.com",
            "[matrícula]": "1234BCD|1234 BCD|1234-BCD|V-1234-AB|CS 1234 AX",
        }.items()
        for written in writings.split("|")
    ],
)
def test_personal_data_is_marked(text: str, mark: str) -> None:
    """With dots, blanks or dashes; alone, inside a sentence, and before other words."""
    assert redact(text) == mark
    assert redact(f"Es {text}, gracias") == f"Es {mark}, gracias"
    assert redact(f"el {text} por favor y ya") == f"el {mark} por favor y ya"


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("DNI 12345678", "DNI [DNI]"),
        ("dni: 12.345.678-A", "dni: [DNI]"),
        ("mi D.N.I. 12345678A", "mi D.N.I. [DNI]"),
        ("NIF nº 12345678Z", "NIF nº [DNI]"),
        ("tel.612345678 dni12345678z", "tel.[teléfono] dni[DNI]"),
        ("612345678 o 96 123 45 67", "[teléfono] o [teléfono]"),
        ("ES91 2100 0418 4502 0005 1332 ES91 2100 0418 4502 0005 1332", "[IBAN] [IBAN]"),
        ("km30 ES91 2100 0418 4502 0005 1332 gracias por nada", "km30 [IBAN] gracias por nada"),
    ],
)
def test_a_word_before_it_or_neighbours_do_not_hide_it(text: str, redacted: str) -> None:
    """Said to be a DNI, it is one even with a wrong letter."""
    assert redact(text) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "21/11/2026",
        "21-11-2026",
        "2026-11-21",
        "2026-11-21T10:30:00+01:00",
        "2025-2026",
        "a las 10:30 h",
        "10.30-14.00",
        "20:30-22:00",
        "1.200.000 euros",
        "1.200.000 €",
        "12.345.678 euros",
        "2.000.000.000",
        "1 200 000",
        "12 345 678 habitantes",
        "3,14159265358979",
        "N-332",
        "CV-70",
        "AP-7",
        "CN-340",
        "km 1234",
        "R-1234",
        "línea 12345678A",
        "12345678A",
        "vuelo VY1234",
        "COVID-19",
        "5G",
        "1718912345678901234",
        "https://x.com/i/status/1718912345678901234",
        "ley 39/2015",
        "Ley 7/1985, de 2 de abril",
        "Real Decreto 1234/2026",
        "expediente 2026/12345",
        "46001 València",
        "C/ Mayor 12, 3 B",
        "el 112",
        "tel. 112",
        "1234 personas",
        "2000 MTS",
        "5000 PTS",
        "1234 KMS",
        "@ana",
        "cena @ casa",
    ],
)
def test_numbers_that_only_look_like_it_stay(text: str) -> None:
    """Dates, amounts, years, roads, hours, identifiers of posts, and numbers whose check letter is wrong."""
    assert redact(text) == text
    assert redact(f"Dicen que {text}.") == f"Dicen que {text}."


PIECES = st.sampled_from(
    ["DNI ", "12345678Z", "X1234567L", "ES91", " 2100", "0418", "612 34 56 78", "1234 BCD", "ana@example.com", "[DNI]",
     "@", ".", "-", " ", "+34", "a", "9", "[teléfono]", "\n", "é", "𝟙", "٣"]
)  # fmt: skip


@given(st.text(max_size=300) | st.lists(PIECES, max_size=14).map("".join))
def test_redacting_never_fails_and_twice_is_once(text: str) -> None:
    """Marks are not redacted again, and uncover nothing."""
    once = redact(text)
    assert redact(once) == once


@pytest.mark.parametrize("piece", ["6", "612 ", "1-", "ES91" + "A" * 33 + " ", "a@", "dni ", "12/34/", "X1.", "@a."])
def test_endless_repetition_is_read_to_its_end(piece: str) -> None:
    """No pattern explodes: twenty thousand characters come back as text."""
    assert re.search(r"\S", redact(piece * (20_000 // len(piece))))
