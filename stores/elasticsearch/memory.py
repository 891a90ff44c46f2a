"""What detection remembers: a document a record, and one for each institution that says which edition they are.

Elasticsearch has no transactions, so an edition is one document: it holds the changes that it makes, and
what was told with them. It is written only if nobody else has made one since; after that, its changes
are carried out by whoever comes by, any number of times: a record's version is the edition that it is of.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import msgspec

from corrillo.alerts import Told
from corrillo.errors import StoreError
from corrillo.ports import Recollection
from stores.detection import keys_of
from stores.elasticsearch import bulk, telling
from stores.elasticsearch.connection import encode
from stores.elasticsearch.names import Names
from stores.elasticsearch.realtime import Versioned, present, versioned
from stores.elasticsearch.search import Json, Searcher, refresh

TRIES = 20


class RecordDocument(msgspec.Struct, frozen=True):
    """A record: what is remembered under a key."""

    institution: str
    key: str
    value: bytes


class Changes(msgspec.Struct, frozen=True):
    """What an edition changes (None: forgotten), and what was told with it."""

    records: dict[str, bytes | None] = {}
    told: tuple[Told, ...] = ()


class EditionDocument(msgspec.Struct, frozen=True):
    """The edition of an institution's records."""

    institution: str
    edition: int
    changes: Changes


class Overtaken(StoreError):
    """Somebody else has changed what detection remembers since it was read: nothing of the edition is kept."""

    def __init__(self, institution: str) -> None:
        super().__init__(
            f"{institution}: another process has changed what detection remembers at the same time",
            "it is done again by itself; if it comes often, let only one process listen for an institution",
        )


class Memory:
    """The records of all institutions."""

    def __init__(self, searcher: Searcher, names: Names) -> None:
        self._searcher, self._names, self._index = searcher, names, names["detection"]
        self._settled: dict[str, int] = {}

    def edition(self, institution: str) -> int:
        """Which edition it is (0: nothing yet)."""
        return _number(self._read(institution))

    def recollect(self, institution: str, since: int) -> Recollection | None:
        """All records as they are at one edition; None where it is that one still."""
        for _ in range(TRIES):
            found = self._read(institution)
            if _number(found) == since:
                return None
            if found is None:
                return Recollection(0, {})
            self._settle(found.document)
            records = self._records(institution)
            if self.edition(institution) == found.document.edition:
                return Recollection(found.document.edition, records)
        raise Overtaken(institution)

    def commit(self, institution: str, known: int, edition: int, changes: Changes) -> None:
        """Make that ``edition`` of the one that is ``known``. Raises Overtaken when it is another by now."""
        found = self._read(institution)
        if _number(found) != known:
            raise Overtaken(institution)
        if found:
            self._settle(found.document)
        document = EditionDocument(institution, edition, changes)
        address = self._index, _identity(institution), encode(document)
        operation = bulk.guarded(*address, found.guard) if found else bulk.create(*address)
        (result,) = bulk.every(self._searcher.client, [operation])
        if result.status == 409:
            raise Overtaken(institution)
        self._carry_out(document)

    def forget(self, institutions: Sequence[str], ids: Sequence[str], pseudonyms: Sequence[str] = ()) -> None:
        """Forget the records of these mentions, and those in which one of these people stands."""
        for institution in institutions:
            for _ in range(TRIES):
                try:
                    self._forget(institution, keys_of(ids), [p.encode() for p in pseudonyms if p])
                    break
                except Overtaken:
                    continue
            else:
                raise Overtaken(institution)

    def institutions(self) -> list[str]:
        """Those of which anything was ever remembered."""
        refresh(self._searcher.client, self._names, ["detection"])
        found = self._searcher.all(EditionDocument, self._index, {"exists": {"field": "edition"}})
        return sorted(hit.source.institution for hit in found)

    def _forget(self, institution: str, keys: Sequence[str], people: Sequence[bytes]) -> None:
        found = self._read(institution)
        if found is None:
            return
        self._settle(found.document)
        addresses = {(self._index, _identity(institution, key)): key for key in keys}
        gone = {addresses[address] for address in present(self._searcher.client, addresses)}
        if people:
            gone |= {k for k, value in self._records(institution).items() if any(p in value for p in people)}
        if gone:
            number = found.document.edition
            self.commit(institution, number, number + 1, Changes(dict.fromkeys(sorted(gone))))

    def _read(self, institution: str) -> Versioned[EditionDocument] | None:
        address = self._index, _identity(institution)
        return versioned(self._searcher.client, EditionDocument, [address]).get(address)

    def _records(self, institution: str) -> dict[str, bytes]:
        refresh(self._searcher.client, self._names, ["detection"])
        query: Json = {"bool": {"filter": [{"term": {"institution": institution}}, {"exists": {"field": "key"}}]}}
        return {h.source.key: h.source.value for h in self._searcher.all(RecordDocument, self._index, query)}

    def _settle(self, document: EditionDocument) -> None:
        """Carry out what an edition changes, unless we have done so: its maker may have died before."""
        if self._settled.get(document.institution) != document.edition:
            self._carry_out(document)

    def _carry_out(self, document: EditionDocument) -> None:
        """What an edition changes; again does no harm, nor does it after later ones."""
        institution, edition = document.institution, document.edition
        records = [
            self._operation(RecordDocument(institution, key, value), edition)
            if value is not None
            else bulk.delete(self._index, _identity(institution, key), edition)
            for key, value in document.changes.records.items()
        ]
        bulk.every(self._searcher.client, [*records, *telling.operations(self._names, document.changes.told, edition)])
        self._settled[institution] = edition

    def _operation(self, record: RecordDocument, edition: int) -> bytes:
        return bulk.put(self._index, _identity(record.institution, record.key), encode(record), edition)


def _number(found: Versioned[EditionDocument] | None) -> int:
    return found.document.edition if found else 0


def _identity(*of: str) -> str:
    """The id of a record's document (institution, key), or of an institution's edition."""
    return blake2b("\x1f".join(of).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
