"""``corrillo dashboards``, through the real client, against a fake Kibana that answers as a real one was seen to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from corrillo.cli import app
from corrillo.errors import CorrilloError
from tests.fakes.kibana import FakeKibana

WHERE = ("dashboard", "corrillo-where-they-talk-es")
NOTES = ("visualization", "corrillo-applied-es")
VIEWS = 6
EACH = pytest.mark.parametrize("later", [False, True], ids=["as it is sent", "with a later Kibana's own changes"])


@dataclass(frozen=True)
class Town:
    """A configuration and the Kibana that it names."""

    kibana: FakeKibana
    folder: Path

    def __call__(self, *args: str, code: int = 0) -> str:
        """What ``corrillo dashboards`` says, with that exit code; an error's words where it ends with one."""
        ran = CliRunner().invoke(app, ["dashboards", *args, "--config", str(self.folder / "corrillo.toml")])
        if isinstance(ran.exception, CorrilloError):
            assert code == 1, ran.exception
            return str(ran.exception)
        assert ran.exit_code == code, (ran.output, ran.exception)
        return ran.stdout

    def json(self, *args: str, code: int = 0) -> Any:
        """What it says for programs."""
        return json.loads(self(*args, "--json", code=code))

    def states(self, code: int = 1) -> dict[str, int]:
        """How many objects stand how."""
        listed = [one["state"] for one in self.json("diff", code=code)]
        return {state: listed.count(state) for state in set(listed)}

    def viewers(self) -> str:
        """What became of the role of those who look."""
        [role] = [one for one in self.json("apply", "--viewers") if one["type"] == "role"]
        assert role["id"] == "corrillo_viewer"
        return role["how"]

    def ids(self, space: str = "default") -> set[str]:
        """What is in a space, without the notes."""
        return {key[1] for key in self.kibana.objects(space) if key[0] != "visualization"}


def town_of(kibana: FakeKibana, folder: Path, more: str = "") -> Town:
    (folder / "corrillo.toml").write_text(
        f'[[institution]]\nid = "town"\nname = "Ajuntament de Benialba"\n[kibana]\nurl = "{kibana.base}"\n{more}',
        "utf-8",
    )
    return Town(kibana, folder)


@pytest.fixture
def later(request: pytest.FixtureRequest) -> bool:
    return getattr(request, "param", False)


@pytest.fixture
def town(tmp_path: Path, later: bool) -> Iterator[Town]:
    with FakeKibana(later=later) as kibana:
        yield town_of(kibana, tmp_path)


# ── apply ─────────────────────────────────────────────────────────────────────────────────
def test_six_dashboards_are_put_there_with_all_that_they_name(town: Town) -> None:
    made = town.json("apply")
    assert {one["how"] for one in made} == {"made"}
    assert {one["id"] for one in made} == town.ids()
    assert sum(key[0] == "dashboard" for key in town.kibana.objects()) == VIEWS


@EACH
def test_a_second_time_nothing_is_sent_and_it_says_so(town: Town) -> None:
    town("apply")
    before, imports = dict(town.kibana.objects()), town.kibana.imports
    assert {one["how"] for one in town.json("apply")} == {"there"}
    assert (town.kibana.objects(), town.kibana.imports) == (before, imports)
    assert town.states(code=0).keys() == {"same"}


@EACH
def test_what_somebody_has_edited_is_kept_and_shown_until_it_is_forced(town: Town) -> None:
    town("apply")
    town.kibana.edit(WHERE, {"title": "Dónde se habla de nosotros"})
    assert "“Dónde hablan” → “" not in town("apply")
    assert town.kibana.objects()[WHERE]["attributes"]["title"] == "Dónde se habla de nosotros"
    [edited] = [one for one in town.json("diff", code=1) if one["state"] != "same"]
    assert (edited["type"], edited["id"]) == WHERE
    assert edited["edits"] == [
        {"place": "attributes.title", "before": "Dónde hablan", "after": "Dónde se habla de nosotros"}
    ]
    assert 'attributes.title: "Dónde hablan" → "Dónde se habla de nosotros"' in town("diff", code=1)
    assert [one["id"] for one in town.json("apply", "--force") if one["how"] == "updated"] == [WHERE[1]]
    assert town.states(code=0).keys() == {"same"}


def test_an_edit_is_told_from_what_a_later_kibana_makes_of_it_by_itself(tmp_path: Path) -> None:
    """When Kibana is upgraded it writes the objects anew, in its own form and without a new moment of saving."""
    with FakeKibana() as kibana:
        town = town_of(kibana, tmp_path)
        town("apply")
        for key, there in kibana.objects().items():
            kibana.objects()[key] = {
                **there,
                "attributes": {**there["attributes"], "hits": 0},
                "coreMigrationVersion": "10.0.0",
            }
        assert town.states(code=0).keys() == {"same"}
        kibana.edit(WHERE, {"title": "Otra"})
        assert town.states()["edited"] == 1


def test_a_new_version_replaces_what_an_older_one_put_there(town: Town, tmp_path: Path) -> None:
    """The address of the page stands in the dashboards: another one is another version."""
    town("apply")
    page = town_of(town.kibana, tmp_path, '[page]\npublic_url = "https://corrillo.example/"\n')
    assert page.states()["older"] > 0
    assert {one["how"] for one in page.json("apply")} == {"updated", "there"}
    assert page.states(code=0).keys() == {"same"}


def test_what_is_not_made_any_more_is_taken_away_unless_somebody_has_edited_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dashboards.kibana import edition as module

    whole = module.saved_objects
    town("apply")
    kept, gone = ("dashboard", "corrillo-who-waits-es"), WHERE
    town.kibana.edit(kept, {"title": "Quién nos espera"})
    fewer = lambda *asked: tuple(one for one in whole(*asked) if (one.type, one.id) not in (kept, gone))  # noqa: E731
    monkeypatch.setattr(module, "saved_objects", fewer)
    assert {one["id"]: one["how"] for one in town.json("apply") if one["how"] != "there"} == {
        gone[1]: "removed",
        kept[1]: "kept",
    }
    assert (kept in town.kibana.objects(), gone in town.kibana.objects()) == (True, False)


def test_what_was_deleted_by_hand_comes_back(town: Town) -> None:
    town("apply")
    del town.kibana.objects()[WHERE]
    assert [one["id"] for one in town.json("apply") if one["how"] == "made"] == [WHERE[1]]


def test_what_was_imported_by_hand_is_known_again_and_a_strange_one_is_left_alone(town: Town) -> None:
    """The exported file, imported elsewhere: the same objects are ours, one of the same id that differs is not."""
    town("apply")
    del town.kibana.objects()[NOTES]
    town.kibana.edit(WHERE, {"title": "De otros"})
    assert {one["how"] for one in town.json("apply")} == {"there", "kept"}
    assert "was not put there by apply" in town("diff", code=1)
    assert town.kibana.objects()[WHERE]["attributes"]["title"] == "De otros"


@EACH
@pytest.mark.parametrize("imports", [1, 2], ids=["when the file was written", "when the notes were written"])
def test_an_apply_that_is_killed_half_way_is_finished_by_the_next_one(town: Town, imports: int) -> None:
    """Nothing that it wrote itself is taken for somebody's edit, whatever Kibana has made of it."""
    town.kibana.cut_after = imports
    assert "cannot be reached" in town("apply", code=1)
    assert {one["how"] for one in town.json("apply")} == {"there"}
    assert town.states(code=0).keys() == {"same"}
    town.kibana.edit(WHERE, {"title": "Otra"})
    assert town.states()["edited"] == 1


@EACH
def test_an_update_that_is_killed_forgets_nothing_of_what_it_did_not_send(town: Town) -> None:
    town("apply")
    del town.kibana.objects()["index-pattern", "corrillo-data-mentions-es"]
    town.kibana.cut_after = town.kibana.imports + 1
    town("apply", code=1)
    assert town.states(code=0).keys() == {"same"}
    town.kibana.edit(WHERE, {"title": "Otra"})
    [edited] = [one for one in town.json("diff", code=1) if one["state"] == "edited"]
    assert [edit["place"] for edit in edited["edits"]] == ["attributes.title"]


@EACH
def test_an_edit_after_an_apply_that_was_killed_is_kept(town: Town) -> None:
    town.kibana.cut_after = 1
    town("apply", code=1)
    town.kibana.edit(WHERE, {"title": "Otra"})
    town("apply")
    assert town.kibana.objects()[WHERE]["attributes"]["title"] == "Otra"
    assert town.states()["edited"] == 1


def test_two_languages_stand_side_by_side_and_one_goes_without_the_other(town: Town) -> None:
    town("apply", "--lang", "es", "--lang", "en")
    assert sum(key[0] == "dashboard" for key in town.kibana.objects()) == 2 * VIEWS
    town.kibana.edit(WHERE, {"title": "Otra"})
    assert {one["how"] for one in town.json("apply", "--lang", "en")} == {"there"}
    town("delete", "--lang", "en")
    assert all(name.endswith("-es") for name in town.ids())
    assert WHERE in town.kibana.objects()


def test_each_space_has_dashboards_of_its_own(town: Town) -> None:
    assert "--make-space" in town("apply", "--space", "prensa", code=1)
    town("apply")
    town("apply", "--space", "prensa", "--make-space")
    assert town.kibana.spaces["prensa"] == "prensa"
    assert town.ids("prensa") == {f"{name}-prensa" for name in town.ids()}
    town("delete")
    assert (town.ids(), len(town.ids("prensa")) > VIEWS) == (set(), True)


# ── what Kibana does not take ─────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("error", "said", "remedy"),
    [
        (
            {"type": "missing_references", "references": [{"type": "index-pattern", "id": "x"}]},
            "index-pattern x",
            "--force",
        ),
        ({"type": "conflict"}, "under another id", "delete the copies"),
        ({"type": "unsupported_type"}, "no objects of type dashboard", "kibana.yml"),
        (
            {"type": "unknown", "output": {"payload": {"message": "[attributes.foo]: missing"}}},
            "[attributes.foo]",
            "report",
        ),
    ],
    ids=["missing_references", "conflict", "unsupported_type", "unknown"],
)
def test_what_is_refused_is_said_one_by_one_and_the_rest_is_there(
    town: Town, error: dict[str, Any], said: str, remedy: str
) -> None:
    """Answered with 200; the next apply brings what is missing."""
    town.kibana.refuse[WHERE] = error
    told = town("apply", code=1)
    line = next(number for number, line in enumerate(told.splitlines()) if line.startswith("refused"))
    assert WHERE[1] in told.splitlines()[line]
    assert said in told.splitlines()[line]
    assert remedy in told.splitlines()[line + 1]
    assert sum(key[0] == "dashboard" for key in town.kibana.objects()) == VIEWS - 1
    town.kibana.refuse.clear()
    assert [one["id"] for one in town.json("apply") if one["how"] == "made"] == [WHERE[1]]


def test_an_update_that_is_refused_leaves_what_was_there_as_ours(town: Town, tmp_path: Path) -> None:
    town("apply")
    page = town_of(town.kibana, tmp_path, '[page]\npublic_url = "https://corrillo.example/"\n')
    older = next(one for one in page.json("diff", code=1) if one["state"] == "older")
    town.kibana.refuse[older["type"], older["id"]] = {"type": "unknown"}
    page("apply", code=1)
    assert page.states() == {"older": 1, "same": len(town.ids()) - 1}
    town.kibana.refuse.clear()
    page("apply")
    assert page.states(code=0).keys() == {"same"}


def test_notes_that_are_not_taken_are_an_error(town: Town) -> None:
    """Without them nobody could tell an edit from what was put there."""
    town.kibana.refuse[NOTES] = {"type": "unsupported_type"}
    assert "takes no notes" in town("apply", code=1)
    town.kibana.refuse.clear()
    assert {one["how"] for one in town.json("apply")} == {"there"}


def test_an_id_that_another_space_has_already_is_refused_and_leaves_no_copy(town: Town) -> None:
    town("apply")
    taken = {("dashboard", f"{WHERE[1]}-prensa"): town.kibana.objects()[WHERE]}
    town.kibana.objects("otro").update(taken)
    assert "another space has this id" in town("apply", "--space", "prensa", "--make-space", code=1)
    assert all(name.endswith("-prensa") for name in town.ids("prensa"))


def test_notes_of_another_space_under_the_same_id_are_an_error_and_leave_no_copy(town: Town) -> None:
    town("apply")
    town.kibana.objects("otro")["visualization", f"{NOTES[1]}-prensa"] = town.kibana.objects()[NOTES]
    assert "takes no notes" in town("apply", "--space", "prensa", "--make-space", code=1)
    assert not [key for key in town.kibana.objects("prensa") if key[0] == "visualization"]


# ── export, delete, open ──────────────────────────────────────────────────────────────────
def test_what_is_exported_is_what_apply_sends(town: Town, tmp_path: Path) -> None:
    town("export", str(tmp_path / "both.ndjson"), "--lang", "es", "--lang", "en")
    assert not town.kibana.asked
    lines = [json.loads(line) for line in (tmp_path / "both.ndjson").read_text("utf-8").splitlines()]
    town("apply", "--lang", "es", "--lang", "en")
    there = town.kibana.objects()
    assert {(one["type"], one["id"]) for one in lines} | {NOTES, ("visualization", "corrillo-applied-en")} == set(there)
    assert all(there[one["type"], one["id"]].items() >= one.items() for one in lines)


def test_export_needs_no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = CliRunner().invoke(app, ["dashboards", "export", "-", "--lang", "en"])
    assert [json.loads(line)["type"] for line in ran.stdout.splitlines()].count("dashboard") == VIEWS


def test_delete_takes_what_is_ours_and_keeps_what_somebody_has_edited(town: Town) -> None:
    theirs = {"type": "dashboard", "id": "theirs", "attributes": {"title": "Suyo"}, "references": []}
    town("apply")
    town.kibana.objects()["dashboard", "theirs"] = theirs
    town.kibana.edit(WHERE, {"title": "Otra"})
    assert [one["id"] for one in town.json("delete") if one["how"] == "kept"] == [WHERE[1]]
    assert town.ids() == {"theirs", WHERE[1]}
    town("delete", "--force")
    assert set(town.kibana.objects()) == {("dashboard", "theirs")}


def test_dashboards_are_opened_where_people_reach_them(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: bool(seen.append(url)) or True)
    public = town_of(town.kibana, tmp_path, 'public_url = "https://kibana.example/base/"\nspace = "prensa"\n')
    assert len(public("open", "--print").splitlines()) == VIEWS
    assert not seen
    public("open", "espera")
    assert seen == ["https://kibana.example/base/s/prensa/app/dashboards#/view/corrillo-who-waits-es-prensa"]
    assert not town.kibana.asked


# ── who looks ─────────────────────────────────────────────────────────────────────────────
@EACH
def test_viewers_read_the_space_and_nothing_that_leads_to_people(town: Town, later: bool) -> None:
    assert town.viewers() == "made"
    role = town.kibana.roles["corrillo_viewer"]
    [given] = role["kibana"]
    assert given["spaces"] == ["default"]
    assert set(given["feature"]) >= ({"dashboard_v2", "discover_v2"} if later else {"dashboard", "discover"})
    assert {right for rights in given["feature"].values() for right in rights} == {"read"}
    [read] = role["elasticsearch"]["indices"]
    shown = {there["attributes"]["title"] for key, there in town.kibana.objects().items() if key[0] == "index-pattern"}
    assert shown - set(read["names"]) == {"corrillo-links"}
    assert (role["elasticsearch"]["cluster"], set(read["privileges"])) == ([], {"read", "view_index_metadata"})
    assert town.viewers() == "there"


def test_the_role_of_viewers_is_brought_up_to_date(town: Town) -> None:
    town("apply", "--viewers")
    town.kibana.roles["corrillo_viewer"]["kibana"][0]["feature"]["ml"] = ["all"]
    assert town.viewers() == "updated"
    assert "ml" not in town.kibana.roles["corrillo_viewer"]["kibana"][0]["feature"]
