"""As whom Elasticsearch runs: it refuses root, so root starts it as a user without rights."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from deploy.services.errors import ServiceError

NOBODY = "nobody"


def prefix() -> list[str]:
    """What stands before a command line so that it does not run as root; nothing for everybody else."""
    if os.geteuid():
        return []
    user = pwd.getpwnam(NOBODY)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def own(folder: Path, inside: Iterable[str]) -> None:
    """Give ``folder`` and all of what is ``inside`` it to who runs the server.

    Raises ``ServiceError`` if that user cannot enter it, because root keeps a folder above it to itself.
    """
    if os.geteuid():
        return
    user = pwd.getpwnam(NOBODY)
    for path in (folder, *(found for name in inside for found in (folder / name, *(folder / name).rglob("*")))):
        os.chown(path, user.pw_uid, user.pw_gid)
    if subprocess.run([*prefix(), "test", "-x", folder], check=False).returncode:
        raise ServiceError(f"The user {NOBODY} cannot enter {folder}: choose a folder that is open to all, in /tmp.")


def link_or_copy(source: str, target: str) -> None:
    """Have the file ``source`` as ``target`` too: without taking space, where the file system can."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
