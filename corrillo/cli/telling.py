"""The office of a command: who tells people what is known, embedded in listening or as a process of its own."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING

from corrillo.alerts import Incident
from corrillo.bootstrap import environment, now, open_broker, open_channels, open_links, prefix
from corrillo.cli.coverage import coverage
from corrillo.errors import CorrilloError
from corrillo.notices import Delivery, Subscriber, Way
from corrillo.ports import Store
from corrillo.settings import Settings
from notify.office.office import Office, Parts
from notify.office.roll import called
from notify.office.seen import LATELY, Known, StoredIncidents
from notify.office.watch import Watch
from notify.ports import Channels, Outbox
from stores.sqlite import SqliteStore

if TYPE_CHECKING:
    from notify.messages.scene import Scene

log = logging.getLogger("corrillo.notify")
OnTrouble = Callable[[str, str], None]


def scene(settings: Settings, store: Store, known: Mapping[str, Incident]) -> Scene:
    """What messages are written from; ``known`` incidents are for when the store is away. Raises SecretMissing."""
    from notify.messages.scene import Scene

    institutions = {i.id: i for i in settings.institutions}
    return Scene(store, institutions, open_links(settings), coverage(settings), kibana(settings), known)


def kibana(settings: Settings) -> str:
    """Where Kibana's view of crises is; '' where there is no Kibana that people reach."""
    place = settings.kibana
    if place is None:
        return ""
    from dashboards.kibana.address import of_dashboard
    from dashboards.kibana.edition import DEFAULT_SPACE
    from dashboards.lens.names import Names

    end = f"-{place.space}" if place.space not in ("", DEFAULT_SPACE) else ""
    board = Names(prefix(settings), place.languages[0]).dashboard("crisis")
    return of_dashboard(place.public_url or place.url, place.space, f"{board}{end}")


def office(settings: Settings, store: Store, channels: Channels, watch: Watch, kept: Kept) -> Office:
    """What tells people; nothing is claimed yet. Raises ConfigError, SecretMissing, MissingExtra."""
    from notify.messages.compose import compose

    known = Known(kept.changed, now)
    place = scene(settings, store, known)
    return Office(
        Parts(
            outbox=kept.outbox,
            store=store,
            known=known,
            institutions={i.id: i for i in settings.institutions},
            channels=channels,
            compose=lambda delivery, who: compose(delivery, who, place, now()),
            clock=now,
            watch=watch,
            mirrored=not isinstance(store, SqliteStore),
        )
    )


@dataclass(frozen=True)
class Kept:
    """Where deliveries are kept, and where incidents come from; ``give_up`` ends all waiting for them."""

    outbox: Outbox
    changed: Callable[[], Sequence[Incident]]
    give_up: Callable[[], None] = lambda: None


def kept(settings: Settings, store: Store, on_trouble: OnTrouble) -> Kept:
    """In the store's file, or on Kafka. Raises ConfigError, MissingExtra."""
    if isinstance(store, SqliteStore):
        outbox = store.outbox(f"{socket.gethostname()}, process {os.getpid()}")
        return Kept(outbox, StoredIncidents(store, [i.id for i in settings.institutions], now).changed)
    broker = open_broker(settings)
    from ingest.kafka.alerts import Alerts
    from ingest.kafka.outbox import KafkaOutbox

    box, alerts = KafkaOutbox(broker, now, on_trouble), Alerts(broker, now() - LATELY, on_trouble)

    def give_up() -> None:
        box.stop()
        alerts.stop()

    return Kept(box, alerts.changed, give_up)


def call_the_roll(settings: Settings, store: Store) -> None:
    """Bring the subscribers of the file into the store. Raises ConfigError, StoreError."""
    changed = called(store, settings.subscribers, settings.file.parent, environment(), now())
    if changed:
        log.info("subscribers of the configuration that came, changed or went: %s", ", ".join(changed))


@contextmanager
def told(settings: Settings, store: Store, watch: Watch, said: Callable[[str], None]) -> Iterator[Office | None]:
    """The office beside something else, in a thread of its own; what it cannot is ``said``, and ends nothing else."""
    if not isinstance(store, SqliteStore):  # at scale: corrillo notify
        yield None
        return
    try:
        call_the_roll(settings, store)
        channels = open_channels(settings)
        inner = office(settings, store, channels, watch, kept(settings, store, lambda _, trouble: None))
    except CorrilloError as error:
        said(f"Nobody is told anything: {error}")
        yield None
        return
    thread = Thread(target=_run, args=(inner, said), name="office")
    thread.start()
    try:
        yield inner
    finally:
        inner.stop()
        thread.join()
        channels.close()


def _run(inner: Office, said: Callable[[str], None]) -> None:
    try:
        inner.run()
    except CorrilloError as error:
        said(f"corrillo: {error}")


def who_is_told(store: Store) -> str:
    """How many people are told, in a sentence."""
    people = store.subscribers()
    reached = sum(any(w.confirmed for w in p.ways) for p in people)
    if not people:
        return "Nobody is told of incidents yet: corrillo subscribe add"
    return f"{reached} of {len(people)} subscribers can be told of incidents (corrillo subscribe list)"


def tested(settings: Settings, store: Store, one: Subscriber) -> list[tuple[Way, bool, str]]:
    """One real message by each way, marked as a drill: whether it was taken, and what was said. Raises SecretMissing."""
    place, channels = scene(settings, store, {}), open_channels(settings)
    try:
        return [(way, *_tried(place, channels, one, number)) for number, way in enumerate(one.ways)]
    finally:
        channels.close()


def _tried(place: Scene, channels: Channels, one: Subscriber, number: int) -> tuple[bool, str]:
    from notify.decide import identity
    from notify.messages.compose import compose

    way, moment = one.ways[number], now()
    if way.confirmed is None:
        return False, f"is not confirmed: corrillo subscribe confirm {one.id}"
    trial = f"drill-test-{moment:%Y%m%d%H%M%S}"
    about = Delivery(
        id=identity(one.id, trial, str(number)), subscriber=one.id, institution="", what="drill", made=moment, due=moment, period=trial
    )  # fmt: skip
    message = compose(about, one, place, moment)
    assert message is not None, "a drill has always something to say"
    try:
        return True, channels.of(way).send(message, way, one.id) or "taken"
    except CorrilloError as error:
        return False, str(error)
