"""``python -m deploy.services fetch`` and ``run``: the servers, for people."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from deploy.services import Elasticsearch, Kafka, ServiceError, fetch
from deploy.services.maven import HOME


def main() -> int:
    """Do what the command line says; 1 and one sentence on standard error if it cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m deploy.services", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("fetch", help="bring both servers from Maven Central, once")
    run = commands.add_parser("run", help="run both until Ctrl-C")
    run.add_argument("--kafka-port", type=int, default=9092)
    run.add_argument("--elasticsearch-port", type=int, default=9200)
    run.add_argument("--folder", type=Path, default=HOME / "data", help="where their data stand")
    given = parser.parse_args()
    try:
        fetch()
        if given.command == "run":
            _run(given.folder, given.kafka_port, given.elasticsearch_port)
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print()
    return 0


def _run(folder: Path, kafka_port: int, elasticsearch_port: int) -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print("Starting both …", flush=True)
    with (
        Kafka(folder / "kafka", kafka_port) as kafka,
        Elasticsearch(folder / "elasticsearch", elasticsearch_port) as elasticsearch,
    ):
        print(f"Kafka:         {kafka.bootstrap}")
        print(
            f"Elasticsearch: {elasticsearch.url} user {elasticsearch.user}, password in {elasticsearch.password_file}"
        )
        print("Ctrl-C ends both.", flush=True)
        signal.pause()


if __name__ == "__main__":
    sys.exit(main())
