"""Who asks, and what that allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request

from corrillo.people import RIGHTS, Right, Role


@dataclass(frozen=True)
class Visitor:
    """Somebody with a role. ``name`` is '' where nobody says who it is: then they type one."""

    name: str = ""
    role: Role = "viewer"
    by: Literal["", "token", "proxy"] = ""
    """How they came in; '' where the page is open. Only a token can be given back."""

    def may(self, right: Right) -> bool:
        """Whether their role allows it."""
        return right in RIGHTS[self.role]


NOBODY = Visitor()
ANYBODY = Visitor(role="admin")
"""Whoever sits at the machine, where nobody is configured."""
OPEN = ("/healthz", "/readyz", "/metrics", "/login", "/accessibility")
"""What needs nobody."""
OPEN_BELOW = ("/static/", "/do/", "/feed/")
"""What stands under these needs nobody either: files of ours, and links whose token is the right itself."""
FOR_ADMINS = ("/audit.csv", "/homonym")
FOR_TEAM = ("/subscribers", "/incident")
"""With all that stands under them: who is told what, and what the team does during an incident."""
ADMINISTERED = ("/subscribers",)
"""What is written there, and under it, is written by admins."""
READING = ("GET", "HEAD", "OPTIONS")


def needed(method: str, path: str) -> Right | None:
    """What somebody has to be allowed to ask for that; None: nothing. What is not known here needs the most that it could."""
    if path in OPEN or path.startswith(OPEN_BELOW):
        return None
    reads = method in READING
    if path in FOR_ADMINS or (not reads and _below(path, ADMINISTERED)):
        return "decide"
    if reads and _below(path, FOR_TEAM):
        return "work"
    return "read" if reads or path == "/logout" else "work"


def _below(path: str, above: tuple[str, ...]) -> bool:
    return path in above or path.startswith(tuple(f"{one}/" for one in above))


def visitor_of(request: Request) -> Visitor:
    """Who asks, as the doorkeeper has found out."""
    found = request.scope["state"]["visitor"]
    return found if isinstance(found, Visitor) else Visitor()
