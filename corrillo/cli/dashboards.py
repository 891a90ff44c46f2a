"""``corrillo dashboards``: the dashboards of Kibana, from the same charts as the page's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from corrillo.bootstrap import prefix
from corrillo.cli import dashboard_files
from corrillo.cli import dashboard_lines as lines
from corrillo.cli.common import FAILED, ConfigOption, JsonOption, settings_of
from corrillo.cli.dashboard_place import ForceOption, LangsOption, SpaceOption, chosen, kibana_space
from corrillo.settings import Settings
from dashboards.kibana.answers import Key

if TYPE_CHECKING:
    from dashboards.kibana.apply import Done
    from dashboards.kibana.connection import Kibana


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode="markdown",
        help="The dashboards of Kibana: put there, compared, exported, taken away, opened.",
    )
    group.command()(apply)
    group.command()(diff)
    dashboard_files.add_to(group)
    group.command()(delete)
    app.add_typer(group, name="dashboards")


def apply(
    lang: LangsOption = None,
    space: SpaceOption = "",
    make_space: Annotated[bool, typer.Option("--make-space", help="Make the space where it is not there.")] = False,
    viewers: Annotated[
        bool, typer.Option("--viewers", help="Also make the role of those who look and change nothing.")
    ] = False,
    force: ForceOption = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put the dashboards into Kibana, or bring them up to date; safe to repeat.

    What somebody has edited there is kept (see: corrillo dashboards diff), unless --force. Exit code 1 when
    Kibana did not take something.

    Examples:

        corrillo dashboards apply

        corrillo dashboards apply --lang es --lang en --viewers

        corrillo dashboards apply --space prensa --make-space
    """
    settings = settings_of(config)
    with kibana_space(settings, space, make_space) as kibana:
        from dashboards.kibana.apply import apply as applied

        done = [one for e in chosen(settings, kibana.space, lang) for one in applied(kibana, e, force=force)]
        done += [_viewers(settings, kibana)] if viewers else []
    lines.say_done(done, as_json)
    if any(one.how == "refused" for one in done):
        raise typer.Exit(FAILED)


def diff(
    lang: LangsOption = None, space: SpaceOption = "", config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Say what differs in Kibana from what apply would put there, and what somebody has edited since; changes nothing.

    Compared is with Kibana's own copy right after apply: what Kibana adds by itself is no difference. Exit
    code 1 when something differs.

    Examples:

        corrillo dashboards diff

        corrillo dashboards diff --lang es --json
    """
    settings = settings_of(config)
    with kibana_space(settings, space) as kibana:
        from dashboards.kibana.apply import look

        standing = [one for e in chosen(settings, kibana.space, lang) for one in look(kibana, e).standing]
    lines.say_standing(standing, as_json)
    if any(one.state != "same" for one in standing):
        raise typer.Exit(FAILED)


def delete(
    lang: LangsOption = None,
    space: SpaceOption = "",
    force: ForceOption = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take the dashboards away from Kibana again, and nothing that is not ours; apply brings them back.

    What somebody has edited there is kept, unless --force.

    Examples:

        corrillo dashboards delete --lang en

        corrillo dashboards delete --space prensa --force
    """
    settings = settings_of(config)
    with kibana_space(settings, space) as kibana:
        from dashboards.kibana.apply import delete as deleted

        done = [one for e in chosen(settings, kibana.space, lang) for one in deleted(kibana, e, force=force)]
    lines.say_done(done, as_json)


def _viewers(settings: Settings, kibana: Kibana) -> Done:
    """Make the role of those who look; what became of it."""
    from dashboards.kibana.apply import Done
    from dashboards.kibana.viewers import put_viewers, role_name

    own = prefix(settings)
    return Done(Key("role", role_name(own)), "who looks and changes nothing", put_viewers(kibana, own))
