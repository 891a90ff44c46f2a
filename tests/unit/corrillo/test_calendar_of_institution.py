"""The holidays and fiestas that an institution writes down."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrillo.dates import covers, length
from corrillo.errors import ConfigError
from corrillo.institution import REGIONS
from corrillo.settings import parse

TOWN = '[[institution]]\nid = "benialba"\nname = "Ajuntament de Benialba"\n'
FIESTA = TOWN + '[[institution.fiesta]]\nname = "Sant Roc"\n'
A_DAY = 'is not a day; write month and day ("08-14": every year) or year, month and day ("2026-08-14")'
WRONG = {
    "the 31st of February": (TOWN + 'holidays = ["05-15", "02-31"]', f"holidays[2]: '02-31' {A_DAY}"),
    "the 29th of February of a year without": (TOWN + 'holidays = ["2026-02-29"]', f"holidays[1]: '2026-02-29' {A_DAY}"),
    "the day before the month": (TOWN + 'holidays = ["15-05"]', f"holidays[1]: '15-05' {A_DAY}"),
    "as it is said": (TOWN + 'holidays = ["15 de mayo"]', f"holidays[1]: '15 de mayo' {A_DAY}"),
    "with slashes": (FIESTA + 'from = "14/08"\nto = "08-18"', f"fiesta[1].from: '14/08' {A_DAY}"),
    "with other digits": (TOWN + 'holidays = ["٠٥-١٥"]', f"holidays[1]: '٠٥-١٥' {A_DAY}"),
    "an hour": (TOWN + "holidays = [2026-05-15T08:00:00]", "holidays[1]: datetime.datetime(2026, 5, 15, 8, 0) should be a valid string"),
    "one day for a list": (TOWN + 'holidays = "05-15"', "holidays: '05-15' must be a list; write [\"05-15\"]"),
    "a fiesta without end": (FIESTA + 'from = "08-14"', "fiesta[1].to: is missing; add it"),
    "a fiesta without name": (TOWN + '[[institution.fiesta]]\nfrom = "08-14"\nto = "08-18"', "fiesta[1].name: is missing; add it"),
    "a fiesta the wrong way round": (FIESTA + 'from = "2026-08-18"\nto = "2026-08-14"', "fiesta[1]: from 2026-08-18 to 2026-08-14: ends before it begins; swap them"),
    "every year the wrong way round": (FIESTA + 'from = "08-18"\nto = "08-14"', "fiesta[1]: from 08-18 to 08-14: lasts 363 days, more than 100; swap them, or write a shorter one"),
    "a fiesta of half a year": (FIESTA + 'from = "2026-03-01"\nto = "2026-08-31"', "fiesta[1]: from 2026-03-01 to 2026-08-31: lasts 184 days, more than 100; swap them, or write a shorter one"),
    "a fiesta half of every year": (FIESTA + 'from = "08-14"\nto = "2026-08-18"', "fiesta[1]: from 08-14 to 2026-08-18: one is of every year and one is not; write both with the year, or both without"),
    "the key of the code": (TOWN + "fiestas = []", "fiestas: is not a key here; did you mean 'fiesta'?"),
    "one bracket": (TOWN + '[institution.fiesta]\nname = "x"', "fiesta: is a table; write it with two brackets: [[institution.fiesta]]"),
    "a region of another country": (TOWN + 'country = ""\nregion = "VC"', 'region VC is in Spain; write country = "ES", or leave the region out'),
}  # fmt: skip


def institution(text):
    return parse(tomllib.loads(text), Path("corrillo.toml")).institutions[0]


def mistake(text):
    """The only one there is, without file and institution."""
    with pytest.raises(ConfigError) as raised:
        institution(text)
    (said,) = raised.value.message.splitlines()
    return said.removeprefix("corrillo.toml: institution[1]").lstrip(":. ")


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_a_mistake_in_the_calendar_is_said_in_one_line(text, said):
    """Where it is, what stands there, and what to write instead."""
    assert mistake(text) == said


@pytest.mark.parametrize("code", ["XX", "cl", "ES-CL", "Castilla y León", "Barcelona"])
def test_an_unknown_region_is_answered_with_all_that_there_are(code):
    """By code and name: nobody knows them by heart."""
    said = mistake(f'{TOWN}region = "{code}"')
    assert said.startswith(f"region: '{code}' is not a region; leave it out, or use one of: AN (Andalucía), ")
    assert all(f"{known} ({name})" in said for known, name in REGIONS.items())
    assert len(REGIONS) == 19


def test_a_country_that_we_have_no_calendar_of_is_refused():
    """'' stands for it: then only listed holidays are known."""
    assert mistake(f'{TOWN}country = "FR"') == "country: 'FR' should be 'ES' or ''"
    assert institution(f'{TOWN}country = ""').country == ""


def test_days_may_be_written_as_toml_writes_them():
    """Without quotes they are dates; with them they may be of every year."""
    written = institution(
        TOWN
        + 'holidays = [2026-05-15, "06-08"]\n[[institution.fiesta]]\nname = "Fira"\nfrom = 2026-10-09\nto = "2026-10-12"'
    )
    assert written.holidays == ("2026-05-15", "06-08")
    assert [(f.begin, f.end) for f in written.fiestas] == [("2026-10-09", "2026-10-12")]


def test_without_a_calendar_it_is_spain_and_no_region():
    """What every configuration of before says."""
    plain = institution(TOWN)
    assert (plain.country, plain.region, plain.holidays, plain.fiestas) == ("ES", "", (), ())


days = st.dates(date(2023, 1, 1), date(2029, 12, 31))


@given(days, st.integers(0, 99))
def test_a_span_of_every_year_covers_as_many_days_as_it_lasts(first, more):
    """In a year that has every day of it, the new year in between or not."""
    begin, end = (d.isoformat()[5:] for d in (first, first + timedelta(days=more)))
    years = (date(2023, 7, 1), date(2024, 1, 1)) if begin > end else (date(2024, 1, 1),)
    covered = max(sum(covers(begin, end, start + timedelta(days=n)) for n in range(366)) for start in years)
    assert covered == length(begin, end)


@given(days, st.integers(0, 99), days)
def test_a_span_of_one_year_covers_what_lies_between(first, more, day):
    """Both its ends are in it."""
    last = first + timedelta(days=more)
    assert covers(first.isoformat(), last.isoformat(), day) == (first <= day <= last)
    assert length(first.isoformat(), last.isoformat()) == more + 1
