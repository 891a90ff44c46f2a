"""Why no connection comes about: kafka-python writes it into its log, and raises no more than "time is up"."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable
from typing import Any, TypeVar

from kafka.errors import KafkaTimeoutError, RetriableError

C = TypeVar("C")

_everything = logging.getLogger("kafka")
_connecting = logging.getLogger("kafka.net.manager")


def opened(kind: Callable[..., C], **settings: Any) -> C:
    """A client of that kind, connected. Raises what kept it from connecting, as kafka-python's own error."""
    _everything.propagate, _everything.handlers = False, [logging.NullHandler()]  # people are told by us, once
    heard = _Heard()
    _connecting.addHandler(heard)
    try:
        return kind(**settings)
    except KafkaTimeoutError as error:
        heard.errors.append(error)
    finally:
        _connecting.removeHandler(heard)
    raise min(heard.errors, key=_telling)


def _telling(error: Exception) -> int:
    """How little an error tells: what passes by itself comes after what does not, and "time is up" last."""
    if isinstance(error, KafkaTimeoutError):
        return 3
    return 0 if isinstance(error.__context__, ssl.SSLError) else 2 if isinstance(error, RetriableError) else 1


class _Heard(logging.Handler):
    """Keeps the errors that are logged."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[Exception] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Take the errors out of a record."""
        given = record.args if isinstance(record.args, tuple) else ()
        self.errors += [a for a in given if isinstance(a, Exception)]
