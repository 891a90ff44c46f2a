"""kafka-python's errors in our words: what waiting mends, what only a person can, and what to do."""

from __future__ import annotations

import ssl

import pytest
from kafka import errors as kafka

from corrillo.errors import BrokerError, BrokerRefused
from ingest.kafka.trouble import Overtaken, explained

SERVERS = ("one:9092", "two:9092")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (kafka.NotEnoughReplicasError(), "too few replicas in step"),
        (kafka.NotEnoughReplicasAfterAppendError(), "too few replicas in step"),
        (kafka.KafkaStorageError(), "cannot write to its disk"),
        (kafka.NotLeaderForPartitionError(), "no leader for a partition"),
        (kafka.LeaderNotAvailableError(), "no leader for a partition"),
        (kafka.KafkaTimeoutError("Batch expired"), "does not answer"),
        (kafka.KafkaConnectionError("DNS Resolution failure"), "does not answer (DNS Resolution failure)"),
        (kafka.ThrottlingQuotaExceededError(), "a quota is used up"),
    ],
    ids=lambda given: type(given).__name__ if isinstance(given, Exception) else "",
)
def test_what_passes_by_itself_is_waited_for(error, said):
    found = explained(error, SERVERS)
    assert type(found) is BrokerError
    assert found.message.startswith("Kafka at one:9092, two:9092 ")
    assert said in found.message
    assert "goes on by itself" in found.remedy


@pytest.mark.parametrize(
    ("error", "said", "remedy"),
    [
        (kafka.SaslAuthenticationFailedError("no"), "does not let us in", "password_file"),
        (kafka.UnsupportedSaslMechanismError(), "does not let us in", "mechanism"),
        (kafka.TopicAuthorizationFailedError("mentions"), "does not allow that", "transactional ids"),
        (kafka.TransactionalIdAuthorizationFailedError(), "does not allow that", "transactional ids"),
        (kafka.UnknownTopicOrPartitionError(), "does not have the topic", "corrillo setup kafka"),
        (kafka.InvalidTimestampError(), "differ by more than an hour", "set both clocks"),
        (kafka.InvalidRecordError("the timestamp is off"), "differ by more than an hour", "set both clocks"),
        (kafka.UnsupportedVersionError(), "of a version that we cannot use", "3.7"),
        (kafka.PolicyViolationError(), "rules of its own", "ask who runs it"),
    ],
    ids=lambda given: type(given).__name__ if isinstance(given, Exception) else "",
)
def test_what_only_a_person_can_mend_is_refused_with_what_to_do(error, said, remedy):
    found = explained(error, SERVERS)
    assert isinstance(found, BrokerRefused)
    assert said in found.message
    assert remedy in found.remedy


@pytest.mark.parametrize("error", [kafka.ProducerFencedError(), kafka.InvalidProducerEpochError()])
def test_a_producer_that_was_fenced_is_overtaken(error):
    assert isinstance(explained(error, SERVERS), Overtaken)


def test_a_certificate_that_is_not_trusted_is_no_broker_that_is_away():
    wrong = ssl.SSLCertVerificationError(1, "certificate verify failed")
    wrong.verify_message = "self-signed certificate"
    error = kafka.KafkaConnectionError("Handshake failed")
    error.__context__ = wrong
    found = explained(error, SERVERS)
    assert isinstance(found, BrokerRefused)
    assert "certificate that we do not trust (self-signed certificate)" in found.message
    assert "ca_file" in found.remedy


def test_what_nobody_foresaw_is_tried_again_and_named():
    found = explained(ValueError("odd"), SERVERS)
    assert type(found) is BrokerError
    assert "ValueError: odd" in found.message


def test_what_is_in_our_words_already_stays():
    known = BrokerRefused("a", "b")
    assert explained(known, SERVERS) is known
