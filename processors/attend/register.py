"""What an institution has said of itself, as far as answering goes: when it is open, and who answers for what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from corrillo.institution import Account, Institution, normal_handle
from corrillo.model import from_milliseconds
from corrillo.opening import Opening
from processors.attend.turns import Turn


@dataclass(frozen=True)
class Register:
    """Its opening hours, the departments of its accounts (network, normal handle) and services, its retention in milliseconds."""

    opening: Opening
    accounts: Mapping[tuple[str, str], str]
    services: Mapping[str, str]
    retention: int

    def department(self, asked: Turn, answer: Turn | None) -> str:
        """Whose account has answered, else who answers for the service; '' where nobody is named."""
        of_account = self.accounts.get((answer.network, normal_handle(answer.own)), "") if answer else ""
        return of_account or self.services.get(asked.service, "")

    def waits(self, asked: Turn, answer: Turn) -> tuple[float, float] | None:
        """Seconds by the clock and of opening hours until the answer; None where of one only the day is known."""
        if asked.date_only or answer.date_only:
            return None
        since, until = from_milliseconds(asked.published), from_milliseconds(answer.published)
        return max(0.0, (until - since).total_seconds()), self.opening.seconds(since, until)


def register(institution: Institution) -> Register:
    """The register of an institution."""
    return Register(
        Opening(institution),
        {(a.network, normal_handle(a.handle)): _of(a) for a in institution.accounts},
        {s.name: s.department for s in institution.services},
        institution.retention_days * 86_400_000,
    )


def _of(account: Account) -> str:
    return account.department or account.answered_by
