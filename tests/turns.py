"""Tests in several processes (``-n``, pytest-xdist): which test goes where, and what their summary counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

TOGETHER = ("tests/browser/", "tests/integration/ops/")
"""Folders whose files share what takes long to make; elsewhere it is the tests of one file that do."""
FIRST = ("tests/faults/", "tests/unit/processors/detect/test_trials.py")
"""What takes longest of all: begun at once, or everything would wait for it in the end."""
DESELECTED = "corrillo_deselected"


@dataclass
class LeftOut:
    """A test that was deselected, among the reports of those that ran."""

    nodeid: str


class Turns(LoadScopeScheduling):  # type: ignore[misc]
    """What shares something goes to one worker, in the order of collection: what is long comes before the unit tests."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((folder for folder in TOGETHER if file.startswith(folder)), file)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The same order in every worker, whose turns go by it."""
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Turns:
    config.option.loadscopereorder = False
    return Turns(config, log)


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """A worker remembers what it leaves out; where there are no workers, pytest itself counts."""
    for item in items:
        if hasattr(item.config, "workeroutput"):
            item.config.workeroutput.setdefault(DESELECTED, []).append(item.nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """The summary counts what all workers have left out alike."""
    left_out = getattr(node, "workeroutput", {}).get(DESELECTED)
    reporter = node.config.pluginmanager.get_plugin("terminalreporter")
    if left_out and reporter:
        reporter.stats["deselected"] = [LeftOut(nodeid) for nodeid in left_out]
