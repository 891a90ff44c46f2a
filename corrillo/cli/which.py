"""Which institution and which incident a command is about."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Annotated

import typer

from corrillo.alerts import Incident
from corrillo.errors import ConfigError
from corrillo.institution import Institution
from corrillo.ports import Reader
from corrillo.settings import Settings
from dashboards.page.i18n import LANGUAGES

IdArgument = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="The incident's id, or as much of its beginning as is enough.", show_default=False
    ),
]
LangOption = Annotated[str, typer.Option("--lang", help="en or es.")]
InstitutionOption = Annotated[
    str, typer.Option("--institution", metavar="ID", help="Only this one (default: all).", show_default=False)
]
ALL = 2_000
"""Incidents of an institution, the newest changes first, among which an id is looked for."""
SHORT = 8
"""Characters of an id that are enough, as a rule."""


def chosen(settings: Settings, identity: str) -> Sequence[Institution]:
    """The institution that is called so; all of them for ''. Raises ConfigError."""
    known = [i.id for i in settings.institutions]
    if identity and identity not in known:
        close = difflib.get_close_matches(identity, known, n=1)
        remedy = f"did you mean {close[0]!r}?" if close else f"use one of: {', '.join(known)}"
        raise ConfigError(f"{settings.file}: no institution is called {identity!r}", remedy)
    return [i for i in settings.institutions if not identity or i.id == identity]


def language(asked: str) -> str:
    """``asked``, where it is spoken here. Raises ConfigError."""
    if asked not in LANGUAGES:
        raise ConfigError(f"--lang {asked!r}: is not spoken here", f"use one of: {', '.join(sorted(LANGUAGES))}")
    return asked


def incident(reader: Reader, settings: Settings, beginning: str) -> tuple[Incident, Institution]:
    """The one incident whose id begins so, and whose it is. Raises ConfigError where there is none, or several."""
    exact = reader.incident(beginning) if beginning else None
    found = [exact] if exact else _beginning(reader, settings, beginning)
    of = {i.id: i for i in settings.institutions}
    mine = [i for i in found if i.institution in of]
    if not mine:
        raise ConfigError(f"no incident's id begins with {beginning!r}", "see: corrillo incidents --all")
    if len(mine) > 1:
        listed = ", ".join(i.id[: len(beginning) + 4] for i in mine[:5])
        raise ConfigError(f"{len(mine)} incidents' ids begin with {beginning!r}", f"write more of it, such as {listed}")
    return mine[0], of[mine[0].institution]


def _beginning(reader: Reader, settings: Settings, beginning: str) -> list[Incident]:
    everything = [i for one in settings.institutions for i in reader.incidents(one.id, limit=ALL)]
    return [i for i in everything if beginning and i.id.startswith(beginning.casefold())]


def shortened(ids: Sequence[str]) -> dict[str, str]:
    """For each id as much of its beginning as tells it from the others, and no less than SHORT."""
    length = next(n for n in range(SHORT, 65) if len({i[:n] for i in ids}) == len(set(ids)))
    return {i: i[:length] for i in ids}
