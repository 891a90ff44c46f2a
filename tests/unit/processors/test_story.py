"""Stories: nearly the same text, told by many."""

from __future__ import annotations

import itertools

import pytest

from corrillo.testing.mentions import ISLAND, TOWN, a_mention, id_of
from processors.group import group
from processors.story import BANDS, HASHES, MIN_WORDS, nearest, similarity, story_mark
from tests.fakes.groups import FakeGroups

NOTE = (
    "Benialba abre el lunes el nuevo centro de día de la calle Olmo, con cuarenta plazas para personas mayores, comedor, "
    "gimnasio y transporte, tras dos años de obras y una inversión de un millón de euros, según ha informado hoy la "
    "concejalía de servicios sociales en una nota de prensa enviada a los medios"
)
EDITS = (
    str, str.upper, str.title,
    lambda t: t + " https://voz.example/1", lambda t: "RT @voz: " + t, lambda t: "(Agencia) " + t,
    lambda t: "Última hora. " + t, lambda t: t + ". Seguir leyendo", lambda t: t.replace("nuevo ", ""),
    lambda t: t.replace("cuarenta", "40"), lambda t: t.replace(",", ""), lambda t: t.replace(" hoy", ""),
    lambda t: t.replace("día", "dia").replace("inversión", "inversion"), lambda t: t[:-30], lambda t: "📢 " + t + " 👵👴",
    lambda t: t.replace("Benialba", "El Ayuntamiento de Benialba"), lambda t: t.replace("según ha informado", "informó"),
    lambda t: t + " #Benialba #mayores", lambda t: "«" + t + "»", lambda t: t.replace("gimnasio", "sala de gimnasia"),
)  # fmt: skip
"""Twenty ways in which newspapers and people pass a note on."""
COMPLAINTS = (
    "Llevamos tres semanas sin luz en la calle Olmo y el ayuntamiento no contesta a las llamadas",
    "Llevamos dos meses con la fuente de la plaza rota y en el ayuntamiento nadie sabe nada",
    "Otra vez sin luz en la calle del Pozo, es la tercera noche seguida y no viene nadie",
    "La farola de la calle Olmo sigue apagada desde las fiestas, así no se puede pasear de noche",
    "En El Raval seguimos sin farolas y con los contenedores llenos, vaya verano nos espera",
    "Tres semanas sin recoger los contenedores de la avenida, el olor es insoportable ya",
    "El ayuntamiento no contesta a las llamadas cuando se trata del ruido de los bares del puerto",
    "Nadie arregla los baches de la calle Mayor y ya van dos coches con la rueda reventada",
)


def stories(texts, **given):
    """The story of each text, written one after the other."""
    state, found = FakeGroups(), []
    for n, text in enumerate(texts):
        result = group([a_mention(str(n), text, **given)], state)
        state.write(result)
        found.append(result[0].story)
    return found


def test_twenty_edited_copies_of_a_note_are_one_story():
    """Whatever newspapers put before, after and in between."""
    copies = [edit(NOTE) for edit in EDITS]
    assert len(copies) == 20
    assert stories(copies) == [id_of("0")] * 20


@pytest.mark.parametrize("first", range(1, len(EDITS)))
def test_whichever_copy_comes_first_begins_the_story(first):
    """The unedited note joins the edited one."""
    assert stories([EDITS[first](NOTE), NOTE]) == [id_of("0")] * 2


def test_complaints_of_one_kind_are_not_one_story():
    """Eight neighbours who say similar things are eight people."""
    assert stories(COMPLAINTS) == [id_of(str(n)) for n in range(len(COMPLAINTS))]


def test_two_texts_about_one_thing_are_two_stories():
    """The same news told in other words is another story."""
    told = "El lunes se inaugura en Benialba un centro para mayores en la calle Olmo que ha costado un millón y dos años de espera"
    assert stories([NOTE, told]) == [id_of("0"), id_of("1")]


def test_short_texts_are_the_same_by_chance():
    """Under so many words every mention is a story of its own; links and handles are no words."""
    short = " ".join(["gracias"] * (MIN_WORDS - 1))
    assert stories([short, short, f"{short} https://x.example/1 @voz"]) == [id_of("0"), id_of("1"), id_of("2")]
    assert len(set(stories([short + " vecinos", short + " vecinos"]))) == 1


def test_a_repeat_is_in_the_story_of_what_it_repeats():
    """Known before, in the same batch, or never heard; however short."""
    state = FakeGroups()
    state.write(group([a_mention("0", NOTE), a_mention("1", NOTE.upper())], state))
    repeats = [a_mention("2", "ja", repeats=id_of("1")), a_mention("3", "ja", repeats=id_of("missing"))]
    assert [m.story for m in group(repeats, state)] == [id_of("0"), id_of("missing")]
    together = group([a_mention("5", "hola"), a_mention("6", "", repeats=id_of("5"))], FakeGroups())
    assert {m.story for m in together} == {id_of("5")}


def test_an_institution_has_its_own_stories():
    """The same text about two institutions is two stories."""
    state = FakeGroups()
    both = [a_mention("0", NOTE), a_mention("0", NOTE, institution=ISLAND)]
    state.write(group(both, state))
    again = group([a_mention("1", NOTE), a_mention("1", NOTE, institution=ISLAND)], state)
    assert {m.institution: m.story for m in again} == {TOWN: id_of("0"), ISLAND: id_of("0", ISLAND)}


def test_a_replay_gives_the_same_stories():
    """In the order in which they came, or in another."""
    mentions = [a_mention(str(n), text) for n, text in enumerate([NOTE, NOTE.upper(), *COMPLAINTS])]
    state = FakeGroups()
    first = {m.id: m.story for m in group(mentions, state)}
    for order in (mentions, mentions[::-1]):
        assert {m.id: m.story for m in group(order, state)} == first


def test_similarity_is_one_for_the_same_words_and_little_for_others():
    """Case, accents, links and handles do not count."""
    mark = story_mark(a_mention("0", NOTE))
    assert similarity(mark, story_mark(a_mention("1", f"RT @voz {NOTE.upper()} https://x.example"))) == 1.0
    assert all(similarity(mark, story_mark(a_mention("1", c))) < 0.2 for c in COMPLAINTS)


def test_different_complaints_are_far_from_the_threshold():
    """Each pair of them."""
    marks = [story_mark(a_mention(str(n), text)) for n, text in enumerate(COMPLAINTS)]
    assert max(similarity(a, b) for a, b in itertools.combinations(marks, 2)) < 0.4


def test_a_mark_is_the_same_in_every_process():
    """Stores keep it for years: its bytes and bands must not move with a library or a hash seed."""
    mark = story_mark(a_mention("0", NOTE))
    assert (len(mark.signature), len(mark.bands)) == (HASHES * 4, BANDS)
    assert all(-(2**63) <= band < 2**63 for band in mark.bands)
    assert (mark.signature[:8].hex(), mark.bands[0]) == RECORDED


RECORDED = ("2dd8e72608b7a62a", 1405724787)
"""Beginning of the signature and the first band of the note, as recorded with version 1 of the steps."""


def test_the_nearest_of_several_stories_is_taken():
    """And always the same one of two equally near."""
    mark = story_mark(a_mention("0", NOTE))
    near, nearer = (story_mark(a_mention(n, t)) for n, t in (("1", NOTE.replace("cuarenta", "40")), ("2", NOTE)))
    assert nearest(mark, [near, nearer]) == nearest(mark, [nearer, near]) == nearer.story
    assert nearest(mark, []) == ""
