"""The page as a PDF that screen readers can read (PDF/UA-1): typeset from values, never from markup made of them."""

from __future__ import annotations

import json
from dataclasses import Field, asdict
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Protocol

import typst

from corrillo.errors import CorrilloError
from dashboards.report.sheet import Sheet

_HERE = Path(__file__).parent


class NotTypeset(CorrilloError):
    """The typesetter refuses what it was given."""


class Said(Protocol):
    """Everything that a paper says: a dataclass of plain values."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


def pdf(sheet: Sheet, made: datetime) -> bytes:
    """The week on one A4 page. Raises NotTypeset."""
    return typeset("report.typ", sheet, made)


def typeset(template: str, said: Said, made: datetime) -> bytes:
    """A paper as one of our templates sets it. Only the fonts of the typesetter are used: it looks the same everywhere.

    Raises NotTypeset.
    """
    try:
        return typst.compile(
            _HERE / template,
            format="pdf",
            sys_inputs={"sheet": json.dumps(asdict(said), ensure_ascii=False)},
            ignore_system_fonts=True,
            root=_HERE,
            pdf_standards="ua-1",
            timestamp=made.replace(microsecond=0),
        )
    except typst.TypstError as error:
        raise NotTypeset(
            f"the report cannot be typeset: {error.message}", "report this: it is a mistake of ours"
        ) from None
