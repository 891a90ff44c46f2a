"""Logs: one line an event, as text or as JSON, that never hold what a post says or who wrote it.

Ours say events and fields; of a field only the names in FIELDS get through, so that a forgotten
``extra={"text": …}`` is no leak. What foreign libraries say may hold a message of a topic or a
document: only their templates, numbers and single words get through, and of an exception its class
and where it was raised. Our own errors are written for people to read: those are said.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from pathlib import PurePath
from types import TracebackType
from typing import Literal, TextIO

from corrillo.errors import CorrilloError, without_secrets

OURS = ("corrillo", "ingest", "processors", "stores", "dashboards")
FAUST = "processors.faust"
"""What is derived from Faust's classes there speaks under our name, and says what Faust says."""
FIELDS = (
    "source", "network", "step", "topic", "partition", "offset", "group", "institution", "id", "count", "seen", "kept",
    "new", "rejected", "attempt", "seconds", "kind", "error", "remedy", "at", "port", "address", "version",
)  # fmt: skip
"""What may stand beside an event: names out of the configuration and the code, ids, numbers, messages of ours."""
_PLAIN = re.compile(r"[^\s'\"{}]{1,100}")
"""One word: a host, a topic, a group; never a sentence."""
_PREVIEW = re.compile(r"Preview of field's value: '.*", re.DOTALL)
"""Elasticsearch repeats what it could not read."""
_QUOTED = re.compile(r"""(?<!\w)(['"])((?:\\.|(?!\1).)*)\1""", re.DOTALL)
_NAME = re.compile(r"[\w.:/*+-]{0,100}")
"""Errors of ours quote names out of the configuration, but also how an answer begins that is no feed."""


def set_up(kind: Literal["text", "json"], stream: TextIO | None = None) -> None:
    """From now on everything is logged that way, to ``stream`` (default: standard error); also what ends the process."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if kind == "json" else TextLines())
    handler.addFilter(lambda record: is_ours(record.name) or record.levelno >= logging.WARNING)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.lastResort = handler  # elastic_transport's own logger does not propagate once it is imported
    for other in logging.Logger.manager.loggerDict.values():
        if isinstance(other, logging.Logger):
            other.handlers.clear()
            other.propagate = True
    logging.disable(logging.DEBUG)  # building records that nobody reads costs Faust a fifth of its time
    sys.excepthook = _ended
    threading.excepthook = lambda args: _said("a thread ended", args.exc_type, args.exc_value, args.exc_traceback)


def is_ours(logger: str) -> bool:
    """Whether the house itself speaks under that name."""
    return logger.partition(".")[0] in OURS and not logger.startswith(FAUST)


class JsonLines(logging.Formatter):
    """{"ts", "level", "logger", "event", …fields}: one object a line."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "ts": _time(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": event(record),
            **fields(record),
        }
        return json.dumps(told, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """``time level logger: event field=value …``: one line."""

    def format(self, record: logging.LogRecord) -> str:
        beside = "".join(f" {name}={_quoted(value)}" for name, value in fields(record).items())
        said = event(record).replace("\n", " ")
        return f"{_time(record.created)} {record.levelname.lower():7} {record.name}: {said}{beside}"


def event(record: logging.LogRecord) -> str:
    """What happened: as it is said by us, or without its values when others say it."""
    if is_ours(record.name):
        return clean(record.getMessage())
    if not isinstance(record.msg, str):
        return type(record.msg).__name__
    try:
        return clean(record.msg % _plain_args(record.args) if record.args else record.msg)
    except (TypeError, ValueError, KeyError):
        return clean(record.msg)


def fields(record: logging.LogRecord) -> dict[str, str | int | float | bool]:
    """What is known beside the event; what an exception was, and where."""
    found = {
        name: clean(value) if isinstance(value, str) else value
        for name in FIELDS
        if isinstance(value := getattr(record, name, None), str | int | float)
    }
    return {**found, **(failure(record.exc_info[1]) if record.exc_info and record.exc_info[1] else {})}


def failure(error: BaseException) -> dict[str, str]:
    """Class and place of an exception; what it says only when it is one of ours."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    where = " < ".join(f"{PurePath(f.filename).name}:{f.lineno}" for f in reversed(frames))
    ours = f": {' '.join(clean(str(error)).split())}" if isinstance(error, CorrilloError) else ""
    return {"error": f"{type(error).__name__}{ours}", **({"at": where} if where else {})}


def clean(text: str) -> str:
    """Without credentials and parameters in addresses, without repeated documents; of quotations only names."""
    said = _PREVIEW.sub("Preview of field's value: …", without_secrets(text))
    return _QUOTED.sub(lambda quoted: quoted[0] if _NAME.fullmatch(quoted[2]) else "'…'", said)


def _plain_args(args: Mapping[str, object] | tuple[object, ...]) -> dict[str, object] | tuple[object, ...]:
    if isinstance(args, Mapping):
        return {name: _plain(value) for name, value in args.items()}
    return tuple(_plain(value) for value in args)


def _plain(value: object) -> object:
    if isinstance(value, int | float):
        return value
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) else "…"
    return type(value).__name__


def _quoted(value: object) -> str:
    text = str(value)
    return text if re.fullmatch(r"[^\s\"=]+", text) else json.dumps(text, ensure_ascii=False)


def _time(seconds: float) -> str:
    """In UTC, to the millisecond."""
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{int(seconds % 1 * 1000):03d}Z"


def _ended(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    _said("the process ends", kind, error, trace)


def _said(what: str, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if error is not None:
        logging.getLogger("corrillo").critical(what, exc_info=(kind, error, trace))
