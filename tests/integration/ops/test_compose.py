"""What the compose file starts becomes healthy, does its work, and each account may do only what it should."""

from __future__ import annotations

import pytest

from deploy.services import Elasticsearch, Kafka
from tests.deployed import mounted, ours
from tests.fakes.kibana import FakeKibana
from tests.fakes.neighbours import tell
from tests.integration.ops.asking import elasticsearch, metrics
from tests.integration.ops.containers import RUNNING, SETUP, Containers
from tests.processes import get, until

Servers = tuple[Kafka, Elasticsearch, object]


@pytest.mark.parametrize("name", RUNNING)
def test_a_service_is_well_and_says_what_it_counts(containers: Containers, name: str) -> None:
    assert containers.check(name).returncode == 0
    address = ours()[name]["healthcheck"]["test"][-1]
    assert get(containers.moved(address.replace("readyz", "healthz"))) == (200, '{"status":"ok"}')
    assert metrics(containers.moved(address.removesuffix("/readyz")))


def test_all_services_of_ours_are_started_here() -> None:
    assert set(ours()) == {*SETUP, *RUNNING}


@pytest.mark.parametrize("name", SETUP)
def test_what_is_set_up_may_be_set_up_again(containers: Containers, name: str) -> None:
    containers.once(name)


def test_it_ends_with_the_dashboards_in_place(containers: Containers, kibana: FakeKibana) -> None:
    """And with the role of those who look at them."""
    assert sum(key[0] == "dashboard" for key in kibana.objects()) == 6
    assert "corrillo_viewer" in kibana.roles
    assert "Nothing to do" in containers.once("setup-dashboards")


def test_the_purge_tells_of_its_first_round(containers: Containers) -> None:
    done = ("corrillo_messages_processed_total", "retention")
    assert until(lambda: metrics(containers.url(8403)).get(done), "the first round") == 1


def test_a_post_goes_all_the_way_from_the_newspaper_to_the_page(containers: Containers, paper: str) -> None:
    tell(paper, "publish", {"title": "Cortan la calle del Olmo en Mi Pueblo", "text": "Hasta el jueves."})
    until(lambda: "calle del Olmo" in containers.seen(), "the post on the page")


def test_the_page_is_open_to_nobody_and_says_once_with_which_token_somebody_comes_in(containers: Containers) -> None:
    """Its probe is; the address that it says is the one under which people reach it."""
    assert get(containers.url(8400))[0] == 401
    assert get(f"{containers.url(8400)}/readyz")[0] == 200
    assert "http://127.0.0.1:8400/login?token=" in containers.log("page").read_text("utf-8")
    assert containers.seen()


@pytest.mark.parametrize("secret", ["corrillo_writer", "corrillo_team", "kibana_system"])
def test_an_account_has_its_password_from_its_file(containers: Containers, servers: Servers, secret: str) -> None:
    """Kibana's own account as well: Kibana itself cannot run here, it needs more of a server."""
    url = servers[1].url
    status, said = elasticsearch(url, secret, containers.secret(secret), "GET", "/_security/_authenticate")
    assert (status, f'"username":"{secret}"' in said) == (200, True)
    assert elasticsearch(url, secret, "wrong", "GET", "/_security/_authenticate")[0] == 401


def test_who_reads_may_not_write_and_who_writes_may_not_destroy(containers: Containers, servers: Servers) -> None:
    url, document = servers[1].url, "/corrillo-quarantine/_doc/x"
    for name, method, path, body in (
        ("corrillo_team", "PUT", document, {"source": "x"}),
        ("corrillo_writer", "DELETE", "/corrillo-sources", None),
        ("corrillo_writer", "PUT", "/_security/user/somebody", {"password": "a password", "roles": ["superuser"]}),
    ):
        assert elasticsearch(url, name, containers.secret(name), method, path, body)[0] == 403


def test_the_page_has_the_readers_password_only(containers: Containers) -> None:
    assert set(mounted(ours()["page"]).values()) == {"corrillo_team", "links_key"}
    said = containers.once("page", "purge", "--days", "9999", "--yes", code=1)
    assert "corrillo_team" in said


@pytest.mark.parametrize("name", RUNNING)
def test_a_service_ends_in_order_when_it_is_told_to_and_comes_back(containers: Containers, name: str) -> None:
    assert containers.end(name) == 0
    assert "Traceback" not in containers.log(name).read_text("utf-8")
    containers.start(name)
    containers.healthy(name)
