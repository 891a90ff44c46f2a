"""¿Cuánto espera, en mediana, una pregunta en la que se dice «padrón», según el día de la semana (1: lunes, UTC)?

What is the median wait of a question in which "padrón" is said, by weekday (1: Monday, UTC)? Another word
(without capitals and accents) comes last on the command line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from statistics import median
from typing import Any

from asking import Asked, tell
from elasticsearch import Elasticsearch
from elasticsearch.helpers import scan

Row = tuple[object, ...]
AT_ONCE = 10_000
"""Ids of one question."""


def answer(client: Elasticsearch, asked: Asked) -> list[Row]:
    """Weekday, answered, hours: first which mentions say it, then how long those of them waited that were answered."""
    said = asked.mentions({"term": {"search": asked.word}})
    words = scan(client, index=f"{asked.prefix}-mentions", query={"query": said, "_source": False})
    ids = [hit["_id"] for hit in words]
    waits: dict[int, list[float]] = defaultdict(list)
    for begin in range(0, len(ids), AT_ONCE):
        for wait in _waits(client, asked, ids[begin : begin + AT_ONCE]):
            waits[datetime.fromisoformat(wait["asked"]).isoweekday()].append(wait["wait"])
    return [(day, len(found), round(median(found) / 3600, 1)) for day, found in sorted(waits.items())]


def _waits(client: Elasticsearch, asked: Asked, ids: list[str]) -> Iterator[dict[str, Any]]:
    besides = ({"terms": {"mention": ids}}, {"term": {"kinds": "question"}}, {"exists": {"field": "wait"}})
    query = {"query": asked.of("asked", *besides), "_source": ["asked", "wait"]}
    for hit in scan(client, index=f"{asked.prefix}-attention", query=query):
        yield hit["_source"]


if __name__ == "__main__":
    tell(answer)
