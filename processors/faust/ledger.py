"""What a step remembers, in a Faust table: one record per key, kept in the table's changelog.

Faust brings the changelog back after a restart and when partitions move; a record belongs to the
partition in whose changelog it stands. Writing goes past Faust: a batch's records are sent
together, and waited for, before its input is acknowledged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, cast

import faust
from faust.tables.manager import TableManager


class Ledger(faust.Table[bytes, bytes]):
    """The records that were brought back, by partition, until the step takes them."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._brought: defaultdict[int, dict[str, bytes]] = defaultdict(dict)
        self.lost: set[int] = set()
        """Partitions that were another worker's; whoever keeps a state of them drops it and empties this."""
        self._generation = -1

    def apply_changelog_batch(self, batch: Iterable[Any]) -> None:
        """Take over records from the changelog, in their order."""
        for event in batch:
            message = event.message
            records = self._brought[message.partition]
            if message.value is None:
                records.pop(message.key.decode(), None)
            else:
                records[message.key.decode()] = message.value

    def take(self, partition: int) -> dict[str, bytes]:
        """The records of a partition, which are the caller's from now on."""
        return self._brought.pop(partition, {})

    async def on_rebalance(self, assigned: Any, revoked: Any, newly_assigned: Any, generation_id: int = 0) -> None:
        """Forget what belongs to another worker now, or did in a generation that we missed: it is brought back whole."""
        await super().on_rebalance(assigned, revoked, newly_assigned, generation_id)
        missed, self._generation = generation_id > self._generation + 1, generation_id
        changelog = self.changelog_topic.get_topic_name()
        for tp in {*revoked, *assigned} if missed else revoked:
            if tp.topic == changelog:
                cast(TableManager, self.app.tables).recovery.revoke(tp)  # so that it is read from its beginning
                self._brought.pop(tp.partition, None)
                self.lost.add(tp.partition)


def ledger(app: faust.App, name: str, partitions: int) -> Ledger:
    """The table of that name; its changelog is made by ``corrillo setup kafka``."""
    table = Ledger(app, name=name, partitions=partitions, key_type=bytes, value_type=bytes)
    app.tables.add(table)
    return table
