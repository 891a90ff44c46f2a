"""Conversations for tests of attention: a small town's threads, each mention in a line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from corrillo.attention import Attention
from corrillo.institution import Institution
from corrillo.model import MentionDeleted, TaggedEvent, TaggedMention
from corrillo.testing.mentions import a_mention, tagged
from processors.attend.attendance import Attendance
from processors.attend.register import register
from processors.attend.turns import Turn

TOWN = Institution.model_validate(
    {
        "id": "benialba",
        "name": "Ajuntament de Benialba",
        "account": [
            {"network": "town-square", "handle": "@Ayto", "department": "Comunicación"},
            {"network": "town-square", "handle": "@Aguas", "department": "Aguas", "answered_by": "guardia"},
            {"network": "town-square", "handle": "@Buzón", "answered_by": "Atención al vecino"},
        ],
        "service": [{"name": "water", "department": "Aguas"}, {"name": "parks", "department": "Jardines"}],
    }
)
ZONE = ZoneInfo("Europe/Madrid")
_decode = msgspec.json.Decoder(Turn).decode


def at(clock: str) -> datetime:
    """That moment on the town's clocks; without a day, on an ordinary Tuesday."""
    local = datetime.fromisoformat(clock if "T" in clock else f"2026-11-17T{clock:0>5}")
    return local.replace(tzinfo=ZONE).astimezone(UTC)


def said(name: str, clock: str, to: str = "", thread: str = "", asks: str = "", **given: Any) -> TaggedMention:
    """What a citizen says then in answer ``to`` another, seen a minute later; it ``asks`` by its tags."""
    moment = given.pop("published", at(clock))
    values: dict[str, Any] = {
        "id": name, "published": moment, "first_seen": moment + timedelta(minutes=1), "answers": to,
        "thread": thread or to or name, "tags": tagged(*asks.split()), "text": name,
    }  # fmt: skip
    return a_mention(name, **{**values, **given})


def own(name: str, clock: str, to: str = "", thread: str = "", **given: Any) -> TaggedMention:
    """The same, said by the town hall."""
    values: dict[str, Any] = {"place": "own", "author": "@Ayto", "author_kind": "own_account"}
    return said(name, clock, to, thread, **{**values, **given})


def gone(name: str, clock: str) -> MentionDeleted:
    """A mention is deleted then."""
    return MentionDeleted(id=name, institution="benialba", at=at(clock))


@dataclass
class Town:
    """The machine with what it keeps and what holds of all that it told."""

    kept: dict[str, Turn] = field(default_factory=dict)
    stands: dict[str, Attention] = field(default_factory=dict)
    told: list[Attention] = field(default_factory=list)
    """What was told last."""

    def __post_init__(self) -> None:
        self.begin_again()

    def begin_again(self) -> None:
        """Another process goes on with what was kept."""
        records = {key: _decode(msgspec.json.encode(turn)) for key, turn in self.kept.items()}
        self.attendance = Attendance(register(TOWN), records)

    def hear(self, *events: TaggedEvent) -> Town:
        """Hear them in one go."""
        for event in events:
            self.attendance.hear(event)
        return self.keep()

    def each(self, events: Iterable[TaggedEvent]) -> Town:
        """Hear them one by one, each by a process of its own."""
        for event in events:
            self.begin_again()
            self.hear(event)
        return self

    def advance(self, moment: datetime) -> Town:
        """Time has come to that."""
        self.attendance.advance(moment)
        return self.keep()

    def keep(self) -> Town:
        """Take over what is told, and keep what has changed."""
        self.told = self.attendance.told()
        for one in self.told:
            self.stands.pop(one.mention, None)
            if not one.gone:
                self.stands[one.mention] = one
        for key, turn in self.attendance.changed().items():
            self.kept.pop(key, None)
            if turn is not None:
                self.kept[key] = turn
        return self

    def answers(self) -> dict[str, str]:
        """By mention that asks, by which it is answered, or what is known of that."""
        return {name: one.answer or one.state for name, one in sorted(self.stands.items())}


def heard(*events: TaggedEvent) -> Town:
    """A town that has heard these."""
    return Town().hear(*events)
