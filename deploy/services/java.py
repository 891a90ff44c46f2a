"""Which Java runs which server: Kafka any from 17, Elasticsearch a JDK from 21 with the vector module."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from deploy.services.errors import ServiceError

INSTALLED = Path("/usr/lib/jvm")
VECTOR = "jdk.incubator.vector"
QUICK = "-XX:TieredStopAtLevel=1"
"""Flags with which a server is up sooner, and slower from then on: for tests, not for figures."""


@dataclass(frozen=True)
class Java:
    """A Java on this machine: where it is, its major version, and whether it has the vector module."""

    home: Path
    version: int
    vector: bool

    @property
    def program(self) -> Path:
        return self.home / "bin" / "java"


def for_kafka() -> Java:
    """The first Java from 17; raises ``ServiceError`` where there is none."""
    for java in found():
        if java.version >= 17:
            return java
    raise ServiceError(
        "Kafka needs Java 17 or later and none was found. "
        "Set JAVA_HOME, or on Debian: apt-get install openjdk-17-jre-headless"
    )


def for_elasticsearch() -> Java:
    """The first JDK from 21 that has the vector module; raises ``ServiceError`` where there is none."""
    for java in found():
        if java.version >= 21 and java.vector:
            return java
    raise ServiceError(
        f"Elasticsearch needs a JDK 21 or later with the module {VECTOR} and none was found. "
        "Set ES_JAVA_HOME (Temurin 21 or 25 will do), or on Debian 13: apt-get install openjdk-21-jdk-headless"
    )


def found() -> Iterator[Java]:
    """Every Java of this machine: what the environment names first, then PATH, then what is installed."""
    for home in dict.fromkeys(home.resolve() for home in _homes()):
        java = look(home)
        if java:
            yield java


@cache
def look(home: Path) -> Java | None:
    """The Java in ``home`` as it describes itself; None if there is none that runs."""
    try:
        asked = subprocess.run([home / "bin" / "java", "--list-modules"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    base = re.search(r"^java\.base@(\d+)", asked.stdout, re.MULTILINE)
    return Java(home, int(base[1]), f"{VECTOR}@" in asked.stdout) if base else None


def _homes() -> Iterator[Path]:
    for variable in ("ES_JAVA_HOME", "JAVA_HOME"):
        named = os.environ.get(variable)
        if named:
            yield Path(named)
    on_path = shutil.which("java")
    if on_path:
        yield Path(on_path).resolve().parent.parent
    if INSTALLED.is_dir():
        yield from sorted(INSTALLED.iterdir())
