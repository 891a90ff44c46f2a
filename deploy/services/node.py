"""What stands in a folder before Elasticsearch can start there, and how its programs are called."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.services import account, java
from deploy.services.errors import ServiceError
from deploy.services.maven import distribution

WRITTEN = ("config", "data", "logs", "tmp")


@dataclass(frozen=True)
class Node:
    """A folder with the distribution of ``home`` linked into it, so that who runs it reaches it; ``jvm`` are flags."""

    folder: Path
    home: Path
    jvm: str

    def furnish(self, configuration: Mapping[str, str]) -> None:
        """The distribution, the files of the configuration and the folders that the node writes are there.

        Raises ``ServiceError`` if nothing is fetched or if who runs the node cannot enter the folder.
        """
        for name in WRITTEN:
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        if not self._program.exists():
            self._link()
        for name, text in configuration.items():
            (self.folder / "config" / name).write_text(text, "utf-8")
        account.own(self.folder, WRITTEN)

    def keep_secret(self, name: str, value: str) -> None:
        """Put a secret setting into the node's keystore; raises ``ServiceError`` if that fails."""
        line = self.line("elasticsearch-keystore", "add", "-x", "-f", name)
        ran = subprocess.run(line, env=self.environment(), input=value, capture_output=True, text=True)
        if ran.returncode:
            raise ServiceError(f"Elasticsearch cannot make its keystore:\n{ran.stdout}{ran.stderr}")

    def line(self, program: str, *args: str) -> list[str]:
        """How a program of the distribution is called by whoever we are."""
        return [*account.prefix(), str(self._program / "bin" / program), *args]

    def environment(self) -> dict[str, str]:
        """As the caller's, and where everything is; variables of another Elasticsearch would only mislead it."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("ES_")}
        return {
            **kept,
            "HOME": str(self.folder),
            "ES_JAVA_HOME": str(java.for_elasticsearch().home),
            "ES_JAVA_OPTS": self.jvm,
            "ES_PATH_CONF": str(self.folder / "config"),
            "ES_TMPDIR": str(self.folder / "tmp"),
        }

    @property
    def _program(self) -> Path:
        return self.folder / distribution(self.home).name

    def _link(self) -> None:
        """All or nothing: what was broken off is done again."""
        shipped, half = distribution(self.home), self.folder / "half"
        shutil.copytree(shipped / "config", self.folder / "config", dirs_exist_ok=True)
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(shipped, half, copy_function=account.link_or_copy).rename(self._program)
