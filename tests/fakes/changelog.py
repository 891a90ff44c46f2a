"""What is left of a step's records when its process is killed: a fake of the changelog of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec


class FakeChangelog:
    """A fake changelog: the last record of each key, as bytes; ``kind`` is what they are read as."""

    def __init__(self, kind: Any) -> None:
        self.kept: dict[str, bytes] = {}
        self._decode = msgspec.json.Decoder(kind).decode

    def keep(self, changes: Mapping[str, Any], first: int | None = None) -> None:
        """Take over changes, in their order; only the ``first`` so many where the process is killed meanwhile."""
        for key, record in list(changes.items())[:first]:
            if record is None:
                self.kept.pop(key, None)
            else:
                self.kept[key] = msgspec.json.encode(record)

    def records(self) -> dict[str, Any]:
        """What the next process is given."""
        return {key: self._decode(value) for key, value in self.kept.items()}
