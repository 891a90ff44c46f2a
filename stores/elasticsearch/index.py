"""Indexing for a stream: many events at once, as lines, without looking at what is stored.

The step before has given each mention what it takes over from its first storing, so nothing has to
be looked up but tombstones. Nothing is refreshed: what is written is found within a second. Doing it again
changes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from corrillo.alerts import Told
from corrillo.attention import Attention
from corrillo.model import MentionDeleted, TaggedEvent, TaggedMention, milliseconds
from corrillo.ports import Quarantined, SourceHealth
from corrillo.versions import version_of
from stores.elasticsearch import attention, bulk, telling
from stores.elasticsearch.connection import Client, encode
from stores.elasticsearch.documents import GONE, Tombstone, link_of, mention_document, version
from stores.elasticsearch.errors import Cause, ServerError
from stores.elasticsearch.fates import MENDED_BY_PEOPLE, Fates, Indexed
from stores.elasticsearch.names import Names
from stores.elasticsearch.realtime import present
from stores.elasticsearch.search import Searcher
from stores.elasticsearch.setup import ensure
from stores.elasticsearch.sources import Known, all_healths, document_of
from stores.elasticsearch.templates import Shape
from stores.elasticsearch.unit import set_aside
from stores.elasticsearch.view import links_of
from stores.names import named, without

Operation = tuple[int, bytes]
"""The position of its event, and its lines."""
AT_ONCE = 1_000
"""Operations of one request."""
IN_FLIGHT = 2
"""Requests at the same time: while the server works on one, the next is encoded."""


class Indexer:
    """Writes events of a stream; one call after the other, from whatever thread.

    What may work later is listed, not raised; StoreError is raised for what only a person can
    mend: a user who may not, templates that are missing or of another version.
    """

    def __init__(
        self, client: Client, zones: Mapping[str, str], prefix: str = "corrillo", shape: Shape | None = None
    ) -> None:
        self._client, self._names, self._zones = client.impatient(), Names(prefix), zones
        self._shape = shape or Shape()
        self._ready, self._preparing = False, threading.Lock()
        self._senders = ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="bulk")

    def index(self, events: Sequence[TaggedEvent]) -> Indexed:
        """Store and delete; what became of each event."""
        fates = Fates(len(events))
        try:
            self._prepare()
            events, buried = self._looked_up(events)
        except ServerError as error:
            fates.fail(range(len(events)), error)
            return fates.indexed()
        gone = {e.id for e in events if isinstance(e, MentionDeleted)}
        wanted, outdone = _newest(events)
        away = {n for n in wanted if events[n].id in buried or events[n].id in gone}
        fates.refuse(away)
        fates.outdo(outdone)
        if gone:
            deletions = [(n, e) for n, e in enumerate(events) if isinstance(e, MentionDeleted)]
            self._delete(deletions, _months(events, self._names), fates)
            fates.settle(n for n, _ in deletions)
        self._send(self._stored(events, [n for n in wanted if n not in away]), fates)
        return fates.indexed()

    def sources(self, healths: Sequence[SourceHealth]) -> Indexed:
        """All that is known of these sources, in place of what was known before an earlier attempt."""
        index = self._names["sources"]
        return self._sent([bulk.put(index, h.source, encode(document_of(Known(h))), _attempt(h)) for h in healths])

    def healths(self) -> Sequence[SourceHealth]:
        """All that is known of every source, by name. Raises StoreError."""
        return all_healths(Searcher(self._client, self._prepare), self._names)

    def tell(self, told: Sequence[Told]) -> Indexed:
        """Keep incidents, unless newer ones stand, hourly counts and attention in place of earlier ones."""
        fates, wanted = Fates(len(told)), telling.newest(told)
        fates.outdo(set(range(len(told))) - set(wanted))
        try:
            self._prepare()
            dead = attention.buried(self._client, self._names, told)
        except ServerError as error:
            fates.fail(wanted, error)
            return fates.indexed()
        away = {n for n in wanted if isinstance(one := told[n], Attention) and one.mention in dead}
        fates.refuse(away)
        self._send([(n, telling.operation(self._names, told[n])) for n in wanted if n not in away], fates)
        return fates.indexed()

    def quarantine(self, items: Sequence[Quarantined]) -> Indexed:
        """Keep what could not become a mention; the same item is kept once."""
        return self._sent([set_aside(self._names["quarantine"], item) for item in items])

    def close(self) -> None:
        """Wait for what is under way."""
        self._senders.shutdown(wait=True)

    def _prepare(self) -> None:
        with self._preparing:
            if not self._ready:
                ensure(self._client, self._names, self._shape)
                self._ready = True

    def _looked_up(self, events: Sequence[TaggedEvent]) -> tuple[Sequence[TaggedEvent], set[str]]:
        """The events without erased names, and which of their ids have tombstones."""
        names = named(events)
        ids = {e.id for e in events if isinstance(e, TaggedMention)}
        stones = {i for _, i in present(self._client, [(self._names["tombstones"], i) for i in ids | names.keys()])}
        return without(events, [names[d] for d in names.keys() & stones]), stones

    def _stored(self, events: Sequence[TaggedEvent], positions: Iterable[int]) -> Iterator[Operation]:
        names, zones = self._names, self._zones
        links = names["links"]
        for n in positions:
            mention = events[n]
            if isinstance(mention, TaggedMention):
                number = version(mention)
                document = mention_document(mention, zones)
                yield n, bulk.put(names.month(milliseconds(mention.published)), mention.id, document, number)
                yield n, bulk.put(links, mention.id, encode(link_of(mention)), number)

    def _delete(
        self, deletions: Sequence[tuple[int, MentionDeleted]], given: Mapping[str, set[str]], fates: Fates
    ) -> None:
        """Tombstones first; links last, for what is deleted is found by them.

        ``given``: where mentions of the same call would stand. One of them may stand there already, and
        its link not yet: whoever wrote them was killed in between.
        """
        names = self._names
        stones = [(n, Tombstone(milliseconds(d.at), "deleted"), d.id) for n, d in deletions]
        self._send(((n, bulk.create(names["tombstones"], i, encode(stone))) for n, stone, i in stones), fates)
        good = fates.good(n for n, _ in deletions)
        try:
            links = links_of(self._client, names, [d.id for n, d in deletions if n in good])
        except ServerError as error:
            fates.fail(good, error)
            return
        linked = {i: {names.month(link.published)} for i, link in links.items()}
        months = {d.id: linked.get(d.id, set()) | given.get(d.id, set()) for _, d in deletions}
        known = [(n, d.id) for n, d in deletions if n in good and months[d.id]]
        self._send(((n, bulk.delete(month, i, GONE)) for n, i in known for month in sorted(months[i])), fates)
        self._send(((n, bulk.delete(names["stories"], i)) for n, i in known), fates)
        self._send(((n, bulk.delete(names["attention"], i)) for n, i in known), fates)
        good = fates.good(good)
        self._send(((n, bulk.delete(names["links"], i, GONE)) for n, i in known if n in good), fates)

    def _sent(self, operations: Sequence[bytes]) -> Indexed:
        return self._sent_for(Fates(len(operations)), list(enumerate(operations)))

    def _sent_for(self, fates: Fates, operations: Sequence[Operation]) -> Indexed:
        try:
            self._prepare()
        except ServerError as error:
            fates.fail({n for n, _ in operations}, error)
            return fates.indexed()
        self._send(operations, fates)
        return fates.indexed()

    def _send(self, operations: Iterable[Operation], fates: Fates) -> None:
        """Send them in several requests at a time, and note what becomes of each."""
        under_way = [(part, self._senders.submit(self._request, part)) for part in _parts(operations)]
        for part, answer in under_way:
            self._note(part, answer, fates)

    def _note(self, part: Sequence[Operation], answer: Future[list[bulk.Result]], fates: Fates) -> None:
        try:
            results = answer.result()
        except ServerError as error:
            fates.fail({n for n, _ in part}, error)
            return
        for (n, _), result in zip(part, results, strict=True):
            if result.status in (401, 403) or (result.error and result.error.type in MENDED_BY_PEOPLE):
                raise bulk.refused(self._client, result)
            fates.note(n, result)

    def _request(self, part: Sequence[Operation]) -> list[bulk.Result]:
        """One request; where it is too large, or one of its documents spoils it, two."""
        try:
            return bulk.once(self._client, [lines for _, lines in part])
        except ServerError as error:
            if error.status not in (400, 413):
                raise
            if len(part) == 1:
                return [bulk.Result(error.status, Cause(error.kind, error.message))]
        half = len(part) // 2
        return self._request(part[:half]) + self._request(part[half:])


def _parts(operations: Iterable[Operation]) -> Iterator[Sequence[Operation]]:
    part: list[Operation] = []
    size = 0
    for operation in operations:
        part.append(operation)
        size += len(operation[1])
        if len(part) >= AT_ONCE or size >= bulk.MOST_BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part


def _months(events: Sequence[TaggedEvent], names: Names) -> dict[str, set[str]]:
    """The indices in which the mentions of a call would stand, by id."""
    found: dict[str, set[str]] = {}
    for event in events:
        if isinstance(event, TaggedMention):
            found.setdefault(event.id, set()).add(names.month(milliseconds(event.published)))
    return found


def _newest(events: Sequence[TaggedEvent]) -> tuple[list[int], Collection[int]]:
    """The positions of the mentions to store, and of those that a newer or later one of the same call outdoes."""
    last: dict[str, int] = {}
    outdone: list[int] = []
    for n, event in enumerate(events):
        if isinstance(event, TaggedMention):
            before = last.get(event.id)
            kept = before is not None and version_of(event) < _version_at(events, before)
            if before is not None:
                outdone.append(n if kept else before)
            if not kept:
                last[event.id] = n
    return sorted(last.values()), outdone


def _version_at(events: Sequence[TaggedEvent], position: int) -> tuple[int, int]:
    event = events[position]
    return version_of(event) if isinstance(event, TaggedMention) else (-1, -1)


def _attempt(health: SourceHealth) -> int:
    return milliseconds(health.last_attempt) if health.last_attempt else 0
