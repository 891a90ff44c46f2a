"""``corrillo tag``: texts in, tags out, a line each."""

from __future__ import annotations

import secrets
import sys
from codecs import BOM_UTF8 as BOM
from collections.abc import Iterator, Sequence
from io import BufferedIOBase
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from corrillo.bootstrap import now, open_pipeline
from corrillo.cli.common import PARTIAL, ConfigOption, config_file
from corrillo.errors import ConfigError, SecretMissing
from corrillo.institution import Institution
from corrillo.model import Author, Post, TaggedMention, Tagging, Venue
from corrillo.pipeline import Pipeline
from corrillo.settings import Settings, load
from corrillo.text import clean

CHUNK = 1 << 16
"""Bytes that are read at once, at most."""


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(tag)


class Line(msgspec.Struct, forbid_unknown_fields=False):
    """What a line may say; other keys are left alone."""

    text: str
    id: str | int | None = None
    lang: str | None = None
    author: str | None = None
    url: str | None = None


def tag(
    file: Annotated[
        str, typer.Argument(help="JSON Lines with text and, if there are, id, lang, author, url; - for standard input.")
    ] = "-",
    config: ConfigOption = None,
) -> None:
    """Tag texts without storing them: JSON Lines in, JSON Lines out, one for each line, in order.

    Out: id, lang, tags [{tag, score, evidence}], scores {tag: score}, target, service, and the
    text redacted. A line that cannot be read gives a line with `error`, and exit code 3.

    Examples:

        echo '{"text": "¿A qué hora abre la biblioteca?"}' | corrillo tag

        corrillo tag posts.jsonl > tagged.jsonl
    """
    pipeline = _pipeline(config)
    encode = msgspec.json.Encoder().encode
    number, failed = 0, False
    with _open(file) as stream:
        for lines in _batches(stream):
            for answer in _answers(pipeline, lines):
                number += 1
                failed |= "error" in answer
                sys.stdout.write(encode({"line": number, **answer} if "error" in answer else answer).decode() + "\n")
            sys.stdout.flush()
    if failed:
        raise typer.Exit(PARTIAL)


def _batches(stream: BufferedIOBase) -> Iterator[list[bytes]]:
    """The lines as they come: those that are there at once are one batch, so that nobody waits for an answer."""
    rest = b""
    while found := stream.read1(CHUNK):
        *lines, rest = (rest + found).split(b"\n")
        if lines:
            yield lines
    if rest:
        yield [rest]


_decode = msgspec.json.Decoder(Line).decode


def _answers(pipeline: Pipeline, lines: Sequence[bytes]) -> list[dict[str, Any]]:
    """What is to be said of each line, in their order."""
    read = [_read(raw) for raw in lines]
    good = [line for line in read if isinstance(line, Line)]
    told = pipeline.examine_many([_post(line) for line in good], pipeline.institutions[0])
    answers = iter([_answer(*each) for each in zip(good, told, strict=True)])
    return [next(answers) if isinstance(line, Line) else {"id": None, "error": line} for line in read]


def _read(raw: bytes) -> Line | str:
    """The line, or why it cannot be read."""
    try:
        return _decode(raw.removeprefix(BOM).decode("utf-8", "replace"))
    except msgspec.DecodeError as error:
        return f"{error}; write one JSON object a line, with text"


def _post(line: Line) -> Post:
    return Post(
        network="text",
        native_id=str(line.id),
        venue=Venue(name="text"),
        author=Author(handle=line.author) if line.author else None,
        published=now(),
        text=clean(line.text),
        url=line.url or "",
        language=line.lang or "und",
    )


def _answer(line: Line, told: tuple[TaggedMention, Tagging]) -> dict[str, Any]:
    mention, tagging = told
    return {
        "id": line.id,
        "lang": mention.language,
        "tags": [{"tag": t.kind, "score": round(t.score, 4), "evidence": t.evidence} for t in mention.tags],
        "scores": {kind: round(score, 4) for kind, score in tagging.scores.items()},
        "target": mention.target,
        "service": mention.service,
        "text": mention.text,
    }


def _pipeline(given: Path | None) -> Pipeline:
    """With the configuration where there is one, else for nobody in particular, under a passing key."""
    if given is None and not config_file(None).exists():
        nobody = Institution(id="nobody", name="nobody")
        return open_pipeline(Settings(institution=(nobody,)), secrets.token_bytes(32))
    settings = load(config_file(given))
    try:
        return open_pipeline(settings)
    except SecretMissing:
        return open_pipeline(settings, secrets.token_bytes(32))


def _open(file: str) -> BufferedIOBase:
    if file == "-":
        return sys.stdin.buffer  # type: ignore[return-value]
    try:
        return open(file, "rb")
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}", "check the path") from None
