"""The views for analysts: what they show of the file, and that nothing stays in them that the file has not."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from corrillo.testing.attention import ANSWERED, an_attention
from corrillo.testing.deeds import a_deed
from corrillo.testing.incidents import HOUR, an_hour, an_incident, tell
from corrillo.testing.mentions import NOW, TOWN, a_mention, id_of, pseudonym, tagged, write
from stores.sqlite.views import VIEWS

PEPA = pseudonym("pepa")
NAMES = re.findall(r"CREATE VIEW (\w+)", VIEWS)


@pytest.fixture
def read(path):
    """What an analyst gets who may only read: rows, each a mapping."""

    def run(statement):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(statement)]

    return run


@pytest.fixture
def store(open_store):
    return open_store()


def hers(**given):
    return a_mention(
        "1", "Sin agua", title="Corte", author=PEPA, url="https://plaza.example/1", ref="at://1", service="water",
        tags=tagged("complaint", "question"), **given,
    )  # fmt: skip


def test_a_mention_reads_as_it_was_said_without_who_said_it(store, read):
    """Moments in UTC to the second, what is empty is NULL; only an own account has a name, and no link is anywhere."""
    ours = a_mention("2", author="@benialba", author_kind="own_account", place="own", district="Centro")
    write(store, hers(), ours)
    tell(store, an_attention())
    found = {row["id"]: row for row in read("SELECT * FROM read_mentions")}
    one, two = found[id_of("1")], found[id_of("2")]
    assert (one["published"], one["day"], one["title"], one["text"]) == (
        "2026-11-21T12:05:00Z", "2026-11-21", "Corte", "Sin agua",
    )  # fmt: skip
    assert (one["account"], one["district"], one["service"]) == (None, None, "water")
    assert (two["account"], two["district"], two["title"]) == ("@benialba", "Centro", None)
    assert [(r["mention"], r["tag"]) for r in read("SELECT * FROM read_tags ORDER BY tag")] == [
        (id_of("1"), "complaint"), (id_of("1"), "question"),
    ]  # fmt: skip
    everything = "\n".join(str(row) for name in NAMES for row in read(f"SELECT * FROM {name}"))
    assert [secret for secret in (PEPA, "plaza.example/1", "at://1") if secret in everything] == []
    words = (
        "SELECT id FROM read_mentions WHERE number IN (SELECT rowid FROM mention_text WHERE mention_text MATCH 'agua')"
    )
    assert [row["id"] for row in read(words)] == [id_of("1")]


def test_what_the_team_has_marked_last_stands_beside(store, read):
    """No tag is another thing than no correction; a mark that was taken back is none."""
    write(store, *(a_mention(n) for n in "1234"))
    for deed in (
        a_deed("a", "1", what="not_about_us"), a_deed("b", "2", what="not_about_us"),
        a_deed("c", "2", what="about_us", at=NOW + timedelta(seconds=1)), a_deed("d", "3", what="correct"),
        a_deed("e", "4", what="correct", tags=("praise", "question")),
    ):  # fmt: skip
        store.do(deed)
    found = {row["id"]: row for row in read("SELECT * FROM read_mentions")}
    shown = [(found[id_of(n)]["not_about_us"], found[id_of(n)]["corrected_tags"]) for n in "1234"]
    assert shown == [(1, None), (0, None), (0, ""), (0, "praise|question")]


def test_whether_somebody_has_answered_is_known_only_where_it_was_looked_for(store, read):
    write(store, *(a_mention(n) for n in "123"))
    tell(store, an_attention("1", **ANSWERED), an_attention("2", looked=NOW), an_attention("3"))
    found = {row["mention"]: row for row in read("SELECT * FROM read_attention")}
    assert [found[id_of(n)]["state"] for n in "123"] == ["answered", "waiting", "unknown"]
    one, three = found[id_of("1")], found[id_of("3")]
    assert (one["kinds"], one["account"], one["department"], one["wait"]) == (
        "question|complaint", "@AytoBenialba", "Aguas", 2999.999999,
    )  # fmt: skip
    assert (three["asked"], three["wait"], three["department"], three["district"]) == (
        "2026-11-21T12:05:00Z",
        None,
        None,
        None,
    )


def test_incidents_and_hours_read_as_they_were_told(store, read):
    tell(store, an_incident(), an_hour())
    (incident,) = read("SELECT * FROM read_incidents")
    assert (incident["peak"], incident["service"], incident["district"], incident["ended"]) == (
        "crisis",
        "water",
        None,
        None,
    )
    assert (incident["voices"], incident["word"], incident["authors"]) == (11.5, "reventón", 12)
    (hour,) = read("SELECT * FROM read_hours")
    assert (hour["at"], hour["heard"]) == ("2026-11-21T13:00:00Z", an_hour().heard)
    assert an_hour().hour == HOUR


@pytest.mark.parametrize("how", ["erase", "purge"])
def test_what_is_erased_or_too_old_is_in_no_view(store, read, how):
    """They hold nothing themselves. Daily counts outlive retention, and an erasure takes them along."""
    write(store, hers(first_seen=NOW - timedelta(days=99)))
    tell(store, an_attention())
    store.do(a_deed())
    before = {name: len(read(f"SELECT * FROM {name}")) for name in NAMES}
    assert (before["read_mentions"], before["read_attention"], before["read_days"]) == (1, 1, 3)
    store.erase(pseudonyms=[PEPA]) if how == "erase" else store.purge(TOWN, NOW - timedelta(days=30))
    left = {name: len(found) for name in NAMES if (found := read(f"SELECT * FROM {name}"))}
    assert left == ({} if how == "erase" else {"read_days": 3})
