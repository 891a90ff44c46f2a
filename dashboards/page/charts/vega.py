"""The script that draws: Vega, Vega-Lite and what embeds them, as the library that makes the pictures has them."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from importlib.metadata import version

import vl_convert
from starlette.requests import Request
from starlette.responses import Response

from dashboards.vega.picture import svg

TOLD = "window.vegaEmbed = vegaEmbed;"
"""What the script leaves behind for our own."""
_EDITION = hashlib.sha256(f"{version('vl-convert-python')} {TOLD}".encode()).hexdigest()[:12]
VEGA = f"/static/vega-{_EDITION}.js"
"""Address of the script: another one when its content is another, so that a browser may keep it for good."""
KEPT = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}


def vega(request: Request) -> Response:
    """The script, made once and kept, packed for those who take it so."""
    plain, packed = _bundle()
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, media_type="text/javascript", headers={**KEPT, "Content-Encoding": "gzip"})
    return Response(plain, media_type="text/javascript", headers=KEPT)


def warm() -> None:
    """Make what draws before it is asked for: it takes some seconds, once."""
    _bundle()
    svg({"data": {"values": [{}]}, "mark": "point"})


@cache
def _bundle() -> tuple[bytes, bytes]:
    plain = vl_convert.javascript_bundle(TOLD).encode()
    return plain, gzip.compress(plain, mtime=0)
