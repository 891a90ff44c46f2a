"""Fake neighbours: they publish, edit and delete on the fake Mastodon and in the fake feed, all the time.

They work from a thread of the test over the fakes' control addresses, and remember what should
be there: ``posts`` and ``entries`` by native id with their last text, ``gone`` with what was deleted.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
MOST_POSTS = 150
"""Fewer than a listener looks up again at each start, so that it can find every deletion."""
MOST_ENTRIES = 100
PACE = 0.03
"""Seconds at most between two things that they do."""
SUBJECTS = ["el agua", "la farola", "el autobús", "la piscina", "el ruido", "la basura", "el parque", "la acera"]


@contextmanager
def served(fake: str, *options: str) -> Iterator[str]:
    """A fake server in a process of its own; its address."""
    line = [sys.executable, "-m", f"tests.fakes.{fake}", "--port", "0", *options]
    process = subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        base = process.stdout.readline().strip()
        assert base.startswith("http://127.0.0.1:"), f"{fake} did not start: {base!r}"
        yield base
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def tell(base: str, command: str, said: dict) -> dict:
    """One command to a fake server."""
    request = urllib.request.Request(
        f"{base}/control/{command}", json.dumps(said).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


class Neighbours(threading.Thread):
    """Everything that they do follows from ``seed``, but for when it happens."""

    def __init__(self, mastodon: str, feed: str, seed: int) -> None:
        super().__init__(daemon=True)
        self.posts: dict[str, str] = {}
        self.entries: dict[str, str] = {}
        self.gone: dict[str, dict] = {}
        """Deleted posts as they were when they were deleted."""
        self.edited: set[str] = set()
        self.failed: BaseException | None = None
        self._mastodon = mastodon
        self._feed = feed
        self._random = random.Random(seed)
        self._statuses: dict[str, dict] = {}
        self._done = 0
        self._ended = threading.Event()

    def run(self) -> None:
        """Go on until told to stop."""
        acts = [self._post, self._post, self._edit, self._delete, self._print, self._correct]
        try:
            while not self._ended.wait(self._random.uniform(0, PACE)):
                self._done += 1
                self._random.choice(acts)()
        except BaseException as error:
            self.failed = error

    def stop(self) -> None:
        """Wait until they have ended; raises what went wrong for them."""
        self._ended.set()
        self.join(60)
        if self.failed:
            raise self.failed

    def _text(self) -> str:
        return f"Aviso {self._done}: algo pasa con {self._random.choice(SUBJECTS)} en #valdeprado, dicen"

    def _post(self) -> None:
        if len(self.posts) + len(self.gone) >= MOST_POSTS:
            return self._edit()
        text = self._text()
        said: dict = {"text": text, "account": f"vecino{self._random.randrange(30)}"}
        if self._statuses and self._random.random() < 0.3:
            said["answers"] = self._random.choice(list(self._statuses.values()))["id"]
        status = tell(self._mastodon, "publish", said)
        self._statuses[status["uri"]] = status
        self.posts[status["uri"]] = text
        return None

    def _edit(self) -> None:
        if self.posts:
            uri, text = self._random.choice(list(self.posts)), self._text()
            self._statuses[uri] = tell(self._mastodon, "edit", {"id": self._statuses[uri]["id"], "text": text})
            self.posts[uri] = text
            self.edited.add(uri)

    def _delete(self) -> None:
        if len(self.posts) > 20 and len(self.gone) < MOST_POSTS // 2:
            uri = self._random.choice(list(self.posts))
            status = self._statuses.pop(uri)
            tell(self._mastodon, "delete", {"id": status["id"]})
            self.gone[uri] = status | {"text": self.posts.pop(uri)}

    def _print(self) -> None:
        if len(self.entries) < MOST_ENTRIES:
            text = self._text()
            self.entries[tell(self._feed, "publish", {"title": f"Noticia {self._done}", "text": text})["id"]] = text

    def _correct(self) -> None:
        if self.entries:
            entry, text = self._random.choice(list(self.entries)), self._text()
            tell(self._feed, "edit", {"id": entry, "text": text})
            self.entries[entry] = text
            self.edited.add(entry)
