"""docker-compose.yml: valid by the published schema, and everything that it names is there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from corrillo import bootstrap, engines, settings
from tests.deployed import COMPOSE, EXAMPLE, INIT, ROOT, compose, mounted, ours, parse, services

ONCE = {"setup-kafka", "setup-elasticsearch", "setup-accounts", "setup-dashboards"}
SERVERS = {"kafka", "elasticsearch", "kibana"}
"""Other people's images, which write their own configuration when they start."""
PUBLISHED = {"page": "127.0.0.1:8400:8400", "kibana": "127.0.0.1:5601:5601"}
EACH = pytest.mark.parametrize("name", services())
EACH_OF_OURS = pytest.mark.parametrize("name", ours())


def by_the_schema(file: Path) -> int:
    """Exit code of the validator, which carries the schema that the compose project publishes."""
    line = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(file)]
    return subprocess.run(line, capture_output=True, check=False).returncode


def test_it_is_valid_by_the_published_schema(tmp_path: Path) -> None:
    """And the schema notices what is not: a key with a mistake in it."""
    assert by_the_schema(COMPOSE) == 0
    wrong: Any = json.loads(json.dumps(compose()))
    wrong["services"]["page"]["mem_limitt"] = "1g"
    (tmp_path / "docker-compose.yml").write_text(json.dumps(wrong), "utf-8")
    assert by_the_schema(tmp_path / "docker-compose.yml") == 1


@EACH
def test_a_service_may_do_little_and_use_little(name: str) -> None:
    service = services()[name]
    user, _, group = str(service["user"]).partition(":")
    assert (user, group in ("1000", "0")) == ("1000", True)
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}
    assert service["read_only"] is (name not in SERVERS)
    assert "privileged" not in service


@EACH
def test_a_service_is_watched_and_started_again(name: str) -> None:
    """What runs once is tried a few times; what runs on has a health check and comes back."""
    service = services()[name]
    if name in ONCE:
        assert service["healthcheck"] == {"disable": True}
        assert service["restart"].startswith("on-failure:")
    else:
        assert {"test", "interval", "timeout", "retries", "start_period"} == set(service["healthcheck"])
        assert service["restart"] == "unless-stopped"


@EACH
def test_only_the_page_and_kibana_are_published_and_only_on_loopback(name: str) -> None:
    assert services()[name].get("ports", []) == ([PUBLISHED[name]] if name in PUBLISHED else [])


def test_servers_are_on_networks_that_lead_nowhere() -> None:
    internal = {name for name, network in compose()["networks"].items() if network.get("internal")}
    assert {name for name in ("kafka", "elasticsearch") if set(services()[name]["networks"]) <= internal} == {
        "kafka",
        "elasticsearch",
    }


@EACH
def test_who_waits_for_another_can_reach_it_and_waits_for_the_right_thing(name: str) -> None:
    for other, how in services()[name].get("depends_on", {}).items():
        assert how["condition"] == ("service_completed_successfully" if other in ONCE else "service_healthy")
        if other not in ONCE:
            assert set(services()[name]["networks"]) & set(services()[other]["networks"])


def test_volumes_networks_and_configurations_are_those_that_are_declared() -> None:
    used: dict[str, set[str]] = {"volumes": set(), "networks": set(), "configs": set(), "secrets": set()}
    for service in services().values():
        used["volumes"] |= {v.split(":")[0] for v in service.get("volumes", ())}
        used["networks"] |= set(service["networks"])
        used["configs"] |= {c["source"] for c in service.get("configs", ())}
        used["secrets"] |= set(mounted(service).values())
    assert {kind: set(compose()[kind]) for kind in used} == used


# ── secrets ───────────────────────────────────────────────────────────────────────────────
def test_every_secret_is_a_file_that_init_makes_and_without_it_nothing_begins() -> None:
    made = re.search(r"for name in ([a-z_ ]+); do", INIT.read_text("utf-8"))
    assert made is not None
    assert set(made[1].split()) == set(compose()["secrets"])
    for name, secret in compose()["secrets"].items():
        assert re.fullmatch(rf"\$\{{CORRILLO_SECRETS:\?[^}}]*init\.sh[^}}]*\}}/{name}", secret["file"])


@EACH
def test_no_password_stands_in_the_environment(name: str) -> None:
    """Only the names of files."""
    for variable in services()[name].get("environment", {}):
        assert not re.search(r"PASSWORD(?!_FILE)|SECRET|TOKEN|_KEY$", variable)


def test_what_may_write_is_given_to_nobody_who_only_reads() -> None:
    may = {name: set(mounted(service).values()) for name, service in services().items()}
    assert may["page"] == may["notify"] == {"corrillo_team", "links_key"}
    assert may["ingest"] == {"pseudonym_key"}
    assert {name for name, secrets in may.items() if "elastic" in secrets} == {
        "elasticsearch",
        "setup-elasticsearch",
        "setup-accounts",
        "setup-dashboards",
    }


# ── what it says to Corrillo ──────────────────────────────────────────────────────────────
@EACH_OF_OURS
def test_every_command_is_one_that_the_application_takes(name: str) -> None:
    assert parse(ours()[name]["command"])


@EACH_OF_OURS
def test_every_variable_is_one_that_corrillo_reads(name: str) -> None:
    known = {
        engines.ELASTICSEARCH_USER,
        engines.ELASTICSEARCH_PASSWORD,
        engines.KAFKA_PASSWORD,
        engines.KIBANA_USER,
        settings.PSEUDONYM_KEY,
    }
    assert set(ours()[name].get("environment", {})) <= known


@EACH_OF_OURS
def test_the_configuration_stands_where_the_image_looks_for_it(name: str) -> None:
    [given] = ours()[name]["configs"]
    assert f"CORRILLO_CONFIG={given['target']}" in (ROOT / "Dockerfile").read_text("utf-8")
    assert compose()["configs"][given["source"]]["file"] == "./deploy/compose/corrillo.toml"


def test_the_example_of_a_configuration_holds_and_names_what_is_there() -> None:
    example = settings.load(EXAMPLE)
    assert example.kafka is not None
    assert example.elasticsearch is not None
    [server] = example.kafka.servers
    assert server in services()["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"]
    [url] = example.elasticsearch.urls
    assert urlsplit(url).hostname in services()
    assert set(example.page.hosts) <= set(services())
    assert example.page.public_url == "http://127.0.0.1:8400/"
    assert example.kibana is not None
    assert urlsplit(example.kibana.url).hostname in services()
    assert example.kibana.public_url == f"http://{PUBLISHED['kibana'].rsplit(':', 1)[0]}/"


@EACH_OF_OURS
def test_every_secret_stands_where_the_configuration_looks_for_it(name: str) -> None:
    """Whoever talks to Elasticsearch has a password there; accounts are set up by the names that they have."""
    example, places = settings.load(EXAMPLE), mounted(ours()[name])
    assert example.elasticsearch is not None
    searches = "search" in ours()[name]["networks"]
    assert (example.elasticsearch.password_file in places) is searches
    assert example.kibana is not None
    assert (example.kibana.password_file in places) is (name == "setup-dashboards")
    assert (example.privacy.pseudonym_key_file in places) is (name in ("ingest", "work"))
    assert (example.notify.links_key_file in places) is (name in ("notify", "page"))
    if searches and name not in ONCE:
        user = ours()[name].get("environment", {}).get(engines.ELASTICSEARCH_USER, example.elasticsearch.user)
        assert places[example.elasticsearch.password_file] == user
        assert user in mounted(ours()["setup-accounts"]).values()


def test_dashboards_are_put_into_kibana_when_it_is_well_and_the_indices_are_there() -> None:
    """It comes as somebody who manages roles, over a network on which nobody else is."""
    service, kibana = ours()["setup-dashboards"], services()["kibana"]
    assert set(service["depends_on"]) == {"kibana", "setup-elasticsearch"}
    assert service["environment"] == {engines.KIBANA_USER: "elastic"}
    [between] = service["networks"]
    assert {name for name, one in services().items() if between in one["networks"]} == {"kibana", "setup-dashboards"}
    assert compose()["networks"][between]["internal"]
    assert between in kibana["networks"]


def test_health_is_asked_at_the_ports_that_are_configured() -> None:
    example = settings.load(EXAMPLE)
    ports = {
        "page": example.page.port,
        "ingest": example.ops.ingest_port,
        "work": example.ops.work_port,
        "purge": example.ops.purge_port,
    }
    for name, port in ports.items():
        command = ours()[name]["healthcheck"]["test"]
        assert command == ["CMD", "python", "-m", "corrillo.ops.probe", f"http://127.0.0.1:{port}/readyz"]
    assert str(example.page.port) in PUBLISHED["page"].split(":")


def test_processes_of_one_configuration_may_come_as_different_users(monkeypatch: pytest.MonkeyPatch) -> None:
    example = deepcopy(settings.load(EXAMPLE))
    assert bootstrap.elasticsearch_of(example).user == "corrillo_writer"
    monkeypatch.setenv(engines.ELASTICSEARCH_USER, "corrillo_team")
    assert bootstrap.elasticsearch_of(example).user == "corrillo_team"
