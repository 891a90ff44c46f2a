"""``find`` and ``export`` give the same bytes whichever store the mentions are in, and their papers say the same."""

from __future__ import annotations

import hashlib
import json
import random
import re
from datetime import timedelta

import pytest

from corrillo.testing.deeds import a_deed
from corrillo.testing.mentions import NOW, TOWN, ZONES, a_mention, id_of, pseudonym, tagged, write
from stores.sqlite import SqliteStore
from tests.at_once import AtOnce

CONFIG = """
[[institution]]
id = "{town}"
name = "Ayuntamiento de Benialba"
time_zone = "Europe/Madrid"

[store]
kind = "{kind}"
path = "corrillo.db"
{engine}
"""
ENGINE = """
[elasticsearch]
urls = ["{url}"]
user = "{user}"
password_file = "password"
prefix = "{prefix}"
"""
AWAY = ("3", "44", "120")
ASKED = {
    "everything": [],
    "what is not about us as well": ["--all"],
    "words and fields": ["agua OR luz", "-w", "tag=complaint", "-w", "place=off_page"],
    "a period": ["--since", "2026-11-01", "--until", "2026-11-15T12:00"],
    "nothing": ["helicóptero"],
}


def mention(rnd: random.Random, number: int):
    """Any mention: several in one second, of every kind of emptiness."""
    return a_mention(
        str(number), " ".join(rnd.choices(["agua", "luz", "«corte»", "=SUMA(A1)", "año", "🔥", "niebla"], k=5)),
        title=rnd.choice(["", "Corte de luz"]), published=NOW - timedelta(seconds=rnd.randint(0, 30 * 24 * 3600) // 60 * 60),
        network=rnd.choice(["press", "plaza"]), venue=rnd.choice(["", "El Eco"]), district=rnd.choice(["", "Centro"]),
        place=rnd.choice(["own", "on_page", "off_page", "off_page"]), author=rnd.choice(["", pseudonym(str(number))]),
        service=rnd.choice(["water", "other"]), revised=rnd.choice([None, NOW]), date_only=rnd.random() < 0.1,
        tags=tagged(*rnd.sample(["complaint", "question", "praise"], k=rnd.randint(0, 2))),
        url=rnd.choice(["", f"https://plaza.example/{number}"]), ref=rnd.choice(["", f"at://{number}"]),
    )  # fmt: skip


@pytest.fixture(scope="module")
def towns(own, tmp_path_factory, elasticsearch_server):
    """The same town in a file and on the server, each with its configuration; what the team did in both."""
    rnd = random.Random(88)
    mentions = [mention(rnd, number) for number in range(1200)]
    deeds = [a_deed(f"away-{n}", n, what="not_about_us", at=NOW) for n in (*AWAY, "back")]
    deeds += [a_deed("back-again", "back", what="about_us", at=NOW + timedelta(seconds=1))]
    deeds += [a_deed("right", "7", what="correct", tags=("praise", "question")), a_deed("none", "8", what="correct")]
    folders = tmp_path_factory.mktemp("file"), tmp_path_factory.mktemp("server")
    server = elasticsearch_server
    engine = ENGINE.format(url=server.url, user=server.user, prefix=own.name)
    for folder, kind, part in zip(folders, ("sqlite", "elasticsearch"), ("", engine), strict=True):
        (folder / "corrillo.toml").write_text(CONFIG.format(town=TOWN, kind=kind, engine=part), encoding="utf-8")
        for name, secret in (
            ("corrillo.key", "a key that is used in tests and nowhere else"),
            ("password", server.password),
        ):
            (folder / name).write_text(secret, encoding="ascii")
            (folder / name).chmod(0o600)
    for store in (SqliteStore(folders[0] / "corrillo.db", ZONES, lambda: NOW), own.store()):
        write(store, *mentions, a_mention("back", "niebla", published=NOW))
        for deed in deeds:
            store.do(deed)
        store.close()
    yield tuple(map(AtOnce, folders))
    own.empty()


def paper(written: str) -> dict:
    """A manifest without the moment at which it was made, which is no clock of ours."""
    return {name: value for name, value in json.loads(written).items() if name != "made"}


@pytest.mark.parametrize("asked", ASKED.values(), ids=list(ASKED))
@pytest.mark.parametrize("name", ["all.csv", "all.jsonl", "all.parquet"])
def test_exports_are_the_same_to_the_byte(towns, name, asked):
    """Rows, their order, and the papers beside them; the hash is the one of the bytes."""
    kept = []
    for town in towns:
        town("export", name, *asked, "--urls")
        written = (town.folder / name).read_bytes()
        beside = paper((town.folder / f"{name}.manifest.json").read_text("utf-8"))
        assert beside["files"][0]["sha256"] == hashlib.sha256(written).hexdigest()
        assert beside["files"][0]["rows"] == beside["matching"]
        kept.append((written, beside))
    assert kept[0] == kept[1]


@pytest.mark.parametrize("asked", ASKED.values(), ids=list(ASKED))
def test_what_is_found_is_the_same_to_the_byte(towns, asked):
    """What is printed, page by page, for people and for machines, and its paper."""
    for form in ([], ["--json"]):
        printed = [town("find", *asked, *form, "-n", 300, "--manifest", "found.json") for town in towns]
        assert printed[0].stdout == printed[1].stdout
        assert printed[0].stderr == printed[1].stderr
        papers = [paper((town.folder / "found.json").read_text("utf-8")) for town in towns]
        assert papers[0] == papers[1]
        assert papers[0]["files"][0]["sha256"] == hashlib.sha256(printed[0].stdout.encode()).hexdigest()
    next_page = json.loads(printed[0].stdout)["next_page"]
    if next_page:
        further = [town("find", *asked, "-n", 300, "--json", "--page", next_page).stdout for town in towns]
        assert further[0] == further[1]
        assert json.loads(further[0])["mentions"]


def test_what_is_not_about_us_is_left_out_unless_it_is_asked_for(towns):
    """Of both, by both commands; what was taken back is there, and the paper says how many are not."""
    away = {id_of(number) for number in AWAY}
    for town in towns:
        for extra, left_out in (([], 3), (["--all"], 0)):
            said = town("export", "some.jsonl", *extra).stderr
            rows = [json.loads(line) for line in (town.folder / "some.jsonl").read_text("utf-8").splitlines()]
            assert {row["id"] for row in rows} & away == (away if extra else set())
            assert (len(rows), id_of("back") in {row["id"] for row in rows}) == (1201 - left_out, True)
            assert ("3 not about us are left out" in said) is not bool(extra)
            beside = json.loads((town.folder / "some.jsonl.manifest.json").read_text("utf-8"))
            assert (beside["left_out"], "not about it" in beside["words"]) == (left_out, bool(extra))
            assert town.json("find", *extra)["total"] == 1201 - left_out


def test_tags_that_the_team_has_put_right_stand_beside_the_machines(towns):
    """Filters go by the machine's; no tag is another answer than no correction."""
    for town in towns:
        town("export", "tags.jsonl")
        rows = {r["id"]: r for r in map(json.loads, (town.folder / "tags.jsonl").read_text("utf-8").splitlines())}
        shown = {n: (rows[id_of(n)]["corrected"], rows[id_of(n)]["corrected_tags"]) for n in ("7", "8", "9")}
        assert shown == {"7": (True, "praise|question"), "8": (True, ""), "9": (False, None)}
        found = {m["id"]: m["corrected_tags"] for m in town.json("find", "-n", 1000)["mentions"]}
        known = {n: found[id_of(n)] for n in ("7", "8", "9") if id_of(n) in found}
        assert known == {n: {"7": ["praise", "question"], "8": [], "9": None}[n] for n in known}
        assert known


COUNTED = {
    "by network and place": [],
    "by tag and district": ["--by", "tag,district", "--since", "2026-11-01", "--until", "2026-11-15"],
    "by day": ["--by", "", "-w", "place=off_page"],
    "by week and service": ["--by", "service", "--per", "week"],
}


@pytest.mark.parametrize("asked", COUNTED.values(), ids=list(COUNTED))
@pytest.mark.parametrize("name", ["counts.csv", "counts.parquet"])
def test_daily_counts_are_the_same_to_the_byte(towns, name, asked):
    """Of all that was heard, what is not about us included; small cells without a number; the paper says so."""
    kept = []
    for town in towns:
        said = town("export", name, "--counts", *asked).stderr
        beside = paper((town.folder / f"{name}.manifest.json").read_text("utf-8"))
        small = int(re.findall(r"; (\d+) cells of fewer than 5 are suppressed", beside["words"])[0])
        assert said.startswith(f"{beside['files'][0]['rows']} counts written to {name}")
        assert (f", {small} of them too small to be told" in said) is bool(small)
        assert (beside["matching"], beside["left_out"]) == (None, 0)
        kept.append(((town.folder / name).read_bytes(), beside))
    assert kept[0] == kept[1]
    assert kept[0][1]["files"][0]["rows"] > 5


def test_daily_counts_refuse_what_they_are_not_kept_by(towns):
    """Each with a remedy."""
    for wrong, remedy in (
        (["agua"], "export the mentions"),
        (["-w", "language=es"], "use some of: network"),
        (["--by", "author"], "use some of: network"),
        (["--since", "2026-11-01T12:00"], "write a day"),
    ):
        assert remedy in towns[0]("export", "counts.csv", "--counts", *wrong, code=2).stderr
