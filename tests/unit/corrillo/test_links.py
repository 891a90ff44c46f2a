"""Links that allow one thing: theirs, for their time, unchanged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrillo.links import HOLDS, PURPOSES, BadLink, Grant, Links

NOW = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
LINKS = Links(b"a key that is used in tests and nowhere else", "https://corrillo.example.es/")
SAID = st.text(st.characters(exclude_characters="\x1f", exclude_categories=("Cs",)), max_size=80)


@given(st.sampled_from(PURPOSES), SAID, SAID)
def test_what_was_granted_is_read_as_long_as_it_holds(purpose, subscriber, about):
    grant = Grant(purpose, subscriber, about)
    token = LINKS.token(grant, NOW)
    assert LINKS.read(token, NOW + HOLDS[purpose]) == grant
    with pytest.raises(BadLink, match="too old"):
        LINKS.read(token, NOW + HOLDS[purpose] + timedelta(seconds=1))


@given(st.integers(0, 200), st.sampled_from("AZaz09-_"))
def test_a_changed_link_is_refused(place, letter):
    token = LINKS.token(Grant("silence", "ana", "an incident"), NOW)
    place %= len(token) - 1  # the last letter carries bits that say nothing
    changed = token[:place] + letter + token[place + 1 :]
    if changed != token:
        with pytest.raises(BadLink, match="not whole"):
            LINKS.read(changed, NOW)


@pytest.mark.parametrize("token", ["", "A", "ñ", "====", "a" * 4000, "../..", "AAAA\x00"])
def test_what_is_no_token_is_refused(token):
    with pytest.raises(BadLink):
        LINKS.read(token, NOW)


def test_another_installation_s_link_is_refused():
    token = Links(b"another key").token(Grant("unsubscribe", "ana"), NOW)
    with pytest.raises(BadLink):
        LINKS.read(token, NOW)


def test_a_link_leads_to_the_page_where_one_is_known():
    grant = Grant("acknowledge", "ana", "i/1")
    assert LINKS.url(grant, NOW) == f"https://corrillo.example.es/do/{LINKS.token(grant, NOW)}"
    assert LINKS.at("incident", "i/1") == "https://corrillo.example.es/incident/i%2F1"
    assert Links(LINKS.key).url(grant, NOW) == ""


def test_each_subscriber_has_a_secret_of_their_own():
    assert len({LINKS.secret_of(who) for who in ("ana", "luis")}) == 2
    assert LINKS.secret_of("ana") != Links(b"another key").secret_of("ana")
