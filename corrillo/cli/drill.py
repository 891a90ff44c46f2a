"""``corrillo drill``: is everybody reached? The whole chain with real channels, marked as a drill."""

from __future__ import annotations

import re
import secrets
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Annotated

import typer

from corrillo.alerts import Act
from corrillo.bootstrap import now
from corrillo.cli.acting import UNITS
from corrillo.cli.common import FAILED, ConfigOption, JsonOption, print_json, say, settings_of, store_of
from corrillo.cli.telling import call_the_roll
from corrillo.cli.who import somebody
from corrillo.errors import ConfigError, CorrilloError
from corrillo.notices import Delivery, Subscriber
from corrillo.ports import Store
from notify.decide import drill as drilled

LOOK = 0.5
LATELY, MOST = timedelta(days=1), 10_000
NOBODY = 20.0
"""Seconds after which somebody who was not even tried means that no office is at work."""


@dataclass(frozen=True)
class Reached:
    """One person: after how many seconds a channel took the message, and after how many they acknowledged it."""

    subscriber: str
    name: str
    state: str
    channel: str = ""
    seconds: float | None = None
    acknowledged: float | None = None
    tries: int = 0
    said: str = ""


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(drill)


def drill(
    to: Annotated[
        list[str] | None, typer.Option("--to", metavar="ID", help="Only this one; repeat it.", show_default=False)
    ] = None,
    wait: Annotated[
        str, typer.Option(metavar="10m", help="How long to wait for acknowledgements: 30s, 10m, 1h.")
    ] = "10m",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Tell everybody (or some) that this is a drill, by their real channels, and report who was reached after how long.

    It goes the way of an alert, through the office (corrillo listen, or corrillo notify), whatever quiet hours say.
    Leaves with 1 when somebody was not reached.

    Examples:

        corrillo drill

        corrillo drill --to guardia --wait 2m --json
    """
    settings, seconds = settings_of(config), _seconds(wait)
    with store_of(settings) as store:
        call_the_roll(settings, store)
        people = [somebody(store, one) for one in to] if to else list(store.subscribers())
        reachable = [p for p in people if any(w.confirmed for w in p.ways)]
        if not people:
            raise CorrilloError("nobody is subscribed", "corrillo subscribe add")
        if not yes and sys.stdin.isatty() and not typer.confirm(f"Send a drill to {len(reachable)} people?", err=True):
            raise typer.Abort
        report = _held(store, people, reachable, seconds)
    if as_json:
        print_json([asdict(r) for r in report])
    else:
        for line in _table(report):
            typer.echo(line)
    if any(r.seconds is None for r in report):
        raise typer.Exit(FAILED)


def _held(store: Store, people: Sequence[Subscriber], reachable: Sequence[Subscriber], seconds: float) -> list[Reached]:
    identity = f"drill-{now():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    made = drilled(reachable, now(), identity)
    store.deliver(made)
    say(f"{identity}: {len(made)} messages marked as a drill; waiting for up to {seconds:g} s (Ctrl-C: report now)")
    begun = time.monotonic()
    try:
        while (passed := time.monotonic() - begun) < seconds:
            report = _reached(store, people, identity)
            waiting = [r for r in report if r.state in ("waiting", "sending")]
            if passed > NOBODY and waiting and not any(r.tries or r.seconds is not None for r in report):
                say("Nothing was sent: no office is at work. Start corrillo listen (at scale: corrillo notify).")
                break
            if not waiting and all(r.acknowledged is not None or r.seconds is None for r in report):
                break
            time.sleep(LOOK)
    except KeyboardInterrupt:
        say("")
    return _reached(store, people, identity)


def _reached(store: Store, people: Sequence[Subscriber], identity: str) -> list[Reached]:
    """How it stands with each of them."""
    told = {d.subscriber: d for d in store.deliveries(since=now() - LATELY, limit=MOST) if d.period == identity}
    taken = {a.who: a for a in reversed(store.acts([identity])) if a.what == "acknowledge"}
    return [_of(p, told.get(p.id), taken.get(p.name)) for p in people]


def _of(who: Subscriber, one: Delivery | None, taken: Act | None) -> Reached:
    if one is None:
        return Reached(who.id, who.name, "no confirmed way" if not any(w.confirmed for w in who.ways) else "unknown")
    last = one.attempts[-1] if one.attempts else None
    return Reached(
        who.id,
        who.name,
        one.state,
        last.channel if last else "",
        (one.sent - one.made).total_seconds() if one.sent else None,
        (taken.at - one.made).total_seconds() if taken else None,
        len(one.attempts),
        last.said if last else one.why,
    )


def _table(report: Sequence[Reached]) -> list[str]:
    rows = [("who", "by", "reached after", "acknowledged after", "tries", "said")]
    rows += [
        (r.name, r.channel or "–", _after(r.seconds, r.state), _after(r.acknowledged, "not"), str(r.tries), r.said)
        for r in report
    ]
    wide = [max(len(row[n]) for row in rows) for n in range(5)]
    reached, taken = sum(r.seconds is not None for r in report), sum(r.acknowledged is not None for r in report)
    lines = ["  ".join(cell.ljust(wide[n]) if n < 5 else cell for n, cell in enumerate(row)).rstrip() for row in rows]
    return [*lines, f"{reached} of {len(report)} were reached, {taken} acknowledged."]


def _after(seconds: float | None, otherwise: str) -> str:
    return otherwise if seconds is None else f"{seconds:.1f} s"


def _seconds(text: str) -> float:
    found = re.fullmatch(r"(\d+)([smhd])", text)
    if not found:
        raise ConfigError(f"--wait {text!r}: is no time", "write 30s, 10m or 1h")
    unit = timedelta(seconds=1) if found[2] == "s" else UNITS[found[2]]
    return int(found[1]) * unit.total_seconds()
