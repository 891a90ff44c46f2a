"""The same specification as a picture, without a browser."""

from __future__ import annotations

import json
from functools import lru_cache

import vl_convert

from dashboards.vega.compile import Spec

KEPT = 256
"""Pictures that are kept: what is looked at often is drawn once."""


def svg(spec: Spec) -> str:
    """The picture as SVG. It fetches nothing: an address in it leads somewhere, it loads nothing from there."""
    return _drawn(json.dumps(spec, ensure_ascii=False, sort_keys=True))


@lru_cache(maxsize=KEPT)
def _drawn(spec: str) -> str:
    return vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
