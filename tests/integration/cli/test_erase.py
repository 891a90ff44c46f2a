"""``corrillo erase``: by handle, by url, by id; for good, down to the bytes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corrillo.text import fold
from tests.fakes.web import FakeWeb
from tests.processes import Commands


def bytes_of(folder: Path) -> bytes:
    """All bytes of the store's files."""
    return b"".join(file.read_bytes() for file in sorted(folder.glob("corrillo.db*")))


def test_a_person_is_erased_with_everything_they_wrote_and_wherever_they_are_named(
    own_town: Commands, replay: tuple[str, ...], forum: str
) -> None:
    """Their posts, their name in other people's texts, what is in quarantine; and a replay brings nothing back."""
    private = "9;nunca;;encarna;Otra vez a oscuras;-1;https://foro.example/t/9;0\n"
    (own_town.folder / "forum.csv").write_text(forum + private, "utf-8")
    own_town(*replay, code=3)
    found = {m["url"][-1]: m for m in own_town.json("find")["mentions"]}
    pseudonym = found["3"]["author"]
    assert pseudonym.encode() in bytes_of(own_town.folder)
    assert pseudonym in found["4"]["text"]
    said = own_town("erase", "--handle", "@Encarna", "--yes").stderr
    assert "1 mentions erased, a name taken out of 2 others, 1 items of quarantine dropped" in said
    left = {m["url"][-1]: m for m in own_town.json("find")["mentions"]}
    assert set(left) == set("124567")
    assert left["4"]["text"] == "Lo mismo en mi calle, @…, y nadie contesta"
    traces = (pseudonym, pseudonym[1:], "tres semanas", fold("qué vergüenza"), "foro.example/t/3", "Otra vez a oscuras")
    assert [t for t in traces if t.encode() in bytes_of(own_town.folder)] == []
    assert own_town.json("find", "farola", "-w", "network=forum")["total"] == 1
    (own_town.folder / "again.csv").write_text(forum, "utf-8")
    again = own_town.json("replay", "again.csv", *replay[4:])
    assert (again["new"], again["deleted_before"]) == (0, 1)
    assert own_town.json("find")["total"] == 6


@pytest.mark.parametrize("by", ["url", "id"])
def test_one_post_is_erased_and_no_other(own_town: Commands, replay: tuple[str, ...], by: str) -> None:
    """By its address or by its id; its author's other posts stay."""
    own_town(*replay)
    mention = own_town.json("find", "bancos")["mentions"][0]
    assert "1 mentions erased" in own_town("erase", f"--{by}", mention[by], "--yes").stderr
    assert "".join(sorted(m["url"][-1] for m in own_town.json("find")["mentions"])) == "123457"
    assert [t for t in ("bancos en el parque", mention["url"]) if t.encode() in bytes_of(own_town.folder)] == []
    assert "0 mentions erased" in own_town("erase", f"--{by}", mention[by], "--yes").stderr


def test_nothing_is_erased_by_mistake(own_town: Commands, replay: tuple[str, ...]) -> None:
    """Without --yes it asks; an answer other than yes, and options that name nothing, leave everything."""
    own_town(*replay)
    asked = own_town("erase", "--handle", "roque", stdin="n\n", code=1)
    assert "Erase for good: roque?" in asked.stderr
    assert "give --handle, --url or --id" in own_town("erase", "--yes", code=2).stderr
    assert "0 mentions erased" in own_town("erase", "--handle", "roque", "--network", "x", "--yes").stderr
    assert own_town.json("find")["total"] == 7
    assert "2 mentions erased" in own_town("erase", "--handle", "roque", "--network", "forum", stdin="y\n").stderr
    assert own_town.json("find")["total"] == 5


def test_on_bluesky_a_person_is_found_by_their_handle_though_posts_stand_under_another_name(own_town: Commands) -> None:
    """The network is asked for it; while it cannot be, nothing is erased by half."""
    ana = "did:plc:ana22222222222222222222"
    rows = [
        {"id": "at://1", "text": "Valdeprado, otra vez sin agua", "author": ana},
        {"id": "at://2", "text": "Lo dice @ana.example sobre Valdeprado", "author": "did:plc:luis"},
    ]
    lines = [json.dumps({**row, "published": "2026-11-20T10:00:00Z"}) + "\n" for row in rows]
    (own_town.folder / "posts.jsonl").write_text("".join(lines), "utf-8")
    own_town("replay", "posts.jsonl", "--network", "bluesky")
    config = own_town.folder / "corrillo.toml"
    whole = config.read_text("utf-8")

    def listening_to(appview: str) -> None:
        config.write_text(f'{whole}\n[[source]]\nkind = "bluesky"\nname = "sky"\nappview = "{appview}"\n', "utf-8")

    listening_to("http://127.0.0.1:9")
    assert "cannot be reached" in own_town("erase", "--handle", "@ana.example", "--yes", code=1).stderr
    assert own_town.json("find")["total"] == 2
    with FakeWeb({"GET /xrpc/com.atproto.identity.resolveHandle": lambda asked: {"did": ana}}) as web:
        listening_to(web.base)
        said = own_town("erase", "--handle", "@ana.example", "--yes").stderr
    assert "1 mentions erased, a name taken out of 1 others" in said
    assert [m["text"] for m in own_town.json("find")["mentions"]] == ["Lo dice @… sobre Valdeprado"]
