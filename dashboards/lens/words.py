"""Words that are new against the month before: a question that Lens cannot ask, drawn by Vega with the dashboard's filters."""

from __future__ import annotations

from dashboards.charts.catalogue import CITIZENS
from dashboards.lens.objects import Json
from dashboards.lens.places import STANDS, index
from dashboards.page.i18n import Texts
from dashboards.vega.look import FONT, LIGHT

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
LATELY = 7
"""Days up to the end of the period whose words are looked at."""
BEFORE = 30
"""Days before those, with which they are compared."""
COUNTED = 5_000
"""Words that are compared: those in most posts lately."""
EXACTLY = 200
"""Texts of one word that are counted exactly; more of them nearly."""
LISTED = 16
LEAST = 3
"""Texts that a word is in at least, and how many times its share of before it has at least."""
SURPRISE = 10.83
"""The log-likelihood ratio that chance alone reaches once in a thousand words."""
FIELD = "word"
AT = "aggregations.said.words.buckets"
TIME = STANDS["mentions"].time


def words(texts: Texts, prefix: str) -> Json:
    """The drawing: the most surprising words above."""
    asked: Json = {"%context%": True, "index": index("mentions", prefix), "body": question()}
    by: Json = {"field": "surprise", "order": "descending"}
    y: Json = {"field": "key", "type": "nominal", "sort": by, "title": None, "axis": {"labelFontSize": 13}}
    axis: Json = {"tickMinStep": 1, "format": "d"}
    x: Json = {"field": "now", "type": "quantitative", "title": texts("kibana.words.posts"), "axis": axis}
    told = [
        ("key", "nominal", "words.word"),
        ("now", "quantitative", "words.posts"),
        ("then", "quantitative", "words.before"),
    ]
    return {
        "$schema": SCHEMA,
        "data": {"url": asked, "format": {"property": AT}},
        "transform": surprising(),
        "mark": {"type": "bar", "color": LIGHT.main},
        "encoding": {
            "y": y,
            "x": x,
            "tooltip": [{"field": field, "type": kind, "title": texts(f"kibana.{key}")} for field, kind, key in told],
        },
        "config": {"font": FONT, "view": {"stroke": None}},
    }


def question() -> Json:
    """What Elasticsearch is asked: in how many texts of citizens each word is, lately and before; copies count once."""
    begin: Json = {"%timefilter%": "max", "shift": -LATELY, "unit": "day"}
    since: Json = {"%timefilter%": "max", "shift": -LATELY - BEFORE, "unit": "day"}
    citizens: Json = {"terms": {STANDS["mentions"].by["place"]: list(CITIZENS["place"])}}
    said: Json = {"bool": {"filter": [citizens, _within(gte=since, lte={"%timefilter%": "max"})]}}
    texts: Json = {"texts": {"cardinality": {"field": STANDS["mentions"].by["story"], "precision_threshold": EXACTLY}}}
    of_word: Json = {
        "lately": {"filter": _within(gte=begin), "aggs": texts},
        "before": {"filter": _within(lt=begin), "aggs": texts},
    }
    terms: Json = {"field": FIELD, "size": COUNTED, "order": {"lately": "desc"}}
    return {"size": 0, "aggs": {"said": {"filter": said, "aggs": {"words": {"terms": terms, "aggs": of_word}}}}}


def _within(**bounds: Json) -> Json:
    return {"range": {TIME: bounds}}


def surprising() -> list[Json]:
    """How surprising each word is, as the page has it (Dunning 1993), with texts in place of people; the most surprising ones."""
    rate = "((datum.now + datum.then) / (datum.of_now + datum.of_then))"
    part = "(datum.{0} > 0 ? datum.{0} * log(datum.{0} / (" + rate + " * datum.of_{0})) : 0)"
    sums: list[Json] = [{"op": "sum", "field": of, "as": f"of_{of}"} for of in ("now", "then")]
    rank: Json = {"op": "row_number", "as": "rank"}
    return [
        {"calculate": "datum.lately.texts.value", "as": "now"},
        {"calculate": "datum.before.texts.value", "as": "then"},
        {"joinaggregate": sums},
        {"filter": f"datum.of_then > 0 && datum.now >= {LEAST}"},
        {"filter": f"datum.now * datum.of_then >= {LEAST} * datum.then * datum.of_now"},
        {"calculate": f"2 * ({part.format('now')} + {part.format('then')})", "as": "surprise"},
        {"filter": f"datum.surprise >= {SURPRISE}"},
        {"window": [rank], "sort": [{"field": "surprise", "order": "descending"}]},
        {"filter": f"datum.rank <= {LISTED}"},
    ]
