"""What ``corrillo dashboards`` says: of each object what was done, or how it stands."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import typer

from corrillo.cli.common import print_json, say

if TYPE_CHECKING:
    from dashboards.kibana.apply import Done, How
    from dashboards.kibana.content import Difference
    from dashboards.kibana.plan import Standing, State

FEW = 20
"""Differences of an object that are said in lines; --json says all."""
LONGEST = 60
"""Characters of a value in a line."""
DOINGS: Mapping[How, str] = {
    "made": "made",
    "updated": "updated",
    "removed": "removed",
    "there": "as this version makes them",
    "kept": "kept as somebody has edited them",
    "refused": "not taken by Kibana",
}
CHANGES: tuple[How, ...] = ("made", "updated", "removed", "refused")
STATES: Mapping[State, str] = {
    "missing": "is not there",
    "same": "as this version makes it",
    "older": "as an earlier apply put it there",
    "edited": "edited",
    "left": "not made any more",
}


def say_done(done: Sequence[Done], as_json: bool) -> None:
    """What was done about each object, and in the end in short."""
    if as_json:
        print_json([{"type": d.key.type, "id": d.key.id, "title": d.title, "how": d.how, "said": d.said} for d in done])
        return
    for one in done:
        if one.how != "there":
            typer.echo(f"{one.how:8} {_name(one)}" + (f": {one.said}" if one.said else ""))
        if one.remedy:
            typer.echo(f"    → {one.remedy}")
    say(_in_short(done))


def _in_short(done: Sequence[Done]) -> str:
    counted = {how: sum(d.how == how for d in done) for how in DOINGS}
    told = ", ".join(f"{count} {DOINGS[how]}" for how, count in counted.items() if count) or "none of it is there"
    if not any(counted[how] for how in CHANGES):
        told = f"Nothing to do: {told}"
    if counted["kept"]:
        told += ". What: corrillo dashboards diff; with --force it is not kept"
    if counted["made"]:
        told += ". The addresses: corrillo dashboards open --print"
    return f"{told}."


def say_standing(standing: Sequence[Standing], as_json: bool) -> None:
    """How each object stands, with what was changed in it."""
    if as_json:
        print_json([_record(one) for one in standing])
        return
    for one in standing:
        if one.state != "same":
            typer.echo(f"{_name(one)}: {_state(one)}")
            _say_edits(one.edits)
    same = sum(one.state == "same" for one in standing)
    say(f"{same} of {len(standing)} objects are as this version makes them.")


def _say_edits(edits: Sequence[Difference]) -> None:
    for edit in edits[:FEW]:
        typer.echo(f"    {edit.place}: {_short(edit.before)} → {_short(edit.after)}")
    if len(edits) > FEW:
        typer.echo(f"    … and {len(edits) - FEW} more (--json says all)")


def _state(one: Standing) -> str:
    if one.state != "edited":
        return STATES[one.state]
    who = "edited since it was put there" if one.known else "was not put there by apply, and differs"
    return f"{who} (saved {one.saved}); kept unless --force"


def _short(value: object) -> str:
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _name(one: Done | Standing) -> str:
    return f"{one.key.type} {one.key.id} “{one.title}”"


def _record(one: Standing) -> dict[str, object]:
    edits = [{"place": e.place, "before": e.before, "after": e.after} for e in one.edits]
    about = {"type": one.key.type, "id": one.key.id, "title": one.title, "state": one.state}
    return {**about, "saved": one.saved, "ours": one.known, "edits": edits}
