"""Who may do what, from one definition."""

from __future__ import annotations

import json

import pytest

from stores.elasticsearch.names import KINDS, Names
from stores.elasticsearch.roles import ROLES, api_body, file, role_name

NAMES = Names("corrillo")


def reach(role):
    """To which indices, and what may be done to which."""
    given = api_body(NAMES, role)["indices"]
    return {n for g in given for n in g["names"]}, {p: set(g["names"]) for g in given for p in g["privileges"]}


@pytest.mark.parametrize("role", ["analyst", "dashboard"])
def test_analysts_and_dashboards_do_not_reach_what_leads_to_people(role):
    """Nor quarantine, tombstones, what detection remembers, what the team does, or anything that can be written."""
    names, privileges = reach(role)
    assert names == {
        f"corrillo-{n}" for n in ("mentions", "mentions-*", "counts", "hours", "alerts", "attention", "days")
    }
    assert set(privileges) <= {"read", "view_index_metadata"}


def test_the_team_reads_everything_and_writes_what_it_does():
    """Only the writer writes all; nobody may delete an index."""
    everything = {n for k in KINDS for n in (NAMES[k], NAMES.pattern(k))}
    names, privileges = reach("team")
    assert names == privileges["read"] == everything
    assert (
        privileges["write"]
        == privileges["create_index"]
        == {
            "corrillo-acts",
            "corrillo-deeds",
            "corrillo-subscribers",
            "corrillo-deliveries",
        }
    )
    names, privileges = reach("writer")
    assert names == privileges["read"] == privileges["write"] == everything
    assert not {"all", "manage", "delete_index"} & {*privileges, *reach("team")[1]}


def test_the_file_says_the_same_as_the_api():
    """One line a role; each body is JSON, which is YAML."""
    lines = [line.split(": ", 1) for line in file(NAMES).splitlines() if not line.startswith("#")]
    assert {name for name, _ in lines} == {role_name(NAMES, r) for r in ROLES}
    for name, body in lines:
        whole = api_body(NAMES, name.removeprefix("corrillo_"))
        assert json.loads(body) == {k: whole[k] for k in ("cluster", "indices")}
