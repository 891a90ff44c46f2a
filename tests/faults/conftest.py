"""Thousands of posts, the same for everything that goes wrong."""

from __future__ import annotations

from typing import cast

import pytest

from tests.faults.beside import Beside
from tests.services import lent


@pytest.fixture(scope="session")
def people(pytestconfig: pytest.Config) -> Beside:
    return cast(Beside, lent(pytestconfig, "people"))
