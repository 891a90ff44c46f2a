"""``corrillo quarantine``: what could not be read is there, protected, until somebody decides."""

from __future__ import annotations

from tests.processes import Commands

PRIVATE = "9;nunca;;pepa_la_del_bar;Soy 12345678Z y @encarna lo sabe;-1;https://foro.example/t/9;0\n"


def test_what_cannot_be_read_can_be_listed_looked_at_and_dropped(
    own_town: Commands, replay: tuple[str, ...], forum: str, broken_row: str
) -> None:
    """Exit code 3; the other rows are there; the item says where it was and why; it names nobody."""
    (own_town.folder / "forum.csv").write_text(forum + broken_row + PRIVATE, "utf-8")
    counts = own_town.json(*replay, code=3)
    assert (counts["read"], counts["new"], counts["quarantined"]) == (9, 7, 2)
    assert own_town.json("find")["total"] == 7
    listed = own_town.json("quarantine", "list")
    assert [(i["source"], i["origin"].rpartition(" row ")[2]) for i in sorted(listed, key=lambda i: i["origin"])] == [
        ("old-forum", "8"), ("old-forum", "9"),
    ]  # fmt: skip
    assert all("published" in i["reason"] for i in listed)
    said = own_town("quarantine", "show").stdout + own_town("quarantine", "list").stdout
    assert "Esta fila no tiene fecha" in said
    assert [s for s in ("roque", "pepa_la_del_bar", "encarna", "12345678Z") if s in said] == []
    one = listed[0]["id"]
    assert one in own_town("quarantine", "show", one).stdout
    assert "1 dropped" in own_town("quarantine", "drop", one).stderr
    assert [i["id"] for i in own_town.json("quarantine", "list")] == [listed[1]["id"]]
    assert "not in quarantine" in own_town("quarantine", "show", one, code=2).stderr


def test_what_can_be_read_after_a_change_leaves_quarantine(
    own_town: Commands, replay: tuple[str, ...], forum: str
) -> None:
    """Under the same author as the rest; what still cannot be read stays, and makes the exit code 3."""
    wrong = [a.replace("published=day+hour", "published=missing") if "=" in a else a for a in replay]
    (own_town.folder / "forum.csv").write_text(forum, "utf-8")
    assert "there is no column 'missing'" in own_town(*wrong, code=2).stderr
    wrong = [a.replace("published=day+hour", "published=hour") if "=" in a else a for a in replay]
    assert own_town.json(*wrong, code=3)["quarantined"] == 7
    assert own_town.json("find")["total"] == 0
    (own_town.folder / "forum.csv").write_text(forum.replace("1;2026-11-02", "1;nunca", 1), "utf-8")
    assert own_town.json(*wrong, "--name", "elsewhere", code=3)["quarantined"] == 7
    said = own_town("quarantine", "replay", code=3).stderr
    assert "7 of 14 replayed" in said
    assert "its source 'elsewhere' is no longer in" in said
    assert {i["source"] for i in own_town.json("quarantine", "list")} == {"elsewhere"}
    found = own_town.json("find")
    assert found["total"] == 7
    assert {m["published"][:10] for m in found["mentions"]} == {f"2026-11-0{d}" for d in range(2, 8)}
    before = {m["id"]: m["author"] for m in found["mentions"]}
    (own_town.folder / "forum.csv").write_text(forum, "utf-8")
    assert own_town.json(*replay)["new"] == 0
    assert {m["id"]: m["author"] for m in own_town.json("find")["mentions"]} == before
