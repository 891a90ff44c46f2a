"""/healthz, /readyz and /metrics of a process, served in its own loop: a loop that hangs does not answer.

/healthz   200 while the loop turns: whoever supervises restarts on anything else. It asks no server,
           for a broker that is away is no reason to restart.
/readyz    200 when nothing is missing, else 503 with the list: whoever balances or waits looks here.
/metrics   what ``corrillo.ops.metrics`` counts, as Prometheus reads it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from corrillo.ops.metrics import Metrics
from corrillo.ops.readiness import Look, Readiness
from corrillo.ops.serving import address, bind, names, server


def routes(looks: Mapping[str, Look], metrics: Metrics, also: Callable[[], Mapping[str, object]] = dict) -> list[Route]:
    """The three routes, for an application of its own or for the page; ``also``: what /readyz tells beside."""
    readiness = Readiness(looks)

    async def healthz(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def readyz(request: Request) -> Response:
        missing = await readiness.missing()
        if missing:
            return JSONResponse({"status": "missing", "missing": missing}, 503)
        return JSONResponse({"status": "ok", "missing": [], **await run_in_threadpool(also)})

    def told(request: Request) -> Response:
        return Response(metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", told)]


def create_ops_app(looks: Mapping[str, Look], metrics: Metrics, hosts: Sequence[str] = ("*",)) -> Starlette:
    """An application with nothing but the three routes, for those host names."""
    middleware = [Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)]
    return Starlette(routes=routes(looks, metrics), middleware=middleware)


@asynccontextmanager
async def ops_server(host: str, port: int, looks: Mapping[str, Look], metrics: Metrics) -> AsyncIterator[str]:
    """Serve them while the block runs, and give the address. Port 0: any. Raises ConfigError when it is taken."""
    bound = bind(host, port, "choose another port under [ops] in the configuration, or with --port")
    inner = server(create_ops_app(looks, metrics, names(bound)))
    serving = asyncio.create_task(inner.serve(sockets=[bound]))
    try:
        yield address(bound)
    finally:
        inner.should_exit = True
        with suppress(asyncio.CancelledError):
            await serving
        bound.close()
