"""Offices that are killed while people are told, as often and with as many people as one likes.

    python -m tests.integration.notify.killed --kills 50 --incidents 200 --people 1000 --seed 7

prints how many letters there were, and how many of them were repeated. AssertionError where somebody was not told, was
told twice without the one window to explain it, or heard of something urgent later than of something else.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from corrillo.alerts import Incident
from corrillo.duty import concerns
from corrillo.model import SERVICES
from corrillo.notices import Delivery, Subscriber
from notify.office.hands import AT_ONCE, TAKEN
from tests.integration.notify.forked import Forks
from tests.integration.notify.house import House, incident, somebody
from tests.integration.notify.mail import Letter, MailServer
from tests.processes import until

WAVES = 2
IN_HAND = AT_ONCE["email"] * TAKEN
"""So many letters may overtake each other."""


@dataclass
class Told:
    """What came of it: letters, how many of them were repeated, and how many might have been."""

    letters: int
    repeated: int
    in_the_window: int


def held(folder: Path, mail: MailServer, *, kills: int, incidents: int, people: int, seed: int) -> Told:
    """Tell those people of those incidents, in two waves; the office is killed so many times meanwhile."""
    chance, house = random.Random(seed), House(folder, mail)
    everybody = [somebody(f"p{n}", services=(chance.choice(SERVICES),), per_hour=60) for n in range(people)]
    window: Counter[str] = Counter()
    happened: list[Incident] = []
    with closing(house), Forks(folder, mail.address) as forks:
        house.subscribe(*everybody)
        for wave in range(WAVES):
            new = _wave(house, chance, f"wave-{wave}", incidents // WAVES)
            happened += new
            begun = len(mail.letters)
            wanted = len({p.id for p in everybody for i in new if concerns(p, i)})
            for turn in range(kills // WAVES):
                forks.begin()
                enough = begun + wanted * turn // (kills // WAVES) + chance.randrange(3)
                until(lambda enough=enough: forks.alive() and len(mail.letters) >= enough, forks.said)
                time.sleep(chance.uniform(0, 0.02))
                forks.kill()
                window.update(d.id for d in house.waits(limit=10_000) if d.state == "sending")
            forks.begin()
            until(lambda new=new: not _owed(house, everybody, new), forks.said)
            forks.kill()
            _most_urgent_first(house, mail.letters[begun:])
        return _once(house, mail.letters, window)


def _wave(house: House, chance: random.Random, name: str, count: int) -> list[Incident]:
    levels = ("warning", "warning", "crisis")
    new = [
        incident(f"{name}-{n}", house.now(), chance.choice(levels), SERVICES[n % len(SERVICES)]) for n in range(count)
    ]
    house.tell(*new)
    return new


def _owed(house: House, people: Sequence[Subscriber], happened: Sequence[Incident]) -> set[tuple[str, str]]:
    """Who has not been told of what; nothing but the question whether anything is open, while it is."""
    if house.waits(limit=1):
        return {("", "")}
    told = {(d.subscriber, n.incident) for d in _kept(house) if d.sent for n in d.news}
    return {(p.id, i.id) for p in people for i in happened if concerns(p, i)} - told


def _kept(house: House) -> Sequence[Delivery]:
    return house.store.deliveries(limit=100_000)


def _identities(letters: Iterable[Letter]) -> list[str]:
    return [letter.identity.strip("<>").partition("@")[0] for letter in letters]


def _most_urgent_first(house: House, letters: Sequence[Letter]) -> None:
    """No more letters than are in hand at a time come before a more urgent one."""
    urgency = {d.id: d.urgency for d in _kept(house)}
    order = [urgency[i] for i in dict.fromkeys(_identities(letters))]
    crises = [place for place, level in enumerate(order) if level == "crisis"]
    early = order[: crises[-1]].count("warning") if crises else 0
    assert early <= IN_HAND, f"{early} warnings went out before the last crisis"


def _once(house: House, letters: Sequence[Letter], window: Counter[str]) -> Told:
    kept = {d.id: d for d in _kept(house) if d.state != "dropped"}
    sent = Counter(_identities(letters))
    assert sent.keys() == kept.keys()
    assert {d.state for d in kept.values()} == {"sent"}
    news = Counter((d.subscriber, n.incident) for d in kept.values() for n in d.news)
    assert set(news.values()) == {1}, "nobody is told the same twice, in whatever words"
    again = {i: n - 1 for i, n in sent.items() if n > 1}
    assert all(n <= window[i] for i, n in again.items()), "only what was being handed over is repeated"
    return Told(len(letters), sum(again.values()), window.total())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("kills", 50), ("incidents", 200), ("people", 1_000), ("seed", 2026)):
        parser.add_argument(f"--{name}", type=int, default=value)
    given = vars(parser.parse_args())
    begun = time.monotonic()
    with TemporaryDirectory() as folder, MailServer() as mail:
        told = held(Path(folder), mail, **given)
    print(f"{given['kills']} kills, {given['incidents']} incidents, {given['people']} people, seed {given['seed']}:")
    print(f"{told.letters} letters; {told.repeated} were repeated, {told.in_the_window} were being handed over")
    print(f"{time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
