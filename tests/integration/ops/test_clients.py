"""What the programs that will read our files say of them: the compose client, and systemd's own check."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deployed import ROOT, init, ours, services


def client() -> list[str]:
    """The compose client of this machine, a program of its own or part of docker."""
    return ["docker-compose"] if shutil.which("docker-compose") else ["docker", "compose"]


def config(folder: Path) -> subprocess.CompletedProcess[str]:
    """What the client makes of the compose file in a folder."""
    for file in ("docker-compose.yml", "Dockerfile"):
        shutil.copy(ROOT / file, folder)
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    line = [*client(), "config", "--format", "json"]
    return subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.compose_client
def test_the_compose_client_takes_the_file_once_there_are_secrets(tmp_path: Path) -> None:
    init(tmp_path)
    ran = config(tmp_path)
    assert ran.returncode == 0, ran.stderr
    resolved = json.loads(ran.stdout)
    assert set(resolved["services"]) == set(services())
    assert {name: resolved["services"][name]["command"] for name in ours()} == {
        name: service["command"] for name, service in ours().items()
    }
    assert {Path(secret["file"]).is_file() for secret in resolved["secrets"].values()} == {True}


@pytest.mark.compose_client
def test_without_secrets_the_compose_client_refuses_and_says_what_to_run(tmp_path: Path) -> None:
    ran = config(tmp_path)
    assert ran.returncode != 0
    assert "init.sh" in ran.stderr


@pytest.mark.systemd_analyze
def test_systemd_finds_no_mistake_in_the_units(tmp_path: Path) -> None:
    """The program that they start stands elsewhere here."""
    for unit in (ROOT / "deploy" / "systemd").iterdir():
        text = unit.read_text("utf-8").replace("/opt/corrillo/bin/corrillo", "/bin/true")
        (tmp_path / unit.name.replace("@.", "@paper.")).write_text(text, "utf-8")
    line = ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))]
    ran = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout + ran.stderr) == (0, "")
