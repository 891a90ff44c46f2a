"""Coverage (``--cov``) follows the unit tests: each of them is about the file that it names.

Following every line costs as much again as the test. Tests that run whole installations touch nearly every line
and say of none whether it is right; those that live through weeks of an invented town run the same lines a million
times. Neither is followed.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from coverage import Coverage

FOLLOWED = "tests/unit/"
LONG = (
    "tests/unit/test_fuzz.py",
    "tests/unit/processors/detect/test_trials.py",
    "tests/unit/processors/faust/test_detect_killed.py",
    "tests/unit/processors/test_regroup.py::test_a_stream_comes_to_what_one_process_makes_of_it",
    "tests/unit/processors/test_tally.py::test_a_cell_comes_to_what_counting_from_scratch_gives",
    "tests/unit/ingest/test_bad_input_http.py::test_kind_17",
    "tests/unit/ingest/test_bad_input_http.py::test_kind_21",
)
"""Below that folder, and yet not followed."""


def followed(nodeid: str) -> bool:
    """Whether coverage is taken of that test."""
    return nodeid.startswith(FOLLOWED) and not nodeid.startswith(LONG)


class Following:
    """Has ``coverage``, which runs, look away during the tests that are not followed."""

    def __init__(self, coverage: Coverage) -> None:
        self._coverage, self._looks = coverage, True

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._look(followed(item.nodeid))
        return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """What collects the figures finds it as it has left it."""
        self._look(True)

    def _look(self, wanted: bool) -> None:
        if wanted != self._looks:
            (self._coverage.start if wanted else self._coverage.stop)()
            self._looks = wanted


def pytest_collection_finish(session: pytest.Session) -> None:
    """By then coverage runs, where it was asked for: here, or in the worker that this is."""
    running = Coverage.current()
    if running:
        session.config.pluginmanager.register(Following(running))
