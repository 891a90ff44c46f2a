"""Values into HTML, through the templates; what a template may call stands here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from corrillo.errors import CorrilloError
from corrillo.institution import Institution
from corrillo.model import SERVICES, TAG_KINDS, Place, Target
from corrillo.text import clean
from dashboards.page.crisis import hour_words, words
from dashboards.page.crisis.acts import NOTE, POSSIBLE, WHO
from dashboards.page.crisis.asked import HOURS, AskedIncident
from dashboards.page.crisis.hours import DEAF
from dashboards.page.crisis.reasons import reason_of
from dashboards.page.filters import PERIODS
from dashboards.page.frame import Ask, Frame
from dashboards.page.i18n import LANGUAGES, Texts
from dashboards.page.words import amount, column_label, headline, hours_of, listed_gaps, place_name, says_more

_HERE = Path(__file__).parent
NAVIGATION = ("", "crisis")
"""Paths of the views, in the order in which they are offered."""
STYLE = "\n".join(
    file.read_text("utf-8")
    for file in sorted((_HERE / "static").glob("*.css"), key=lambda f: (f.stem != "page", f.stem))
)
"""One sheet: what all views share comes first."""


def _environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["clean"] = clean
    found.filters["pct"] = _pct
    found.globals.update(
        amount=amount,
        column_label=column_label,
        headline=headline,
        hours_of=hours_of,
        listed_gaps=listed_gaps,
        place_name=place_name,
        says_more=says_more,
        LANGUAGES=LANGUAGES,
        NAVIGATION=NAVIGATION,
        PERIODS=tuple(PERIODS),
        PLACES=get_args(Place),
        SERVICES=SERVICES,
        TAG_KINDS=TAG_KINDS,
        TARGETS=get_args(Target),
    )
    found.globals.update(_of_crisis())
    return found


def _of_crisis() -> dict[str, object]:
    said = (
        hour_words.counted, hour_words.described, hour_words.expected, hour_words.last_hour, hour_words.learnt,
        hour_words.moment, hour_words.normal, hour_words.normal_of, hour_words.pointed_at, hour_words.tick,
        reason_of, words.blind_now, words.done, words.growth, words.incident_name, words.morning, words.news,
        words.span, words.stands, words.step_voices, words.subject_name, words.subject_names,
    )  # fmt: skip
    known = {"DEAF": DEAF, "HOURS": tuple(HOURS), "NOTE": NOTE, "POSSIBLE": POSSIBLE, "WHO": WHO}
    return {**{one.__name__: one for one in said}, **known, "incident_at": AskedIncident}


def _pct(part: float, whole: float) -> str:
    """``part`` of ``whole`` as an SVG length in percent."""
    return f"{100 * part / whole:.3f}%" if whole else "0%"


_TEMPLATES = _environment()


def draw(template: str, **values: object) -> str:
    """A template with what it shows."""
    return _TEMPLATES.get_template(template).render(**values)


def page(view: Frame, ask: Ask, institutions: Sequence[Institution]) -> str:
    """The page of one view."""
    local = ask.now.astimezone(ask.zone)
    return draw(
        f"{ask.filters.view or 'overview'}.html",
        t=ask.texts,
        v=view,
        f=ask.filters,
        institution=ask.institution,
        institutions=institutions,
        now=local,
        days=ask.filters.days(local.date()),
        coverage=ask.coverage,
    )


def trouble(texts: Texts, kind: str, error: CorrilloError | None = None) -> str:
    """The page that says what is wrong and what to do about it."""
    return draw("trouble.html", t=texts, kind=kind, error=error)
