"""An invented town, Valdeprado, with a file of its old forum replayed once for all tests of a module."""

from __future__ import annotations

import pytest

from tests.at_once import AtOnce
from tests.processes import Commands

CONFIG = """
[[institution]]
id = "valdeprado"
name = "Ayuntamiento de Valdeprado"
aliases = ["Valdeprado"]
hashtags = ["#valdeprado"]
time_zone = "Europe/Madrid"

[[institution.homonym]]
name = "UD Valdeprado"
context = ["gol", "penalti"]

[[source]]
kind = "archive"
name = "old-forum"
path = "forum.csv"
map = { id = "cid", text = "body", published = "day+hour", author = "who", parent = "inreply" }
network = "forum"
about = "everything"

[page]
port = 0
"""

FORUM = """\
cid;day;hour;who;body;inreply;link;votes
1;2026-11-02;09:15;marisol;"¿Alguien sabe a qué hora abre la biblioteca de Valdeprado los sábados?";-1;https://foro.example/t/1;4
2;2026-11-02;10:40;toni_b;"Abre a las diez, pero llama antes al 612 34 56 78 porque el sábado pasado estaba cerrada";1;https://foro.example/t/2;1
3;2026-11-03;23:05;encarna;"Llevamos tres semanas con la farola fundida en la calle del Olmo, qué vergüenza";-1;https://foro.example/t/3;11
4;2026-11-04;08:00;marisol;"Lo mismo en mi calle, @encarna, y nadie contesta";3;https://foro.example/t/4;2
5;2026-11-05;12:30;calculin;"=SUMA(A1:A9) es lo que les falta en el ayuntamiento";-1;https://foro.example/t/5;0
6;2026-11-06;18:20;roque;"+1 a poner más bancos en el parque";-1;https://foro.example/t/6;3
7;2026-11-07;19:00;roque;"@encarna ya funciona la farola, gracias a quien la haya arreglado";3;https://foro.example/t/7;5
"""
"""Seven posts of four people: a question with its answer, a complaint with two, and cells like formulas."""

BROKEN = "8;nunca;;roque;Esta fila no tiene fecha;-1;https://foro.example/t/8;0\n"
COLUMNS = "id=cid,published=day+hour,author=who,text=body,parent=inreply,url=link,likes=votes"
REPLAY = (
    "replay", "forum.csv", "--name", "old-forum", "--all-relevant", "--network", "forum", "--venue", "Foro del valle",
    "--venue-kind", "forum", "--map", COLUMNS,
)  # fmt: skip


def settle(commands: Commands, forum: str = FORUM) -> Commands:
    """Put configuration, key and the forum's file into the folder."""
    (commands.folder / "corrillo.toml").write_text(CONFIG, encoding="utf-8")
    (commands.folder / "corrillo.key").write_text("a key that is used in tests and nowhere else", encoding="ascii")
    (commands.folder / "corrillo.key").chmod(0o600)
    (commands.folder / "forum.csv").write_text(forum, encoding="utf-8")
    return commands


@pytest.fixture(scope="module")
def town(corrillo: Commands) -> Commands:
    """Valdeprado with its forum replayed; for tests that only read."""
    settle(corrillo)(*REPLAY)
    return corrillo


@pytest.fixture(scope="module")
def asked(town: Commands) -> AtOnce:
    """The same town, for tests of many commands: they run in this process."""
    return AtOnce(town.folder)


@pytest.fixture
def own_town(fresh: Commands) -> Commands:
    """Valdeprado with nothing replayed, for a test that changes things."""
    return settle(fresh)


@pytest.fixture
def replay() -> tuple[str, ...]:
    """The command that replays the forum's file."""
    return REPLAY


@pytest.fixture
def forum() -> str:
    """What is in the forum's file."""
    return FORUM


@pytest.fixture
def broken_row() -> str:
    """A row of the forum that cannot be read."""
    return BROKEN
