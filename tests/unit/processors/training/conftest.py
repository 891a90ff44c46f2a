"""A small tagger, trained once from three hundred written posts."""

from __future__ import annotations

import pytest

from processors.learned.artefact import unpacked
from processors.training import answers, quality
from processors.training.examples import some, written
from processors.training.train import trained


@pytest.fixture(scope="package", autouse=True)
def quickly():
    """Fewer samples behind the intervals, and one place in which targets and services are judged."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quality, "AGAIN", 20)
        patch.setattr(answers, "LEFT_OUT", {"written: single lines": ("es-lines",)})
        yield


@pytest.fixture(scope="package")
def few():
    """Three hundred posts, of every file of the corpus."""
    return some(written(), 300)


@pytest.fixture(scope="package")
def told():
    """What training said while it went on."""
    return []


@pytest.fixture(scope="package")
def made(few, told, quickly):
    """The artefact of them, as bytes."""
    return trained(few, 7, told.append)


@pytest.fixture(scope="package")
def artefact(made):
    """The artefact of them."""
    return unpacked(made)
