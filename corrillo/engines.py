"""What the configuration says of the servers that Corrillo can run on: Kafka, Elasticsearch, Kibana."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from corrillo.institution import Strict
from corrillo.secrets import secret

KAFKA_PASSWORD = "CORRILLO_KAFKA_PASSWORD"  # noqa: S105 - the name of a variable
ELASTICSEARCH_PASSWORD = "CORRILLO_ELASTICSEARCH_PASSWORD"  # noqa: S105 - the name of a variable
"""Environment variables that win over the files; passwords never stand in corrillo.toml."""
ELASTICSEARCH_USER = "CORRILLO_ELASTICSEARCH_USER"
"""Wins over elasticsearch.user, so that processes with one configuration may differ in what they may do."""
KIBANA_PASSWORD = "CORRILLO_KIBANA_PASSWORD"  # noqa: S105 - the name of a variable
KIBANA_USER = "CORRILLO_KIBANA_USER"
"""The same for Kibana."""

Prefix = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,40}$")]
Count = Annotated[int, Field(ge=1, le=1000, strict=True)]


class KafkaSettings(Strict):
    """The brokers, and how topics are laid out when ``corrillo setup kafka`` makes them.

    ``partitions`` bounds how many workers can share the work, and is not changed afterwards: what
    belongs together must stay in one partition. ``retention_days`` is how long mentions stay in
    the topics; what is edited or deleted leaves them within a day. ``remember_days``: how long
    grouping and counting keep a mention in mind, which costs memory; never longer than the
    shortest ``retention_days`` of an institution.
    """

    servers: Annotated[tuple[str, ...], Field(min_length=1)]
    prefix: Prefix = "corrillo"
    partitions: Count = 4
    replication: Count = 1
    retention_days: Count = 7
    remember_days: Count = 90
    security: Literal["plaintext", "tls", "sasl_plaintext", "sasl_tls"] = "plaintext"
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    user: str = ""
    password_file: str = ""
    ca_file: str = ""

    @model_validator(mode="after")
    def _user_where_needed(self) -> KafkaSettings:
        if self.security.startswith("sasl") != bool(self.user):
            raise ValueError('a user goes with security = "sasl_tls" (or "sasl_plaintext"); name both or neither')
        return self


class ElasticsearchSettings(Strict):
    """The cluster in which mentions live; ``timeout`` in seconds, ``replicas`` of each index."""

    urls: Annotated[tuple[str, ...], Field(min_length=1)]
    prefix: Prefix = "corrillo"
    user: str = ""
    password_file: str = ""
    ca_file: str = ""
    replicas: Annotated[int, Field(ge=0, le=10, strict=True)] = 0
    timeout: Annotated[float, Field(gt=0)] = 30.0

    @model_validator(mode="after")
    def _addresses(self) -> ElasticsearchSettings:
        for url in self.urls:
            if not url.startswith(("http://", "https://")) or "@" in url:
                raise ValueError(f"{url!r} is no address; write https://host:9200, and the user under user")
        return self


class KibanaSettings(Strict):
    """The Kibana that gets the dashboards; ``timeout`` in seconds.

    ``public_url`` is the address under which people reach it, where that is another one. ``space``: ''
    is Kibana's default one. ``languages`` of the dashboards that are put there, side by side.
    """

    url: str
    public_url: str = ""
    space: Annotated[str, Field(pattern=r"^[a-z0-9_-]{0,60}$")] = ""
    languages: Annotated[tuple[Literal["es", "en"], ...], Field(min_length=1)] = ("es",)
    user: str = ""
    password_file: str = ""
    ca_file: str = ""
    timeout: Annotated[float, Field(gt=0)] = 60.0

    @model_validator(mode="after")
    def _addresses(self) -> KibanaSettings:
        for url in (self.url, self.public_url or self.url):
            if not url.startswith(("http://", "https://")) or "@" in url:
                raise ValueError(f"{url!r} is no address; write https://host:5601, and the user under user")
        return self


@dataclass(frozen=True)
class Access:
    """How to get into a server: paths are absolute, '' where there is none."""

    user: str = ""
    password: str = ""
    ca_file: str = ""


def access(
    settings: KafkaSettings | ElasticsearchSettings | KibanaSettings,
    folder: Path,
    environment: Mapping[str, str],
    variable: str,
) -> Access:
    """The way in that the settings name. Raises SecretMissing when there is a user and no password."""
    ca_file = str(folder / settings.ca_file) if settings.ca_file else ""
    if not settings.user:
        return Access(ca_file=ca_file)
    file = folder / settings.password_file if settings.password_file else None
    return Access(settings.user, secret(environment, variable, file, f"the password of {settings.user!r}"), ca_file)
