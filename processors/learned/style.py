"""How a text is written, whatever it says: handles, links, marks, capitals, length, small pictures."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from processors.learned.grams import Words
from processors.learned.letters import HANDLE, LINK, REDACTED, SPACE, Letters, Marks, Page, Places, in_word

Table = npt.NDArray[np.float32]

_COUNTED: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("handles", chr(HANDLE), (1, 2, 3, 5)),
    ("links", chr(LINK), (1, 2)),
    ("redacted", chr(REDACTED), (1,)),
    ("asks", "?", (1, 2, 3)),
    ("opens asking", "¿", (1, 2)),
    ("shouts", "!", (1, 2, 4)),
    ("opens shouting", "¡", (1,)),
    ("hashtags", "#", (1, 2, 4)),
    ("quotes", '"“”«»', (1, 2, 3)),
    ("lone quotes", "'‘’", (1, 2)),
    ("ellipses", "…", (1,)),
    ("colons", ":", (1, 2)),
    ("semicolons", ";", (1,)),
    ("brackets", "()", (1, 2)),
    ("dashes", "-–—", (1, 2)),
    ("slashes", "/", (1,)),
    ("pipes", "|", (1,)),
    ("commas", ",", (1, 3, 6)),
    ("stops", ".", (1, 2, 3, 6)),
    ("percents", "%€$", (1,)),
    ("digits", "0", (1, 3, 6)),
    ("lines", "\n", (1,)),
    ("laughs", "😂🤣😅😆😹", (1,)),
    ("sneers", "🙄😒🤡💩🙃😏🤦🤷😤", (1,)),
    ("rages", "😡🤬😠👎🤮🤢", (1,)),
    ("hands", "👏🙌👍💪🔝🥇🎉✨", (1,)),
    ("hearts", "❤💚💙💛🧡💜😍🥰😘💖🤗😊", (1,)),
    ("prays", "🙏", (1,)),
    ("alarms", "🔴🚨⚠❗‼🆘🔥", (1,)),
    ("points", "👉➡📍📅📌🔗👇📢📣🗓📰▶✅🎟🎫🎶🎵⚽🏆", (1, 2)),
)
_LENGTHS = (8, 20, 40, 60, 80, 110, 140, 200, 280, 400, 800)
_WORDS = (1, 3, 5, 8, 12, 20, 30, 60)
_SHARES = (0.1, 0.25, 0.5, 0.8)
_PLACES = ("starts with a handle", "starts with two handles", "ends with a handle", "ends with two handles")
_ENDS = ("?", "!", ".", "…", ",", ":", chr(LINK), chr(HANDLE), "a word", ")", '"', "picture")

NAMES: tuple[str, ...] = (
    *(f"{name} {least}" for name, _, steps in _COUNTED for least in steps),
    *(f"letters {least}" for least in _LENGTHS),
    *(f"words {least}" for least in _WORDS),
    *(f"capitals {least}" for least in _SHARES),
    *(f"capital words {least}" for least in _SHARES),
    "starts small", "shouted words 1", "shouted words 3", "three stops", "three letters", "repost",
    *_PLACES,
    *(f"ends {name}" for name in _ENDS),
    "said ends ?", "asks inside", "asks without ¿", "asks and shouts",
)  # fmt: skip
"""What each column says; a text has 1 where it holds, else 0."""


def style(page: Page, words: Words) -> Table:
    """A row for each text, a column for each of ``NAMES``."""
    counts = _counts(page)
    sizes = np.bincount(page.row, minlength=page.rows + 1)[: page.rows] - 1
    said = _per_row(page, in_word(page.folded[words.first]), words.first)
    table = np.hstack(
        [
            counts[:, _COUNT_OF] >= _LEAST_OF,
            sizes[:, None] >= np.array(_LENGTHS),
            said[:, None] >= np.array(_WORDS),
            _capitals(page, words),
            _borders(page, words, counts),
        ]
    )
    return table.astype(np.float32)


_COUNT_OF = np.array([index for index, (_, _, steps) in enumerate(_COUNTED) for _ in steps])
_LEAST_OF = np.array([least for _, _, steps in _COUNTED for least in steps])


@cache
def _classes() -> tuple[Places, Places]:
    """Letters that are counted, in order, and the number of each one's class."""
    pairs = sorted((ord(letter), index) for index, (_, letters, _) in enumerate(_COUNTED) for letter in letters)
    return np.array([code for code, _ in pairs]), np.array([index for _, index in pairs])


def _counts(page: Page) -> Places:
    """How many letters of each class every text has."""
    codes, classes = _classes()
    at = np.minimum(np.searchsorted(codes, page.lowered), len(codes) - 1)
    known = np.flatnonzero(codes[at] == page.lowered)
    cells = page.row[known] * len(_COUNTED) + classes[at[known]]
    return np.bincount(cells, minlength=(page.rows + 1) * len(_COUNTED)).reshape(-1, len(_COUNTED))[: page.rows]


def _per_row(page: Page, marks: Marks, places: Places) -> Places:
    return np.bincount(page.row[places[marks]], minlength=page.rows + 1)[: page.rows]


def _capitals(page: Page, words: Words) -> Marks:
    """Shares of capitals among letters and of words that begin with one; small beginnings, shouted words."""
    letters = in_word(page.lowered) & (page.lowered != ord("0"))
    total = np.bincount(page.row[letters], minlength=page.rows + 1)[: page.rows]
    share = np.bincount(page.row[page.capital], minlength=page.rows + 1)[: page.rows] / np.maximum(total, 1)
    spelled = letters[words.first]
    capital = page.capital[words.first]
    begun = _per_row(page, spelled & capital, words.first) / np.maximum(_per_row(page, spelled, words.first), 1)
    sums = np.append(0, np.cumsum(page.capital))
    size = words.last + 1 - words.first
    shouted = _per_row(page, (sums[words.last + 1] - sums[words.first] == size) & (size > 3), words.first)
    first, stop = _stretches(page.row[words.first[spelled]], page.rows)
    small = (first < stop) & ~np.append(capital[spelled], False)[first]
    least = np.array(_SHARES)
    return np.column_stack([share[:, None] >= least, begun[:, None] >= least, small, shouted >= 1, shouted >= 3])


def _borders(page: Page, words: Words, counts: Places) -> Marks:
    """What a text begins and ends with, handles and links left aside where it says so."""
    letters, row = page.folded[words.first], page.row[words.first]
    first, stop = _stretches(row, page.rows)
    last, second_last, start, second = _letter(letters, np.array([stop - 1, stop - 2, first, first + 1]), first, stop)
    kept = (letters != HANDLE) & (letters != LINK)
    said_first, said_stop = _stretches(row[kept], page.rows)
    said_last = _letter(letters[kept], said_stop - 1, said_first, said_stop)
    asks, opens, shouts = counts[:, 3] > 0, counts[:, 4] > 0, counts[:, 5] > 0
    columns = [
        _three_stops(page, letters, row), _drawn_out(page),
        (start == ord("r")) & (stop - first > 2) & (second == HANDLE),
        start == HANDLE, (start == HANDLE) & (second == HANDLE),
        last == HANDLE, (last == HANDLE) & (second_last == HANDLE),
        *(last == mark for mark in _MARKS), in_word(last),
        last == ord(")"), (last == ord('"')) | (last == ord("”")) | (last == ord("»")), last > 0x1F000,
        said_last == ord("?"), asks & (said_last != ord("?")), asks & ~opens, asks & shouts,
    ]  # fmt: skip
    return np.array(columns).T


_MARKS = (*(ord(mark) for mark in "?!.…,:"), LINK, HANDLE)
_OFTEN_DOUBLED = np.zeros(128, dtype=np.bool_)
_OFTEN_DOUBLED[[ord(letter) for letter in "lrcoenszm0"]] = True


def _three_stops(page: Page, letters: Letters, row: Places) -> Marks:
    """Texts with ``..``, which is all that a page keeps of more."""
    dots = letters == ord(".")
    return _some(page, row[1:][dots[1:] & dots[:-1]])


def _drawn_out(page: Page) -> Marks:
    """Texts with a letter twice that no word doubles."""
    letters = page.folded
    again = np.flatnonzero(letters[1:] == letters[:-1]) + 1
    twice = letters[again]
    again = again[in_word(twice) & ~((twice < 128) & _OFTEN_DOUBLED[twice & 127])]
    return _some(page, page.row[again])


def _some(page: Page, rows: Places) -> Marks:
    marks = np.zeros(page.rows, dtype=np.bool_)
    marks[rows] = True
    return marks


def _stretches(row: Places, rows: int) -> tuple[Places, Places]:
    """Where each row's stretch of ``row`` begins and stops."""
    borders = np.searchsorted(row, np.arange(rows + 1))
    return borders[:-1], borders[1:]


def _letter(letters: Letters, at: Places, first: Places, stop: Places) -> Letters:
    """The letter at each place; a space where the text has none there."""
    inside = (at >= first) & (at < stop)
    return np.where(inside, np.append(letters, SPACE)[np.where(inside, at, len(letters))], SPACE).astype(np.uint32)
