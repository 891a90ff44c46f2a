"""An invented network for measuring: frames as Jetstream sends them, and fifty towns to be found in them.

The same seed gives the same frames. Texts are put together from lists of words, so nobody has
said them; one post in ``ABOUT`` is about one of the towns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from corrillo.institution import Institution
from tests.fakes.jetstream_frames import POSTS, did, message, written

ABOUT = 2_000
BEGIN = datetime(2026, 11, 21, 10, tzinfo=UTC)
WORDS: Mapping[str, Sequence[str]] = {
    language: said.split()
    for language, said in {
        "en": "the and to of in it is that this with again today train coffee morning never always game season thread good dog rain late people city new water light please still waiting great! why? because photo music work tomorrow government they we you not cannot https://example.org/news/item lol",
        "es": "el la de que y en los se no por con una para hoy mañana autobús barrio plaza agua luz corte farola ruido limpieza gracias vergüenza nadie siempre otra vez calle niños colegio fiesta lluvia partido gol ¿cuándo? ¡basta! ayuntamiento gobierno vecinos jajaja jóvenes también https://ejemplo.example/noticia",
        "ca": "el la de que i en els es no per amb una avui demà autobús barri plaça aigua llum fanal soroll neteja gràcies ningú sempre carrer nens escola festa pluja ajuntament veïns també això però molt bé què passa",
        "gl": "o a de que e en os non por con unha hoxe mañá autobús barrio praza auga luz rúa nenos escola festa chuvia concello veciños tamén moi ben grazas ninguén sempre",
        "eu": "eta da ez du gaur bihar autobusa auzoa plaza ura argia kalea umeak eskola jaia euria udala bizilagunak ere oso ondo eskerrik asko inor beti",
        "pt": "o a de que e em os não por com uma hoje amanhã ônibus bairro praça água luz rua crianças escola festa chuva prefeitura vizinhos também muito bem obrigado ninguém sempre",
        "ja": "今日 は 雨 です おはよう ございます 電車 が 遅れて います ねむい 写真 を 撮りました 明日 も 頑張り ましょう 新しい 音楽 猫 かわいい",
        "ar": "صباح الخير اليوم المطر في المدينة شكرا كثيرا قطار متأخر مرة أخرى القهوة",
    }.items()
}
SHARES = {"en": 50, "ja": 18, "pt": 12, "es": 10, "ca": 4, "ar": 3, "gl": 2, "eu": 1}
"""Percent of posts in each language."""
_STEMS = ("Valde", "Villa", "Beni", "Torre", "Monte", "Puebla", "Castro", "Alba", "Riba", "Fuente")
_ENDS = ("prado", "umbría", "zalema", "quejigo", "redonda")
TOWNS = tuple(stem + end for stem in _STEMS for end in _ENDS)


def institutions() -> list[Institution]:
    """Fifty towns with aliases, handles, hashtags and namesakes; ten of them with a boolean query."""
    return [Institution.model_validate(_town(number, name)) for number, name in enumerate(TOWNS)]


def _town(number: int, name: str) -> dict[str, Any]:
    bare = name.lower().replace("í", "i")
    query = f'("corte de agua" OR apagón OR inunda*) ({name} OR comarca) -mineral' if number % 5 == 0 else ""
    return {
        "id": bare, "name": f"Ayuntamiento de {name}", "names": {"ca": [f"Ajuntament de {name}"]},
        "aliases": [name], "nicknames": [f"la {name[:5]} grande"], "handles": [f"@ayto{bare}", f"{bare}.example"],
        "hashtags": [f"#{name}", f"#{name}Limpia"], "query": query,
        "homonym": [{"name": f"CF {name}", "phrases": [f"{name} CF", f"calle {name}"], "context": ["portero", "fichaje"]}],
        "account": [{"network": "bluesky", "handle": did(f"town {bare}")}, {"network": "x", "handle": f"@ayto{bare}"}],
        "platform": [{"host": f"participa.{bare}.example"}],
    }  # fmt: skip


def frames(count: int, seed: int = 1) -> Iterator[bytes]:
    """So many frames: nine in ten are posts (a third of them answers), the others deletions."""
    random = Random(seed)
    people = [did(f"person {n}") for n in range(5_000)]
    for number in range(count):
        moment, author, rkey = (
            written(BEGIN + timedelta(milliseconds=number / 2)),
            random.choice(people),
            f"3m{number:011d}",
        )
        post = number % ABOUT == 7 or random.random() < 0.9
        fields = {"cid": f"bafyrei{rkey}", "record": _record(random, people, moment, number)} if post else {}
        yield message(
            "commit", seq=10_000 + number, did=author, time=moment, witnessedAt=moment, rev=rkey,
            operation="create" if post else "delete", collection=POSTS, rkey=rkey, **fields,
        ).encode()  # fmt: skip


def _record(random: Random, people: Sequence[str], moment: str, number: int) -> dict[str, Any]:
    (language,) = random.choices(list(SHARES), SHARES.values())
    text = _text(random, WORDS[language])
    if number % ABOUT == 7:
        language, text = "es", f"{_text(random, WORDS['es'])[:200]} {_about(random)}"
    record: dict[str, Any] = {"$type": POSTS, "text": text, "createdAt": moment, "langs": [language]}
    if random.random() < 0.33:
        other = {
            "uri": f"at://{random.choice(people)}/{POSTS}/3m{random.randrange(10**11):011d}",
            "cid": "bafyreiother",
        }
        record["reply"] = {"parent": other, "root": other}
    if random.random() < 0.15:
        end = len(text.encode())
        record["text"] = f"{text} example.org/news/a-long-addr..."
        link = {"$type": "app.bsky.richtext.facet#link", "uri": "https://example.org/news/a-long-address-of-today"}
        record["facets"] = [{"index": {"byteStart": end + 1, "byteEnd": end + 31}, "features": [link]}]
    if random.random() < 0.25:
        alt = _text(random, WORDS[language]) if random.random() < 0.4 else ""
        record["embed"] = {
            "$type": "app.bsky.embed.images",
            "images": [{"alt": alt, "image": {"$type": "blob", "size": 9}}],
        }
    return record


def _text(random: Random, words: Sequence[str]) -> str:
    """From 5 to 300 characters, more often few."""
    wanted = int(5 + 295 * random.random() ** 2)
    return " ".join(random.choice(words) for _ in range(wanted // 5 + 1))[:wanted]


def _about(random: Random) -> str:
    town = random.choice(TOWNS)
    forms = ("Ayuntamiento de {}", "#{}", "en {} otra vez", "calle {}", "{} CF", "apagón en {}", "@ayto{}")
    return random.choice(forms).format(town)
