"""``make fuzz`` finds what is wrong, says it once and small, and knows everything that there is to be tried."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from random import Random

import pytest

from corrillo.errors import ParseError
from corrillo.pipeline import checked
from corrillo.registry import source_kinds
from tests.fuzz import trying
from tests.fuzz.odd import GONE, ODD, TWICE, Change, changed, fewest, places, shortest, torn, written
from tests.fuzz.sources import recorded, unrecorded
from tests.fuzz.targets import targets
from tests.fuzz.trying import Trial

SAID = {"id": 1, "by": [{"name": "ana"}, {"name": "pep"}]}


def test_every_installed_kind_is_tried() -> None:
    """Each has something recorded that its ``parse`` takes, as its own example configures it."""
    assert unrecorded() == set()
    assert set(source_kinds()) <= {t.name for t in targets()}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Change(("id",), GONE), '{"by": [{"name": "ana"}, {"name": "pep"}]}'),
        (Change(("id",), TWICE), '{"id": 1, "by": [{"name": "ana"}, {"name": "pep"}], "id": ["otra vez"]}'),
        (Change(("id",), None), '{"id": null, "by": [{"name": "ana"}, {"name": "pep"}]}'),
        (Change(("by", 0), GONE), '{"id": 1, "by": [{"name": "pep"}]}'),
        (Change(("by", 1, "name"), "\ud800"), '{"id": 1, "by": [{"name": "ana"}, {"name": "\\ud800"}]}'),
        (Change(("by", 7, "name"), 3), json.dumps(SAID)),
        (Change((), []), "[]"),
    ],
)
def test_a_document_is_changed_in_one_place(change: Change, expected: str) -> None:
    assert written(changed(SAID, [change])) == expected


def test_every_place_of_a_document_can_be_anything() -> None:
    """And what stands there can be written down, even what no encoder writes."""
    assert set(places(SAID)) == {(), ("id",), ("by",), ("by", 0), ("by", 1), ("by", 0, "name"), ("by", 1, "name")}
    for value in ODD:
        assert written(changed(SAID, [Change(("by", 0), value)])).encode()


def test_the_same_seed_gives_the_same_texts() -> None:
    texts = [torn("una frase cualquiera", ["<", "\x00"], Random(seed)) for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


def test_what_fails_is_made_as_small_as_it_can_be() -> None:
    """Of several changes those that matter; of a text the part that does."""
    changes = [Change((name,), None) for name in "abcd"]
    assert fewest(changes, lambda some: {"b", "d"} <= {c.path[0] for c in some}) == [changes[1], changes[3]]
    assert shortest("mucho antes <x mucho después", lambda text: "<x" in text) == "<x"


class Fake:
    """A target that is a fake: its cases are numbers, and ``wrong`` is done to them."""

    name = "fake"

    def __init__(self, wrong: Callable[[int], None]) -> None:
        self.check = wrong

    def every(self) -> Iterator[int]:
        return iter(range(100))

    def chance(self, random: Random) -> int:
        return random.randrange(1_000_000)

    def smaller(self, case: int, fails: Callable[[int], bool]) -> int:
        return min(n for n in range(case + 1) if fails(n))

    def said(self, case: int) -> str:
        return str(case)


def after(cases: int) -> Callable[[], bool]:
    """Over once so many have been tried."""
    left = iter(range(cases))
    return lambda: next(left, None) is None


def test_a_fault_is_said_once_with_its_smallest_case() -> None:
    """However often it is met."""

    def wrong(number: int) -> None:
        if number % 10 == 7:
            raise KeyError(number)

    trial = Trial(Fake(wrong), Random(1))
    (finding,) = trial.turn(after(50))
    assert finding.wrong.startswith("KeyError in test_fuzz.py:")
    assert finding.case == "7"
    assert trial.again[finding.wrong] > 1
    assert list(trial.turn(after(50))) == []


def test_what_never_ends_is_ended_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others go on."""
    monkeypatch.setattr(trying, "HANGS", 0.2)

    def wrong(number: int) -> None:
        while number == 3:
            pass

    trial = Trial(Fake(wrong), Random(1))
    (finding,) = trial.turn(after(100))
    assert (finding.wrong, finding.case) == ("Hang: over 0.2 s", "3")
    assert trial.tried == 100


@pytest.mark.parametrize(
    ("kind", "place", "value"),
    [
        ("decidim", ("at", "ref"), 10**30),
        ("decidim", ("at", "native"), ""),
        ("decidim", ("at", "url"), "1970-01-01T00:00:00Z"),
        ("decidim", ("at", "thread"), ["twice", "twice"]),
        ("bluesky", ("payload", "witnessedAt"), "0001-01-01T00:00:00+14:00"),
        ("consul", ("cached_votes_up",), 1.5),
    ],
)
def test_what_was_found_is_no_post_or_a_sound_one(kind: str, place: tuple[str, ...], value: object) -> None:
    """What an hour of odd items found: each is refused, or becomes a post that can be written down."""
    (of_kind,) = [one for one in recorded() if one.kind == kind]
    source, tried = of_kind.source, 0
    for raw in of_kind.raw:
        item = json.loads(raw) if isinstance(raw, str) else deepcopy(raw)
        inner = item
        for step in place[:-1]:
            inner = inner.get(step, {}) if isinstance(inner, dict) else {}
        if not isinstance(inner, dict) or place[-1] not in inner:
            continue
        inner[place[-1]] = value
        tried += 1
        try:
            found = source.parse(json.dumps(item))
        except ParseError:
            continue
        assert [checked(i) for i in found] == list(found)
    assert tried
