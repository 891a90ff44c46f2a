"""Kafka: one KRaft node on loopback, without security, with everything replicated once."""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

from deploy.services import java
from deploy.services.errors import ServiceError
from deploy.services.maven import HOME, jars
from deploy.services.process import Process, free_port, require_free

METADATA_OF_NO_TOPIC = struct.pack(">ihhihi", 14, 3, 1, 1, -1, 0)
"""A metadata request, version 1: its length, the key, the version, a number, no client's name, no topics."""


class Kafka:
    """A broker whose data stand in ``folder``; ``extra`` are properties that win over those given here, ``jvm`` flags of its Java.

    It keeps its port (0: a free one) and its data over ``stop``, ``kill`` and ``restart``.
    """

    def __init__(
        self,
        folder: Path,
        port: int = 0,
        extra: Mapping[str, object] | None = None,
        *,
        jvm: str = "",
        home: Path = HOME,
    ) -> None:
        self.folder, self.port, self.home = folder.resolve(), port or free_port(), home
        self._controller, self._extra, self._jvm = free_port(), dict(extra or {}), jvm.split()
        self._process = Process("Kafka", self.folder / "kafka.log")

    @property
    def bootstrap(self) -> str:
        """The address that clients are given."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Start the broker and come back when it answers with itself; raises ``ServiceError`` if it does not."""
        require_free(self.port)
        self.folder.mkdir(parents=True, exist_ok=True)
        properties = self._properties()
        self._settings.write_text("".join(f"{key}={value}\n" for key, value in properties.items()), "utf-8")
        if not Path(str(properties["log.dirs"]), "meta.properties").exists():
            self._format()
        self._process.start(self._line("kafka.Kafka", self._settings), os.environ, self._answers)
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

    @property
    def _settings(self) -> Path:
        return self.folder / "server.properties"

    def _properties(self) -> dict[str, object]:
        return {
            "process.roles": "broker,controller",
            "node.id": 1,
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://127.0.0.1:{self._controller}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap}",
            "controller.listener.names": "CONTROLLER",
            "controller.quorum.voters": f"1@127.0.0.1:{self._controller}",
            "log.dirs": self.folder / "data",
            "auto.create.topics.enable": "false",
            "group.initial.rebalance.delay.ms": 0,
            "broker.heartbeat.interval.ms": 500,
            "broker.session.timeout.ms": 3000,
            "offsets.topic.num.partitions": 4,
            "offsets.topic.replication.factor": 1,
            "transaction.state.log.num.partitions": 4,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "share.coordinator.state.topic.num.partitions": 1,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
            **self._extra,
        }

    def _format(self) -> None:
        cluster = urlsafe_b64encode(uuid4().bytes).decode("ascii").rstrip("=")
        line = self._line("kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "-c", self._settings)
        ran = subprocess.run(line, capture_output=True, text=True, check=False)
        if ran.returncode:
            raise ServiceError(f"Kafka cannot format its storage:\n{ran.stdout}{ran.stderr}")

    def _line(self, program: str, *args: str | Path) -> list[str | Path]:
        runtime = java.for_kafka().program
        return [runtime, "-Xmx512m", *self._jvm, "-cp", f"{jars(self.home)}/*", program, *args]

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as asked:
                asked.sendall(METADATA_OF_NO_TOPIC)
                answer = asked.recv(12, socket.MSG_WAITALL)
        except OSError:
            return False
        return len(answer) == 12 and struct.unpack(">iii", answer)[2] > 0
