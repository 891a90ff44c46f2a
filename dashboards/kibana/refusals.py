"""What Kibana did not take of a file, one by one, with what to do about it. Pure."""

from __future__ import annotations

from dashboards.kibana.answers import Cause, Refusal, Result

FAULT = "this is a fault of Corrillo's: report it, with the version of Kibana"


def explained(refusal: Refusal) -> tuple[str, str]:
    """What was wrong with an object, and what to do."""
    cause = refusal.error
    if cause.type == "missing_references":
        return f"names what is not there: {_listed(cause)}", "run it again; if it stays so, with --force"
    if cause.type in ("conflict", "ambiguous_conflict"):
        return (
            "is there several times, or under another id",
            "delete the copies in Kibana (Stack Management, Saved Objects), then run it again",
        )
    if cause.type == "unsupported_type":
        return (
            f"this Kibana has no objects of type {refusal.type}",
            "switch that part of Kibana on (kibana.yml), or upgrade Kibana",
        )
    return f"Kibana does not take it: {cause.said or cause.type}", FAULT


def elsewhere(result: Result) -> tuple[str, str]:
    """What to say of an object that got another id than its own."""
    return (
        f"another space has this id already; Kibana would have made it {result.destination_id}",
        "delete it in the other space, or give this installation a prefix of its own (elasticsearch.prefix)",
    )


def _listed(cause: Cause) -> str:
    return ", ".join(f"{r.get('type')} {r.get('id')}" for r in cause.references) or "something"
