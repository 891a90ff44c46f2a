"""What all tests share: ``--data`` for the evaluation, and ``corrillo`` as people run it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import Commands

pytest_plugins = ["tests.services", "tests.turns", "tests.followed"]

EVAL = Path(__file__).parent / "eval"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--data", help="folder of the shared data; without it, tests/eval is not collected")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What needs the shared data is collected only when somebody says where it is."""
    needs_data = collection_path == EVAL or EVAL in collection_path.parents
    return True if needs_data and not config.getoption("--data") else None


@pytest.fixture(scope="module")
def corrillo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """``corrillo`` in an empty folder that the tests of a module share."""
    commands = Commands(tmp_path_factory.mktemp("corrillo"))
    yield commands
    commands.end()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Commands]:
    """``corrillo`` in an empty folder of one test."""
    commands = Commands(tmp_path)
    yield commands
    commands.end()
