"""A town with an incident in a real store, and somebody who is told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from corrillo.institution import Institution
from corrillo.links import Links
from corrillo.model import Cursor
from corrillo.notices import Delivery, News, Subscriber
from corrillo.ports import SourceNews, Store
from corrillo.testing.incidents import an_incident, tell
from corrillo.testing.mentions import ISLAND, NOW, TOWN, ZONES, a_mention, id_of, write
from corrillo.testing.notices import a_subscriber
from dashboards.page.sources import Listening
from notify.messages import Scene, compose
from notify.ports import Message
from stores.sqlite.store import SqliteStore

PAGE = "https://corrillo.town.test"
TEXTS = {"1": "Sin agua en la calle Mayor", "2": "Reventón en el Raval", "3": "¿Cuándo vuelve el agua?"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Three posts of three people, two of them samples of the incident, of a source that has heard everything."""
    found = SqliteStore(tmp_path / "corrillo.db", ZONES, lambda: NOW)
    for moment in (NOW - timedelta(days=300), NOW):
        hear(found, "plaza", moment)
    write(found, *(a_mention(n, text, url=f"https://plaza.example/{n}", service="water") for n, text in TEXTS.items()))
    tell(found, an_incident(mentions=tuple(id_of(n) for n in TEXTS)))
    yield found
    found.close()


@pytest.fixture
def scene(store: Store) -> Scene:
    town = Institution(id=TOWN, name="Ayuntamiento de Benialba")
    island = Institution(id=ISLAND, name="Cabildo de Isla Garza", time_zone="Atlantic/Canary")
    coverage = [Listening("plaza", "town-square", "La Plaza")]
    return Scene(store, {TOWN: town, ISLAND: island}, Links(b"k" * 32, PAGE), coverage)


@pytest.fixture
def marta() -> Subscriber:
    """She listens to the water from the level watch on, in Spanish."""
    return a_subscriber(language="es", districts=(), institutions=())


@pytest.fixture
def told(scene: Scene, marta: Subscriber) -> Callable[..., Message]:
    """The message of one piece of news, or of whatever is given."""

    def compose_it(what: str = "opened", **given: Any) -> Message:
        found = compose(
            a_delivery(what, **given.pop("delivery", {})), given.pop("to", marta), given.pop("scene", scene), NOW
        )
        assert found is not None
        return found

    return compose_it


def a_delivery(told: str = "opened", /, **given: Any) -> Delivery:
    """News of the incident of five minutes ago, made now."""
    news = News(incident="incident-1", what=told, level="warning", at=NOW - timedelta(minutes=5))  # type: ignore[arg-type]
    values: dict[str, Any] = {"news": (news,), "urgency": "warning", "institution": TOWN}
    return Delivery(id="delivery-1", subscriber="subscriber-marta", made=NOW, due=NOW, **{**values, **given})


def hear(store: Store, source: str, at: datetime, **given: Any) -> None:
    """A source has been read up to that moment."""
    with store.unit() as unit:
        unit.advance(Cursor(source=source, state="1"), SourceNews(source, "town-square", at, every=0.0, **given))


def everything_of(message: Message) -> str:
    """All that a message says anywhere."""
    return "\n".join(
        [message.subject, message.text, message.html, message.short, msgspec.json.encode(message.document).decode()]
    )
