"""Subscribers of the file in the store: who came, who changed, who went."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from corrillo.notices import Way
from corrillo.subscribers import SubscriberEntry
from notify.office.roll import called
from stores.sqlite import SqliteStore

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "test.db", {}, lambda: NOW)
    yield opened
    opened.close()


def entry(name: str, *ways: str, **given: object) -> SubscriberEntry:
    return SubscriberEntry.model_validate({"id": name, "name": name, "ways": ways or (f"{name}@town.es",), **given})


def test_the_same_file_again_changes_nothing(store: SqliteStore) -> None:
    """Since when somebody is there, and has confirmed it, stays; so does their feed."""
    assert called(store, [entry("marta")], Path(), {}, NOW) == ("marta",)
    (marta,) = store.subscribers()
    store.subscribe(msgspec.structs.replace(marta, feed="f" * 64))
    assert called(store, [entry("marta")], Path(), {}, LATER) == ()
    (marta,) = store.subscribers()
    assert (marta.created, marta.ways[0].confirmed, marta.feed) == (NOW, NOW, "f" * 64)


def test_an_address_that_is_new_is_confirmed_from_then_on(store: SqliteStore) -> None:
    called(store, [entry("marta")], Path(), {}, NOW)
    assert called(store, [entry("marta", "marta@town.es", "m@home.es")], Path(), {}, LATER) == ("marta",)
    assert store.subscribers()[0].ways == (
        Way(kind="email", address="marta@town.es", confirmed=NOW),
        Way(kind="email", address="m@home.es", confirmed=LATER),
    )


def test_who_is_gone_from_the_file_is_told_nothing_any_more_and_others_are_left_alone(store: SqliteStore) -> None:
    called(store, [entry("marta"), entry("nuria")], Path(), {}, NOW)
    (marta, _) = store.subscribers()
    store.subscribe(msgspec.structs.replace(marta, id="pepa", name="Pepa", origin="page"))
    assert called(store, [entry("nuria")], Path(), {}, LATER) == ("marta",)
    assert sorted(s.id for s in store.subscribers()) == ["nuria", "pepa"]
