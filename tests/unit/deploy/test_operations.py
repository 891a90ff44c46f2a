"""docs/operations.md names commands, metrics, ports and files that there are."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from corrillo.ops.metrics import Metrics
from corrillo.ports import SourceHealth
from corrillo.settings import OpsSettings, PageSettings
from tests.deployed import ROOT, parse, services

PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")
NOW = datetime(2026, 11, 21, tzinfo=UTC)
SPANS = [span.replace("\n", " ") for span in re.findall(r"`([^`]+)`", PAGE.replace("```", ""))]
COMMANDS = sorted({s for s in SPANS if re.match(r"corrillo [a-z]", s)})
IN_CONTAINERS = sorted(set(re.findall(r"docker compose run --rm (?:-v \S+ )?([a-z-]+ [^\n`#]+)", PAGE)))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_one_that_the_application_takes(command: str) -> None:
    """``[source …]`` is how the page says that something may be left out."""
    assert parse(re.sub(r"\[.*\]", "", command).split()[1:])


@pytest.mark.parametrize("line", IN_CONTAINERS)
def test_a_command_in_a_container_is_of_a_service_and_of_the_application(line: str) -> None:
    service, *command = line.split()
    assert service in services()
    assert parse(command)


def test_every_metric_is_one_that_is_told() -> None:
    metrics = Metrics(lambda: NOW)
    metrics.watch_sources(lambda: [SourceHealth("paper", "press", NOW, NOW)])
    named = {
        span
        for span in SPANS
        if span.startswith("corrillo_") and span.rpartition("_")[2] in ("total", "messages", "seconds")
    }
    told = set(re.findall(r"# TYPE (\S+)", metrics.text().decode()))
    assert len(named) >= 7
    assert named <= told


def test_ports_are_those_of_the_configuration() -> None:
    ops = OpsSettings()
    for port in (PageSettings().port, ops.ingest_port, ops.work_port, ops.purge_port):
        assert str(port) in PAGE


def test_every_unit_of_systemd_is_named() -> None:
    units = {re.split(r"[@.]", path.name)[0] for path in (ROOT / "deploy" / "systemd").iterdir()}
    assert {unit for unit in units if unit not in PAGE} == set()
