"""Who may come in to a page that really listens: on loopback, elsewhere, behind a proxy."""

from __future__ import annotations

import asyncio
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from corrillo.cli.entrance import doorway
from corrillo.cli.page import page_server
from corrillo.ops.metrics import Metrics
from corrillo.ops.serving import bind
from corrillo.people import hash_of
from corrillo.settings import PageSettings, Settings, parse
from stores.sqlite import SqliteStore

NOW = datetime(2026, 11, 21, tzinfo=UTC)
TOWN = {"id": "town", "name": "Ajuntament de Benialba"}


@contextmanager
def served(folder: Path, **page: Any) -> Iterator[str]:
    """The page as the commands serve it, on a port of loopback."""
    settings: Settings = parse({"institution": [TOWN], "page": page}, folder / "corrillo.toml")
    bound = bind("127.0.0.1", 0)
    store = SqliteStore(folder / "corrillo.db", {"town": "Europe/Madrid"}, lambda: NOW)
    way = doorway(settings.page, bound)
    inner = page_server(settings, store, [], bound, Metrics(lambda: NOW), way.entrance)
    thread = threading.Thread(target=lambda: asyncio.run(inner.serve(sockets=[bound])))
    thread.start()
    try:
        yield way.address
    finally:
        inner.should_exit = True
        thread.join()
        store.close()


def status(address: str, **headers: str) -> int:
    """What a request with these headers is answered."""
    asked = urllib.request.Request(address, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def test_on_loopback_with_nobody_configured_the_page_is_open_as_ever(tmp_path: Path) -> None:
    with served(tmp_path) as address:
        assert status(address) == 200
        assert "token" not in address


def test_only_the_address_that_somebody_really_comes_from_is_trusted(tmp_path: Path) -> None:
    """Not the one that a header gives; the proxy's own word is heard, and a stranger's is not."""
    with served(tmp_path, proxy_header="X-Remote-User", trusted_proxies=["10.0.0.1"]) as address:
        assert status(address, X_Remote_User="Marta", X_Forwarded_For="10.0.0.1", Forwarded="for=10.0.0.1") == 401
    with served(tmp_path, proxy_header="X-Remote-User", trusted_proxies=["127.0.0.1"]) as address:
        assert status(address, X_Remote_User="Marta", X_Forwarded_For="8.8.8.8") == 200
        assert status(address) == 401
        assert status(f"{address}readyz") == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_elsewhere_a_token_is_made_at_each_start_and_said_with_the_address(host: str) -> None:
    """The one under which people reach it, where that is known; another one each time, and only its hash is kept."""
    bound = bind(host, 0)
    try:
        ways = [doorway(PageSettings(public_url=url), bound) for url in ("", "", "https://escucha.example.es/")]
    finally:
        bound.close()
    tokens = [re.fullmatch(r"(https?://.+)/login\?token=(\S{43})", way.address) for way in ways]
    assert len({m.group(2) for m in tokens if m}) == 3
    assert [way.entrance.start for way in ways] == [hash_of(m.group(2)) for m in tokens if m]
    assert [way.entrance.secure for way in ways] == [False, False, True]
    assert tokens[2] is not None
    assert tokens[2].group(1) == "https://escucha.example.es"


@pytest.mark.parametrize("page", [{"person": [{"name": "Marta", "token_hash": "a" * 64}]}, {"proxy_header": "X-User", "trusted_proxies": ["10.0.0.1"]}])  # fmt: skip
def test_where_somebody_is_configured_no_token_is_made(page: dict[str, Any]) -> None:
    bound = bind("0.0.0.0", 0)
    try:
        way = doorway(PageSettings.model_validate(page), bound)
    finally:
        bound.close()
    assert (way.entrance.start, way.entrance.open, "token" in way.address) == ("", False, False)
