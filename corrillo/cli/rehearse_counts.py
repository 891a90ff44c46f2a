"""``corrillo rehearse --counts``: a plain series in, how each point would have been judged out."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from corrillo.alerts import LEVELS, Level, rank
from corrillo.cli.common import config_file, say, settings_of
from corrillo.cli.opened import opened
from corrillo.cli.which import chosen
from corrillo.errors import ConfigError
from corrillo.institution import REGIONS, Institution, zone_name
from corrillo.rehearsal.counts import Counted, counts
from processors.detect.days import Days
from processors.detect.series import Row, rehearse

HEADER = ("timestamp", "count", "expected", "score", "level")
SHOWN = 20
"""Alerts that the summary lists, at most."""


def rehearse_counts(file: str, zone: str, region: str, institution: str, config: Path | None) -> None:
    """Judge every point of the file, and write a row for each to standard output; a summary goes to standard error."""
    about = _calendar(zone, region, institution, config)
    with opened("--counts", file) as stream:
        given = list(counts(stream, about.zone))
    rows = list(rehearse(((c.at, c.count) for c in given), Days(about).kind))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(_cells(c, row) for c, row in zip(given, rows, strict=True))
    for line in _summary(list(_alerts(given, rows)), len(rows)):
        say(line)


def _calendar(zone: str, region: str, institution: str, config: Path | None) -> Institution:
    """Whose hours and holidays hold: those of an institution that is named, else of a region, else of no place (UTC)."""
    if institution or config is not None:
        settings = settings_of(config)
        (about, *others) = chosen(settings, institution)
        if others:
            raise ConfigError(f"{config_file(config)} has several institutions", "say which: --institution ID")
        return about.model_copy(update=_placed(zone, region))
    return Institution(id="series", name="series", time_zone="UTC", country="").model_copy(update=_placed(zone, region))


def _placed(zone: str, region: str) -> dict[str, str]:
    """What the options change of a calendar. Raises ConfigError."""
    if region and region not in REGIONS:
        listed = ", ".join(f"{code} ({name})" for code, name in REGIONS.items())
        raise ConfigError(f"--region {region!r} is not a region", f"use one of: {listed}")
    try:
        placed = {"time_zone": zone_name(zone)} if zone else {}
    except ValueError as error:
        raise ConfigError(f"--zone {zone!r}: {error}", "or UTC") from None
    return placed | ({"region": region, "country": "ES"} if region else {})


def _cells(given: Counted, row: Row) -> Sequence[str]:
    count = "" if given.count is None else f"{given.count:.15g}"
    return given.written, count, f"{row.expected:.3f}", f"{row.score:.4f}".rstrip("0").rstrip("."), row.level


Alert = tuple[str, str, Level]
"""From the point as written to the last one, and the highest level."""


def _alerts(given: Iterable[Counted], rows: Iterable[Row]) -> Iterator[Alert]:
    """Each stretch of points above calm."""
    lasting: Alert | None = None
    for point, row in zip(given, rows, strict=True):
        if row.level == "calm":
            if lasting:
                yield lasting
            lasting = None
        else:
            begun, _, highest = lasting or (point.written, "", row.level)
            lasting = (begun, point.written, max(highest, row.level, key=rank))
    if lasting:
        yield lasting


def _summary(alerts: Sequence[Alert], points: int) -> Iterator[str]:
    totals = Counter(level for _, _, level in alerts)
    said = ", ".join(f"{totals[level]} {level}" for level in reversed(LEVELS) if totals[level])
    yield f"{points} points, {len(alerts)} alerts" + (f": {said}" if said else "")
    for begun, ended, level in alerts[:SHOWN]:
        yield f"  {level:<8} {begun} – {ended}"
    if len(alerts) > SHOWN:
        yield f"  and {len(alerts) - SHOWN} more"
