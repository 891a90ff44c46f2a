"""``corrillo quarantine list|show|replay|drop``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from corrillo.bootstrap import open_pipeline
from corrillo.cli.again import Again, into
from corrillo.cli.common import (
    PARTIAL,
    ConfigOption,
    DirectOption,
    JsonOption,
    by_hand,
    print_json,
    say,
    settings_of,
    store_of,
)
from corrillo.errors import ConfigError
from corrillo.ports import Quarantined

commands = typer.Typer(no_args_is_help=True, help="What could not be read: list it, look at it, replay it, drop it.")
IdsArgument = Annotated[list[str] | None, typer.Argument(help="Ids from the list; none: all.", show_default=False)]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(commands, name="quarantine")


@commands.command("list")
def list_(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Each item with its source, its origin and why it is there. Kept for 7 days.

    Example:

        corrillo quarantine list --json
    """
    with store_of(settings_of(config)) as store:
        items = store.quarantined()
    if as_json:
        print_json([asdict(q) for q in items])
        return
    for item in items:
        typer.echo(f"{item.id}  {item.at:%Y-%m-%d %H:%M}  {item.source}  {item.origin}\n    {item.reason}")
    say(f"{len(items)} in quarantine")


@commands.command()
def show(ids: IdsArgument = None, config: ConfigOption = None) -> None:
    """The items themselves, in their protected form.

    Example:

        corrillo quarantine show 8f2c51d09a3b7e64
    """
    with store_of(settings_of(config)) as store:
        for item in _chosen(store.quarantined(), ids):
            typer.echo(f"{item.id}  {item.origin}\n  {item.reason}\n  {item.raw}\n")


@commands.command()
def drop(
    ids: IdsArgument = None,
    everything: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    config: ConfigOption = None,
) -> None:
    """Forget items for good: those that are named, or all of them with --all.

    Examples:

        corrillo quarantine drop 8f2c51d09a3b7e64

        corrillo quarantine drop --all
    """
    if bool(ids) == everything:
        raise ConfigError("nothing says what to drop", "name ids of the list, or write --all")
    with store_of(settings_of(config)) as store:
        say(f"{store.release([q.id for q in _chosen(store.quarantined(), ids)])} dropped")


@commands.command()
def replay(ids: IdsArgument = None, direct: DirectOption = False, config: ConfigOption = None) -> None:
    """Try to read the items again, for example after an upgrade; what succeeds leaves quarantine.

    Where the configuration has [kafka] they are published there. Exit code 3 when some still cannot be read.

    Example:

        corrillo quarantine replay
    """
    settings = settings_of(config)
    pipeline = open_pipeline(settings)
    with store_of(settings) as store:
        items = _chosen(store.quarantined(), ids)
        if settings.kafka is None or direct:
            done = store.release(_read(items, Again(settings, pipeline, into(store, pipeline))))
        else:
            with by_hand(settings) as kafka:
                done = store.release(_read(items, Again(settings, pipeline, kafka.publish)))
    say(f"{done} of {len(items)} replayed")
    if done < len(items):
        raise typer.Exit(PARTIAL)


def _read(items: Sequence[Quarantined], again: Again) -> list[str]:
    """The ids of those that could be read."""
    done = []
    for item in items:
        if why := again(item):
            say(f"{item.id}: {why}")
        else:
            done.append(item.id)
    return done


def _chosen(items: Sequence[Quarantined], ids: list[str] | None) -> list[Quarantined]:
    missing = set(ids or ()) - {q.id for q in items}
    if missing:
        raise ConfigError(f"{sorted(missing)[0]!r} is not in quarantine", "see: corrillo quarantine list")
    return [q for q in items if not ids or q.id in ids]
