"""``corrillo train``: a tagger from the packaged corpus, licensed sets and what people corrected."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from corrillo.cli.common import ConfigOption, say, settings_of, store_of
from corrillo.corrections import corrected, line
from corrillo.errors import ConfigError
from corrillo.ports import Store
from corrillo.settings import Settings
from processors.learned.artefact import Artefact, read, unpacked
from processors.learned.tagger import packaged
from processors.training.adapt import adapted
from processors.training.examples import SETS, Example, licensed, of_record, written
from processors.training.train import trained


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(train)


def train(
    out: Annotated[Path, typer.Option(help="The file that is written.")] = Path("own.tagger"),
    data: Annotated[
        Path | None,
        typer.Option(
            help=f"Folder with licensed sets ({', '.join(SETS)}), as their authors publish them; those that are there are used.",
            show_default=False,
        ),
    ] = None,
    with_corrections: Annotated[
        bool,
        typer.Option(
            "--with-corrections",
            help="Learn what people corrected on the page, on top of the tagger in use (or of the new one, with --data).",
        ),
    ] = False,
    seed: Annotated[int, typer.Option(help="The same data and seed give the same file.")] = 1,
    config: ConfigOption = None,
) -> None:
    """Train the tagger, in minutes on two cores; it needs the extra `train`.

    Without options: from the corpus that comes with Corrillo. To make the tagger your own, correct tags on the
    page, train with --with-corrections, and name the file in corrillo.toml: [tagging] model = "own.tagger".

    Examples:

        corrillo train --with-corrections

        corrillo train --data sets --out new.tagger
    """
    settings = settings_of(config) if with_corrections else None
    if data is not None and not data.is_dir():
        raise ConfigError(f"--data {data}: is no folder", f"it holds some of: {', '.join(SETS)}")
    if not out.absolute().parent.is_dir():
        raise ConfigError(f"--out {out}: there is no such folder", "make it first, or write elsewhere")
    base = _in_use(settings) if settings and data is None else None
    made = b"" if base else trained([*written(), *(licensed(data) if data else [])], seed, say)
    if settings:
        made = adapted(base or unpacked(made), _corrections(settings), say)
    out.write_bytes(made)
    say(f"{out}: {len(made) / 1e6:.1f} MB, {unpacked(made).identity}")
    say(f'To use it, write in corrillo.toml: [tagging] model = "{out}"')


def _in_use(settings: Settings) -> Artefact:
    wishes = settings.tagger_wishes
    return packaged() if wishes.model is None else read(wishes.model)


def _corrections(settings: Settings) -> list[Example]:
    with store_of(settings) as store:
        return [e for i in settings.institutions for e in _examples(store, i.id)]


def _examples(store: Store, institution: str) -> Iterator[Example]:
    for number, case in enumerate(corrected(store, institution), 1):
        yield of_record(line(case), f"corrections of {institution}", number)
