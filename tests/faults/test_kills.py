"""Thousands of posts on the way, and processes are killed, messages cannot be read, mentions are deleted.

Nothing is lost, doubled or brought back. ``make faults`` does the same with twenty thousand; a failure names the seed
with which it is tried again.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.beside import Beside
from tests.faults.scenarios import OUTAGES, SCENARIOS
from tests.faults.verdict import try_out, where
from tests.services import ElasticsearchServer, KafkaServer


@pytest.mark.parametrize("scenario", [name for name in SCENARIOS if name not in OUTAGES])
def test_after(
    scenario: str,
    kafka_server: KafkaServer,
    elasticsearch_server: ElasticsearchServer,
    people: Beside,
    tmp_path: Path,
) -> None:
    verdict = try_out(scenario, where(kafka_server, elasticsearch_server), None, people, tmp_path / "town")
    assert not verdict.faults, f"make faults SEED={people.seed}: {verdict}"
    assert verdict.stored > people.posts * 0.9
