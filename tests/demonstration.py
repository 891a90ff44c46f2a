"""``corrillo demo``, lived through once in a session: its fortnight takes a minute and more."""

from __future__ import annotations

import shutil
import sqlite3
import tomllib
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from subprocess import Popen
from tempfile import TemporaryDirectory
from typing import Any

from corrillo.attention import Attention
from corrillo.bootstrap import open_store
from corrillo.settings import load
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
LONG = 300.0
"""Seconds in which a fortnight is replayed, however busy the machine is."""


@dataclass
class Demo:
    """A demonstration in a folder, with no way out of the machine; whoever knows the two can ask it."""

    folder: Path
    port: int = field(default_factory=free_port)
    while_it_fills: int = 0
    """What the page answered while the town was replayed: a status."""

    def __post_init__(self) -> None:
        (self.folder / "outside").mkdir(exist_ok=True)
        (self.folder / "outside" / "sitecustomize.py").write_text(NO_NETWORK, "utf-8")

    @property
    def commands(self) -> Commands:
        """``corrillo`` beside it."""
        cache, root = str(self.folder / "cache"), str(Path(__file__).parents[1])
        return Commands(self.folder, {"XDG_CACHE_HOME": cache, "PYTHONPATH": f"{self.folder / 'outside'}:{root}"})

    @property
    def config(self) -> Path:
        return self.folder / "cache" / "corrillo" / f"demo-{self.port}" / "corrillo.toml"

    @property
    def store(self) -> Path:
        return self.config.with_name("demo.db")

    @property
    def page(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def begin(self, log: str = "log", *options: str) -> Popen[str]:
        """Started; nothing is awaited."""
        return self.commands.start("demo", "--port", self.port, *options, log=log)

    def copy(self, folder: Path) -> Path:
        """Its town in a folder of somebody's own, whatever goes on meanwhile; its configuration."""
        shutil.copytree(self.config.parent, folder, ignore=shutil.ignore_patterns(f"{self.store.name}*"))
        with closing(sqlite3.connect(self.store)) as town, closing(sqlite3.connect(folder / self.store.name)) as own:
            town.backup(own)
        return folder / self.config.name

    def log(self, name: str) -> str:
        """What a start has said."""
        return (self.folder / name).read_text("utf-8")

    def find(self, *args: object) -> Any:
        return self.commands.json("find", "--config", self.config, *args)

    def sources(self) -> dict[str, Any]:
        return {s["source"]: s for s in self.commands.json("sources", "--config", self.config)}

    def incidents(self) -> Sequence[Any]:
        (town,) = self.commands.json("incidents", "--all", "--config", self.config)
        found: Sequence[Any] = town["incidents"]
        return found

    def asked(self) -> Sequence[Attention]:
        """Every question and complaint, as it stands."""
        with closing(open_store(load(self.config))) as store:
            return store.attention("benialba")

    def day(self, number: int) -> str:
        """The date of a day of the fortnight, by its number; the fiesta begins on the fourth."""
        (fiesta,) = tomllib.loads(self.config.read_text("utf-8"))["institution"][0]["fiesta"]
        return (datetime.fromisoformat(fiesta["from"]) + timedelta(days=number - 4)).date().isoformat()


_running: list[Popen[str]] = []
"""The one that was started for the session, in the process that started it."""


def lived_through(opened: ExitStack) -> Demo:
    """A demonstration that runs and has replayed everything; a first start was killed in the middle of what was said."""
    folder = opened.enter_context(TemporaryDirectory(prefix="corrillo-demo-", ignore_cleanup_errors=True))
    demo = Demo(Path(folder))
    killed = _started(demo, "killed", opened)
    until(lambda: demo.store.exists() and demo.find()["total"] > 50, lambda: demo.log("killed"), LONG)
    demo.while_it_fills = get(f"{demo.page}/")[0]
    killed.kill()
    killed.wait(60)
    _running.append(_started(demo, "log", opened))
    until(lambda: demo.log("log").count(": done") == SOURCES, lambda: demo.log("log"), LONG)
    return demo


def ended(_: ExitStack) -> int:
    """Told to end: the exit code of the one that runs."""
    (process,) = _running
    process.terminate()
    return process.wait(60)


def _started(demo: Demo, log: str, opened: ExitStack) -> Popen[str]:
    process = demo.begin(log)
    opened.callback(process.wait, 60)
    opened.callback(process.kill)
    return process
