"""Where an institution speaks itself: its accounts, its platforms, and what follows for a post."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from corrillo.institution import Institution, Platform
from corrillo.institution import normal_handle as normal_handle
from corrillo.model import Author, Place, Post


class Presence:
    """One institution with its register made ready for looking up."""

    def __init__(self, institution: Institution) -> None:
        self.institution = institution
        self.public = frozenset(
            normal_handle(h) for h in (*institution.handles, *(a.handle for a in institution.accounts))
        )
        """Handles that stay readable in texts: the institution's own."""
        self._accounts = {(a.network, normal_handle(a.handle)): a.handle for a in institution.accounts}

    def has_account(self, network: str, handle: str) -> bool:
        """Whether that account is in the register."""
        return (network, normal_handle(handle)) in self._accounts

    def wrote(self, post: Post) -> bool:
        """Whether one of the own accounts is the author."""
        return post.author is not None and self.has_account(post.network, post.author.handle)

    def was_answered(self, post: Post) -> bool:
        """Whether the post answers one of the own accounts."""
        return bool(post.answers_author) and self.has_account(post.network, post.answers_author)

    def platform(self, post: Post) -> Platform | None:
        """The own platform on which the post stands."""
        if not self.institution.platforms:
            return None
        host = _host(post.url)
        return next((p for p in self.institution.platforms if _stands_on(post, host, p)), None)

    def place(self, post: Post) -> Place:
        """By the institution, on page, or off page, as far as the post alone can tell."""
        if self.wrote(post):
            return "own"
        return "on_page" if self.was_answered(post) or self.platform(post) else "off_page"

    def own_handle(self, network: str, author: Author) -> str:
        """How an own account of a network is written, as the register has it there."""
        return self._accounts.get((network, normal_handle(author.handle)), author.handle)


class Register:
    """The registers of all institutions in one."""

    def __init__(self, presences: Sequence[Presence]) -> None:
        self._accounts: dict[tuple[str, str], list[int]] = {}
        self._venues: dict[str, list[int]] = {}
        self._hosts: dict[str, list[int]] = {}
        for number, institution in enumerate(p.institution for p in presences):
            for account in institution.accounts:
                self._accounts.setdefault((account.network, normal_handle(account.handle)), []).append(number)
            for platform in institution.platforms:
                places = self._venues if platform.venue else self._hosts
                places.setdefault(platform.venue or platform.host.lower(), []).append(number)

    def __call__(self, post: Post) -> Iterator[int]:
        """Numbers of the institutions that may have written it, been answered by it, or own the place where it stands."""
        if post.author is not None and self._accounts:
            yield from self._accounts.get((post.network, normal_handle(post.author.handle)), ())
        if post.answers_author and self._accounts:
            yield from self._accounts.get((post.network, normal_handle(post.answers_author)), ())
        if self._venues:
            yield from self._venues.get(post.venue.name, ())
        if self._hosts and post.url:
            labels = _host(post.url).split(".")
            for start in range(len(labels)):
                yield from self._hosts.get(".".join(labels[start:]), ())


def _stands_on(post: Post, host: str, platform: Platform) -> bool:
    if platform.network and platform.network != post.network:
        return False
    if platform.venue:
        return platform.venue == post.venue.name
    ours = platform.host.lower()
    return host == ours or host.endswith(f".{ours}")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
