"""What every tagger has to keep: inherit ``TaggerContract`` and give a fixture ``tagger``."""

from __future__ import annotations

from typing import get_args

import pytest

from corrillo.model import SERVICES, TAG_KINDS, Language, Mention, Target
from corrillo.ports import Tagger, TagsMany
from corrillo.testing.mentions import NOW, TOWN

SAMPLES: tuple[tuple[Language, str, str], ...] = (
    ("es", "", "Llevamos un mes sin farolas en la calle Olmo y nadie hace nada. ¡QUÉ VERGÜENZA!"),
    ("es", "Fuga de gas", "Explosión en el mercado: dos heridos y los vecinos evacuados"),
    ("ca", "", "Algú sap a quina hora obri la biblioteca? Moltes gràcies!"),
    ("gl", "", "Estaría ben poñer máis bancos á sombra na praza"),
    ("eu", "", "Eskerrik asko udaltzainei, lan bikaina egin duzue"),
    ("pt", "", "Outra vez sem água na rua da Igreja, isto é uma vergonha"),
    ("en", "", "Great job by the street cleaners, thank you so much"),
    ("und", "", "ok ok ok"),
)
ODD = (
    "", " ", "\n\n", "?", "¿?¡!", "…", "\x00\x01", "\ud800", "😀" * 50, "@~0123456789abcdef", "a\u0301" * 500,
    "\u202eאבג", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "ﷺ" * 10, "İıŞş ẞ ﬁ ½", "(" * 3000, "¿" * 3000,
)  # fmt: skip


def said(text: str, language: Language = "es", title: str = "", own: bool = False) -> Mention:
    """A mention that says this."""
    return Mention(
        id="1", institution=TOWN, reasons=(), network="town-square", venue="plaza", venue_kind="forum", source="plaza",
        published=NOW, first_seen=NOW, revision=1, text=text, title=title, language=language, thread="1",
        place="own" if own else "off_page",
    )  # fmt: skip


class TaggerContract:
    """The rules for taggers: pure, and able to show why."""

    @pytest.fixture
    def tagger(self) -> Tagger:
        """The tagger under test."""
        raise NotImplementedError("the subclass of TaggerContract gives a tagger")

    @pytest.mark.parametrize(("language", "title", "text"), SAMPLES)
    def test_every_kind_has_a_score_from_0_to_1(
        self, tagger: Tagger, language: Language, title: str, text: str
    ) -> None:
        """Also those that do not become a tag: thresholds can be set by who reads."""
        scores = tagger(said(text, language, title)).scores
        assert set(scores) >= set(TAG_KINDS)
        assert all(0.0 <= s <= 1.0 for s in scores.values())

    def test_every_tag_shows_the_words_that_caused_it(self, tagger: Tagger) -> None:
        """Its evidence stands in the text or the title as it is written there; its score is the kind's."""
        given = 0
        for language, title, text in SAMPLES:
            tagging = tagger(said(text, language, title))
            assert len({t.kind for t in tagging.tags}) == len(tagging.tags)
            for tag in tagging.tags:
                given += 1
                assert tag.evidence
                assert all(e.strip() and (e in text or e in title) for e in tag.evidence), tag
                assert tag.score == tagging.scores[tag.kind]
        assert given, "a tagger that tags none of the samples tags nothing"

    @pytest.mark.parametrize(("language", "title", "text"), SAMPLES)
    def test_an_own_account_is_no_citizen(self, tagger: Tagger, language: Language, title: str, text: str) -> None:
        """What the institution says itself is no complaint, question, criticism, praise or suggestion."""
        assert {t.kind for t in tagger(said(text, language, title, own=True)).tags} <= {"crisis"}

    @pytest.mark.parametrize("language", ["es", "ca", "gl", "eu", "pt", "en", "und"])
    def test_odd_texts_are_tagged_like_others(self, tagger: Tagger, language: Language) -> None:
        """Empty, broken, endless: a tagger never raises, and its rules hold."""
        for text in ODD:
            tagging = tagger(said(text, language))
            assert all(0.0 <= s <= 1.0 for s in tagging.scores.values())
            assert all(e and e in text for t in tagging.tags for e in t.evidence)

    def test_a_huge_text_is_tagged_like_others(self, tagger: Tagger) -> None:
        """As long as a text can be after cleaning, many times over."""
        text = "¿Otra vez sin agua? ¡VERGÜENZA TOTAL! Gracias por nada. " * 4000
        assert all(e in text for t in tagger(said(text)).tags for e in t.evidence)

    def test_the_same_mention_gets_the_same_tags(self, tagger: Tagger) -> None:
        """In whatever order mentions come: nothing is remembered."""
        mentions = [said(text, language, title) for language, title, text in SAMPLES]
        forth = [tagger(m) for m in mentions]
        back = [tagger(m) for m in reversed(mentions)]
        assert forth == back[::-1]

    def test_many_at_once_get_the_tags_of_each(self, tagger: Tagger) -> None:
        """A tagger that takes many says of each what it says of it alone, whatever stands beside it."""
        mentions = [said(text, language, title) for language, title, text in SAMPLES]
        mentions += [said(text) for text in ODD]
        if isinstance(tagger, TagsMany):
            assert tagger.many([]) == []
            assert tagger.many(mentions) == [tagger(m) for m in mentions]
            assert tagger.many(mentions[::-1]) == tagger.many(mentions)[::-1]

    def test_target_and_service_are_ours_or_left_open(self, tagger: Tagger) -> None:
        """'' where the tagger does not say."""
        for language, title, text in SAMPLES:
            tagging = tagger(said(text, language, title))
            assert tagging.target in ("", *get_args(Target))
            assert tagging.service in ("", *SERVICES)
