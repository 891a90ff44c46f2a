"""``corrillo schema``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from corrillo.cli.common import say
from corrillo.schema import schemas


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(schema)


def schema(folder: Annotated[Path, typer.Argument(help="Where the files go.", show_default=False)]) -> None:
    """Write the JSON Schemas of the messages.

    Example:

        corrillo schema docs/schemas
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in schemas().items():
        (folder / f"{name}.json").write_text(
            json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    say(f"{len(schemas())} schemas written to {folder}")
