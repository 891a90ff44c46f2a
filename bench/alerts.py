"""From observing the decisive mention to a mail server's acceptance, at 1,000 mentions a second (target: p99 10 s).

One process as ``corrillo listen`` is: posts are matched, protected, tagged, grouped, watched and stored in SQLite, and
the office beside it tells people over real SMTP. Ten towns have a past of three days; in one after the other something
happens, while fifty towns talk about other things.

    python -m bench.alerts           # about a minute
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from bench.network import TOWNS, institutions
from corrillo.detection import Detection
from corrillo.links import Links
from corrillo.model import Author, Batch, Cursor, Post, Venue
from corrillo.notices import Subscriber, Way
from corrillo.ops.metrics import Metrics
from corrillo.pipeline import Pipeline
from corrillo.registry import tagger
from corrillo.settings import Settings, parse
from corrillo.sink import StoreSink
from ingest.protect import Pseudonyms
from notify.channels import channels
from notify.messages.compose import compose
from notify.messages.scene import Scene
from notify.office.office import Office, Parts
from notify.office.seen import Known, StoredIncidents
from stores.sqlite import SqliteStore
from tests.integration.notify.mail import MailServer

RATE, TICK = 1_000, 0.25
"""Mentions a second, and seconds between two batches of them."""
TARGET = 10.0
"""Seconds that 99 of 100 messages may take."""
EVENTS, PEOPLE = 10, 20
EVERY = 4.0
"""Seconds between two events."""
PAST, STEP = timedelta(hours=72), timedelta(minutes=10)
"""What the towns have behind them, and how often they were listened to then."""
WATCH = 5.0
"""Seconds between two looks at the time, as ``corrillo listen`` has them."""
STREETS = [
    "Mayor", "Cervantes", "Lepanto", "Colón", "Trinidad", "Molino", "Carmen", "Olmo", "Almendros", "Tejares",
    "Alfareros", "Fuensanta",
]  # fmt: skip
THINGS = ["la farola de", "un banco en", "el mercado de", "la fiesta en", "el autobús de", "un paseo por"]
HAPPENED = [
    "hay un incendio y gente atrapada en", "arde un edificio entero, se ve desde", "humo y llamas en un cuarto piso de",
    "explosión de gas, cristales por todo el suelo en", "los bomberos no llegan y la gente grita en",
    "están evacuando a los vecinos de", "ambulancias y dos heridos en", "no os acerquéis, se cae la fachada de",
    "mi abuela no puede bajar, fuego en el portal de", "huele a quemado que asusta por toda",
    "la policía ha cortado por el fuego", "auxilio, niños en la azotea de un bloque en",
    "se oyó un estruendo y ahora todo es humo en", "sin luz y con la escalera llena de humo en",
    "una bombona ha reventado en el bar de", "llamad al 112, hay un señor en la ventana de",
    "el tejado se ha hundido, hay gente dentro en", "desalojan también el colegio de al lado de",
    "tres coches ardiendo debajo de las casas de", "las llamas pasan ya al edificio de enfrente en",
    "una mujer ha saltado desde el primero en", "no se puede respirar, cerrad las ventanas cerca de",
    "el helicóptero da vueltas sobre", "los sanitarios atienden a varios intoxicados en",
    "ha ardido la nave y hay un trabajador dentro en",
]  # fmt: skip
"""As witnesses say it, each in their own words: who repeats another is no voice of their own."""


def now() -> datetime:
    return datetime.now(UTC)


class Crowd:
    """Says things; no two are the same."""

    def __init__(self) -> None:
        self._chance, self._count = random.Random(2026), 0

    def about(self, town: str, what: Sequence[str], at: datetime) -> Post:
        """A post of somebody about a town."""
        self._count += 1
        one, other = self._chance.sample(STREETS, 2)
        return Post(
            network="microblog", native_id=f"p{self._count}", source="crowd", venue=Venue(name="plaza.example"),
            author=Author(handle=f"h{self._count}"), published=at,
            text=f"{town}: {self._chance.choice(what)} la calle {one}, junto al {self._count} de {other}",
        )  # fmt: skip


class Listening:
    """A listener's work for batches of posts."""

    def __init__(self, settings: Settings, store: SqliteStore, kind: str) -> None:
        self._pipeline = Pipeline(
            settings.institutions, tagger(kind, settings.tagger_wishes), Pseudonyms(b"a key for benchmarks")
        )
        self._sink = StoreSink(store, self._pipeline, Detection(settings.institutions))
        self._batches = 0

    def take(self, posts: Sequence[Post], at: datetime) -> None:
        """Everything that becomes of a batch."""
        self._batches += 1
        batch = Batch(cursor=Cursor(source="crowd", state=str(self._batches)), items=tuple(posts))
        outcome = self._pipeline.hear(batch, "microblog", at, "", "")
        self._sink.take(batch, replace(outcome, news=replace(outcome.news, every=STEP.total_seconds())))

    def look(self, at: datetime) -> None:
        """Time has come to ``at``."""
        self._sink.advance(at)


@contextmanager
def telling(settings: Settings, store: SqliteStore) -> Iterator[None]:
    """The office at work."""
    links, known = Links(b"a key for benchmarks"), Known(StoredIncidents(store, list(_ids(settings)), now).changed, now)
    places = {i.id: i for i in settings.institutions}
    scene, ways = Scene(store, places, links, known=known), channels(settings, links, {}, now)
    office = Office(
        Parts(store.outbox("bench"), store, known, places, ways, lambda d, who: compose(d, who, scene, now()), now, Metrics(now))
    )  # fmt: skip
    thread = Thread(target=office.run)
    thread.start()
    try:
        yield
    finally:
        office.stop()
        thread.join()
        ways.close()


def _ids(settings: Settings) -> Iterator[str]:
    return (i.id for i in settings.institutions)


def measured(folder: Path, mail: MailServer, kind: str) -> tuple[float, list[float]]:
    """Mentions a second, and the seconds from the decisive mention to each acceptance."""
    raw = {"from": "bench@town.example", "smtp": mail.address, "smtp_security": "none"}
    towns = [i.model_dump(by_alias=True) for i in institutions()]
    settings = parse({"institution": towns, "notify": raw}, folder / "corrillo.toml")
    store = SqliteStore(folder / "bench.db", dict.fromkeys(_ids(settings), "Europe/Madrid"), now)
    listening, crowd = Listening(settings, store, kind), Crowd()
    begin = now() - PAST
    for step in range(PAST // STEP):
        at = begin + step * STEP
        listening.take([crowd.about(t, THINGS, at) for t in TOWNS[:EVENTS] if random.random() < 0.5], at)
        listening.look(at)
    for number in range(PEOPLE):
        way = Way(kind="email", address=f"p{number}@town.example", confirmed=begin)
        store.subscribe(Subscriber(id=f"p{number}", name=f"P{number}", ways=(way,), per_hour=60, created=now()))
    with telling(settings, store):
        talking = now()
        rate = _talk(listening, crowd)
        _settled(store)
    accepted = {letter.identity.strip("<>").partition("@")[0]: letter.at for letter in mail.letters}
    since = time.monotonic() - now().timestamp()
    told = [d for d in store.deliveries(limit=10_000) if d.id in accepted]
    news = [(d, n) for d in told for n in d.news if n.at >= talking]  # an unrest of the past may be told as well
    seconds = [accepted[d.id] - since - n.at.timestamp() for d, n in news]
    if (events := len({n.incident for _, n in news})) < EVENTS:
        print(f"only {events} of {EVENTS} events were found worth telling")
    store.close()
    return rate, seconds


def _talk(listening: Listening, crowd: Crowd) -> float:
    """Everybody talks, and now and then something happens; how many posts a second were taken in."""
    begin, said, happened, looked = time.monotonic(), 0, 0, 0.0
    while happened < EVENTS or time.monotonic() - begin < EVERY * (EVENTS + 1):
        at, posts = now(), [crowd.about(random.choice(TOWNS[EVENTS:]), THINGS, now()) for _ in range(int(RATE * TICK))]
        if time.monotonic() - begin >= EVERY * (happened + 1) and happened < EVENTS:
            posts += [crowd.about(TOWNS[happened], [what], at) for what in HAPPENED]
            happened += 1
        listening.take(posts, at)
        if time.monotonic() - begin - looked >= WATCH:
            listening.look(at)
            looked += WATCH
        said += len(posts)
        time.sleep(max(0.0, begin + said / RATE - time.monotonic()))
    return said / (time.monotonic() - begin)


def _settled(store: SqliteStore) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and store.deliveries(open_only=True, limit=1):
        time.sleep(0.5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tagger", default="rules", help="what is measured is telling (default: rules)")
    given = parser.parse_args()
    with TemporaryDirectory() as folder, MailServer() as mail:
        rate, seconds = measured(Path(folder), mail, given.tagger)
    seconds.sort()
    if not seconds:
        raise SystemExit("nobody was told anything")
    print(
        f"{rate:.0f} mentions a second ({RATE} were asked for), {EVENTS} events, {PEOPLE} people, {len(seconds)} letters"
    )
    for share in (0.5, 0.9, 0.99):
        found = seconds[min(len(seconds) - 1, int(share * len(seconds)))]
        print(f"p{share * 100:<4g} {found:6.2f} s   of the target {TARGET:g} s: {found / TARGET:.2f}")
    print(f"longest {seconds[-1]:.2f} s")


if __name__ == "__main__":
    main()
