"""The commands. Exit codes: 0 done · 1 it failed · 2 wrong option or configuration · 3 done, but
some of the input could not be read (it is in quarantine, or said line by line) · 130 interrupted.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from corrillo import __version__
from corrillo.cli.common import INTERRUPTED, WRONG_USE, fail
from corrillo.cli.modules import Commands
from corrillo.errors import ConfigError, CorrilloError

app = typer.Typer(
    name="corrillo",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Where do citizens talk about us off our own pages, and about what?\n\n"
    'Begin with `corrillo demo` to look around, or with `corrillo init "Ayuntamiento de …"`.',
)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"corrillo {__version__}")
        raise typer.Exit


@app.callback()
def _corrillo(
    version: Annotated[
        bool,
        typer.Option("--version", help="Say which version this is, and leave.", callback=_say_version, is_eager=True),
    ] = False,
) -> None:
    """What stands before every command."""


def main() -> None:
    """Run a command; errors that a person can act on are said without a traceback."""
    try:
        app(standalone_mode=True)
    except ConfigError as error:
        fail(error, WRONG_USE)
    except CorrilloError as error:
        fail(error)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
