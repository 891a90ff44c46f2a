"""``corrillo incidents``: is it a crisis? In a terminal what the page's view of that name says."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from corrillo.bootstrap import now
from corrillo.cli import acting
from corrillo.cli.common import ConfigOption, JsonOption, print_json, say, settings_of, store_of
from corrillo.cli.coverage import coverage
from corrillo.cli.incident_lines import overview
from corrillo.cli.incident_records import of_incident, of_overview
from corrillo.cli.incident_whole import whole
from corrillo.cli.incident_words import Speech
from corrillo.cli.which import ALL, IdArgument, InstitutionOption, LangOption, chosen, incident, language, shortened
from corrillo.errors import ConfigError
from corrillo.institution import Institution
from corrillo.ports import Reader, Store
from dashboards.page.crisis.asked import Asked
from dashboards.page.crisis.incidents import IncidentRow, row
from dashboards.page.crisis.reasons import picture_of
from dashboards.page.crisis.view import CrisisView, IncidentView, build, build_incident
from dashboards.page.i18n import Texts, texts
from dashboards.page.posts import chosen as cards
from dashboards.page.sources import Listening

Seen = tuple[Institution, CrisisView, tuple[IncidentRow, ...]]
"""An institution, how it stands, and which of its incidents are over."""


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(invoke_without_command=True, rich_markup_mode="markdown")
    group.callback()(incidents)
    group.command()(show)
    acting.add_to(group)
    app.add_typer(group, name="incidents")


def incidents(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="All that are over, not only the last 30 days'.")] = False,
    institution: InstitutionOption = "",
    lang: LangOption = "en",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Is it a crisis? What is blind now, which incidents are open, and which were lately.

    watch: worth a look · warning: tell who is responsible · crisis: wake them.

    Examples:

        corrillo incidents

        corrillo incidents --json | jq '.[].incidents[] | select(.life == "open")'

        corrillo incidents show 3f2a
    """
    if context.invoked_subcommand:
        return
    settings, moment, t = settings_of(config), now(), texts(language(lang))
    with store_of(settings) as store:
        seen = [_seen(store, i, coverage(settings), moment, t, everything) for i in chosen(settings, institution)]
    if as_json:
        print_json([of_overview(view, over, about, t) for about, view, over in seen])
        return
    ids = shortened([r.incident.id for _, view, over in seen for r in (*view.incidents.open, *over)])
    for place, (about, view, over) in enumerate(seen):
        for line in ([""] if place else []) + list(overview(view, over, everything, Speech(t, about, ids))):
            typer.echo(line)


def show(
    id: IdArgument,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Write its picture to a file.", show_default=False)
    ] = None,
    lang: LangOption = "en",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """One incident: its evidence, its whole life, what people did, and the posts that show it.

    Examples:

        corrillo incidents show 3f2a

        corrillo incidents show 3f2a --lang es --picture water.svg
    """
    settings, t = settings_of(config), texts(language(lang))
    with store_of(settings) as store:
        found, about = incident(store, settings, id)
        view = build_incident(store, about, found, now(), t, coverage(settings))
        view = replace(view, samples=cards(store, about.id, view.row.telling.samples, about.zone, t))
    if picture is not None:
        _write(picture, picture_of(t, view.row, about))
    if as_json:
        print_json(of_incident(view, about, t))
        return
    _print(view, Speech(t, about, {}))


def _print(view: IncidentView, speech: Speech) -> None:
    for line in whole(view, speech, shutil.get_terminal_size().columns):
        typer.echo(line)


def _seen(
    store: Store, about: Institution, listening: Sequence[Listening], moment: datetime, t: Texts, everything: bool
) -> Seen:
    view = build(store, about, Asked(about.id), moment, t, listening)
    return about, view, _all_over(store, about.id, moment) if everything else view.incidents.over


def _all_over(reader: Reader, institution: str, moment: datetime) -> tuple[IncidentRow, ...]:
    rows = [row(reader, i, moment) for i in reader.incidents(institution, limit=ALL) if i.resolved or i.into]
    return tuple(r for r in rows if not r.open)


def _write(file: Path, picture: str) -> None:
    try:
        file.write_text(picture, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{file}: cannot be written: {error.strerror}", "check the folder and the disk") from None
    say(f"Picture written to {file}")
