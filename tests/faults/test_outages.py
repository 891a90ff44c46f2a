"""Thousands of posts on the way, and something is away for a while: nothing is lost, doubled or brought back.

``make faults`` does the same with twenty thousand; a failure names the seed with which it is tried again.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.beside import Beside
from tests.faults.scenarios import OUTAGES
from tests.faults.verdict import Own, servers, try_out, where


@pytest.fixture(scope="module")
def own() -> Iterator[Own]:
    with servers() as started:
        yield started


@pytest.mark.parametrize("scenario", OUTAGES)
def test_after(scenario: str, own: Own, people: Beside, tmp_path: Path) -> None:
    verdict = try_out(scenario, where(*own), own, people, tmp_path / "town")
    assert not verdict.faults, f"make faults SEED={people.seed}: {verdict}"
    assert verdict.stored > people.posts * 0.9
