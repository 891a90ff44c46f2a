"""The words of attention: who asked or complained, and whether somebody of the institution has answered.

Nothing here holds a text or a citizen: mentions are named by their ids. Times are aware and in UTC.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from corrillo.model import Id, Place, Service, Word

AskingKind = Literal["question", "complaint"]
ASKING: tuple[AskingKind, ...] = ("question", "complaint")
"""What waits for an answer."""
Waiting = Literal["answered", "waiting", "unknown"]


class Attention(Word, frozen=True, tag_field="kind", tag="attention"):
    """One question or complaint of a citizen, and what became of it; joins by ``mention``.

    ``answered``: when the first answer by an own account was published, ``answer`` its mention,
    ``by`` that account's handle. ``department``: of the account that answered, else the one that the
    register names for the service, '' where it names none. ``wait`` and ``working_wait``: seconds until
    the answer, of the clock and of opening hours; None while there is none, and where of the question or the
    answer only the day is known. ``looked``: when answers were
    last looked for (None: never). ``gone``: it was deleted, or asks nothing any more.
    """

    mention: Id
    institution: Id
    thread: str
    asked: datetime
    kinds: tuple[AskingKind, ...]
    network: str
    venue: str
    place: Place
    service: Service = "other"
    district: str = ""
    language: str = "und"
    department: str = ""
    looked: datetime | None = None
    answered: datetime | None = None
    answer: str = ""
    by: str = ""
    wait: float | None = None
    working_wait: float | None = None
    gone: bool = False

    @property
    def state(self) -> Waiting:
        """Where nobody looked for answers, whether there is one is unknown: never "unanswered"."""
        if self.answered is not None:
            return "answered"
        return "unknown" if self.looked is None else "waiting"
