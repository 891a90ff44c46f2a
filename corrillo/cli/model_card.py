"""``corrillo model-card``: what the trained tagger was made of and how good it is, for people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrillo.cli.common import say
from corrillo.errors import ConfigError
from dashboards.vega.reliability import drawn
from processors.learned.artefact import read
from processors.learned.tagger import packaged
from processors.training.model_card import model_card


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("model-card")(write)


def write(
    folder: Annotated[Path, typer.Argument(help="Where the card is written, in English and Spanish.")] = Path("docs"),
    model: Annotated[
        Path | None, typer.Option(help="A file of corrillo train (default: the packaged tagger).", show_default=False)
    ] = None,
) -> None:
    """Write the card of a trained tagger: what it was trained on, how good it is, what it must not be used for.

    Examples:

        corrillo model-card docs

        corrillo model-card . --model own.tagger
    """
    if not folder.is_dir():
        raise ConfigError(f"{folder}: there is no such folder", "make it first, or name another one")
    artefact = read(model) if model else packaged()
    for language, ending in (("en", ""), ("es", ".es")):
        picture = f"model-card{ending}.svg"
        (folder / f"model-card{ending}.md").write_text(model_card(artefact, language, picture), encoding="utf-8")
        (folder / picture).write_bytes(drawn(artefact.card.reliability, ".svg", language))
        say(f"{folder / f'model-card{ending}.md'}: {artefact.identity}")
