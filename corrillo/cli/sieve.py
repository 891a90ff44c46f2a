"""What of a source is about nobody: how much, why, and what it says. Nothing of it is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace

from corrillo.errors import CorrilloError
from corrillo.listen import Heard
from corrillo.model import Batch, Cursor, Deletion, Post
from corrillo.pipeline import LeftOut, Pipeline, checked
from corrillo.ports import Source
from ingest.match import WhyNot

WHY: dict[WhyNot, str] = {
    "homonym": "with the name of something else",
    "needs": "with an alias, but no word of alias_needs",
    "nothing": "without any name of ours",
}
SHOWN = 1_000
"""Posts that are remembered to be shown; beyond them they are only counted."""
WORDS = 5
"""Words of a reason that are named."""


class Sieve:
    """Looks at what a source gives on its way, and remembers what is about no institution."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._why: Counter[tuple[WhyNot, str]] = Counter()
        self._shown: list[LeftOut] = []
        self._answers = 0

    @property
    def left_out(self) -> int:
        """How many posts were about nobody."""
        return self._why.total()

    def over(self, heard: Heard) -> Heard:
        """The same source, looked at."""
        return replace(heard, source=_Watched(heard, self))

    def look(self, post: Post, heard: Heard) -> None:
        """Remember ``post`` if it is about nobody. What cannot be read is quarantine's."""
        try:
            if self._pipeline.is_about(checked(post), heard.everything_about, heard.only):
                return
        except (CorrilloError, ValueError, OverflowError):
            return
        left = self._pipeline.left_out(post)
        self._why[left.why, left.word] += 1
        self._answers += bool(post.answers or post.thread)
        if len(self._shown) < SHOWN:
            self._shown.append(left)

    def lines(self, *, show: bool, whole: bool) -> Iterator[str]:
        """What was left out and why, in sentences; with ``show`` each post; nothing where nothing was."""
        if not self.left_out:
            return
        if show:
            for one in self._shown:
                word = f" ({one.word})" if one.word else ""
                yield f"  {WHY[one.why]}{word} · {one.published:%Y-%m-%d %H:%M} UTC · “{_short(one.text)}”"
            if self.left_out > len(self._shown):
                yield f"  and {self.left_out - len(self._shown)} more"
        yield "Left out: " + ", ".join(f"{count} {WHY[why]}{words}" for why, count, words in self._reasons()) + "."
        if not show:
            yield "See them: the same command with --show-left-out (nothing is stored twice)."
        if self._answers and not whole:
            yield f"{self._answers} of them answer something: if the file has all answers, --whole-threads keeps those that belong to us."

    def _reasons(self) -> Sequence[tuple[WhyNot, int, str]]:
        """Each reason, how often, and its commonest words."""
        found = []
        for why in WHY:
            words = Counter({word: count for (kind, word), count in self._why.items() if kind == why})
            named = ", ".join(word for word, _ in words.most_common(WORDS) if word)
            if words:
                found.append((why, words.total(), f" ({named})" if named else ""))
        return found


class _Watched:
    """A source whose posts a sieve sees before anybody else."""

    def __init__(self, heard: Heard, sieve: Sieve) -> None:
        self.name, self.network, self.interval = heard.source.name, heard.source.network, heard.source.interval
        self._heard, self._sieve = heard, sieve

    async def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """What the source gives."""
        async for batch in self._source.fetch(cursor):
            for item in batch.items:
                if isinstance(item, Post):
                    self._sieve.look(item, self._heard)
            yield batch

    @property
    def _source(self) -> Source:
        return self._heard.source

    def parse(self, raw: str) -> Sequence[Post | Deletion]:
        """As the source does."""
        return self._source.parse(raw)

    async def close(self) -> None:
        """Close the source."""
        await self._source.close()


def _short(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:160]}…"
