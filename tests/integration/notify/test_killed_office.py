"""Killed at random while people are told: each is told once, but for the one window, which is counted."""

from __future__ import annotations

from pathlib import Path

from tests.integration.notify.killed import held
from tests.integration.notify.mail import MailServer


def test_everybody_is_told_once_and_in_order_of_urgency_whatever_is_killed(tmp_path: Path, mail: MailServer) -> None:
    """Every repeat carries the identity of the first, and was being handed over when the office was killed."""
    told = held(tmp_path, mail, kills=8, incidents=30, people=80, seed=2026)
    assert told.letters >= 80
