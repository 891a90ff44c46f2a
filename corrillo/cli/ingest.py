"""``corrillo ingest``: sources → Kafka, where others enrich and store."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated

import typer

from corrillo.bootstrap import now, open_client, open_kafka_sink, open_listening, open_pipeline
from corrillo.cli.common import ConfigOption, say, settings_of
from corrillo.cli.progress import Watch
from corrillo.errors import ConfigError
from corrillo.listen import Heard, Listener, Progress
from corrillo.ops.log import set_up
from corrillo.ops.metrics import Metrics
from corrillo.ops.server import ops_server
from corrillo.ops.serving import told_to_end
from corrillo.pipeline import Pipeline
from corrillo.settings import Settings

log = logging.getLogger("corrillo.ingest")


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(ingest)


def ingest(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Names of sources (default: all).", show_default=False)
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, help="Port of /healthz, /readyz and /metrics (default: 8401; 0: any).", show_default=False
        ),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Listen to sources and publish what is about the institutions to Kafka, until Ctrl-C.

    One ingestor for each source: whoever begins takes over, and the one before ends (exit code 1).

    Examples:

        corrillo ingest

        corrillo ingest fediverse paper --port 0
    """
    settings = settings_of(config)
    pipeline = open_pipeline(settings)
    asyncio.run(_ingest(settings, pipeline, sources or [], settings.ops.ingest_port if port is None else port))
    say("Stopped. Each source resumes where it was.")


async def _ingest(settings: Settings, pipeline: Pipeline, names: Sequence[str], port: int) -> None:
    client = open_client(settings)
    try:
        heard = open_listening(settings, client, names)
        if not heard:
            raise ConfigError(f"{settings.file}: no source is configured", "add a [[source]]: corrillo sources")
        await Ingestor(settings, pipeline, heard).run(port)
    finally:
        await client.close()


class Ingestor:
    """The parts of one process: listener, sink, probes, and what people and logs are told."""

    def __init__(self, settings: Settings, pipeline: Pipeline, heard: Sequence[Heard]) -> None:
        self._settings = settings
        self._heard = heard
        self._watch = Watch(settings.ops.log)
        self._metrics = Metrics(now)
        self._trouble: dict[str, str] = {}
        self._sink = open_kafka_sink(settings, self._on_trouble)
        self._listener = Listener(pipeline, self._sink, now, self._on_progress, writers=len(heard))

    async def run(self, port: int) -> None:
        """Until every source is done, a signal comes, or another ingestor takes over (raises Fenced)."""
        set_up(self._settings.ops.log)
        looks = {"Kafka": lambda: next((said for said in self._trouble.values() if said), "")}
        self._metrics.watch_sources(self._sink.health)
        async with ops_server(self._settings.ops.host, port, looks, self._metrics) as address:
            with self._watch:
                self._watch.headline(f"Publishing to Kafka; how it goes: {address}readyz   (Ctrl-C ends)")
                await self._work()

    async def _work(self) -> None:
        job = asyncio.create_task(self._listen())
        try:
            with told_to_end(job.cancel):
                await asyncio.wait([job])
        finally:
            self._sink.stop()
            self._listener.close()
            self._sink.close()
            for one in self._heard:
                await one.source.close()
        with suppress(asyncio.CancelledError):
            job.result()

    async def _listen(self) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self._sink.start)
        await self._listener.run(self._heard)

    def _on_progress(self, progress: Progress) -> None:
        self._metrics.heard(progress, published=True)
        self._watch.update(progress)

    def _on_trouble(self, source: str, said: str) -> None:
        self._trouble[source] = said
        if said:
            log.warning("%s", said, extra={"source": source} if source else {})
        else:
            log.warning("Kafka takes records again", extra={"source": source} if source else {})
