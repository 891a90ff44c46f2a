"""``corrillo tag``: a line out for each line in, in its order."""

from __future__ import annotations

import json

from tests.processes import Commands

LINES = [
    {"id": "a", "text": "¿Alguien sabe a qué hora abre la piscina?"},
    {"id": 7, "text": "Qué vergüenza, la farola lleva un mes rota", "lang": "es", "other": [1, 2]},
    {"text": "Soy 12345678Z, mi correo es ana@example.com y mi teléfono el 612 34 56 78"},
    {"id": "d", "text": ""},
    {"id": "e", "text": "Hola @vecina_del_quinto", "author": "@vecino", "url": "https://x.example/1"},
]


def test_each_line_has_its_answer_in_its_place(fresh: Commands) -> None:
    """Without a configuration, too: ids, language, tags with their evidence, a score for every kind, the text redacted."""
    stdin = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in LINES)
    answers = [json.loads(line) for line in fresh("tag", stdin=stdin).stdout.splitlines()]
    assert [a["id"] for a in answers] == ["a", 7, None, "d", "e"]
    assert {frozenset(a) for a in answers} == {frozenset(("id", "lang", "tags", "scores", "target", "service", "text"))}
    assert [t["tag"] for t in answers[0]["tags"]] == ["question"]
    assert "complaint" in [t["tag"] for t in answers[1]["tags"]]
    for answer in answers:
        assert set(answer["scores"]) == {"complaint", "question", "criticism", "praise", "suggestion", "crisis"}
        assert all(0 <= score <= 1 for score in answer["scores"].values())
        assert all(words in answer["text"] for t in answer["tags"] for words in t["evidence"])
        assert all(t["score"] == answer["scores"][t["tag"]] for t in answer["tags"])
    assert answers[0]["service"] == "sport"
    said = json.dumps(answers, ensure_ascii=False)
    assert [s for s in ("12345678Z", "ana@example.com", "612 34 56 78", "vecina_del_quinto") if s in said] == []
    assert list(fresh.folder.glob("*.db")) == []


def test_a_line_that_cannot_be_read_hurts_no_other(fresh: Commands) -> None:
    """It has its answer too: which line, and why; the exit code says that there was one."""
    stdin = (
        b'{"text": "uno"}\nnot json\n\n{"id": 4}\n[1]\n{"text": 5}\n{"text": "\xff\xfe dos"}\n{"id": 8, "text": "tres"}'
    )
    answers = [json.loads(line) for line in fresh("tag", "-", stdin=stdin, code=3).stdout.splitlines()]
    assert len(answers) == 8
    assert [a["line"] for a in answers if "error" in a] == [2, 3, 4, 5, 6]
    assert all("text" in a["error"] for a in answers if "error" in a)
    assert [a["text"] for a in answers if "error" not in a] == ["uno", "\ufffd\ufffd dos", "tres"]


def test_a_file_is_read_like_standard_input_and_with_the_town_s_words(own_town: Commands) -> None:
    """With a configuration the institution's own tagger settings hold; nothing is stored."""
    file = own_town.folder / "posts.jsonl"
    file.write_text("\ufeff" + "".join(json.dumps(line) + "\n" for line in LINES), "utf-8")
    assert own_town("tag", "posts.jsonl").stdout == own_town("tag", stdin=file.read_text("utf-8-sig")).stdout
    assert "cannot be read" in own_town("tag", "missing.jsonl", code=2).stderr
    assert list(own_town.folder.glob("*.db")) == []
