"""What is erased, purged or deleted leaves no trace in the bytes of the files."""

from __future__ import annotations

import random
import re
from datetime import timedelta

import pytest

from corrillo.model import Cursor
from corrillo.pipeline import settle
from corrillo.ports import Quarantined, SourceNews
from corrillo.testing.deeds import a_deed
from corrillo.testing.incidents import an_act, an_incident, tell
from corrillo.testing.mentions import NOW, TOWN, a_mention, gone, id_of, pseudonym, tagged, write
from corrillo.testing.notices import a_delivery, a_subscriber
from corrillo.testing.store_detection import about, remember, remembered

PEPA = pseudonym("pepa")
URL = "https://plaza.example/@pepa/enlacequitado"
TRACES = ("Murciélago", "murcielago", "quitasoles", PEPA, PEPA.lstrip("~"), URL, "enlacequitado", "refquitado")
"""Words of the text as written and as folded, the person, the link, the ref: none of them could be a piece of an id."""


def hers(**given):
    text = f"El Murciélago come quitasoles en Benialba, dice @{PEPA}, y nadie lo recoge en toda la semana"
    tags = tagged("complaint", evidence=("Murciélago come quitasoles",))
    return a_mention(
        "hers", text, **{"author": PEPA, "url": URL, "ref": "refquitado", "title": "quitasoles", "tags": tags, **given}
    )


def bytes_of(path):
    """Everything in the file, its log and its index."""
    return b"".join(f.read_bytes() for f in sorted(path.parent.iterdir()))


def traces(path):
    found = bytes_of(path)
    return {t for t in TRACES if t.encode() in found}


def fill(store):
    """Her mention among others, written as the pipeline does: with stories, then edited."""
    others = [a_mention(str(n), f"aviso {n} sobre la calle {n % 7} de Benialba " * (n % 5 + 1)) for n in range(300)]
    for part in (others[:150], [hers()], others[150:], [hers(revision=2, enrichment=3, service="animals")]):
        with store.unit() as unit:
            unit.write(settle(part, unit.groups, [TOWN]))


ERASURES = {
    "by id": {"ids": [id_of("hers")]},
    "by url": {"url": URL},
    "by person": {"pseudonyms": [PEPA]},
}


@pytest.mark.parametrize("how", ERASURES.values(), ids=ERASURES)
def test_an_erased_mention_is_in_no_byte_of_the_files(open_store, path, how):
    """Neither text, folded words, evidence, author, url nor ref; with the store open and after it was closed."""
    store = open_store()
    fill(store)
    assert traces(path) == set(TRACES)
    store.erase(**how)
    assert traces(path) == set()
    assert b"aviso 299" in bytes_of(path)
    store.close()
    assert traces(path) == set()


def test_a_person_named_by_others_is_in_no_byte_of_the_files(open_store, path):
    """The others' mentions stay, without the name."""
    store = open_store()
    fill(store)
    write(store, *(a_mention(f"o{n}", f"gracias @{PEPA} por el aviso {n}", author="~x") for n in range(20)))
    assert store.erase(pseudonyms=[PEPA]).named_in == 20
    assert traces(path) == set()


@pytest.mark.parametrize("how", ERASURES.values(), ids=ERASURES)
def test_what_was_done_about_an_erased_mention_is_in_no_byte_of_the_files(open_store, path, how):
    """A note may say what the post said; what was done about others stays."""
    store = open_store()
    fill(store)
    store.do(a_deed(mention="hers", note="El Murciélago otra vez: refquitado"))
    store.do(a_deed("2", "1", note="aviso atendido"))
    store.erase(**how)
    assert traces(path) == set()
    assert b"aviso atendido" in bytes_of(path)


@pytest.mark.parametrize("how", ERASURES.values(), ids=ERASURES)
def test_what_detection_remembers_of_an_erased_mention_is_in_no_byte_of_the_files(open_store, path, how):
    """Her record goes, wherever earlier versions of it have been; those of others stay."""
    store = open_store()
    fill(store)
    records = {about(str(n)): b'{"author":"~x%d"}' % n for n in range(300)}
    for revision in (1, 2, 3):
        remember(store, {**records, about("hers"): b'{"author":"%b","v":%d}' % (PEPA.encode(), revision)})
    store.erase(**how)
    assert traces(path) == set()
    assert remembered(store) == records


def test_what_detection_remembers_of_a_person_is_in_no_byte_of_the_files(open_store, path):
    """Though the mention is gone already."""
    store = open_store()
    remember(store, {about("gone"): b'{"author":"%b"}' % PEPA.encode(), "stage": b"1"})
    assert traces(path) == {PEPA, PEPA.lstrip("~")}
    store.erase(pseudonyms=[PEPA])
    assert traces(path) == set()


def test_an_erased_item_of_quarantine_is_in_no_byte_of_the_files(open_store, path):
    """What could not be read is erased as thoroughly."""
    store = open_store()
    with store.unit() as unit:
        unit.quarantine([Quarantined("q", "plaza", NOW, "no date", "p. 1", f'{{"t": "quitasoles {URL}"}}', (PEPA,))])
    assert traces(path) >= {PEPA, URL, "quitasoles"}
    store.erase(pseudonyms=[PEPA])
    assert traces(path) == set()


def test_purged_mentions_are_in_no_byte_of_the_files(open_store, path):
    """Retention is kept down to the bytes; what may stay does."""
    store = open_store()
    fill(store)
    write(store, a_mention("kept", "se queda aquí", first_seen=NOW + timedelta(days=9)))
    remember(store, {about("hers"): b'{"author":"%b"}' % PEPA.encode()})
    tell(store, an_incident(updated=NOW, resolved=NOW))
    store.act(an_act(note="quitasoles"))
    assert store.purge(TOWN, NOW + timedelta(days=1)) == 301
    assert traces(path) == set()
    assert b"aviso" not in bytes_of(path)
    assert "se queda aquí".encode() in bytes_of(path)


def test_a_deleted_mention_is_in_no_byte_after_the_next_purge(open_store, path):
    """Even when nothing else is old enough to go."""
    store = open_store()
    fill(store)
    write(store, gone("hers"))
    assert store.purge(TOWN, NOW - timedelta(days=300)) == 0
    assert traces(path) == set()


def test_purged_quarantine_is_in_no_byte_of_the_files(open_store, path):
    """A week later nothing of it is left."""
    store = open_store()
    with store.unit() as unit:
        unit.quarantine([Quarantined("q", "plaza", NOW, "no date", "p. 1", "quitasoles", (PEPA,))])
    assert store.purge_quarantine(NOW + timedelta(days=7)) == 1
    assert traces(path) == set()


def test_who_unsubscribes_is_in_no_byte_of_the_files(open_store, path):
    """Neither the address nor what a server said when it was tried; others stay."""
    store = open_store()
    for name in ("quitasoles", "nuria"):
        store.subscribe(a_subscriber(name, id=f"subscriber-{name}"))
        store.deliver([a_delivery(f"{name}-{n}", name) for n in range(50)])
    assert b"quitasoles@" in bytes_of(path)
    store.unsubscribe("subscriber-quitasoles")
    assert b"quitasoles" not in bytes_of(path)
    assert b"nuria@benialba.example" in bytes_of(path)


def test_old_deliveries_are_in_no_byte_after_the_purge_that_follows(open_store, path):
    """As the daily round does it."""
    store = open_store()
    store.subscribe(a_subscriber())
    store.deliver([a_delivery("quitasoles")])
    store.purge_deliveries(NOW + timedelta(days=1))
    store.purge(TOWN, NOW)
    assert b"quitasoles" not in bytes_of(path)


def test_rewriting_and_growing_leaves_no_copies_behind(open_store, path):
    """Rows that were edited, grew and moved between pages are erased wherever they have been."""
    rnd, store = random.Random(7), open_store()
    names = list(range(300))

    def version(n, revision):
        text = f"palabra{n}única " + "relleno " * rnd.randint(0, 60 * revision)
        return a_mention(str(n), text, revision=revision, url=f"https://plaza.example/enlace{n}único")

    for revision in (1, 2, 3, 4):
        rnd.shuffle(names)
        for start in range(0, len(names), 50):
            write(store, *(version(n, revision) for n in names[start : start + 50]))
            with store.unit() as unit:
                unit.advance(Cursor(source="s", state=str(start)), SourceNews("s", "n", NOW))
    doomed = set(names[:150])
    store.erase(ids=[id_of(str(n)) for n in doomed])
    found = re.findall(rb"(?:palabra|enlace)(\d+)(?:\xc3\xba|u)nic", bytes_of(path))
    assert {int(n) for n in found} == set(names) - doomed
