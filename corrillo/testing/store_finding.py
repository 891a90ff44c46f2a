"""Finding: by words, by fields, by time."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, cast, get_args

import pytest

from corrillo.errors import ConfigError
from corrillo.ports import Field, Query, Store
from corrillo.query import matches, parse
from corrillo.testing.mentions import NOW, TOWN, a_mention, everything, ids_of, tagged, write
from corrillo.testing.store_base import StoreFixtures
from corrillo.text import fold, words

TEXTS = {
    "cut": "Otro corte de agua en Benialba, ¿hasta cuándo?",
    "light": "CORTE DE LUZ a las 8",
    "mineral": "Agua mineral en oferta",
    "flood": "La riada inundó la avenida; se inundará más",
    "accents": "La ALCALDESA dimitió, según el pregón",
    "catalan": "L'Ajuntament d’aigües: col·lapse total",
    "odd": "covid-19 nº 5, 1.200 euros, snake_case #SinAgua @plaza 😀 m² straße",
    "empty": "…",
}
FOUND = {
    "agua": "cut mineral",
    "ÁGUA": "cut mineral",
    "agua corte": "cut",
    "agua AND corte": "cut",
    "corte OR mineral": "cut light mineral",
    "agua NOT mineral": "cut",
    "agua -mineral": "cut",
    '"corte de agua"': "cut",
    '"agua de corte"': "",
    "CORTÉ DÉ": "cut light",
    "inunda*": "flood",
    "inund*": "flood",
    "inund": "",
    "(agua OR luz) corte": "cut light",
    "(agua OR luz) -corte": "mineral",
    "alcaldesa pregon": "accents",
    "ajuntament": "catalan",
    "l'ajuntament": "catalan",
    "col·lapse": "catalan",
    "covid-19": "odd",
    "19": "odd",
    "snake_case": "odd",
    "snake": "",
    "#sinagua": "odd",
    '"1.200 euros"': "odd",
    "NOT agua NOT corte": "flood accents catalan odd empty",
    "": " ".join(TEXTS),
}
"""Query → which of the texts it finds."""

OTHER: dict[Field, Any] = {
    "institution": "isla-garza", "network": "press", "venue": "La Voz", "venue_kind": "newspaper", "source": "voz",
    "place": "own", "language": "gl", "tag": "crisis", "target": "government", "service": "water",
    "district": "El Raval", "story": "another-story", "thread": "another-thread", "author_kind": "medium",
}  # fmt: skip
"""For each field a value that ``a_mention`` does not have."""


class FindingRules(StoreFixtures):
    """The search contract: one folded field that all stores answer alike."""

    @pytest.mark.parametrize(("query", "expected"), FOUND.items())
    def test_words_are_found_without_case_and_accents(self, store: Store, query: str, expected: str) -> None:
        """Words, phrases, beginnings, OR, NOT and brackets, in one grammar; as ``corrillo.query.matches`` has it."""
        write(store, *(a_mention(name, text) for name, text in TEXTS.items()))
        found = set(everything(store, Query(text=query)))
        assert found == ids_of(expected.split())
        assert store.count(Query(text=query)) == len(found)
        node = parse(query)
        assert found == ids_of(n for n, t in TEXTS.items() if node is None or matches(node, words(fold(t))))

    def test_a_query_without_a_word_is_refused(self, store: Store) -> None:
        """It does not find everything."""
        with pytest.raises(ConfigError, match="no word"):
            store.count(Query(text="… 🔥"))

    def test_a_title_is_searched_too(self, store: Store) -> None:
        """Title and text are one field."""
        write(store, a_mention(title="Pleno", text="aprobado"))
        assert store.count(Query(text="pleno aprobado")) == 1

    def test_an_edit_is_found_by_its_new_words_only(self, store: Store) -> None:
        """The index follows the text."""
        write(store, a_mention(text="farola rota"))
        write(store, a_mention(text="farola arreglada", revision=2))
        assert [store.count(Query(text=t)) for t in ("rota", "arreglada", "farola")] == [0, 1, 1]

    @pytest.mark.parametrize("query", ["(agua", "agua)", '"agua', "agua OR", "agua NOT", "OR agua"])
    def test_a_broken_query_is_a_mistake_of_who_asks(self, store: Store, query: str) -> None:
        """It says what is wrong instead of finding nothing."""
        with pytest.raises(ConfigError) as raised:
            store.find(Query(text=query))
        assert raised.value.remedy

    @pytest.mark.parametrize(
        "query",
        ["-(" * 90 + "agua" + ")" * 90, "(a OR (b " * 24 + "agua" + "))" * 24, "(a OR (agua " * 5 + "agua" + "))" * 5,
            "agua -(" * 10 + "b" + ")" * 10, " OR ".join(["agua"] * 100), '"' + "a " * 3000 + '"'],
    )  # fmt: skip
    def test_a_query_at_its_limits_is_answered_or_refused(self, store: Store, query: str) -> None:
        """No query that the grammar takes is too deep for the store."""
        write(store, a_mention(text="agua"))
        try:
            node = parse(query)
        except ConfigError:
            with pytest.raises(ConfigError):
                store.count(Query(text=query))
        else:
            assert node is not None
            assert store.count(Query(text=query)) == matches(node, ["agua"])

    @pytest.mark.parametrize("name", get_args(Field))
    def test_every_field_can_be_filtered_by(self, store: Store, name: Field) -> None:
        """A condition on a field holds for those mentions that have one of its values."""
        given: dict[str, Any] = {name: OTHER[name]} if name != "tag" else {"tags": tagged("complaint", "crisis")}
        usual, other = a_mention("usual", tags=tagged("complaint")), a_mention("other", **given)
        write(store, usual, other)
        assert set(everything(store, Query(where={name: (OTHER[name],)}))) == {other.id}
        usually = "complaint" if name == "tag" else getattr(usual, name)
        both = Query(where={name: (OTHER[name], usually)})
        assert set(everything(store, both)) == {usual.id, other.id}
        assert store.count(Query(where={name: ("nothing has this",)})) == 0

    def test_every_condition_must_hold(self, store: Store) -> None:
        """Fields, words, ids and times together narrow what is found."""
        right = a_mention("right", "agua turbia", service="water", district="El Raval")
        write(store, right, a_mention("w", "agua turbia", service="water"), a_mention("d", "luz", district="El Raval"))
        query = Query(text="agua", where={"service": ("water",), "district": ("El Raval",), "institution": (TOWN,)})
        assert set(everything(store, query)) == {right.id}

    def test_a_span_of_time_has_its_beginning_and_not_its_end(self, store: Store) -> None:
        """``since`` is included, ``until`` is not, in whatever zone they are written."""
        start, end = NOW - timedelta(hours=5), NOW - timedelta(hours=3)
        for name, moment in (("before", start - timedelta(milliseconds=1)), ("start", start), ("end", end)):
            write(store, a_mention(name, published=moment))
        abroad = timezone(timedelta(hours=-7))
        found = everything(store, Query(since=start.astimezone(abroad), until=end.astimezone(abroad)))
        assert set(found) == ids_of(["start"])

    def test_ids_are_found_and_unknown_ones_are_not(self, store: Store) -> None:
        """Asking by id is asking for these and no others."""
        write(store, a_mention("1"), a_mention("2"))
        assert set(everything(store, Query(ids=(*ids_of(["2"]), "unknown")))) == ids_of(["2"])

    def test_an_unknown_field_is_a_mistake_of_who_asks(self, store: Store) -> None:
        """An author is no field, on purpose."""
        nobody = cast(Field, "author")
        for ask in (lambda: store.count(Query(where={nobody: ("x",)})), lambda: store.terms(Query(), [nobody])):
            with pytest.raises(ConfigError, match="author"):
                ask()

    def test_the_newest_comes_first(self, store: Store) -> None:
        """Whatever the order of writing."""
        moments = [NOW - timedelta(days=days) for days in (3, 1, 2, 400)]
        write(store, *(a_mention(str(n), published=m) for n, m in enumerate(moments)))
        found: list[datetime] = [m.published for m in store.find(Query()).mentions]
        assert found == sorted(moments, reverse=True)
