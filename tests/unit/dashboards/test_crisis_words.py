"""Names and sentences of incidents, in both languages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from corrillo.alerts import Act, Subject
from dashboards.page.crisis.gist import Gist
from dashboards.page.crisis.incidents import IncidentRow
from dashboards.page.crisis.words import decided, done, growth, incident_name, names_of, span, stands
from dashboards.page.i18n import texts
from dashboards.page.sources import Listening, sources

ES, EN = texts("es"), texts("en")


def of(service: str = "", district: str = "") -> Subject:
    return Subject(institution="benialba", service=service, district=district)


@pytest.mark.parametrize(
    ("subjects", "name"),
    [
        ([of()], "Ajuntament de Benialba"),
        ([of("water")], "Agua"),
        ([of("water"), of(district="El Raval"), of()], "Agua · El Raval"),
        ([of(), of("water")], "Agua"),
        ([of("water"), of("health"), of("safety"), of("noise")], "Agua · Salud · Seguridad …"),
    ],
)
def test_an_incident_is_named_by_what_it_is_about(incident: Any, town: Any, subjects: list[Subject], name: str) -> None:
    """The leading subject first, the whole institution only where there is nothing closer, three at most."""
    assert incident_name(ES, incident(leading=subjects[0], subjects=tuple(subjects), changes=()), town) == name


@pytest.mark.parametrize(
    ("subjects", "gist", "name"),
    [
        ([of()], Gist("filtración de datos", ("paperwork",)), "Filtración de datos · Agua"),
        ([of(district="El Raval"), of("emergency")], Gist("riada"), "Riada · El Raval"),
        ([of(district="El Raval"), of("emergency")], Gist(), "Emergencias · El Raval"),
    ],
)
def test_what_people_call_it_stands_first_then_services_then_districts(
    incident: Any, town: Any, subjects: list[Subject], gist: Gist, name: str
) -> None:
    """Where only the whole institution is left, what it was about in its life: water. A word says more than Emergencies."""
    assert incident_name(ES, incident(leading=subjects[0], subjects=tuple(subjects)), town, gist) == name


def test_an_incident_that_was_never_about_a_part_is_named_by_its_posts(incident: Any, town: Any) -> None:
    """And by the institution only where those tell nothing either."""
    whole = incident(leading=of(), subjects=(of(),), changes=())
    gist = Gist(services=("water",), districts=("El Raval",))
    assert [incident_name(ES, whole, town, g) for g in (gist, Gist())] == ["Agua · El Raval", "Ajuntament de Benialba"]


def test_what_decided_a_level_is_said_where_it_is_not_how_many_voices_there_are(
    incident: Any, evidence: Any, town: Any
) -> None:
    rows = [
        IncidentRow(incident(evidence=evidence(channel=c, word=w)), "open", gist=Gist("riada"))
        for c, w in (("crisis", ""), ("complaint", ""), ("volume", ""))
    ]
    said = [decided(ES, row) for row in rows]
    assert "Emergencias («riada»), 12 en 1 h 30 min, cuando lo normal es de 0 a 3." in said[0]
    assert "sino estas: Quejas («riada»), 12" in said[1]
    assert said[2] == ""


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (2.36, "a más: ×2,4 en la segunda mitad"), (1.5, "a más: ×1,5 en la segunda mitad"), (1.49, "estable"),
        (0.67, "estable"), (0.6, "a menos: ×0,6 en la segunda mitad"),
        (0.0, "a menos: ninguna voz en la segunda mitad"),
    ],
)  # fmt: skip
def test_growth_is_said_in_words(evidence: Any, value: float, said: str) -> None:
    assert growth(ES, evidence(growth=value)) == said


def test_time_scales_are_said_in_hours_and_minutes() -> None:
    assert [span(EN, minutes) for minutes in (5, 60, 90, 1440)] == ["5 min", "1 h", "1 h 30 min", "24 h"]


def test_where_an_incident_stands_names_who_and_until_when(incident: Any, now: datetime, town: Any) -> None:
    """The last thing that was done; a silence without an end has none."""
    taken = Act(incident="burst", at=now, who="Marta", what="acknowledge")
    silent = Act(incident="burst", at=now, who="Pau", what="silence", until=now + timedelta(hours=1))
    for_good = Act(incident="burst", at=now, who="Pau", what="silence")
    rows = [
        IncidentRow(incident(), "open"),
        IncidentRow(incident(), "acknowledged", (silent, taken)),
        IncidentRow(incident(), "silenced", (taken, silent)),
        IncidentRow(incident(), "silenced", (for_good,)),
        IncidentRow(incident(), "resolved", (taken,)),
    ]
    assert [stands(EN, row, town.zone) for row in rows] == [
        "Nobody has taken it", "Marta has taken it", "Silenced until Sat 21 Nov, 15:05", "Silenced", "Over",
    ]  # fmt: skip
    assert [done(ES, act, town.zone) for act in (taken, silent, for_good)] == [
        "Marta lo atiende", "Pau lo silencia hasta el sáb 21 nov, 15:05", "Pau lo silencia",
    ]  # fmt: skip


def test_sources_are_called_as_people_call_them(store: Any, now: datetime) -> None:
    """By their own name where they are not known any more."""
    found = sources(store, [Listening("feed", "press", "Diari")], now)
    assert names_of(found, ["feed", "old"]) == "Diari, old"
