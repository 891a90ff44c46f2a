"""Which dashboards ``corrillo dashboards`` is about, and the space of Kibana where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, cast

import typer

from corrillo.bootstrap import editions, kibana_of, open_kibana
from corrillo.cli.common import say
from corrillo.cli.which import language
from corrillo.errors import ConfigError
from corrillo.settings import Settings
from dashboards.kibana.edition import DEFAULT_SPACE, Edition, Language
from dashboards.kibana.errors import no_space

if TYPE_CHECKING:
    from dashboards.kibana.connection import Kibana

LangsOption = Annotated[
    list[str] | None,
    typer.Option("--lang", help="es or en; repeat it (default: kibana.languages).", show_default=False),
]
SpaceOption = Annotated[
    str, typer.Option("--space", help="The space of Kibana (default: kibana.space).", show_default=False)
]
ForceOption = Annotated[bool, typer.Option("--force", help="Also what somebody has edited in Kibana.")]


def chosen(settings: Settings | None, space: str, lang: Sequence[str] | None) -> Sequence[Edition]:
    """What stands in that space, in the languages that are asked for. Raises ConfigError."""
    return editions(settings, _space(space), [cast(Language, language(one)) for one in lang or ()])


@contextmanager
def kibana_space(settings: Settings, space: str, make: bool = False) -> Iterator[Kibana]:
    """That space of the configured Kibana, which is there. Raises KibanaError, ConfigError."""
    with open_kibana(settings, _space(space) or kibana_of(settings).space) as kibana:
        if kibana.space != DEFAULT_SPACE and not kibana.space_there():
            if not make:
                raise no_space(kibana.where, kibana.space)
            kibana.make_space(kibana.space)
            say(f"made space {kibana.space}")
        yield kibana


def _space(given: str) -> str:
    if not re.fullmatch(r"[a-z0-9_-]{0,60}", given):
        raise ConfigError(f"--space {given!r}: cannot be a space", "use its identifier: small letters, digits, - and _")
    return given
