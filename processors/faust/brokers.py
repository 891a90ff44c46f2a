"""Where Kafka is for the workers, and how they get in."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import Any

from corrillo.engines import Access, KafkaSettings


@dataclass(frozen=True)
class Brokers:
    """Where Kafka is and how to get in; ``tls`` is None where the way is not encrypted."""

    settings: KafkaSettings
    access: Access

    @property
    def tls(self) -> ssl.SSLContext | None:
        """Certificates are verified."""
        if not self.settings.security.endswith("tls"):
            return None
        return ssl.create_default_context(cafile=self.access.ca_file or None)

    def client(self) -> dict[str, Any]:
        """The options of an aiokafka client."""
        options: dict[str, Any] = {"bootstrap_servers": list(self.settings.servers), "ssl_context": self.tls}
        protocol = ("SASL_" if self.access.user else "") + ("SSL" if self.tls else "PLAINTEXT")
        options["security_protocol"] = protocol
        if self.access.user:
            options |= {
                "sasl_mechanism": self.settings.mechanism,
                "sasl_plain_username": self.access.user,
                "sasl_plain_password": self.access.password,
            }
        return options
