"""What of an import is about nobody: counted by its reason, shown when asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import pytest

from corrillo.cli.sieve import Sieve
from corrillo.institution import Institution
from corrillo.listen import Heard
from corrillo.model import Author, Batch, Cursor, Deletion, Post, Tagging, Venue
from corrillo.pipeline import Pipeline
from ingest.protect import Pseudonyms

TOWN = Institution.model_validate(
    {
        "id": "villarreja",
        "name": "Ayuntamiento de Villarreja",
        "aliases": ["Villarreja"],
        "alias_needs": ["pleno", "basura"],
        "homonym": [{"name": "Villarreja del Mar"}],
    }
)
TEXTS = (
    "El Ayuntamiento de Villarreja del Mar sube la tasa",
    "Pleno en Villarreja",
    "De paseo por Villarreja con @luisa_93",
    "Hoy llueve",
    "Hoy no llueve",
)


class Said:
    """A source that gives these texts once, the last as an answer."""

    name, network, interval = "said", "x", 0.0

    async def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """All of them."""
        yield Batch(cursor=Cursor(source=self.name, state=""), items=tuple(map(self._post, range(len(TEXTS)))))

    def parse(self, raw: str) -> Sequence[Post | Deletion]:
        """Not asked for."""
        return ()

    async def close(self) -> None:
        """Nothing is open."""

    def _post(self, number: int) -> Post:
        return Post(
            network="x",
            native_id=str(number),
            venue=Venue(name="x.com", kind="microblog"),
            author=Author(handle="ana"),
            published=datetime(2026, 11, 20, 10, tzinfo=UTC),
            text=TEXTS[number],
            answers="90" if number == len(TEXTS) - 1 else "",
        )


@pytest.fixture
async def sieve() -> Sieve:
    """One through which everything went."""
    sieve = Sieve(Pipeline([TOWN], lambda _: Tagging(), Pseudonyms(b"a key that only tests use")))
    given = [b async for b in sieve.over(Heard(Said())).source.fetch(None)]
    assert [len(b.items) for b in given] == [len(TEXTS)]
    return sieve


async def test_it_says_how_many_and_why(sieve: Sieve) -> None:
    """By reason, with the word that took them away; and that answers may belong to a conversation about us."""
    assert sieve.left_out == 4
    assert list(sieve.lines(show=False, whole=False)) == [
        "Left out: 1 with the name of something else (Villarreja del Mar), 1 with an alias, but no word of alias_needs "
        "(Villarreja), 2 without any name of ours.",
        "See them: the same command with --show-left-out (nothing is stored twice).",
        "1 of them answer something: if the file has all answers, --whole-threads keeps those that belong to us.",
    ]


async def test_each_is_shown_protected(sieve: Sieve) -> None:
    """Nobody's handle stands in what is printed."""
    shown = list(sieve.lines(show=True, whole=True))
    assert shown[0] == (
        "  with the name of something else (Villarreja del Mar) · 2026-11-20 10:00 UTC · “El Ayuntamiento de Villarreja del Mar sube la tasa”"
    )
    assert "@~" in shown[1]
    assert "luisa" not in "".join(shown)
    assert len(shown) == 5


def test_what_is_all_about_us_leaves_nothing_out() -> None:
    """Then nothing is said."""
    sieve = Sieve(Pipeline([TOWN], lambda _: Tagging(), Pseudonyms(b"a key that only tests use")))
    assert list(sieve.lines(show=True, whole=False)) == []
