"""What people read names commands, targets, files and topics that there are."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from corrillo.engines import KafkaSettings
from corrillo.networks import document
from corrillo.registry import source_kind, source_kinds
from corrillo.topics import topics
from tests.deployed import ROOT, parse

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
READMES = [ROOT / "README.md", ROOT / "README.es.md"]


def text(page: Path) -> str:
    return page.read_text("utf-8")


def commands(page: Path) -> set[str]:
    """``corrillo …`` in the text and in blocks, without comments; of ``list|show`` the first; … stands for a value."""
    named = {*re.findall(r"`(corrillo [a-z][^`\n]*)`", text(page)), *re.findall(r"(?m)^corrillo [a-z].*", text(page))}
    return {re.sub(r"\|\w+|\s+#.*| --help", "", line).replace("…", "a=b") for line in named}


def full_names(page: Path) -> set[str]:
    return {parse(shlex.split(line)[1:]) for line in commands(page)}


def targets(page: Path) -> set[str]:
    return {*re.findall(r"`make ([a-z]+)", text(page)), *re.findall(r"(?m)^make ([a-z]+)", text(page))}


@pytest.mark.parametrize("page", READMES, ids=lambda p: p.name)
def test_every_command_of_the_front_page_is_one_that_the_application_takes(page: Path) -> None:
    scale = {"setup kafka", "setup elasticsearch", "setup accounts", "ingest", "work", "page", "purge"}
    assert scale | {"init", "doctor", "listen", "restore"} <= full_names(page)


def test_every_command_about_kibana_is_one_that_the_application_takes() -> None:
    named = {f"dashboards {command}" for command in ("apply", "diff", "export", "open", "delete")}
    assert named <= full_names(ROOT / "docs" / "kibana.md")


def test_both_languages_name_the_same_commands_and_targets() -> None:
    english, spanish = READMES
    assert full_names(english) == full_names(spanish)
    assert targets(english) == targets(spanish)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_target_of_make_is_there(page: Path) -> None:
    made = re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"))
    assert targets(page) <= set(made)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_link_inside_the_house_leads_somewhere(page: Path) -> None:
    links = {link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text(page)) if "://" not in link}
    assert {link for link in links if not (page.parent / link).exists()} == set()


def test_the_drawing_has_every_topic() -> None:
    """Under the prefix that it has when nobody chooses another."""
    drawing = text(ROOT / "docs" / "design.md")
    names = {t.name.removeprefix("corrillo.") for t in topics(KafkaSettings(servers=("kafka:9092",))).all()}
    assert {name for name in names if f"`{name}`" not in drawing} == set()


@pytest.mark.parametrize(("page", "language"), [("networks.md", "en"), ("networks.es.md", "es")])
def test_what_is_said_of_networks_is_what_their_sources_say(page: str, language: str) -> None:
    """Written by make schemas; edited by hand, or forgotten, it would differ."""
    kinds = {name: source_kind(name) for name in source_kinds()}
    assert text(ROOT / "docs" / page) == document(kinds, language)
