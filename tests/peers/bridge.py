"""A bridge from a real server's firehose to the fake Jetstream. It is a bridge, not Jetstream.

Every event comes from the real ``com.atproto.sync.subscribeRepos``, decoded by ``atproto``; only
numbers and framing are the fake's. Bluesky's own Jetstream cannot be had from a registry.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

from atproto import CAR, CID, FirehoseSubscribeReposClient, models, parse_subscribe_repos_message
from atproto_subscription.frames import MessageFrame

from tests.fakes.jetstream import FakeJetstream


class Bridge:
    """Carries what happens on ``server`` (http://…) from now on into ``jetstream``, in a thread."""

    def __init__(self, server: str, jetstream: FakeJetstream) -> None:
        self._jetstream, self._begin = jetstream, datetime.now(UTC)
        self._client = FirehoseSubscribeReposClient({"cursor": 0}, f"ws{server.removeprefix('http')}/xrpc")
        self._thread = threading.Thread(target=self._client.start, args=(self._take,), daemon=True)
        self.failed: list[Exception] = []

    def __enter__(self) -> Bridge:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.stop()
        self._thread.join(10)

    def _take(self, frame: MessageFrame) -> None:
        try:
            event = parse_subscribe_repos_message(frame)
            if datetime.fromisoformat(event.time) >= self._begin:  # what other tests did comes first
                self._carry(event)
        except Exception as error:  # the client would print it and go on
            self.failed.append(error)

    def _carry(self, event: Any) -> None:
        match event:
            case models.ComAtprotoSyncSubscribeRepos.Commit():
                blocks = CAR.from_bytes(event.blocks).blocks
                for op in event.ops:
                    collection, rkey = op.path.split("/")
                    record = _plain(blocks[op.cid]) if op.cid else None
                    self._jetstream.commit(op.action, event.repo, rkey, record, collection=collection)
            case models.ComAtprotoSyncSubscribeRepos.Account():
                self._jetstream.end_account(event.did, event.status, event.active)
            case models.ComAtprotoSyncSubscribeRepos.Identity():
                self._jetstream.rename(event.did, event.handle or "")


def _plain(node: Any) -> Any:
    """A record as JSON has it."""
    match node:
        case dict():
            return {k: _plain(v) for k, v in node.items()}
        case list():
            return [_plain(v) for v in node]
        case CID():
            return {"$link": str(node)}
        case bytes():
            return {"$bytes": node.hex()}
        case _:
            return node
