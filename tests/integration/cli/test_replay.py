"""``corrillo replay``: a file of posts into the store, once each, however often."""

from __future__ import annotations

import json
from contextlib import closing

from corrillo.bootstrap import open_store
from corrillo.settings import load
from tests.processes import Commands


def test_a_csv_is_replayed_through_its_map(town: Commands, replay: tuple[str, ...]) -> None:
    """Two columns make one time in the institution's zone, parents become threads, votes likes; all of it is kept."""
    found = {m["url"].rpartition("/")[2]: m for m in town.json("find", "-n", 100)["mentions"]}
    assert set(found) == set("1234567")
    assert found["1"]["published"] == "2026-11-02T08:15:00Z"
    assert found["3"]["published"] == "2026-11-03T22:05:00Z"
    assert {n: m["answers"] for n, m in found.items() if m["answers"]} == {
        "2": found["1"]["id"], "4": found["3"]["id"], "7": found["3"]["id"],
    }  # fmt: skip
    assert found["4"]["thread"] == found["7"]["thread"] == found["3"]["id"]
    assert found["3"]["engagement"]["likes"] == 11
    assert {(m["network"], m["venue"], m["venue_kind"]) for m in found.values()} == {
        ("forum", "Foro del valle", "forum")
    }
    assert {r["kind"] for m in found.values() for r in m["reasons"]} >= {"everything"}
    assert found["1"]["author"] == found["4"]["author"] != found["2"]["author"]
    assert all(m["author"].startswith("~") for m in found.values())


def test_a_second_replay_changes_nothing(own_town: Commands, replay: tuple[str, ...], forum: str) -> None:
    """The same file again adds nothing, the same posts in another file are unchanged, an edited one is a change."""
    assert own_town.json(*replay) == {
        "read": 7, "about_us": 7, "left_out": 0, "new": 7, "changed": 0, "unchanged": 0, "deleted_before": 0,
        "quarantined": 0,
    }  # fmt: skip
    before = own_town.json("find", "-n", 100)
    again = own_town.json(*replay)
    assert (again["read"], again["new"], again["changed"], again["unchanged"]) == (7, 0, 0, 7)
    (own_town.folder / "copy.csv").write_text(forum, "utf-8")
    copied = ["replay", "copy.csv", *replay[2:4], *replay[4:]]
    copied[copied.index("old-forum")] = "copy"
    again = own_town.json(*copied)
    assert (again["read"], again["new"], again["deleted_before"]) == (7, 0, 0)
    assert {m["id"] for m in own_town.json("find", "-n", 100)["mentions"]} == {m["id"] for m in before["mentions"]}
    (own_town.folder / "copy.csv").write_text(forum.replace("más bancos", "más sombra"), "utf-8")
    edited = own_town.json(*copied)
    assert (edited["new"], edited["changed"]) == (0, 1)
    assert own_town.json("find", "sombra")["total"] == 1
    assert own_town.json("find", "bancos")["total"] == 0


def test_lines_are_matched_unless_all_are_relevant(own_town: Commands) -> None:
    """Of JSON Lines on standard input, what names the town is kept; the club of the same name and the rest are not."""
    texts = [
        "Otra vez sin agua en Valdeprado", "Golazo de la UD Valdeprado en el descuento", "Llueve en Soria",
        "Un gol y un penalti en Valdeprado", "Mañana pleno #valdeprado",
    ]  # fmt: skip
    lines = [{"id": i, "text": t, "published": "2026-11-10T10:00:00Z"} for i, t in enumerate(texts)]
    stdin = "".join(json.dumps(line) + "\n" for line in lines)
    counts = own_town.json("replay", "-", "--network", "telegram", stdin=stdin)
    assert (counts["read"], counts["about_us"], counts["left_out"], counts["new"]) == (5, 2, 3, 2)
    assert {m["text"] for m in own_town.json("find")["mentions"]} == {texts[0], texts[4]}
    assert own_town.json("replay", "-", "--network", "telegram", stdin=stdin)["unchanged"] == 2
    said = own_town("replay", "-", "--network", "telegram", "--show-left-out", stdin=stdin.splitlines()[2]).stderr
    assert "--all-relevant" in said
    assert "Left out: 1 without any name of ours." in said
    assert "without any name of ours · 2026-11-10 10:00 UTC · “Llueve en Soria”" in said


def test_a_file_that_has_grown_gives_what_was_added(own_town: Commands, replay: tuple[str, ...], forum: str) -> None:
    """The rows that were there are unchanged, the added ones are new and find what they answer."""
    (own_town.folder / "forum.csv").write_text("".join(forum.splitlines(keepends=True)[:5]), "utf-8")
    assert own_town.json(*replay)["new"] == 4
    (own_town.folder / "forum.csv").write_text(forum, "utf-8")
    grown = own_town.json(*replay)
    assert (grown["new"], grown["changed"], grown["unchanged"]) == (3, 0, 4)
    found = {m["url"][-1]: m for m in own_town.json("find")["mentions"]}
    assert found["7"]["thread"] == found["3"]["id"]


def test_what_is_replayed_is_attended_to(own_town: Commands) -> None:
    """Who asked, and what is known of an answer: nothing, where nobody looked for one."""
    said = [("1", "", "¿A qué hora abre la piscina de Valdeprado?"), ("2", "1", "Valdeprado abre a las diez, gracias")]
    lines = [{"id": i, "parent": p, "text": t, "published": "2026-11-10T10:00:00Z"} for i, p, t in said]
    own_town("replay", "-", "--network", "telegram", stdin="".join(json.dumps(line) + "\n" for line in lines))
    with closing(open_store(load(own_town.folder / "corrillo.toml"))) as store:
        (asked,) = store.attention("valdeprado")
    assert (asked.kinds, asked.network, asked.state) == (("question",), "telegram", "unknown")


def test_a_file_of_whole_threads_tells_who_waits(own_town: Commands) -> None:
    """And a network that is misspelt is asked about, one that people call otherwise is not."""
    row = "id,parent,text,published\n1,,¿A qué hora abre la piscina de Valdeprado?,2026-11-10\n"
    (own_town.folder / "whole.csv").write_text(row, "utf-8")
    ran = own_town("replay", "whole.csv", "--whole-threads", "--network", "prensa")
    assert "Did you mean" not in ran.stderr
    assert "Did you mean press?" in own_town("replay", "whole.csv", "--network", "presna").stderr
    with closing(open_store(load(own_town.folder / "corrillo.toml"))) as store:
        states = {a.network: a.state for a in store.attention("valdeprado")}
    assert states == {"press": "waiting", "presna": "unknown"}
