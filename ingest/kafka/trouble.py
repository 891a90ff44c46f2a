"""What kafka-python's errors mean: what happened at which Kafka, what to do, and whether waiting helps."""

from __future__ import annotations

import ssl
from collections.abc import Iterable

from kafka import errors as kafka

from corrillo.errors import BrokerError, BrokerRefused

SETUP = "corrillo setup kafka"


class Overtaken(BrokerError):
    """Kafka takes nothing more from this producer: another one has begun, or its transaction took too long."""


class Moved(BrokerError):
    """Another ingestor has read the source on while we could not publish: what we hold is out of date."""


class TooLarge(BrokerError):
    """Kafka does not take records of that size; ``places``: which of the transaction's."""

    def __init__(self, message: str, places: tuple[int, ...]) -> None:
        super().__init__(message, "raise max.message.bytes of the topic")
        self.places = places


OVERTAKEN = (kafka.ProducerFencedError, kafka.InvalidProducerEpochError)
TOO_LARGE = (kafka.MessageSizeTooLargeError, kafka.RecordListTooLargeError)

_REFUSED: tuple[tuple[tuple[type[Exception], ...], str, str], ...] = (
    (
        (kafka.SaslAuthenticationFailedError, kafka.UnsupportedSaslMechanismError, kafka.IllegalSaslStateError),
        "does not let us in",
        "check user, mechanism and password_file under [kafka]",
    ),
    (
        (kafka.AuthorizationError,),
        "does not allow that",
        "let the user of [kafka] read and write the topics and use the transactional ids that begin with its prefix",
    ),
    (
        (kafka.UnknownTopicOrPartitionError, kafka.InvalidTopicError),
        "does not have the topic",
        f"make what is missing with: {SETUP}",
    ),
    (
        (kafka.InvalidTimestampError,),
        "refuses our time: the clocks of this machine and of Kafka's differ by more than an hour",
        "set both clocks (chrony, systemd-timesyncd)",
    ),
    (
        (kafka.IncompatibleBrokerVersion, kafka.UnsupportedVersionError, kafka.UnrecognizedBrokerVersion),
        "is of a version that we cannot use",
        "use Kafka 3.7 or later",
    ),
    (
        (kafka.InvalidReplicationFactorError,),
        "has fewer brokers than a topic is to have replicas",
        "lower replication under [kafka], or start more brokers",
    ),
    (
        (kafka.PolicyViolationError, kafka.InvalidConfigurationError),
        "has rules of its own against it",
        "ask who runs it, or make the topics there by hand",
    ),
)
_PASSING: tuple[tuple[tuple[type[Exception], ...], str, str], ...] = (
    (
        (kafka.NotEnoughReplicasError, kafka.NotEnoughReplicasAfterAppendError),
        "has too few replicas in step to take anything",
        "start the brokers that are away; it goes on by itself",
    ),
    (
        (kafka.KafkaStorageError, kafka.LogDirNotFoundError),
        "cannot write to its disk",
        "free some space there, or mend the disk; it goes on by itself",
    ),
    (
        (kafka.ThrottlingQuotaExceededError,),
        "slows us down: a quota is used up",
        "raise the quota of the user of [kafka]; it goes on by itself",
    ),
    (
        (kafka.NotLeaderForPartitionError, kafka.LeaderNotAvailableError, kafka.FencedLeaderEpochError),
        "has no leader for a partition at the moment",
        "it goes on by itself; if it does not, look at the brokers",
    ),
    (
        (kafka.InvalidMetadataError, kafka.KafkaTimeoutError, kafka.RequestTimedOutError, kafka.NodeNotReadyError),
        "does not answer",
        "start it, or mend servers and security under [kafka]; it goes on by itself",
    ),
)


def explained(error: Exception, servers: Iterable[str]) -> BrokerError:
    """``error`` in our words; what is a BrokerError already stays as it is."""
    if isinstance(error, BrokerError):
        return error
    place = f"Kafka at {', '.join(servers)}"
    if isinstance(error, kafka.InvalidRecordError) and "timestamp" in str(error):
        error = kafka.InvalidTimestampError(*error.args)  # so it is called when several records have the same fault
    if isinstance(error, OVERTAKEN):
        return Overtaken(f"{place} takes nothing more from this producer", "")
    if isinstance(error.__context__, ssl.SSLCertVerificationError):
        said = error.__context__.verify_message
        return BrokerRefused(
            f"{place} shows a certificate that we do not trust ({said})",
            "name its authority's certificate with ca_file, and servers as the certificate does, under [kafka]",
        )
    for kinds, said, remedy in _REFUSED:
        if isinstance(error, kinds):
            return BrokerRefused(f"{place} {said} ({_detail(error)})", remedy)
    for kinds, said, remedy in _PASSING:
        if isinstance(error, kinds):
            return BrokerError(f"{place} {said}{_how(error)}", remedy)
    return BrokerError(f"{place}: {_detail(error)}", "look at Kafka's log; it is tried again")


def _how(error: Exception) -> str:
    """How a connection failed: nobody there, no such name, no TLS."""
    return f" ({error.args[0]})" if isinstance(error, kafka.KafkaConnectionError) and error.args else ""


def _detail(error: Exception) -> str:
    said = ", ".join(str(a) for a in error.args if a)
    return f"{type(error).__name__}{': ' if said else ''}{said}"
