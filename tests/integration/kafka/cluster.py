"""Two brokers of one test module, with doors for users as well; both may be killed."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from corrillo.engines import KafkaSettings
from deploy.services import Kafka
from deploy.services.java import QUICK
from deploy.services.process import free_port
from ingest.kafka.connection import Broker
from ingest.kafka.patience import Patience
from ingest.kafka.transaction import Line

LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"
HERE = "127.0.0.1"
USERS = {"ana": "the password of ana", "luis": "the password of luis"}
"""Their passwords; only who comes without a name, by the other door, may do anything."""


class Cluster:
    """Both brokers; the first is the controller too, and keeps what Kafka remembers of transactions."""

    def __init__(self, folder: Path) -> None:
        self._controller = free_port()
        port, self.users_port = free_port(), free_port()
        controls = f",CONTROLLER://{HERE}:{self._controller}"
        self.first = Kafka(folder / "1", port, self._doors(port, self.users_port, controls), jvm=QUICK)
        port = free_port()
        second = {**self._doors(port, free_port()), "process.roles": "broker", "node.id": 2}
        self.second = Kafka(folder / "2", port, second, jvm=QUICK)
        self.second.folder.joinpath("data").mkdir(parents=True)

    def start(self) -> None:
        self.first.start()
        broker = Broker(KafkaSettings(servers=(self.first.bootstrap,)))
        Line(broker, "first", Patience().trouble(""), lambda: datetime.now(UTC)).close()
        (self.second.folder / "data" / "meta.properties").write_text(self._belongs_together(), "utf-8")
        self.second.start()

    def stop(self) -> None:
        self.second.kill()
        self.first.kill()

    def _doors(self, port: int, users_port: int, more: str = "") -> dict[str, object]:
        """One for whoever comes, who may do everything, and one for users, who may do nothing."""
        users = " ".join(f'user_{name}="{password}"' for name, password in USERS.items())
        doors = f"PLAINTEXT://{HERE}:{port},USERS://{HERE}:{users_port}"
        return {
            "listeners": f"{doors}{more}",
            "advertised.listeners": doors,
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,USERS:SASL_PLAINTEXT",
            "controller.quorum.voters": f"1@{HERE}:{self._controller}",
            "sasl.enabled.mechanisms": "PLAIN",
            "listener.name.users.plain.sasl.jaas.config": f"{LOGIN} {users};",
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS",
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
