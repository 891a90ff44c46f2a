"""¿Qué lugar ha crecido más en el período sin que estemos allí? Menciones en la segunda mitad y en la primera.

Which venue has grown most in the period without us being there? Mentions in its second half and in its first.
"""

from __future__ import annotations

from asking import Asked, tell
from elasticsearch import Elasticsearch

Row = tuple[object, ...]


def answer(client: Elasticsearch, asked: Asked) -> list[Row]:
    """Network, venue, earlier, now, growth: the ten that have grown most."""
    places = {
        "earlier": {"range": {"published": {"lt": asked.middle}}},
        "now": {"range": {"published": {"gte": asked.middle}}},
        "ours": {"bool": {"must_not": [{"term": {"place": "off_page"}}]}},
    }
    by = [{name: {"terms": {"field": name, "missing_bucket": True}}} for name in ("network", "venue")]
    found = client.search(
        index=f"{asked.prefix}-mentions",
        size=0,
        query=asked.mentions(),
        aggs={
            "venues": {
                "composite": {"size": 10_000, "sources": by},
                "aggs": {"parts": {"filters": {"filters": places}}},
            }
        },
    )
    rows: list[Row] = []
    for bucket in found["aggregations"]["venues"]["buckets"]:
        counts = {name: part["doc_count"] for name, part in bucket["parts"]["buckets"].items()}
        if not counts["ours"]:
            where = bucket["key"]["network"], bucket["key"]["venue"]
            rows.append((*where, counts["earlier"], counts["now"], counts["now"] - counts["earlier"]))
    return sorted(rows, key=lambda row: (-int(str(row[4])), str(row[0]), str(row[1])))[:10]


if __name__ == "__main__":
    tell(answer)
