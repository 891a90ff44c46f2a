"""What somebody does about a mention: the form, what may be done where it stands, and where one is afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from corrillo.errors import StoreError
from corrillo.model import mention_id
from corrillo.people import Person, hash_of
from corrillo.work import Deed, standing
from dashboards.page.app import create_app
from dashboards.page.people.door import Entrance
from dashboards.page.work.deeds import CASES, possible
from tests.unit.dashboards.outline import Outline

ONE = mention_id("x", "1", "benialba")
AT = f"/mention/{ONE}/deeds"
Do = Callable[..., Any]


@pytest.fixture
def talk(store: Any, mention: Any, tags: Any) -> Any:
    """A store with three posts of today."""
    store.mentions = [mention(str(n), f"El contenedor {n} sigue sucio", tags=tags("complaint", "crisis")) for n in (1, 2, 3)]  # fmt: skip
    return store


@pytest.fixture
def do(talk: Any, client: TestClient) -> Do:
    """Send a form as the page of posts has it, from there."""

    def sent(what: str, at: str = AT, came: str = "/posts?institution=benialba", **fields: Any) -> Any:
        page = client.get("/work" if "work" in came else came).text
        identity = at.split("/")[2]
        form = re.search(rf'action="/mention/{identity}/deeds">(.*?)</form>', page, re.DOTALL)
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form.group(1))) if form else {}
        headers = {"referer": f"http://testserver{came}"} if came else {}
        data = {**hidden, "who": "Marta", "what": what, **fields}
        return client.post(
            at, data={k: v for k, v in data.items() if v is not None}, headers=headers, follow_redirects=False
        )

    return sent


def test_a_post_is_taken_with_a_note_and_its_card_says_so(do: Do, talk: Any, client: TestClient, now: Any) -> None:
    answer = do("take", note="Llamo  a la\nbrigada <b>")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/posts?institution=benialba#m-{ONE}")
    (deed,) = talk.known_deeds
    assert (deed.who, deed.what, deed.at, deed.mention, deed.note) == (
        "Marta",
        "take",
        now,
        ONE,
        "Llamo a la brigada <b>",
    )
    page = client.get("/posts").text
    assert "Lo lleva Marta, desde el 21 nov 2026 14:05." in page
    assert "Llamo a la brigada &lt;b&gt;" in page
    assert page.count("Lo lleva Marta") == 1


def test_another_answers_for_it(do: Do, talk: Any, client: TestClient) -> None:
    assert do("not_ours").status_code == 400
    assert do("not_ours", whose="Consell").status_code == 303
    assert "Le toca a: Consell." in client.get("/posts").text
    assert [d.whose for d in talk.known_deeds] == ["Consell"]


def test_tags_are_corrected_beside_what_the_pipeline_said(do: Do, talk: Any, client: TestClient) -> None:
    """What it said stands there still, and is kept with the correction; the mention itself is untouched."""
    before = list(talk.mentions)
    assert do("correct", tag=["question", "praise"]).status_code == 303
    (deed,) = talk.known_deeds
    assert (deed.tags, deed.was) == (("question", "praise"), ("complaint", "crisis"))
    page = client.get("/posts").text
    assert "Corregido por el equipo:" in page
    assert "La máquina puso:" in page
    assert talk.mentions == before
    assert do("correct", tag="nonsense").status_code == 400


def test_a_post_can_be_left_without_any_tag(do: Do, talk: Any, client: TestClient) -> None:
    assert do("correct").status_code == 303
    assert standing(talk.known_deeds).tags == ()
    assert "ninguna etiqueta" in client.get("/posts").text


def test_what_is_not_about_us_is_left_out_of_every_figure_and_can_be_seen(
    do: Do, talk: Any, client: TestClient
) -> None:
    """Of each view, with a word on it and a way to where it is shown; and it can be taken back there."""
    assert "3 publicaciones" in client.get("/posts").text
    gone = do("not_about_us", homonym="Benialba CF")
    assert gone.headers["location"] == "/posts?institution=benialba#left-out"
    for path in ("/", "/posts", "/what"):
        page = client.get(path).text
        assert "El contenedor 1 sigue" not in page
        assert "Una publicación de esta vista está marcada como ajena" in page
        assert 'id="left-out"' in page
    assert "2 publicaciones" in client.get("/posts").text
    work = client.get("/work").text
    assert "El contenedor 1 sigue" in work
    assert "Marta la marcó como ajena: Benialba CF." in work


def test_a_mark_is_taken_back_and_the_post_counts_again(do: Do, talk: Any, client: TestClient, now: Any) -> None:
    talk.do(
        Deed(
            id="d", mention=ONE, institution="benialba", at=now - timedelta(minutes=5), who="Nuria", what="not_about_us"
        )
    )
    assert do("about_us", came="/work").headers["location"] == f"/work#m-{ONE}"
    assert "El contenedor 1 sigue" in client.get("/posts").text
    assert "left-out" not in client.get("/posts").text


def test_a_mark_of_another_period_leaves_nothing_out_of_this_one(
    talk: Any, client: TestClient, mention: Any, now: Any
) -> None:
    """It is a mention of then: this view says nothing of it; the view of everything does."""
    old = mention("old", "antes", published=now - timedelta(days=60))
    talk.mentions.append(old)
    talk.do(Deed(id="d", mention=old.id, institution="benialba", at=now, who="Nuria", what="not_about_us"))
    assert "left-out" not in client.get("/posts").text
    assert 'id="left-out"' in client.get("/posts?period=all").text


def test_who_was_faster_is_not_run_over(do: Do, talk: Any, now: Any) -> None:
    """The form was drawn before Nuria took it: nothing is written. A note never comes too late."""
    form = {"seen": ""}
    talk.do(Deed(id="d", mention=ONE, institution="benialba", at=now - timedelta(seconds=9), who="Nuria", what="take"))
    assert do("take", **form).status_code == 409
    assert do("correct", tag="praise", **form).status_code == 409
    assert len(talk.known_deeds) == 1
    assert do("note", note="yo también", **form).status_code == 303
    assert do("take").status_code == 303


@pytest.mark.parametrize("case", CASES)
def test_what_cannot_be_done_where_it_stands_is_refused(do: Do, talk: Any, now: Any, case: Any) -> None:
    """And all that can is offered by its card."""
    begin = {
        "": None,
        "taken": "take",
        "answered_elsewhere": "answered_elsewhere",
        "not_ours": "not_ours",
        "done": "done",
    }[case]
    if begin:
        talk.do(
            Deed(id="d", mention=ONE, institution="benialba", at=now - timedelta(minutes=1), who="Nuria", what=begin)
        )
    may = possible(standing(talk.known_deeds))
    kept = list(talk.known_deeds)
    for what in ("take", "answered_elsewhere", "not_ours", "done", "release", "about_us", "not_about_us"):
        talk.known_deeds[:] = kept
        assert (do(what, whose="otro").status_code == 303) is (what in may), what


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"what": None}, 400), ({"what": "burn"}, 400), ({"who": ""}, 400), ({"who": "x" * 81}, 400), ({"note": "x" * 501}, 400),
        ({"whose": "x" * 121, "what": "not_ours"}, 400), ({"other": "x"}, 400), ({"what": ["take", "done"]}, 400),
        ({"what": "note"}, 400), ({"seal": "0" * 64}, 403), ({"seal": ""}, 403),
    ],
)  # fmt: skip
def test_a_form_that_is_not_ours_or_says_nothing_usable_writes_nothing(
    do: Do, talk: Any, fields: dict[str, Any], status: int
) -> None:
    assert do(**{"what": "take", **fields}).status_code == status
    assert talk.known_deeds == []


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "http://evil.example"}, {"origin": "null"}])  # fmt: skip
def test_another_sites_form_writes_nothing(talk: Any, client: TestClient, headers: dict[str, str]) -> None:
    """Though it had the seal."""
    seal = re.search(
        rf'{ONE}/deeds">\s*<input type="hidden" name="seal" value="(\w+)"', client.get("/posts").text
    ).group(1)  # type: ignore[union-attr]
    form = {"seal": seal, "who": "x", "what": "take", "seen": ""}
    assert client.post(AT, data=form, headers=headers).status_code == 403
    assert talk.known_deeds == []
    assert (
        client.post(AT, data=form, follow_redirects=False).headers["location"] == f"/work?institution=benialba#m-{ONE}"
    )


def test_a_seal_is_of_one_post_and_of_one_person(talk: Any, town: Any, now: Any) -> None:
    people = tuple(Person(name=n, role="team", token_hash=hash_of(n)) for n in ("Marta", "Nuria"))
    client = TestClient(create_app(talk, [town], lambda: now, coverage=[], entrance=Entrance(people)))
    marta, nuria = ({"authorization": f"Bearer {n}"} for n in ("Marta", "Nuria"))
    page = client.get("/posts", headers=marta).text
    seals = dict(re.findall(r'/mention/(\w+)/deeds">\s*<input type="hidden" name="seal" value="(\w+)"', page))
    form = {"seal": seals[ONE], "what": "take", "seen": "", "who": "somebody else"}
    assert client.post(AT, data=form, headers=nuria).status_code == 403
    other = next(i for i in seals if i != ONE)
    assert client.post(f"/mention/{other}/deeds", data=form, headers=marta).status_code == 403
    assert client.post(AT, data=form, headers=marta).status_code == 200
    assert [d.who for d in talk.known_deeds] == ["Marta"]
    assert 'name="who"' not in page


@pytest.mark.parametrize("identity", ["unknown", "..", "%00", "x" * 300])
def test_a_post_that_is_not_there_is_said(do: Do, talk: Any, identity: str) -> None:
    """Erased meanwhile, or never there, or of an institution that is not shown here."""
    assert do("take", at=f"/mention/{identity}/deeds").status_code == 404
    assert talk.known_deeds == []


def test_of_another_institution_nothing_is_done(do: Do, talk: Any, mention: Any) -> None:
    talk.mentions.append(mention("9", institution="elsewhere"))
    assert do("take", at=f"/mention/{talk.mentions[-1].id}/deeds").status_code == 404


@pytest.mark.parametrize(
    ("came", "goes"),
    [
        ("http://testserver/posts?q=agua&lang=en", f"/posts?q=agua&lang=en#m-{ONE}"), ("http://testserver/crisis/i#acts", f"/crisis/i#m-{ONE}"),
        ("https://evil.example/posts", "/work"), ("http://testserver//evil.example", "/work"), ("javascript:alert(1)", "/work"),
        ("", "/work"), ("http://testserver/" + "x" * 3000, "/work"),
    ],
)  # fmt: skip
def test_one_is_back_where_one_was_and_never_elsewhere(talk: Any, client: TestClient, came: str, goes: str) -> None:
    seal = re.search(
        rf'{ONE}/deeds">\s*<input type="hidden" name="seal" value="(\w+)"', client.get("/posts").text
    ).group(1)  # type: ignore[union-attr]
    form = {"seal": seal, "who": "x", "what": "take", "seen": ""}
    answer = client.post(AT, data=form, headers={"referer": came} if came else {}, follow_redirects=False)
    assert answer.headers["location"].startswith(goes)
    assert "evil" not in answer.headers["location"]


def test_the_menu_works_without_a_script_and_by_ear(do: Do, client: TestClient) -> None:
    """Each field has its label, ids are there once, each button says what it does; a viewer has none of it."""
    do("take")
    outline = Outline(client.get("/posts").text)
    ids = [a["id"] for _, a in outline.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["for"] for a in outline.all("label") if "for" in a} <= set(ids)
    assert {a["value"] for a in outline.all("button") if a.get("name") == "what"} >= {
        "take",
        "done",
        "note",
        "correct",
        "not_about_us",
    }


def test_a_viewer_sees_how_it_stands_and_no_form(talk: Any, town: Any, now: Any) -> None:
    talk.do(Deed(id="d", mention=ONE, institution="benialba", at=now, who="Nuria", what="take"))
    viewer = Entrance((Person(name="Vera", token_hash=hash_of("v")),))
    client = TestClient(create_app(talk, [town], lambda: now, coverage=[], entrance=viewer), headers={"authorization": "Bearer v", "accept-language": "es"})  # fmt: skip
    for path in ("/posts", "/work"):
        page = client.get(path).text
        assert "Lo lleva Nuria" in page
        assert "/deeds" not in page
    assert "Quién hizo qué" not in client.get("/work").text


def test_a_store_that_is_away_is_said(talk: Any, client: TestClient) -> None:
    talk.broken = StoreError("the store is away", "start it")
    answer = client.post(AT, data={"what": "take"})
    assert answer.status_code == 503
    assert "start it" in answer.text
