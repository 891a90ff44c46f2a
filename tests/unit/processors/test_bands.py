"""Which stories are found under a band."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from processors.bands import Bands

stories = st.sampled_from("abcd")
bands = st.sets(st.integers(0, 5), min_size=1, max_size=3)


@given(st.lists(st.tuples(stories, st.none() | bands), max_size=30))
def test_a_story_is_found_under_its_bands_until_it_is_dropped(steps):
    """However many share a band, whoever is dropped first, and if it is there already or not any more."""
    index, plainly = Bands(), defaultdict(set)
    for story, some in steps:
        if some is None:
            index.drop(story, plainly.pop(story, range(6)))
        else:
            index.add(story, some)
            plainly[story] |= some
        for band in range(6):
            assert index.stories([band]) == {s for s, its in plainly.items() if band in its}
    assert index.stories(range(6)) == plainly.keys()
