"""Personal data inside a text, found by its form and its check digits, replaced by a mark.

DNI, NIE and CIF (python-stdnum; Orden INT/2058/2008 and RD 1065/2007), IBAN (ISO 13616),
telephone numbers (libphonenumber), e-mail addresses and Spanish number plates (RD 2822/1998,
annex XVIII). A number that only looks like one, because its check digit is wrong, stays, except
where a word such as "DNI" stands before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import phonenumbers
from stdnum import iban as iban_number
from stdnum.es import cif, dni, nie

_EMAIL = re.compile(r"[\w.+%-]{1,64}\s?@\s?(?:[\w-]{1,63}\.){1,5}[a-zA-Z]{2,24}\b")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ .-]?[A-Z0-9]){11,30}", re.IGNORECASE)
_IBAN_MAY_END = re.compile(r"(?=[ .-])|(?![A-Z0-9])", re.IGNORECASE)
_DNI = re.compile(r"(?<![\w/])\d{1,2}[. ]?\d{3}[. ]?\d{3}[ .-]{0,3}[A-Za-z](?!\w)")
_DNI_SAID = re.compile(
    r"(?<!\[)\b(?:dni|nif|nie|d\.n\.i\.?)\W{0,6}(?:n[ºo.]{1,2}\s*)?([xyz]?[ .-]?(?:\d[. -]?){7,8}[a-z]?)(?!\w)", re.I
)
_NIE = re.compile(
    r"(?<!\w)[XYZxyz][ .-]?\d{1,3}(?:[. ]?\d{3}){2}[ .-]{0,3}[A-Za-z](?!\w)|(?<!\w)[XYZxyz][ .-]?\d{7}[ .-]{0,3}[A-Za-z](?!\w)"
)
_CIF = re.compile(r"(?<!\w)[A-HJNP-SUVW][ .-]?\d{2}[. ]?\d{3}[. ]?\d{2}[ .-]?[0-9A-J](?!\w)")
_PLATE = re.compile(
    r"(?<![\w/])\d{4}[ .-]?[BCDFGHJKLMNPRSTVWXYZ]{3}(?!\w)|(?<!\w)[A-Z]{1,2}[ -]\d{4}[ -][A-Z]{1,2}(?!\w)"
)
_DIGITS = re.compile(r"\d")

_UNITS = frozenset(["HRS", "KMS", "MTS", "PTS"])
"""What is written behind a number like the letters of a plate."""
REGION = "ES"
"""Country whose telephone numbers are read without an international prefix."""


def _compact(found: str) -> str:
    return re.sub(r"[ .\-]", "", found).upper()


def _valid_dni(found: str) -> bool:
    return bool(dni.is_valid(_compact(found).zfill(9)))


_CHECKED: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("e-mail", _EMAIL, lambda _: True),
    ("NIE", _NIE, lambda s: bool(nie.is_valid(_compact(s)))),
    ("DNI", _DNI, _valid_dni),
    ("CIF", _CIF, lambda s: bool(cif.is_valid(_compact(s)))),
    ("matrícula", _PLATE, lambda s: s[-3:] not in _UNITS),
)


def redact(text: str) -> str:
    """``text`` with personal data replaced by marks such as ``[DNI]``; applying it again changes nothing."""
    if "@" not in text and not _DIGITS.search(text):
        return text
    text = _without_ibans(text)
    for mark, pattern, valid in _CHECKED:
        text = pattern.sub(lambda m, mark=mark, valid=valid: f"[{mark}]" if valid(m.group()) else m.group(), text)  # type: ignore[misc]
    text = _DNI_SAID.sub(lambda m: m.group().replace(m.group(1), "[DNI]"), text)
    return _without_phones(text)


def _without_ibans(text: str) -> str:
    """What follows an IBAN looks like more of it: each place where it may end is tried, the last one first."""
    found = _IBAN.search(text)
    while found:
        start, last = found.span()
        ends = [m.start() for m in _IBAN_MAY_END.finditer(text, start + 15, last + 1) if m.start() <= last]
        end = next((e for e in reversed(ends) if iban_number.is_valid(_compact(text[start:e]))), None)
        if end is not None:
            text = f"{text[:start]}[IBAN]{text[end:]}"
        found = _IBAN.search(text, start + 1)
    return text


def _without_phones(text: str) -> str:
    for start, end in sorted(_phones(text), reverse=True):
        text = f"{text[:start]}[teléfono]{text[end:]}"
    return text


def _phones(text: str) -> Iterator[tuple[int, int]]:
    if len(_DIGITS.findall(text)) < 9:
        return
    for match in phonenumbers.PhoneNumberMatcher(text, REGION, leniency=phonenumbers.Leniency.VALID):
        yield match.start, match.end
