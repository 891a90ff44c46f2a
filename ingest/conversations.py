"""Which conversations of a file are about whom: what one row alone does not tell.

An answer seldom names the town. Where all rows are known, or those so far, it is in the
conversation of what it answers, in whatever order they stand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from corrillo.institution import Institution
from corrillo.model import Post
from ingest.match import Matcher
from ingest.presence import Presence

Key = tuple[str, str]
"""Network, and native id of a post or name of a thread."""
THREAD = "thread "
"""What stands before the id with which a thread is named: it need not be a post's."""


class Conversations:
    """What was added, by conversation. One is about who began it; ``whole``: about whom any post of it is, too.

    Answers have been looked for up to the last post, by ``now``.
    """

    def __init__(self, institutions: Sequence[Institution], now: datetime, *, whole: bool) -> None:
        matcher = Matcher(institutions)
        self._presences = matcher.presences
        self._about: Callable[[Post], list[str]] = (
            (lambda post: [p.institution.id for p, _ in matcher(post)]) if whole else self._began
        )
        self._above: dict[Key, Key] = {}
        self._own: dict[Key, str] = {}
        self._of: dict[Key, set[str]] = {}
        self._begins: set[Key] = set()
        self._named: set[Key] = set()
        self._now, self._whole = now, whole
        self._last: datetime | None = None

    def add(self, post: Post) -> None:
        """Remember whom ``post`` answers, and whom it is about."""
        key = (post.network, post.native_id)
        if post.published <= self._now:
            self._last = max(self._last or post.published, post.published)
        if post.author is not None and any(p.wrote(post) for p in self._presences):
            self._own[key] = post.author.handle
        if post.answers:
            self._join(key, (post.network, post.answers))
        if post.thread:
            self._put_into(key, (post.network, post.thread))
        elif not post.answers:
            self._begin(key)
        if about := self._about(post):
            self._of.setdefault(self._root(key), set()).update(about)

    def placed(self, post: Post) -> Post:
        """``post`` with what the others say of it: how its thread began, about whom it is, until when answers are known.

        And whom it answers, where that is one of our accounts.
        """
        whom = post.answers_author or self._own.get((post.network, post.answers), "")
        begin = post.thread.removeprefix(THREAD)
        thread = begin if (post.network, begin) in self._begins else post.thread
        about = self._of.get(self._root((post.network, post.native_id)), ())
        looked = max(post.published, self._last or post.published) if self._whole else None
        return msgspec.structs.replace(
            post, answers_author=whom, thread=thread, about=tuple(sorted(about)), looked=looked
        )

    def _began(self, post: Post) -> list[str]:
        """The institutions of which an account or a place of theirs began a conversation."""
        if post.answers or post.thread not in ("", THREAD + post.native_id):
            return []
        return [p.institution.id for p in self._presences if _owns(p, post)]

    def _begin(self, key: Key) -> None:
        """A post that answers nothing, and after which a thread may be named."""
        self._begins.add(key)
        if (named := (key[0], THREAD + key[1])) in self._named:
            self._join(key, named)

    def _put_into(self, key: Key, thread: Key) -> None:
        """A post of a thread, which may be named after the post that began it."""
        self._named.add(thread)
        self._join(key, thread)
        if (begin := (thread[0], thread[1].removeprefix(THREAD))) in self._begins:
            self._join(thread, begin)

    def _join(self, one: Key, other: Key) -> None:
        """From now on the two are in the same conversation."""
        below, above = self._root(one), self._root(other)
        if below != above:
            self._above[below] = above
            if about := self._of.pop(below, None):
                self._of.setdefault(above, set()).update(about)

    def _root(self, key: Key) -> Key:
        """What stands for the conversation of ``key``; the way there is made shorter."""
        path = []
        while key in self._above:
            path.append(key)
            key = self._above[key]
        self._above.update(dict.fromkeys(path, key))
        return key


def _owns(presence: Presence, post: Post) -> bool:
    return presence.wrote(post) or presence.platform(post) is not None
