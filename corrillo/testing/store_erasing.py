"""Erasure: by mention, by url, by a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from corrillo.ports import Erased, Quarantined, Query, Store
from corrillo.testing.mentions import ISLAND, NOW, a_mention, everything, id_of, ids_of, pseudonym, tagged, write
from corrillo.testing.store_base import Reopen, StoreFixtures

PEPA, LUIS = pseudonym("pepa"), pseudonym("luis")
URL = "https://plaza.example/@pepa/7"


class ErasingRules(StoreFixtures):
    """What is erased is not there and does not come back."""

    @pytest.mark.parametrize(
        ("how", "erased"),
        [
            ({"ids": [id_of("1")]}, ["1"]),
            ({"ids": [id_of("1"), id_of("2"), "unknown"]}, ["1", "2"]),
            ({"url": URL}, ["1"]),
            ({"pseudonyms": [PEPA]}, ["1", "2"]),
            ({"pseudonyms": [PEPA, LUIS]}, ["1", "2", "3"]),
            ({"url": "https://plaza.example/@pepa"}, []),
            ({"pseudonyms": [pseudonym("nobody")]}, []),
            ({"ids": [id_of("3")], "url": URL}, ["1", "3"]),
        ],
    )
    def test_what_is_named_goes_and_nothing_else(
        self, store: Store, reopen: Reopen, how: Mapping[str, Any], erased: Sequence[str]
    ) -> None:
        """The rest is as before; the erased stay away from a replay, also after a restart."""
        all_of_them = [
            a_mention("1", author=PEPA, url=URL), a_mention("2", author=PEPA), a_mention("3", author=LUIS), a_mention("4", author=""),
        ]  # fmt: skip
        write(store, *all_of_them)
        buried = tuple(sorted({*how.get("ids", ()), *ids_of(erased)}))
        assert store.erase(**how) == Erased(mentions=len(erased), ids=buried)
        left = {m.id: m for m in all_of_them if m.id not in ids_of(erased)}
        assert everything(store) == left
        later = reopen()
        assert write(later, *all_of_them).refused == len(erased)
        assert everything(later) == left
        later.close()

    def test_an_id_that_is_not_there_yet_is_kept_away(self, store: Store) -> None:
        """Erasing it beforehand is a promise too."""
        assert store.erase(ids=[id_of("later")]) == Erased(ids=(id_of("later"),))
        assert write(store, a_mention("later")).refused == 1

    def test_a_url_is_erased_for_every_institution(self, store: Store) -> None:
        """A post about two is two mentions with one address."""
        write(store, a_mention(url=URL), a_mention(url=URL, institution=ISLAND))
        assert store.erase(url=URL).mentions == 2
        assert everything(store) == {}

    def test_a_person_is_taken_out_of_other_peoples_texts(self, store: Store) -> None:
        """Out of text, title and evidence; the words around it stay, and are found as before."""
        write(
            store,
            a_mention(
                "1", f"Como dice @{PEPA}, la farola sigue rota. ¿Verdad, {PEPA}?", title=f"Para @{PEPA} y @{LUIS}",
                author=LUIS, tags=tagged("complaint", evidence=(f"@{PEPA}, la farola sigue rota", "rota")),
            ),
            a_mention("2", "nada que ver", author=LUIS),
        )  # fmt: skip
        assert store.erase(pseudonyms=[PEPA]) == Erased(named_in=1)
        kept = everything(store)[id_of("1")]
        assert kept.text == "Como dice @…, la farola sigue rota. ¿Verdad, @…?"
        assert kept.title == f"Para @… y @{LUIS}"
        assert kept.tags[0].evidence == ("@…, la farola sigue rota", "rota")
        assert [store.count(Query(text=t)) for t in (PEPA.lstrip("~"), "farola", LUIS.lstrip("~"))] == [0, 1, 1]

    def test_two_people_in_one_text_are_both_taken_out(self, store: Store) -> None:
        """A person has a pseudonym for each network: all are erased in one go."""
        write(store, a_mention("1", f"@{PEPA} y @{LUIS} en Benialba", author="~x"))
        assert store.erase(pseudonyms=[PEPA, LUIS]) == Erased(named_in=1)
        assert everything(store)[id_of("1")].text == "@… y @… en Benialba"

    def test_quarantine_is_covered(self, store: Store) -> None:
        """By person and by url; others' items stay."""
        names = {"hers": ("{}", (PEPA,)), "link": (f'{{"url": "{URL}"}}', ()), "his": ("{}", (LUIS,))}
        items = [Quarantined(n, "plaza", NOW, "no date", "page 1", raw, who) for n, (raw, who) in names.items()]
        with store.unit() as unit:
            unit.quarantine(items)
        assert store.erase(pseudonyms=[PEPA]) == Erased(quarantined=1)
        assert store.erase(url=URL) == Erased(quarantined=1)
        assert [q.id for q in store.quarantined()] == ["his"]

    def test_an_erased_name_does_not_come_back_in_a_text_that_is_written_again(self, store: Store) -> None:
        """A source gives the same post again, or a new one that names them: the name stays out."""
        again = a_mention("5", author=LUIS, text=f"like @{PEPA} said, the lamp is out")
        write(store, again)
        assert store.erase(pseudonyms=[PEPA]).named_in == 1
        write(store, again, a_mention("6", author=LUIS, text=f"ask @{PEPA}"))
        assert {m.text for m in everything(store).values()} == {"like @… said, the lamp is out", "ask @…"}
