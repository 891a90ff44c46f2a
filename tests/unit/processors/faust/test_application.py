"""How the workers get into Kafka."""

from __future__ import annotations

import ssl

import pytest

from corrillo.engines import Access, KafkaSettings
from processors.faust.application import application
from processors.faust.brokers import Brokers

HERE = ("127.0.0.1:1",)
LOGIN = Access("worker", "secret")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Where an application would put files."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def brokers(access=LOGIN, **given):
    """Brokers that are not there."""
    return Brokers(KafkaSettings(servers=HERE, **given), access)


def test_without_a_user_and_without_tls_nothing_is_said_of_either():
    """One machine, nobody else on it."""
    client = brokers(Access()).client()
    assert client == {"bootstrap_servers": [*HERE], "ssl_context": None, "security_protocol": "PLAINTEXT"}


@pytest.mark.parametrize(("security", "protocol"), [("sasl_plaintext", "SASL_PLAINTEXT"), ("sasl_tls", "SASL_SSL")])
def test_a_user_is_named_to_both_clients(security, protocol):
    """To the one that publishes, and to Faust's; by the mechanism that the settings name."""
    given = brokers(security=security, user="worker")
    client = given.client()
    assert (client["security_protocol"], client["sasl_mechanism"]) == (protocol, "SCRAM-SHA-512")
    assert (client["sasl_plain_username"], client["sasl_plain_password"]) == ("worker", "secret")
    credentials = application(given, "one").conf.broker_credentials
    assert (credentials.username, credentials.password, credentials.mechanism.value) == (
        "worker",
        "secret",
        "SCRAM-SHA-512",
    )
    assert credentials.protocol.value == protocol


@pytest.mark.parametrize(("security", "user"), [("tls", ""), ("sasl_tls", "worker")])
def test_certificates_are_verified(security, user):
    """Always, and for the host that was named."""
    given = brokers(LOGIN if user else Access(), security=security, user=user)
    theirs = application(given, "one").conf.broker_credentials
    for context in (given.client()["ssl_context"], theirs.ssl_context if user else theirs.context):
        assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_a_worker_keeps_its_name_in_the_group():
    """So that it takes up its partitions at once when it comes back; nobody follows what it remembers."""
    conf = application(brokers(Access()), "one").conf
    assert (conf.consumer_group_instance_id, conf.table_standby_replicas) == ("one", 0)
