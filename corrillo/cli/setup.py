"""``corrillo setup kafka|elasticsearch``: what servers need before anything runs on them."""

from __future__ import annotations

from typing import Annotated

import typer

from corrillo.bootstrap import elasticsearch_of, elasticsearch_shape, now, open_broker, open_elasticsearch
from corrillo.cli import accounts
from corrillo.cli.common import ConfigOption, JsonOption, report, settings_of
from corrillo.findings import Finding

commands = typer.Typer(no_args_is_help=True, help="Make on the servers what Corrillo needs there; safe to repeat.")
CheckOption = Annotated[bool, typer.Option("--check", help="Change nothing; exit code 1 if something differs.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    accounts.add_to(commands)
    app.add_typer(commands, name="setup")


@commands.command()
def kafka(config: ConfigOption = None, check: CheckOption = False, as_json: JsonOption = False) -> None:
    """Make the topics, or bring them up to date. A number of partitions that differs is said, never changed.

    Exit code 1 when something is not as it should be.

    Examples:

        corrillo setup kafka

        corrillo setup kafka --check
    """
    broker = open_broker(settings_of(config))
    from ingest.kafka.layout import differences, setup

    report(differences(broker) if check else setup(broker), as_json)


@commands.command()
def elasticsearch(
    config: ConfigOption = None,
    check: CheckOption = False,
    roles: Annotated[
        bool, typer.Option("--roles", help="Print roles.yml, for servers that take roles from a file only.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make templates, the indices that people look at and, where there are lifecycles, the policy; bring older ones up to date.

    Come as somebody who may manage templates ($CORRILLO_ELASTICSEARCH_USER). Exit code 1 when something is
    not as it should be. Roles and accounts: corrillo setup accounts.

    Examples:

        corrillo setup elasticsearch

        corrillo setup elasticsearch --check

        corrillo setup elasticsearch --roles > config/roles.yml
    """
    settings = settings_of(config)
    with open_elasticsearch(settings) as client:
        from stores.elasticsearch import roles as roles_of
        from stores.elasticsearch.check import check as checked
        from stores.elasticsearch.empty import make_indices
        from stores.elasticsearch.names import Names
        from stores.elasticsearch.setup import setup

        names = Names(elasticsearch_of(settings).prefix)
        if roles:
            typer.echo(roles_of.file(names), nl=False)
        elif check:
            report(list(checked(client.impatient(), names, now)), as_json)
        else:
            done = [*setup(client, names, elasticsearch_shape(settings)), *make_indices(client, names, now())]
            report([Finding(one.what, True, one.how) for one in done], as_json)
