"""A text file that an option names, whatever its encoding; ``-`` is standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import TextIO

from corrillo.errors import ConfigError, ParseError
from ingest.tables import encoding_of


@contextmanager
def opened(option: str, file: str) -> Iterator[TextIO]:
    """Its lines. Raises ConfigError when it cannot be read; a ParseError of what is read in it says which file it is."""
    try:
        with _open(file) as stream:
            yield stream
    except OSError as error:
        raise ConfigError(
            f"{option} {file}: cannot be read: {error.strerror}", "check the path and its rights"
        ) from None
    except ParseError as error:
        raise ParseError(f"{file}: {error.message}", error.remedy) from None


def _open(file: str) -> TextIO:
    if file == "-":
        return TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", errors="replace", newline="")
    return open(file, encoding=encoding_of(file), errors="replace", newline="")
