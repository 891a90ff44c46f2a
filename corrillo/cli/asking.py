"""What ``find`` and ``export`` ask, and the paper that says so: the same for both."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from corrillo.bootstrap import now
from corrillo.cli.common import say
from corrillo.manifest import Asked, File, in_words
from corrillo.marked import MOST_IN_A_FILE, away_of, in_view
from corrillo.ports import Query, Reader
from corrillo.settings import Settings

AllOption = Annotated[
    bool,
    typer.Option("--all", help="With what the team has marked as not about the institution."),
]


def asked(settings: Settings, store: Reader, query: Query, *, everything: bool = False, links: bool = False) -> Asked:
    """``query`` without what is marked as not about its institutions, unless ``everything`` is wanted."""
    zone = settings.institutions[0].zone
    wanted = query.where.get("institution", ())
    about = {i.id: i.name for i in settings.institutions if not wanted or i.id in wanted}
    marked = away_of(store, [] if everything else list(about), query.since)
    if marked.more:
        say(
            f"more than {MOST_IN_A_FILE} posts are marked as not about us: those that were marked first are not left out"
        )
    query = replace(query, without=marked.ids)
    words = in_words(query, zone) + ("; with what is marked as not about it" if everything else "")
    return Asked(query, words, about, zone, now(), store.count(query), links, in_view(store, query))


def left_out(asked: Asked) -> str:
    """In words for standard error; '' where nothing is."""
    return f" ({asked.left_out} not about us are left out: --all adds them)" if asked.left_out else ""


def file_at(path: Path, rows: int, columns: Sequence[str]) -> File:
    """What is said of a file that stands there."""
    with path.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    return File(path.name, rows, path.stat().st_size, digest, tuple(columns))


def write_paper(path: Path, written: str) -> None:
    """Write a manifest, for its owner's eyes only."""
    private = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(private, "w", encoding="utf-8") as file:
        file.write(written)
