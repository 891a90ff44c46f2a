"""A source's health as it grows from batch to batch."""

from __future__ import annotations

from datetime import timedelta

from corrillo.ports import SourceHealth
from corrillo.testing.mentions import NOW
from ingest.kafka.health import advanced, failed, succeeded

NEWS = SourceHealth("plaza", "town-square", NOW, NOW, NOW, seen=3, kept=2, rejected=1)


def test_counts_add_up_and_a_newest_post_only_moves_forward():
    older = SourceHealth("plaza", "town-square", NOW - timedelta(days=1), NOW, NOW, seen=1)
    after = advanced(advanced(None, NEWS), older)
    assert (after.seen, after.kept, after.rejected, after.newest_post) == (4, 2, 1, NOW)


def test_a_batch_without_posts_keeps_the_newest_post():
    assert advanced(NEWS, SourceHealth("plaza", "town-square")).newest_post == NOW


def test_failures_count_in_a_row_and_a_success_ends_them():
    twice = failed(failed(NEWS, NOW, "no connection"), NOW, "503")
    assert (twice.failures, twice.last_error, twice.last_success, twice.seen) == (2, "503", NOW, 3)
    later = NOW + timedelta(minutes=1)
    well = succeeded(twice, later)
    assert (well.failures, well.last_error, well.last_success, well.last_attempt) == (0, "", later, later)
    assert advanced(twice, NEWS).failures == 0
