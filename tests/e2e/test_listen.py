"""``corrillo listen`` as a process: it hears what happens, ends when told to, and never shares a store."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from tests.fakes.neighbours import tell
from tests.processes import get, until


def texts(town: Any) -> set[str]:
    return {m["text"] for m in town.corrillo.json("find", "-n", 1000)["mentions"]}


@pytest.fixture
def post(town: Any) -> Callable[..., dict]:
    def publish(text: str, **more: object) -> dict:
        return tell(town.mastodon, "publish", {"text": text, **more})

    return publish


@pytest.mark.parametrize("token", [True, False], ids=["streaming", "polling"])
def test_what_is_said_is_on_the_page_while_it_listens(town: Any, post: Callable[..., dict], token: bool) -> None:
    """Posts and news arrive while it runs; edits and deletions, too, at once with a token and at a later start without."""
    town.configure(token)
    first, second = post("Primero en #valdeprado"), post("Segundo en #valdeprado")
    process = town.corrillo.start("listen", "--port", 0)
    page = town.page()
    until(lambda: "Segundo en" in get(page)[1], "what was there before")
    third = post("Tercero en #valdeprado", answers=first["id"])
    entry = tell(town.feed, "publish", {"title": "Noticia", "text": "Cuarto en Valdeprado"})
    post("De otro pueblo, sin etiqueta")
    until(lambda: "Tercero en" in (said := get(page)[1]) and "Cuarto en" in said, "what came later")
    tell(town.mastodon, "edit", {"id": third["id"], "text": "Tercero, corregido, en #valdeprado"})
    tell(town.mastodon, "delete", {"id": second["id"]})
    tell(town.feed, "edit", {"id": entry["id"], "text": "Cuarto, corregido, en Valdeprado"})
    if not token:
        process.terminate()
        assert process.wait(60) == 0
        town.corrillo.start("listen", "--port", 0, log="again")
        page = town.page("again")
    expected = {"Primero en #valdeprado", "Tercero, corregido, en #valdeprado", "Cuarto, corregido, en Valdeprado"}
    until(lambda: texts(town) == expected, lambda: f"{expected}, there is {texts(town)}")
    said = get(page)[1]
    assert "Segundo en" not in said
    assert "Tercero, corregido" in said
    assert json.loads(get(page + "/readyz")[1]) == {
        "status": "ok",
        "missing": [],
        "sources": 2,
        "failing": [],
        "not_listening": {},
    }
    if token:
        assert 'corrillo_mentions_stored_total{result="new"} 4.0' in get(page + "/metrics")[1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("more", [["--port", "0"], ["--no-page"]], ids=["with a page", "without"])
def test_a_signal_ends_it_in_order(town: Any, post: Callable[..., dict], number: int, more: list[str]) -> None:
    """While it streams and polls, SIGTERM and SIGINT end it with 0; nothing is left open, nothing is lost."""
    town.configure(token=True)
    post("Hola #valdeprado")
    process = town.corrillo.start("listen", *more)
    until(lambda: town.store.exists() and texts(town), "the first mention")
    process.send_signal(number)
    assert process.wait(60) == 0
    said = (town.corrillo.folder / "log").read_text("utf-8")
    assert said.endswith("Stopped. Each source resumes where it was.\n")
    assert "Traceback" not in said
    assert [f.name for f in town.corrillo.folder.glob("corrillo.db-*")] == []
    assert texts(town) == {"Hola #valdeprado"}


def test_a_source_that_fails_is_said_on_readyz_and_the_others_go_on(town: Any, post: Callable[..., dict]) -> None:
    """A feed that answers 503 hurts nobody else; when it answers again, nothing of it is missing."""
    town.configure(token=False)
    tell(town.feed, "answer", {"path": "/feed.xml", "status": 503, "headers": {"Retry-After": "1"}})
    tell(town.feed, "publish", {"title": "Noticia", "text": "Mientras tanto en Valdeprado"})
    post("Hola #valdeprado")
    town.corrillo.start("listen", "--port", 0)
    page = town.page()
    until(lambda: "paper" in get(page + "/readyz")[1] and "Hola" in get(page)[1], "the failing feed beside the other")
    assert json.loads(get(page + "/readyz")[1])["failing"] == ["paper"]
    states = {s["source"]: s for s in town.corrillo.json("sources")}
    assert "503" in states["paper"]["last_error"]
    assert states["fediverse"]["failures"] == 0
    tell(town.feed, "mend", {})
    until(lambda: "Mientras tanto" in get(page)[1], "the feed's news")
    until(lambda: json.loads(get(page + "/readyz")[1])["failing"] == [], "nothing failing any more")


def test_one_store_has_one_listener(town: Any) -> None:
    """A second one is refused with the first one's number; when that is killed, the next may."""
    town.configure(token=False)
    first = town.corrillo.start("listen", "--port", 0)
    town.page()
    refused = town.corrillo("listen", "--port", 0, code=2).stderr
    assert f"process {first.pid} listens into it already" in refused
    assert "another store.path" in refused
    assert first.poll() is None
    first.kill()
    first.wait(60)
    second = town.corrillo.start("listen", "--port", 0, log="second")
    assert get(town.page("second") + "/healthz")[0] == 200
    second.terminate()
    assert second.wait(60) == 0


def test_a_port_that_is_taken_is_refused_before_anything_is_listened_to(town: Any) -> None:
    """Exit code 2, which port, and what to do; no store is made."""
    town.configure(token=False)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = town.corrillo("listen", "--port", port, code=2).stderr
    assert f"127.0.0.1:{port}" in said
    assert "--port" in said
    assert not town.store.exists()


def test_a_listener_that_was_stopped_for_a_while_goes_on(town: Any, post: Callable[..., dict]) -> None:
    """SIGSTOP in the middle of a stream, posts meanwhile, SIGCONT: they are all heard."""
    town.configure(token=True)
    process: subprocess.Popen[str] = town.corrillo.start("listen", "--port", 0)
    page = town.page()
    post("Antes en #valdeprado")
    until(lambda: "Antes en" in get(page)[1], "what was said before")
    process.send_signal(signal.SIGSTOP)
    for number in range(30):
        post(f"Durante {number} en #valdeprado")
    process.send_signal(signal.SIGCONT)
    until(lambda: len(texts(town)) == 31, "what was said meanwhile")
