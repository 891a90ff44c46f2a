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
"""What needs nobody; and what stands under /static/."""
FOR_ADMINS = ("/audit.csv", "/homonym")
READING = ("GET", "HEAD", "OPTIONS")


def needed(method: str, path: str) -> Right | None:
    """What somebody has to be allowed to ask for that; None: nothing. What is not known here needs the most that it could."""
    if path in OPEN or path.startswith("/static/"):
        return None
    if path in FOR_ADMINS:
        return "decide"
    return "read" if method in READING or path == "/logout" else "work"


def visitor_of(request: Request) -> Visitor:
    """Who asks, as the doorkeeper has found out."""
    found = request.scope["state"]["visitor"]
    return found if isinstance(found, Visitor) else Visitor()
