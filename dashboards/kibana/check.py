"""What ``corrillo doctor`` finds at Kibana."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from corrillo.findings import Finding
from dashboards.kibana.apply import look
from dashboards.kibana.edition import DEFAULT_SPACE, Edition
from dashboards.kibana.errors import OLDEST, no_space

if TYPE_CHECKING:
    from dashboards.kibana.connection import Kibana

APPLY = "corrillo dashboards apply"


def check(kibana: Kibana, editions: Sequence[Edition]) -> Iterator[Finding]:
    """Of Kibana: version, whether it is well, the space, and the dashboards of each language. Raises KibanaError."""
    yield _version(kibana)
    if kibana.space != DEFAULT_SPACE and not kibana.space_there():
        error = no_space(kibana.where, kibana.space)
        yield Finding("Kibana space", False, error.message, error.remedy)
        return
    for edition in editions:
        yield _dashboards(kibana, edition)


def _version(kibana: Kibana) -> Finding:
    status = kibana.status()
    number, level = status.version.number, status.status.overall.level
    known = re.match(r"(\d+)\.(\d+)", number)
    if known and (int(known[1]), int(known[2])) < OLDEST:
        least = ".".join(map(str, OLDEST))
        return Finding("Kibana", False, f"{kibana.where} is Kibana {number}", f"the dashboards need {least} or later")
    said = f"{kibana.where}: {f'Kibana {number}' if number else 'a Kibana that does not say its version'}, {level}"
    return Finding("Kibana", level in ("available", "degraded"), said, "see its log: it says what it waits for")


def _dashboards(kibana: Kibana, edition: Edition) -> Finding:
    what = f"Kibana dashboards ({edition.language})"
    standing = look(kibana, edition).standing
    counted = {state: sum(s.state == state for s in standing) for state in ("missing", "older", "left", "edited")}
    if counted["missing"] == len(standing):
        return Finding(what, False, "are not there", APPLY)
    edited = f"; {counted['edited']} edited by somebody: corrillo dashboards diff" if counted["edited"] else ""
    behind = [f"{counted[state]} {word}" for state, word in _BEHIND.items() if counted[state]]
    if behind:
        return Finding(what, False, f"{', '.join(behind)} of {len(standing)} objects{edited}", APPLY)
    return Finding(what, True, f"{len(standing)} objects, as this version makes them{edited}")


_BEHIND = {"missing": "missing", "older": "of an older version", "left": "not made any more"}
