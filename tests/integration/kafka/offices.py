"""What the processes of ``test_outbox`` do; a module of its own, for a spawned process imports it."""

from __future__ import annotations

import os
import signal

from corrillo.messages import encode, headers
from corrillo.testing.mentions import NOW
from corrillo.testing.notices import a_delivery, sent
from ingest.kafka.connection import Broker
from ingest.kafka.outbox import OFFICE, KafkaOutbox
from ingest.kafka.transaction import Record


def die_keeping(settings):
    """Keep one delivery, then kill the process when the next ones are at Kafka and not yet committed."""
    outbox = KafkaOutbox(Broker(settings), lambda: NOW)
    outbox.claim()
    outbox.keep([a_delivery("1", state="sending")])
    begun = [sent(a_delivery("1")), a_delivery("2")]
    outbox._sat().begin([Record(outbox._topic, d.id, encode(d), headers(OFFICE)) for d in begun])
    os.kill(os.getpid(), signal.SIGKILL)
