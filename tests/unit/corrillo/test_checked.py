"""What a source claims to be a post is checked before it goes on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from corrillo.errors import ParseError
from corrillo.institution import Institution
from corrillo.model import Batch, Cursor, Deletion, Engagement, Post, Venue
from corrillo.pipeline import Pipeline, checked
from corrillo.registry import tagger
from ingest.protect import Pseudonyms

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
TOWNS = [Institution(id=i, name=f"Ayuntamiento de {i.title()}", aliases=(i.title(),)) for i in ("alameda", "berrocal")]


def post(**changes: object) -> Post:
    said = Post(
        network="forum",
        native_id="1",
        venue=Venue(name="Ágora", kind="forum"),
        published=NOW,
        text="Alameda y Berrocal",
    )
    return msgspec.structs.replace(said, **changes)


def batch(*posts: Post) -> Batch:
    return Batch(cursor=Cursor(source="agora", state="1"), items=posts)


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline(TOWNS, tagger("rules"), Pseudonyms(b"a key of sixteen"))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"engagement": Engagement(likes="3")}, "likes"),  # type: ignore[arg-type]
        ({"network": "x" * 201}, "network"),
        ({"published": datetime(9999, 12, 31, 23, 30, tzinfo=UTC)}, "published"),
        ({"published": datetime(1969, 7, 20, tzinfo=UTC)}, "published"),
        ({"revised": datetime(2300, 1, 1, tzinfo=UTC)}, "revised"),
        ({"published": datetime(2026, 11, 21, 9)}, "published"),  # noqa: DTZ001 - that is what is wrong with it
        ({"published": "ayer"}, "published"),
        ({"url": object()}, "no post"),
        ({"ref": "\ud800"}, "no post"),
    ],
)
def test_a_post_that_could_not_be_read_again_goes_to_quarantine(
    pipeline: Pipeline, changes: dict[str, object], named: str
) -> None:
    """With the field that is wrong; the others of its batch go on."""
    wrong = post(**changes)
    with pytest.raises(ParseError, match=named):
        checked(wrong)
    outcome = pipeline.run(batch(wrong, post(native_id="2")), "forum", NOW)
    assert [named in q.reason for q in outcome.quarantined] == [True]
    assert len(outcome.events) == 2
    assert outcome.news.rejected == 1


def test_a_deletion_that_could_not_be_written_goes_to_quarantine(pipeline: Pipeline) -> None:
    """Half a character in a name stops neither its batch nor its source."""
    wrong = Deletion(network="forum", ref="\ud800", at=NOW)
    outcome = pipeline.run(Batch(cursor=Cursor(source="agora", state="1"), items=(wrong, post())), "forum", NOW)
    assert len(outcome.events) == 2
    assert ["no deletion" in q.reason for q in outcome.quarantined] == [True]


def test_a_post_that_is_what_it_says_stays_the_same() -> None:
    assert checked(post(revised=NOW + timedelta(hours=1))) == post(revised=NOW + timedelta(hours=1))


def test_a_source_narrowed_to_one_institution_speaks_of_no_other(pipeline: Pipeline) -> None:
    """Without narrowing, a post about two is two mentions."""
    both = pipeline.run(batch(post()), "forum", NOW)
    one = pipeline.run(batch(post()), "forum", NOW, only="berrocal")
    assert [m.institution for m in both.events] == ["alameda", "berrocal"]  # type: ignore[union-attr]
    assert [m.institution for m in one.events] == ["berrocal"]  # type: ignore[union-attr]
