"""What programs say of what went wrong, in the page's language where it is known; else as they said it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from corrillo.text import clean
from dashboards.page.i18n import Texts

_KNOWN: Mapping[str, re.Pattern[str]] = {
    "no_day": re.compile(
        r"\w+ (?P<what>'.*'|\".*\") is no time: (?P<month>[A-Z][a-z]+) has no day (?P<day>\d+)(?:;.*)?"
    ),
    "no_time": re.compile(r"\w+ (?P<what>'.*'|\".*\") is no time(?:;.*)?"),
    "no_answer": re.compile(r"(?P<what>\S+): no answer within (?P<time>\d+) s"),
    "answers": re.compile(r"(?P<what>\S+): answers (?P<status>\d{3})"),
    "slow_down": re.compile(r"(?P<what>\S+): asks us to slow down \(429\)"),
    "asked_to_wait": re.compile(r"(?P<what>\S+): its host asked us to wait; (?P<time>\d+) s are left"),
    "broke_off": re.compile(r"(?P<what>\S+): the (?:stream|answer) broke off: .*"),
    "unreached": re.compile(r"(?P<what>\S+): cannot be reached: .*"),
    "no_file": re.compile(r"(?P<what>.+): cannot be read: No such file or directory"),
    "no_right": re.compile(r"(?P<what>.+): cannot be read: Permission denied"),
    "not_json": re.compile(r"is not JSON: .*"),
    "nothing": re.compile(r"text and id are both empty: there is nothing to keep"),
    "empty": re.compile(r"(?P<what>\w+) is empty; map it, for example: .*"),
    "too_many": re.compile(r"has (?P<what>\d+) columns too many; check quotes and delimiter"),
}
"""By their key in the catalogues (``fault.…``), the most telling first."""
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def fault(texts: Texts, said: str) -> tuple[str, str]:
    """What was said, and the language in which it is said."""
    for key, pattern in _KNOWN.items():
        if found := pattern.fullmatch(said):
            values = {name: clean(value) for name, value in found.groupdict().items()}
            if "month" in values:
                values["month"] = texts("fault.months").split()[_MONTHS.index(values["month"])]
            return (texts(f"fault.{key}", **values) if values else texts(f"fault.{key}")), texts.language
    return clean(said), "en"
