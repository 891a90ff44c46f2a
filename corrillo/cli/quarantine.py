"""``corrillo quarantine list|show|replay|drop``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from corrillo.bootstrap import House, now, open_client, open_house, open_source
from corrillo.cli.common import PARTIAL, ConfigOption, JsonOption, print_json, say, settings_of, store_of
from corrillo.errors import ConfigError, ParseError
from corrillo.listen import Heard
from corrillo.model import Deletion, TaggedMention
from corrillo.pipeline import settle
from corrillo.ports import Quarantined
from corrillo.registry import SourceConfig

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
def replay(ids: IdsArgument = None, config: ConfigOption = None) -> None:
    """Try to read the items again, for example after an upgrade; what succeeds leaves quarantine.

    Exit code 3 when some still cannot be read.

    Example:

        corrillo quarantine replay
    """
    house = open_house(settings_of(config))
    try:
        items = _chosen(house.store.quarantined(), ids)
        done = house.store.release([i.id for i in items if _replayed(house, i, _heard(house, i))])
    finally:
        house.store.close()
    say(f"{done} of {len(items)} replayed")
    if done < len(items):
        raise typer.Exit(PARTIAL)


def _replayed(house: House, item: Quarantined, heard: Heard | None) -> bool:
    if heard is None:
        say(
            f"{item.id}: its source {item.source!r} is no longer in {house.settings.file}: add it again, or drop the item"
        )
        return False
    try:
        posts = heard.source.parse(item.raw)
    except ParseError as error:
        say(f"{item.id}: {error}")
        return False
    events: list[TaggedMention | Deletion] = []
    for post in posts:
        events += (
            [post]
            if isinstance(post, Deletion)
            else house.pipeline.mentions(post, now(), heard.everything_about, heard.only)
        )
    with house.store.unit() as unit:
        unit.write(settle(events, unit.groups, house.pipeline.institutions))
    return True


def _heard(house: House, item: Quarantined) -> Heard | None:
    config = next((s for s in house.settings.sources if isinstance(s, SourceConfig) and s.name == item.source), None)
    return None if config is None else open_source(house.settings, config, open_client(house.settings))


def _chosen(items: Sequence[Quarantined], ids: list[str] | None) -> list[Quarantined]:
    missing = set(ids or ()) - {q.id for q in items}
    if missing:
        raise ConfigError(f"{sorted(missing)[0]!r} is not in quarantine", "see: corrillo quarantine list")
    return [q for q in items if not ids or q.id in ids]
