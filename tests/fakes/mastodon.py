"""A fake Mastodon server on loopback: the documented endpoints that a listener to hashtags needs.

It is a fake, not Mastodon: ``/api/v1/timelines/tag/:tag``, ``/api/v1/streaming/hashtag`` (server-sent
events), ``/api/v1/statuses/:id`` and its ``/context``, ``/api/v1/accounts/lookup``,
``/api/v1/accounts/:id/statuses`` and what ``Mastodon.py`` asks of an instance. That client drives it
in ``tests/unit/ingest/test_fake_mastodon.py``, which keeps the fake honest.

In a test:

    with FakeMastodon() as mastodon:        # mastodon.base is its address, mastodon.token is valid
        status = mastodon.world.publish("Sin agua en #Benialba")
        mastodon.world.edit(status["id"], "Ya hay agua en #Benialba")
        mastodon.world.delete(status["id"])
        mastodon.break_(status=503, retry_after="30", times=2)

In a process of its own: ``python -m tests.fakes.mastodon --port N`` prints its address, and takes

    POST /control/publish {"text", "tags"?, "account"?, "at"?, "answers"?, "silently"?}  → the status
    POST /control/edit    {"id", "text"}   → the status (404: there is none)
    POST /control/delete  {"id"}           → {} (404: there is none)
    POST /control/break   {"status"?, "retry_after"?, "times"?, "path"?, "body"?, "hang"?}
    POST /control/mend    {}               no more breaks
    POST /control/drop    {}               end all open streams
    GET  /control/statuses                 {"statuses": […], "deleted": [ids]}
    GET  /control/requests                 [{"path", "query", "headers"}]
    GET  /control/streams                  {"tag": number of open streams}
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import threading
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.fakes.mastodon_world import World

HEARTBEAT = 15.0
"""Seconds between the comments that keep a stream alive, as in Mastodon."""


@dataclass
class Break:
    """An answer given instead of the real one, ``times`` times or until mended, on paths with ``path`` in them."""

    status: int = 503
    retry_after: str = ""
    times: int | None = None
    path: str = ""
    body: str = '{"error": "broken on purpose"}'
    hang: bool = False

    async def answer(self) -> Response:
        while self.hang:
            await asyncio.sleep(0.05)
        headers = {"Retry-After": self.retry_after} if self.retry_after else {}
        return Response(self.body, self.status, headers, media_type="application/json")


class FakeMastodon:
    """The fake server in a thread of its own; ``world`` holds its statuses."""

    def __init__(self, port: int = 0, token: str = "a-token", heartbeat: float = HEARTBEAT) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self.port: int = self._socket.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.host = f"127.0.0.1:{self.port}"
        self.token = token
        self.world = World(self.base)
        self.world.on_change(self._spread)
        self.requests: list[dict] = []
        self._heartbeat = heartbeat
        self._breaks: list[Break] = []
        self._streams: list[tuple[str, asyncio.Queue[bytes | None]]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        config = uvicorn.Config(self._app(), log_level="error", timeout_graceful_shutdown=1, lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()

    # ── life ──────────────────────────────────────────────────────────────────────────────
    def __enter__(self) -> FakeMastodon:
        self._thread.start()
        assert self._ready.wait(30), "the fake Mastodon server did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self.mend()
        self.drop_streams()
        self._server.should_exit = True
        self._thread.join(30)
        self._socket.close()

    def _run(self) -> None:
        async def serve() -> None:
            self._loop = asyncio.get_running_loop()
            self._socket.listen(256)
            self._ready.set()
            await self._server.serve(sockets=[self._socket])

        asyncio.run(serve())

    # ── controls ──────────────────────────────────────────────────────────────────────────
    def break_(self, **how: object) -> Break:
        """Answer wrongly from now on: see ``Break``."""
        self._breaks.append(Break(**how))  # type: ignore[arg-type]
        return self._breaks[-1]

    def mend(self) -> None:
        """Answer rightly again."""
        for one in self._breaks:
            one.hang = False
        self._breaks = []

    def drop_streams(self) -> None:
        """End all open streams, as a server does that restarts."""
        self._in_loop(lambda: [q.put_nowait(None) for _, q in self._streams])

    def open_streams(self) -> Counter[str]:
        """How many streams are open, by hashtag."""
        return Counter(tag for tag, _ in list(self._streams))

    def send(self, tag: str, raw: bytes) -> None:
        """Send ``raw`` bytes down the streams of a hashtag: what no honest server would say."""
        self._in_loop(lambda: [q.put_nowait(raw) for t, q in self._streams if t == tag.lower()])

    def _in_loop(self, work: object) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended already
                self._loop.call_soon_threadsafe(work)  # type: ignore[arg-type]

    def _spread(self, tag: str, event: str, carried: object) -> None:
        said = carried if isinstance(carried, str) else json.dumps(carried, ensure_ascii=False)
        self.send(tag, f"event: {event}\ndata: {said}\n\n".encode())

    # ── the API ───────────────────────────────────────────────────────────────────────────
    def _app(self) -> Starlette:
        control = [
            Route(f"/control/{name}", getattr(self, f"_control_{name}"), methods=["POST"])
            for name in ("publish", "edit", "delete", "break", "mend", "drop")
        ]
        told = [
            Route(f"/control/{name}", getattr(self, f"_told_{name}")) for name in ("statuses", "requests", "streams")
        ]
        api = [
            Route("/api/v1/timelines/tag/{tag}", self._timeline),
            Route("/api/v1/streaming/hashtag", self._stream),
            Route("/api/v1/streaming/health", self._healthy),
            Route("/api/v1/statuses/{id}", self._status),
            Route("/api/v1/statuses/{id}/context", self._context),
            Route("/api/v1/accounts/lookup", self._lookup),
            Route("/api/v1/accounts/{id}/statuses", self._said_by),
            Route("/api/v1/instance", self._instance),
            Route("/api/v1/instance/", self._instance),
            Route("/api/v2/instance", self._instance_v2),
            Route("/api/v2/instance/", self._instance_v2),
        ]
        return Starlette(routes=[*api, *control, *told], middleware=[Middleware(BaseHTTPMiddleware, self._gate)])

    async def _gate(self, request: Request, go_on: object) -> Response:
        path = request.url.path
        if not path.startswith("/control/"):
            seen = {"path": path, "query": dict(request.query_params), "headers": dict(request.headers)}
            self.requests.append(seen)
            for one in list(self._breaks):
                if one.path in path and one.times != 0:
                    one.times = one.times and one.times - 1
                    return await one.answer()
        return await go_on(request)  # type: ignore[operator,no-any-return]

    def _known(self, request: Request) -> bool:
        said = request.headers.get("authorization", "").removeprefix("Bearer ")
        return self.token in (said, request.query_params.get("access_token"))

    async def _timeline(self, request: Request) -> Response:
        limit, ids = _asked_for(request)
        return self._paged(request, limit, self.world.timeline(request.path_params["tag"], limit, **ids))

    def _paged(self, request: Request, limit: int, page: list[dict]) -> Response:
        links = {}
        if page:
            address = f"{self.base}{request.url.path}?limit={limit}"
            links["Link"] = (
                f'<{address}&max_id={page[-1]["id"]}>; rel="next", <{address}&min_id={page[0]["id"]}>; rel="prev"'
            )
        return JSONResponse(page, headers=links)

    async def _context(self, request: Request) -> Response:
        wanted = request.path_params["id"]
        if not wanted.isdigit() or self.world.status(wanted) is None:
            return JSONResponse({"error": "Record not found"}, 404)
        limits = {} if self._known(request) else {"wide": 60, "deep": 20}
        return JSONResponse(self.world.context(wanted, **limits))

    async def _lookup(self, request: Request) -> Response:
        account = self.world.known(request.query_params.get("acct", ""))
        return JSONResponse({"error": "Record not found"}, 404) if account is None else JSONResponse(account)

    async def _said_by(self, request: Request) -> Response:
        limit, ids = _asked_for(request)
        reblogs = request.query_params.get("exclude_reblogs", "false").lower() not in ("true", "1")
        page = self.world.said_by(request.path_params["id"], reblogs, limit, **ids)
        return JSONResponse({"error": "Record not found"}, 404) if page is None else self._paged(request, limit, page)

    async def _status(self, request: Request) -> Response:
        wanted = request.path_params["id"]
        status = self.world.status(wanted) if wanted.isdigit() else None
        return JSONResponse({"error": "Record not found"}, 404) if status is None else JSONResponse(status)

    async def _stream(self, request: Request) -> Response:
        if not self._known(request):
            return JSONResponse({"error": "Missing or invalid access token"}, 401)
        tag = request.query_params.get("tag", "").lower()
        if not tag:
            return JSONResponse({"error": "Missing tag name parameter"}, 400)
        mine: tuple[str, asyncio.Queue[bytes | None]] = (tag, asyncio.Queue())
        self._streams.append(mine)  # before the first byte: who sees the stream open misses nothing
        return StreamingResponse(
            self._events(mine), media_type="text/event-stream", headers={"Cache-Control": "private, no-store"}
        )

    async def _events(self, mine: tuple[str, asyncio.Queue[bytes | None]]) -> AsyncIterator[bytes]:
        try:
            yield b":)\n\n"
            while True:
                try:
                    said = await asyncio.wait_for(mine[1].get(), self._heartbeat)
                except TimeoutError:
                    said = b":thump\n\n"
                if said is None:
                    return
                yield said
        finally:
            self._streams.remove(mine)

    async def _healthy(self, _: Request) -> Response:
        return Response("OK")

    async def _instance(self, _: Request) -> Response:
        return JSONResponse(
            {
                "uri": self.host,
                "title": "A fake Mastodon server for tests",
                "version": "4.3.0",
                "urls": {"streaming_api": self.base.replace("http", "ws")},
                "stats": {"user_count": 1, "status_count": len(self.world.statuses()), "domain_count": 0},
                "languages": ["es", "ca"],
            }
        )

    async def _instance_v2(self, _: Request) -> Response:
        return JSONResponse(
            {
                "domain": self.host,
                "title": "A fake Mastodon server for tests",
                "version": "4.3.0",
                "configuration": {"urls": {"streaming": self.base.replace("http", "ws")}},
                "api_versions": {"mastodon": 2},
            }
        )

    # ── controls for other processes ──────────────────────────────────────────────────────
    async def _control_publish(self, request: Request) -> Response:
        said = await request.json()
        if said.get("at"):
            said["at"] = datetime.fromisoformat(said["at"])
        return JSONResponse(self.world.publish(said.pop("text"), **said))

    async def _control_edit(self, request: Request) -> Response:
        said = await request.json()
        if self.world.status(said["id"]) is None:
            return JSONResponse({"error": "Record not found"}, 404)
        return JSONResponse(self.world.edit(said["id"], said["text"], silently=said.get("silently", False)))

    async def _control_delete(self, request: Request) -> Response:
        said = await request.json()
        if self.world.status(said["id"]) is None:
            return JSONResponse({"error": "Record not found"}, 404)
        self.world.delete(said["id"], silently=said.get("silently", False))
        return JSONResponse({})

    async def _control_break(self, request: Request) -> Response:
        self.break_(**await request.json())
        return JSONResponse({})

    async def _control_mend(self, _: Request) -> Response:
        self.mend()
        return JSONResponse({})

    async def _control_drop(self, _: Request) -> Response:
        self.drop_streams()
        return JSONResponse({})

    async def _told_statuses(self, _: Request) -> Response:
        return JSONResponse({"statuses": self.world.statuses(), "deleted": self.world.deleted()})

    async def _told_requests(self, _: Request) -> Response:
        return JSONResponse(self.requests)

    async def _told_streams(self, _: Request) -> Response:
        return JSONResponse(self.open_streams())


def _asked_for(request: Request) -> tuple[int, dict[str, int | None]]:
    """How many, and from where to where."""
    query = request.query_params
    ids = {k: int(query[k]) if query.get(k) else None for k in ("max_id", "since_id", "min_id")}
    return min(int(query.get("limit", 20)), 40), ids


def main() -> None:
    """Serve until killed."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--port", type=int, default=0, help="0: any free port")
    options.add_argument("--token", default="a-token")
    chosen = options.parse_args()
    with FakeMastodon(chosen.port, chosen.token) as server:
        print(server.base, flush=True)
        server._thread.join()


if __name__ == "__main__":
    main()
