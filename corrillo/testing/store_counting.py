"""Counting: by fields, over time, by distinct authors."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from corrillo.errors import ConfigError
from corrillo.ports import Bucket, Field, Interval, Query, Store
from corrillo.testing.mentions import TOWN, a_mention, tagged, write
from corrillo.testing.store_base import StoreFixtures

HISTOGRAMS: tuple[tuple[str, Interval, str, tuple[str, ...], tuple[tuple[str, int], ...]], ...] = (
    ("clocks go back: the hour comes twice", "hour", "Europe/Madrid",
     ("2026-10-25T00:30", "2026-10-25T00:59", "2026-10-25T01:30", "2026-10-25T02:00"),
     (("2026-10-25T02:00+02:00", 2), ("2026-10-25T02:00+01:00", 1), ("2026-10-25T03:00+01:00", 1))),
    ("clocks go forward: an hour is missing", "hour", "Europe/Madrid",
     ("2026-03-29T00:59", "2026-03-29T01:00"), (("2026-03-29T01:00+01:00", 1), ("2026-03-29T03:00+02:00", 1))),
    ("the Canaries change an hour of theirs", "hour", "Atlantic/Canary",
     ("2026-10-25T00:30", "2026-10-25T01:30"), (("2026-10-25T01:00+01:00", 1), ("2026-10-25T01:00+00:00", 1))),
    ("midnight is the town's", "day", "Europe/Madrid",
     ("2026-11-20T22:59", "2026-11-20T23:00", "2026-06-20T21:59", "2026-06-20T22:00"),
     (("2026-06-20", 1), ("2026-06-21", 1), ("2026-11-20", 1), ("2026-11-21", 1))),
    ("midnight is the island's", "day", "Atlantic/Canary",
     ("2026-11-20T23:59", "2026-11-21T00:00"), (("2026-11-20", 1), ("2026-11-21", 1))),
    ("a day of 25 hours is one day", "day", "Europe/Madrid",
     ("2026-10-24T22:00", "2026-10-25T22:59", "2026-10-25T23:00"), (("2026-10-25", 2), ("2026-10-26", 1))),
    ("weeks begin on Monday", "week", "Europe/Madrid",
     ("2026-11-15T22:59", "2026-11-15T23:00", "2026-11-22T22:59"), (("2026-11-09", 1), ("2026-11-16", 2))),
    ("a week over the change of clocks", "week", "Europe/Madrid",
     ("2026-10-18T22:00", "2026-10-25T22:59", "2026-10-25T23:00"), (("2026-10-19", 2), ("2026-10-26", 1))),
    ("months are the town's", "month", "Europe/Madrid",
     ("2026-10-31T22:59", "2026-10-31T23:00", "2026-12-31T23:00"), (("2026-10", 1), ("2026-11", 1), ("2027-01", 1))),
)  # fmt: skip


class CountingRules(StoreFixtures):
    """What the charts are drawn from."""

    def test_terms_count_by_one_field_most_first(self, store: Store) -> None:
        """With the distinct authors beside the count; what has no value is left out."""
        for n, (service, author) in enumerate([("water", "~a"), ("water", "~a"), ("water", "~b"), ("waste", "~a")]):
            write(store, a_mention(str(n), service=service, author=author, district="El Raval" if n == 3 else ""))
        assert list(store.terms(Query(), ["service"])) == [Bucket(("water",), 3, 2), Bucket(("waste",), 1, 1)]
        assert list(store.terms(Query(), ["service"], limit=1)) == [Bucket(("water",), 3, 2)]
        assert list(store.terms(Query(), ["district"])) == [Bucket(("El Raval",), 1, 1)]
        assert list(store.terms(Query(where={"service": ("waste",)}), ["service"])) == [Bucket(("waste",), 1, 1)]

    def test_terms_cross_two_fields(self, store: Store) -> None:
        """Each pair of values that occurs is counted."""
        for n, pair in enumerate([("press", "water"), ("press", "water"), ("plaza", "water"), ("press", "waste")]):
            write(store, a_mention(str(n), network=pair[0], service=pair[1]))
        found = store.terms(Query(), ["network", "service"])
        assert found[0] == Bucket(("press", "water"), 2, 2)
        assert {b.values for b in found[1:]} == {("plaza", "water"), ("press", "waste")}

    def test_a_mention_counts_in_each_of_its_tags(self, store: Store) -> None:
        """Alone, crossed, and where the tags are filtered too."""
        write(store, a_mention("1", tags=tagged("complaint", "crisis")), a_mention("2", tags=tagged("complaint")))
        write(store, a_mention("3", tags=()))
        assert [(b.values, b.count) for b in store.terms(Query(), ["tag"])] == [(("complaint",), 2), (("crisis",), 1)]
        crossed = {b.values: b.count for b in store.terms(Query(), ["place", "tag"])}
        assert crossed == {("off_page", "complaint"): 2, ("off_page", "crisis"): 1}
        narrowed = {b.values: b.count for b in store.terms(Query(where={"tag": ("crisis",)}), ["tag"])}
        assert narrowed == {("complaint",): 1, ("crisis",): 1}

    def test_retagging_moves_the_counts(self, store: Store) -> None:
        """A later enrichment takes away the tags that it no longer gives."""
        write(store, a_mention(tags=tagged("complaint", "crisis")))
        write(store, a_mention(tags=tagged("praise"), enrichment=2))
        assert [b.values for b in store.terms(Query(), ["tag"])] == [("praise",)]

    @pytest.mark.parametrize("fields", [[], ["place", "service", "tag"]])
    def test_terms_are_by_one_field_or_two(self, store: Store, fields: list[Any]) -> None:
        """Anything else is a mistake of who asks."""
        with pytest.raises(ConfigError):
            store.terms(Query(), cast(list[Field], fields))

    def test_the_share_off_page_comes_from_the_places(self, store: Store) -> None:
        """Own, on page, off page: each mention in one of them."""
        places = ["off_page"] * 5 + ["on_page"] * 2 + ["own"]
        write(store, *(a_mention(str(n), place=p) for n, p in enumerate(places)))
        counts = {b.values[0]: b.count for b in store.terms(Query(where={"institution": (TOWN,)}), ["place"])}
        assert counts == {"off_page": 5, "on_page": 2, "own": 1}

    def test_authors_are_counted_once_and_nobody_is_no_author(self, store: Store) -> None:
        """Mentions whose author is not known count as mentions only."""
        write(store, *(a_mention(str(n), author=a) for n, a in enumerate(["~a", "~a", "~b", "", ""])))
        assert (store.count(Query()), store.distinct_authors(Query())) == (5, 2)
        assert store.distinct_authors(Query(text="nothing has this")) == 0
        assert store.terms(Query(), ["place"])[0] == Bucket(("off_page",), 5, 2)

    @pytest.mark.parametrize(
        ("what", "interval", "zone", "moments", "expected"), HISTOGRAMS, ids=[h[0] for h in HISTOGRAMS]
    )
    def test_time_is_counted_in_the_zone_that_is_asked_for(
        self, store: Store, what: str, interval: Interval, zone: str, moments: tuple[str, ...], expected: object
    ) -> None:
        """Hours, days, weeks and months begin when they do there, earliest first."""
        write(store, *(a_mention(str(n), published=_utc(m)) for n, m in enumerate(moments)))
        found = store.histogram(Query(), interval, zone)
        assert tuple((*b.values, b.count) for b in found) == expected, what

    def test_a_histogram_can_be_split_by_a_field(self, store: Store) -> None:
        """Each span once for each value, tags among them, with the authors of each."""
        morning, evening = _utc("2026-11-20T08:00"), _utc("2026-11-20T20:00")
        write(store, a_mention("1", published=morning, place="own", author="~a", tags=tagged("praise")))
        write(store, a_mention("2", published=evening, author="~b", tags=tagged("praise", "question")))
        write(store, a_mention("3", published=evening, author="~b"))
        day = "2026-11-20"
        assert set(store.histogram(Query(), "day", "Europe/Madrid", "place")) == {
            Bucket((day, "own"), 1, 1), Bucket((day, "off_page"), 2, 1),
        }  # fmt: skip
        by_tag = store.histogram(Query(), "day", "Europe/Madrid", "tag")
        assert {b.values: b.count for b in by_tag} == {(day, "praise"): 2, (day, "question"): 1}


def _utc(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)
