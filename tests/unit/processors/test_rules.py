"""What the tagger by rules gives and never gives."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from corrillo.model import TAG_KINDS, Language, Mention, Place
from processors.rules import evidence, rule_tagger, score
from processors.terms import Term, TermFinder

TAGGER = rule_tagger()
MOMENT = datetime(2026, 3, 1, tzinfo=UTC)


def mention(text: str, language: Language = "es", *, place: Place = "off_page", title: str = "") -> Mention:
    return Mention(
        id="m", institution="i", reasons=(), network="n", venue="v", venue_kind="other", source="s", published=MOMENT,
        first_seen=MOMENT, revision=0, text=text, title=title, place=place, thread="m", language=language,
    )  # fmt: skip


def kinds(text: str, language: Language = "es", *, place: Place = "off_page") -> set[str]:
    return {tag.kind for tag in TAGGER(mention(text, language, place=place)).tags}


@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        ("es", "Llevamos cuatro semanas sin farolas en la avenida del Puerto", "complaint"),
        ("es", "¿Alguien sabe hasta qué hora abre la oficina del padrón?", "question"),
        ("es", "Menudo despilfarro, señora alcaldesa, una vergüenza", "criticism"),
        ("es", "Muchas gracias a los bomberos de Valdeflores, gran trabajo", "praise"),
        ("es", "Estaría bien poner más bancos a la sombra en la plaza", "suggestion"),
        ("es", "Incendio en una nave, tres heridos y los vecinos evacuados", "crisis"),
        ("ca", "Portem dos mesos sense llum al passatge i ningú respon", "complaint"),
        ("ca", "Algú sap a quina hora tanca la deixalleria?", "question"),
        ("ca", "Quina vergonya d'ajuntament, sempre igual", "criticism"),
        ("ca", "Explosió de gas al passeig, hi ha ferits i evacuats", "crisis"),
        ("gl", "Levamos tres semanas sen recollida do lixo na rúa Nova", "complaint"),
        ("gl", "Alguén sabe a que hora abre a piscina?", "question"),
        ("gl", "Moitas grazas ao persoal do centro, bo traballo", "praise"),
        ("eu", "Hirugarren aldiz deitu dut eta inork ez du erantzun", "complaint"),
        ("eu", "Norbaitek daki zer ordutan irekitzen den igerilekua?", "question"),
        ("eu", "Ondo legoke parkean iturri bat jartzea", "suggestion"),
        ("pt", "Há três semanas que não recolhem o lixo e ninguém atende", "complaint"),
        ("pt", "Alguém sabe a que horas abre a biblioteca?", "question"),
        ("pt", "Incêndio na serra, a aldeia está a ser evacuada", "crisis"),
        ("en", "The street lamp has been broken since June and nobody answers", "complaint"),
        ("en", "Does anyone know what time the health centre opens?", "question"),
        ("en", "House on fire in the old town, two people trapped", "crisis"),
    ],
)
def test_a_text_gets_the_kind_that_its_words_say(language: Language, text: str, kind: str) -> None:
    assert kind in kinds(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "El sábado, concierto de la banda en la plaza Mayor"),
        ("es", "Ya huele a jazmín en el barrio, buenos días a todos"),
        ("ca", "Demà a les set, cinema a la fresca"),
        ("gl", "O domingo hai feira na vila"),
        ("eu", "Larunbatean kontzertua plazan"),
        ("pt", "No domingo há feira na praça"),
        ("en", "Lovely walk along the river this morning"),
    ],
)
def test_an_ordinary_text_gets_no_tag(language: Language, text: str) -> None:
    assert kinds(text, language) == set()


@pytest.mark.parametrize(
    "text",
    ["Mañana, simulacro de incendio en el instituto", "Se cumple el aniversario de la riada, homenaje a las víctimas"],
)
def test_a_drill_or_an_anniversary_is_no_crisis(text: str) -> None:
    assert "crisis" not in kinds(text)


def test_negated_praise_is_not_praise() -> None:
    assert "praise" in kinds("Excelente trabajo, todo impecable")
    assert "praise" not in kinds("No es impecable")


def test_a_rhetorical_question_is_criticism_and_no_question() -> None:
    assert kinds("¿No os da vergüenza?") == {"criticism"}


def test_the_institution_does_not_judge_or_ask_itself_but_may_warn() -> None:
    text = "¿Alguien sabe quién rompe las farolas? Una vergüenza. Incendio en el monte, dos heridos, vecinos evacuados"
    assert kinds(text, place="own") == {"crisis"}


def test_every_kind_has_a_score_between_0_and_1() -> None:
    scores = TAGGER(mention("Sin agua desde ayer, menuda vergüenza!!! ¿Cuándo pensáis arreglarlo?")).scores
    assert set(scores) == set(TAG_KINDS)
    assert all(0.0 <= value <= 1.0 for value in scores.values())


def test_evidence_is_cut_from_text_or_title_as_written_and_never_empty() -> None:
    post = mention("Otra vez SIN RECOGER la basura, qué VERGÜENZA", title="Llevamos un mes así")
    tags = TAGGER(post).tags
    assert tags
    for tag in tags:
        assert tag.evidence
        assert len(set(tag.evidence)) == len(tag.evidence)
        assert all(words in post.text or words in post.title for words in tag.evidence)


def test_a_question_mark_in_an_address_asks_nothing() -> None:
    plain = TAGGER(mention("Ver https://example.org/a?b=1")).scores["question"]
    assert plain == 0.0


def test_an_unknown_language_is_read_with_every_lexicon() -> None:
    assert "crisis" in kinds("Incendi al bosc, tres ferits, veïns evacuats", "und")


def test_two_middling_signs_weigh_more_than_one_and_nested_ones_count_once() -> None:
    assert score([(0, 4, 0.45), (6, 9, 0.45)], 1.0) == pytest.approx(0.6975)
    assert score([(0, 9, 0.45), (0, 4, 0.45)], 1.0) == pytest.approx(0.45)


def test_evidence_stands_in_the_order_of_the_text_each_once() -> None:
    assert evidence("b a b", [(4, 5, 0.1), (2, 3, 0.1), (0, 1, 0.1)]) == ("b", "a")


@pytest.mark.parametrize(
    ("term", "folded", "found"),
    [
        ("luz", "sin luz", ["luz"]),
        ("luz", "andaluz", []),
        ("farola*", "dos farolas.", ["farolas"]),
        ("lleva … sin", "lleva un mes sin luz", ["lleva un mes sin"]),
        ("lleva … sin", "lleva\nsin", []),
        ("lleva … sin", "lleva " + "x" * 61 + " sin", []),
        ("lleva … sin", "sin nada lleva", []),
        ("bomberos", "@bomberos", []),
        ("Pésimo", "pesimo", ["pesimo"]),
    ],
)
def test_terms_match_whole_folded_words_beginnings_and_parts_in_order(term: str, folded: str, found: list[str]) -> None:
    hits = TermFinder([Term(term, "x")]).hits(folded)
    assert [folded[hit.start : hit.end] for hit in hits] == found


def test_what_a_newspaper_or_an_agency_reports_is_nobodys_proposal() -> None:
    """The same words are a citizen's suggestion in a group, and news in the press."""
    said = msgspec.structs.replace(mention("Estaría bien poner más bancos"), venue_kind="group")
    reported = msgspec.structs.replace(said, venue_kind="newspaper")
    assert {t.kind for t in TAGGER(said).tags} == {"suggestion"}
    assert TAGGER(reported).tags == ()
