"""Recorded documents of a network beside what they become: one JSON file a network.

    {"raw": [...], "posts": [...], "mentions": [...]}

``raw`` are items as ``parse`` takes them (objects, or strings where it takes text). In a test:

    def test_recorded(...):
        check(Path("fixtures/mine.json"), source, institutions, pseudonyms, now)

A new file is begun with ``raw`` alone; ``record`` writes the rest, to be read by a person before it is kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from corrillo.model import Deletion, Mention, Post
from corrillo.ports import Source

Protected = Callable[[Post, datetime], Sequence[Mention]]
"""A post → its mentions, matched and protected: ``Pipeline.matched`` is one."""


class Expected(msgspec.Struct, omit_defaults=True):
    """What a recorded document becomes."""

    raw: list[Any]
    posts: list[Post | Deletion] = []
    mentions: list[Mention] = []


def check(file: Path, source: Source, protected: Protected, now: datetime) -> None:
    """Raw → posts → mentions are as they stand in ``file``. Raises AssertionError with what differs."""
    expected = msgspec.json.decode(file.read_bytes(), type=Expected)
    assert expected.raw, f"{file}: holds no raw item"
    posts, mentions = _become(expected.raw, source, protected, now)
    assert posts == expected.posts
    assert mentions == expected.mentions


def record(file: Path, source: Source, protected: Protected, now: datetime) -> None:
    """Write into ``file`` what its raw items become today."""
    raw = msgspec.json.decode(file.read_bytes(), type=Expected).raw
    posts, mentions = _become(raw, source, protected, now)
    written = msgspec.json.encode(Expected(raw, posts, mentions))
    file.write_bytes(msgspec.json.format(written, indent=1) + b"\n")


def _become(
    raw: Sequence[Any], source: Source, protected: Protected, now: datetime
) -> tuple[list[Post | Deletion], list[Mention]]:
    texts = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in raw]
    posts = [item for text in texts for item in source.parse(text)]
    return posts, [m for post in posts if isinstance(post, Post) for m in protected(post, now)]
