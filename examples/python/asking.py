"""What the examples share: the client, from the environment, and the period that is asked for.

ELASTIC_URL, ELASTIC_USER, ELASTIC_PASSWORD (an analyst's: role corrillo_analyst); then
    python examples/python/01_venue_that_grew.py benialba 2026-11-01 2026-11-15 2026-12-01
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch


@dataclass(frozen=True)
class Asked:
    """An institution, and a period in two parts: moments or days in ISO 8601; the last one is not included."""

    institution: str
    since: str
    middle: str
    until: str
    word: str = "padron"
    prefix: str = "corrillo"

    def mentions(self, *besides: dict[str, Any]) -> dict[str, Any]:
        """The query for its mentions of the period, with what else must hold."""
        return self.of("published", *besides)

    def of(self, moment: str, *besides: dict[str, Any]) -> dict[str, Any]:
        """The same by another moment."""
        span = {"range": {moment: {"gte": self.since, "lt": self.until}}}
        return {"bool": {"filter": [{"term": {"institution": self.institution}}, span, *besides]}}


def tell(answer: Callable[[Elasticsearch, Asked], Sequence[tuple[object, ...]]]) -> None:
    """Ask for what the command line says, and print the rows."""
    account = os.environ["ELASTIC_USER"], os.environ["ELASTIC_PASSWORD"]
    with Elasticsearch(os.environ["ELASTIC_URL"], basic_auth=account) as client:
        for row in answer(client, Asked(*sys.argv[1:])):
            print(*row, sep="\t")
