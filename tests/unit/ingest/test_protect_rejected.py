"""What could not be parsed is kept without naming anybody, and can be found by an erasure."""

from __future__ import annotations

import json

import pytest

from corrillo.model import Rejected
from ingest.protect import Pseudonyms, protect_rejected


def kept(raw: str, pseudonyms: Pseudonyms, private: tuple[str, ...] = ()) -> tuple[str, tuple[str, ...]]:
    """The protected form and the people in it."""
    return protect_rejected(Rejected(raw=raw, reason="r", origin="o", private=private), "x", pseudonyms)


def test_json_stays_json_and_names_nobody(pseudonyms: Pseudonyms) -> None:
    """Authors' keys at any depth, keys that the source names, and whatever texts hold."""
    raw = {
        "id": 7,
        "author": "ana",
        "Usuario": "pep",
        "when": "mañana",
        "account": {"id": 12, "acct": "ana", "display_name": "Ana P.", "note": "Vecina", "name": "Ana", "bot": False},
        "body": ["gracias @pep", "mi tel: 612 34 56 78", None, 3.5],
    }
    protected, people = kept(json.dumps(raw), pseudonyms, ("usuario",))
    found = json.loads(protected)
    ana, pep = pseudonyms("x", "ana"), pseudonyms("x", "pep")
    assert (found["author"], found["Usuario"], found["account"]["acct"]) == (ana, pep, ana)
    assert found["body"] == [f"gracias @{pep}", "mi tel: [teléfono]", None, 3.5]
    assert (found["id"], found["when"], found["account"]["bot"]) == (7, "mañana", False)
    assert not any(name in protected for name in ('"ana"', '"pep"', "Ana", "Vecina", "612"))
    assert {ana, pep} <= set(people)


@pytest.mark.parametrize(
    ("raw", "protected"),
    [
        ('{"author": "ana", "text": "ho', '{"author": "{ana}", "text": "ho'),
        ('{"USER":"ana","text":', '{"USER":"{ana}","text":'),
        ('{"text": "a", "usuario" : "ana', '{"text": "a", "usuario" : "{ana}'),
        ("17;@ana;612 34 56 78", "17;@{ana};[teléfono]"),
        ("line 3: field larger than field limit", "line 3: field larger than field limit"),
        ("", ""),
    ],
)
def test_broken_text_hides_what_stands_behind_an_authors_key(pseudonyms: Pseudonyms, raw: str, protected: str) -> None:
    """And whatever looks like personal data."""
    ana = pseudonyms("x", "ana")
    assert kept(raw, pseudonyms, ("usuario",)) == (
        protected.replace("{ana}", ana),
        (ana,) if "{ana}" in protected else (),
    )


def test_whom_a_post_answers_is_hidden(pseudonyms: Pseudonyms) -> None:
    """In a post that was parsed, and then was none."""
    protected, people = kept('{"kind": "post", "answers_author": "ana"}', pseudonyms)
    assert json.loads(protected)["answers_author"] == pseudonyms("x", "ana")
    assert people == (pseudonyms("x", "ana"),)


def test_a_profile_inside_html_is_hidden(pseudonyms: Pseudonyms) -> None:
    """As Mastodon writes a mention of somebody."""
    html = '<a href="https://h.example/@pep" class="u-url mention">@<span>pep</span></a> <a href=\'https://h.example/@pep/1\'>x</a>'
    protected, people = kept(json.dumps({"content": html}), pseudonyms)
    assert "@pep" not in protected
    assert "pep<" not in protected
    assert people == (pseudonyms("x", "pep"),)


def test_protecting_what_is_protected_changes_nothing(pseudonyms: Pseudonyms) -> None:
    """A replayed item that fails again is the same item."""
    raw = json.dumps({"author": "ana", "text": "gracias @pep", "user": {"name": "Ana"}})
    once = kept(raw, pseudonyms)
    assert kept(once[0], pseudonyms) == once


def test_deep_json_does_not_fail(pseudonyms: Pseudonyms) -> None:
    """Nesting that no parser follows is treated as text."""
    protected, _ = kept("[" * 50_000 + ' "@ana" ', pseudonyms)
    assert "@ana" not in protected
