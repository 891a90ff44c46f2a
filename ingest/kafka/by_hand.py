"""What people publish by a command: items of quarantine again, and what is to be forgotten.

It moves no source: the ingestor that listens goes on undisturbed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field

import msgspec

from corrillo.errors import Fenced, MessageError
from corrillo.messages import read_mention
from corrillo.model import Deletion, Mention, MentionDeleted, MentionEvent
from corrillo.ports import Clock
from corrillo.topics import Topics, topics
from ingest.kafka.connection import Broker
from ingest.kafka.memory import Memory
from ingest.kafka.patience import OnTrouble, Patience
from ingest.kafka.reading import Topics as Reader
from ingest.kafka.records import Writer, deletions
from ingest.kafka.refs import Draft
from ingest.kafka.transaction import Line, Record
from ingest.kafka.trouble import Overtaken


@dataclass
class Wanted:
    """What somebody wants forgotten."""

    ids: frozenset[str] = frozenset()
    url: str = ""
    pseudonyms: frozenset[str] = frozenset()

    def means(self, mention: Mention) -> bool:
        """Whether the whole mention goes."""
        return mention.id in self.ids or bool(self.url and mention.url == self.url) or mention.author in self.pseudonyms

    def names(self) -> re.Pattern[str] | None:
        """The names as they stand in texts of others."""
        return re.compile("|".join(f"@?{re.escape(p)}" for p in sorted(self.pseudonyms))) if self.pseudonyms else None


@dataclass
class Found:
    """What of it is in the topic: mentions that go, by id, and others without the names that go."""

    gone: dict[str, str] = field(default_factory=dict)
    bare: dict[str, Mention] = field(default_factory=dict)

    def take(self, event: MentionEvent, wanted: Wanted) -> None:
        """The last event of a mention is the one that counts."""
        self.gone.pop(event.id, None)
        self.bare.pop(event.id, None)
        if isinstance(event, MentionDeleted):
            return
        names = wanted.names()
        if wanted.means(event):
            self.gone[event.id] = event.institution
        elif names and names.search(f"{event.title}\n{event.text}"):
            bare = {"text": names.sub("@…", event.text), "title": names.sub("@…", event.title)}
            self.bare[event.id] = msgspec.structs.replace(event, **bare)


class ByHand:
    """Publishes what a command gives it, in one transaction a call, waiting for Kafka as long as it takes."""

    def __init__(
        self,
        broker: Broker,
        institutions: Sequence[str],
        clock: Clock,
        on_trouble: OnTrouble = lambda source, said: None,
    ) -> None:
        self._broker = broker
        self._institutions = institutions
        self._clock = clock
        self._topics: Topics = topics(broker.settings)
        self._patience = Patience(on_trouble)
        self._memory = Memory(broker, self._topics, self._patience)

    def start(self) -> None:
        """Wait for Kafka and read which refs it knows. Raises BrokerRefused for what only a person can mend."""
        self._patience.until(self._memory.catch_up)

    def close(self) -> None:
        """Let go of Kafka."""
        self._memory.close()

    def publish(self, events: Sequence[Mention | Deletion | MentionDeleted], origin: str) -> int:
        """Events again, in their order; how many records that were."""
        draft, writer = self._memory.refs.draft(), Writer(self._topics, origin)
        records: list[Record] = []
        for event in events:
            if isinstance(event, Deletion):
                records += [writer.event(e) for e in deletions(event, draft, self._institutions)]
                continue
            if isinstance(event, Mention):
                draft.learn(event)
            records.append(writer.event(event))
        self._commit(records, writer, draft)
        return len(records)

    def erase(self, ids: Iterable[str], url: str, pseudonyms: Iterable[str]) -> int:
        """Deletions for mentions that a store has erased and for what of them is still under way.

        Names that go leave the texts of others; ingestors refuse the mentions from now on. Compaction forgets within a day what stood under
        the same keys. How many mentions were told to be gone.
        """
        wanted = Wanted(frozenset(ids), url, frozenset(pseudonyms))
        found, draft, writer = self._under_way(wanted), self._memory.refs.draft(), Writer(self._topics, "erasure")
        gone: Mapping[str, Sequence[str]] = {
            **dict.fromkeys(wanted.ids, self._institutions),
            **{i: [institution] for i, institution in (_known_of(wanted.pseudonyms, draft) | found.gone).items()},
        }
        now = self._clock()
        for identity in gone:
            draft.erase(identity, now)
        records = [
            writer.event(MentionDeleted(id=i, institution=institution, at=now))
            for i, institutions in sorted(gone.items())
            for institution in institutions
        ]
        records += [writer.event(bare) for bare in found.bare.values()]
        self._commit(records, writer, draft)
        return len(gone)

    def _under_way(self, wanted: Wanted) -> Found:
        found = Found()
        with closing(Reader(self._broker, [self._topics.mentions.name], self._patience)) as reader:
            for message in reader.new():
                with suppress(MessageError):  # what we cannot read is in quarantine
                    found.take(read_mention(message.value, message.headers), wanted)
        return found

    def _commit(self, records: Sequence[Record], writer: Writer, draft: Draft) -> None:
        """Raises Fenced when another command publishes at the same moment."""
        everything = [*records, *writer.refs(draft)]
        if everything:
            self._patience.until(lambda: self._publish(everything))
            self._memory.refs.update(draft.changes)

    def _publish(self, records: Sequence[Record]) -> None:
        identity = f"{self._broker.settings.prefix}.by-hand"
        try:
            with closing(Line(self._broker, identity, self._patience.trouble(""), self._clock)) as line:
                line.publish(records)
        except Overtaken:
            raise Fenced("another command publishes by hand at this moment", "try again when it is done") from None


def _known_of(pseudonyms: Iterable[str], draft: Draft) -> dict[str, str]:
    """What these people have written, as far as the refs say it: mention id → institution."""
    known = [k for p in pseudonyms for key in draft.of_author(p) if (k := draft.get(key))]
    return {i: institution for k in known for institution, i in k.ids.items()}
