"""``corrillo subscribe``, ``deliveries``, ``drill``, ``notify``: from the first address to who was reached."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from corrillo.alerts import Act
from corrillo.settings import load
from corrillo.testing.incidents import tell
from stores.sqlite import SqliteStore
from tests.at_once import AtOnce
from tests.integration.notify.house import incident
from tests.integration.notify.mail import MailServer
from tests.processes import Commands, until

CONFIG = """
[[institution]]
id = "valdeprado"
name = "Ayuntamiento de Valdeprado"

[[institution.district]]
name = "Centro"

[notify]
from = "Corrillo <corrillo@valdeprado.example>"
smtp = "{mail}"
smtp_security = "none"

[page]
public_url = "https://corrillo.valdeprado.example"

[[subscriber]]
id = "alcaldia"
name = "Gabinete de Alcaldía"
ways = ["gabinete@valdeprado.example"]
"""


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def town(tmp_path: Path, mail: MailServer) -> AtOnce:
    (tmp_path / "corrillo.toml").write_text(CONFIG.format(mail=mail.address), "utf-8")
    (tmp_path / "corrillo.key").write_text("a key that is used in tests and nowhere else", "ascii")
    (tmp_path / "corrillo.key").chmod(0o600)
    return AtOnce(tmp_path)


def test_somebody_is_added_shown_confirmed_and_removed_and_no_address_is_shown_whole(town: AtOnce) -> None:
    said = town(
        "subscribe", "add", "Guardia Local", "--way", "guardia@valdeprado.example", "--ways-file", "-",
        "--shift", "lun-vie 08:00-15:00", "--district", "Centro", "--service", "water", "--least", "watch",
        "--next", "alcaldia", "--digest", "daily", stdin="tgram://s3cret/1\n",
    )  # fmt: skip
    assert "is asked whether it wants it" in said.stderr
    listed = {s["id"]: s for s in town.json("subscribe", "list")}
    guard = listed["guardia-local"]
    assert [w["confirmed"] for w in guard["ways"]] == [None, None]
    assert (guard["least"], guard["next"], guard["districts"]) == ("watch", "alcaldia", ["Centro"])
    assert listed["alcaldia"]["origin"] == "file"
    shown = town("subscribe", "show", "guardia-local").stdout
    assert "g…@valdeprado.example ?" in shown
    assert "mon,tue,wed,thu,fri 08:00-15:00" in shown
    assert [d["what"] for d in town.json("deliveries", "--to", "guardia-local")] == ["confirmation"] * 2
    town("subscribe", "confirm", "Guardia Local")
    everything = shown + town("subscribe", "list").stdout + town("subscribe", "list", "--json").stdout
    assert "s3cret" not in everything
    assert "guardia@" not in everything
    town("subscribe", "remove", "guardia-local", "--yes")
    assert [s["id"] for s in town.json("subscribe", "list")] == ["alcaldia"]
    assert town.json("deliveries") == []


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (("--way", "nobody"), "--way"),
        (("--least", "high"), "--least 'high'"),
        (("--service", "agua"), "--service: 'agua'"),
        (("--next", "nadie"), "--next: 'nadie'"),
        (("--quiet", "at night"), "--quiet 'at night'"),
        (("--id", "No Id"), "--id 'No Id'"),
        (("--id", "alcaldia"), "--id 'alcaldia'"),
        (("--digest-at", "noon"), "--digest-at 'noon'"),
    ],
)
def test_a_wrong_option_is_said_and_nobody_is_added(town: AtOnce, line: tuple[str, ...], what: str) -> None:
    assert what in town("subscribe", "add", "Nuria", *line, code=2).stderr
    assert [s["id"] for s in town.json("subscribe", "list")] in ([], ["alcaldia"])


def test_a_name_that_is_taken_is_refused_for_nobody_would_know_who_acknowledged(town: AtOnce) -> None:
    assert "'gabinete de ALCALDIA': is taken" in town("subscribe", "add", "gabinete de ALCALDIA", code=2).stderr
    assert [s["id"] for s in town.json("subscribe", "list")] == ["alcaldia"]


def test_who_is_not_there_is_said_with_who_is(town: AtOnce) -> None:
    town("subscribe", "add", "Nuria", "--confirmed", "--way", "nuria@valdeprado.example")
    assert "did you mean 'nuria'" in town("subscribe", "show", "nuri", code=2).stderr
    assert "[[subscriber]]" in town("subscribe", "remove", "alcaldia", "--yes", code=2).stderr


def test_each_way_is_tried_with_a_real_message_and_says_what_it_answered(town: AtOnce, mail: MailServer) -> None:
    town(
        "subscribe",
        "add",
        "Nuria",
        "--confirmed",
        "--way",
        "nuria@valdeprado.example",
        "--way",
        "gone@valdeprado.example",
    )
    mail.refuses = {"gone@valdeprado.example"}
    first, second = town("subscribe", "test", "nuria", code=1).stdout.splitlines()[:2]
    assert first.startswith("ok  n…@valdeprado.example: 250")
    assert second.startswith("NO  g…@valdeprado.example")
    assert "550" in second
    assert "SIMULACRO" in str(mail.letters[0].message["Subject"]).upper()


def test_the_doctor_says_who_can_be_told_and_what_is_missing_for_it(town: AtOnce, mail: MailServer) -> None:
    def found() -> dict[str, bool]:
        return {f["what"]: f["ok"] for f in town.json("doctor", code=int(bool(wrong)))}

    wrong: set[str] = set()
    good = found()
    assert all(good[what] for what in ("telling people", "mail server", "links in messages"))
    file = town.folder / "corrillo.toml"
    file.write_text(file.read_text("utf-8").replace("public_url", "# public_url"), "utf-8")
    town("subscribe", "add", "Nuria", "--way", "nuria@valdeprado.example")
    mail.down()
    wrong = {"telling people", "mail server", "links in messages"}
    assert {what for what, ok in found().items() if not ok} == wrong


def acknowledge(store: SqliteStore) -> None:
    """What somebody does who gets a drill."""
    sent = until(lambda: [d for d in store.deliveries() if d.what == "drill" and d.sent], "a drill")
    who = next(s.name for s in store.subscribers() if s.id == sent[0].subscriber)
    store.act(Act(incident=sent[0].period, at=datetime.now(UTC), who=who, what="acknowledge"))


@pytest.mark.parametrize("command", [("notify", "--port", "0"), ("listen", "--port", "0")], ids=["notify", "listen"])
def test_incidents_and_drills_are_told_by_a_process_once_and_logged(
    town: AtOnce, mail: MailServer, command: tuple[str, ...]
) -> None:
    """A restart tells nothing again; who was reached after how long is reported."""
    commands, now = Commands(town.folder), datetime.now(UTC)
    store = SqliteStore(load(town.folder / "corrillo.toml").store_path, {"valdeprado": "Europe/Madrid"}, lambda: now)
    try:
        process = commands.start(*command)
        tell(store, incident("fire", now, "crisis"))
        mail.wait(1, 60)
        until(lambda: town.json("deliveries")[0]["state"] == "sent", "the log")
        process.terminate()
        assert process.wait(60) == 0
        commands.start(*command)
        answering = Thread(target=acknowledge, args=(store,))
        answering.start()
        (reached,) = town.json("drill", "--yes", "--wait", "2m")
        answering.join()
        assert (reached["state"], reached["channel"], reached["tries"]) == ("sent", "email", 1)
        assert 0 <= reached["seconds"] <= reached["acknowledged"]
        subjects = [str(letter.message["Subject"]) for letter in mail.letters]
        assert len(subjects) == 2
        rows = list(csv.DictReader(io.StringIO(town("deliveries", "--csv").stdout)))
        assert {(r["what"], r["state"], r["channel"]) for r in rows} == {
            ("drill", "sent", "email"), ("alert", "sent", "email"),
        }  # fmt: skip
        assert "Traceback" not in (town.folder / "log").read_text("utf-8")
    finally:
        store.close()
        commands.end()
