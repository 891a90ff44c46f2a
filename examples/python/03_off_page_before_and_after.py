"""¿Qué parte de lo que dice la gente está fuera de nuestras páginas, antes y después de la riada (la mitad)?

What share of what people say is off our own pages, before and after the flood (the middle)?
"""

from __future__ import annotations

from asking import Asked, tell
from elasticsearch import Elasticsearch

Row = tuple[object, ...]


def answer(client: Elasticsearch, asked: Asked) -> list[Row]:
    """When, mentions, off page, share; without what the institution says itself."""
    times = {"before": {"lt": asked.middle}, "after": {"gte": asked.middle}}
    found = client.search(
        index=f"{asked.prefix}-mentions",
        size=0,
        query=asked.mentions({"bool": {"must_not": [{"term": {"place": "own"}}]}}),
        aggs={
            "when": {
                "filters": {"filters": {name: {"range": {"published": span}} for name, span in times.items()}},
                "aggs": {"off_page": {"filter": {"term": {"place": "off_page"}}}},
            }
        },
    )
    rows: list[Row] = []
    for when, bucket in found["aggregations"]["when"]["buckets"].items():
        mentions, off_page = bucket["doc_count"], bucket["off_page"]["doc_count"]
        if mentions:
            rows.append((when, mentions, off_page, round(off_page / mentions, 3)))
    return sorted(rows, key=lambda row: str(row[0]), reverse=True)


if __name__ == "__main__":
    tell(answer)
