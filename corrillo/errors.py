"""What can go wrong, as a tree.

CorrilloError              says what happened and what to do about it
├── ConfigError            a key or a value of corrillo.toml, or an option of a command
├── SecretMissing          a secret that is given by environment or file is not there
├── MissingExtra           an optional package is not installed
├── SourceError            a network did not give what was asked
│   ├── SourceUnavailable  it may work later: no connection, 5xx, rate limit (``retry_after`` seconds)
│   └── SourceRefused      it will not work until a person acts: 401, 403, 404, not a feed
├── ParseError             one item that cannot be understood: it goes to quarantine
│   └── MessageError       a message of a topic cannot be understood
├── StoreError             the store cannot be used: locked, newer, damaged, full
└── BrokerError            Kafka cannot be used
    ├── BrokerRefused      it will not work until a person acts: no right, no topic, a newer schema
    └── Fenced             another process has taken over: this one must end
"""

from __future__ import annotations

import re
from collections.abc import Mapping


class CorrilloError(Exception):
    """Something a person can act on: ``message`` says what, ``remedy`` what to do."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n  → {self.remedy}" if self.remedy else self.message


class ConfigError(CorrilloError):
    """A wrong key or value in the configuration, or a wrong option."""


class SecretMissing(ConfigError):
    """A secret is neither in the environment nor in the file that was named for it."""


class MissingExtra(CorrilloError):
    """An optional package that this command needs is not installed."""


def without_secrets(text: str) -> str:
    """``text`` in which addresses have lost their credentials and parameters."""
    return _PARAMETERS.sub(r"\1?…", _CREDENTIALS.sub(r"\1", text))


_CREDENTIALS = re.compile(r"(https?://)[^\s/@]*@")
_PARAMETERS = re.compile(r"(https?://[^\s?]*)\?[^\s]*?(?=:?\s|$)")


class SourceError(CorrilloError):
    """A network did not give what was asked of it.

    What it says is logged and shown: addresses in it lose their credentials and parameters.
    ``body`` and ``headers`` (lower-case names) are those of the answer that says no, where there was one:
    they are for the source to read, and are never shown.
    """

    body: bytes = b""
    headers: Mapping[str, str] = {}

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(without_secrets(message), remedy)


class SourceUnavailable(SourceError):
    """It may work later; ``retry_after`` is in seconds when the network named a wait."""

    def __init__(self, message: str, remedy: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, remedy)
        self.retry_after = retry_after


class SourceRefused(SourceError):
    """It will not work until a person changes something."""


class ParseError(CorrilloError):
    """One item of a source could not be understood."""


class StoreError(CorrilloError):
    """The store cannot be used: locked, of a newer version, damaged or full."""


class MessageError(ParseError):
    """A message of a topic could not be understood."""


class LaterSchema(MessageError):
    """A message of ours in a version that this Corrillo does not know yet."""


class BrokerError(CorrilloError):
    """Kafka cannot be used: away, refusing, full, or its topics are not there."""


class BrokerRefused(BrokerError):
    """Kafka will not do it until a person changes something: rights, topics, versions."""


class Fenced(BrokerError):
    """Another process has begun to publish for the same source; this one must end."""


def said(error: Exception) -> str:
    """What went wrong, in one line: our own words, or the kind of a foreign error before its own."""
    return str(error) if isinstance(error, CorrilloError | ValueError) else f"{type(error).__name__}: {error}"
