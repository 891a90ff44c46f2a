"""``corrillo people``: who logs in on the page, and what each may do there."""

from __future__ import annotations

from typing import Annotated, get_args

import typer

from corrillo import additions
from corrillo.cli.common import ConfigOption, JsonOption, config_file, print_json, say, settings_of
from corrillo.errors import ConfigError
from corrillo.people import LONGEST_NAME, Role, hash_of, new_token
from corrillo.settings import Settings
from corrillo.text import clean

commands = typer.Typer(no_args_is_help=True, help="Who logs in on the page, and what each may do there.")
ROLES: tuple[Role, ...] = get_args(Role)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(commands, name="people")


@commands.command()
def add(
    name: Annotated[str, typer.Argument(help="Their name, as the others know them.", show_default=False)],
    role: Annotated[
        str, typer.Option(help="viewer: to look; team: to work; admin: to decide what is listened for, too.")
    ] = "viewer",
    write: Annotated[bool, typer.Option("--write", help="Add the lines to the configuration.")] = False,
    config: ConfigOption = None,
) -> None:
    """Make a token for somebody. It is said once; only its hash stands in the configuration.

    Examples:

        corrillo people add "Marta Ruiz" --role team

        corrillo people add Nuria --role admin --write
    """
    settings = settings_of(config)
    known = _named(settings, name)
    token = new_token()
    person = {"name": known, "role": _role(role), "token_hash": hash_of(token)}
    if write:
        file = config_file(config)
        additions.write(file, additions.with_person(additions.read(file), person))
        say(f"Written to {file}. It holds from the next start of the page on.")
    else:
        say("Add these lines at the end of corrillo.toml (or run it with --write); then start the page again:\n")
        typer.echo(additions.lines("page.person", person))
    say(f"The token of {known}, said only this once. Give it to nobody else:\n")
    typer.echo(token)


def _named(settings: Settings, name: str) -> str:
    known = clean(name)
    if not known or len(known) > LONGEST_NAME:
        raise ConfigError(f"NAME {name!r}: cannot be a name", f"write one of 1 to {LONGEST_NAME} characters")
    if known in [p.name for p in settings.page.people]:
        raise ConfigError(
            f"NAME {known!r}: somebody is called so already",
            "take their [[page.person]] out first for a new token, or choose another name",
        )
    return known


def _role(role: str) -> str:
    if role not in ROLES:
        raise ConfigError(f"--role {role!r}: is no role", f"use one of: {', '.join(ROLES)}")
    return role


@commands.command("list")
def listed(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Say who logs in, with which role.

    Example:

        corrillo people list
    """
    page = settings_of(config).page
    if as_json:
        print_json([{"name": p.name, "role": p.role} for p in page.people])
        return
    for person in page.people:
        typer.echo(f"{person.role:7} {person.name}")
    if page.proxy_header:
        say(f"Whoever else {', '.join(page.trusted_proxies)} names in {page.proxy_header}: {page.proxy_role}")
    elif not page.people:
        say("Nobody: on loopback the page asks no one; elsewhere it makes a token at each start and says it.")
