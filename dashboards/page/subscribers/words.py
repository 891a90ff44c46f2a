"""What is said of subscribers and of what was sent to them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from corrillo.institution import Institution
from corrillo.notices import EVERY_DAY, Hours, Subscriber, Way
from corrillo.text import clean
from dashboards.page.crisis.hour_words import moment
from dashboards.page.crisis.words import incident_name
from dashboards.page.i18n import Texts
from dashboards.page.room.words import channel_name
from dashboards.page.subscribers.view import Line, Row


def reached_now(texts: Texts, row: Row) -> str:
    """Whether they would be told now, and if not, why and until when."""
    found = row.reach
    until = moment(texts, found.until.astimezone(row.clocks.zone)) if found.until else ""
    by = way_name(texts, found.way) if found.way else ""
    return texts(f"reach.{found.why}", until=until, by=by)


def way_name(texts: Texts, way: Way) -> str:
    """What people call a way: mail, Telegram."""
    kind = way.address.partition("://")[0] if way.kind == "apprise" else way.kind
    return channel_name(texts, kind)


def wants(texts: Texts, one: Subscriber, institutions: Sequence[Institution]) -> str:
    """What somebody wants to be told of: from warnings on, of water and El Raval."""
    names = {i.id: i.name for i in institutions}
    about = [texts.name("service", s) for s in one.services] + [clean(d) for d in one.districts]
    said = texts("subscriber.wants", level=texts.name("level", one.least).lower())
    said += texts("subscriber.about", what=texts.join(about)) if about else texts("subscriber.about_all")
    if one.institutions and len(institutions) > 1:
        said += texts("subscriber.of", names=texts.join([clean(names.get(i, i)) for i in one.institutions]))
    return said


def hours_written(texts: Texts, hours: Sequence[Hours]) -> str:
    """Hours as the form takes them: lun-vie 08:00-15:00; sáb,dom 00:00-24:00."""
    return "; ".join(_written(texts, one) for one in hours)


def _written(texts: Texts, hours: Hours) -> str:
    end = "24:00" if hours.end == "00:00" else hours.end
    days = "" if hours.days == EVERY_DAY else ",".join(_runs(texts, hours.days)) + " "
    return f"{days}{hours.begin}-{end}"


def _runs(texts: Texts, days: Sequence[int]) -> list[str]:
    names = texts("calendar.weekdays").split()
    runs = [[d for _, d in some] for _, some in groupby(enumerate(sorted(days)), key=lambda one: one[1] - one[0])]
    said = [[names[run[0]], names[run[-1]]] if len(run) > 2 else [names[d] for d in run] for run in runs]
    return [part for run, some in zip(runs, said, strict=True) for part in (["-".join(some)] if len(run) > 2 else some)]


def told_of(texts: Texts, line: Line, institutions: Sequence[Institution]) -> str:
    """What a message was about: an alert's incidents, a digest's day, which address is asked about."""
    delivery = line.delivery
    if delivery.what != "alert":
        return texts.name("delivery", delivery.what) + (f" {delivery.period}" if delivery.what == "digest" else "")
    said = []
    for news, row in line.about:
        of = next((i for i in institutions if row and i.id == row.incident.institution), None)
        name = incident_name(texts, row.incident, of, row.gist) if row and of else texts("subscriber.incident_gone")
        said.append(f"{clean(name)}: {texts.name('news', news.what)}")
    return "; ".join(said)
