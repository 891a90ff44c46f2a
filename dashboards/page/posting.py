"""Taking a form: only from a page of ours, only one that we drew; what is wrong with it is said on a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dashboards.page.address import BadFilter, Pairs, single
from dashboards.page.answers import language_of
from dashboards.page.forms import MAX_FIELDS, MAX_FORM, decode, inside
from dashboards.page.i18n import Texts
from dashboards.page.render import trouble
from dashboards.page.seal import Seal, from_here


async def posted(request: Request, answer: Callable[[bytes], Response]) -> Response:
    """What ``answer``, in a thread, makes of a form that was sent from here; 403 for another site's."""
    if not from_here(request.headers):
        return HTMLResponse(trouble(language_of(request), "foreign"), 403)
    return await run_in_threadpool(answer, await body_of(request))


async def body_of(request: Request) -> bytes:
    """The form. What is longer than MAX_FORM is no form of ours: it is read no further, and refused where it is decoded."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_FORM:
            break
    return body


def sealed(
    body: bytes,
    fields: Sequence[str],
    seal: Seal,
    subject: str,
    texts: Texts,
    do: Callable[[Pairs], Response],
    most: int = MAX_FIELDS,
) -> Response:
    """What ``do`` makes of a form about ``subject`` that we drew; 403 for any other, 400 for one that cannot be used."""
    try:
        given = decode(body, fields, most)
        if not seal.fits(subject, single(given, "seal")):
            return HTMLResponse(trouble(texts, "seal"), 403)
        return do(given)
    except BadFilter as error:
        return HTMLResponse(trouble(texts, "form", error), 400)


def came_from(request: Request) -> str:
    """Path and query of our page from which a request came, '' where the browser does not say it."""
    parts = urlsplit(request.headers.get("referer", ""))
    if parts.netloc.lower() != request.headers.get("host", "").lower():
        return ""
    return inside(parts.path + (f"?{parts.query}" if parts.query else ""))
