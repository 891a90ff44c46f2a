"""What is installed: sources and taggers by entry point. Nothing is registered by importing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from inspect import signature
from typing import Annotated, Any, ClassVar, Protocol

from pydantic import AfterValidator, BaseModel, Field

from corrillo.errors import ConfigError
from corrillo.institution import Institution, Strict
from corrillo.ports import Clock, Source, Tagger, TaggerWishes

NO_WISHES = TaggerWishes()
SOURCES = "corrillo.sources"
TAGGERS = "corrillo.taggers"


def _about(about: str) -> str:
    if about not in ("matching", "everything"):
        raise ValueError('must be "matching" (posts are matched) or "everything" (all of it is about the institution)')
    return about


class SourceConfig(Strict):
    """What every ``[[source]]`` has; a kind adds its own keys in its own module.

    ``institution`` narrows it to one institution; ``about = "everything"`` says that all posts
    are about it by the source's nature.
    """

    kind: str
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")]
    institution: str = ""
    about: Annotated[str, AfterValidator(_about)] = "matching"


@dataclass(frozen=True)
class SourceContext:
    """What a source gets from the house: the institutions, a clock, a polite client, secrets."""

    institutions: Sequence[Institution]
    clock: Clock
    http: Any
    environment: Mapping[str, str]
    folder: str
    """Folder of the configuration: relative paths start there."""


@dataclass(frozen=True)
class Access:
    """What a network asks for and gives, for people who decide whether to listen there; plain sentences.

    ``needs``: which key, and how to get it ('' when it is open to all); ``costs``: money and limits;
    ``optional``: it can be heard without the key, and with it better.
    """

    needs: str
    costs: str
    hears: str
    misses: str
    optional: bool = False


class SourceKind(Protocol):
    """What an entry point of ``corrillo.sources`` names, usually a class."""

    Config: ClassVar[type[SourceConfig]]
    access: ClassVar[Mapping[str, Access]]
    """Language (en, es) → what it takes and what it gives."""
    example: ClassVar[Mapping[str, str]]
    """Language (en, es) → a commented ``[[source]]`` for a new configuration; ``{id}`` is filled in."""

    def __call__(self, config: Any, context: SourceContext) -> Source: ...


@cache
def _installed(group: str) -> Mapping[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=group)}


def source_kinds() -> Sequence[str]:
    """Names of the installed kinds of source."""
    return sorted(_installed(SOURCES))


def source_kind(name: str) -> SourceKind:
    """The kind of that name. Raises ConfigError naming the known ones."""
    return _load(SOURCES, name, "kind")  # type: ignore[no-any-return]


def taggers() -> Sequence[str]:
    """Names of the installed taggers."""
    return sorted(_installed(TAGGERS))


def tagger(name: str, wishes: TaggerWishes = NO_WISHES) -> Tagger:
    """A tagger, ready to be called. Raises ConfigError naming the known ones, or when it takes no ``wishes``."""
    factory = _load(TAGGERS, name, "tagger")
    if signature(factory).parameters:
        return factory(wishes)  # type: ignore[no-any-return]
    if wishes:
        raise ConfigError(
            f"tagging: the tagger {name!r} takes no settings", "remove [tagging], or choose another tagger"
        )
    return factory()  # type: ignore[no-any-return]


def _load(group: str, name: str, what: str) -> Any:
    entry = _installed(group).get(name)
    if entry is None:
        raise ConfigError(f"{what}: {name!r} is not installed", f"use one of: {', '.join(sorted(_installed(group)))}")
    return entry.load()


__all__ = [
    "Access",
    "BaseModel",
    "SourceConfig",
    "SourceContext",
    "SourceKind",
    "source_kind",
    "source_kinds",
    "tagger",
    "taggers",
]
