"""What one process makes of the same crowd: what every scenario is held against."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Collection
from functools import cached_property
from pathlib import Path

from corrillo.model import MentionDeleted
from tests.faults.contents import INSTITUTIONS, Contents, contents
from tests.faults.crowd import crowd
from tests.faults.town import PATIENCE, Town

POSTS = 5_000
"""In a run of the tests."""


class Beside:
    """The crowd of a seed as a file in ``folder``, replayed once into a store of one process."""

    def __init__(self, seed: int, posts: int, folder: Path) -> None:
        self.seed, self.posts, self.crowd = seed, posts, crowd(seed, posts)
        self.file, self._folder = self.crowd.write(folder / "posts.jsonl"), folder / "embedded"
        town = Town(self._folder, None)
        try:
            assert town.corrillo.start("replay", self.file, "--name", "crowd").wait(PATIENCE) == 0, town.log("log")
        finally:
            town.corrillo.end()

    @cached_property
    def untouched(self) -> Contents:
        """The store's contents when nothing is deleted."""
        return Town(self._folder, None).contents()

    def without(self, gone: Collection[str], folder: Path) -> Contents:
        """Its contents when these mentions are deleted, of a copy in ``folder``."""
        if not gone:
            return self.untouched
        at = max(m.published for m in self.untouched.mentions.values())
        shutil.copytree(self._folder, folder)
        with Town(folder, None).store() as store:
            with store.unit() as unit:
                unit.write([MentionDeleted(id=i, institution=t, at=at) for i in sorted(gone) for t in INSTITUTIONS])
            return contents(store)


def gathered(folder: Path) -> Beside:
    """The crowd of a session, of another seed each time, with its contents."""
    people = Beside(secrets.randbelow(10_000), POSTS, folder)
    assert people.untouched.documents > POSTS * 0.9
    return people
