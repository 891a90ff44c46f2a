"""A live line a source on a terminal, plain lines in a log, events in a log for machines."""

from __future__ import annotations

import logging
import sys
from types import TracebackType
from typing import Literal, Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from corrillo.listen import Progress
from corrillo.ops.log import clean

log = logging.getLogger("corrillo.sources")


class Watch:
    """Shows what sources do; use it as a context. With ``kind`` json each change is a logged event."""

    def __init__(self, kind: Literal["text", "json"] = "text") -> None:
        self._console = Console(stderr=True, soft_wrap=True)
        self._seen: dict[str, Progress] = {}
        self._said: dict[str, str] = {}
        self._headline = ""
        self._json = kind == "json"
        live = sys.stderr.isatty() and not self._json
        self._live = Live(console=self._console, refresh_per_second=4, transient=False) if live else None

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def headline(self, text: str) -> None:
        """A line above the sources."""
        self._headline = text
        if self._live:
            self._live.update(self._table())
        elif self._json:
            log.info("%s", text)
        else:
            self._say(text)

    def update(self, progress: Progress) -> None:
        """Show a source's progress."""
        self._seen[progress.name] = progress
        if self._live:
            self._live.update(self._table())
        elif self._said.get(progress.name) != (line := _line(progress)):
            self._said[progress.name] = line
            if self._json:
                _log(progress)
            else:
                self._say(f"{progress.name}: {clean(line)}")  # it ends in a log

    def _say(self, text: str) -> None:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    def _table(self) -> Table:
        table = Table(title=self._headline or None, title_justify="left", box=None, pad_edge=False)
        for column in ("source", "network", "posts", "about us", "new", "newest", "state"):
            table.add_column(column, justify="right" if column in ("posts", "about us", "new") else "left")
        for p in self._seen.values():
            newest = p.newest.astimezone().strftime("%d %b %H:%M") if p.newest else "–"
            counts = ("–", "–", "–") if _nothing_new(p) else (str(p.seen), str(p.kept), str(p.written.new))
            table.add_row(p.name, p.network, *counts, newest, Text(p.state))
        return table


def _nothing_new(progress: Progress) -> bool:
    """Whether it has been read to its end before."""
    return progress.state == "done" and not (progress.seen or progress.rejected)


def _line(progress: Progress) -> str:
    if _nothing_new(progress):
        return f"{progress.state} · nothing new"
    counts = f"{progress.seen} posts, {progress.kept} about us, {progress.written.new} new"
    rejected = f", {progress.rejected} in quarantine" if progress.rejected else ""
    return f"{progress.state} · {counts}{rejected}"


def _log(progress: Progress) -> None:
    """Totals since the process began; of a failure only what may be in a log."""
    told = {
        "source": progress.name,
        "network": progress.network,
        "seen": progress.seen,
        "kept": progress.kept,
        "new": progress.written.new,
        "rejected": progress.rejected,
    }
    if progress.error:
        log.warning("a source fails", extra={**told, "error": progress.error})
    else:
        log.info("a source was read", extra=told)
