"""``corrillo setup accounts``: who may come to Elasticsearch, with passwords out of files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrillo.bootstrap import elasticsearch_of, open_elasticsearch
from corrillo.cli.common import ConfigOption, settings_of
from corrillo.errors import ConfigError
from corrillo.secrets import secret


def add_to(group: typer.Typer) -> None:
    """Register the command, under ``setup``."""
    group.command()(accounts)


def accounts(
    folder: Annotated[
        Path, typer.Argument(help="One file for each account: its name, and the password in it.", show_default=False)
    ],
    config: ConfigOption = None,
) -> None:
    """Make roles and accounts in Elasticsearch: corrillo_writer, _team, _analyst, _dashboard; Kibana's password.

    Come as somebody who may manage security ($CORRILLO_ELASTICSEARCH_USER). Those without a file are left alone.

    Example:

        corrillo setup accounts /run/accounts
    """
    settings = settings_of(config)
    with open_elasticsearch(settings) as client:
        from stores.elasticsearch.accounts import accounts as known
        from stores.elasticsearch.accounts import setup_accounts
        from stores.elasticsearch.names import Names

        names = Names(elasticsearch_of(settings).prefix)
        given = [name for name in known(names) if (folder / name).exists()]
        if not given:
            raise ConfigError(f"{folder}: holds no password", f"name files after accounts: {', '.join(known(names))}")
        passwords = {name: secret({}, "", folder / name, f"the password of {name!r}") for name in given}
        for done in setup_accounts(client, names, passwords):
            typer.echo(f"{done.how:8} {done.what}")
