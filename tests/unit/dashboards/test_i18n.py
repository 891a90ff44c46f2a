"""Both languages say everything, each in its own way."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

import dashboards.page
from corrillo.alerts import LEVELS, ActKind, ChangeKind
from corrillo.health import REASONS, STATES, Proof
from corrillo.links import PURPOSES
from corrillo.model import LANGUAGES as SPOKEN
from corrillo.model import SERVICES, TAG_KINDS, Place, ReasonKind, Target, VenueKind
from corrillo.notices import DeliveryKind, DeliveryState, NewsKind, Period
from corrillo.people import Role
from corrillo.ports import ABILITIES
from corrillo.work import DeedKind
from dashboards.charts.beside import DEEDS, EVERY, HEARING
from dashboards.charts.catalogue import HOW
from dashboards.lens.lists import LISTS
from dashboards.lens.names import ADDRESSES
from dashboards.lens.places import STANDS
from dashboards.page.address import SINGLE, Problem
from dashboards.page.crisis.acts import SILENCES
from dashboards.page.crisis.asked import HOURS
from dashboards.page.crisis.incidents import LIVES
from dashboards.page.crisis.standing import ANSWERS
from dashboards.page.filters import FIELDS, PERIODS
from dashboards.page.i18n import LANGUAGES, choose, texts
from dashboards.page.links.about import State
from dashboards.page.links.desk import STATUS
from dashboards.page.subscribers.form import WAYS
from dashboards.page.subscribers.reach import WHYS
from dashboards.page.waits.accounts import STATES as STATES_OF_ACCOUNTS
from dashboards.page.work.deeds import CASES
from dashboards.page.work.deeds import FIELDS as WORK_FORM
from dashboards.page.work.homonyms import FIELDS as HOMONYM_FORM
from dashboards.report.after.facts import Milestone
from notify.decide import why

PAGE = Path(next(iter(dashboards.page.__path__)))
ES, EN = texts("es"), texts("en")
STATES_OF_A_CASE = tuple(filter(None, CASES))
FORM = ("who", "what", "until", "note", "subject", "form")
USED = re.compile(r"""\b(?:t|texts)(\.count|\.markup)?\(\s*"([a-z_0-9.]+)"\s*([,)~])""")


def test_catalogues_have_the_same_keys_and_values_to_fill_in() -> None:
    def shape(entries: dict[str, str]) -> dict[str, set[str | None]]:
        return {key: {name for _, name, _, _ in Formatter().parse(text)} - {None} for key, text in entries.items()}

    spanish, english = shape(dict(ES.entries)), shape(dict(EN.entries))
    assert spanish.keys() == english.keys()
    assert {key for key in spanish if spanish[key] ^ english[key]} == set()


def test_templates_and_code_use_no_unknown_key() -> None:
    """Keys that are put together are held by the vocabulary test."""
    used = [
        (method, key, path.name)
        for path in [*PAGE.glob("templates/*.html"), *PAGE.rglob("*.py")]
        for method, key, end in USED.findall(path.read_text("utf-8"))
        if end != "~"
    ]
    assert len(used) > 80
    wanted = {
        (k, p) for method, key, p in used for k in ([f"{key}.one", f"{key}.many"] if method == ".count" else [key])
    }
    assert {(key, path) for key, path in wanted if key not in ES.entries} == set()


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("place", get_args(Place)), ("target", get_args(Target)), ("service", SERVICES), ("tag", TAG_KINDS),
        ("tags", TAG_KINDS), ("about", TAG_KINDS), ("language", (*SPOKEN, "und")), ("reason", get_args(ReasonKind)),
        ("venue_kind", get_args(VenueKind)), ("bad", get_args(Problem)), ("remedy", get_args(Problem)),
        ("field", (*FIELDS, *SINGLE)), ("period", tuple(PERIODS)), ("sources", STATES), ("lang", LANGUAGES),
        ("timeline.per", ("hour", "day", "week", "month")),
        ("trouble", ("filter", "question", "store", "address", "broken", "form", "foreign", "seal", "moved", "incident")),
        ("answer", ANSWERS), ("level", LEVELS), ("life", LIVES), ("change", get_args(ChangeKind)), ("hours", tuple(HOURS)),
        ("act", [f"done_{kind}" for kind in get_args(ActKind)]), ("act", [f"until_{span}" for span, time in SILENCES.items() if time]),
        ("field", FORM),
        ("account", STATES_OF_ACCOUNTS), ("able", tuple(ABILITIES)), ("gap", tuple(REASONS)),
        ("proof", get_args(Proof)), ("filled", ("no", "resumed", "backfilled")),
        ("trouble", ("login", "forbidden", "mention", "moved_on")), ("role", get_args(Role)), ("field", WORK_FORM), ("field", HOMONYM_FORM),
        ("deed", get_args(DeedKind)), ("did", get_args(DeedKind)), ("case", STATES_OF_A_CASE), ("case_state", STATES_OF_A_CASE),
        ("listened", HEARING), ("done", DEEDS), ("measure", HOW), ("measure", ("share", "unknown")),
        *((f"chart.{name}", ("title", "help", "empty")) for name in EVERY),
        *((f"kibana.{what}", ADDRESSES) for what in ("title", "says", "text")), ("kibana.data", STANDS), ("kibana.list", LISTS), ("kibana.of", LISTS),
        *(("do", [f"{purpose}{part}" for purpose in PURPOSES]) for part in ("", "_title", "_what", "_done")),
        ("do", [f"is_{state}" for state in get_args(State) if state != "ready"]),
        *(("do", [f"no_{what}{part}" for what in (*STATUS, "feed") if not what.startswith("no_") or what == "no_links"]) for part in ("", "_remedy")),
        ("news", get_args(NewsKind)), ("delivery", get_args(DeliveryState)), ("delivery", get_args(DeliveryKind)),
        ("why", [text for name, text in vars(why).items() if name.isupper()]), ("reach", WHYS), ("reach", [f"word_{why}" for why in WHYS]), ("field", WAYS), ("trouble", ("subscriber", "by_file")),
        ("subscriber", [f"digest_{period}" for period in get_args(Period)]), ("after", get_args(Milestone)),
        ("after", [f"figure_{what}" for what in ("opened", "first_told", "first_taken", "lasted")]),
        ("figures", ("mentions", "authors", "off_page", "question", "complaint", "crisis")),
    ],
)  # fmt: skip
def test_every_word_of_every_vocabulary_has_a_name(kind: str, values: tuple[str, ...]) -> None:
    assert [v for v in values if f"{kind}.{v}" not in ES.entries] == []


def test_numbers_and_dates_as_each_language_writes_them() -> None:
    moment = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)
    assert (ES.number(1234567), EN.number(1234567)) == ("1.234.567", "1,234,567")
    assert (ES.decimal(0.825), EN.decimal(0.5)) == ("0,82", "0.50")
    assert (ES.moment(moment), EN.moment(moment)) == ("21 nov 2026 14:05", "21 Nov 2026 14:05")
    assert (ES.weekday(date(2026, 11, 21)), EN.weekday(date(2026, 11, 21))) == ("sáb", "Sat")


def test_only_all_is_a_hundred_percent_and_only_none_is_zero() -> None:
    assert [EN.percent(s) for s in (0, 0.001, 0.714, 0.999, 1)] == ["0%", "1%", "71%", "99%", "100%"]
    assert ES.percent(0.71) == "71\u00a0%"


def test_lists_are_joined_as_they_are_spoken() -> None:
    """Spanish and becomes e before the sound i."""
    assert ES.join(["X", "Facebook", "Instagram"]) == "X, Facebook e Instagram"
    assert ES.join(["X", "YouTube"]) == "X y YouTube"
    assert (EN.join(["X", "Instagram"]), EN.join(["X"]), EN.join([])) == ("X and Instagram", "X", "")


@pytest.mark.parametrize(
    ("asked", "accepted", "spoken"),
    [
        ("en", "es", "en"), ("", "", "es"), ("", "en-GB,en;q=0.9", "en"), ("", "ca, es;q=0.8, en;q=0.5", "es"),
        ("", "es;q=0.2, en;q=0.7", "en"), ("", "fr, de", "es"), ("xx", "en", "en"), ("", ";;q=,,en;q=x", "es"),
    ],
)  # fmt: skip
def test_language_is_asked_for_or_accepted_or_spanish(asked: str, accepted: str, spoken: str) -> None:
    assert choose(asked, accepted) == spoken
