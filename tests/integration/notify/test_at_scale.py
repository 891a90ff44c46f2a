"""The same on Kafka: incidents from their topic, deliveries in a topic of their own, people in Elasticsearch."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from corrillo.alerts import Incident
from corrillo.messages import encode, headers
from ingest.kafka.connection import Broker
from ingest.kafka.patience import Patience
from ingest.kafka.transaction import Line, Record
from tests.faults.town import Servers, Town
from tests.integration.notify.house import address, incident, somebody, then
from tests.integration.notify.mail import MailServer
from tests.processes import until
from tests.services import ElasticsearchServer, KafkaServer

PEOPLE, KILLS = 40, 1
TELLING = """
[notify]
from = "Corrillo <corrillo@valdeprado.example>"
smtp = "{mail}"
smtp_security = "none"

[page]
public_url = "https://corrillo.valdeprado.example"

[[subscriber]]
id = "marta"
name = "Marta"
ways = ["marta@valdeprado.example"]
"""


@pytest.fixture
def town(
    kafka_server: KafkaServer, elasticsearch_server: ElasticsearchServer, mail: MailServer, tmp_path: Path
) -> Iterator[Town]:
    at = elasticsearch_server
    made = Town(
        tmp_path, Servers(kafka_server.bootstrap, at.url, at.user, at.password), f"notify-{secrets.token_hex(4)}"
    )
    with (tmp_path / "corrillo.toml").open("a", encoding="utf-8") as file:
        file.write(TELLING.format(mail=mail.address))
    try:
        made.set_up()
        yield made
    finally:
        made.corrillo.end()


def detect(town: Town, incidents: Sequence[Incident]) -> None:
    """Publish incidents as detection does; no store holds them."""
    assert town.settings.kafka
    broker, topic = Broker(town.settings.kafka), town.topics.alerts.name
    line = Line(broker, secrets.token_hex(4), Patience().trouble(""), lambda: datetime.now(UTC))
    with closing(line):
        line.publish([Record(topic, i.id, encode(i), headers("test")) for i in incidents])


def of(town: Town, who: str) -> list[str]:
    """What stands on Kafka of what somebody was told."""
    newest = dict(town.read(town.topics.outbox))
    return [key for key, value in newest.items() if value and f'"subscriber":"{who}"'.encode() in value]


def test_everybody_is_told_once_of_what_stands_on_kafka_whatever_is_killed(town: Town, mail: MailServer) -> None:
    """But for what was being handed over. The log in the store says who was told what; who is removed is gone from Kafka, too."""
    now = datetime.now(UTC)
    with town.store() as store:
        for number in range(PEOPLE):
            store.subscribe(somebody(f"p{number}", now=now))
        fire = incident("fire", now, "crisis")
        detect(town, [fire, incident("noise", now, "warning", "noise")])
        for kill in range(KILLS):
            process = town.corrillo.start("notify", "--port", 0, log=f"notify-{kill}")
            enough = PEOPLE * kill // KILLS + 1
            until(
                lambda enough=enough: len(mail.letters) >= enough,
                lambda kill=kill: town.log(f"notify-{kill}")[-2000:],
            )
            process.kill()
            process.wait()
        process = town.corrillo.start("notify", "--port", 0, log="notify")
        everybody = {*(f"p{n}" for n in range(PEOPLE)), "marta"}
        until(
            lambda: {d.subscriber for d in store.deliveries(limit=500) if d.sent} == everybody,
            lambda: town.log("notify")[-2000:],
        )
        letters = Counter(letter.identity for letter in mail.letters)
        assert {letter.recipient for letter in mail.letters} == {address(one) for one in everybody}
        assert len(letters) == len(everybody)
        assert letters.total() - len(letters) <= KILLS * 18, "no more than are in hand are repeated"
        detect(town, [then(fire, datetime.now(UTC))])
        until(lambda: len(mail.sent_to(address("marta"))) >= 2, lambda: town.log("notify")[-2000:])
        town.corrillo("subscribe", "remove", "p0", "--yes")
        until(lambda: not of(town, "p0"), lambda: str(of(town, "p0")))
        assert of(town, "marta")
        process.terminate()
        assert process.wait(60) == 0
        assert "Traceback" not in town.log("notify")
