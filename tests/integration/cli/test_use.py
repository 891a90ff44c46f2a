"""How commands speak: help with examples, exit codes, a remedy with every refusal."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from corrillo import __version__
from corrillo.cli.modules import MODULES, of_module
from tests.at_once import AtOnce
from tests.processes import Commands

NAMES = [
    "init", "doctor", "listen", "demo", "replay", "tag", "find", "export", "sources", "erase", "purge", "backup", "restore", "schema",
    "quarantine list", "quarantine show", "quarantine drop", "quarantine replay",
    "ingest", "work", "page", "setup kafka", "setup elasticsearch", "setup accounts", "sources try", "sources networks",
    "incidents", "incidents show", "incidents ack", "incidents silence", "incidents reopen", "incidents note", "rehearse", "report",
    "people add", "people list", "train", "evaluate", "model-card", "corrections export", "corrections agreement",
    "dashboards apply", "dashboards diff", "dashboards export", "dashboards delete", "dashboards open",
    "subscribe add", "subscribe list", "subscribe show", "subscribe remove", "subscribe confirm", "subscribe test",
    "notify", "deliveries", "drill",
]  # fmt: skip

WRONG: list[tuple[str, str]] = [
    ("find --no-such-option", "No such option"),
    ("finde", "No such command"),
    ("find --where farola", "is no field"),
    ("find --where author=ana", "'author' is no field"),
    ("find --since yesterday", "is no day or time"),
    ("find (agua", "bracket is not closed"),
    ("find --page nonsense", "is no token of ours"),
    ("find --limit 0", "--limit"),
    ("find --config missing.toml", "there is no such file"),
    ("export table.xlsx", ".csv, .jsonl or .parquet"),
    ("export - --format parquet", ".csv, .jsonl or .parquet"),
    ("export nowhere/table.csv", "cannot be written"),
    ("report --output week.pdf --week 46", "is not a week"),
    ("report --output week.pdf --language fr", "is not spoken here"),
    ("report --output week.pdf --institution nobody", "is not configured"),
    ("report --output nowhere/week.pdf", "cannot be written"),
    ("replay forum.csv --map text", "is no pair"),
    ("replay forum.csv --map txt=body", "is no column of ours"),
    ("replay forum.csv --map text=cuerpo", "there are no columns 'cuerpo', 'published'"),
    ("replay forum.csv --venue-kind bar", "venue_kind"),
    ("replay forum.csv --all-relevant --institution nobody", "'nobody' is not in"),
    ("listen --port 70000", "--port"),
    ("ingest --port 70000", "--port"),
    ("ingest old-forum", "nothing says where Kafka is"),
    ("setup kafka", "nothing says where Kafka is"),
]


def test_every_command_is_known_here() -> None:
    """A new command has to be added to the list above, and so gets its help and its example looked at."""
    listed = []
    for module in set(MODULES.values()):
        for name, command in of_module(module).items():
            within = getattr(command, "commands", None)
            listed += [f"{name} {inner}" for inner in within or ()]
            listed += [name] if within is None or command.invoke_without_command else []
    assert sorted(listed) == sorted(NAMES)


def test_every_module_has_the_commands_that_it_is_said_to_have() -> None:
    """One that is not said is never found, and one that is not there ends as an error."""
    for module in set(MODULES.values()):
        assert list(of_module(module)) == [name for name, its in MODULES.items() if its == module]


@pytest.mark.parametrize("name", NAMES)
def test_the_help_of_a_command_has_an_example_of_it(tmp_path: Path, name: str) -> None:
    """Below the line with its usage, as it is typed."""
    said = AtOnce(tmp_path)(*name.split(), "--help").stdout
    usage, examples, rest = re.split(r"(Examples?:)", said, maxsplit=1)
    assert "Usage:" in usage
    assert examples
    assert f"corrillo {name}" in rest


@pytest.mark.parametrize(("line", "said"), WRONG, ids=[line for line, _ in WRONG])
def test_a_wrong_option_or_configuration_leaves_with_2(asked: AtOnce, line: str, said: str) -> None:
    """What is wrong is said on standard error, and nothing on standard output."""
    words = [line.removeprefix("find "), "find"][::-1] if line == "find (agua" else line.split()
    ran = asked(*words, code=2)
    assert said in ran.stderr
    assert ran.stdout == ""


def test_every_mistake_of_a_configuration_is_said_at_once(fresh: Commands) -> None:
    """Each with its key, and what to do."""
    (fresh.folder / "corrillo.toml").write_text(
        'colour = "red"\n[[institution]]\nid = "x"\nname = "X"\ntime_zone = "Europe/Soria"\n'
        '[[source]]\nkind = "feed"\nname = "f"\nurl = "x"\n[store]\npath = 5\n'
    )
    said = fresh("find", code=2).stderr
    assert [k for k in ("colour", "time_zone", "source[1].url", "store.path", "corrillo doctor") if k not in said] == []


def test_a_file_that_is_not_there_fails_with_1_and_a_remedy(town: Commands) -> None:
    """A failure is no wrong use: the same command may work later."""
    assert "check the path" in town("replay", "missing.csv", code=1).stderr


def test_a_key_that_is_not_there_stops_before_anything_is_stored(own_town: Commands, replay: tuple[str, ...]) -> None:
    """Without the key of the pseudonyms there is no way to protect anybody; the environment can give it as well."""
    (own_town.folder / "corrillo.key").unlink()
    assert "CORRILLO_PSEUDONYM_KEY" in own_town(*replay, code=2).stderr
    assert list(own_town.folder.glob("*.db")) == []
    own_town.environment["CORRILLO_PSEUDONYM_KEY"] = "short"
    assert "at least 16" in own_town(*replay, code=2).stderr
    own_town.environment["CORRILLO_PSEUDONYM_KEY"] = "another key that is used in tests only"
    assert own_town.json(*replay)["new"] == 7


def test_a_port_that_is_taken_is_said_with_a_way_out(town: Commands) -> None:
    """Nothing is listened to, and the exit code is 2."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = town("listen", "--port", taken.getsockname()[1], code=2).stderr
    assert "--port" in said


def test_the_version_is_said(corrillo: Commands) -> None:
    assert corrillo("--version").stdout == f"corrillo {__version__}\n"
