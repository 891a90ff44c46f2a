"""``corrillo init``."""

from __future__ import annotations

import os
import secrets
from typing import Annotated

import typer

from corrillo.cli.common import ConfigOption, config_file, say
from corrillo.errors import ConfigError
from corrillo.settings import PrivacySettings
from corrillo.starter import Explained, starter


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(init)


def init(
    name: Annotated[
        str, typer.Argument(help='What it is called, for example "Ayuntamiento de València".', show_default=False)
    ],
    config: ConfigOption = None,
    language: Annotated[Explained, typer.Option("--lang", help="Language of the comments.")] = "es",
    force: Annotated[
        bool, typer.Option("--force", help="Replace an existing configuration (its key is kept).")
    ] = False,
) -> None:
    """Write a commented corrillo.toml to finish in five minutes, and the key of the pseudonyms.

    Examples:

        corrillo init "Ayuntamiento de València"

        corrillo init "Concello de Lugo" --config lugo/corrillo.toml

        corrillo init "Council of Benialba" --lang en
    """
    file = config_file(config)
    if file.exists() and not force:
        raise ConfigError(
            f"{file}: is there already", "edit it, choose another with --config, or replace it with --force"
        )
    text = starter(name, language)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    key = file.parent / PrivacySettings().pseudonym_key_file
    if not key.exists():
        with open(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as secret:
            secret.write(secrets.token_hex(32) + "\n")
    say(f"{file}  what to listen for: finish it in an editor, top to bottom")
    say(f"{key}  the key of the pseudonyms: keep a copy apart; without it nobody can be erased by handle")
    say("Then: corrillo doctor · corrillo listen")
