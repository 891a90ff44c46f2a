"""What is noted in Kibana about what was put there, and what follows from it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from dashboards.kibana.answers import Key
from dashboards.kibana.content import read, written
from dashboards.kibana.notes import FORM, Note, Notes, as_object, of_object
from dashboards.kibana.plan import key, settled, standings
from tests.unit.dashboards.kibana.pieces import NOTES, TAG, VIEW, dashboard, found

FIRST, LATER = "2026-11-21T08:00:00.000Z", "2026-11-21T09:00:00.000Z"
WHERE = Key("dashboard", "t-where")


def noted(notes: Notes) -> Notes:
    """The notes after they have been in Kibana."""
    return of_object(found(as_object(notes, NOTES, "es"), LATER))


def a_note(title: str = "Dónde hablan", updated: str = FIRST) -> Note:
    return Note(written(dashboard(title)), None, updated)


def state(notes: Notes, there: object) -> str:
    """How the dashboard stands that is made now."""
    [one, *_] = standings([dashboard()], {WHERE: there} if there else {}, notes)  # type: ignore[dict-item]
    return one.state


def test_notes_come_back_as_they_were() -> None:
    kept = Note(written(dashboard()), read(found(dashboard(), description="x")), FIRST)
    notes = Notes({WHERE: kept}, {key(TAG): written(TAG)})
    assert noted(notes) == replace(notes, updated=LATER)


@pytest.mark.parametrize(
    "state",
    ["", "{}", "[]", json.dumps({"params": {"corrillo": "?"}}), json.dumps({"params": {"corrillo": "VRU"}})],
    ids=["empty", "other", "a list", "not packed", "broken"],
)
def test_notes_that_cannot_be_read_are_as_good_as_none(state: str) -> None:
    """Whoever edits them in Kibana does no harm: what differs counts as edited then."""
    there = found(as_object(Notes({WHERE: a_note()}), NOTES, "es"), visState=state)
    assert of_object(there) == Notes()
    assert of_object(None) == Notes()


def test_notes_of_another_version_are_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    there = found(as_object(Notes({WHERE: a_note()}), NOTES, "es"))
    monkeypatch.setattr("dashboards.kibana.notes.FORM", FORM + 1)
    assert of_object(there) == Notes()


@pytest.mark.parametrize(
    ("notes", "there", "expected"),
    [
        (Notes(), None, "missing"),
        (Notes(), found(dashboard()), "same"),
        (Notes(), found(dashboard("Otra")), "edited"),
        (Notes({WHERE: a_note("Antes")}), found(dashboard("Antes")), "older"),
        (Notes({WHERE: a_note("Antes")}), found(dashboard("Antes"), LATER), "older"),
        (Notes({WHERE: a_note("Antes")}), found(dashboard("Otra"), LATER), "edited"),
        (Notes({WHERE: a_note()}), found(dashboard("Otra"), LATER), "edited"),
        (Notes({WHERE: a_note()}), found(dashboard("As Kibana makes it")), "same"),
        (Notes({WHERE: a_note(updated="")}), found(dashboard("Otra"), ""), "edited"),
        (Notes({}, {WHERE: written(dashboard())}, LATER), found(dashboard("As Kibana makes it"), LATER), "same"),
        (
            Notes({}, {WHERE: written(dashboard("Antes"))}, LATER),
            found(dashboard("As Kibana makes it"), LATER),
            "older",
        ),
        (Notes({}, {WHERE: written(dashboard())}, FIRST), found(dashboard("Otra"), LATER), "edited"),
        (Notes({WHERE: a_note("Antes")}, {WHERE: written(dashboard())}, LATER), found(dashboard("Antes")), "older"),
    ],
    ids=[
        "nothing there",
        "put there by hand",
        "somebody else's",
        "of an older version",
        "saved again unchanged",
        "edited before an upgrade",
        "edited",
        "made another by Kibana",
        "no moment is known",
        "cut short",
        "cut short before an upgrade",
        "cut short, then edited",
        "cut short before it was written",
    ],
)
def test_what_somebody_has_edited_is_told_from_everything_else(notes: Notes, there: object, expected: str) -> None:
    assert state(notes, there) == expected


def test_what_is_not_made_any_more_is_ours_also_when_the_apply_was_cut_short() -> None:
    there = {WHERE: found(dashboard(), LATER), key(VIEW): found(VIEW, LATER)}
    notes = Notes({WHERE: a_note(updated=LATER)}, {key(VIEW): written(VIEW)}, LATER)
    assert [s.state for s in standings([TAG], there, notes)] == ["missing", "left", "left"]
    edited = {key(VIEW): found(VIEW, "2026-11-21T10:00:00.000Z", name="Otra")}
    [_, view] = standings([TAG], edited, notes)
    assert (view.state, [e.place for e in view.edits]) == ("edited", ["attributes.name"])


def test_the_note_of_what_somebody_has_edited_stays_what_it_was() -> None:
    """So that the next diff still says what was edited."""
    notes = Notes({WHERE: a_note()})
    standing = standings([dashboard()], {WHERE: found(dashboard("Otra"), LATER)}, notes)
    assert settled(standing, notes).done == notes.done
