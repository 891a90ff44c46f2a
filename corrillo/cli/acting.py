"""``corrillo incidents ack|silence|reopen|note``: what people do about an incident."""

from __future__ import annotations

import getpass
import re
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from corrillo.alerts import Act, ActKind, Life
from corrillo.bootstrap import now
from corrillo.cli.common import ConfigOption, say, settings_of, store_of
from corrillo.cli.which import IdArgument, incident
from corrillo.errors import ConfigError
from corrillo.text import clean
from dashboards.page.crisis.acts import POSSIBLE
from dashboards.page.crisis.incidents import IncidentRow, row
from dashboards.page.forms import NOTE, WHO

WhoOption = Annotated[
    str, typer.Option("--who", metavar="NAME", help="Who does it (default: your login name).", show_default=False)
]
NoteOption = Annotated[str, typer.Option("--note", metavar="TEXT", help="What others should know.", show_default=False)]
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
HOW_UNTIL = "write 30m, 8h or 2d, or a time to come such as 08:00 or 2026-11-22T08:00"
DONE: dict[ActKind, str] = {
    "acknowledge": "acknowledged", "silence": "silenced", "reopen": "open again", "note": "noted",
}  # fmt: skip
WHY_NOT: dict[Life, str] = {
    "open": "nobody has acknowledged or silenced it",
    "acknowledged": "it is acknowledged already",
    "silenced": "it is silenced already",
    "resolved": "it is over; only a note can be added",
}


def add_to(group: typer.Typer) -> None:
    """Register the commands."""
    for command in (ack, silence, reopen, note):
        group.command()(command)


def ack(id: IdArgument, who: WhoOption = "", note: NoteOption = "", config: ConfigOption = None) -> None:
    """Take an incident: others see by whom. It speaks again when it escalates.

    Example:

        corrillo incidents ack 3f2a --note "calling the water company"
    """
    _act(config, id, "acknowledge", who, note)


def silence(
    id: IdArgument,
    until: Annotated[
        str,
        typer.Option(
            metavar="8h|TIME", help="Until when: 30m, 8h, 2d or a time (default: until it is over).", show_default=False
        ),
    ] = "",
    who: WhoOption = "",
    note: NoteOption = "",
    config: ConfigOption = None,
) -> None:
    """Hear no more of an incident for a while. It speaks again when it escalates.

    Examples:

        corrillo incidents silence 3f2a --until 8h

        corrillo incidents silence 3f2a --until 2026-11-22T08:00 --who "Pepa Soler"
    """
    _act(config, id, "silence", who, note, until)


def reopen(id: IdArgument, who: WhoOption = "", note: NoteOption = "", config: ConfigOption = None) -> None:
    """Take back an ack or a silence.

    Example:

        corrillo incidents reopen 3f2a
    """
    _act(config, id, "reopen", who, note)


def note(
    id: IdArgument,
    text: Annotated[str, typer.Argument(help="The note.", show_default=False)] = "",
    note: NoteOption = "",
    who: WhoOption = "",
    config: ConfigOption = None,
) -> None:
    """Write something beside an incident, even when it is over.

    Example:

        corrillo incidents note 3f2a "mended at 02:10, water back by three"
    """
    if not (text or note):
        raise ConfigError("nothing says what to note", 'write it behind the id: corrillo incidents note ID "…"')
    _act(config, id, "note", who, text or note)


def _act(config: Path | None, beginning: str, what: ActKind, who: str, note: str, until: str = "") -> None:
    settings, moment = settings_of(config), now()
    by, words = _who(who), _short("--note", note, NOTE)
    with store_of(settings) as store:
        about, institution = incident(store, settings, beginning)
        if about.into:
            about, institution = incident(store, settings, about.into)
            say(f"It is part of another incident since they were merged: {about.id}")
        _check(row(store, about, moment), what)
        silent = silent_until(until, moment, institution.zone)
        store.act(Act(incident=about.id, at=moment, who=by, what=what, until=silent, note=words))
        say(_said(row(store, about, moment), what, by, silent, institution.zone))


def _check(found: IncidentRow, what: ActKind) -> None:
    """Raises ConfigError for what cannot be done where the incident stands."""
    if what not in POSSIBLE[found.life]:
        raise ConfigError(f"incident {found.incident.id}: {WHY_NOT[found.life]}", "see: corrillo incidents show ID")


def _said(found: IncidentRow, what: ActKind, by: str, until: datetime | None, zone: ZoneInfo) -> str:
    ends = f" until {until.astimezone(zone):%Y-%m-%d %H:%M}" if until else ""
    return f"{found.incident.id}: {DONE[what]} by {by}{ends}"


def _who(given: str) -> str:
    """The name that was given, else the login name. Raises ConfigError where there is neither."""
    if not given.strip():
        try:
            given = getpass.getuser()
        except (OSError, KeyError):
            raise ConfigError("nobody knows who you are", 'say it: --who "Pepa Soler"') from None
    return _short("--who", given, WHO)


def _short(option: str, text: str, limit: int) -> str:
    text = " ".join(clean(text).split())
    if len(text) > limit:
        raise ConfigError(f"{option}: is longer than {limit} characters", "write less")
    return text


def silent_until(written: str, moment: datetime, zone: ZoneInfo) -> datetime | None:
    """When a silence ends that is written as a span or as a time in ``zone``; None for ''. Raises ConfigError."""
    if not written:
        return None
    end = _after(written.strip(), moment, zone) or _time(written, zone)
    if end <= moment:
        raise ConfigError(f"--until {written!r} is over already", HOW_UNTIL)
    return end


def _after(written: str, moment: datetime, zone: ZoneInfo) -> datetime | None:
    """The end of a span, or the next time that clocks show so much; None for anything else."""
    if span := re.fullmatch(r"(\d{1,4})([mhd])", written):
        return moment + int(span[1]) * UNITS[span[2]]
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", written):
        return None
    today, clock = moment.astimezone(zone).date(), time.fromisoformat(written)
    days = (datetime.combine(today + timedelta(days=n), clock, zone).astimezone(UTC) for n in range(3))
    return next(end for end in days if end > moment)


def _time(written: str, zone: ZoneInfo) -> datetime:
    try:
        given = datetime.fromisoformat(written.strip())
    except ValueError:
        raise ConfigError(f"--until {written!r} is no time", HOW_UNTIL) from None
    return (given if given.tzinfo else given.replace(tzinfo=zone)).astimezone(UTC)
