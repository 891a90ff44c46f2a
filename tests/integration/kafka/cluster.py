"""Two brokers of one test module: the first with doors for users as well, the second to be killed."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from corrillo.engines import KafkaSettings
from deploy.services import Kafka
from deploy.services.process import free_port
from ingest.kafka.connection import Broker
from ingest.kafka.patience import Patience
from ingest.kafka.transaction import Line

LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"
USERS = {"ana": "the password of ana", "luis": "the password of luis"}
"""Neither may do anything: only who comes without a name, by the other door, may."""


class Cluster:
    """Both brokers; ``first`` keeps what Kafka remembers of transactions."""

    def __init__(self, folder: Path) -> None:
        self._controller, self.users_port = free_port(), free_port()
        port = free_port()
        self.first = Kafka(folder / "1", port, self._with_users(port))
        port_of_second = free_port()
        self.second = Kafka(folder / "2", port_of_second, self._second(port_of_second))
        self.second.folder.joinpath("data").mkdir(parents=True)

    def start(self) -> None:
        self.first.start()
        servers = (self.first.bootstrap,)
        broker = Broker(KafkaSettings(servers=servers))
        Line(broker, "first", Patience().trouble(""), lambda: datetime.now(UTC)).close()
        (self.second.folder / "data" / "meta.properties").write_text(self._belongs_together(), "utf-8")
        self.second.start()

    def stop(self) -> None:
        self.second.kill()
        self.first.kill()

    def _with_users(self, port: int) -> dict[str, object]:
        users = " ".join(f'user_{name}="{password}"' for name, password in USERS.items())
        here = "127.0.0.1"
        return {
            "listeners": f"PLAINTEXT://{here}:{port},USERS://{here}:{self.users_port},CONTROLLER://{here}:{self._controller}",
            "advertised.listeners": f"PLAINTEXT://{here}:{port},USERS://{here}:{self.users_port}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,USERS:SASL_PLAINTEXT",
            "controller.quorum.voters": f"1@{here}:{self._controller}",
            "sasl.enabled.mechanisms": "PLAIN",
            "listener.name.users.plain.sasl.jaas.config": f"{LOGIN} {users};",
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS",
        }

    def _second(self, port: int) -> dict[str, object]:
        return {
            "process.roles": "broker",
            "node.id": 2,
            "listeners": f"PLAINTEXT://127.0.0.1:{port}",
            "controller.quorum.voters": f"1@127.0.0.1:{self._controller}",
        }

    def _belongs_together(self) -> str:
        """What formatting would write, with the first one's cluster."""
        first = (self.first.folder / "data" / "meta.properties").read_text("utf-8")
        cluster = next(line for line in first.splitlines() if line.startswith("cluster.id"))
        own = urlsafe_b64encode(uuid4().bytes).decode().rstrip("=")
        return f"version=1\nnode.id=2\n{cluster}\ndirectory.id={own}\n"


@contextmanager
def two_brokers():
    with TemporaryDirectory(prefix="corrillo-", ignore_cleanup_errors=True) as folder:
        cluster = Cluster(Path(folder).resolve())
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()
