"""``corrillo demo``: the invented town as a newcomer sees it."""

from __future__ import annotations

import re
import socket
from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from corrillo.bootstrap import open_store
from corrillo.settings import load
from dashboards.page.views import VIEWS
from tests.demonstration import Demo
from tests.processes import get, until
from tests.services import lent


def local_day(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(ZoneInfo("Europe/Madrid")).date().isoformat()


@pytest.fixture(scope="module")
def demo(pytestconfig: pytest.Config) -> Demo:
    """Started for the second time: the first was killed in the middle of what was said."""
    return cast(Demo, lent(pytestconfig, "demo"))


def test_about_three_thousand_mentions_in_many_languages_are_there(demo: Demo) -> None:
    """On page, off page and by the town itself, in both of its languages and those of its visitors."""
    assert 2500 <= demo.find()["total"] <= 3500
    for language, least in (("es", 1300), ("ca", 900), ("en", 100), ("eu", 4), ("gl", 15), ("pt", 8)):
        assert demo.find("-w", f"language={language}")["total"] >= least, language
    for place, least in (("off_page", 1500), ("on_page", 350), ("own", 200)):
        assert demo.find("-w", f"place={place}")["total"] >= least, place


@pytest.mark.parametrize(("language", "share"), [("es", "fuera de nuestras páginas"), ("en", "off our")])
def test_the_page_answers_where_people_talk(demo: Demo, language: str, share: str) -> None:
    """In one sentence, in Spanish and in English."""
    status, body = get(f"{demo.page}/?lang={language}")
    assert status == 200
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", body))
    assert share in text
    assert "Benialba" in text


@pytest.mark.parametrize("path", VIEWS)
def test_every_view_has_something_to_show(demo: Demo, path: str) -> None:
    """None of them explains why it is empty."""
    status, body = get(f"{demo.page}/{path}?period=all&lang=es")
    assert status == 200
    assert 'class="empty"' not in body


@pytest.mark.parametrize("words", ["passeig OR paseo", "alquiler"])
def test_the_agency_s_notes_are_one_story_each(demo: Demo, words: str) -> None:
    """Twenty papers print it with light edits: one story of twenty or more mentions."""
    found = demo.find(words, "-w", "network=press", "-n", 100)["mentions"]
    assert max(Counter(m["story"] for m in found).values()) >= 20


def test_a_leak_of_personal_data_is_an_incident(demo: Demo) -> None:
    """Somebody is warned on the day on which it is found, by posts that are about it."""
    warned = [
        i for i in demo.incidents() if i["peak"] in ("warning", "crisis") and local_day(i["opened"]) == demo.day(12)
    ]
    (leak,) = warned
    about = {m["id"] for m in demo.find("filtra* OR ajudes OR ayudas", "-n", 400)["mentions"]}
    assert about & set(leak["evidence"]["samples"])


def test_some_are_answered_at_once_some_late_and_some_never(demo: Demo) -> None:
    """Questions on the town's own page wait longest, that for an appointment among them; where nobody looked, it is not known."""
    asked = demo.asked()
    waits = [a.wait for a in asked if a.wait is not None]
    assert sum(w <= 1800 for w in waits) >= 40
    assert sum(w >= 2 * 86_400 for w in waits) >= 5
    states = Counter(a.state for a in asked)
    assert min(states["waiting"], states["unknown"]) >= 100
    questions = sorted((a for a in asked if a.state == "waiting" and "question" in a.kinds), key=lambda a: a.asked)
    assert questions[0].place == "on_page"
    assert {a.mention for a in questions[:5]} & {m["id"] for m in demo.find("padrón", "-n", 400)["mentions"]}


def test_cleaning_is_talked_about_most_among_neighbours(demo: Demo) -> None:
    """Not on the town's own page."""
    found = demo.find("-w", "service=cleaning", "-n", 500)["mentions"]
    ((venue, _),) = Counter(m["venue"] for m in found).most_common(1)
    assert venue == "Veïns de Benialba"


def test_the_team_has_worked_on_some(demo: Demo) -> None:
    """Cases taken, answered, another's; tags corrected; a namesake marked as not about the town."""
    with closing(open_store(load(demo.config))) as store:
        done = {d.what for d in store.done("benialba")}
    assert done == {"take", "answered_elsewhere", "not_ours", "done", "release", "note", "not_about_us", "correct"}


def test_the_flood_is_the_day_with_the_most_emergencies(demo: Demo) -> None:
    """More than the three next days together; and of it more is said than of most."""
    mentions = demo.find("-w", "tag=crisis", "-n", 1000)["mentions"]
    (flood, most), *others = Counter(local_day(m["published"]) for m in mentions).most_common(4)
    assert flood == demo.day(9)
    assert most > sum(count for _, count in others)
    assert demo.find("--since", flood, "--until", demo.day(10), "-n", 1000)["total"] > 200


def test_it_opens_in_the_middle_of_an_incident(demo: Demo) -> None:
    """A water main that broke two hours ago: somebody has been warned, and it is open; the flood is over."""
    (town,) = demo.commands.json("incidents", "--config", demo.config)
    standing = [(i["life"], i["level"], i["peak"]) for i in town["incidents"]]
    assert ("resolved", "calm", "crisis") in standing
    (burst,) = [i for i in town["incidents"] if i["life"] == "open" and i["level"] in ("warning", "crisis")]
    assert len(burst["evidence"]["networks"]) >= 3
    mains = demo.find("tubería OR canonada OR reventón OR rebentat OR agua OR aigua", "-n", 400)["mentions"]
    assert {m["id"] for m in mains} & set(burst["evidence"]["samples"])


def test_the_fiesta_is_no_crisis(demo: Demo) -> None:
    """Of its four days nobody was warned: it stands in the town's calendar."""
    days = [local_day(i["opened"]) for i in demo.incidents() if i["peak"] in ("warning", "crisis")]
    assert days
    assert not [day for day in days if demo.day(4) <= day <= demo.day(7)]


def test_namesakes_are_left_out(demo: Demo) -> None:
    """Of a dozen posts about the football club, the singer and the wine, hardly one is a mention."""
    for words in ("penalti", "golazo", '"Castell de Benialba"', '"Marc Benialba"', '"CF Benialba"'):
        assert demo.find(words)["total"] <= 2, words


def test_a_channel_that_fell_silent_is_seen(demo: Demo) -> None:
    """The channel of the Raval says nothing after the eighth day; a file that was read to its end is no blind source."""
    states = demo.sources()
    silent = states["telegram-veinat-del-raval"]
    assert (silent["state"], silent["proof"]) == ("quiet", "ended")
    assert silent["newest_post"] < min(states[n]["newest_post"] for n in ("x", "facebook", "press"))


def test_a_source_that_fell_silent_and_came_back_has_a_gap(demo: Demo) -> None:
    """Thirty hours of which nobody knows what was said; the others have none."""
    gaps = {name: s["gaps"] for name, s in demo.sources().items() if s["newest_post"] and s["gaps"]}
    assert list(gaps) == ["mastodon"]
    (gap,) = gaps["mastodon"]
    assert not gap["filled"]
    assert datetime.fromisoformat(gap["until"]) - datetime.fromisoformat(gap["since"]) == timedelta(hours=30)


def test_one_source_is_blind(demo: Demo) -> None:
    """Nobody has brought its file; all others are heard."""
    blind = [name for name, s in demo.sources().items() if s["state"] == "blind"]
    assert blind == ["telegram-veinat-de-montblau"]


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


def test_after_a_kill_it_starts_again(demo: Demo) -> None:
    """What was left of the first start, whose page was there already, is replaced: each post is there once."""
    assert demo.while_it_fills == 200
    said = [line for line in demo.log("log").splitlines() if "of them about the town." in line]
    assert len(said) == 1
    assert demo.find("--all")["total"] == int(re.search(r"(\d+) of them", said[0])[1])


def test_told_to_end_it_ends_in_order(demo: Demo, pytestconfig: pytest.Config) -> None:
    """With exit code 0."""
    assert lent(pytestconfig, "demo's end") == 0, demo.log("log")[-3000:]


def test_live_says_what_it_connects_to_before_it_does(tmp_path: Path) -> None:
    """The page is there, though nothing of the network is; told to end while it replays, it ends in order."""
    demo, log = Demo(tmp_path), tmp_path / "log"
    process = demo.begin("log", "--live", "Ayuntamiento de Valdeniebla")
    until(lambda: get(f"{demo.page}/?institution=valdeniebla")[0] == 200, lambda: log.read_text("utf-8"))
    first, *_ = log.read_text("utf-8").splitlines()
    assert "Valdeniebla" in first
    for server in ("api.gdeltproject.org", "mastodon.social", "public.api.bsky.app"):
        assert server in first
    process.terminate()
    assert process.wait(60) == 0
