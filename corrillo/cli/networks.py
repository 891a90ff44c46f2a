"""``corrillo sources networks``: what can be listened to, what it takes, and what cannot be heard at all."""

from __future__ import annotations

from typing import Annotated

import typer

from corrillo.cli.common import JsonOption, print_json
from corrillo.errors import ConfigError
from corrillo.networks import LABELS, UNHEARD, able_to, asked, document
from corrillo.registry import Access, SourceKind, source_kind, source_kinds


def add_to(group: typer.Typer) -> None:
    """Register the command."""
    group.command()(networks)


def networks(
    kind: Annotated[str, typer.Argument(help="One kind of source (default: all, briefly).", show_default=False)] = "",
    language: Annotated[str, typer.Option("--lang", help="en or es.")] = "en",
    markdown: Annotated[bool, typer.Option("--markdown", help="The whole page of the documentation.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Which networks there are: which key each wants and how to get it, what it costs, what it can and cannot hear.

    Examples:

        corrillo sources networks

        corrillo sources networks youtube
    """
    if language not in LABELS:
        raise ConfigError(f"--lang {language!r}: is not spoken here", f"use one of: {', '.join(LABELS)}")
    unheard = {name.casefold(): (name, why) for name, why in UNHEARD[language].items()}
    if kind.casefold() in unheard:
        typer.echo("{}: {}".format(*unheard[kind.casefold()]))
        return
    kinds = [kind.casefold()] if kind else source_kinds()
    found = {name: source_kind(name) for name in kinds}
    if markdown:
        typer.echo(document(found, language), nl=False)
    elif as_json:
        print_json({name: _as_json(one, language) for name, one in found.items()})
    elif kind:
        typer.echo(_whole(*next(iter(found.items())), language))
    else:
        _brief(found, language)


def _brief(found: dict[str, SourceKind], language: str) -> None:
    labels = LABELS[language]
    for name, one in found.items():
        access = one.access[language]
        typer.echo(f"{name}  ({labels[asked(access)]})\n    {access.hears}")
    typer.echo(f"\n{labels['unheard']}: {', '.join(UNHEARD[language])}")
    typer.echo("More about one: corrillo sources networks KIND")


def _whole(name: str, kind: SourceKind, language: str) -> str:
    lines = [name]
    lines += [f"  {label}: {value}" for label, value in told(kind.access[language], language)]
    lines.append(f"  {LABELS[language]['able']}: {', '.join(able_to(kind)) or '–'}")
    return "\n".join([*lines, "", kind.example.get(language, kind.example["en"]).rstrip()])


def told(access: Access, language: str) -> list[tuple[str, str]]:
    """What a network takes and gives, as pairs of label and sentence."""
    labels = LABELS[language]
    values = (access.needs or labels["nothing"], access.costs, access.hears, access.misses)
    return list(zip((labels[n] for n in ("needs", "costs", "hears", "misses")), values, strict=True))


def _as_json(kind: SourceKind, language: str) -> dict[str, object]:
    access = kind.access[language]
    return {
        "needs": access.needs, "costs": access.costs, "hears": access.hears, "misses": access.misses,
        "abilities": able_to(kind), "example": kind.example.get(language, ""),
    }  # fmt: skip
