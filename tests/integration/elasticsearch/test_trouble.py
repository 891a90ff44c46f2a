"""A server that refuses, breaks off, has too much to do: nothing is lost, nothing is doubled, and it is said.

Between the store and the real server stands a proxy (``tests.fakes.elasticsearch``) that spoils some requests.
"""

from __future__ import annotations

import json
import time

import pytest

from corrillo.errors import StoreError
from corrillo.model import Cursor, Tag
from corrillo.ports import Quarantined, Query, SourceNews, StoryMark
from corrillo.testing.mentions import NOW, TOWN, ZONES, a_mention, everything, gone, id_of, write
from stores.elasticsearch import Indexed, Indexer, connect
from stores.elasticsearch.empty import make_indices
from stores.elasticsearch.names import Names
from tests.fakes.elasticsearch import cut_after, error, some_items

BUSY = error(429, "es_rejected_execution_exception")
NEWS = SourceNews("plaza", "town-square", NOW, NOW, seen=5, kept=2)
BEFORE = [a_mention(n, f"aviso {n}") for n in ("edited", "deleted", "untouched")]
BATCH = [
    a_mention("new", "agua", ref="7", url="https://plaza.example/7"), a_mention("edited", "luz", revision=2),
    gone("deleted"), gone("never"), a_mention("never"),
]  # fmt: skip
IMPOSSIBLE = a_mention("impossible", tags=(Tag(kind="praise", score=1e9, evidence=()),))
"""What no index takes: a score that is none."""


@pytest.fixture
def shaky(own, proxy):
    """A store that goes through the proxy, and tries once."""
    yield own.store(proxy.client.impatient())
    proxy.heal()


@pytest.fixture
def indexer(own, proxy, store):
    made = Indexer(proxy.client, ZONES, own.name, own.shape)
    made._ready = True
    yield made
    proxy.heal()
    made.close()


def take(store, state="1", batch=BATCH):
    """A batch of a source in one unit, as the pipeline writes it."""
    with store.unit() as unit:
        unit.groups.begin_story(TOWN, StoryMark(id_of("new"), b"\x01", (1, 2)), NOW)
        written = unit.write(batch)
        unit.quarantine([Quarantined("q", "plaza", NOW, "no date", "page 1", "{}")])
        unit.advance(Cursor(source="plaza", state=state), NEWS)
    return written


def failure_of(store):
    """What taking the batch raises, if it does."""
    try:
        take(store)
    except StoreError as raised:
        return raised


def test_a_unit_that_is_broken_off_anywhere_is_mended_by_doing_it_again(own, store, shaky, proxy):
    """After any of its requests: the cursor stands until everything does."""
    write(store, *BEFORE)
    take(store)
    wanted, health = own.documents(), list(store.health())
    external = [a for a in wanted if "mentions" in a[0] or a[0].endswith("links")]
    number, broken = 0, True
    while broken:
        own.empty()
        write(store, *BEFORE)
        proxy.spoil(cut_after(number))
        broken = failure_of(shaky)
        assert not broken or "cannot be reached" in broken.message
        proxy.heal()
        if store.cursor("plaza") is None:
            take(shaky)
        found = own.documents()
        assert found.keys() == wanted.keys(), number
        assert [found[a] for a in external] == [wanted[a] for a in external]
        assert list(store.health()) == health
        number += 1
    assert number > 7


def test_what_was_left_half_way_is_finished_by_the_source_giving_it_again(store, shaky, proxy):
    """Also when the next batch has more in it."""
    write(store, *BEFORE)
    proxy.spoil(cut_after(5))
    with pytest.raises(StoreError):
        take(shaky)
    proxy.heal()
    write(store, a_mention("more"), *BATCH)
    assert set(everything(store)) == {id_of(n) for n in ("new", "edited", "untouched", "more")}


def test_operations_that_there_was_no_room_for_are_sent_again(own, store, proxy):
    """Only those, and nobody notices."""
    turn = [0]

    def every_other_at_first(request):
        if request.path.startswith("/_bulk"):
            turn[0] += 1
        return some_items(429, "es_rejected_execution_exception", lambda n: n % 2 == 1 and turn[0] in (1, 3))(request)

    proxy.spoil(every_other_at_first)
    through = own.store(proxy.client)
    assert write(through, *(a_mention(str(n)) for n in range(50))).new == 50
    proxy.heal()
    assert store.count(Query()) == 50
    assert turn[0] == 4


def test_a_server_that_stays_too_busy_is_said(own, store, proxy):
    """After some tries; the unit is not stored, and the source gives it again."""
    proxy.spoil(some_items(429, "es_rejected_execution_exception", lambda n: n == 0))
    with pytest.raises(StoreError, match="too much to do") as raised:
        take(own.store(proxy.client))
    assert raised.value.remedy
    assert store.cursor("plaza") is None


@pytest.mark.parametrize("answer", [BUSY, error(503, "unavailable_shards_exception"), error(502, "x")])
def test_a_request_that_is_refused_once_is_sent_again(own, store, proxy, answer):
    """By the client itself, after a wait."""
    proxy.spoil(lambda r: answer if r.number in (1, 3) else None)
    through = own.store(proxy.client)
    assert write(through, a_mention()).new == 1
    assert through.count(Query()) == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (error(400, "strict_dynamic_mapping_exception"), "no such field"),
        (error(403, "security_exception"), "may not"),
        (error(403, "cluster_block_exception", "blocked by: [FORBIDDEN/8/index write (api)]"), "takes no writes"),
        (error(429, "cluster_block_exception", "flood-stage watermark exceeded"), "disk is almost full"),
    ],
)
def test_what_only_a_person_can_mend_is_said_with_what_to_do(shaky, proxy, answer, said):
    """Whether a whole request or one document was refused."""
    proxy.spoil(lambda r: answer if r.path.startswith("/_bulk") else None)
    with pytest.raises(StoreError, match=said) as raised:
        write(shaky, a_mention())
    assert raised.value.remedy
    kind = json.loads(answer[1])["error"]
    proxy.spoil(some_items(answer[0], kind["type"], lambda n: n == 0))
    if answer[0] != 429:
        with pytest.raises(StoreError):
            write(shaky, a_mention())


def test_a_server_that_does_not_answer_in_time_is_said(own, store, elasticsearch_server, proxy):
    """The request may have been done: doing it again is safe."""

    def slow(request):
        if request.path.startswith("/_bulk"):
            request.forward(request.body)
            time.sleep(1.5)

    proxy.spoil(slow)
    server = elasticsearch_server
    with (
        connect([proxy.url], server.user, server.password, timeout=0.5) as hasty,
        pytest.raises(StoreError, match="not answered in time"),
    ):
        write(own.store(hasty.impatient()), a_mention())
    proxy.heal()
    assert write(own.store(proxy.client), a_mention()).new <= 1
    assert store.count(Query()) == 1


def test_a_search_that_misses_a_shard_is_no_answer(shaky, proxy):
    """A number that is too low would be believed."""
    proxy.spoil(lambda r: None if "allow_partial_search_results=false" in r.path else BUSY)
    assert shaky.count(Query()) == 0
    assert list(shaky.terms(Query(), ["place"])) == []
    assert shaky.find(Query()).mentions == ()


def test_the_indexer_names_what_there_was_no_room_for(indexer, own, proxy):
    """By position, with why; what it did not name is stored."""
    events = [a_mention(str(n)) for n in range(10)]
    proxy.spoil(some_items(429, "es_rejected_execution_exception", lambda n: n in (2, 3, 9)))
    became = indexer.index(events)
    assert (became.done, became.transient) == (8, (1, 4))
    assert "as the test wants it" in became.reason
    proxy.heal()
    assert indexer.index([events[n] for n in became.transient]) == Indexed(done=2)
    assert len([i for i, _ in own.documents() if "mentions" in i]) == 10


def test_of_one_bulk_some_wait_and_some_never_come(indexer, own, proxy):
    """Each event fares by itself: stored, again later, or set aside with the server's reason."""
    events = [a_mention("1"), a_mention("2"), IMPOSSIBLE, a_mention("4")]
    proxy.spoil(some_items(503, "unavailable_shards_exception", lambda n: n == 3))
    became = indexer.index(events)
    assert (became.done, became.transient, list(became.permanent)) == (2, (1,), [2])
    assert "half_float" in became.permanent[2]
    proxy.heal()
    assert indexer.index([events[1]]) == Indexed(done=1)
    assert {i for index, i in own.documents() if "mentions" in index} == {id_of(n) for n in ("1", "2", "4")}


def test_a_unit_of_which_one_document_is_not_taken_is_not_stored(own, store):
    """The cursor stays; what was sent of it is written over itself when the batch comes again."""
    with pytest.raises(StoreError, match="half_float"):
        write(store, a_mention("1"), IMPOSSIBLE)
    with pytest.raises(StoreError, match="half_float"):
        take(store, batch=[*BATCH, IMPOSSIBLE])
    assert store.cursor("plaza") is None
    assert take(store).refused == 1
    assert {i for index, i in own.documents() if "mentions" in index} == {id_of(n) for n in ("1", "new", "edited")}


@pytest.mark.parametrize("answer", [BUSY, error(503, "x"), error(429, "cluster_block_exception", "flood-stage"), None])
@pytest.mark.parametrize("path", ["/_bulk", "/_mget", "/"])
def test_the_indexer_keeps_everything_that_was_refused_as_a_whole(indexer, own, proxy, answer, path):
    """For later: whatever request it was, a deletion's too. None: the line is cut."""

    def refuse(request):
        if not request.path.startswith(path):
            return None
        if answer is None:
            raise ConnectionAbortedError
        return answer

    proxy.spoil(refuse)
    events = [a_mention("1"), a_mention("2"), gone("3")]
    became = indexer.index(events)
    assert became.transient == (0, 1, 2)
    assert became.reason
    proxy.heal()
    assert indexer.index(events) == Indexed(done=3)


@pytest.mark.parametrize(
    "answer",
    [
        error(401, "security_exception"),
        error(403, "security_exception"),
        error(400, "strict_dynamic_mapping_exception"),
    ],
)
def test_the_indexer_stops_where_a_person_is_needed(indexer, proxy, answer):
    """For a whole request, and for one document of many: all others would fare so too."""
    if answer[0] != 400:
        proxy.spoil(lambda r: answer)
        with pytest.raises(StoreError):
            indexer.index([a_mention()])
    kind = json.loads(answer[1])["error"]["type"]
    proxy.spoil(some_items(answer[0], kind, lambda n: n == 0))
    with pytest.raises(StoreError):
        indexer.index([a_mention()])


def test_the_indexer_sends_less_at_a_time_where_a_request_is_too_large(indexer, own, proxy):
    """What is too large alone is named."""

    def small(request):
        return (413, b"") if request.path.startswith("/_bulk") and len(request.body) > 9_000 else None

    proxy.spoil(small)
    became = indexer.index([a_mention(str(n)) for n in range(40)] + [a_mention("large", "agua " * 3000)])
    assert (became.done, list(became.permanent)) == (40, [40])
    assert len([i for i, _ in own.documents() if "mentions" in i]) == 40


def test_who_may_not_make_indices_leaves_them_to_who_writes_first_and_any_other_refusal_is_said(own, proxy):
    """Setting up goes on without them; a server that is full does not."""
    names, refused = Names(own.name), [error(403, "security_exception"), error(400, "validation_exception")]
    client = proxy.client.impatient()
    try:
        proxy.spoil(lambda request: refused[0])
        assert {done.how for done in make_indices(client, names, NOW)} == {"left to who writes first"}
        proxy.spoil(lambda request: refused[1])
        with pytest.raises(StoreError, match="as the test wants it"):
            make_indices(client, names, NOW)
    finally:
        proxy.heal()
