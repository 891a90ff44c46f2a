"""A real Bluesky server (PDS) with its directory and its firehose, from npm into ``var/peers``: ``python -m tests.peers.fetch``.

It needs npm and a C++ compiler, 700 MB and some minutes, once. The server wants Node 22, which
comes from npm as well; its SQLite is built for that one. Transitive versions are those of ``DAY``.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path("var/peers")
SERVER, NODE, DAY = "@atproto/dev-env@0.6.7", "22.23.3", "2026-11-20"
MACHINES = {"x86_64": "x64", "aarch64": "arm64", "arm64": "arm64"}


def node() -> Path:
    """The folder of Node: its program is ``bin/node`` there."""
    return FOLDER.resolve() / "node_modules" / _package()


def fetch() -> None:
    """Bring everything; what is there stays. Raises SystemExit with what is missing on this machine."""
    if not shutil.which("npm"):
        raise SystemExit("npm is not installed. On Debian: apt-get install npm")
    FOLDER.mkdir(parents=True, exist_ok=True)
    _npm("install", "--ignore-scripts", "--no-save", f"--before={DAY}", SERVER, f"{_package()}@{NODE}")
    _npm("rebuild", "better-sqlite3")
    (FOLDER / ".fetched").touch()


def _package() -> str:
    return f"node-{sys.platform}-{MACHINES.get(platform.machine(), platform.machine())}"


def _npm(*args: str) -> None:
    built_for = {"PATH": f"{node() / 'bin'}{os.pathsep}{os.environ['PATH']}", "npm_config_nodedir": str(node())}
    quiet = ("--prefix", str(FOLDER.resolve()), "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error")
    if subprocess.run(["npm", *args, *quiet], env=os.environ | built_for, check=False).returncode:
        raise SystemExit(f"npm {args[0]} has failed; what it says stands above")


if __name__ == "__main__":
    fetch()
