"""JSON Lines and CSV files: imports, replays, exports of other tools; ``-`` is standard input.

``map`` names the columns: ``{text = "body", published = "date+time", parent = "reply_to"}``. Two
columns joined by ``+`` make one time. Columns that already have one of our names need no map.

Answers are placed by what they answer, wherever in the file that stands: a file is read twice, first for
what answers what; of standard input only the rows so far are known, unless its threads are whole.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, tzinfo
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TextIO, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from corrillo.errors import ConfigError, ParseError, SourceRefused
from corrillo.institution import zone_name
from corrillo.model import Author, AuthorKind, Batch, Cursor, Deletion, Engagement, Post, Rejected, Venue, VenueKind
from corrillo.registry import Access, SourceConfig, SourceContext
from corrillo.text import clean
from ingest.conversations import THREAD, Conversations
from ingest.days import no_such_day
from ingest.moments import DATE_ONLY, moment_of
from ingest.network_names import known_as
from ingest.tables import EXTRA, FAULT, encoding_of, rows

NO_NETWORK = "archive"
ROWS = 500
"""Rows a batch."""
COLUMNS = (
    "text", "id", "published", "revised", "author", "author_name", "author_kind", "url", "title", "language",
    "network", "venue", "venue_kind", "parent", "parent_author", "thread", "repeats", "quotes", "likes", "shares",
)  # fmt: skip
NOBODY = frozenset(("", "-1", "0", "none", "null", "nan", "-"))
"""What archives write where a row has no parent."""


def _zone(name: str) -> str:
    return name and zone_name(name)


def _columns(columns: dict[str, str]) -> dict[str, str]:
    for ours in columns:
        if ours not in COLUMNS:
            raise ValueError(f"{ours!r} is no column of ours; known: {', '.join(COLUMNS)}")
    return columns


class ArchiveConfig(SourceConfig):
    """A file, what its columns are called, and what holds for all its rows."""

    path: str
    map: Annotated[dict[str, str], AfterValidator(_columns)] = Field(default_factory=dict)
    time_zone: Annotated[str, AfterValidator(_zone)] = ""
    network: Annotated[str, AfterValidator(known_as)] = NO_NETWORK
    venue: str = ""
    venue_kind: VenueKind = "other"
    delimiter: str = ""
    threads: Literal["unknown", "whole"] = "unknown"
    """``whole``: all answers to its posts are in the file, too: what has none was not answered, and what was said
    in a conversation about the institution belongs to it."""


class Archive:
    """The rows of one file as a source; it resumes at the row after the last one it gave."""

    Config: ClassVar[type[SourceConfig]] = ArchiveConfig
    example: ClassVar[Mapping[str, str]] = {
        "en": """\
# A file of posts: JSON Lines (.jsonl) or CSV. For a single import: corrillo replay FILE --map …
# [[source]]
# kind = "archive"
# name = "old-forum"
# path = "forum.csv"
# map = { text = "body", published = "date+time", author = "user", parent = "reply_to" }
# network = "forum"
# about = "everything"         # all of it is about the institution, nothing needs to match
# institution = "{id}"
# threads = "whole"            # all answers are in the file: who has none there waits
""",
        "es": """\
# Un fichero de publicaciones: JSON Lines (.jsonl) o CSV. Para una sola vez: corrillo replay FICHERO --map …
# [[source]]
# kind = "archive"
# name = "foro-antiguo"
# path = "foro.csv"
# map = { text = "cuerpo", published = "fecha+hora", author = "usuario", parent = "responde_a" }
# network = "forum"
# about = "everything"         # todo trata de la institución: nada tiene que coincidir
# institution = "{id}"
# threads = "whole"            # todas las respuestas están en el fichero: quien no la tiene ahí, espera
""",
    }
    interval = 0.0

    access: ClassVar[Mapping[str, Access]] = {
        "en": Access(
            needs="",
            costs="Nothing.",
            hears="What a file holds: an export of another tool, an earlier capture.",
            misses="Everything after the file was written.",
        ),
        "es": Access(
            needs="",
            costs="Nada.",
            hears="Lo que contiene un fichero: la exportación de otra herramienta, una captura anterior.",
            misses="Todo lo posterior a la escritura del fichero.",
        ),
    }

    def __init__(self, config: ArchiveConfig, context: SourceContext) -> None:
        self.name = config.name
        self.network = config.network
        self._config = config
        self._context = context
        self._linked = True
        self._path = config.path if config.path == "-" else str(Path(context.folder) / config.path)

    async def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """The rows after ``cursor``, in batches. Raises SourceRefused when the file cannot be read."""
        with ExitStack() as stack:
            stream = self._open(stack)
            print_ = "" if self._path == "-" else _fingerprint(self._path)
            state = json.loads(cursor.state) if cursor else {}
            skip = state.get("rows", 0) if state.get("file") == print_ != "" else 0
            listed, conversations = await self._heard(self._rows(stream), stack)
            await self._some(listed, skip)
            number = skip
            while some := await self._some(listed, ROWS):
                yield self._taken(some, number, print_, conversations)
                number += len(some)

    def _rows(self, stream: TextIO) -> Iterator[str]:
        return rows(stream, self._config.delimiter, self._check_header)

    async def _heard(self, listed: Iterator[str], stack: ExitStack) -> tuple[Iterator[str], Conversations]:
        """The rows, and what is known of their conversations before the first is given."""
        whole = self._config.threads == "whole"
        conversations = Conversations(self._context.institutions, self._context.clock(), whole=whole)
        if self._path != "-":
            await self._learn(conversations, self._rows(self._open(stack)))
        elif whole:
            held = await self._some(listed, None)
            await self._learn(conversations, iter(held))
            listed = iter(held)
        return listed, conversations

    async def _learn(self, conversations: Conversations, listed: Iterator[str]) -> None:
        """What all rows say of each other; nothing where no column says what answers what."""
        while (some := await self._some(listed, ROWS)) and self._linked:
            for raw in some:
                with suppress(ParseError):
                    for post in self.parse(raw):
                        conversations.add(post)

    async def _some(self, listed: Iterator[str], count: int | None) -> list[str]:
        """The next rows; a file is read beside the event loop, standard input where a signal reaches it."""
        if self._path == "-":
            return list(islice(listed, count))
        return await asyncio.to_thread(lambda: list(islice(listed, count)))

    def _taken(self, some: Sequence[str], before: int, file: str, conversations: Conversations) -> Batch:
        items: list[Post | Deletion] = []
        rejected: list[Rejected] = []
        for number, raw in enumerate(some, before + 1):
            try:
                items += [self._placed(post, conversations) for post in self.parse(raw)]
            except ParseError as error:
                origin = f"{self._path} row {number}"
                rejected.append(Rejected(raw=raw, reason=error.message, origin=origin, private=self._private()))
        cursor = Cursor(source=self.name, state=json.dumps({"file": file, "rows": before + len(some)}))
        return Batch(cursor=cursor, items=tuple(items), rejected=tuple(rejected))

    def _placed(self, post: Post, conversations: Conversations) -> Post:
        if not self._linked:
            return post
        conversations.add(post)
        return conversations.placed(post)

    def _private(self) -> tuple[str, ...]:
        """The file's own names of the columns that name people."""
        ours = ("author", "author_name", "parent_author")
        return tuple(part for c in ours for part in (c, *self._config.map.get(c, c).split("+")))

    def _open(self, stack: ExitStack) -> TextIO:
        if self._path == "-":
            return TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace", newline="")
        try:
            if not (Path(self._path).is_file() or Path(self._path).is_dir() or not Path(self._path).exists()):
                raise SourceRefused(
                    f"{self._path}: is no file, and could be read only once",
                    'use path = "-" and give it as standard input',
                )
            encoding = encoding_of(self._path)
            return stack.enter_context(open(self._path, encoding=encoding, errors="replace", newline=""))
        except OSError as error:
            remedy = f"check the path ({self._path}) and that you may read it"
            raise SourceRefused(f"{Path(self._path).name}: cannot be read: {error.strerror}", remedy) from None

    def _check_header(self, header: Sequence[str], every: bool) -> None:
        """Refuse a file without the columns that are wanted; where rows may differ, without text and time."""
        twice = sorted({h for h in header if h and header.count(h) > 1})
        if twice:
            raise ConfigError(f"{self._path}: the column {twice[0]!r} stands there twice", "rename one of the two")
        needed = {c: self._config.map.get(c, c) for c in ("text", "published")}
        wanted = (needed | self._config.map) if every else needed
        missing = {
            ours: absent
            for ours, theirs in wanted.items()
            if theirs not in header and (absent := _absent(theirs, header))
        }
        if missing:
            raise ConfigError(f"{self._path}: {_no_columns(missing)}", _to_map(missing, header))
        self._check_threads(header, every)

    def _check_threads(self, header: Sequence[str], every: bool) -> None:
        """Threads can only be whole where it is said what answers what."""
        columns = [self._config.map.get(c, c) for c in ("parent", "thread")]
        self._linked = not every or any(c in header for c in columns)
        if self._config.threads == "whole" and not self._linked:
            raise ConfigError(
                f"{self._path}: nothing says what answers what, so its threads cannot be whole",
                f"map parent or thread to one of: {', '.join(h for h in header if h)}, or leave whole threads out",
            )

    def parse(self, raw: str) -> Sequence[Post]:
        """One row as JSON of its columns."""
        try:
            row = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise ParseError(f"is not JSON: {error}") from None
        if not isinstance(row, dict):
            raise ParseError(f"is {type(row).__name__}, not an object with columns")
        if row.get(FAULT):
            raise ParseError(str(row[FAULT]))
        if row.get(EXTRA):
            raise ParseError(f"has {len(row[EXTRA])} columns too many; check quotes and delimiter")
        return [self._post(_Row(row, self._config.map))]

    def _post(self, row: _Row) -> Post:
        text, title = clean(row.text("text")), clean(row.text("title"))
        if not (text or title or row.reference("id")):
            raise ParseError("text and id are both empty: there is nothing to keep")
        published, date_only = self._moment(row, "published")
        revised = self._moment(row, "revised")[0] if row.text("revised") else None
        network = known_as(row.text("network")) or self.network
        author = row.text("author")
        return Post(
            network=network,
            native_id=self._native(row.reference("id")) or _digest(network, published.isoformat(), author, text),
            source=self.name,
            venue=Venue(
                name=row.text("venue") or self._config.venue or network,
                kind=row.choice("venue_kind", get_args(VenueKind), self._config.venue_kind),
            ),
            author=Author(
                handle=author,
                name=row.text("author_name"),
                kind=row.choice("author_kind", get_args(AuthorKind), "unknown"),
            ) if author else None,
            published=published,
            date_only=date_only,
            revised=revised,
            text=text or title,
            title=title,
            url=row.text("url"),
            language=row.text("language")[:2].lower() or "und",
            answers=self._native(row.reference("parent")),
            answers_author=row.text("parent_author"),
            repeats=self._native(row.reference("repeats")),
            quotes=self._native(row.reference("quotes")),
            thread=THREAD + self._native(thread) if (thread := row.reference("thread")) else "",
            engagement=Engagement(likes=row.number("likes"), shares=row.number("shares")),
        )  # fmt: skip

    def _native(self, written: str) -> str:
        """Ids of a file that belongs to no network are unique in that file only."""
        own = written and self.network == NO_NETWORK and "://" not in written
        return f"{self.name} {written}" if own else written

    def _moment(self, row: _Row, column: str) -> tuple[datetime, bool]:
        written = row.text(column)
        if not written:
            raise ParseError(f"{column} is empty; map it, for example: {column}=date+time")
        moment = moment_of(written, self._zone())
        if moment is None:
            why = f": {no_such_day(written)}" if no_such_day(written) else ""
            raise ParseError(f"{column} {written[:60]!r} is no time{why}; write it as 2026-11-21T10:30:00+01:00")
        return moment, bool(DATE_ONLY.fullmatch(written))

    def _zone(self) -> tzinfo:
        if self._config.time_zone:
            return ZoneInfo(self._config.time_zone)
        return self._context.institutions[0].zone if self._context.institutions else UTC

    async def close(self) -> None:
        """Nothing is kept open between fetches."""


def _absent(theirs: str, header: Sequence[str]) -> list[str]:
    return [column for column in theirs.split("+") if column not in header]


def _no_columns(missing: Mapping[str, Sequence[str]]) -> str:
    names = ", ".join(dict.fromkeys(repr(c) for absent in missing.values() for c in absent))
    return f"there is no column {names}" if "," not in names else f"there are no columns {names}"


def _to_map(missing: Mapping[str, Sequence[str]], header: Sequence[str]) -> str:
    pairs = ",".join(f"{ours}=…" for ours in missing)
    listed = ", ".join(h for h in header if h)
    return f"the file has: {listed}; say which they are with map: {pairs} (two joined by + make one time)"


class _Row:
    """A row seen through the map: our column names on the outside, the file's inside."""

    def __init__(self, row: Mapping[str, Any], columns: Mapping[str, str]) -> None:
        self._row = row
        self._map = columns

    def text(self, column: str) -> str:
        theirs = self._map.get(column, column)
        names = [theirs] if theirs in self._row else theirs.split("+")
        found = (self._row.get(n) for n in names)
        return " ".join(str(v).strip() for v in found if v is not None and str(v).strip())

    def reference(self, column: str) -> str:
        found = self.text(column)
        whole = found.removesuffix(".0")
        return "" if whole.lower() in NOBODY else whole

    def number(self, column: str) -> int | None:
        try:
            return int(float(self.text(column)))
        except (ValueError, OverflowError):
            return None

    def choice(self, column: str, known: Sequence[Any], default: Any) -> Any:
        found = self.text(column)
        if found and found not in known:
            raise ParseError(f"{column} {found[:40]!r} is not known; use one of: {', '.join(known)}")
        return found or default


def _fingerprint(path: str) -> str:
    with open(path, "rb") as file:
        return _digest(file.read(4096).decode("latin-1"))


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
