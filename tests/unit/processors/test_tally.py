"""Counting on a stream: each cell comes to the number of mentions that are in it, whatever happened on the way."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from corrillo.cells import cell_of, cells
from corrillo.model import MentionDeleted, TaggedMention, milliseconds
from corrillo.testing.mentions import ISLAND, NOW, TOWN, ZONES, a_mention, gone, id_of, tagged
from corrillo.versions import version_of
from processors.tally import Record, Tally
from tests.fakes.changelog import FakeChangelog

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def told(counts):
    """What is told of each cell: by day, place and tag."""
    return {(c.day, c.place, c.tag): c.count for c in counts}


def counting(*events):
    """A tally that has counted these, one after the other."""
    tally = Tally({}, ZONES)
    for event in events:
        tally.count([event])
    return tally


# ── rules ─────────────────────────────────────────────────────────────────────────────────
def test_a_mention_is_counted_once_for_all_and_once_for_each_tag():
    """On the day of its institution, in its own time zone."""
    late = NOW.replace(hour=23, minute=30)
    counts = Tally({}, ZONES).count([a_mention("1", published=late, tags=tagged("crisis", "complaint", "crisis"))])
    assert told(counts) == {("2026-11-22", "off_page", tag): 1 for tag in ("", "complaint", "crisis")}
    island = Tally({}, ZONES).count([a_mention("1", published=late, institution=ISLAND)])
    assert [(c.institution, c.day, c.network, c.venue, c.service) for c in island] == [
        (ISLAND, "2026-11-21", "town-square", "plaza.example", "other")
    ]


def test_cells_that_nothing_changes_are_not_told():
    """A mention that is told again, an older version, an edit of nothing but the text, a deletion of nothing."""
    tally = counting(a_mention("1", revision=2))
    again = [a_mention("1", revision=2), a_mention("1", place="own"), a_mention("1", "otro", revision=3), gone("2")]
    assert tally.count(again) == []


def test_an_edit_moves_a_mention_and_a_deletion_takes_it_away():
    """Both cells are told, and what is left in them."""
    tally = counting(a_mention("1"), a_mention("2"))
    day = "2026-11-21"
    assert told(tally.count([a_mention("1", revision=2, place="own")])) == {
        (day, "off_page", ""): 1,
        (day, "own", ""): 1,
    }
    assert told(tally.count([gone("1"), gone("2")])) == {(day, "off_page", ""): 0, (day, "own", ""): 0}


def test_what_is_gone_is_not_counted_again():
    """Also where the deletion came first."""
    tally = counting(gone("1"), a_mention("2"), gone("2"))
    assert tally.count([a_mention("1"), a_mention("2", revision=2)]) == []


def test_what_is_forgotten_stays_counted():
    """What comes on top is added; the mention itself comes too late to be counted twice, moved or taken away."""
    old = a_mention("1", first_seen=NOW - DAY)
    tally = counting(old, a_mention("2"))
    assert (tally.forget(milliseconds(NOW)), len(tally)) == (1, 1)
    moved = msgspec.structs.replace(old, revision=2, place="own")
    assert tally.count([old, moved, gone("1")]) == []
    assert told(tally.count([a_mention("3")])) == {("2026-11-21", "off_page", ""): 3}


def test_a_record_says_nothing_of_text_or_author():
    """Cells, tags, a time and a version."""
    (record,) = counting(a_mention("1", "un texto cualquiera")).changed().values()
    assert set(record.__struct_fields__) == {"seen", "version", "cell", "tags"}
    assert b"texto" not in msgspec.json.encode(record)


def test_what_was_kept_is_not_given_again():
    """And what changes nothing has not to be kept."""
    tally = counting(a_mention("1"))
    assert set(tally.changed()) == {id_of("1")}
    tally.count([a_mention("1")])
    assert tally.changed() == {}


# ── whatever happens ──────────────────────────────────────────────────────────────────────
class Plainly:
    """The same count from scratch: who is where, and what was there when it was forgotten."""

    def __init__(self):
        self.here, self.gone, self.old, self.through = {}, {}, Counter(), 0

    def count(self, event):
        known = self.here.get(event.id)
        if not isinstance(event, TaggedMention):
            self.gone[event.id] = max(self.gone.get(event.id, 0), milliseconds(event.at), self._seen(known))
            self.here.pop(event.id, None)
        elif event.id in self.gone or (known and version_of(event) < version_of(known[1])):
            return
        elif known or milliseconds(event.first_seen) >= self.through:
            self.here[event.id] = (self._seen(known) if known else milliseconds(event.first_seen), event)

    def forget(self, before):
        self.through = max(self.through, before)
        self.old += Counter(c for seen, m in self.here.values() if seen < before for c in in_cells(m))
        self.here = {i: (seen, m) for i, (seen, m) in self.here.items() if seen >= before}
        self.gone = {i: at for i, at in self.gone.items() if at >= before}

    def totals(self):
        return self.old + Counter(c for _, mention in self.here.values() for c in in_cells(mention))

    def _seen(self, known):
        return known[0] if known else self.through


def in_cells(mention):
    """The cells in which a mention is."""
    return cells(cell_of(mention, ZONES), [t.kind for t in mention.tags])


def number_of(count):
    """A cell and what it comes to."""
    values = vars(count)
    return tuple(v for name, v in values.items() if name != "count"), values["count"]


hours = st.integers(0, 6).map(lambda n: NOW + n * HOUR)
mentions = st.builds(
    lambda number, **given: a_mention(str(number), first_seen=NOW + number * HOUR, **given),
    st.integers(0, 6),
    revision=st.integers(1, 2),
    place=st.sampled_from(["own", "off_page"]),
    tags=st.sampled_from([(), tagged("crisis"), tagged("crisis", "praise")]),
)
"""When a mention was first seen does not move: grouping sees to that."""
deletions = st.builds(MentionDeleted, id=st.sampled_from("0123456").map(id_of), institution=st.just(TOWN), at=hours)
kills = st.none() | st.integers(0, 5)
batches = st.tuples(st.lists(mentions | mentions | deletions, min_size=1, max_size=5), kills)
steps = st.lists(batches | st.tuples(hours.map(milliseconds), kills), max_size=12)


class Stream:
    """A tally whose process is killed when so many records have been kept, and what it has told of each cell."""

    def __init__(self):
        self.told, self._changelog, self.tally = {}, FakeChangelog(Record), Tally({}, ZONES)

    def count(self, events, kill):
        """Count a batch; where the process is killed, it is counted again."""
        self.told |= dict(map(number_of, self.tally.count(events)))
        self._keep(kill)
        if kill is not None:
            self.count(events, None)

    def forget(self, before, kill):
        """Forget; gives whether anything of it has lasted."""
        return bool(self.tally.forget(before)) & self._keep(kill)

    def restart(self):
        self.tally = Tally(self._changelog.records(), ZONES)

    def _keep(self, kill):
        changes = self.tally.changed()
        self._changelog.keep(changes, kill)
        if kill is not None:
            self.restart()
        return bool(list(changes)[:kill])


@settings(max_examples=500, deadline=None)
@given(steps)
def test_a_cell_comes_to_what_counting_from_scratch_gives(steps):
    """Mentions, edits, deletions, all of them again; forgetting in between; killed between any two records."""
    stream, plainly = Stream(), Plainly()
    for what, kill in steps:
        if isinstance(what, int):
            if stream.forget(what, kill):
                plainly.forget(what)
            continue
        stream.count(what, kill)
        for event in what:
            plainly.count(event)
    assert +Counter(stream.told) == plainly.totals()
    stream.restart()
    probe = [
        a_mention(f"probe {p}", place=p, first_seen=NOW + DAY, tags=tagged("crisis", "praise"))
        for p in ("own", "off_page")
    ]
    stream.count(probe, None)
    assert +Counter(stream.told) == plainly.totals() + Counter(c for m in probe for c in in_cells(m))
