"""Fetching: once, again when the versions change, and a clear word when it cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.services import ServiceError, fetch, java
from deploy.services.maven import distribution, is_fetched, jars

MAVEN = """#!/bin/sh
echo called >> "$0.calls"
for argument; do case "$argument" in -Dinto=*) into="${argument#-Dinto=}";; esac; done
mkdir -p "$into/kafka" "$into/elasticsearch-9.5.0"
"""


@pytest.fixture
def maven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with both Javas and a Maven that is a fake: it makes empty folders and counts its calls."""
    some = java.Java(tmp_path, 25, True)
    monkeypatch.setattr(java, "for_kafka", lambda: some)
    monkeypatch.setattr(java, "for_elasticsearch", lambda: some)
    program = tmp_path / "bin" / "mvn"
    program.parent.mkdir()
    program.write_text(MAVEN, "ascii")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    return program


def calls(maven: Path) -> int:
    return len(maven.with_name("mvn.calls").read_text("ascii").splitlines())


def test_it_is_fetched_once(maven: Path, tmp_path: Path) -> None:
    home, said = tmp_path / "services", list[str]()
    fetch(home, said.append)
    fetch(home, said.append)
    assert calls(maven) == 1
    assert said[0].startswith("Fetching Kafka and Elasticsearch into")
    assert jars(home) == home / "kafka"
    assert distribution(home) == home / "elasticsearch-9.5.0"


def test_other_versions_are_fetched_and_the_old_ones_go(
    maven: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, other = tmp_path / "services", tmp_path / "pom.xml"
    fetch(home, lambda line: None)
    (home / "kafka" / "old.jar").touch()
    other.write_text("<project/>", "ascii")
    monkeypatch.setattr("deploy.services.maven.POM", other)
    assert not is_fetched(home)
    fetch(home, lambda line: None)
    assert calls(maven) == 2
    assert not (home / "kafka" / "old.jar").exists()


def test_what_failed_halfway_does_not_count(maven: Path, tmp_path: Path) -> None:
    maven.write_text(MAVEN + "echo no network\nexit 1\n", "ascii")
    with pytest.raises(ServiceError, match="Maven failed with exit code 1:\nno network"):
        fetch(tmp_path / "services", lambda line: None)
    assert not is_fetched(tmp_path / "services")


def test_without_maven_it_says_what_to_install(maven: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServiceError, match="apt-get install maven"):
        fetch(tmp_path / "services", lambda line: None)


def test_a_server_that_is_not_fetched_says_how_to(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match=r"python -m deploy\.services fetch"):
        jars(tmp_path)
