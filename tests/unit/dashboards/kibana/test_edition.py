"""What stands in a space: ids of its own, and everything that names them follows."""

from __future__ import annotations

import json
from typing import Any

from dashboards.kibana.answers import Key
from dashboards.kibana.edition import DEFAULT_SPACE, Edition, edition
from dashboards.lens import ndjson


def ids(one: Edition) -> set[str]:
    return {o.id for o in one.objects}


def named(value: Any) -> set[str]:
    """Every id that stands in ``value``, also in the JSON inside of strings, and every dashboard that a text leads to."""
    if isinstance(value, dict):
        own = {value["id"]} if isinstance(value.get("id"), str) else set()
        return own.union(*(named(one) for one in value.values()))
    if isinstance(value, list):
        return set().union(*(named(one) for one in value))
    if isinstance(value, str):
        try:
            inside = json.loads(value) if value[:1] in ("{", "[") else None
        except ValueError:
            inside = None
        return named(inside) if inside else {part.split(")")[0] for part in value.split("#/view/")[1:]}
    return set()


def test_the_default_space_has_the_readable_ids() -> None:
    for space in ("", DEFAULT_SPACE):
        assert all(one.startswith("corrillo-") for one in ids(edition("es", space)))
        assert edition("es", space) == edition("es")
    assert edition("es").notes == Key("visualization", "corrillo-applied-es")


def test_two_languages_and_two_spaces_have_no_id_in_common() -> None:
    every = [edition("es"), edition("en"), edition("es", "prensa"), edition("en", "prensa")]
    listed = [one for e in every for one in [*ids(e), e.notes.id]]
    assert len(set(listed)) == len(listed)


def test_in_another_space_every_id_that_is_named_is_one_of_that_space() -> None:
    here, there = edition("es"), edition("es", "prensa")
    lines = [json.loads(line) for line in ndjson(there.objects).splitlines()]
    assert not named(lines) & ids(here)
    assert {one.id.removesuffix("-prensa") for one in there.objects} == ids(here)


def test_nothing_but_ids_changes_in_another_space() -> None:
    """The indices are the same ones."""
    here, there = edition("es"), edition("es", "prensa")
    assert ndjson(there.objects).decode().replace("-prensa", "") == ndjson(here.objects).decode()
