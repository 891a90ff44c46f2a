"""The units of systemd: what they start is there, and what they start may do little."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from corrillo import engines, settings
from tests.deployed import ROOT, parse

UNITS = {path.name: path for path in sorted((ROOT / "deploy" / "systemd").iterdir())}
SERVICES = [name for name in UNITS if name.endswith(".service")]
EACH = pytest.mark.parametrize("name", SERVICES)
COMMANDS = {
    "corrillo-ingest@.service": "ingest",
    "corrillo-listen.service": "listen",
    "corrillo-notify.service": "notify",
    "corrillo-page.service": "page",
    "corrillo-purge.service": "purge",
    "corrillo-work@.service": "work",
}
OF_THE_UNIT = {"PROBE_PORT"}
"""Variables that only the unit itself uses."""
HARDENED = {
    "NoNewPrivileges": "true", "CapabilityBoundingSet": "", "ProtectSystem": "strict", "ProtectHome": "true",
    "PrivateTmp": "true", "PrivateDevices": "true", "PrivateUsers": "true", "RestrictNamespaces": "true",
    "MemoryDenyWriteExecute": "true", "SystemCallArchitectures": "native", "RestrictSUIDSGID": "true",
    "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6", "SystemCallErrorNumber": "EPERM",
}  # fmt: skip


def values(name: str, key: str) -> list[str]:
    """Everything that a unit says under ``key``."""
    lines = UNITS[name].read_text("utf-8").splitlines()
    return [line.partition("=")[2] for line in lines if line.partition("=")[0] == key]


def variables(name: str) -> dict[str, str]:
    """Its environment."""
    return dict(pair.split("=", 1) for line in values(name, "Environment") for pair in line.split())


def test_there_is_a_unit_for_each_way_of_running() -> None:
    assert set(COMMANDS) == set(SERVICES)
    assert set(UNITS) - set(SERVICES) == {"corrillo-purge.timer"}


@EACH
def test_what_it_starts_is_a_command_that_the_application_takes(name: str) -> None:
    """With the specifiers of systemd and its own variables filled in."""
    [line] = values(name, "ExecStart")
    program, *args = re.sub(r"\$\{(\w+)\}", lambda v: variables(name)[v[1]], line).split()
    assert program == "/opt/corrillo/bin/corrillo"
    filled = [arg.replace("%i", "paper").replace("%H", "host.example") for arg in args]
    assert "%" not in " ".join(filled)
    assert parse(filled) == COMMANDS[name]


@EACH
def test_every_variable_is_one_that_corrillo_reads(name: str) -> None:
    known = {"CORRILLO_CONFIG", engines.ELASTICSEARCH_USER, engines.ELASTICSEARCH_PASSWORD, settings.PSEUDONYM_KEY}
    assert set(variables(name)) <= known | OF_THE_UNIT
    assert variables(name)["CORRILLO_CONFIG"] == "/etc/corrillo/corrillo.toml"
    assert not {v for v in variables(name) if "PASSWORD" in v or v.endswith("_KEY")}


@EACH
def test_it_may_do_little_and_use_little(name: str) -> None:
    assert {key: "".join(values(name, key)) for key in HARDENED} == HARDENED
    assert values(name, "MemoryMax")
    assert values(name, "User") == ["corrillo"] or values(name, "DynamicUser") == ["true"]


@EACH
def test_it_comes_back(name: str) -> None:
    once = values(name, "Type") == ["oneshot"]
    assert values(name, "Restart") == ["on-failure" if once else "always"]
    assert bool(values(name, "WantedBy")) is not once


def test_the_page_cannot_read_what_others_need_to_write() -> None:
    assert values("corrillo-page.service", "StateDirectory") == values("corrillo-page.service", "User") == []
    assert variables("corrillo-page.service")[engines.ELASTICSEARCH_USER] == "corrillo_team"


def test_the_timer_starts_the_purge_once_a_day_and_makes_up_for_days_that_were_missed() -> None:
    assert Path("corrillo-purge.timer").stem == Path("corrillo-purge.service").stem
    assert values("corrillo-purge.timer", "Persistent") == ["true"]
    assert [day.split()[0] for day in values("corrillo-purge.timer", "OnCalendar")] == ["*-*-*"]
