"""Elasticsearch: one node on loopback, with security and without TLS; users and roles come from files."""

from __future__ import annotations

import json
import secrets
import signal
import urllib.request
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.services import realm
from deploy.services.maven import HOME
from deploy.services.node import Node
from deploy.services.process import Process, free_port, require_free

JVM = "-Xms1g -Xmx1g -Des.queryable_built_in_roles_enabled=false"
"""A small heap; and the built-in roles are not written to an index that this core cannot make."""


class Elasticsearch:
    """A node whose data stand in ``folder``; ``roles`` are bodies in YAML by name, ``users`` those of the file realm.

    It keeps its port (0: a free one), its data and the password of ``elastic`` over ``stop``, ``kill`` and
    ``restart``; roles and users are written at each start. ``extra`` are settings that win over those given here,
    ``jvm`` more flags of its Java.
    """

    user = "elastic"

    def __init__(
        self,
        folder: Path,
        port: int = 0,
        roles: Mapping[str, str] | None = None,
        users: Mapping[str, realm.User] | None = None,
        extra: Mapping[str, object] | None = None,
        *,
        jvm: str = "",
        home: Path = HOME,
    ) -> None:
        self.folder, self.port = folder.resolve(), port or free_port()
        self.roles, self.users, self._extra = dict(roles or {}), dict(users or {}), dict(extra or {})
        self._node = Node(self.folder, home, f"{JVM} {jvm}")
        self._process = Process("Elasticsearch", self.folder / "elasticsearch.log")

    @property
    def url(self) -> str:
        """The address that clients are given."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def password_file(self) -> Path:
        """Where the password of ``elastic`` stands, readable by its owner only."""
        return self.folder / "password"

    @property
    def password(self) -> str:
        """The password of ``elastic``: made at the first start in this folder, at random."""
        return self.password_file.read_text("ascii")

    def start(self) -> Self:
        """Start the node and come back when it answers to ``elastic``; raises ``ServiceError`` if it does not."""
        require_free(self.port)
        self._node.furnish(self._configuration())
        if not self.password_file.exists():
            self._make_password()
        self._process.start(self._node.line("elasticsearch"), self._node.environment(), self._answers)
        return self

    def stop(self) -> None:
        """End it in order (SIGTERM)."""
        self._process.end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        self._process.end(signal.SIGKILL)

    def restart(self) -> Self:
        """Start it again on the same port and data, after ``stop`` if it still runs."""
        self.stop()
        return self.start()

    def suspend(self) -> None:
        """Let it hang: connections stay open and nothing is answered."""
        self._process.send(signal.SIGSTOP)

    def resume(self) -> None:
        """Go on after ``suspend``."""
        self._process.send(signal.SIGCONT)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _make_password(self) -> None:
        made = secrets.token_urlsafe(24)
        self._node.keep_secret("bootstrap.password", made)
        self.password_file.touch(mode=0o600)
        self.password_file.write_text(made, "ascii")

    def _configuration(self) -> dict[str, str]:
        return {
            "elasticsearch.yml": json.dumps(self._settings()),
            "roles.yml": realm.roles(self.roles),
            "users": realm.users(self.users),
            "users_roles": realm.users_roles(self.users),
        }

    def _settings(self) -> dict[str, object]:
        return {
            "cluster.name": "corrillo",
            "node.name": "corrillo",
            "discovery.type": "single-node",
            "network.host": "127.0.0.1",
            "http.port": self.port,
            "transport.port": free_port(),
            "path.data": str(self.folder / "data"),
            "path.logs": str(self.folder / "logs"),
            "xpack.security.enabled": True,
            "xpack.security.enrollment.enabled": False,
            "xpack.security.http.ssl.enabled": False,
            "xpack.security.transport.ssl.enabled": False,
            "action.auto_create_index": False,
            "cluster.routing.allocation.disk.threshold_enabled": False,
            "cluster.info.update.interval": "1h",  # its first look, soon after the start, lifts the block of a full disk
            **self._extra,
        }

    def _answers(self) -> bool:
        asked = urllib.request.Request(f"{self.url}/_cluster/health?wait_for_status=yellow&timeout=1s")
        asked.add_header("Authorization", f"Basic {b64encode(f'{self.user}:{self.password}'.encode()).decode()}")
        try:
            with urllib.request.urlopen(asked, timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False
