"""Downloads: the posts of a view as a file with its manifest, in one ZIP that is made while it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from corrillo.export import COLUMNS, LINES, Counted, records
from corrillo.manifest import Asked, File
from corrillo.marked import in_view
from corrillo.ports import Reader
from corrillo.text import clean
from dashboards.page import tables
from dashboards.page.address import one_of
from dashboards.page.answers import Asking, answered
from dashboards.page.crisis.words import incident_name
from dashboards.page.frame import Ask
from dashboards.page.i18n import Texts
from dashboards.page.taking import FORMATS, LIMIT, WITH_FIGURES

PIECE = 65_536
"""Bytes that are gathered before they are sent."""
BESIDES = ("links",)
"""Fields of the address that are no filters."""

Stamp = tuple[int, int, int, int, int, int]
"""Year, month, day, hour, minute, second: when a ZIP says that a file was made."""


class DownloadDesk:
    """Answers /export.csv.zip and /export.jsonl.zip (posts), and /export.where.zip … (figures), with the views' filters."""

    def __init__(self, ask: Asking) -> None:
        self._ask = ask

    def routes(self) -> list[Route]:
        """Where they are."""
        return [
            *(Route(f"/export.{form}.zip", self.download) for form in FORMATS),
            *(Route(f"/export.{view}.zip", self.figures) for view in sorted(WITH_FIGURES)),
        ]

    def download(self, request: Request) -> Response:
        """The posts, streamed; 400 and 503 as everywhere, before anything is sent."""
        return answered(request, lambda texts: self._download(request, texts))

    def figures(self, request: Request) -> Response:
        """The figures of a view: a small file for each of its charts."""
        return answered(request, lambda texts: self._figures(request, texts))

    def _figures(self, request: Request, texts: Texts) -> Response:
        view = request.url.path.split(".")[-2]
        ask = self._ask(request, texts, view)
        name = f"corrillo-{ask.institution.id}-{view}-{ask.today.isoformat()}.zip"
        return Response(tables.archive(view, ask, asked_of(ask)), media_type="application/zip", headers=_attached(name))

    def _download(self, request: Request, texts: Texts) -> Response:
        form = request.url.path.split(".")[-2]
        ask = self._ask(request, texts, "posts", BESIDES)
        links = one_of(request.query_params.multi_items(), "links", ("yes", "no")) == "yes"
        asked = asked_of(ask, ask.store.count(ask.query), links=links)
        name = file_name(asked, ask.institution.id, ask.today, form)
        return StreamingResponse(
            archive(name, form, ask.store, asked, _moment(ask)),
            media_type="application/zip",
            headers=_attached(f"{name}.zip"),
        )


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def asked_of(ask: Ask, matching: int | None = None, *, links: bool = False) -> Asked:
    """What a download is asked for; ``matching``: how many posts there are, where it is of posts."""
    about = {ask.institution.id: ask.institution.name}
    left_out = in_view(ask.store, ask.query)
    return Asked(ask.query, in_words(ask), about, ask.zone, ask.now, matching, links, left_out)


def in_words(ask: Ask) -> str:
    """What a view is asked for, in a line of its reader's language."""
    texts, f = ask.texts, ask.filters
    first, last = f.days(ask.today)
    parts = [ask.institution.name, texts.name("period", f.period)] if f.period else [ask.institution.name]
    parts += [f"{texts(f'field.{name}')}: {texts.day(day)}" for name, day in (("from", first), ("to", last)) if day]
    if ask.incident:
        name = incident_name(texts, ask.incident.incident, ask.institution, ask.incident.gist)
        parts.append(f"{texts('field.incident')}: {clean(name)}")
    parts += [f"{texts('field.q')}: {clean(f.text)}"] if f.text else []
    parts += [f"{texts(f'field.{name}')}: {clean(texts.name(name, value))}" for name, value in f.chosen]
    return " · ".join(parts)


def file_name(asked: Asked, institution: str, today: date, form: str) -> str:
    """Such as corrillo-benialba-2026-11-21.csv; what was cut says so."""
    cut = f"-newest-{LIMIT}" if (asked.matching or 0) > LIMIT else ""
    return f"corrillo-{institution}-{today.isoformat()}{cut}.{form}"


def archive(name: str, form: str, reader: Reader, asked: Asked, stamp: Stamp, limit: int = LIMIT) -> Iterator[bytes]:
    """A ZIP of the file and its manifest.json, piece by piece; nothing of it is held for longer than a piece.

    The manifest comes last, when rows and hash are known. An error of the store breaks it off: what
    has no end is no ZIP, and cannot be taken for the whole.
    """
    columns = [*COLUMNS, "url"] if asked.links else list(COLUMNS)
    rows = Counted(records(reader, asked.query, urls=asked.links), limit)
    pieces = _Pieces()
    digest, size = hashlib.sha256(), 0
    with ZipFile(pieces, "w", ZIP_DEFLATED) as packed:
        with packed.open(_entry(name, stamp), "w", force_zip64=True) as file:
            for line in _encoded(LINES[form](rows, columns)):
                digest.update(line)
                size += len(line)
                file.write(line)
                yield from pieces.full()
        exported = File(name, rows.count, size, digest.hexdigest(), tuple(columns))
        complete = rows.count < limit or (asked.matching or 0) <= rows.count
        packed.writestr(_entry("manifest.json", stamp), asked.manifest(exported, complete=complete))
    yield from pieces.rest()


def _moment(ask: Ask) -> Stamp:
    local = ask.now.astimezone(ask.zone)
    return (local.year, local.month, local.day, local.hour, local.minute, local.second)


def _entry(name: str, stamp: Stamp) -> ZipInfo:
    entry = ZipInfo(name, stamp)
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _encoded(lines: Iterable[str]) -> Iterator[bytes]:
    return (line.encode("utf-8", "replace") for line in lines)


class _Pieces:
    """Where a ZIP is written to: it cannot be sought in, and is taken away as it grows."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def write(self, part: bytes, /) -> int:
        self._parts.append(bytes(part))
        self._size += len(part)
        return len(part)

    def flush(self) -> None:
        """Everything is taken by ``full`` and ``rest``."""

    def close(self) -> None:
        """Nothing is kept open."""

    def full(self) -> Iterator[bytes]:
        """What is gathered, where it is enough to be sent."""
        return self.rest() if self._size >= PIECE else iter(())

    def rest(self) -> Iterator[bytes]:
        """Whatever is gathered."""
        gathered, self._parts, self._size = b"".join(self._parts), [], 0
        return iter((gathered,) if gathered else ())
