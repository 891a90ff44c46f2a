"""From what people say that the name stood for to lines of ``corrillo.toml``. Pure but for reading and writing the file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from corrillo import additions
from corrillo.errors import ConfigError
from corrillo.institution import Institution
from corrillo.text import fold, words
from dashboards.page.address import BadFilter, Pairs, single
from dashboards.page.forms import written

FIELDS = ("seal", "institution", "name", "phrases", "context", "lang")
LONGEST = 300


@dataclass(frozen=True)
class Proposal:
    """A homonym as an admin wants it. ``phrases`` besides the name itself; ``context`` speaks against a whole post."""

    name: str
    phrases: tuple[str, ...] = ()
    context: tuple[str, ...] = ()

    @property
    def lines(self) -> str:
        """The lines of the configuration."""
        return additions.lines("institution.homonym", self.table)

    @property
    def table(self) -> dict[str, str | tuple[str, ...]]:
        """Its keys there."""
        return {"name": self.name, "phrases": self.phrases, "context": self.context}


def read(given: Pairs, institution: Institution) -> Proposal:
    """The homonym that a form says. Raises BadFilter for one that would take the institution's own name away."""
    name = written(given, "name", LONGEST, must=True)
    phrases = _several(given, "phrases")
    context = _several(given, "context")
    for field, values in (("name", (name,)), ("phrases", phrases), ("context", context)):
        for value in values:
            if not words(fold(value)) or _own(value, institution):
                raise BadFilter(field, value, "own_name")
    return Proposal(name, phrases, context)


def _several(given: Pairs, field: str) -> tuple[str, ...]:
    written(given, field, LONGEST)
    return tuple(dict.fromkeys(p.strip() for p in single(given, field).split(",") if p.strip()))


def _own(value: str, institution: Institution) -> bool:
    """Whether that is how people call the institution itself: then every post would be somebody else's."""
    names = (
        institution.name, *institution.aliases, *institution.nicknames, *institution.handles, *institution.hashtags,
        *(n for some in institution.names.values() for n in some),
    )  # fmt: skip
    return words(fold(value)) in [words(fold(n.lstrip("@#"))) for n in names]


def added(text: str, institution: Institution, proposal: Proposal) -> str:
    """The configuration with it. Raises ConfigError where the lines have to be added by hand."""
    return additions.with_homonym(text, institution.id, proposal.table)


def can_write(file: Path | None, institution: Institution, proposal: Proposal) -> bool:
    """Whether ``learn`` would work."""
    if file is None or not additions.writable(file):
        return False
    try:
        added(additions.read(file), institution, proposal)
    except ConfigError:
        return False
    return True


def learn(file: Path, institution: Institution, proposal: Proposal) -> None:
    """Write it into the configuration. Raises ConfigError, and changes nothing, where that cannot be."""
    additions.write(file, added(additions.read(file), institution, proposal))
