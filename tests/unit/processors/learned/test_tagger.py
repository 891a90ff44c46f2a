"""The trained tagger: how a text is meant, whoever says it, and that it shows why."""

from __future__ import annotations

import msgspec
import pytest

from corrillo.model import TAG_KINDS
from corrillo.ports import TaggerWishes
from corrillo.testing.tagger import said
from processors.learned.artefact import ArtefactError, packed, unpacked
from processors.learned.tagger import MISSED, LearnedTagger, learned_tagger, packaged, threshold


@pytest.fixture(scope="module")
def tagger():
    """The packaged one."""
    return learned_tagger(TaggerWishes())


def kinds(tagger, text, language="es", **given):
    """The tags of a text."""
    mention = msgspec.structs.replace(said(text, language), **given)
    return {tag.kind for tag in tagger(mention).tags}


PLAIN = {
    "Llevamos tres semanas sin que recojan los contenedores de la calle Mayor": {"complaint"},
    "¿A qué hora abre el polideportivo los sábados?": {"question"},
    "No encuentro dónde se renueva el padrón, alguien sabe": {"question"},
    "Menudo despilfarro, vergonzoso lo de este alcalde": {"criticism"},
    "Gracias por la rapidez con la que habéis arreglado la fuente": {"praise"},
    "Deberían poner más fuentes en el parque": {"suggestion"},
    "Se ha caído un muro en la calle Sol, hay heridos": {"crisis"},
    "El Teatro Principal abre mañana la venta de abonos para la temporada de otoño": set(),
}


@pytest.mark.parametrize(("text", "right"), PLAIN.items())
def test_a_plain_text_has_its_tag(tagger, text, right):
    """What every community manager would say of it."""
    assert kinds(tagger, text) == right


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("Portem tres setmanes amb el fanal del carrer Nou apagat i ningú no fa res", "ca", "complaint"),
        ("Levamos un mes coa farola da rúa fundida e ninguén fai nada", "gl", "complaint"),
        ("Hiru aste daramatzagu farola itzalita gure kalean eta inork ez du ezer egiten", "eu", "complaint"),
        ("Há três semanas que a rua está às escuras e ninguém faz nada", "pt", "complaint"),
        ("Three weeks and the street lights are still broken, nobody does anything", "en", "complaint"),
        ("Moltes gràcies a la brigada per la feina, ha quedat perfecte", "ca", "praise"),
        ("Moitas grazas polo traballo, quedou perfecto", "gl", "praise"),
        ("Eskerrik asko udaltzainei, lan bikaina egin duzue", "eu", "praise"),
    ],
)
def test_it_reads_six_languages(tagger, text, language, kind):
    """Also those of which nobody has real labelled posts."""
    assert kind in kinds(tagger, text, language)


def test_thanks_that_are_meant_ill_are_no_praise(tagger):
    """Irony is judged by what it means."""
    for text in (
        "Gracias por nada, ayuntamiento, otra vez sin agua",
        "Enhorabuena, alcalde, otro año con las calles hechas un asco 👏👏",
    ):
        assert "praise" not in kinds(tagger, text), text
        assert kinds(tagger, text) & {"complaint", "criticism"}, text


@pytest.mark.parametrize(
    "text",
    [
        "¿No os da vergüenza?",
        "¿Es que no os da vergüenza? ¿Para esto pagamos impuestos?",
        "¿Para qué queremos un alcalde así?",
    ],
)
def test_a_question_that_asks_nothing_is_criticism(tagger, text):
    """Nobody could answer it."""
    assert kinds(tagger, text) == {"criticism"}


def test_a_question_with_the_same_words_may_ask_something(tagger):
    """What it means decides, not how it begins."""
    assert kinds(tagger, "¿Hasta cuándo está abierto el plazo?") == {"question"}


def test_negated_praise_is_no_praise(tagger):
    """Nor is a denied emergency one."""
    assert "praise" not in kinds(tagger, "No es un buen trabajo, el parque no está limpio ni cuidado")
    assert "crisis" not in kinds(tagger, "No hay ningún incendio en el monte, es la niebla de siempre")


def test_a_shared_post_is_judged_as_it_was_written(tagger):
    """Who repeats a complaint passes it on; the mark of repeating is no word of it."""
    text = "Llevamos tres semanas sin que recojan los contenedores de la calle Mayor, una vergüenza"
    assert kinds(tagger, f"RT @vecina: {text}") == kinds(tagger, text) == {"complaint", "criticism"}


def test_what_somebody_is_quoted_with_is_not_the_author_s(tagger):
    """A headline that reports a judgement is none."""
    assert not kinds(tagger, "«La gestión del alcalde es vergonzosa», denuncia la oposición en el pleno")
    assert "criticism" in kinds(tagger, "La gestión del alcalde es vergonzosa")


@pytest.mark.parametrize(
    "text", ["ok ok ok", "😀", "jajaja", "sí", "@ayto", "https://t.co/x", "!!!", "?", "#benialba", "…"]
)
def test_what_says_nothing_has_no_tag(tagger, text):
    """Too short to be about anything."""
    assert not kinds(tagger, text, "und")


def test_a_single_word_may_be_enough(tagger):
    """If it is one that judges."""
    assert kinds(tagger, "Vergonzoso") == {"criticism"}


def test_a_language_that_is_not_known_takes_nothing_away(tagger):
    """Short texts often have none; what they say is read all the same."""
    text = "Llevamos tres semanas sin que recojan los contenedores de la calle Mayor"
    assert kinds(tagger, text, "und") == kinds(tagger, text, "es")


def test_a_name_that_was_protected_is_as_good_as_a_handle(tagger):
    """The tagger learned from handles, and reads pseudonyms."""
    text = "@{} llevamos tres semanas sin que recojan los contenedores"
    said_plain, said_protected = (tagger(said(text.format(name))) for name in ("aytovalverde", "~0123456789abcdef"))
    assert said_plain.scores == said_protected.scores
    assert "~" not in " ".join(e for t in said_protected.tags for e in t.evidence)


def test_the_press_tells_what_others_say(tagger):
    """In a newspaper the same words weigh less, but for an emergency."""
    angry = "Es una vergüenza, llevamos semanas sin agua y nadie hace nada"
    here, there = (tagger(msgspec.structs.replace(said(angry), venue_kind=kind)) for kind in ("microblog", "newspaper"))
    assert there.scores["complaint"] < here.scores["complaint"] / 2
    fire = "Incendio en el polígono: evacuadas treinta personas, hay dos heridos"
    assert "crisis" in kinds(tagger, fire, venue_kind="newspaper")


def test_an_own_account_only_ever_warns(tagger):
    """Its scores say so too: nobody sorts its posts by a complaint that is none."""
    scores = tagger(said("Perdonad, llevamos tres semanas sin recoger los contenedores", own=True)).scores
    assert all(score == 0 for kind, score in scores.items() if kind != "crisis")


def test_evidence_is_the_words_that_carried_it(tagger):
    """As the text writes them: its capitals, accents and signs, and no handles."""
    tagging = tagger(said("@ayto_x ¡Qué VERGÜENZA de alcalde! Menudo despilfarro https://t.co/abc"))
    words = " ".join(e for t in tagging.tags if t.kind == "criticism" for e in t.evidence)
    assert "VERGÜENZA" in words or "despilfarro" in words
    assert "ayto_x" not in words
    assert "t.co" not in words


def test_a_missed_crisis_costs_more_than_a_false_one():
    """By default its threshold is the lowest of all, and costs that somebody sets move it."""
    assert threshold(1.0) == 0.5
    assert threshold(MISSED["crisis"]) < min(threshold(c) for kind, c in MISSED.items() if kind != "crisis")


def test_costs_decide_what_becomes_a_tag_and_change_no_score(tagger):
    """The dearer a missed one, the more are given."""
    text = said("La acera de mi calle podría estar mejor, la verdad")
    shy, eager = (learned_tagger(TaggerWishes(missed=dict.fromkeys(TAG_KINDS, cost)))(text) for cost in (0.01, 999.0))
    assert shy.scores == eager.scores == tagger(text).scores
    assert not shy.tags
    assert len(eager.tags) > 2


def test_an_artefact_for_other_features_is_refused():
    """Weights that were learned with other columns would say anything."""
    whole = packaged()
    other = unpacked(packed(whole.arrays, msgspec.structs.replace(whole.card, features=999)))
    with pytest.raises(ArtefactError, match="features 999") as refused:
        LearnedTagger(other)
    assert "corrillo train" in refused.value.remedy
    less = unpacked(packed({n: a for n, a in whole.arrays.items() if n != "tags/curve"}, whole.card))
    with pytest.raises(ArtefactError, match="tags/curve"):
        LearnedTagger(less)


def test_the_packaged_artefact_says_what_it_is():
    """Trained on the packaged corpus and more, in six languages, with its quality for every kind."""
    card = packaged().card
    assert {d.name for d in card.data} > {"es-x", "ca", "gl", "eu", "pt", "en"}
    assert all(len(d.sha256) == 64 and d.texts and d.licence for d in card.data)
    assert {(q.kind, q.part) for q in card.quality} >= {(kind, "") for kind in TAG_KINDS}
    assert set(card.thresholds) == set(TAG_KINDS)
