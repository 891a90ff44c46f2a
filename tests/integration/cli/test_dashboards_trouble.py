"""What ``corrillo dashboards`` and ``corrillo doctor`` say when something is wrong with Kibana: what, where, what to do."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corrillo.cli import app
from corrillo.cli.servers import servers
from corrillo.errors import ConfigError, CorrilloError, SecretMissing
from corrillo.findings import Finding
from corrillo.settings import load
from tests.fakes.certificates import FakeAuthority
from tests.fakes.kibana import FakeKibana
from tests.fakes.web import Said

PAGE = "<!DOCTYPE html><html><title>Sign in</title></html>"


def configured(folder: Path, url: str, more: str = "") -> Path:
    file = folder / "corrillo.toml"
    file.write_text(
        f'[[institution]]\nid = "town"\nname = "Ajuntament de Benialba"\n[kibana]\nurl = "{url}"\n{more}', "utf-8"
    )
    return file


def refused(file: Path, *args: str) -> CorrilloError:
    """The error that ``corrillo dashboards apply`` ends with."""
    ran = CliRunner().invoke(app, ["dashboards", *(args or ("apply",)), "--config", str(file)])
    assert isinstance(ran.exception, CorrilloError), ran.output
    return ran.exception


@pytest.fixture
def kibana() -> Iterator[FakeKibana]:
    with FakeKibana() as fake:
        yield fake


# ── who we are ────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def guarded() -> Iterator[FakeKibana]:
    with FakeKibana({"marta": "la de los papeles"}) as fake:
        yield fake


def test_a_user_and_a_password_out_of_a_file_let_us_in(guarded: FakeKibana, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("la de los papeles\n", "utf-8")
    file = configured(tmp_path, guarded.base, 'user = "marta"\npassword_file = "secret"\n')
    ran = CliRunner().invoke(app, ["dashboards", "apply", "--config", str(file)])
    assert ran.exit_code == 0, ran.exception


def test_the_environment_wins_over_the_file(
    guarded: FakeKibana, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = configured(tmp_path, guarded.base, 'user = "nadie"\npassword_file = "not there"\n')
    monkeypatch.setenv("CORRILLO_KIBANA_USER", "marta")
    monkeypatch.setenv("CORRILLO_KIBANA_PASSWORD", "la de los papeles")
    assert CliRunner().invoke(app, ["dashboards", "apply", "--config", str(file)]).exit_code == 0


def test_a_wrong_password_and_none_at_all_are_told_apart(
    guarded: FakeKibana, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "name a user: kibana.user" in refused(configured(tmp_path, guarded.base)).remedy
    monkeypatch.setenv("CORRILLO_KIBANA_PASSWORD", "otra")
    error = refused(configured(tmp_path, guarded.base, 'user = "marta"\n'))
    assert "password is wrong" in error.message
    assert "otra" not in str(error)


def test_who_may_not_is_told_which_rights_it_takes(
    guarded: FakeKibana, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded.may_not.add("marta")
    monkeypatch.setenv("CORRILLO_KIBANA_PASSWORD", "la de los papeles")
    error = refused(configured(tmp_path, guarded.base, 'user = "marta"\n'))
    assert "marta may not read the dashboards" in error.message
    assert "all privileges on Dashboards" in error.remedy


def test_where_security_is_off_there_are_no_viewers_and_the_dashboards_are_there(
    kibana: FakeKibana, tmp_path: Path
) -> None:
    kibana.secure = False
    error = refused(configured(tmp_path, kibana.base), "apply", "--viewers")
    assert "its security is off" in error.message
    assert "leave --viewers out" in error.remedy
    assert ("dashboard", "corrillo-posts-es") in kibana.objects()


# ── what answers ──────────────────────────────────────────────────────────────────────────
STARTING = Said("Kibana server is not ready yet", 503, {"Content-Type": "text/plain"})
SAYING = {"Content-Type": "application/json; charset=utf-8"}
NEWER = "Document belongs to a more recent version of Kibana [8.9.0] when the last known version is [8.7.0]."


@pytest.mark.parametrize(
    ("answer", "message", "remedy"),
    [
        (STARTING, "is not ready (Kibana server is not ready yet)", "run it again in a minute"),
        (Said(PAGE, 200), "is no Kibana (answers with text/html)", "check kibana.url"),
        (Said(PAGE, 404), "is no Kibana (answers 404 with text/html)", "check kibana.url"),
        (
            Said("", 302, {"Location": "https://login.example/"}),
            "sends us on to https://login.example/",
            "login before it",
        ),
        (
            Said({"error": "no"}, 400, {"X-Elastic-Product": "Elasticsearch"}),
            "is Elasticsearch",
            "Kibana's own address",
        ),
        (Said({"tagline": "You know"}), "says something else", "check kibana.url"),
        (Said(b"{", 200, SAYING), "its answer cannot be read", "check kibana.url"),
        (Said(b"\x89PNG", 200, {"Content-Type": "image/png"}), "is no Kibana", "check kibana.url"),
        (Said(PAGE, 502), "gets no answer (a page)", "see whether Kibana runs"),
        (Said(PAGE, 504), "waited too long", "run it again"),
        (Said(PAGE, 413), "too large", "of the proxy before it"),
        (Said({"message": "Payload content length greater"}, 413), "too large", "server.maxPayload"),
        (Said({"message": NEWER}, 422), NEWER, "need Kibana 8.12"),
        (Said({"message": "An internal server error"}, 500), "failed inside", "its log says why"),
        (Said({"message": "Too many"}, 429), "too much to do", "run it again"),
        (Said({"message": "Teapot"}, 418), "failed with 418: Teapot", "corrillo doctor"),
    ],
    ids=lambda value: (
        f"{value.status} {value.body[:20]!r}"
        if isinstance(value, Said) and isinstance(value.body, str | bytes)
        else None
    ),
)
def test_every_answer_that_is_no_answer_has_its_remedy(
    kibana: FakeKibana, tmp_path: Path, answer: Said, message: str, remedy: str
) -> None:
    kibana.trouble = answer
    error = refused(configured(tmp_path, kibana.base))
    assert message in error.message
    assert remedy in error.remedy
    assert kibana.base in error.message


def test_nobody_there_and_somebody_who_says_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        slow = refused(configured(tmp_path, url, "timeout = 0.05\n"))
    assert "has not answered in time" in slow.message
    assert "kibana.timeout" in slow.remedy
    gone = refused(configured(tmp_path, url))
    assert "cannot be reached" in gone.message
    assert "is Kibana running" in gone.remedy


@pytest.fixture
def sealed(tmp_path: Path) -> Iterator[FakeKibana]:
    """A Kibana with a certificate of an authority that only ``ca.pem`` knows."""
    authority, fake = FakeAuthority(tmp_path), FakeKibana()
    [known] = authority.trust.get_ca_certs(binary_form=True)
    (tmp_path / "ca.pem").write_text(ssl.DER_cert_to_PEM_cert(known), "ascii")
    fake._server.socket = authority.server("localhost").wrap_socket(fake._server.socket, server_side=True)
    fake.base = fake.base.replace("http://127.0.0.1", "https://localhost")
    with fake:
        yield fake


def test_certificates_are_verified_and_an_authority_can_be_named(sealed: FakeKibana, tmp_path: Path) -> None:
    error = refused(configured(tmp_path, sealed.base))
    assert "cannot be spoken to over TLS" in error.message
    assert "kibana.ca_file" in error.remedy
    file = configured(tmp_path, sealed.base, 'ca_file = "ca.pem"\n')
    assert CliRunner().invoke(app, ["dashboards", "apply", "--config", str(file)]).exit_code == 0


# ── what we were told ─────────────────────────────────────────────────────────────────────
def test_without_a_kibana_in_the_configuration_it_says_what_to_add(tmp_path: Path) -> None:
    file = tmp_path / "corrillo.toml"
    file.write_text('[[institution]]\nid = "town"\nname = "Benialba"\n', "utf-8")
    for command in ("apply", "diff", "delete", "open"):
        assert "add: [kibana] url" in refused(file, command).remedy


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--lang", "pt"], "--lang 'pt'"),
        (["--space", "La Prensa"], "--space 'La Prensa'"),
        (["--space", "prensa\n"], "cannot be a space"),
    ],
)
def test_a_wrong_option_is_named_before_anything_is_asked(
    kibana: FakeKibana, tmp_path: Path, options: list[str], said: str
) -> None:
    error = refused(configured(tmp_path, kibana.base), "apply", *options)
    assert isinstance(error, ConfigError)
    assert said in error.message
    assert not kibana.asked


def test_a_user_without_a_password_is_said_before_anything_is_asked(kibana: FakeKibana, tmp_path: Path) -> None:
    error = refused(configured(tmp_path, kibana.base, 'user = "marta"\n'))
    assert isinstance(error, SecretMissing)
    assert "CORRILLO_KIBANA_PASSWORD" in error.remedy
    assert not kibana.asked


def test_a_dashboard_that_there_is_not_and_a_file_that_cannot_be_written(kibana: FakeKibana, tmp_path: Path) -> None:
    file = configured(tmp_path, kibana.base)
    assert "no dashboard is called 'bolsa'" in refused(file, "open", "bolsa").message
    assert "cannot be written" in refused(file, "export", str(tmp_path / "no" / "x.ndjson")).message


@pytest.mark.parametrize(
    "more", ['space = "La Prensa"', 'languages = ["pt"]', "languages = []", 'password = "x"', "timeout = 0"]
)
def test_a_wrong_key_of_the_configuration_is_named(tmp_path: Path, more: str) -> None:
    with pytest.raises(ConfigError, match=f"kibana.{more.split()[0]}"):
        load(configured(tmp_path, "http://localhost:5601", more))


def test_an_address_with_a_password_in_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the user under user"):
        load(configured(tmp_path, "http://marta:x@localhost:5601"))


# ── doctor ────────────────────────────────────────────────────────────────────────────────
def found(file: Path) -> dict[str, Finding]:
    """What doctor finds at Kibana."""
    return {finding.what: finding for finding in servers(load(file))}


def test_doctor_says_what_is_there_and_what_to_do(kibana: FakeKibana, tmp_path: Path) -> None:
    file = configured(tmp_path, kibana.base, 'languages = ["es", "en"]\n')
    before = found(file)
    assert before["Kibana"] == Finding(
        "Kibana", True, f"{kibana.base}: Kibana 8.12.2, available", "see its log: it says what it waits for"
    )
    missing = before["Kibana dashboards (en)"]
    assert (missing.ok, missing.said, missing.remedy) == (False, "are not there", "corrillo dashboards apply")
    CliRunner().invoke(app, ["dashboards", "apply", "--lang", "es", "--config", str(file)])
    kibana.edit(("dashboard", "corrillo-who-waits-es"), {"title": "Otra"})
    after = found(file)
    assert (after["Kibana dashboards (es)"].ok, after["Kibana dashboards (en)"].ok) == (True, False)
    assert "1 edited by somebody: corrillo dashboards diff" in after["Kibana dashboards (es)"].said


def test_doctor_does_not_mind_that_a_worker_has_no_user_at_kibana(kibana: FakeKibana, tmp_path: Path) -> None:
    """Only ``corrillo dashboards`` needs one; a user that is named and refused is a fault."""
    kibana.trouble = Said({"message": "missing authentication"}, 401)
    (nobody,) = found(configured(tmp_path, kibana.base)).values()
    assert nobody.ok
    assert "kibana.user" in nobody.said
    (tmp_path / "kibana.password").write_text("not hers", "ascii")
    (tmp_path / "kibana.password").chmod(0o600)
    (wrong,) = found(configured(tmp_path, kibana.base, 'user = "marta"\npassword_file = "kibana.password"\n')).values()
    assert (wrong.ok, "does not know the user" in wrong.said) == (False, True)


def test_doctor_sees_what_an_older_version_has_put_there(kibana: FakeKibana, tmp_path: Path) -> None:
    file = configured(tmp_path, kibana.base)
    CliRunner().invoke(app, ["dashboards", "apply", "--config", str(file)])
    del kibana.objects()["dashboard", "corrillo-who-waits-es"]
    finding = found(configured(tmp_path, kibana.base, '[page]\npublic_url = "https://corrillo.example/"\n'))
    said = finding["Kibana dashboards (es)"].said
    assert not finding["Kibana dashboards (es)"].ok
    assert said.startswith("1 missing, ")
    assert "of an older version" in said


@pytest.mark.parametrize(
    ("version", "level", "ok", "said"),
    [
        ("8.11.4", "available", False, "is Kibana 8.11.4"),
        ("8.12.0", "degraded", True, "degraded"),
        ("10.0.0", "available", True, "Kibana 10.0.0"),
        ("", "available", True, "does not say its version"),
        ("9.5.0", "unavailable", False, "All services are unavailable"),
    ],
)
def test_doctor_knows_a_kibana_that_is_too_old_or_not_well(
    kibana: FakeKibana, tmp_path: Path, version: str, level: str, ok: bool, said: str
) -> None:
    kibana.version, kibana.level = version, level
    finding = found(configured(tmp_path, kibana.base))["Kibana"]
    assert (finding.ok, said in finding.said) == (ok, True)
    assert ok or finding.remedy


def test_doctor_says_when_the_space_is_not_there(kibana: FakeKibana, tmp_path: Path) -> None:
    finding = found(configured(tmp_path, kibana.base, 'space = "prensa"\n'))["Kibana space"]
    assert (finding.ok, "--make-space" in finding.remedy) == (False, True)
