"""``corrillo dashboards export|open``: what asks no Kibana."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from corrillo.bootstrap import kibana_of
from corrillo.cli.common import ConfigOption, config_file, say, settings_of
from corrillo.cli.dashboard_place import LangsOption, SpaceOption, chosen
from corrillo.errors import ConfigError
from dashboards.kibana.address import of_dashboard
from dashboards.lens import ndjson


def add_to(group: typer.Typer) -> None:
    """Register the commands."""
    group.command()(export)
    group.command("open")(opened)


def export(
    output: Annotated[str, typer.Argument(help="File (.ndjson), or - for standard output.", show_default=False)],
    lang: LangsOption = None,
    space: SpaceOption = "",
    config: ConfigOption = None,
) -> None:
    """Write the dashboards to a file, to be imported by hand into a Kibana elsewhere. Asks no Kibana.

    There: Stack Management, Saved Objects, Import. Without a configuration: those of the prefix corrillo.

    Examples:

        corrillo dashboards export corrillo.ndjson --lang es

        corrillo dashboards export - --lang en | wc -l
    """
    settings = settings_of(config) if config or config_file(config).exists() else None
    place = space or (settings.kibana.space if settings and settings.kibana else "")
    once = {(one.type, one.id): one for e in chosen(settings, place, lang) for one in e.objects}
    file = ndjson(once.values())
    if output == "-":
        sys.stdout.buffer.write(file)
        sys.stdout.buffer.flush()
        return
    try:
        Path(output).write_bytes(file)
    except OSError as error:
        raise ConfigError(f"{output}: cannot be written: {error.strerror}", "check the folder and the disk") from None
    say(f"{len(once)} objects written to {output}. In Kibana: Stack Management, Saved Objects, Import.")


def opened(
    which: Annotated[
        str, typer.Argument(help="Part of a title or of an id (default: the first).", show_default=False)
    ] = "",
    lang: LangsOption = None,
    space: SpaceOption = "",
    only_print: Annotated[bool, typer.Option("--print", help="Say the addresses, and open no browser.")] = False,
    config: ConfigOption = None,
) -> None:
    """Open a dashboard in the browser, and say the address of each. Asks no Kibana.

    Examples:

        corrillo dashboards open

        corrillo dashboards open espera --lang es

        corrillo dashboards open --print
    """
    settings = settings_of(config)
    place = kibana_of(settings)
    where = space or place.space
    listed = [one for e in chosen(settings, where, lang) for one in e.objects if one.type == "dashboard"]
    found = [one for one in listed if which.casefold() in f"{one.id} {one.attributes['title']}".casefold()]
    if not found:
        raise ConfigError(f"no dashboard is called {which!r}", "see: corrillo dashboards open --print")
    addresses = [of_dashboard(place.public_url or place.url, where, one.id) for one in found]
    for one, address in zip(found, addresses, strict=True):
        typer.echo(f"{one.attributes['title']}: {address}")
    if not only_print and not webbrowser.open(addresses[0]):
        say("There is no browser here: copy the address to where there is one.")
