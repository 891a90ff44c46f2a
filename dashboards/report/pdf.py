"""The page as a PDF that screen readers can read (PDF/UA-1): typeset from values, never from markup made of them."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import typst

from corrillo.errors import CorrilloError
from dashboards.report.sheet import Sheet

_TEMPLATE = Path(__file__).with_name("report.typ")


class NotTypeset(CorrilloError):
    """The typesetter refuses what it was given."""


def pdf(sheet: Sheet, made: datetime) -> bytes:
    """One A4 page. Only the fonts of the typesetter are used: it looks the same everywhere. Raises NotTypeset."""
    try:
        return typst.compile(
            _TEMPLATE,
            format="pdf",
            sys_inputs={"sheet": json.dumps(asdict(sheet), ensure_ascii=False)},
            ignore_system_fonts=True,
            root=_TEMPLATE.parent,
            pdf_standards="ua-1",
            timestamp=made.replace(microsecond=0),
        )
    except typst.TypstError as error:
        raise NotTypeset(
            f"the report cannot be typeset: {error.message}", "report this: it is a mistake of ours"
        ) from None
