"""Which language a text is in; ``und`` rather than wrong."""

from __future__ import annotations

import pytest

from processors.language import language_of, languages_of

LONG = {
    "es": "Llevamos tres semanas sin agua en el barrio y nadie nos da una respuesta",
    "ca": "Portem tres setmanes sense aigua al barri i ningú ens dona cap resposta",
    "gl": "Levamos tres semanas sen auga no barrio e ninguén nos dá unha resposta",
    "eu": "Hiru aste daramatzagu urik gabe auzoan eta inork ez digu erantzuten",
    "pt": "Estamos há três semanas sem água no bairro e ninguém nos dá uma resposta",
    "en": "We have had no water in the neighbourhood for three weeks and nobody answers",
}


@pytest.mark.parametrize(("language", "text"), LONG.items())
@pytest.mark.parametrize("hint", ["und", "es", "xx"])
def test_a_sentence_is_in_its_language(language, text, hint):
    """Whatever the network says of it, with links, handles and hashtags around it, in capitals or not."""
    assert language_of(text, hint) == language
    assert language_of(f"@the_neighbours {text} https://news.example/the-water-is-gone #NoWater", hint) == language
    assert language_of(text.upper(), hint) == language


@pytest.mark.parametrize(
    "text",
    ["", "ok", "jajaja", "12345 67890 12345", "😀" * 30, "https://example.org/una-noticia-larga @vecina #Benialba", "~0123456789abcdef [phone] [iban]", "…"],
)  # fmt: skip
def test_what_says_too_little_is_in_no_language(text):
    """A hint alone is no text."""
    assert language_of(text, "es") == "und"


@pytest.mark.parametrize("text", ["水道が止まっています、誰も答えません。もう三週間です", "Нет воды уже три недели, никто не отвечает нам", "לא היו מים במשך שלושה שבועות ואיש לא עונה"])  # fmt: skip
def test_other_alphabets_are_in_none_of_the_six(text):
    """Sure of nothing is better than sure of the wrong one."""
    assert language_of(text) == "und"


@pytest.mark.parametrize(
    ("text", "hint", "language"), [("Benialba Benialba", "es", "und"), ("Bon dia a tothom", "ca", "ca")]
)
def test_a_hint_helps_where_the_text_allows_it(text, hint, language):
    """It is a vote, not the answer."""
    assert language_of(text, hint) == language


SHORT = {
    "es": ["no puedo más con este frío", "vamos a ganar seguro", "¿Alguien sabe si abre la piscina?"],
    "ca": ["no puc més amb aquest fred", "guanyarem segur, ja ho veureu", "Gràcies a tothom!"],
    "gl": ["non podo máis con este frío", "imos gañar seguro, xa veredes", "Moitas grazas a todos"],
    "eu": ["ezin dut gehiago hotz honekin", "irabaziko dugu", "Eskerrik asko denoi"],
    "pt": ["já não aguento este frio", "vamos ganhar de certeza, vão ver", "Muito obrigado a todos"],
    "en": ["can't stand this cold any more", "we're going to win", "thanks everyone"],
}


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, each in SHORT.items() for text in each])
def test_a_few_words_of_everyday_are_enough(language, text):
    """As people write to each other, behind a handle, with a place that is named in another language."""
    assert language_of(text) == language
    assert language_of(f"@concello_x {text} #LaCoruña") == language


@pytest.mark.parametrize(
    "text",
    [
        "Il treno è deragliato questa mattina vicino alla stazione",
        "Le train a déraillé ce matin près de la gare du village",
        "Der Zug ist heute morgen in der Nähe des Bahnhofs entgleist",
        "De trein is vanochtend ontspoord bij het station van het dorp",
    ],
)
@pytest.mark.parametrize("hint", ["und", "es"])
def test_other_languages_are_in_none_of_the_six(text, hint):
    """Also where the network says that they are."""
    assert language_of(text, hint) == "und"


@pytest.mark.parametrize(("text", "language"), [("Gràcies!", "ca"), ("Vilafranca", "und"), ("jajajaja", "und")])
def test_a_word_alone_has_a_language_where_it_can_only_be_one(text, language):
    """A name or laughter has none."""
    assert language_of(text, "es") == language


def test_many_at_once_are_what_each_is_alone():
    """Whatever stands beside it."""
    texts = [*LONG.values(), "", "jaja", "水道が止まっています", *(text for each in SHORT.values() for text in each)]
    assert languages_of(texts, ["und"] * len(texts)) == [language_of(text) for text in texts]
    assert languages_of([], []) == []
