"""The services of the compose file as processes: their own commands, variables, secrets, ports and health checks.

A service gets a folder that stands for its root file system, with its secrets and its configuration where the
compose file puts them. Only addresses, ports and paths are other ones: servers are where the tests have them.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from deploy.services.process import free_port
from tests.deployed import EXAMPLE, ROOT, dockerfile, init, mounted, ours
from tests.processes import PATIENCE, until

PORTS = (8400, 8401, 8402, 8403, 8404)
"""Of page, ingest, work, purge and notify: each gets a free one instead."""
SETUP = ("setup-kafka", "setup-elasticsearch", "setup-accounts", "setup-dashboards")
RUNNING = ("ingest", "work", "purge", "notify", "page")


@dataclass
class Containers:
    """All of our services; ``elsewhere``: addresses in the configuration and where that really is."""

    folder: Path
    elsewhere: Mapping[str, str]
    source: str
    """A [[source]] for the configuration: the example names none."""
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @cached_property
    def ports(self) -> Mapping[int, int]:
        return {port: free_port() for port in PORTS}

    def secret(self, name: str) -> str:
        """What init.sh made."""
        return (self._secrets / name).read_text("ascii")

    def once(self, name: str, *args: str, code: int = 0) -> str:
        """Run a service, or another command in its place, to its end; what it said."""
        ran = subprocess.run(
            self._line(name, args), cwd=self._home(name), env=self._environment(name), capture_output=True,
            timeout=PATIENCE, check=False,
        )  # fmt: skip
        said = ran.stdout.decode() + ran.stderr.decode()
        assert ran.returncode == code, f"{name} {args}: exit code {ran.returncode}\n{said}"
        return said

    def start(self, name: str) -> None:
        """Start a service that goes on."""
        with open(self.log(name), "ab") as log:
            self.running[name] = subprocess.Popen(
                self._line(name), cwd=self._home(name), env=self._environment(name), stdout=log, stderr=log
            )

    def healthy(self, name: str) -> None:
        """Come back when its own health check says so."""

        def well() -> bool:
            assert self.running[name].poll() is None, f"{name} has ended:\n{self.log(name).read_text('utf-8')}"
            return self.check(name).returncode == 0

        until(well, lambda: f"{name}: {self.check(name).stderr}\n{self.log(name).read_text('utf-8')[-3000:]}")

    def check(self, name: str) -> subprocess.CompletedProcess[str]:
        """The health check of a service, in it."""
        how, *line = self._rewritten(name, ours()[name]["healthcheck"]["test"])
        assert (how, line[0]) == ("CMD", "python")
        environment = self._environment(name)
        return subprocess.run(
            [sys.executable, *line[1:]], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
        )

    def end(self, name: str) -> int:
        """Tell a service to stop as Docker does, and give its exit code."""
        process = self.running.pop(name)
        process.send_signal(signal.SIGTERM)
        return process.wait(PATIENCE)

    def url(self, port: int) -> str:
        """Where that port of the compose file really is."""
        return f"http://127.0.0.1:{self.ports[port]}"

    def seen(self) -> str:
        """The first page, as somebody sees it who shows the token that it said when it started; '' while it is away."""
        told = re.findall(r"/login\?token=(\S+)", self.log("page").read_text("utf-8"))
        asked = urllib.request.Request(self.url(8400), headers={"Authorization": f"Bearer {told[-1]}"})
        try:
            with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
                return str(answer.read().decode("utf-8"))
        except OSError:
            return ""

    def moved(self, address: str) -> str:
        """An address of the compose file, with the port that it really has."""
        for port, really in self.ports.items():
            address = address.replace(f":{port}", f":{really}")
        return address

    def log(self, name: str) -> Path:
        """What a service has said."""
        return self.folder / f"{name}.log"

    # ── what a container would have ───────────────────────────────────────────────────────
    def furnish(self, elastic: str) -> None:
        """Secrets, configurations and folders of all services are there; the server has its first password already."""
        init(self.folder)
        _put(self._secrets / "elastic", elastic, 0o400)
        for name, service in ours().items():
            for target, secret in mounted(service).items():
                _put(Path(f"{self._root(name)}{target}"), self.secret(secret), 0o400)
            for config in service["configs"]:
                _put(Path(f"{self._root(name)}{config['target']}"), self.configuration(name), 0o444)
            for folder in [self._home(name), *(Path(f"{self._root(name)}{t.split(':')[0]}") for t in service["tmpfs"])]:
                folder.mkdir(parents=True, exist_ok=True)

    @property
    def _secrets(self) -> Path:
        return self.folder / "deploy" / "compose" / "secrets"

    def _root(self, name: str) -> Path:
        return self.folder / "roots" / name

    def _home(self, name: str) -> Path:
        [folder] = dockerfile("WORKDIR")[-1:]
        return Path(f"{self._root(name)}{folder}")

    def configuration(self, name: str) -> str:
        """The configuration of a service, as it stands in its root."""
        text = EXAMPLE.read_text("utf-8") + self.source
        for said, really in self.elsewhere.items():
            assert said in text
            text = text.replace(said, really)
        page, ingest, work, purge, notify = (self.ports[port] for port in PORTS)
        text = text.replace("[page]\n", f"[page]\nport = {page}\n")
        ports = {"ingest": ingest, "work": work, "purge": purge, "notify": notify}
        text = text.replace("[ops]\n", "[ops]\n" + "".join(f"{name}_port = {port}\n" for name, port in ports.items()))
        return text.replace("/run/", f"{self._root(name)}/run/")

    def _line(self, name: str, args: tuple[str, ...] = ()) -> list[str]:
        [entry] = dockerfile("ENTRYPOINT")
        assert entry == '["corrillo"]'
        return [sys.executable, "-m", "corrillo", *self._rewritten(name, args or ours()[name]["command"])]

    def _rewritten(self, name: str, line: Any) -> list[str]:
        """Paths are in the service's root, ports of ours are others."""
        return [f"{self._root(name)}{part}" if part.startswith("/") else self.moved(part) for part in line]

    def _environment(self, name: str) -> dict[str, str]:
        """Of the image and of the service; PATH is ours."""
        image = dict(pair.split("=", 1) for line in dockerfile("ENV") for pair in shlex.split(line))
        paths = {k: f"{self._root(name)}{v}" for k, v in image.items() if v.startswith("/")}
        given = {k: str(v) for k, v in ours()[name].get("environment", {}).items()}
        return {**image, **paths, **given, "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}


def _put(file: Path, text: str, mode: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    file.write_text(text, "utf-8")
    file.chmod(mode)
