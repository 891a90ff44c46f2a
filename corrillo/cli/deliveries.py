"""``corrillo deliveries``: who was told what, when, how, with which result, and who acknowledged it."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated

import typer

from corrillo.alerts import Act
from corrillo.cli.common import ConfigOption, JsonOption, SinceOption, moment_in, print_json, say, settings_of, store_of
from corrillo.cli.subscriber_lines import delivery
from corrillo.cli.which import incident
from corrillo.cli.who import somebody
from corrillo.errors import ConfigError
from corrillo.notices import Delivery
from corrillo.ports import Store

MOST = 10_000


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(deliveries)


@dataclass(frozen=True)
class Row:
    """A message to somebody, flat. Times are in UTC."""

    id: str
    subscriber: str
    what: str
    about: str
    level: str
    state: str
    why: str
    made: datetime
    due: datetime
    sent: datetime | None
    seconds: float | None
    """From when it was made and due to when a channel took it."""
    channel: str
    said: str
    tries: int
    acknowledged_by: str
    acknowledged: datetime | None


def deliveries(
    to: Annotated[str, typer.Option("--to", metavar="ID", help="Only to this subscriber.", show_default=False)] = "",
    about: Annotated[
        str, typer.Option("--incident", metavar="ID", help="Only of this incident.", show_default=False)
    ] = "",
    since: SinceOption = "",
    open_only: Annotated[bool, typer.Option("--open", help="Only what was not told yet.")] = False,
    limit: Annotated[int, typer.Option("-n", "--limit", min=1, max=MOST, help="How many, the newest first.")] = 50,
    as_csv: Annotated[bool, typer.Option("--csv", help="As a table for a spreadsheet.")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Who was told what, when, how and with which result, and who acknowledged it.

    Examples:

        corrillo deliveries

        corrillo deliveries --incident 3f2a --csv > told.csv

        corrillo deliveries --open
    """
    if as_csv and as_json:
        raise ConfigError("--csv and --json: are two", "choose one of them")
    settings = settings_of(config)
    zone = settings.institutions[0].zone
    with store_of(settings) as store:
        found = store.deliveries(
            subscriber=somebody(store, to).id if to else "",
            incident=incident(store, settings, about)[0].id if about else "",
            since=moment_in("--since", since, zone),
            open_only=open_only,
            limit=limit,
        )
        rows = records(store, found)
    if as_json:
        print_json([asdict(r) for r in rows])
    elif as_csv:
        _csv(rows)
    else:
        for one, row in zip(found, rows, strict=True):
            who = f" · acknowledged by {row.acknowledged_by}" if row.acknowledged_by else ""
            typer.echo(f"{delivery(one, zone)}{who}")
        if not found:
            say("Nothing was told, and nothing waits to be.")


def records(store: Store, found: Sequence[Delivery]) -> list[Row]:
    """The deliveries as rows, with who acknowledged what they tell of since then."""
    acts = store.acts(
        sorted({n.incident for d in found for n in d.news} | {d.period for d in found if d.what == "drill"})
    )
    taken = [a for a in acts if a.what == "acknowledge"]
    return [_row(d, taken) for d in found]


def _row(d: Delivery, taken: Sequence[Act]) -> Row:
    about = [n.incident for n in d.news] or [d.period]
    by = next((a for a in taken if a.incident in about and a.at >= d.made), None)
    last = d.attempts[-1] if d.attempts else None
    return Row(
        id=d.id, subscriber=d.subscriber, what=d.what, about=" ".join(about), level=d.urgency, state=d.state, why=d.why,
        made=d.made, due=d.due, sent=d.sent, seconds=(d.sent - max(d.made, d.due)).total_seconds() if d.sent else None,
        channel=last.channel if last else "", said=last.said if last else "", tries=len(d.attempts),
        acknowledged_by=by.who if by else "", acknowledged=by.at if by else None,
    )  # fmt: skip


def _csv(rows: Sequence[Row]) -> None:
    table = csv.DictWriter(sys.stdout, fieldnames=list(Row.__dataclass_fields__))
    table.writeheader()
    for row in rows:
        table.writerow({key: _cell(value) for key, value in asdict(row).items()})


def _cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value
