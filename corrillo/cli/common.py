"""What the commands share: the configuration, filters, ways to print and to fail."""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, get_args
from zoneinfo import ZoneInfo

import typer

from corrillo.bootstrap import environment, open_by_hand, open_store
from corrillo.errors import ConfigError, CorrilloError
from corrillo.findings import Finding
from corrillo.model import SERVICES, TAG_KINDS, AuthorKind, Language, Place, Target, VenueKind
from corrillo.ports import Field, Query, Store
from corrillo.query import parse as parse_query
from corrillo.settings import Settings, load

if TYPE_CHECKING:
    from ingest.kafka.by_hand import ByHand

VALUES: Mapping[str, Sequence[str]] = {
    "place": get_args(Place), "language": get_args(Language), "target": get_args(Target), "service": SERVICES,
    "venue_kind": get_args(VenueKind), "author_kind": get_args(AuthorKind), "tag": TAG_KINDS,
}  # fmt: skip
"""Fields whose values are words of ours: a wrong one finds nothing, so it is refused."""
FAILED, WRONG_USE, PARTIAL, INTERRUPTED = 1, 2, 3, 130

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        help="The configuration (default: $CORRILLO_CONFIG, else ./corrillo.toml).",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
DirectOption = Annotated[bool, typer.Option("--direct", help="Into the store, though the configuration has [kafka].")]
TextArgument = Annotated[
    str, typer.Argument(help='Words, "exact phrases", OR, NOT (or -word), brackets, beginnings*.', show_default=False)
]
WhereOption = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        "-w",
        metavar="FIELD=VALUE",
        help=f"Filter; repeat it. Fields: {', '.join(get_args(Field))}.",
        show_default=False,
    ),
]
SinceOption = Annotated[
    str, typer.Option(help="From this day or time on, in the institution's zone.", show_default=False)
]
UntilOption = Annotated[str, typer.Option(help="Before this day or time.", show_default=False)]


def config_file(given: Path | None) -> Path:
    """The configuration that holds for this command."""
    return given or Path(environment().get("CORRILLO_CONFIG", "corrillo.toml"))


def settings_of(given: Path | None) -> Settings:
    """The settings. Raises ConfigError."""
    return load(config_file(given))


@contextmanager
def store_of(settings: Settings) -> Iterator[Store]:
    """The store, closed at the end."""
    store = open_store(settings)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def by_hand(settings: Settings) -> Iterator[ByHand]:
    """What publishes to Kafka for a command; it waits until Kafka answers, and says so."""
    kafka = open_by_hand(settings, say_trouble)
    try:
        kafka.start()
        yield kafka
    finally:
        kafka.close()


def query_of(settings: Settings, text: str, where: Sequence[str] | None, since: str, until: str) -> Query:
    """The query that the options say. Raises ConfigError naming the one that is wrong."""
    known: tuple[Field, ...] = get_args(Field)
    filters: dict[Field, tuple[str, ...]] = {}
    for pair in where or ():
        name, sign, value = pair.partition("=")
        if not sign or name not in known:
            raise ConfigError(
                f"--where {pair!r}: {name!r} is no field", f"write FIELD=VALUE with one of: {', '.join(known)}"
            )
        if name in VALUES and value not in VALUES[name]:
            close = difflib.get_close_matches(value, VALUES[name], n=1)
            remedy = f"did you mean {close[0]!r}?" if close else f"use one of: {', '.join(VALUES[name])}"
            raise ConfigError(f"--where {pair!r}: no {name} is called {value!r}", remedy)
        filters[name] = (*filters.get(name, ()), value)
    parse_query(text)
    zone = settings.institutions[0].zone
    return Query(
        text=text, where=filters, since=moment_in("--since", since, zone), until=moment_in("--until", until, zone)
    )


def moment_in(option: str, value: str, zone: ZoneInfo) -> datetime | None:
    """The moment in UTC that an option names, in ``zone`` where it has none of its own; None for ''. Raises ConfigError."""
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ConfigError(
            f"{option} {value!r} is no day or time", "write it as 2026-11-21 or 2026-11-21T10:30"
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=_plain)
    sys.stdout.write("\n")


def report(findings: Sequence[Finding], as_json: bool) -> None:
    """What was found, with what to do about it; leaves with FAILED when something is not as it should be."""
    if as_json:
        print_json([asdict(f) for f in findings])
    for finding in [] if as_json else findings:
        typer.echo(f"{'ok ' if finding.ok else 'NO '} {finding.what}: {finding.said}")
        if not finding.ok and finding.remedy:
            typer.echo(f"    → {finding.remedy}")
    if not all(f.ok for f in findings):
        raise typer.Exit(FAILED)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def say(text: str) -> None:
    """To people, on standard error: standard output stays for results."""
    sys.stderr.write(f"{text}\n")


def say_trouble(source: str, said: str) -> None:
    """What a command waits for, '' when it goes on."""
    say(said or "Kafka takes records again")


def fail(error: CorrilloError, code: int = FAILED) -> NoReturn:
    """Say what happened and what to do, and leave."""
    say(f"corrillo: {error}")
    sys.exit(code)
