"""``corrillo backup`` and ``restore``: a copy of everything that is stored, and its way back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrillo.cli.common import ConfigOption, say, settings_of, store_of


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(backup)
    app.command()(restore)


def backup(
    target: Annotated[
        Path, typer.Argument(help="The copy; an existing one is replaced when the new one is good.", show_default=False)
    ],
    config: ConfigOption = None,
) -> None:
    """Copy the store while it is in use, and check the copy. The key of the pseudonyms is not in it.

    Put it back with: corrillo restore.

    Example:

        corrillo backup /backups/corrillo-$(date +%F).db
    """
    with store_of(settings_of(config)) as store:
        store.backup(target)
    say(f"{target}: copied and checked. Keep the key of the pseudonyms as well, elsewhere.")


def restore(
    source: Annotated[Path, typer.Argument(help="What corrillo backup has written.", show_default=False)],
    config: ConfigOption = None,
) -> None:
    """Put a backup into the store of the configuration, which must hold nothing yet; stop everything else before.

    A store that holds something is left alone: with SQLite, move its file away (with its -wal and -shm); with
    Elasticsearch, name another elasticsearch.prefix, or delete the indices. What was erased after the backup was
    made is in it: erase it again.

    Example:

        corrillo restore /backups/corrillo-2026-11-21.db
    """
    with store_of(settings_of(config)) as store:
        mentions = store.restore(source)
    say(f"{source}: {mentions} mentions put back, with counts, tombstones and cursors.")
