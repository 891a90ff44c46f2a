"""The Faust application: which brokers, which group, and how patient."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, cast

import faust
from faust.auth import SASLCredentials
from faust.tables.manager import TableManager
from mode import Service
from mode.types import ServiceT

from processors.faust.brokers import Brokers
from processors.faust.step import Step
from processors.faust.transport import Transport

SESSION, HEARTBEAT, COMMIT = 10.0, 2.0, 0.5
"""Seconds: after which a silent worker loses its partitions, between two signs of life, between two commits."""
BUFFER, POLL = 65_536, 5_000
"""Messages that may wait in the process, and that are fetched at once."""


class Tables(TableManager):
    """Faust waits a second for tables that are declared late; ours are all there."""

    async def on_start(self) -> None:
        """Bring back what they remembered."""
        await self._update_channels()
        await self.recovery.start()


class Application(faust.App):
    """A Faust application on our transport; ``steps`` are the names of those that read a topic."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.steps: defaultdict[str, list[str]] = defaultdict(list)
        super().__init__(*args, **options)

    def add_step(self, topics: Sequence[str], step: Step[Any]) -> None:
        """Let a step read topics, as an agent."""

        async def agent(stream: Any) -> None:
            await step(stream)

        raw = self.topic(*topics, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
        self.agent(raw, name=step.name)(agent)
        for topic in topics:
            self.steps[topic].append(step.name)

    def _new_transport(self) -> Transport:
        return Transport(self.conf.broker_consumer, self)

    def broken(self) -> str:
        """Why a part of it has ended by itself; '' as long as all live."""
        return _broken(self) or _broken(self._fetcher)


def _broken(service: ServiceT) -> str:
    if service.crashed:
        return f"{type(service).__name__}: {service.crash_reason!r}"
    return next((why for child in cast(Service, service)._children if (why := _broken(child))), "")


def application(brokers: Brokers, member: str) -> Application:
    """The application of one worker; ``member`` names it in the group, and must be its own.

    A worker that comes back under its name within the session takes up its partitions at once.
    It declares no topics: ``corrillo setup kafka`` has made them. No worker follows what another
    one remembers: Faust would bring it back from the beginning all the same, and would not say
    that a partition which is only followed has been lost.
    """
    settings = brokers.settings
    return Application(
        settings.prefix,
        broker=[f"kafka://{server}" for server in settings.servers],
        broker_credentials=_credentials(brokers),
        broker_client_id=f"corrillo-{member}",
        consumer_group_instance_id=member,
        consumer_auto_offset_reset="earliest",
        broker_session_timeout=SESSION,
        broker_heartbeat_interval=HEARTBEAT,
        broker_commit_interval=COMMIT,
        broker_max_poll_records=POLL,
        stream_buffer_maxsize=BUFFER,
        stream_wait_empty=False,
        topic_partitions=settings.partitions,
        topic_allow_declare=False,
        topic_disable_leader=True,
        store="memory://",
        table_standby_replicas=0,
        TableManager=Tables,
        datadir=tempfile.mkdtemp(prefix="corrillo-work-"),
        web_enabled=False,
        autodiscover=False,
    )


def _credentials(brokers: Brokers) -> Any:
    if brokers.access.user:
        return SASLCredentials(
            username=brokers.access.user,
            password=brokers.access.password,
            ssl_context=brokers.tls,
            mechanism=brokers.settings.mechanism,
        )
    return brokers.tls
