"""``corrillo tag``: texts in, tags out, a line each."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, TextIO

import msgspec
import typer

from corrillo.bootstrap import now, open_pipeline
from corrillo.cli.common import PARTIAL, ConfigOption, config_file
from corrillo.errors import ConfigError, SecretMissing
from corrillo.institution import Institution
from corrillo.model import Author, Post, Venue
from corrillo.pipeline import Pipeline
from corrillo.settings import Settings, load
from corrillo.text import clean


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
    write, encode = sys.stdout.write, msgspec.json.Encoder().encode
    failed = False
    for number, answer in enumerate(_answers(pipeline, _open(file)), 1):
        failed |= "error" in answer
        write(encode({"line": number, **answer} if "error" in answer else answer).decode() + "\n")
    sys.stdout.flush()
    if failed:
        raise typer.Exit(PARTIAL)


def _answers(pipeline: Pipeline, stream: TextIO) -> Iterator[dict[str, Any]]:
    decoder = msgspec.json.Decoder(Line)
    institution = pipeline.institutions[0]
    for raw in stream:
        try:
            line = decoder.decode(raw)
        except (msgspec.DecodeError, UnicodeEncodeError) as error:
            yield {"id": None, "error": f"{error}; write one JSON object a line, with text"}
            continue
        yield _answer(pipeline, line, institution)


def _answer(pipeline: Pipeline, line: Line, institution: str) -> dict[str, Any]:
    post = Post(
        network="text",
        native_id=str(line.id),
        venue=Venue(name="text"),
        author=Author(handle=line.author) if line.author else None,
        published=now(),
        text=clean(line.text),
        url=line.url or "",
        language=line.lang or "und",
    )
    mention, tagging = pipeline.examine(post, institution)
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


def _open(file: str) -> TextIO:
    if file == "-":
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
        return sys.stdin
    try:
        return open(file, encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}", "check the path") from None
