"""What the repository says about deployment, read for tests: the compose file, the image, commands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import typer
from ruamel.yaml import YAML

from corrillo.cli import app

ROOT = Path(__file__).parent.parent
COMPOSE = ROOT / "docker-compose.yml"
EXAMPLE = ROOT / "deploy" / "compose" / "corrillo.example.toml"
INIT = ROOT / "deploy" / "compose" / "init.sh"


@cache
def compose() -> Mapping[str, Any]:
    """The compose file with its anchors resolved; ``$$`` and ``${…}`` as they stand."""
    return YAML(typ="safe", pure=True).load(COMPOSE)


def services() -> Mapping[str, Mapping[str, Any]]:
    """Its services by name."""
    return compose()["services"]


def ours() -> Mapping[str, Mapping[str, Any]]:
    """Those that run our image."""
    return {name: service for name, service in services().items() if service["image"].startswith("corrillo")}


def mounted(service: Mapping[str, Any]) -> Mapping[str, str]:
    """Where each secret of a service stands inside it: path → name of the secret."""
    found = {}
    for secret in service.get("secrets", ()):
        named = {"source": secret, "target": secret} if isinstance(secret, str) else secret
        found[str(Path("/run/secrets") / named["target"])] = named["source"]
    return found


def shell(text: str) -> str:
    """A command as the container gets it: the compose file writes ``$$`` for ``$``."""
    return text.replace("$$", "$")


def parse(args: Sequence[str]) -> str:
    """The full name of the command that these arguments mean. Raises what the real application raises if they are wrong."""
    command: Any = typer.main.get_command(app)
    context, named, rest = None, ["corrillo"], list(args)
    while True:
        context = command.make_context(named[-1], rest, parent=context)
        if not hasattr(command, "resolve_command"):
            return " ".join(named[1:])
        rest = [*context._protected_args, *context.args]
        if not rest and command.invoke_without_command:
            return " ".join(named[1:])
        _, command, rest = command.resolve_command(context, rest)
        named.append(command.name)


def dockerfile(instruction: str) -> list[str]:
    """What stands after each ``instruction`` of the Dockerfile, continued lines joined."""
    text = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text("utf-8"))
    return [line.removeprefix(instruction).strip() for line in text.splitlines() if line.startswith(f"{instruction} ")]


def init(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run ``init.sh`` in a copy of its place; a fake ``id`` says that we are the containers' user already."""
    place, fake = folder / "deploy" / "compose", folder / "fake" / "id"
    place.mkdir(parents=True, exist_ok=True)
    fake.parent.mkdir(exist_ok=True)
    fake.write_text("#!/bin/sh\necho 1000\n", "ascii")
    fake.chmod(0o755)
    for file in (INIT, EXAMPLE):
        shutil.copy(file, place)
    path = {"PATH": f"{fake.parent}:{os.environ['PATH']}"}
    return subprocess.run(["sh", place / INIT.name], env=path, capture_output=True, text=True, check=True)
