"""The clients of kafka-python, made in one place: how to get in, and how long each step may take.

No step waits for long: whoever calls decides whether to try again.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer

from corrillo.engines import Access, KafkaSettings
from corrillo.errors import ConfigError
from ingest.kafka.overheard import opened
from ingest.kafka.producer import STEP_MS, Producer
from ingest.kafka.trouble import explained

TRY_MS = 15_000
"""How long kafka-python itself tries; then comes another producer, for it forgets requests whose broker went away."""
TRANSACTION_MS = 60_000
"""After that Kafka ends a transaction that nobody goes on with."""
PROTOCOL = {"plaintext": "PLAINTEXT", "tls": "SSL", "sasl_plaintext": "SASL_PLAINTEXT", "sasl_tls": "SASL_SSL"}
BATCH = {
    "batch_size": 262_144,
    "linger_ms": 20,
    "retry_backoff_ms": 20,
    "metrics_enabled": False,
}
"""Few, large requests, not compressed: what is installed here says nothing of what the workers can read, and gzip
would cost more time than it saves. 20 ms: Kafka finishes one transaction before the next."""


@dataclass(frozen=True)
class Broker:
    """A Kafka, and how we get in. Every method raises BrokerError, ConfigError for a wrong ca_file."""

    settings: KafkaSettings
    access: Access = field(default_factory=Access)

    def producer(self, transactional_id: str) -> Producer:
        """A producer of transactions; ``begin`` is still to be called."""
        with self.explaining():
            return opened(
                Producer,
                **self._common(),
                **BATCH,
                transactional_id=transactional_id,
                transaction_timeout_ms=TRANSACTION_MS,
                delivery_timeout_ms=TRY_MS,
                request_timeout_ms=10 * STEP_MS,
                max_block_ms=STEP_MS,
                allow_auto_create_topics=False,
            )

    def reader(self) -> KafkaConsumer:
        """A reader of committed records that belongs to no group; topics are still to be assigned."""
        with self.explaining():
            return opened(
                KafkaConsumer,
                **self._common(),
                isolation_level="read_committed",
                auto_offset_reset="earliest",
                enable_auto_commit=False,
                allow_auto_create_topics=False,
                request_timeout_ms=10 * STEP_MS,
                fetch_max_wait_ms=200,
                max_partition_fetch_bytes=8_000_000,
                max_poll_records=10_000,
                metrics_enabled=False,
            )

    @contextmanager
    def admin(self) -> Iterator[KafkaAdminClient]:
        """An administrator's client; errors inside are explained."""
        with self.explaining():
            client = opened(KafkaAdminClient, **self._common(), request_timeout_ms=10 * STEP_MS)
            try:
                yield client
            finally:
                client.close()

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """What kafka-python raises inside becomes a BrokerError that says what to do."""
        try:
            yield
        except ConfigError:
            raise
        except Exception as error:  # kafka-python raises more kinds than it documents
            raise explained(error, self.settings.servers) from error

    def _common(self) -> Mapping[str, Any]:
        settings = self.settings
        common: dict[str, Any] = {
            "bootstrap_servers": list(settings.servers),
            "client_id": "corrillo",
            "security_protocol": PROTOCOL[settings.security],
            "bootstrap_timeout_ms": 3 * STEP_MS,
            "reconnect_backoff_max_ms": STEP_MS,
        }
        if settings.security.endswith("tls"):
            common["ssl_context"] = self._tls()
        if settings.security.startswith("sasl"):
            common["sasl_mechanism"] = settings.mechanism
            common["sasl_plain_username"] = self.access.user
            common["sasl_plain_password"] = self.access.password
        return common

    def _tls(self) -> ssl.SSLContext:
        """Certificates and names are always verified."""
        try:
            return ssl.create_default_context(cafile=self.access.ca_file or None)
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(
                f"kafka.ca_file: {self.access.ca_file} cannot be used: {error}", "name a file of certificates in PEM"
            ) from None
