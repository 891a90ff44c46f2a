"""``corrillo report``: the week on one page, for print."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrillo.bootstrap import now
from corrillo.cli.common import ConfigOption, say, settings_of, store_of
from corrillo.cli.coverage import coverage
from corrillo.errors import ConfigError
from corrillo.institution import Institution
from corrillo.settings import Settings
from dashboards.page.i18n import LANGUAGES, texts
from dashboards.report.calendar import CalendarWeek, week_of, written_week
from dashboards.report.pdf import pdf
from dashboards.report.sheet import sheet
from dashboards.report.week import read


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(report)


def report(
    output: Annotated[Path, typer.Option("--output", "-o", help="The PDF to write.", show_default=False)],
    week: Annotated[
        str, typer.Option(help="Such as 2026-W46 (default: the last one that is over).", show_default=False)
    ] = "",
    institution: Annotated[
        str, typer.Option(help="Id of the institution (default: the first one).", show_default=False)
    ] = "",
    language: Annotated[str, typer.Option(help=f"One of {', '.join(LANGUAGES)}.")] = LANGUAGES[0],
    config: ConfigOption = None,
) -> None:
    """Write the week on one page as a PDF: how much, where, about what, who waits, what was not heard.

    Examples:

        corrillo report --output week.pdf

        corrillo report --week 2026-W46 --language en --output week.pdf
    """
    if language not in LANGUAGES:
        raise ConfigError(f"--language {language!r}: is not spoken here", f"use one of: {', '.join(LANGUAGES)}")
    settings, moment = settings_of(config), now()
    about = _about(settings, institution)
    calendar = _week(week) if week else week_of(moment.astimezone(about.zone).date()).before()
    with store_of(settings) as store:
        found = read(store, about, calendar, moment, coverage(settings))
    said = sheet(found, about, moment, texts(language))
    try:
        output.write_bytes(pdf(said, moment))
    except OSError as error:
        raise ConfigError(f"{output}: cannot be written: {error.strerror}", "check the folder and the disk") from None
    say(f"{calendar} of {about.name} written to {output}")


def _about(settings: Settings, given: str) -> Institution:
    known = {i.id: i for i in settings.institutions}
    if given and given not in known:
        raise ConfigError(f"--institution {given!r}: is not configured", f"use one of: {', '.join(known)}")
    return known[given] if given else settings.institutions[0]


def _week(given: str) -> CalendarWeek:
    try:
        return written_week(given)
    except ValueError:
        raise ConfigError(f"--week {given!r}: is not a week", "write year and number, such as 2026-W46") from None
