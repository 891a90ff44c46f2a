"""``corrillo train``, ``evaluate``, ``corrections`` and ``model-card`` as people run them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from corrillo.model import TAG_KINDS, mention_id
from corrillo.work import Deed
from processors.learned.artefact import read
from stores.sqlite import SqliteStore
from tests.integration.cli.conftest import REPLAY, settle
from tests.processes import Commands

LABELLED = [
    {"text": "¿A qué hora abre la piscina?", "lang": "es", "tags": ["question"]},
    {"text": "Muchas gracias por arreglar la fuente tan rápido", "lang": "es", "tags": ["praise"]},
    {"text": "Mañana hay mercado en la plaza", "lang": "es", "tags": []},
]
TEXTS = ("la golondrina ni asomarse por la calle {}, una tarde de plantón", "mañana hay mercado en la calle {}")


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> Commands:
    """A town with forty posts of a forum, two dozen of which people have put right on the page."""
    posts = "".join(
        f'{n};2026-11-02;09:{n:02};vecino{n};"{TEXTS[n % 2].format(n)} de Valdeprado";-1;https://foro.example/t/{n};0\n'
        for n in range(1, 41)
    )
    commands = settle(Commands(tmp_path_factory.mktemp("own")), "cid;day;hour;who;body;inreply;link;votes\n" + posts)
    commands(*REPLAY)
    store = SqliteStore(commands.folder / "corrillo.db", {"valdeprado": "Europe/Madrid"}, lambda: datetime.now(UTC))
    for n in range(1, 25):
        mention = mention_id("forum", str(n), "valdeprado")
        tags = () if n % 2 else ("complaint",)
        moment = datetime(2026, 11, 3, 9, n, tzinfo=UTC)
        deed = Deed(
            id=f"d{n}", mention=mention, institution="valdeprado", at=moment, who="Marta", what="correct", tags=tags,
            was=("complaint",),
        )  # fmt: skip
        store.do(deed)
    store.close()
    return commands


def test_corrections_are_lines_of_the_corpus(corrected: Commands) -> None:
    """What people put right, with what they put right, and nobody's name."""
    lines = [json.loads(line) for line in corrected("corrections", "export").stdout.splitlines()]
    assert len(lines) == 24
    assert {line["lang"] for line in lines} == {"es"}
    assert {tuple(line["tags"]) for line in lines} == {(), ("complaint",)}
    assert "vecino" not in json.dumps(lines)


def test_agreement_is_shown_by_month(corrected: Commands) -> None:
    """Half of what people looked at was right."""
    (month,) = corrected.json("corrections", "agreement")["valdeprado"]
    assert (month["month"], month["mentions"], month["same"]) == ("2026-11", 24, 12)
    assert "2026-11" in corrected("corrections", "agreement").stdout


def test_where_nobody_corrected_it_is_unknown(own_town: Commands) -> None:
    """Not zero; and nothing can be learned of it, which is said with what to do."""
    assert "unknown" in own_town("corrections", "agreement").stdout
    said = own_town("train", "--with-corrections", code=2).stderr
    assert "corrected 0 mentions" in said
    assert "correct tags on the page" in said


def test_an_institution_makes_the_tagger_its_own(corrected: Commands) -> None:
    """Trained on what it corrected, named in its configuration, the tagger does as its people do."""
    text = json.dumps({"text": "otra tarde de plantón, la golondrina ni asomarse", "lang": "es"})
    before = json.loads(corrected("tag", stdin=text).stdout)["scores"]["complaint"]
    said = corrected("train", "--with-corrections", "--out", "own.tagger").stderr
    assert '[tagging] model = "own.tagger"' in said
    assert read(corrected.folder / "own.tagger").card.corrections == 24
    config = corrected.folder / "corrillo.toml"
    kept = config.read_text("utf-8")
    config.write_text(
        'tagger = "learned"\n' + kept + '\n[tagging]\nmodel = "own.tagger"\nmissed = { crisis = 9 }\n', "utf-8"
    )
    after = json.loads(corrected("tag", stdin=text).stdout)["scores"]["complaint"]
    assert after > before + 0.2
    (corrected.folder / "own.tagger").write_bytes(b"nothing")
    assert "is no trained tagger" in corrected("tag", stdin=text, code=1).stderr
    config.write_text(kept, "utf-8")


def test_a_file_of_labels_is_judged(fresh: Commands) -> None:
    """Figures that few texts cannot give are said to be unknown; a picture is drawn; a worse tagger loses."""
    file = fresh.folder / "labelled.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in LABELLED * 12), "utf-8")
    verdict = fresh.json("evaluate", "labelled.jsonl", "--against", "rules", "--plot", "scores.svg")
    assert verdict["texts"] == 36
    assert {q["kind"] for q in verdict["quality"]} == set(TAG_KINDS)
    (asked,) = [q for q in verdict["quality"] if q["kind"] == "question" and not q["part"]]
    assert asked["average_precision"]["value"] == 1.0
    assert {b["kind"] for b in verdict["against"]} == {"question", "praise"}
    assert (fresh.folder / "scores.svg").read_text("utf-8").startswith("<svg")
    assert "too few" in fresh("evaluate", "labelled.jsonl").stdout


def test_a_wrong_option_says_what_would_be_right(fresh: Commands) -> None:
    """A picture of another kind, a file without labels, a folder that is none."""
    (fresh.folder / "none.csv").write_text("a,b\n1,2\n", "utf-8")
    assert "ends in .svg or .png" in fresh("evaluate", "none.csv", "--plot", "x.gif", code=2).stderr
    assert "does not name text and tags" in fresh("evaluate", "none.csv", code=2).stderr
    assert "is no folder" in fresh("train", "--data", "nowhere", code=2).stderr
    assert "there is no such folder" in fresh("model-card", "nowhere", code=2).stderr


def test_the_model_card_is_written_in_both_languages(fresh: Commands) -> None:
    """From the artefact alone; each names the other, and its picture."""
    fresh("model-card", ".")
    english, spanish = ((fresh.folder / f"model-card{e}.md").read_text("utf-8") for e in ("", ".es"))
    assert "must not be used for" in english
    assert "no debe usarse" in spanish
    assert "](model-card.es.md)" in english
    assert "](model-card.md)" in spanish
    for text, picture in ((english, "model-card.svg"), (spanish, "model-card.es.svg")):
        assert f"]({picture})" in text
        assert (fresh.folder / picture).is_file()
