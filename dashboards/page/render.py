"""Values into HTML, through the templates; what a template may call stands here and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from corrillo.errors import CorrilloError
from corrillo.institution import Institution
from corrillo.model import SERVICES, TAG_KINDS, Place, Target
from corrillo.ports import ABILITIES
from corrillo.text import clean
from dashboards.page import faults, heard
from dashboards.page.charts.numbers import numbers
from dashboards.page.charts.vega import VEGA
from dashboards.page.crisis import hour_words, words
from dashboards.page.crisis.acts import POSSIBLE
from dashboards.page.crisis.asked import HOURS, AskedIncident
from dashboards.page.crisis.hours import DEAF
from dashboards.page.crisis.reasons import reason_of
from dashboards.page.filters import PERIODS
from dashboards.page.forms import NOTE, WHO
from dashboards.page.frame import Ask, Frame
from dashboards.page.i18n import LANGUAGES, Texts
from dashboards.page.room import words as room_words
from dashboards.page.room.asked import AskedRoom
from dashboards.page.subscribers import words as subscriber_words
from dashboards.page.subscribers.form import LEAST, MOST_WAYS
from dashboards.page.subscribers.form import PERIODS as DIGESTS
from dashboards.page.taking import (
    EVERY,
    FORMATS,
    LIMIT,
    LIVE,
    WITH_FIGURES,
    WITH_POSTS,
    download_at,
    figures_at,
    lasting,
    news_at,
)
from dashboards.page.waits import words as wait_words
from dashboards.page.what.said import (
    about_said,
    before_said,
    comparable,
    deaf_said,
    grown_said,
    most_said,
    not_known_said,
    rate,
    read_said,
    saying,
    where_said,
)
from dashboards.page.where.view import SEEN
from dashboards.page.where.words import new_at, new_sentence, where_headline
from dashboards.page.words import amount, column_label, headline, hours_of, place_name, says_more, service_meant
from dashboards.page.work import words as work_words
from dashboards.page.work.deeds import CASES, WHOSE

_HERE = Path(__file__).parent
NAVIGATION = ("", "where", "what", "waits", "work", "crisis", "posts", "sources")
"""Paths of the views, in the order in which they are offered."""
STYLE = "\n".join(
    file.read_text("utf-8")
    for file in sorted((_HERE / "static").glob("*.css"), key=lambda f: (f.stem != "page", f.stem))
)
"""One sheet: what all views share comes first."""
SCRIPTS = {file.name: file.read_text("utf-8") for file in sorted((_HERE / "static").glob("*.js"))}
"""By file name. Everything works without them."""


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
    found.filters["soft"] = soft
    found.globals.update(
        amount=amount,
        column_label=column_label,
        headline=headline,
        hours_of=hours_of,
        place_name=place_name,
        says_more=says_more,
        service_meant=service_meant,
        LANGUAGES=LANGUAGES,
        NAVIGATION=NAVIGATION,
        PERIODS=tuple(PERIODS),
        PLACES=get_args(Place),
        SERVICES=SERVICES,
        TAG_KINDS=TAG_KINDS,
        TARGETS=get_args(Target),
    )
    found.globals.update(_of_crisis())
    found.globals.update(_of_room())
    found.globals.update(_of_work())
    found.globals.update(_of_sources())
    found.globals.update(_of_use())
    found.globals.update(_of_waits())
    found.globals.update(_of_charts())
    found.globals.update(_of_what())
    return found


def _of_crisis() -> dict[str, object]:
    said = (
        hour_words.counted, hour_words.described, hour_words.expected, hour_words.last_hour, hour_words.learnt,
        hour_words.moment, hour_words.normal, hour_words.normal_of, hour_words.pointed_at, hour_words.tick,
        reason_of, words.blind_now, words.decided, words.done, words.fiesta_line, words.growth, words.in_short, words.incident_name, words.morning, words.news, words.rehearse_command,
        words.span, words.stands, words.step_voices, words.subject_name, words.subject_names,
    )  # fmt: skip
    known = {"DEAF": DEAF, "HOURS": tuple(HOURS), "NOTE": NOTE, "POSSIBLE": POSSIBLE, "WHO": WHO}
    return {**{one.__name__: one for one in said}, **known, "incident_at": AskedIncident, "room_at": AskedRoom}


def _of_room() -> dict[str, object]:
    said = (
        room_words.reached, room_words.spreading, room_words.stands_so, room_words.was_told,
        subscriber_words.hours_written, subscriber_words.reached_now, subscriber_words.told_of, subscriber_words.wants,
        subscriber_words.way_name,
    )  # fmt: skip
    known = {"DIGESTS": DIGESTS, "LEAST": LEAST, "MOST_WAYS": MOST_WAYS}
    return {**{one.__name__: one for one in said}, **known}


def _of_work() -> dict[str, object]:
    said = (
        work_words.case_said,
        work_words.deed_said,
        work_words.excerpt,
        work_words.offer,
        work_words.offers,
        work_words.post_at,
    )
    return {**{one.__name__: one for one in said}, "CASES": CASES, "WHOSE": WHOSE}


def _of_sources() -> dict[str, object]:
    said = (
        heard.able_rows,
        heard.gap_reason,
        heard.gaps_none,
        heard.heap_name,
        heard.partly_heard,
        heard.heard_in_period,
        heard.heard_now,
        heard.listed_gaps,
        heard.place_called,
        faults.fault,
        heard.source_name,
        heard.sources_at,
        heard.view_at,
        heard.unable,
    )
    return {**{one.__name__: one for one in said}, "ABILITIES": tuple(ABILITIES), "SHOWN": heard.SHOWN}


def _of_charts() -> dict[str, object]:
    said = (new_at, new_sentence, numbers, where_headline)
    return {**{one.__name__: one for one in said}, "SEEN_NEW": SEEN, "VEGA": VEGA}


def _of_use() -> dict[str, object]:
    known = {
        "EVERY": EVERY,
        "FORMATS": FORMATS,
        "LIMIT": LIMIT,
        "LIVE": LIVE,
        "WITH_FIGURES": WITH_FIGURES,
        "WITH_POSTS": WITH_POSTS,
    }
    return {**{one.__name__: one for one in (download_at, figures_at, lasting, news_at)}, **known}


def _of_what() -> dict[str, object]:
    said = (
        about_said, before_said, comparable, deaf_said, grown_said, most_said, not_known_said, rate, read_said, saying, where_said,
    )  # fmt: skip
    return {one.__name__: one for one in said}


def _of_waits() -> dict[str, object]:
    said = (
        wait_words.aged, wait_words.answer_of, wait_words.half_of, wait_words.kinds, wait_words.lasts,
        wait_words.looked_for, wait_words.takes,
    )  # fmt: skip
    return {**{one.__name__: one for one in said}, "ROWS": wait_words.ROWS}


def soft(name: str) -> Markup:
    """A name, clean, that may be broken after a full stop or a slash: an address is not split in the middle of a word."""
    return Markup("").join(
        Markup("{}<wbr>").format(part) if part in "./" else escape(part)
        for part in re.split(r"([./])", clean(name))
        if part
    )


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
        public=ask.public,
        visitor=ask.visitor,
        seal=ask.seal,
        away=ask.away,
    )


def trouble(texts: Texts, kind: str, error: CorrilloError | None = None) -> str:
    """The page that says what is wrong and what to do about it."""
    return draw("trouble.html", t=texts, kind=kind, error=error)
