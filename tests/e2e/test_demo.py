"""``corrillo demo``: the invented town as a newcomer sees it."""

from __future__ import annotations

import re
import socket
import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from deploy.services.process import free_port
from tests.processes import Commands, get, until

NO_NETWORK = """
import socket
real = socket.socket.connect
def only_loopback(self, address):
    if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(("127.", "::1")):
        raise OSError("this test allows loopback only: " + str(address))
    return real(self, address)
socket.socket.connect = only_loopback
"""
SOURCES = 13


class Demo:
    """A running demonstration, with no way out of the machine."""

    def __init__(self, folder: Path) -> None:
        (folder / "outside").mkdir()
        (folder / "outside" / "sitecustomize.py").write_text(NO_NETWORK, "utf-8")
        cache, root = str(folder / "cache"), str(Path(__file__).parents[2])
        self.commands = Commands(folder, {"XDG_CACHE_HOME": cache, "PYTHONPATH": f"{folder / 'outside'}:{root}"})
        self.port = free_port()
        self.config = folder / "cache" / "corrillo" / f"demo-{self.port}" / "corrillo.toml"

    @property
    def page(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def begin(self, log: str = "log") -> Any:
        """Started; nothing is awaited."""
        return self.commands.start("demo", "--port", self.port, log=log)

    def start(self, log: str = "log") -> Any:
        """Until every source has been read to its end."""
        process = self.begin(log)
        file = self.commands.folder / log
        until(lambda: file.read_text("utf-8").count(": done") == SOURCES, lambda: file.read_text("utf-8"))
        return process

    def find(self, *args: object) -> Any:
        return self.commands.json("find", "--config", self.config, *args)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    running = Demo(tmp_path_factory.mktemp("demo"))
    running.start()
    yield running
    running.commands.end()


def test_about_a_thousand_mentions_in_many_languages_are_there(demo: Demo) -> None:
    """On page, off page and by the town itself, in both of its languages and those of its visitors."""
    assert 900 <= demo.find()["total"] <= 1200
    for language, least in (("es", 350), ("ca", 350), ("en", 20), ("eu", 3), ("gl", 3), ("pt", 2)):
        assert demo.find("-w", f"language={language}")["total"] >= least, language
    for place, least in (("off_page", 400), ("on_page", 100), ("own", 50)):
        assert demo.find("-w", f"place={place}")["total"] >= least, place


@pytest.mark.parametrize(("language", "share"), [("es", "fuera de nuestras páginas"), ("en", "off our")])
def test_the_page_answers_where_people_talk(demo: Demo, language: str, share: str) -> None:
    """In one sentence, in Spanish and in English."""
    status, body = get(f"{demo.page}/?lang={language}")
    assert status == 200
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", body))
    assert share in text
    assert "Benialba" in text


def test_the_agency_s_note_is_one_story(demo: Demo) -> None:
    """Twenty papers print it with light edits: one story of twenty or more mentions."""
    found = demo.find("passeig OR paseo", "-w", "network=press", "-n", 100)["mentions"]
    stories = [m["story"] for m in found]
    assert max(stories.count(s) for s in stories) >= 20


def test_the_flood_is_the_day_on_which_most_is_said(demo: Demo) -> None:
    """And it has mentions tagged as a crisis; the other days together have fewer of those."""
    mentions = demo.find("-w", "tag=crisis", "-n", 1000)["mentions"]
    days = [m["published"][:10] for m in mentions]
    flood = max(days, key=days.count)
    assert days.count(flood) > len(days) / 2
    assert demo.find("--since", flood, "-n", 1000)["total"] > 300


def test_it_opens_in_the_middle_of_an_incident(demo: Demo) -> None:
    """A water main that broke two hours ago: somebody has been warned, and it is open; the flood is over."""
    (town,) = demo.commands.json("incidents", "--config", demo.config)
    standing = [(i["life"], i["level"], i["peak"]) for i in town["incidents"]]
    assert ("resolved", "calm", "crisis") in standing
    (burst,) = [i for i in town["incidents"] if i["life"] == "open" and i["level"] in ("warning", "crisis")]
    assert len(burst["evidence"]["networks"]) >= 3
    mains = demo.find("tubería OR canonada OR reventón OR rebentat")["mentions"]
    assert {m["id"] for m in mains} & set(burst["evidence"]["samples"])


def test_the_fiesta_is_no_crisis(demo: Demo) -> None:
    """Of its four days nobody was warned: it stands in the town's calendar."""
    told = demo.commands.json("incidents", "--all", "--config", demo.config)[0]["incidents"]
    (fiesta,) = tomllib.loads(demo.config.read_text("utf-8"))["institution"][0]["fiesta"]
    warned = [datetime.fromisoformat(i["opened"]) for i in told if i["peak"] in ("warning", "crisis")]
    days = [moment.astimezone(ZoneInfo("Europe/Madrid")).date().isoformat() for moment in warned]
    assert days
    assert not [day for day in days if fiesta["from"] <= day <= fiesta["to"]]


def test_namesakes_are_left_out(demo: Demo) -> None:
    """Of a dozen posts about the football club, the singer and the wine, hardly one is a mention."""
    for words in ("penalti", "golazo", '"Castell de Benialba"', '"Marc Benialba"', '"CF Benialba"'):
        assert demo.find(words)["total"] <= 2, words


def test_a_channel_that_fell_silent_is_seen(demo: Demo) -> None:
    """The channel of the Raval says nothing after the eighth day; a file that was read to its end is no blind source."""
    states = {s["source"]: s for s in demo.commands.json("sources", "--config", demo.config)}
    silent = states["telegram-veinat-del-raval"]
    assert (silent["state"], silent["proof"]) == ("quiet", "ended")
    assert silent["newest_post"] < min(states[n]["newest_post"] for n in ("x", "facebook", "press"))


def test_personal_data_in_texts_is_redacted(demo: Demo) -> None:
    """Those that were written into the town on purpose are nowhere."""
    assert demo.find("12345678Z OR 612345678 OR ES9121000418450200051332")["total"] == 0
    assert demo.find("DNI OR teléfono OR IBAN")["total"] >= 3


def test_a_second_start_says_that_it_runs_already(demo: Demo) -> None:
    """It is no error; the first goes on."""
    said = demo.commands("demo", "--port", demo.port).stderr
    assert "runs already" in said
    assert get(f"{demo.page}/healthz")[0] == 200


def test_a_port_that_somebody_else_has_is_refused_with_another(demo: Demo) -> None:
    """Exit code 2, and the command with the next port."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = demo.commands("demo", "--port", port, code=2).stderr
    assert f"PORT={port + 1}" in said


def test_after_a_kill_it_starts_again(tmp_path: Path) -> None:
    """In the middle of what was said: what was left of the first start is replaced."""
    demo = Demo(tmp_path)
    first, store = demo.begin(), demo.config.with_name("demo.db")
    until(lambda: store.exists() and demo.find()["total"] > 50, lambda: (tmp_path / "log").read_text("utf-8"))
    first.kill()
    first.wait(60)
    again = demo.start("again")
    assert 900 <= demo.find()["total"] <= 1200
    again.terminate()
    assert again.wait(60) == 0
