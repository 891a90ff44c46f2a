"""``corrillo rehearse --from …``: stored mentions through today's rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import get_args

from corrillo.bootstrap import now
from corrillo.cli.common import moment_in, say, settings_of, store_of
from corrillo.cli.opened import opened
from corrillo.cli.percent import Percent
from corrillo.cli.rehearsal_report import Report
from corrillo.cli.which import chosen
from corrillo.errors import ConfigError
from corrillo.institution import Institution
from corrillo.ports import Store
from corrillo.rehearsal.history import By, imported
from corrillo.rehearsal.run import Asked
from corrillo.rehearsal.run import rehearse as replay
from corrillo.rehearsal.truth import Real, truth_of
from dashboards.page.i18n import Texts

KINDS: tuple[By, ...] = get_args(By)


@dataclass(frozen=True)
class Options:
    """What is asked for, as it was written."""

    since: str
    until: str
    learn_from: str
    by: str
    truth: str
    institution: str


def rehearse_store(options: Options, t: Texts, config: Path | None) -> list[Report]:
    """A report of each institution that is asked for. Nothing is written to the store."""
    settings, moment = settings_of(config), now()
    if options.by and options.by not in KINDS:
        raise ConfigError(f"--by {options.by!r}: is neither", f"use one of: {', '.join(KINDS)}")
    with store_of(settings) as store:
        return list(_reports(store, chosen(settings, options.institution), options, moment, t))


def _reports(
    store: Store, institutions: Sequence[Institution], options: Options, moment: datetime, t: Texts
) -> Iterator[Report]:
    for about in institutions:
        asked = _asked(store, about, options, moment)
        truth = _truth(options.truth, about)
        progress = Percent(f"Rehearsing {about.id}:")
        result = replay(store, store.health(), about, asked, moment, progress)
        if result.first is None:
            raise _nothing(about, asked, options)
        yield Report(result, about, t, truth)


def _nothing(about: Institution, asked: Asked, options: Options) -> ConfigError:
    """Why nothing was replayed."""
    remedy = "import some with corrillo replay, or try a series: corrillo rehearse --counts FILE"
    if asked.by == "observed":
        remedy = f"if they were imported later, add --by published; if there are none, {remedy}"
    return ConfigError(f"no mention of {about.id} was {asked.by} before {options.until or 'now'}", remedy)


def _asked(store: Store, about: Institution, options: Options, moment: datetime) -> Asked:
    since = moment_in("--from", options.since, about.zone)
    until = moment_in("--to", options.until, about.zone) or moment
    learn_from = moment_in("--learn-from", options.learn_from, about.zone)
    if since is None or since >= min(until, moment):
        raise ConfigError(
            f"--from {options.since!r} is not before --to {options.until or 'now'}", "swap them, or correct one"
        )
    if learn_from is not None and learn_from > since:
        raise ConfigError(
            f"--learn-from {options.learn_from!r} is after --from", "give an earlier day, or leave it out"
        )
    until = min(until, moment)
    return Asked(since, until, _by(store, about, options.by, since, until), learn_from)


def _by(store: Store, about: Institution, asked: str, since: datetime, until: datetime) -> By:
    """As it is asked for; by default as production heard it, save where all was imported afterwards."""
    for by in KINDS:
        if by == asked:
            return by
    found = imported(store, about.id, since, until)
    if found is None:
        return "observed"
    first, last = (f"{m.astimezone(about.zone):%Y-%m-%d %H:%M}" for m in (found.first, found.last))
    say(
        f"{about.id}: what was published then was imported later ({first} – {last}). It is replayed with --by published, "
        "as if each mention had been seen at once; --by observed replays the import itself."
    )
    return "published"


def _truth(file: str, about: Institution) -> list[Real] | None:
    if not file:
        return None
    with opened("--truth", file) as stream:
        return truth_of(stream, about.zone)
