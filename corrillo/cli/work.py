"""``corrillo work``: Kafka → enrich, group, count, detect → Elasticsearch."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from corrillo.bootstrap import now, open_broker, open_elasticsearch, open_worker
from corrillo.cli.common import ConfigOption, say, say_trouble, settings_of
from corrillo.errors import ConfigError
from corrillo.ops.log import set_up
from corrillo.ops.metrics import Metrics
from corrillo.ops.server import ops_server
from corrillo.ops.serving import told_to_end
from corrillo.settings import Settings

log = logging.getLogger("corrillo.work")


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(work)


def work(
    name: Annotated[
        str,
        typer.Option(
            help="Name of this worker; one that comes back under its name goes on at once (default: machine and number).",
            show_default=False,
        ),
    ] = "",
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, help="Port of /healthz, /readyz and /metrics (default: 8402; 0: any).", show_default=False
        ),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Enrich, group, count, watch and index what ingestors publish, until Ctrl-C. Start as many as there are processors.

    Workers share the partitions of the topics; whatever happens to one, the others go on with its share.

    Examples:

        corrillo work

        corrillo work --name second --port 0
    """
    settings = settings_of(config)
    set_up(settings.ops.log)
    _check(settings)
    with member(name) as own:
        asyncio.run(_work(settings, own, settings.ops.work_port if port is None else port))
    say("Stopped. What was not done is done by the others, or after the next start.")


def _check(settings: Settings) -> None:
    """Wait for Kafka. Raises CorrilloError when it refuses, or the topics are not as they have to be."""
    open_elasticsearch(settings).close()
    broker = open_broker(settings)
    from ingest.kafka.layout import differences
    from ingest.kafka.patience import Patience

    wrong = [f for f in Patience(say_trouble).until(lambda: differences(broker)) if not f.ok]
    if wrong:
        raise ConfigError("\n".join(f"{f.what}: {f.said}" for f in wrong), "corrillo setup kafka")


async def _work(settings: Settings, own: str, port: int) -> None:
    metrics, stop = Metrics(now), asyncio.Event()
    worker = open_worker(settings, own, metrics)
    async with ops_server(settings.ops.host, port, {"partitions": worker.missing}, metrics) as address:
        log.info("Worker %s begins; how it goes: %sreadyz", own, address)
        with told_to_end(stop.set):
            await worker.run(stop)


@contextmanager
def member(name: str) -> Iterator[str]:
    """The name of this worker in its group, its own as long as it runs. Raises ConfigError when it is taken."""
    if name and not re.fullmatch(r"[A-Za-z0-9._-]{1,60}", name):
        raise ConfigError(f"--name {name!r}: is no name", "use letters, digits, . _ and -")
    host = re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname())
    candidates = [name] if name else [f"{host}-{n}" for n in range(1, 1000)]
    for candidate in candidates:
        lock = _locked(candidate)
        if lock is not None:
            with lock:
                yield candidate
            return
    raise ConfigError(f"--name {name}: another worker of this machine has it", "choose another name, or none")


def _locked(name: str) -> socket.socket | None:
    """What keeps the name as long as this process lives, wherever it runs on this machine; None when it is taken."""
    lock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        lock.bind(f"\0corrillo-worker-{name}")  # a name without a file: no folder, no user of its own
    except OSError:
        lock.close()
        return None
    return lock
