"""Incidents as detection tells them on Kafka, so that people hear of a crisis though the store is away."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from corrillo.alerts import Incident
from corrillo.errors import MessageError
from corrillo.messages import Reading
from corrillo.topics import topics
from ingest.kafka.connection import Broker
from ingest.kafka.patience import OnTrouble, Patience
from ingest.kafka.reading import Topics


class Alerts:
    """Reads the topic ``alerts`` from its beginning, and on from there. Not for several threads.

    While Kafka is away ``changed`` waits, tells ``on_trouble`` and loses nothing; ``stop`` ends that (Stopped). Raises
    BrokerRefused for what only a person can mend.
    """

    def __init__(self, broker: Broker, since: datetime, on_trouble: OnTrouble = lambda source, said: None) -> None:
        self._patience = Patience(on_trouble)
        self._reader = Topics(broker, [topics(broker.settings).alerts.name], self._patience)
        self._read: Reading[Incident] = Reading(Incident, "incident")
        self._since: datetime | None = since
        self._found: dict[str, Incident] = {}

    def changed(self) -> Sequence[Incident]:
        """The newest state of each incident since last asked; at first: those that are open, or have changed ``since``."""
        self._patience.until(self._hear)
        found, since = self._found.values(), self._since
        self._found, self._since = {}, None
        return [i for i in found if since is None or i.updated >= since or (i.resolved is None and not i.into)]

    def stop(self) -> None:
        """End all waiting, from any thread."""
        self._patience.stop()

    def close(self) -> None:
        """Let go of Kafka."""
        self._reader.close()

    def _hear(self) -> None:
        """What has come; at first all of it, afterwards what is there without waiting for transactions of others."""
        for record in self._reader.new(wait=self._since is not None):
            with suppress(MessageError):  # what nobody can read is in quarantine
                if record.value is not None:
                    self._found[record.key.decode()] = self._read(record.value, record.headers)
