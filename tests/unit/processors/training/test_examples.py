"""What is learned from: the packaged corpus, and licensed sets as their authors publish them."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from corrillo.errors import ConfigError
from corrillo.model import SERVICES, TAG_KINDS
from processors.training.examples import LICENCES, SETS, described, licensed, parsed, some, written


def test_every_packaged_post_is_whole():
    """An id of its own, a text, a language, tags and target and service of ours, a group, a network."""
    found = written()
    assert len(found) > 13_000
    assert len({e.id for e in found}) == len(found)
    for example in found:
        assert example.text.strip()
        assert example.language in ("es", "ca", "gl", "eu", "pt", "en")
        assert example.tags <= set(TAG_KINDS)
        assert example.target in ("administration", "government", "other", "none")
        assert example.service in SERVICES
        assert example.network
        assert example.group


def test_the_packaged_posts_are_many_kinds_in_six_languages():
    """Half of what is said carries no tag; every tag has hundreds."""
    found = written()
    tags = Counter(tag for e in found for tag in e.tags)
    assert all(tags[kind] > 700 for kind in TAG_KINDS)
    assert sum(not e.tags for e in found) > 4_000
    assert Counter(e.language for e in found).keys() == {"es", "ca", "gl", "eu", "pt", "en"}


def test_a_line_that_is_none_is_named():
    """Which file, which line, and what to write."""
    good = '{"text": "hola", "lang": "es", "tags": ["praise"]}'
    assert [e.id for e in parsed(f"\ufeff{good}\n\n{good}\n", "mine")] == ["mine-1", "mine-3"]
    for bad in ("{", '{"lang": "es"}', '{"text": "x", "tags": ["anger"]}', '{"text": "x", "target": "all"}', "[]"):
        with pytest.raises(ConfigError, match="mine, line 2"):
            parsed(f"{good}\n{bad}", "mine")


def test_a_language_of_nobody_here_is_unknown():
    """It is detected, then."""
    assert [e.language for e in parsed('{"text": "bonjour", "lang": "fr"}\n{"text": "hola"}', "m")] == ["und", "und"]


@pytest.fixture
def sets(tmp_path):
    """The sets in the form in which they are published, with invented texts under real ids."""
    decide = tmp_path / "decide-madrid"
    decide.mkdir()
    (decide / "comments.csv").write_text(
        ",id,parentId,proposalId,page,userId,text\n"
        "0,17305,-1,7,3,1,La calle está sucia\n1,17333,-1,7,3,1,\"Otra, y lo mismo\"\n2,999999999,-1,7,3,1,Sin etiqueta\n"
    )  # fmt: skip
    crisis = tmp_path / "crisislex-t26" / "2012_Colorado_wildfires"
    crisis.mkdir(parents=True)
    (crisis / "2012_Colorado_wildfires-tweets_labeled.csv").write_text(
        "Tweet ID, Tweet Text, Information Source, Information Type, Informativeness\n"
        '"1","Fire near the town, leave now",Media,Caution,Related and informative\n'
        '"2","good morning all",Not labeled,Not labeled,Not related\n'
        '"3","thoughts with you",Not labeled,Not labeled,Related - but not informative\n'
    )
    acts = tmp_path / "tweet-acts-en" / "Dataset"
    acts.mkdir(parents=True)
    (acts / "TWEET_DATA.csv").write_text('When does it open?,QUE\n"Well, they should",SUG\nHello,THT\nDo it,REQ\n')
    return tmp_path


def test_a_licensed_text_comes_with_our_label(sets):
    """By its id; those without a label, and sets that are not there, are left out."""
    found = {e.id: e for e in licensed(sets) if e.of == "decide-madrid"}
    assert set(found) == {"17305", "17333"}
    assert found["17333"].text == "Otra, y lo mismo"
    assert found["17333"].group == found["17305"].group
    assert found["17305"].known == frozenset(TAG_KINDS)


def test_an_author_s_answer_decides_only_what_was_asked(sets):
    """Who judged whether a tweet informs of a crisis said nothing of praise."""
    found = {(e.of, e.id): e for e in licensed(sets)}
    fire, morning = found["crisislex-t26", "1"], found["crisislex-t26", "2"]
    assert (fire.tags, fire.known) == ({"crisis"}, {"crisis"})
    assert (morning.tags, morning.known) == (frozenset(), {"crisis"})
    assert ("crisislex-t26", "3") not in found
    assert fire.group == morning.group
    acts = [e for e in found.values() if e.of == "tweet-acts-en"]
    assert [(sorted(e.tags), sorted(e.known)) for e in acts] == [
        (["question"], ["crisis", "question", "suggestion"]),
        (["suggestion"], ["crisis", "question", "suggestion"]),
        ([], ["crisis", "question", "suggestion"]),
    ]


def test_every_licensed_set_has_its_licence():
    """The card names it."""
    assert set(LICENCES) == set(SETS)


def test_what_was_used_is_hashed_with_its_labels():
    """One label changed is another set; the order of sets is not."""
    few = some(written(), 100)
    changed = [*few[1:], parsed(json.dumps({"text": few[0].text, "tags": ["praise"]}), few[0].of)[0]]
    assert described(few) == described(list(few))
    assert {d.sha256 for d in described(few)} != {d.sha256 for d in described(changed)}
    assert {d.licence for d in described(few)} == {"Apache-2.0"}
