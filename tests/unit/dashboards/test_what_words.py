"""Words that are new against the month before: by people, not by occurrences."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from corrillo.institution import Institution
from corrillo.ports import Query
from dashboards.page.what.sample import Sample, newest, spread
from dashboards.page.what.telling import Telling, small_words
from dashboards.page.what.words import NewWord, new_words, surprise
from dashboards.page.what.written import as_written

TOWN = Institution(
    id="benialba",
    name="Ajuntament de Benialba",
    names={"es": ("Ayuntamiento de Benialba",)},
    hashtags=("#BenialbaViva",),
    district=[{"name": "El Raval", "aliases": ["Arrabal"]}],
    account=[{"network": "x", "handle": "@aiguesbenialba"}],
)
TELLING = Telling(TOWN)
NOW = datetime(2026, 11, 21, 13, 5, tzinfo=UTC)
DAY, WEEK, MONTH = timedelta(days=1), timedelta(days=7), timedelta(days=30)
ALL = Query(where={"institution": ("benialba",)})
USUAL = (
    "el parque está sucio", "la basura huele fatal", "falta aparcamiento cerca del mercado",
    "la farola parpadea", "biblioteca cerrada", "el autobús llega tarde", "ruido de terrazas", "una acera rota",
)  # fmt: skip


@pytest.fixture
def month(mention: Any) -> Sample:
    """Of the month before: eighty people about what they always talk about."""
    said = [mention(f"before-{n}", USUAL[n % len(USUAL)], author=f"b{n}") for n in range(80)]
    return Sample(tuple(said), NOW - WEEK - MONTH, NOW - WEEK, len(said))


@pytest.fixture
def week(mention: Any) -> Any:
    """Of this week: twenty people about the same, and what is given besides."""
    usual = [mention(f"now-{n}", USUAL[n % len(USUAL)], author=f"n{n}") for n in range(20)]

    def also(*besides: Any) -> Sample:
        return Sample((*besides, *usual), NOW - WEEK, NOW, 20 + len(besides))

    return also


def written(found: tuple[NewWord, ...]) -> list[str]:
    return [word.written for word in found]


def test_a_word_that_many_people_use_for_the_first_time_is_new(month: Sample, week: Any, mention: Any) -> None:
    """How many use it, how many a day, and none before; what is said as always is not new."""
    found = new_words(week(*[mention(f"{n}", "vaya socavón", author=f"a{n}") for n in range(14)]), month, TELLING)
    (word,) = found
    assert (word.written, word.now, word.a_day_now, word.before, word.a_day_before) == ("socavón", 14, 2.0, 0, 0.0)


def test_one_author_who_repeats_a_word_is_one_author(month: Sample, week: Any, mention: Any) -> None:
    assert new_words(week(*[mention(f"{n}", "vaya socavón", author="ana") for n in range(30)]), month, TELLING) == ()


def test_a_text_that_is_copied_by_many_is_one_text(month: Sample, week: Any, mention: Any) -> None:
    """Thirty newspapers print the same note: nobody else uses its words."""
    copies = [mention(f"{n}", "el pregonero inaugura la rotonda", author=f"a{n}", story="note") for n in range(30)]
    assert new_words(week(*copies), month, TELLING) == ()


def test_authors_who_are_not_known_are_told_apart_by_their_texts(month: Sample, week: Any, mention: Any) -> None:
    said = [mention(f"{n}", "vaya socavón", author="") for n in range(14)]
    assert [w.now for w in new_words(week(*said), month, TELLING)] == [14]


def test_two_people_are_too_few(mention: Any) -> None:
    """However surprising: against ten thousand who never said it."""
    assert surprise(2, 20, 0, 10_000) > 20
    before = Sample(tuple(mention(f"b{n}", USUAL[0], author=f"b{n}") for n in range(400)), NOW - MONTH, NOW, 400)
    said = tuple(mention(f"{n}", "socavón", author=f"a{n}") for n in range(3))
    assert written(new_words(Sample(said, NOW - WEEK, NOW, 3), before, TELLING)) == ["socavón"]
    assert new_words(Sample(said[:2], NOW - WEEK, NOW, 2), before, TELLING) == ()


def test_a_word_is_not_new_because_more_is_said_of_everything(month: Sample, mention: Any) -> None:
    """Ten times as much a day, of the same."""
    said = tuple(mention(f"{n}", USUAL[n % len(USUAL)], author=f"a{n}") for n in range(200))
    assert new_words(Sample(said, NOW - WEEK, NOW, 200), month, TELLING) == ()


def test_a_word_in_two_languages_is_told_in_each_as_it_is_written(month: Sample, week: Any, mention: Any) -> None:
    """Accents and capitals are nobody's difference; most decide how it is written, and in which language it is."""
    said = [
        *(mention(f"es{n}", t, author=f"e{n}", language="es") for n, t in enumerate(["la INUNDACIÓN", *["inundación"] * 9])),
        *(mention(f"ca{n}", "quina riuada", author=f"c{n}", language="ca") for n in range(12)),
    ]  # fmt: skip
    found = {w.written: w.language for w in new_words(week(*said), month, TELLING)}
    assert found == {"inundación": "es", "riuada": "ca"}


def test_words_that_are_said_together_are_told_as_a_phrase(month: Sample, week: Any, mention: Any) -> None:
    """With the small words between; both words are told once, and found by the phrase."""
    said = [mention(f"{n}", "nos hacen un corte de luz general", author=f"a{n}") for n in range(12)]
    said += [mention(f"x{n}", "otro corte de luz", author=f"x{n}") for n in range(12)]
    found = new_words(week(*said), month, TELLING)
    assert [(w.written, w.now, w.query) for w in found] == [
        ("corte de luz", 24, '"corte de luz"'), ("luz general", 12, '"luz general"'),
    ]  # fmt: skip


def test_words_that_are_often_apart_stay_apart(month: Sample, week: Any, mention: Any) -> None:
    said = [mention(f"a{n}", "puente viejo", author=f"a{n}") for n in range(7)]
    said += [mention(f"b{n}", "aquel puente", author=f"b{n}") for n in range(7)]
    said += [mention(f"c{n}", "tan viejo", author=f"c{n}") for n in range(7)]
    assert sorted(written(new_words(week(*said), month, TELLING))) == ["puente", "viejo"]


def test_a_word_has_the_tag_and_the_service_that_most_who_use_it_have(
    month: Sample, week: Any, mention: Any, tags: Any
) -> None:
    half = [mention(f"a{n}", "socavón", author=f"a{n}", tags=tags("complaint"), service="roadworks") for n in range(8)]
    rest = [mention(f"b{n}", "socavón", author=f"b{n}") for n in range(6)]
    (word,) = new_words(week(*half, *rest), month, TELLING)
    assert (word.tag, word.service) == ("complaint", "roadworks")
    (word,) = new_words(week(*half[:5], *rest), month, TELLING)
    assert (word.tag, word.service) == ("", "")


def test_the_most_surprising_word_is_told_first(month: Sample, week: Any, mention: Any) -> None:
    said = [mention(f"a{n}", "socavón", author=f"a{n}") for n in range(10)]
    said += [mention(f"b{n}", "apagón", author=f"b{n}") for n in range(20)]
    assert written(new_words(week(*said), month, TELLING)) == ["apagón", "socavón"]


def test_nothing_is_new_where_nothing_is_known_from_before(week: Any, mention: Any) -> None:
    nothing = Sample((), NOW - MONTH, NOW, 0)
    assert new_words(week(*[mention(f"{n}", "socavón", author=f"a{n}") for n in range(9)]), nothing, TELLING) == ()


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("El Ayuntamiento de Benialba y el Raval, o Arrabal", set()),
        ("@vecina mira https://x.example/socavon www.socavon.example #BenialbaViva", {"mira"}),
        ("los 300 de 2026 y el covid19", set()),
        ("no se puede, ja no hi ha, ez dago, você não tem, isn't it", set()),
        ("llame al [teléfono] de ~0123456789abcdef", {"llame"}),
        ("Tall d'aigua al carrer", {"tall", "aigua", "carrer"}),
    ],
)
def test_what_tells_nothing_is_left_out(mention: Any, text: str, tells: set[str]) -> None:
    """Names of the institution, its districts and accounts, links, numbers, grammar of six languages, marks of ours."""
    assert TELLING.words(mention("1", text)) == tells


def test_the_title_tells_too(mention: Any) -> None:
    assert TELLING.words(mention("1", "el texto", title="La Riada")) == {"riada", "texto"}


def test_a_phrase_ends_at_the_end_of_a_sentence(mention: Any) -> None:
    said = mention("1", "Corte de agua. Alcantarillas llenas, calles d'aigua (Benialba) sucias")
    assert TELLING.phrases(said) == {
        ("corte", "de", "agua"), ("alcantarillas", "llenas"), ("calles", "d", "aigua"),
    }  # fmt: skip


def test_small_words_are_folded_and_of_six_languages() -> None:
    assert {"también", "março"}.isdisjoint(small_words())
    assert {"tambien", "marco", "amb", "moito", "eta", "because", "voce"} <= small_words()


def test_a_phrase_is_written_as_most_write_it(mention: Any) -> None:
    said = [mention("1", "Tall d’aigua"), mention("2", "un tall\nd’aigua"), mention("3", "TALL D'AIGUA")]
    assert as_written(("tall", "d", "aigua"), said) == "tall d’aigua"


# ── what is read ──────────────────────────────────────────────────────────────────────────
def test_the_newest_are_read_and_where_some_are_left_out_the_time_begins_with_them(store: Any, mention: Any) -> None:
    store.mentions = [mention(f"{n}", published=NOW - n * timedelta(hours=1)) for n in range(1, 21)]
    query = Query(where=ALL.where, since=NOW - WEEK)
    some = newest(store, query, NOW, 5)
    assert (len(some.mentions), some.since, some.whole) == (5, NOW - timedelta(hours=5), True)
    every = newest(store, query, NOW, 20)
    assert (len(every.mentions), every.since) == (20, NOW - WEEK)


def test_the_month_before_is_read_from_all_over_it(store: Any, mention: Any) -> None:
    """So many of each part of it; what is read stands for all of it."""
    store.mentions = [mention(f"{n}", published=NOW - n * timedelta(hours=1)) for n in range(1, 800)]
    found = spread(store, ALL, NOW - MONTH, NOW, 26)
    assert (len(found.mentions), found.said, found.since, found.whole) == (26, 720, NOW - MONTH, False)
    assert len({(NOW - m.published) // (MONTH / 13) for m in found.mentions}) == 13
    assert found.a_day(13) == pytest.approx(12)


def test_a_month_that_can_be_read_is_read_whole(store: Any, mention: Any) -> None:
    """Also where nearly all of it was said on one day."""
    store.mentions = [mention(f"{n}", published=NOW - DAY - n * timedelta(minutes=1)) for n in range(50)]
    found = spread(store, ALL, NOW - MONTH, NOW, 50)
    assert (len(found.mentions), found.whole) == (50, True)


def test_a_month_that_begins_later_is_as_long_as_it_is(store: Any, mention: Any) -> None:
    """What was said in ten days was not said in thirty."""
    store.mentions = [mention(f"{n}", published=NOW - n * timedelta(days=1)) for n in range(1, 11)]
    found = spread(store, ALL, NOW - MONTH, NOW, 4000)
    assert (found.since, found.days, found.a_day(10)) == (NOW - timedelta(days=10), 10.0, 1.0)
