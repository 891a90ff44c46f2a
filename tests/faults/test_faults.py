"""Thousands of posts on the way, and one thing after the other goes wrong: nothing is lost, doubled or brought back.

``make faults`` does the same with twenty thousand.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.services import Elasticsearch, Kafka
from tests.faults.beside import Beside
from tests.faults.crowd import crowd
from tests.faults.scenarios import SCENARIOS
from tests.faults.verdict import servers, try_out

POSTS = 5_000
SEED = secrets.randbelow(10_000)
"""Another one each time; a failure names it, and ``make faults SEED=…`` tries it again."""


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[Kafka, Elasticsearch]]:
    with servers() as started:
        yield started


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Beside:
    return Beside(crowd(SEED, POSTS), tmp_path_factory.mktemp("people"))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_after(scenario: str, both: tuple[Kafka, Elasticsearch], people: Beside, tmp_path: Path) -> None:
    verdict = try_out(scenario, *both, people, tmp_path / "town", SEED)
    assert not verdict.faults, f"make faults SEED={SEED}: {verdict}"
    assert verdict.stored > POSTS * 0.9
