"""Sheets as HTML that mail programs draw, and pictures as PNG."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import vl_convert
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from corrillo.alerts import Level, Point
from corrillo.institution import Institution
from dashboards.incidents.picture import picture
from dashboards.page.crisis.incidents import IncidentRow
from dashboards.page.crisis.words import incident_name
from dashboards.page.i18n import Texts
from notify.messages.png import lighter
from notify.messages.sheet import Sheet
from notify.ports import Picture

CHART = "chart"
"""How the HTML calls the picture."""
SCALE = 2.0
"""Dots for each pixel: phones have so many."""
_DESCRIBED = re.compile(r"<desc>(.*?)</desc>", re.DOTALL)
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def html(sheet: Sheet) -> str:
    """The message as HTML: inline styles, nothing from elsewhere but the pictures that travel with it."""
    return _TEMPLATES.get_template("message.html").render(s=sheet)


def chart(texts: Texts, row: IncidentRow, institution: Institution) -> Picture | None:
    """The incident's last day; None where nothing has been counted yet."""
    incident = row.incident
    if not incident.points:
        return None
    title = incident_name(texts, incident, institution, row.gist)
    return _drawn(incident.points, texts.language, institution.zone, title, row.level, incident.opened)


@lru_cache(maxsize=256)
def _drawn(
    points: tuple[Point, ...], language: str, zone: ZoneInfo, title: str, level: Level, since: datetime
) -> Picture:
    """Drawn once for all who are told the same."""
    svg = picture(points, lang=language, zone=zone, title=title, level=level, since=since, compact=True)
    described = _DESCRIBED.search(svg)
    return Picture(CHART, lighter(vl_convert.svg_to_png(svg, scale=SCALE)), unescape(described[1]) if described else "")
