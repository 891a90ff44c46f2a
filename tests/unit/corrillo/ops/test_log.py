"""Logs say what happened, and never what a post says or who wrote it."""

from __future__ import annotations

import ast
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from corrillo.errors import SourceUnavailable, StoreError
from corrillo.ops.log import FIELDS, OURS, set_up

ROOT = Path(__file__).parents[4]
SAYS = "import logging; logging.getLogger('elastic_transport.node').error(ValueError('what a post says'))"
TEXT, AUTHOR = "La riuada ha entrat al mercat municipal", "~9f86d081884c7d65"


class Log:
    """What is logged, line by line."""

    def __init__(self) -> None:
        self.stream = StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def restored() -> Iterator[None]:
    """Logging as it was, after the test."""
    loggers = [logging.root, *(k for k in logging.root.manager.loggerDict.values() if isinstance(k, logging.Logger))]
    before = [(each, each.handlers[:], each.level, each.propagate) for each in loggers]
    hooks = (logging.lastResort, logging.root.manager.disable, sys.excepthook, threading.excepthook)
    yield
    for each, handlers, each.level, each.propagate in before:
        each.handlers[:] = handlers
    logging.lastResort, disabled, sys.excepthook, threading.excepthook = hooks
    logging.disable(disabled)


@pytest.fixture
def log(restored: None) -> Log:
    log = Log()
    set_up("json", log.stream)
    return log


def test_an_event_is_one_json_object_with_the_fields_that_are_known(log: Log) -> None:
    extra = {"source": "paper", "count": 3, "seconds": 0.5, "text": TEXT, "author": AUTHOR, "raw": TEXT, "value": TEXT}
    logging.getLogger("corrillo.ingest").info("published", extra=extra)
    [line] = log.lines
    assert line.pop("ts").endswith("Z")
    assert line == {
        "level": "info", "logger": "corrillo.ingest", "event": "published", "source": "paper", "count": 3, "seconds": 0.5,
    }  # fmt: skip


def test_a_field_of_a_structure_is_not_told(log: Log) -> None:
    """What stands in it nobody has looked at."""
    logging.getLogger("corrillo").info("seen", extra={"id": {"text": TEXT}, "at": [AUTHOR]})
    assert (TEXT in log.text, AUTHOR in log.text) == (False, False)


def test_no_field_is_named_after_what_people_write() -> None:
    assert not set(FIELDS) & {"text", "title", "author", "handle", "raw", "value", "message", "body", "url", "evidence"}


def test_text_is_one_line_an_event(restored: None) -> None:
    log = Log()
    set_up("text", log.stream)
    logging.getLogger("corrillo.work").warning("waits\nfor Kafka", extra={"step": "index", "error": "it is away"})
    assert log.text.endswith(' warning corrillo.work: waits for Kafka step=index error="it is away"\n')
    assert log.text.count("\n") == 1


def test_of_a_foreign_exception_only_its_class_and_place_are_told(log: Log) -> None:
    try:
        int(TEXT)
    except ValueError:
        logging.getLogger("corrillo.work").exception("a step failed", extra={"step": "enrich"})
    [line] = log.lines
    assert (line["error"], line["step"], TEXT in log.text) == ("ValueError", "enrich", False)
    assert line["at"].startswith("test_log.py:")


def test_our_own_errors_are_said_without_what_is_secret_in_them(log: Log) -> None:
    try:
        raise StoreError("http://elastic:secret@search:9200/x?key=k1 does not answer", "start it")
    except StoreError:
        logging.getLogger("corrillo").exception("waits")
    assert log.lines[0]["error"] == "StoreError: http://search:9200/x?… does not answer → start it"


def test_addresses_lose_credentials_and_parameters_everywhere(log: Log) -> None:
    error = SourceUnavailable("https://me:pw@forum.example/api?token=t0k3n: HTTP 500")
    logging.getLogger("ingest").warning("failing: %s", error.message, extra={"address": "https://a:b@c.example/?q=1"})
    assert [s for s in ("pw", "t0k3n", "a:b", "q=1") if s in log.text] == []


def test_a_document_that_elasticsearch_repeats_is_cut(log: Log) -> None:
    said = f"failed to parse field [likes] of type [integer]. Preview of field's value: '{TEXT}'"
    logging.getLogger("stores.elasticsearch").error("refused: %s", said, extra={"error": said})
    assert TEXT not in log.text
    assert "failed to parse field [likes]" in log.text


@pytest.mark.parametrize(
    "logger",
    [
        "faust.worker",
        "processors.faust.transport",
        "aiokafka.consumer",
        "kafka.conn",
        "elastic_transport.node",
        "httpx",
    ],
)
def test_others_are_heard_from_warnings_on_and_without_what_they_carry(log: Log, logger: str) -> None:
    other = logging.getLogger(logger)
    other.setLevel(logging.DEBUG)
    other.info("sending %s", TEXT)
    other.warning("%s:%d of %s failed %r: %s", "broker-0.example", 9092, TEXT, b"value", ValueError(TEXT))
    other.error("cannot decode %(value)r of %(topic)s", {"value": {"text": TEXT}, "topic": "corrillo.mentions"})
    other.error(ValueError(TEXT))
    assert [line["event"] for line in log.lines] == [
        "broker-0.example:9092 of … failed 'bytes': ValueError",
        "cannot decode 'dict' of corrillo.mentions",
        "ValueError",
    ]


@pytest.mark.parametrize("answer", [TEXT, f"it's {TEXT}", f"both ' and \" of {TEXT}", "@pepa_la_del_bar"])
def test_what_an_error_of_ours_quotes_is_told_only_if_it_is_a_name(log: Log, answer: str) -> None:
    """An answer that is no feed is quoted for people."""
    error = SourceUnavailable(f"source 'paper': is no feed; it begins with {answer!r}")
    logging.getLogger("corrillo.sources").warning("a source fails", extra={"error": error.message})
    assert log.lines[0]["error"] == "source 'paper': is no feed; it begins with '…'"


@pytest.mark.parametrize("first", ["import", "set up"])
def test_a_logger_that_keeps_to_itself_is_heard_in_our_form(first: str) -> None:
    """Whether the library that owns it came before or after; in a process of its own, for pytest listens as well."""
    lines = ["import elastic_transport", "from corrillo.ops.log import set_up; set_up('json')"]
    program = [*(lines if first == "import" else reversed(lines)), SAYS]
    ran = subprocess.run(
        [sys.executable, "-c", "\n".join(program)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(ran.stderr)["event"] == "ValueError"


def test_what_ends_the_process_or_a_thread_is_logged_in_the_same_way(log: Log) -> None:
    try:
        raise KeyError(TEXT)
    except KeyError as error:
        sys.excepthook(KeyError, error, error.__traceback__)
    thread = threading.Thread(target=lambda: {}[TEXT])
    thread.start()
    thread.join()
    assert [(line["event"], line["error"]) for line in log.lines] == [
        ("the process ends", "KeyError"),
        ("a thread ended", "KeyError"),
    ]
    assert TEXT not in log.text


def test_every_event_in_the_code_is_a_constant_and_names_nothing_that_a_post_holds() -> None:
    """What cannot be seen in a log line is seen here: the arguments of every call that logs."""
    held = {"text", "title", "author", "raw", "handles", "handle", "evidence", "value", "body", "url"}
    wrong = []
    for file in (f for room in OURS for f in (ROOT / room).rglob("*.py")):
        for call in (c for c in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(c, ast.Call) and _logs(c)):
            constant = bool(call.args) and isinstance(call.args[0], ast.Constant)
            named = {n.attr for n in ast.walk(call) if isinstance(n, ast.Attribute)} & held
            if not constant or named:
                wrong.append(f"{file.relative_to(ROOT)}:{call.lineno} {named or 'an event that is put together'}")
    assert wrong == []


def _logs(call: ast.Call) -> bool:
    """``log.info(…)`` and its like, on a name that ends in log or logger."""
    function = call.func
    return (
        isinstance(function, ast.Attribute)
        and function.attr in ("debug", "info", "warning", "error", "exception", "critical")
        and ast.unparse(function.value).lower().strip("_").endswith(("log", "logger"))
    )
