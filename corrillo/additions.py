"""Adding to ``corrillo.toml`` what a person has decided: everything else in it stays as it was written."""

from __future__ import annotations

import json
import os
import re
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from corrillo.errors import ConfigError

Table = Mapping[str, str | Sequence[str]]
_MARK = "\ufeff"
"""What some editors put before a text."""
_INSTITUTION = re.compile(r"^[ \t]*\[\[[ \t]*institution[ \t]*\]\]", re.MULTILINE)


def lines(header: str, table: Table) -> str:
    """The lines of a table of an array; what is empty is left out."""
    written = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items() if value]
    return "\n".join([f"[[{header}]]", *written]) + "\n"


def with_person(text: str, person: Table) -> str:
    """The configuration with one person more at its end. Raises ConfigError where that cannot be written there."""
    added = _appended(text, lines("page.person", person))
    return _checked(text, added, lambda raw: raw.setdefault("page", {}).setdefault("person", []).append(_plain(person)))


def with_homonym(text: str, institution: str, homonym: Table) -> str:
    """The configuration with one homonym more of that institution. Raises ConfigError where that cannot be written there."""
    named = [i.get("id") for i in _parsed(text).get("institution", [])]
    if institution not in named:
        raise ConfigError(f"no [[institution]] of the file has the id {institution!r}", "add the lines by hand")
    number = named.index(institution)
    begins = [m.start() for m in _INSTITUTION.finditer(text)]
    addition = lines("institution.homonym", homonym)
    if number + 1 < len(begins) == len(named):
        place = begins[number + 1]
        added = _appended(text[:place], addition) + "\n" + text[place:]
    else:
        added = _appended(text, addition)
    return _checked(
        text, added, lambda raw: raw["institution"][number].setdefault("homonym", []).append(_plain(homonym))
    )


def _appended(text: str, addition: str) -> str:
    if not text.strip():
        return addition
    added = f"\n\n{addition}"
    return text.rstrip() + (added.replace("\n", "\r\n") if "\r\n" in text else added)


def _plain(table: Table) -> dict[str, Any]:
    return {key: value if isinstance(value, str) else list(value) for key, value in table.items() if value}


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.removeprefix(_MARK))
    except ValueError as error:
        raise ConfigError(f"the file is not valid TOML: {error}", "mend it: corrillo doctor") from None


def _checked(before: str, after: str, change: Any) -> str:
    """``after`` where it says what ``before`` says with that change, and nothing else."""
    wanted = _parsed(before)
    try:
        change(wanted)
        if tomllib.loads(after.removeprefix(_MARK)) == wanted:
            return after
    except (ValueError, AttributeError, KeyError, TypeError):
        pass
    raise ConfigError("the lines cannot be added to the file as it is written", "add them by hand")


def write(file: Path, text: str) -> None:
    """Replace the file in one step, with its permissions. Raises ConfigError where that is not allowed."""
    partial = ""
    try:
        target = file.resolve()
        descriptor, partial = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as written:
            written.write(text)
            written.flush()
            os.fsync(written.fileno())
        os.chmod(partial, target.stat().st_mode & 0o777)
        os.replace(partial, target)
    except OSError as error:
        with suppress(OSError):
            os.unlink(partial)
        raise ConfigError(f"{file}: cannot be written: {error.strerror}", "add the lines by hand") from None


def read(file: Path) -> str:
    """The file's text as it stands, line ends included. Raises ConfigError."""
    try:
        return file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{file}: cannot be read: {error}", "check that it is a UTF-8 text file you may read"
        ) from None


def writable(file: Path) -> bool:
    """Whether ``write`` may replace it."""
    target = file.resolve()
    return os.access(target, os.W_OK) and os.access(target.parent, os.W_OK | os.X_OK)
