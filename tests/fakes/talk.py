"""What is said of an invented town, week after week: seeded, so that every run hears the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import exp
from random import Random
from zoneinfo import ZoneInfo

import msgspec

from corrillo.model import Service, TaggedMention, TagKind, VenueKind
from corrillo.testing.mentions import a_mention, id_of, pseudonym, tagged

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AWAKE = (2, 1, 1, 1, 1, 2, 5, 9, 12, 14, 15, 14, 14, 15, 14, 11, 11, 12, 14, 16, 18, 17, 12, 6)
"""How much is said in each hour of the day, as the clocks of the place show it."""
VENUES: Sequence[tuple[str, str, VenueKind]] = (
    ("microblog", "plaza.example", "microblog"), ("microblog", "plaza.example", "microblog"),
    ("groups", "Vecinos", "group"), ("groups", "Madres y padres", "group"), ("chat", "El canal", "channel"),
    ("press", "La Voz", "newspaper"), ("forum", "Foro", "forum"),
)  # fmt: skip
SOURCES = ("chat", "forum", "groups", "microblog", "press")
"""Each network is one source."""
CROWD: Sequence[tuple[str, str, VenueKind]] = tuple(v for v in VENUES if v[0] not in ("press", "forum"))
USUAL: Mapping[TagKind | None, float] = {
    None: 45,
    "complaint": 20,
    "question": 15,
    "criticism": 11,
    "praise": 8.6,
    "crisis": 0.4,
}
"""What people do when they speak of a town hall, in a hundred mentions; now and then a tagger sees a crisis in it."""
JOY: Mapping[TagKind | None, float] = {None: 60, "praise": 25, "question": 8, "criticism": 6, "complaint": 1}
ALARM: Mapping[TagKind | None, float] = {"crisis": 100}
SERVICES: Sequence[Service] = ("cleaning", "other", "other", "other")
DISTRICTS = ("", "", "", "Puerto")
FIESTA = (
    "el pregón",
    "la verbena",
    "los gigantes",
    "la orquesta",
    "el desfile",
    "la mascletà",
    "el castillo",
    "las peñas",
    "la ofrenda",
    "el chupinazo",
)
MATCH = (
    "el partido",
    "vaya gol",
    "el portero",
    "menuda grada",
    "el árbitro",
    "la prórroga",
    "el penalti",
    "el ascenso",
    "la afición",
    "el delantero",
)
BURST = (
    "ha reventado una tubería", "la tubería es una fuente", "seguimos sin agua por la tubería", "mi garaje inundado por la tubería",
    "media avenida hundida", "bomberos achicando", "la tubería general rota", "el barrio sin suministro", "socavón enorme", "cisternas en la plaza",
)  # fmt: skip
STREETS = (
    "Mayor", "Cervantes", "Lepanto", "Colón", "Trinidad", "Molino", "Carmen", "Ánimas", "Olmo", "Almendros", "Tejares", "Alfareros",
    "Fuensanta", "Ronda", "Miralbueno", "Cisneros", "Velázquez", "Zurbarán", "Goya", "Murillo", "Isabel", "Bolivia", "Ecuador", "Galicia",
    "Asturias", "Navarra", "Doctor Fleming", "Ramón y Cajal", "Rosalía", "Machado", "Lorca", "Unamuno", "Quevedo", "Góngora", "Teruel",
    "Cuenca", "Burgos", "Palencia", "Zamora", "Segovia",
)  # fmt: skip
THINGS = (
    "la farola", "el contenedor", "una papelera", "el semáforo", "la acera", "un bache", "la fuente", "el autobús", "la biblioteca",
    "el polideportivo", "el mercadillo", "la ordenanza", "el padrón", "la licencia", "una terraza", "el ascensor", "la piscina", "el columpio",
    "una multa", "el recibo", "la cita previa", "un perro suelto", "la música", "el aparcamiento", "la marquesina", "un alcorque", "la poda",
    "el carril bici", "la alcantarilla", "el pleno",
)  # fmt: skip
STATES = (
    "otra vez igual", "desde el martes", "según mi cuñada", "mejor que antes", "nadie contesta", "con lo que pagamos", "y tan contentos",
    "delante del colegio", "junto a la farmacia", "esquina con el estanco", "al lado de la iglesia", "y van tres veces", "como siempre",
    "quién lo diría", "a ver si lo miran", "por fin", "en obras", "sin avisar", "con foto y todo", "no es para tanto",
)  # fmt: skip


@dataclass
class Talk:
    """Writes the mentions of one town; ``people`` is how many speak of it at all."""

    institution: str
    zone: ZoneInfo
    people: int
    seed: int = 1
    random: Random = field(init=False)
    number: int = 0

    def __post_init__(self) -> None:
        self.random = Random(f"{self.institution} {self.seed}")

    def ordinary(self, since: datetime, until: datetime, daily: float) -> list[TaggedMention]:
        """So many mentions a day as people sleep and work, fewer at weekends."""
        said, hour = [], since
        while hour < until:
            local = hour.astimezone(self.zone)
            busy = AWAKE[local.hour] / sum(AWAKE) * (0.8 if local.weekday() > 4 else 1.08)
            said += [self.one(hour + self.random.random() * HOUR) for _ in range(self._poisson(daily * busy))]
            hour += HOUR
        return in_order(said)

    def burst(self, since: datetime, lasts: timedelta, count: int, authors: int, **how: object) -> list[TaggedMention]:
        """``count`` mentions by so many authors, more at first than at the end."""
        moments = sorted(since + self.random.random() ** 1.5 * lasts for _ in range(count))
        people = [f"{self.institution} burst {n % authors}" for n in range(count)]
        self.random.shuffle(people)
        return in_order(self.one(at, author=pseudonym(who), **how) for at, who in zip(moments, people, strict=True))

    def one(
        self,
        at: datetime,
        *,
        tags: Mapping[TagKind | None, float] = USUAL,
        venues: Sequence[tuple[str, str, VenueKind]] = VENUES,
        things: Sequence[str] = THINGS,
        **given: object,
    ) -> TaggedMention:
        """One mention of one of ``things``, heard within three minutes after it was said."""
        self.number += 1
        name, choice = f"{self.institution} {self.seed} {self.number}", self.random
        network, venue, kind = choice.choice(venues)
        (tag,) = choice.choices(list(tags), weights=list(tags.values()))
        thing, street, *asides = choice.choice(things), choice.choice(STREETS), *choice.sample(STATES, 2)
        values: dict[str, object] = {
            "institution": self.institution, "text": f"{thing} {asides[0]}, calle {street}, {asides[1]}", "network": network, "venue": venue, "venue_kind": kind, "source": network,
            "published": at, "first_seen": at + choice.random() * 3 * MINUTE, "tags": tagged(tag) if tag else (),
            "author": pseudonym(f"{self.institution} {int(choice.random() ** 2 * self.people)}"),
            "service": choice.choice(SERVICES), "district": choice.choice(DISTRICTS), "thread": name, "story": name,
        }  # fmt: skip
        return a_mention(name, **(values | {"id": id_of(name, self.institution)} | given))

    def _poisson(self, mean: float) -> int:
        """Knuth's way, The Art of Computer Programming, volume 2, 3.4.1."""
        count, left, limit = -1, 1.0, exp(-mean)
        while left > limit:
            left *= self.random.random()
            count += 1
        return max(count, 0)


def in_order(said: Iterable[TaggedMention]) -> list[TaggedMention]:
    """As they are heard."""
    return sorted(said, key=lambda m: (m.first_seen, m.id))


def changed(said: Iterable[TaggedMention], how: Callable[[TaggedMention], Mapping[str, object]]) -> list[TaggedMention]:
    """The same mentions with something else about each, in the order in which they are heard now."""
    return in_order(msgspec.structs.replace(m, **how(m)) for m in said)


def local(text: str, zone: ZoneInfo) -> datetime:
    """The moment at which clocks there show that."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
