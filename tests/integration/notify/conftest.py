"""What the tests of telling people share: a mail server and a receiver of webhooks, both real."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.notify.mail import MailServer
from tests.integration.notify.receiver import Receiver


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver
