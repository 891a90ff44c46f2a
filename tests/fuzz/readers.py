"""Everything besides sources that reads what others write: documents, texts, queries, tables, messages, configurations."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Generic, TypeVar

import msgspec

from corrillo.errors import ConfigError, CorrilloError, MessageError, SourceError
from corrillo.messages import read_mention, read_tagged
from corrillo.model import Rejected
from corrillo.pipeline import Pipeline
from corrillo.query import matches, parse
from corrillo.settings import load
from corrillo.starter import starter
from corrillo.text import clean, fold, words
from ingest.feed_documents import entries
from ingest.html import to_text
from ingest.http import Answer
from ingest.redact import redact
from ingest.tables import rows
from tests.fuzz.odd import TEXTS, shortest, torn
from tests.fuzz.sources import FIXTURES, NOW

T = TypeVar("T", str, bytes)


@dataclass
class Read(Generic[T]):
    """Something that reads text or bytes."""

    name: str
    originals: Sequence[T]
    pieces: Sequence[T]
    reads: Callable[[T], None]

    def every(self) -> Iterator[T]:
        yield from self.originals
        yield from self.pieces

    def chance(self, random: Random) -> T:
        return torn(random.choice(self.originals), self.pieces, random)

    def check(self, case: T) -> None:
        self.reads(case)

    def smaller(self, case: T, fails: Callable[[T], bool]) -> T:
        return shortest(case, fails)

    def said(self, case: T) -> str:
        return ascii(case) if len(case) < 2000 else f"{case[:1000]!a} … of {len(case)}"


def readers(pipeline: Pipeline) -> list[Read[Any]]:
    """All of them."""
    odd = [t for t in TEXTS if len(t) < 100_000]
    said = [*odd, *(line for name in ("rss.xml", "atom.xml", "archive.csv") for line in _lines(FIXTURES / name))]
    documents = [(FIXTURES / n).read_bytes() for n in ("rss.xml", "atom.xml", "feed.json")]
    lines = _lines(FIXTURES.parents[1] / "fixtures" / "messages-v1.jsonl")
    messages = [json.dumps(json.loads(line)["message"]) for line in lines]
    return [
        Read("documents", documents, _bytes([*odd, *MARKS, *ENCODINGS]), _feed_document),
        Read("html", said, [*odd, *HTML], _html),
        Read("queries", QUERIES, QUERY_PIECES, _query),
        Read("redact", said, [*odd, *NUMBERED], _redact),
        Read("tables", TABLES, [*odd, *'",;\t|\r\n', '"\n', '""', "\ufeff", '{"a": 1}\n'], _table),
        Read("messages", _bytes(messages), _bytes([*odd, *JSON_MARKS]), _message),
        Read("quarantine", messages, [*odd, *JSON_MARKS], lambda raw: _quarantine(raw, pipeline)),
        Read("configuration", _configurations(), [*odd, *TOML], _configuration),
    ]


def _lines(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines()


def _quarantine(raw: str, pipeline: Pipeline) -> None:
    once = pipeline.quarantined(Rejected(raw=raw, reason=raw[:200], origin=raw[:50]), "fuzz", "press", NOW)
    twice = pipeline.quarantined(Rejected(raw=once.raw, reason="", origin=""), "fuzz", "press", NOW)
    again = pipeline.quarantined(Rejected(raw=twice.raw, reason="", origin=""), "fuzz", "press", NOW)
    msgspec.json.encode(once)
    assert again.raw == twice.raw, "protecting what is protected changes it"  # the first time may make JSON of it


def _bytes(texts: Sequence[str]) -> list[bytes]:
    return [t.encode("utf-8", "surrogatepass") for t in texts]


MARKS = (
    "<item>", "</item>", "<![CDATA[", "]]>", "<!--", "&#0;", "&x;", "\udcff", "\ufeff", "<rdf:RDF>", "<entry/>", "[", "{", "null",
    "<!DOCTYPE r [<!ENTITY x 'y'>]>", "xml:base='http://[::1'", "<content type='application/xml'>", "1e999", "<pubDate>", "<dc:date>",
    "type='xhtml'", "mode='base64'", "<media:content url='http://[' />", "<georss:point>a b</georss:point>", "&#99999999999;",
)  # fmt: skip
ENCODINGS = tuple(
    f'<?xml version="1.0" encoding="{name}"?>'
    for name in ("utf-16", "utf-7", "idna", "rot13", "base64", "ebcdic-cp-be", "\udcff", "x" * 500)
)
HTML = (
    "<", ">", "</", "<!--", "<![", "<a href='https://mastodont.example/@pere'>", "<script>", "&#x110000;", "&#55296;", "<p", "<br/>",
    "<template>", "&amp",
)  # fmt: skip
QUERIES = ["agua OR luz", '("corte de agua" OR apagón) -mineral', 'a AND NOT (b c*) OR "d e f"', "#tag @ana inunda*"]
QUERY_PIECES = [
    *' ()"-*#@', " OR ", " AND ", " NOT ", " -", "…", "ñ", "\x00", "\ud800", "a " * 150, "(" * 8, '""', "😀", "ﷺ", "İ",
]  # fmt: skip
NUMBERED = (
    "12345678Z", "ES91 2100 0418 4502 0005 1332", "612 34 56 78", "1234 BCD", "ana@example.com", "+34", "DNI ", "[DNI]", ".", "-",
    " ", "x" * 500, "1" * 500, "𝟙", "٣",
)  # fmt: skip
TABLES = [
    'id,text,published\n1,hola,2026-11-20\n2,"a, b",2026-11-21\n', 'id;text\n1;"x\ny"\n', "\ufeffa\tb\n1\t2\n3\t4\t5\n",
    '{"text": "hola", "published": "2026-11-20"}\n{"text": "b"\n\n{"text": "c"}\n',
]  # fmt: skip
JSON_MARKS = (
    '"', "\\", "\\ud800", "\udcff", "{", "}", "[", "null", "1e999", "99999999999999999999", '"schema": 2,', '"schema": "1",', ",",
    ":", "\x00", '"kind": "mention",', '"author": "@ana",', "-0", "NaN", "2026-02-30T00:00:00Z", '{"a":' * 3_000, "[" * 3_000,
)  # fmt: skip
TOML = (
    "[[institution]]\n", "[[source]]\n", 'kind = "feed"\n', "[institution]\n", "[x.y]\n", '"', "'", '"""', "=", "[", "]", "{", "}",
    ",", "\n", "1e999", "nan", "2026-02-30", "true", "-1", '""', '"…"', 'query = "(("\n', 'time_zone = "../x"\n',
    "[[source.map]]\n", "a.b = 1\n", '"\\u0000"', "x = " + "9" * 5_000, "x = " + "[" * 5_000,
)  # fmt: skip


def _configurations() -> list[str]:
    demo = (Path("corrillo") / "demo" / "town.toml").read_text("utf-8")
    return [demo, starter("Ayuntamiento de Valencia", "es"), starter("Concello de Lugo", "en")]


def _feed_document(body: bytes) -> None:
    try:
        found = entries(Answer(200, {}, body, "https://feeds.example/feed"))
    except SourceError as error:
        _is_said(error)
        return
    assert all(isinstance(v, str) for e in found for v in e.values())
    assert all(e["id"] for e in found)


def _html(html: str) -> None:
    text = to_text(html, {"https://mastodont.example/@pere": "pere@mastodont.example"})
    assert clean(text) == text


def _query(text: str) -> None:
    try:
        node = parse(text)
    except ConfigError as error:
        _is_said(error)
        return
    assert node is None or isinstance(matches(node, words(fold("corte de agua"))), bool)


def _redact(text: str) -> None:
    once = redact(text)
    assert redact(once) == once, "redacting twice is not redacting once"


def _table(text: str) -> None:
    for row in rows(io.StringIO(text, newline=""), "", lambda columns, every: None):
        assert isinstance(row, str)
        assert row.strip()


def _message(value: bytes) -> None:
    for read in (read_mention, read_tagged):
        try:
            assert read(value) is not None
        except MessageError as error:
            _is_said(error, remedy=False)


def _configuration(text: str) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "corrillo.toml"
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            assert load(file).institutions
        except ConfigError as error:
            _is_said(error)


def _is_said(error: CorrilloError, *, remedy: bool = True) -> None:
    assert error.message
    assert error.remedy or not remedy
