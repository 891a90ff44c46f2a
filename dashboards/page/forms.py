"""Forms of the page, read strictly; and where one goes afterwards. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

from corrillo.text import clean
from dashboards.page.address import BadFilter, Pairs, one_of, single, usable

WHO, NOTE = 80, 500
"""Characters of a name and of a note."""
MAX_FORM = 10_000
"""Bytes of a form."""
MAX_FIELDS = 20
LONGEST_ADDRESS = 2_000
"""Characters of an address to go back to."""


def decode(body: bytes, fields: Sequence[str], most: int = MAX_FIELDS) -> Pairs:
    """The fields of a form. Raises BadFilter when there is too much of it, or it cannot be read."""
    if len(body) > MAX_FORM:
        raise BadFilter("form", "", "too_long")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=most, errors="strict")
    except ValueError:
        raise BadFilter("form", "", "unprintable") from None
    return usable([(name, _one_line(value)) for name, value in pairs], fields, most)


def _one_line(text: str) -> str:
    return " ".join(text.splitlines())


def needed(given: Pairs, name: str, allowed: Sequence[str]) -> str:
    """One of ``allowed``. Raises BadFilter where it is missing or another one."""
    value = one_of(given, name, allowed)
    if not value:
        raise BadFilter(name, "", "missing", allowed)
    return value


def written(given: Pairs, name: str, limit: int, *, must: bool = False) -> str:
    """What somebody wrote, cleaned; '' where nothing. Raises BadFilter where it ``must`` be there, or is too long."""
    text = clean(single(given, name))
    if len(text) > limit:
        raise BadFilter(name, text[:40] + "…", "longer", [str(limit)])
    if must and not text:
        raise BadFilter(name, "", "missing")
    return text


def inside(address: str) -> str:
    """``address`` where it is a path of this page with its query, '' otherwise: nobody is sent elsewhere from here."""
    if len(address) > LONGEST_ADDRESS or not address.startswith("/") or not address.isascii():
        return ""
    if address[1:2] in ("/", "\\") or "\\" in address or not address.isprintable():
        return ""
    return address.split("#")[0]
