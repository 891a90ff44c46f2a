"""What a network answered, and what to ask it with the next time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CONDITIONS = frozenset({"if-none-match", "if-modified-since"})
"""Headers of a question that may be answered with 304."""


@dataclass(frozen=True)
class Validators:
    """What an answer said of its version; sources keep it in their cursor and ask with it again."""

    etag: str = ""
    modified: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """The headers of a question that is answered only if something has changed."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in asked.items() if value}

    def after(self, answer: Answer) -> Validators:
        """Those to ask with after ``answer``: its own; after a 304 that says none, these."""
        said = Validators(answer.headers.get("etag", ""), answer.headers.get("last-modified", ""))
        return self if answer.status == 304 and said == Validators() else said


@dataclass(frozen=True)
class Answer:
    """What came back: status 200 or 304, headers (lower-case names), the decoded body, the last url.

    ``validators`` are those to ask with the next time.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    validators: Validators = Validators()
