"""``corrillo rehearse``: which alerts today's rules would have given, on stored mentions or on a plain series."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from corrillo.cli.common import ConfigOption, JsonOption, print_json
from corrillo.cli.rehearsal_lines import lines
from corrillo.cli.rehearsal_records import as_record
from corrillo.cli.rehearse_counts import rehearse_counts
from corrillo.cli.rehearse_store import Options, rehearse_store
from corrillo.cli.which import InstitutionOption, LangOption, language
from corrillo.errors import ConfigError
from dashboards.page.i18n import texts


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(rehearse)


def _option(name: str, metavar: str, help: str) -> typer.models.OptionInfo:
    info: typer.models.OptionInfo = typer.Option(name, metavar=metavar, help=help, show_default=False)
    return info


def rehearse(
    counts: Annotated[
        str, _option("--counts", "FILE", "A CSV series timestamp,value instead of the store; - for standard input.")
    ] = "",
    since: Annotated[
        str, _option("--from", "TIME", "Alerts from this day or time on, in the institution's zone.")
    ] = "",
    until: Annotated[str, _option("--to", "TIME", "Before this day or time (default: now).")] = "",
    learn_from: Annotated[
        str, _option("--learn-from", "TIME", "Learn what is normal from here on (default: from the first mention).")
    ] = "",
    by: Annotated[
        str,
        _option(
            "--by", "observed|published", "When a mention counts as seen (default: observed, unless all was imported)."
        ),
    ] = "",
    truth: Annotated[
        str, _option("--truth", "FILE", "CSV from,to,what of real crises: which were found, which alerts were false.")
    ] = "",
    zone: Annotated[
        str, _option("--zone", "ZONE", "With --counts: of times that have none (default: UTC, or the institution's).")
    ] = "",
    region: Annotated[str, _option("--region", "CODE", "With --counts: whose public holidays hold, such as CL.")] = "",
    institution: InstitutionOption = "",
    lang: LangOption = "en",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Replay the past: which alerts the rules would have given, how early, and how many of them false.

    Stored mentions are replayed in the order in which they were seen, after learning from all before.
    A series of counts goes through the same rules, a row a point: timestamp,count,expected,score,level
    on standard output; the score (0–1) is above 0 only where an alert opens. Nothing is stored.

    Examples:

        corrillo rehearse --from 2026-11-01 --to 2026-11-21

        corrillo rehearse --from 2026-01-01 --truth crises.csv --json

        corrillo rehearse --counts volume.csv > judged.csv
    """
    of_store = {"--from": since, "--to": until, "--learn-from": learn_from, "--by": by, "--truth": truth}
    if counts:
        _refuse(of_store | {"--json": "yes" if as_json else ""}, "--counts")
        rehearse_counts(counts, zone, region, institution, config)
        return
    _refuse({"--zone": zone, "--region": region}, "stored mentions: their institution has its own")
    if not since:
        raise ConfigError("nothing says what to replay", "give --from DAY, or --counts FILE")
    t = texts(language(lang))
    reports = rehearse_store(Options(since, until, learn_from, by, truth, institution), t, config)
    if as_json:
        print_json([as_record(r) for r in reports])
        return
    for place, report in enumerate(reports):
        for line in ([""] if place else []) + list(lines(report)):
            typer.echo(line)


def _refuse(given: Mapping[str, str], where: str) -> None:
    """Raises ConfigError for the first option that says nothing there."""
    for option, value in given.items():
        if value:
            raise ConfigError(f"{option} says nothing with {where}", "leave it out")
