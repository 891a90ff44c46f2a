"""Where an institution speaks itself: its accounts, its platforms, and what follows for a post."""

from __future__ import annotations

from urllib.parse import urlsplit

from corrillo.institution import Institution, Platform
from corrillo.model import Author, Place, Post


def normal_handle(handle: str) -> str:
    """How a handle is compared: no leading ``@`` or ``u/``, no case, no blanks around."""
    return handle.strip().removeprefix("u/").lstrip("@").casefold()


class Presence:
    """One institution with its register made ready for looking up."""

    def __init__(self, institution: Institution) -> None:
        self.institution = institution
        self.public = frozenset(
            normal_handle(h) for h in (*institution.handles, *(a.handle for a in institution.accounts))
        )
        """Handles that stay readable in texts: the institution's own."""
        self._accounts = {(a.network, normal_handle(a.handle)) for a in institution.accounts}

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

    def own_handle(self, author: Author) -> str:
        """How an own account is written, as the register has it."""
        found = (a.handle for a in self.institution.accounts if normal_handle(a.handle) == normal_handle(author.handle))
        return next(found, author.handle)


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
