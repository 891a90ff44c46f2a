"""An office at work in a small town: a real store, real channels, and a clock that can be put forward."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

from corrillo.alerts import Change, Evidence, Incident, Level, Subject, rank
from corrillo.errors import Fenced
from corrillo.links import Links
from corrillo.notices import Delivery, Subscriber, Way
from corrillo.ops.metrics import Metrics
from corrillo.settings import Settings, parse
from corrillo.testing.incidents import tell
from notify.channels import channels
from notify.messages.compose import compose
from notify.messages.scene import Scene
from notify.office.office import Office, Parts
from notify.office.seen import Known, StoredIncidents
from notify.ports import Message
from stores.sqlite import SqliteStore
from tests.integration.notify.mail import MailServer
from tests.processes import until

TOWN = "valdeprado"
EVERY = 0.05
"""Seconds between two looks of these offices."""
KEY = b"a key that is used in tests and nowhere else"
EVIDENCE = Evidence(channel="crisis", minutes=30, voices=14.0, expected=1.0, low=0.0, high=3.0, surprise=3.0)


def settings(folder: Path, mail: str, **more: Any) -> Settings:
    """A town with two districts, whose mails go to that server."""
    raw = {
        "institution": [
            {"id": TOWN, "name": "Ayuntamiento de Valdeprado", "district": [{"name": "Centro"}, {"name": "Arrabal"}]}
        ],
        "notify": {"from": "Corrillo <corrillo@valdeprado.example>", "smtp": mail, "smtp_security": "none"},
        "page": {"public_url": "https://corrillo.valdeprado.example"},
        **more,
    }
    return parse(raw, folder / "corrillo.toml")


def somebody(name: str, *ways: str, now: datetime | None = None, **given: Any) -> Subscriber:
    """Somebody whose ways are confirmed; without any, by mail."""
    created = now or datetime.now(UTC) - timedelta(days=2)
    listed = [
        Way(kind="webhook" if w.startswith("http") else "email", address=w, confirmed=created)
        for w in ways or (address(name),)
    ]
    return Subscriber(**{"id": name, "name": name.title(), "ways": tuple(listed), "created": created, **given})


def address(name: str) -> str:
    """Where somebody reads mail."""
    return f"{name}@valdeprado.example"


def incident(name: str, at: datetime, level: Level = "warning", service: str = "water", district: str = "") -> Incident:
    """One that has just begun."""
    about = Subject(institution=TOWN, service=service, district=district)
    opened = Change(at=at, what="opened", level=level, subjects=(about,), evidence=EVIDENCE)
    return Incident(
        id=name, institution=TOWN, opened=at, updated=at, level=level, peak=level, leading=about, subjects=(about,),
        evidence=EVIDENCE, changes=(opened,),
    )  # fmt: skip


def then(before: Incident, at: datetime, level: Level = "calm") -> Incident:
    """The same later: higher, changed, or over where it is calm."""
    up = rank(level) - rank(before.level)
    what = "resolved" if level == "calm" else "escalated" if up > 0 else "changed"
    change = Change(at=at, what=what, level=level, subjects=before.subjects, evidence=EVIDENCE)  # type: ignore[arg-type]
    return Incident(
        **{
            **{f: getattr(before, f) for f in before.__struct_fields__},
            "updated": at, "level": level, "peak": max(before.peak, level, key=rank),
            "changes": (*before.changes, change), "resolved": at if level == "calm" else None,
        }
    )  # fmt: skip


@dataclass
class House:
    """The store, the clock, and at most one office at a time."""

    folder: Path
    mail: MailServer | str
    ahead: timedelta = timedelta()
    opened: list[Callable[[], object]] = field(default_factory=list)
    metrics: Metrics = field(init=False)
    office: Office | None = None
    thread: Thread | None = None
    fenced: Fenced | None = None
    unwritable: set[str] = field(default_factory=set)
    """Whose messages cannot be written, for a fault of ours."""

    def __post_init__(self) -> None:
        self.settings = settings(self.folder, self.mail if isinstance(self.mail, str) else self.mail.address)
        self.metrics = Metrics(self.now)
        self.store = SqliteStore(self.settings.store_path, {TOWN: "Europe/Madrid"}, self.now)
        self.opened.append(self.store.close)

    def now(self) -> datetime:
        """What time it is in town."""
        return datetime.now(UTC) + self.ahead

    def later(self, **span: float) -> None:
        """Time passes."""
        self.ahead += timedelta(**span)

    def at(self, moment: datetime) -> None:
        """It is that time now."""
        self.ahead = moment - datetime.now(UTC)

    def subscribe(self, *people: Subscriber) -> None:
        for one in people:
            self.store.subscribe(one)

    def tell(self, *incidents: Incident) -> None:
        tell(self.store, *incidents)

    def begin(self) -> None:
        """An office opens."""
        self.office = self._office()
        self.thread = Thread(target=self._run, args=(self.office,))
        self.thread.start()
        until(lambda: not self.office.missing(), self.office.missing)

    def stay(self) -> None:
        """An office opens, and stays until it is killed."""
        self._office().run()

    def _office(self) -> Office:
        links = Links(KEY, self.settings.page.public_url)
        institutions = {i.id: i for i in self.settings.institutions}
        incidents = Known(StoredIncidents(self.store, [TOWN], self.now).changed, self.now)
        scene = Scene(self.store, institutions, links, known=incidents)
        known = channels(self.settings, links, {}, self.now)
        self.opened.append(known.close)
        return Office(
            Parts(
                outbox=self.store.outbox("the office"), store=self.store, known=incidents, institutions=institutions,
                channels=known, compose=partial(self._compose, scene), clock=self.now,
                watch=self.metrics, every=EVERY,
            )
        )  # fmt: skip

    def _compose(self, scene: Scene, delivery: Delivery, who: Subscriber) -> Message | None:
        if who.id in self.unwritable:
            raise ValueError("a fault of ours")
        return compose(delivery, who, scene, self.now())

    def _run(self, office: Office) -> None:
        try:
            office.run()
        except Fenced as error:
            self.fenced = error

    def end(self) -> None:
        """It closes in order."""
        if self.office and self.thread:
            self.office.stop()
            self.thread.join(30)
            assert not self.thread.is_alive()
        self.office = self.thread = None

    def close(self) -> None:
        self.end()
        for close in reversed(self.opened):
            close()

    def waits(self, **asked: Any) -> list[Delivery]:
        """What is open."""
        return list(self.store.deliveries(open_only=True, **asked))

    def told(self, who: str, count: int = 1) -> Sequence[str]:
        """The subjects of what somebody has had by mail, as soon as they are so many at least."""
        until(lambda: len(self.mail.sent_to(address(who))) >= count, lambda: f"{who}: {self.subjects(who)}", 20)
        return self.subjects(who)

    def subjects(self, who: str) -> list[str]:
        return [str(letter.message["Subject"]) for letter in self.mail.sent_to(address(who))]

    def settle(self) -> None:
        """Come back when the office has looked a few times more, and nothing is being handed over."""
        looked = self.office.looked
        until(lambda: self.office.looked > looked + timedelta(seconds=0.2), "the office does not look")
        until(lambda: not [d for d in self.waits() if d.state == "sending"], lambda: str(self.waits()))
