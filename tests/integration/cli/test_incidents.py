"""``corrillo incidents``: is it a crisis? What is blind, what is open, what was done, and doing something about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from corrillo.alerts import Change, Evidence, HourCount, Incident, Point, Subject
from corrillo.health import hour_of
from corrillo.model import Cursor, TaggedMention
from corrillo.ports import SourceNews
from corrillo.testing.mentions import a_mention, tagged
from stores.sqlite import SqliteStore
from tests.at_once import AtOnce

CONFIG = """
[[institution]]
id = "valdeprado"
name = "Ayuntamiento de Valdeprado"
time_zone = "Atlantic/Canary"

[[institution.district]]
name = "El Olmo"

[[source]]
kind = "feed"
name = "eco"
url = "http://127.0.0.1:9/feed.xml"
venue = "El Eco"

[[source]]
kind = "feed"
name = "voz"
url = "http://127.0.0.1:9/voz.xml"
venue = "La Voz"
"""
NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)
WATER = Subject(institution="valdeprado", service="water")
SAMPLES: tuple[TaggedMention, ...] = tuple(
    a_mention(
        str(n), f"Sin agua en Valdeprado, lo cuentan en https://foro.example/t/{n}", institution="valdeprado",
        published=NOW - HOUR, first_seen=NOW - HOUR, tags=tagged("crisis"), url=f"https://foro.example/t/{n}",
    )
    for n in range(2)
)  # fmt: skip
PROOF = Evidence(
    channel="crisis", minutes=60, voices=23, expected=0.4, low=0, high=3, surprise=4.0, count=31, authors=21, stories=19,
    venues=5, networks=(("mastodon", 15), ("forum", 8)), tags=(("crisis", 12),), growth=2.1,
    samples=(*(m.id for m in SAMPLES), "gone"), blind=("eco",),
)  # fmt: skip


def incident(name: str, opened: datetime, top: str = "crisis", **given: object) -> Incident:
    """About water, opened as watch and risen to ``top`` ten minutes later."""
    steps = (("opened", "watch", opened), ("escalated", top, opened + HOUR / 6))
    changes = tuple(
        Change(at=at, what=what, level=stage, subjects=(WATER,), evidence=PROOF) for what, stage, at in steps
    )
    points = tuple(
        Point(at=NOW - 15 * timedelta(minutes=n), count=n % 7, expected=1, low=0, high=2) for n in reversed(range(96))
    )
    values = {
        "id": name, "institution": "valdeprado", "opened": opened, "updated": opened + HOUR, "level": top, "peak": top,
        "leading": WATER, "subjects": (WATER,), "evidence": PROOF, "changes": changes, "points": points,
    }  # fmt: skip
    return Incident(**{**values, **given})


OPEN = incident("3f2a91c0aa", NOW - 2 * HOUR)
OVER = incident("3fbb00ee11", NOW - 72 * HOUR, "warning", level="calm", peak="warning", resolved=NOW - 60 * HOUR)
OLD = incident("77aa00ee11", NOW - 2400 * HOUR, "watch", level="calm", peak="watch", resolved=NOW - 2390 * HOUR)
MERGED = incident("88aa00ee11", NOW - 2 * HOUR, "watch", into=OPEN.id)

Fill = Callable[..., AtOnce]


@pytest.fixture
def fill(tmp_path: Path) -> Fill:
    """Puts incidents, counted hours and sources that were just read into the store of Valdeprado."""

    def filled(*told: Incident, hours: int = 72, heard: Sequence[str] = ("eco", "voz")) -> AtOnce:
        (tmp_path / "corrillo.toml").write_text(CONFIG, "utf-8")
        store = SqliteStore(tmp_path / "corrillo.db", {"valdeprado": "Atlantic/Canary"}, lambda: NOW)
        with store.unit() as unit:
            unit.write(SAMPLES)
            unit.tell([*told, *(counted(hour_of(NOW) - n) for n in range(1, hours))])
            for name in heard:
                unit.advance(Cursor(source=name, state=""), SourceNews(name, "press", NOW, NOW, every=3600.0))
        store.close()
        return AtOnce(tmp_path)

    return filled


def counted(hour: int) -> HourCount:
    return HourCount(
        institution="valdeprado", service="", district="", hour=hour, count=4, voices=3, complaints=0, crises=0, expected=2,
        low=0, high=6, heard=1.0,
    )  # fmt: skip


def local(moment: datetime) -> str:
    """A time of day as people in Valdeprado see it."""
    return f"{moment.astimezone(ZoneInfo('Atlantic/Canary')):%H:%M}"


# ── the list ──────────────────────────────────────────────────────────────────────────────
def test_open_incidents_come_first_then_the_recent_ones(fill: Fill) -> None:
    """With level, subject, times in the institution's zone, voices against what is normal; older ones with --all."""
    corrillo = fill(OPEN, OVER, OLD)
    said = corrillo("incidents").stdout
    first, *rest = said.splitlines()
    assert first == "All 2 sources are heard."
    assert rest[0] == "Ayuntamiento de Valdeprado: Yes: the signs are those of a crisis."
    heads = [line for line in rest if " · Water · " in line]
    assert [line.split(" · ")[0] for line in heads] == ["CRISIS", "Warning"]
    assert local(OPEN.opened) in heads[0]
    assert local(OVER.resolved) in heads[1]
    assert "Independent voices: 23 within 1 h (normal: 0 to 3)" in said
    assert "77aa00ee" not in said
    assert "77aa00ee" in corrillo("incidents", "--all").stdout


def test_programs_read_what_people_read(fill: Fill) -> None:
    """The answer, what is blind, and each incident with its life, its acts and its reason."""
    corrillo = fill(OPEN, OVER, OLD, heard=("voz",))
    corrillo("incidents", "ack", "3f2a", "--who", "Pepa")
    (told,) = corrillo.json("incidents")
    assert (told["institution"], told["answer"], told["sources"]) == ("valdeprado", "crisis", 2)
    assert [b["source"] for b in told["blind"]] == ["eco"]
    assert [(i["id"], i["life"], [a["who"] for a in i["acts"]]) for i in told["incidents"]] == [
        (OPEN.id, "acknowledged", ["Pepa"]),
        (OVER.id, "resolved", []),
    ]
    assert "23" in told["incidents"][0]["reason"]
    assert len(corrillo.json("incidents", "--all")[0]["incidents"]) == 3


@pytest.mark.parametrize(
    ("heard", "hours", "first", "answer"),
    [
        (("eco", "voz"), 72, "All 2 sources are heard.", "No: all is calm."),
        (("voz",), 72, "Of 2 sources, one is not heard now: El Eco.", "Calm, as far as can be heard."),
        ((), 72, "Of 2 sources, 2 are not heard now: El Eco, La Voz.", "no source is heard now."),
        (("eco", "voz"), 5, "All 2 sources are heard.", "what is normal is still being learnt."),
        (("eco", "voz"), 0, "All 2 sources are heard.", "what is normal is still being learnt."),
    ],
    ids=["calm", "one is blind", "all are blind", "two days are not over", "nothing counted"],
)
def test_calm_is_only_said_where_it_could_have_been_heard_otherwise(
    fill: Fill, heard: Sequence[str], hours: int, first: str, answer: str
) -> None:
    """The first line says what is blind; an empty list explains itself."""
    lines = fill(hours=hours, heard=heard)("incidents").stdout.splitlines()
    assert lines[0].startswith(first)
    assert lines[1].startswith("Ayuntamiento de Valdeprado: ")
    assert lines[1].endswith(answer)
    assert "No incident is open." in lines
    assert "  None that was over in the last 30 days." in lines


def test_both_languages_are_spoken(fill: Fill) -> None:
    """And no third one."""
    corrillo = fill(OPEN, heard=("voz",))
    said = corrillo("incidents", "--lang", "es").stdout
    assert said.startswith("De 2 fuentes, una no se oye ahora: El Eco.")
    assert re.search(r"^CRISIS · .*\bAgua · ", said, re.MULTILINE)
    assert "use one of: en, es" in corrillo("incidents", "--lang", "fr", code=2).stderr


# ── one of them ───────────────────────────────────────────────────────────────────────────
def test_one_incident_is_shown_with_all_that_is_known_of_it(fill: Fill) -> None:
    """Its figures, its chart, its life with what people did, and its posts without any link."""
    corrillo = fill(OPEN, OVER)
    corrillo("incidents", "note", "3f2a", "called the company", "--who", "Pepa")
    said = corrillo("incidents", "show", "3f2a", "--lang", "en").stdout
    lines = said.splitlines()
    assert lines[0] == "CRISIS · Nobody has taken it · 3f2a91c0aa"
    assert "Networks            Mastodon 15 · Forum 8" in lines
    assert "Not heard           El Eco" in lines
    assert sum("┤" in line for line in lines) == 6
    history = [line for line in lines if line.startswith("  ") and "Pepa notes: called the company" in line]
    assert len(history) == 1
    assert "https://" not in said
    assert said.count("Sin agua en Valdeprado, lo cuentan en […]") == 2
    assert "One more sample post is gone" in said


def test_its_picture_is_written_to_a_file(fill: Fill) -> None:
    """As the page draws it."""
    corrillo = fill(OPEN)
    corrillo("incidents", "show", "3f2a", "--picture", "water.svg")
    assert (corrillo.folder / "water.svg").read_text("utf-8").startswith("<svg")
    assert "cannot be written" in corrillo("incidents", "show", "3f2a", "--picture", "no/x.svg", code=2).stderr


# ── doing something about it ──────────────────────────────────────────────────────────────
def test_whoever_takes_an_incident_is_named(fill: Fill) -> None:
    """Until it is taken back; each act stays in its history."""
    corrillo = fill(OPEN)
    corrillo("incidents", "ack", "3f2a", "--who", "Pepa  Soler", "--note", "on my way")
    (first,) = corrillo.json("incidents")[0]["incidents"]
    assert first["life"] == "acknowledged"
    assert "Pepa Soler has taken it" in corrillo("incidents").stdout
    corrillo("incidents", "reopen", "3f2a", "--who", "Juan")
    (then,) = corrillo.json("incidents")[0]["incidents"]
    assert then["life"] == "open"
    assert [(a["who"], a["what"], a["note"]) for a in then["acts"]] == [
        ("Pepa Soler", "acknowledge", "on my way"),
        ("Juan", "reopen", ""),
    ]


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ((), lambda moment: None),
        (("--until", "8h"), lambda moment: moment + 8 * HOUR),
        (("--until", "2099-11-22T08:00"), lambda moment: datetime(2099, 11, 22, 8, tzinfo=UTC)),
        (("--until", "2099-11-22T08:00+01:00"), lambda moment: datetime(2099, 11, 22, 7, tzinfo=UTC)),
    ],
)
def test_an_incident_is_silent_until_the_time_that_is_given(
    fill: Fill, until: tuple[str, ...], expected: Callable[[datetime], datetime | None]
) -> None:
    """A span, or a time in the institution's zone; for good without one."""
    corrillo = fill(OPEN)
    corrillo("incidents", "silence", "3f2a", *until)
    told = corrillo.json("incidents", "show", "3f2a")
    (act,) = told["acts"]
    end = expected(datetime.fromisoformat(act["at"]))
    assert told["life"] == "silenced"
    assert act["who"]
    assert (act["until"] and datetime.fromisoformat(act["until"])) == end


def test_what_is_done_about_a_part_is_done_about_the_whole(fill: Fill) -> None:
    """An incident that was merged into another passes on what people do."""
    corrillo = fill(OPEN, MERGED)
    assert OPEN.id in corrillo("incidents", "ack", "88aa").stderr
    assert corrillo.json("incidents", "show", "3f2a")["life"] == "acknowledged"
    assert "part of 3f2a91c0" in corrillo("incidents", "--all").stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("show", "9"), "no incident's id begins with '9'"),
        (("show", "3f"), "2 incidents' ids begin with '3f'"),
        (("ack", "3fbb"), "it is over; only a note can be added"),
        (("reopen", "3f2a"), "nobody has acknowledged or silenced it"),
        (("silence", "3f2a", "--until", "1999-01-01"), "is over already"),
        (("silence", "3f2a", "--until", "later"), "--until 'later' is no time"),
        (("note", "3f2a"), "nothing says what to note"),
        (("ack", "3f2a", "--note", "x" * 501), "--note: is longer than 500 characters"),
        (("ack", "3f2a", "--who", "x" * 81), "--who: is longer than 80 characters"),
        (("--institution", "valdeprad"), "did you mean 'valdeprado'?"),
    ],
)
def test_what_cannot_be_done_says_why(fill: Fill, args: tuple[str, ...], said: str) -> None:
    """With the remedy; and nothing is written."""
    corrillo = fill(OPEN, OVER)
    ran = corrillo("incidents", *args, code=2)
    assert said in ran.stderr
    assert "→" in ran.stderr
    assert [i["acts"] for i in corrillo.json("incidents")[0]["incidents"]] == [[], []]
