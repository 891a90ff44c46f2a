"""``corrillo doctor`` at real servers: all is well, or what is not and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corrillo import bootstrap
from corrillo.cli import app, servers
from corrillo.engines import ELASTICSEARCH_PASSWORD
from ingest.kafka import checks
from stores.elasticsearch import check
from tests.integration.ops.containers import Containers

Doctor = Callable[[str, str], dict[str, list[str]]]


@pytest.fixture
def doctor(containers: Containers, tmp_path: Path) -> Doctor:
    """What it finds wrong (the first words: what it said, and the remedy), after replacing something in the file."""
    file = tmp_path / "corrillo.toml"

    def run(said: str, really: str) -> dict[str, list[str]]:
        text = containers.configuration("work")
        assert said in text
        file.write_text(text.replace(said, really), "utf-8")
        ran = CliRunner().invoke(app, ["doctor", "--offline", "--config", str(file)])
        wrong = _wrong(ran.output.splitlines())
        assert ran.exit_code == (1 if wrong else 0), ran.output
        return wrong

    return run


def _wrong(lines: list[str]) -> dict[str, list[str]]:
    numbered = list(zip(lines, [*lines[1:], ""], strict=True))
    return {
        line.removeprefix("NO  ").partition(": ")[0]: [line.partition(": ")[2], after.partition("→ ")[2]]
        for line, after in numbered
        if line.startswith("NO ")
    }


def test_where_everything_runs_everything_is_well(containers: Containers) -> None:
    """Sources included; the ports are served by what the compose file has started."""
    said = containers.once("work", "doctor")
    assert [line for line in said.splitlines() if not line.startswith("ok ")] == []
    for what in ("Kafka:", "Kafka's topics:", "Kafka's clock:", "Elasticsearch:", "Elasticsearch's clock:",
                 "Elasticsearch's templates:", "source paper: answers"):  # fmt: skip
        assert f"ok  {what}" in said
    for what in ("page", "probes of ingest", "probes of work", "probes of purge"):
        [line] = [line for line in said.splitlines() if line.startswith(f"ok  {what}:")]
        assert line.endswith("is served, ready")


def test_topics_that_are_missing(doctor: Doctor) -> None:
    wrong = doctor("[kafka]\n", '[kafka]\nprefix = "nowhere"\n')
    assert wrong["topic nowhere.mentions"] == ["is not there", "make it with: corrillo setup kafka"]
    assert all(what.startswith("topic nowhere") for what in wrong)


def test_templates_that_are_missing(doctor: Doctor) -> None:
    wrong = doctor("[elasticsearch]\n", '[elasticsearch]\nprefix = "nowhere"\n')
    said, remedy = wrong["Elasticsearch's templates"]
    assert said.startswith("not there, or of an older version: mentions")
    assert "corrillo setup elasticsearch" in remedy


def test_a_wrong_password(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ELASTICSEARCH_PASSWORD, "not the password")
    [(said, remedy)] = doctor("[kafka]\n", "[kafka]\n").values()
    assert "the password is wrong" in said
    assert "password" in remedy
    assert "not the password" not in said + remedy


@pytest.mark.parametrize("server", ["Kafka", "Elasticsearch"])
def test_a_server_that_is_away(doctor: Doctor, containers: Containers, server: str) -> None:
    said, really = list(containers.elsewhere.values())[server == "Elasticsearch"], "127.0.0.1:1"
    address = said.rpartition("/")[2]
    wrong = doctor(address, really)
    assert set(wrong) == {server}
    assert really in wrong[server][0]
    assert wrong[server][1]


def test_versions_that_are_too_old(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fake: the servers are as they are, what Corrillo asks for is not."""
    monkeypatch.setattr(checks, "OLDEST", (99, 0))
    monkeypatch.setattr(check, "OLDEST", 99)
    wrong = doctor("[kafka]\n", "[kafka]\n")
    assert set(wrong) == {"Kafka", "Elasticsearch"}
    assert wrong["Elasticsearch"][1] == "upgrade to 99"
    assert wrong["Kafka"][1].startswith("use Kafka")


def test_a_clock_that_is_an_hour_off(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fake clock of ours, an hour ahead of the servers'."""
    monkeypatch.setattr(servers, "now", lambda: bootstrap.now() + timedelta(hours=1))
    wrong = doctor("[kafka]\n", "[kafka]\n")
    assert set(wrong) == {"Kafka's clock", "Elasticsearch's clock"}
    for said, remedy in wrong.values():
        assert said in ("3599 s from ours", "3600 s from ours", "3601 s from ours", "3602 s from ours")
        assert "NTP" in remedy
