"""Bring both servers from Maven Central into ``var/services``: once, and again when ``pom.xml`` changes."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from deploy.services import java
from deploy.services.errors import ServiceError

POM = Path(__file__).with_name("pom.xml")
HOME = Path(__file__).parents[2] / "var" / "services"


def fetch(home: Path = HOME, say: Callable[[str], None] = print) -> None:
    """Both servers stand in ``home`` afterwards, and a Java for each is known to be there.

    Raises ``ServiceError`` without Maven or a Java, and when Maven fails. What was fetched halfway is fetched again.
    """
    kafka, elasticsearch = java.for_kafka(), java.for_elasticsearch()
    if is_fetched(home):
        say(f"Kafka and Elasticsearch are in {home}.")
    else:
        say(f"Fetching Kafka and Elasticsearch into {home} (once, about 190 MB) …")
        _bring(home)
        _stamp(home).write_text(_wanted(), "ascii")
    _stamp(home).touch()
    say(f"Kafka runs on Java {kafka.version}, Elasticsearch on Java {elasticsearch.version} ({elasticsearch.home}).")


def is_fetched(home: Path = HOME) -> bool:
    """Whether ``home`` has the versions that ``pom.xml`` names."""
    try:
        return _stamp(home).read_text("ascii") == _wanted()
    except OSError:
        return False


def jars(home: Path = HOME) -> Path:
    """The folder of Kafka's jars; raises ``ServiceError`` if they are not fetched."""
    return _required(home) / "kafka"


def distribution(home: Path = HOME) -> Path:
    """The folder of Elasticsearch as it was unpacked; raises ``ServiceError`` if it is not fetched."""
    return next(_required(home).glob("elasticsearch-*"))


def _required(home: Path) -> Path:
    if not is_fetched(home):
        raise ServiceError(f"Kafka and Elasticsearch are not in {home}. Run: python -m deploy.services fetch")
    return home


def _bring(home: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise ServiceError("Maven (mvn) is needed and not on PATH. On Debian: apt-get install maven")
    _stamp(home).unlink(missing_ok=True)
    for stale in (home / "kafka", home / "dependency-maven-plugin-markers", *home.glob("elasticsearch-*")):
        shutil.rmtree(stale, ignore_errors=True)
    home.mkdir(parents=True, exist_ok=True)
    line = [maven, "-B", "-q", "-f", str(POM), "package", f"-Dinto={home.resolve()}"]
    ran = subprocess.run(line, capture_output=True, text=True)
    if ran.returncode:
        raise ServiceError(f"Maven failed with exit code {ran.returncode}:\n{ran.stdout[-3000:]}{ran.stderr[-3000:]}")


def _stamp(home: Path) -> Path:
    return home / ".fetched"


def _wanted() -> str:
    return hashlib.sha256(POM.read_bytes()).hexdigest()
