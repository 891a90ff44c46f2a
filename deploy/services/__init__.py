"""Real Kafka and real Elasticsearch as processes of this machine, without a container engine.

For tests, fault tests, benchmarks and developers. ``python -m deploy.services fetch`` brings the servers once;
``Kafka`` and ``Elasticsearch`` start, stop, kill, suspend and restart them. All of them raise ``ServiceError``.
"""

from deploy.services.elasticsearch import Elasticsearch
from deploy.services.errors import ServiceError
from deploy.services.kafka import Kafka
from deploy.services.maven import fetch

__all__ = ["Elasticsearch", "Kafka", "ServiceError", "fetch"]
