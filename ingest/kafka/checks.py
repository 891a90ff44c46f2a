"""What ``corrillo doctor`` looks at in Kafka; nothing that readers could see is published."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from corrillo.errors import CorrilloError
from corrillo.findings import Finding
from corrillo.model import milliseconds
from corrillo.ports import Clock
from corrillo.topics import topics
from ingest.kafka.connection import Broker
from ingest.kafka.layout import differences
from ingest.kafka.patience import Patience
from ingest.kafka.records import Writer
from ingest.kafka.transaction import Line

OLDEST = (3, 7)
APART_MS = 60_000
"""Between Kafka's clock and ours; from an hour on Kafka refuses what comes from the future."""


def check(broker: Broker, clock: Clock) -> Iterator[Finding]:
    """Everything worth knowing before it goes wrong. Never raises: a Kafka that is away is a finding."""
    try:
        yield _brokers(broker)
        found = differences(broker)
    except CorrilloError as error:
        yield Finding("Kafka", False, error.message, error.remedy)
        return
    wrong = [f for f in found if not f.ok]
    yield from wrong
    if not wrong:
        yield Finding("Kafka's topics", True, f"{len(found)} under {broker.settings.prefix!r}")
        yield _tried("Kafka's clock", lambda: _clock(broker, clock))


def _tried(what: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except CorrilloError as error:
        return Finding(what, False, error.message, error.remedy)


def _brokers(broker: Broker) -> Finding:
    with broker.admin() as admin:
        brokers = admin.describe_cluster()["brokers"]
        ids = [b["broker_id"] for b in brokers if not b.get("is_fenced")]
        versions = sorted({tuple(admin.get_broker_version_data(i).broker_version) for i in ids})
    said = f"{len(ids)} of {len(brokers)} brokers, {', '.join('.'.join(map(str, v)) for v in versions)}"
    if versions[0] < OLDEST:
        return Finding("Kafka", False, said, "use Kafka 3.7 or later")
    if len(ids) < len(brokers) or len(ids) < broker.settings.replication:
        return Finding("Kafka", False, said, "start the brokers that are away, or lower replication under [kafka]")
    return Finding("Kafka", True, said)


def _clock(broker: Broker, clock: Clock) -> Finding:
    """Kafka notes when a transaction began; ours is given up again, and nobody sees its record."""
    name = f"{broker.settings.prefix}.doctor"
    trouble = Patience().trouble("")
    line = Line(broker, name, trouble, clock)
    try:
        line.begin([Writer(topics(broker.settings), "doctor").cursor("doctor", None)])
        ours = milliseconds(clock())
        with broker.admin() as admin:
            theirs = admin.describe_transactions([name])[name].transaction_start_time_ms
    finally:
        line.close()
        Line(broker, name, trouble, clock).close()
    apart = abs(theirs - ours)
    return Finding(
        "Kafka's clock",
        apart <= APART_MS,
        f"{apart // 1000} s from ours",
        "set both by NTP: Kafka refuses what is dated more than an hour ahead, and retention goes by the time",
    )
