"""Enrichment: the pure steps in their order."""

from __future__ import annotations

import pytest

from corrillo.institution import Institution
from corrillo.model import Mention, Tag, Tagging
from corrillo.testing.mentions import a_mention
from corrillo.text import fold
from processors.district import district_finder
from processors.enrich import ENRICHMENT, Enricher, enriched
from processors.rules import rule_tagger

TOWN = Institution(
    id="benialba",
    name="Ajuntament de Benialba",
    government=["Rosa Ferrer"],
    district=[{"name": "El Raval", "aliases": ["Arrabal"]}, {"name": "Platja"}],
)


def plain(text, **given):
    """A mention before enrichment."""
    full = a_mention(text=text, **given)
    return Mention(**{name: getattr(full, name) for name in Mention.__struct_fields__})


def test_a_mention_keeps_what_it_was_and_gets_what_can_be_said_of_it():
    """Language, tags, target, service, district; a story of its own; the version of the steps."""
    before = plain(
        "Llevamos un mes sin farolas en el Arrabal y el ayuntamiento no hace nada", url="https://x.example/1", ref="1"
    )
    after = Enricher(TOWN, rule_tagger())(before)
    kept = {n: getattr(after, n) for n in Mention.__struct_fields__ if n != "language"}
    assert kept == {n: getattr(before, n) for n in kept}
    assert {t.kind for t in after.tags} >= {"complaint"}
    assert (after.language, after.target, after.service, after.district) == (
        "es",
        "administration",
        "lighting",
        "El Raval",
    )
    assert (after.story, after.enrichment) == (before.id, ENRICHMENT)


def test_the_government_is_told_apart_by_its_names():
    """Those of the configuration, without accents and case."""
    said = Enricher(TOWN, rule_tagger())(plain("Qué vergüenza lo de ROSA FERRER, menudo despilfarro"))
    assert said.target == "government"


def test_the_tagger_is_given_the_language_and_its_word_is_taken():
    """A tagger that is a fake: it gives what it was told, and remembers what it was shown."""
    shown = []

    def fake_tagger(mention):
        shown.append(mention)
        return Tagging(
            tags=(Tag(kind="praise", score=0.9, evidence=("grazas",)),), scores={"praise": 0.9, "crisis": 0.1}
        )

    before = plain("Moitas grazas aos veciños que axudaron onte coa limpeza do río", title="Grazas", language="und")
    tagged, said = Enricher(TOWN, fake_tagger).examine(before)
    assert [m.language for m in shown] == ["gl"]
    assert (tagged.tags, said.scores["crisis"]) == (said.tags, 0.1)


def test_the_tagger_s_target_and_service_are_taken_where_it_says_them():
    """But a name that the institution gives its government decides against the administration."""

    def fake_tagger(mention):
        return Tagging(
            tags=(Tag(kind="complaint", score=0.9, evidence=("sin luz",)),), scores={}, target="administration",
            service="water",
        )  # fmt: skip

    nobody, named = (Enricher(TOWN, fake_tagger)(plain(text)) for text in ("sin luz", "Rosa Ferrer, sin luz"))
    assert (nobody.target, nobody.service) == ("administration", "water")
    assert named.target == "government"


def test_many_are_enriched_as_each_alone():
    """In their order, each with its own language and district."""
    texts = ("Llevamos un mes sin farolas en el Arrabal", "Moltes gràcies per la feina feta a la Platja", "")
    mentions = [plain(text, native_id=str(n)) for n, text in enumerate(texts)]
    enricher = Enricher(TOWN, rule_tagger())
    assert enricher.examine_many(mentions) == [enricher.examine(m) for m in mentions]
    assert enricher.examine_many([]) == []


def test_one_that_cannot_be_enriched_hurts_no_other():
    """Nor does one of an institution that nobody here knows: each says in its place what is wrong with it."""

    class FakeTagger:
        """It fails for whatever has the word in it, and all at once when it is given many."""

        def __call__(self, mention):
            return self.many([mention])[0]

        def many(self, mentions):
            if any("boom" in m.text for m in mentions):
                raise RuntimeError("boom")
            return [Tagging() for _ in mentions]

    given = [
        plain("uno"),
        plain("boom", native_id="2"),
        plain("tres", native_id="3"),
        plain("x", institution="isla-garza"),
    ]
    found = enriched({TOWN.id: Enricher(TOWN, FakeTagger())}, given)
    assert [getattr(f, "text", str(f).splitlines()[0]) for f in found] == [
        "uno", "boom", "tres", "institution 'isla-garza' is not in this worker's configuration",
    ]  # fmt: skip
    assert [isinstance(f, Exception) for f in found] == [False, True, False, True]


def test_a_title_is_read_like_the_text():
    """District and service may stand in it."""
    said = Enricher(TOWN, rule_tagger())(
        plain("Sigue sin arreglarse", title="Farolas apagadas en la Platja", language="es")
    )
    assert (said.service, said.district) == ("lighting", "Platja")


def test_enriching_is_deterministic():
    """The same mention gives the same, every time and in every instance."""
    mention = plain("¿Otra vez sin agua en El Raval? Gracias por nada")
    assert Enricher(TOWN, rule_tagger())(mention) == Enricher(TOWN, rule_tagger())(mention)


@pytest.mark.parametrize(
    ("text", "district"),
    [
        ("ruido en el raval", "El Raval"),
        ("arrabal y ARRABAL, no platja", "El Raval"),
        ("de El Raval a la Platja", ""),
        ("ravalejar", ""),
        ("", ""),
        ("platjaplatja", ""),
    ],
)
def test_a_district_is_named_most_often_or_not_at_all(text, district):
    """By name or alias, as whole words; a tie is none."""
    assert district_finder(TOWN.districts)(fold(text)) == district


def test_without_districts_there_is_none():
    """Most institutions begin without."""
    assert district_finder([])("el raval") == ""
